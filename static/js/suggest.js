// Suggests names while somebody types into a box with data-suggest (the address that is asked). Without scripts the
// form finds the same. The list is the browser's own (datalist), so keys and screen readers know it.

const WAIT = 200; // ms without a key before asking
const FEWEST = 2; // letters

for (const box of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("datalist");
  list.id = `${box.id}-names`;
  box.after(list);
  box.setAttribute("list", list.id);
  let waiting = 0;
  let asked = null;
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const typed = box.value.trim();
      if (typed.length < FEWEST) return list.replaceChildren();
      asked?.abort();
      asked = new AbortController();
      try {
        const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(typed)}`, { signal: asked.signal });
        if (!answer.ok) return;
        const names = await answer.json();
        list.replaceChildren(...names.map(({ name, written }) => new Option(written === name ? "" : name, written)));
      } catch {
        // Suggestions are an extra: without an answer the box stays what it was.
      }
    }, WAIT);
  });
}
