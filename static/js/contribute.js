// Says before sending that a photograph is too large, and sends a form once however often it is pressed.
for (const box of document.querySelectorAll("[data-largest]")) {
  const input = box.querySelector("input[type=file]");
  input?.addEventListener("change", () => {
    const large = [...input.files].filter((file) => file.size > Number(box.dataset.largest));
    input.setCustomValidity(large.length ? `${large[0].name}: ${box.dataset.tooLarge}` : "");
    input.reportValidity();
  });
}

for (const form of document.querySelectorAll("main form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
