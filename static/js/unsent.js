// Words that were typed and not sent yet: the browser asks before the page is left. Without this file it does not.
// A form says `data-unsent`; `data-unsent="all"` that nothing in it is kept anywhere yet, as after a refusal.
// Whatever is sent with that form itself goes without a question.

let sending = false;
const FIELDS = ":is(textarea, input[type=text], input:not([type]))";

const isUnsent = (form) =>
  [...form.querySelectorAll(FIELDS)].some((field) =>
    form.dataset.unsent === "all" ? field.value.trim() : field.value !== field.defaultValue,
  );

for (const form of document.querySelectorAll("form[data-unsent]")) {
  form.addEventListener("submit", () => {
    sending = true;
  });
}
addEventListener("pageshow", () => {
  sending = false;
});
addEventListener("beforeunload", (event) => {
  if (!sending && [...document.querySelectorAll("form[data-unsent]")].some(isUnsent)) event.preventDefault();
});
