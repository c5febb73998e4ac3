// A file is chosen or dropped, and its hash is made here; only the hash goes on, as an address like any other.
// Without this file the field below takes a hash that was made elsewhere.

import { Sha256 } from "./sha256.js";

const PIECE = 1 << 20;
const area = document.querySelector("#verify-file");
const input = area.querySelector("input");
const bar = area.querySelector("progress");
const said = area.querySelector("[role=status]");
const field = document.querySelector("#sha256");
let turn = 0;

const check = async (file) => {
  const mine = ++turn;
  const sum = new Sha256();
  said.textContent = said.dataset.working;
  bar.hidden = false;
  bar.max = file.size || 1;
  try {
    for (let at = 0; at < file.size; at += PIECE) {
      sum.add(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
      if (mine !== turn) return; // another file was chosen meanwhile
      bar.value = at;
    }
  } catch {
    said.textContent = said.dataset.unreadable;
    bar.hidden = true;
    return;
  }
  field.value = sum.hex();
  field.form.submit();
};

area.hidden = false;
input.addEventListener("change", () => input.files.length && check(input.files[0]));
for (const name of ["dragover", "drop"]) {
  document.addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // the browser would else open the file in place of this page
    if (name === "drop" && event.dataTransfer.files.length) check(event.dataTransfer.files[0]);
  });
}
