// Single keys on the desk's pages. A key moves the focus or follows a link; none presses a button, so none
// decides anything. Not while somebody types, not with Ctrl, Alt or Meta. Switched off with the account's
// preferences: then this file is not loaded. Words and the list of keys stand in desk/_keys.html.

const bar = document.querySelector(".keys-bar");
const dialog = document.getElementById("keys-help");

const visible = (element) => element.getClientRects().length > 0;
const first = (...selectors) =>
  selectors.flatMap((selector) => [...document.querySelectorAll(selector)]).find(visible);

/** What j and k walk over: the rows of a list, else the headings of the page. */
function stops() {
  const rows = [...document.querySelectorAll("main .queue-title")].filter(visible);
  return rows.length ? rows : [...document.querySelectorAll("main h1, main h2")].filter(visible);
}

function step(by) {
  const all = stops();
  const here = all.indexOf(document.activeElement);
  const near = by > 0 ? all.findIndex(isAfterFocus) : all.findLastIndex(isBeforeFocus);
  const next = here >= 0 ? here + by : near;
  focusOn(all[Math.min(Math.max(next, 0), all.length - 1)]);
}

const isAfterFocus = (stop) =>
  Boolean(document.activeElement.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_FOLLOWING);
const isBeforeFocus = (stop) =>
  Boolean(document.activeElement.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_PRECEDING);

function focusOn(element) {
  if (!element) return;
  if (!element.matches("a, button, input, select, textarea, summary")) element.tabIndex = -1;
  element.focus();
  element.scrollIntoView({ block: "nearest" });
}

/** What a key is for on this page: an element, or nothing where the page has none. */
const targets = {
  j: () => stops()[0],
  k: () => stops()[0],
  o: () => {
    const rows = [...document.querySelectorAll("main .queue-title")];
    return rows.find((row) => row === document.activeElement) ?? first("main .queue-title", "main [data-key=o]");
  },
  c: () => first("#checks input, #checks button"),
  a: () => first("#note"),
  q: () => first("[data-key=q]"),
  r: () => first("main button[formaction$='/take']", "#acts button[formaction$='/release']"),
  f: () => first("form.filters select, form.filters input:not([type=hidden])"),
  "?": () => dialog,
};
const follows = new Set(["o", "q"]);

function press(key) {
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
  const target = targets[key]();
  if (!target) return;
  if (key === "?") dialog.showModal();
  else if (follows.has(key)) target.click();
  else focusOn(target);
}

const typing = (element) =>
  element.isContentEditable ||
  element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=submit], [type=button])");

/** The Latin letter on the key, also under a Cyrillic layout. */
function letter(event) {
  if (event.key.length === 1 && event.key.codePointAt(0) < 128) return event.key;
  return event.key.length === 1 && event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : "";
}

function heard(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
  if (dialog.open || typing(event.target)) return;
  const key = letter(event);
  if (!Object.hasOwn(targets, key)) return;
  event.preventDefault();
  press(key);
}

/** The bar shows the keys that do something here, and each target says its own to a screen reader. */
function label() {
  bar.hidden = false;
  for (const entry of bar.querySelectorAll("[data-keys]")) {
    entry.hidden = !entry.dataset.keys.split(" ").every((key) => targets[key]());
  }
  for (const key of ["c", "a", "q", "r", "f"]) targets[key]()?.setAttribute("aria-keyshortcuts", key);
}

if (bar && dialog) {
  label();
  document.addEventListener("keydown", heard);
  bar.querySelector("[data-open]").addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
}
