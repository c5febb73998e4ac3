// Says how a date was understood while it is written, and lets the visitors' page follow the form once it was opened.
// Without this both have a button.
const form = document.getElementById("amend");
const frame = document.querySelector("iframe[name=visitors]");
const preview = form?.querySelector("[data-preview]");

function later(act, wait) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), wait);
  };
}

async function understand(input) {
  const asked = new URL(form.dataset.edtfAddress, location.href);
  asked.searchParams.set("value", input.value);
  const answer = await fetch(asked, { credentials: "same-origin" });
  if (answer.ok) document.getElementById(`${input.id}-date`).innerHTML = await answer.text();
}

for (const input of form?.querySelectorAll("[data-edtf]") ?? []) {
  const soon = later(understand, 400);
  input.addEventListener("input", () => soon(input));
}

let opened = false;
preview?.addEventListener("click", () => (opened = true));
const follow = later(() => form.requestSubmit(preview), 1500);
form?.addEventListener("input", () => opened && frame && follow());
