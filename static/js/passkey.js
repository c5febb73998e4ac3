// Passkeys: asks the archive what the device is to sign, and sends its answer with the form.
// A form with `data-passkey` shows only where the browser knows passkeys; the ways without one stay on the page.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** The options as the browser wants them: what is base64url in JSON becomes bytes. */
function read(options) {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of [options.excludeCredentials, options.allowCredentials]) {
    for (const each of list ?? []) each.id = bytes(each.id);
  }
  return options;
}

/** The device's answer as JSON. */
function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

/** Asks for a challenge, then the device; returns what the form sends. */
async function answered(form) {
  const asked = new FormData();
  asked.set("csrf_token", form.elements.csrf_token.value);
  asked.set("purpose", form.dataset.passkey);
  const answer = await fetch(form.dataset.options, { method: "POST", body: asked });
  if (!answer.ok) throw new Error(answer.statusText);
  const publicKey = read(await answer.json());
  const make = form.dataset.passkey === "register" ? "create" : "get";
  return written(await navigator.credentials[make]({ publicKey }));
}

for (const form of window.PublicKeyCredential ? document.querySelectorAll("form[data-passkey]") : []) {
  const said = form.querySelector("[role=status]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    said.textContent = "";
    try {
      form.elements.answer.value = await answered(form);
      form.requestSubmit();
    } catch {
      said.textContent = said.dataset.failed;
    }
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-passkey]")) form.elements.answer.value = "";
});
