// Solves the small task that is asked for while very many begin at once, then sends the form.
// A number is looked for whose SHA-256 with the challenge begins with so many zero bits (memorial/domain/puzzle.py).
// Without secure context or WebCrypto the page stays as it is: wait, then Continue.
const form = document.querySelector("form[data-challenge]");
const TOGETHER = 256;

function zeros(digest) {
  let count = 0;
  for (const byte of new Uint8Array(digest)) {
    if (byte) return count + Math.clz32(byte) - 24;
    count += 8;
  }
  return count;
}

async function solve(challenge, bits) {
  const text = new TextEncoder();
  for (let first = 0; ; first += TOGETHER) {
    const tried = Array.from({ length: TOGETHER }, (_, at) => text.encode(`${challenge}:${first + at}`));
    const digests = await Promise.all(tried.map((each) => crypto.subtle.digest("SHA-256", each)));
    const found = digests.findIndex((digest) => zeros(digest) >= bits);
    if (found >= 0) return first + found;
    await new Promise((onward) => setTimeout(onward)); // the quick exit must answer meanwhile
  }
}

if (form && globalThis.crypto?.subtle) {
  form.querySelector("[data-working]").hidden = false;
  form.querySelector("[data-waiting]").hidden = true;
  solve(form.dataset.challenge, Number(form.dataset.bits)).then((number) => {
    form.elements.number.value = number;
    form.requestSubmit();
  });
}
