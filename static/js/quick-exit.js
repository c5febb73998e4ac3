// Leaves at once, by the button or by Shift pressed three times, and puts the exit in place of this page.
const exit = document.querySelector("a[data-quick-exit]");
const WITHIN = 5000; // milliseconds for three presses
let presses = [];

function leave() {
  document.documentElement.hidden = true;
  location.replace(exit.href);
}

if (exit) {
  for (const link of document.querySelectorAll("a[data-quick-exit]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      leave();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      presses = [];
    } else if (!event.repeat) {
      presses = [...presses, event.timeStamp].filter((at) => event.timeStamp - at < WITHIN);
      if (presses.length >= 3) leave();
    }
  });
}
