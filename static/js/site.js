// Small comforts on public pages. Everything works without this file.
// Loaded as a module from base.html; each function looks for its own markup.

/** Shows the copy buttons and lets each copy the text it names in `data-copy`. */
function copyButtons() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const said = button.parentElement.querySelector("[role=status]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = document.getElementById(button.dataset.copy).textContent.trim().replace(/\s+/g, " ");
      await navigator.clipboard.writeText(text);
      if (said) said.textContent = button.dataset.copied;
    });
  }
}

/** Shows the print buttons. */
function printButtons() {
  for (const button of document.querySelectorAll("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

/** Moves the focus to the list of errors, so that a screen reader begins there. */
function errorSummary() {
  document.querySelector(".error-summary")?.focus();
}

copyButtons();
printButtons();
errorSummary();
