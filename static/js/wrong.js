// "Something wrong?" takes along the passage that the reader has marked on the page. Without this file
// the link leads to the same form, where the passage can be named in words.
const MOST = 300;

/** What is marked within the page's own content, without the spaces of its layout. */
function marked() {
  const selection = document.getSelection();
  const main = document.getElementById("main");
  if (!selection || selection.isCollapsed || !main?.contains(selection.anchorNode)) return "";
  const words = [...selection.toString().trim().replace(/\s+/g, " ")];
  return words.length > MOST ? `${words.slice(0, MOST - 1).join("")}…` : words.join("");
}

let kept = "";
document.addEventListener("selectionchange", () => {
  // A press on the link takes the selection away before the click comes.
  const now = marked();
  if (now || !document.activeElement?.matches("a[data-wrong]")) kept = now || kept;
});

for (const link of document.querySelectorAll("a[data-wrong]")) {
  link.addEventListener("click", () => {
    const address = new URL(link.href);
    const passage = marked() || kept;
    if (passage) address.searchParams.set("passage", passage);
    link.href = address.href;
  });
}
