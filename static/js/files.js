// Sends files piece by piece (tus 1.0) and goes on after a lost line or a closed page.
//
// Nothing is left on the device: which files are not whole yet stands in the page, from the server.
// A piece is small on a slow line, because it occupies the server while it comes, and grows on a good one.
const SMALLEST = 128 * 1024;
const FIRST = 256 * 1024;
const LARGEST = 8 * 1024 * 1024;
const QUICK = 1500; // milliseconds for a piece: below, the next is larger
const SLOW = 6000; // above, smaller
const TOGETHER = 2; // files at a time
const AGAIN = [0, 1000, 2000, 4000, 8000, 15000, 30000, 30000, 60000, 60000, 60000];

const box = document.querySelector("[data-uploads]");
const form = box?.closest("form");
const waiting = [];
const active = new Set();

const fingerprintOf = (file) => `${file.size}-${file.lastModified}-${file.name}`.slice(0, 200);
const token = () => form.querySelector("[name=csrf_token]").value;

function megabytes(bytes) {
  const digits = bytes < 10e6 ? 1 : 0;
  return `${new Intl.NumberFormat(box.dataset.lang, { maximumFractionDigits: digits }).format(bytes / 1e6)} ${box.dataset.megabyte}`;
}

function amount(words, saved, total) {
  return words.replace("{saved}", megabytes(saved)).replace("{total}", megabytes(total));
}

// What tus-js-client asks for earlier uploads: the list in the page, and nothing in the browser.
const inThePage = {
  findAllUploads: async () => [],
  findUploadsByFingerprint: async (fingerprint) =>
    [...document.querySelectorAll("[data-unfinished]")]
      .filter((each) => each.dataset.fingerprint === fingerprint)
      .map((each) => ({ uploadUrl: each.dataset.unfinished, size: Number(each.dataset.size), metadata: {}, urlStorageKey: each.dataset.unfinished })),
  removeUpload: async () => {},
  addUpload: async (_fingerprint, upload) => upload.uploadUrl,
};

function element(name, text = "", kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

class Sending {
  constructor(file) {
    this.file = file;
    this.saved = 0;
    this.row = element("li");
    this.bar = element("progress");
    this.bar.max = file.size || 1;
    this.bar.value = 0;
    this.said = element("span");
    this.said.setAttribute("role", "status");
    this.pause = element("button", box.dataset.pause, "button secondary");
    this.remove = element("button", box.dataset.remove, "button secondary");
    for (const button of [this.pause, this.remove]) button.type = "button";
    const name = element("span", file.name, "file-name");
    name.id = `sending-${Math.random().toString(36).slice(2)}`;
    this.bar.setAttribute("aria-labelledby", name.id);
    for (const button of [this.pause, this.remove]) button.setAttribute("aria-describedby", name.id);
    this.row.append(name, this.bar, this.said, this.pause, this.remove);
    box.querySelector("[data-list]").append(this.row);
    this.pause.addEventListener("click", () => (active.has(this) || waiting.includes(this) ? this.stop() : this.go()));
    this.remove.addEventListener("click", () => this.giveUp());
    this.say(box.dataset.saved);
  }

  say(words) {
    const text = amount(words, this.saved, this.file.size);
    if (this.said.textContent !== text) this.said.textContent = text;
  }

  go() {
    this.pause.textContent = box.dataset.pause;
    this.row.classList.remove("refused");
    waiting.push(this);
    next();
  }

  async begin() {
    this.upload ??= this.made();
    if (!this.upload.url) {
      const [earlier] = await this.upload.findPreviousUploads();
      if (earlier) {
        this.upload.resumeFromPreviousUpload(earlier);
        document.querySelector(`[data-unfinished="${CSS.escape(earlier.uploadUrl)}"]`)?.remove();
      }
    }
    if (active.has(this)) this.upload.start();
  }

  made() {
    const upload = new tus.Upload(this.file, {
      endpoint: box.dataset.endpoint,
      metadata: { filename: this.file.name, fingerprint: fingerprintOf(this.file), page: box.dataset.page },
      fingerprint: async (file) => fingerprintOf(file),
      urlStorage: inThePage,
      chunkSize: FIRST,
      retryDelays: AGAIN,
      onBeforeRequest: (asked) => {
        asked.setHeader("X-CSRFToken", token());
        this.since = performance.now();
      },
      onShouldRetry: (error) => this.again(error),
      onChunkComplete: (_size, accepted) => this.more(upload, accepted),
      onError: (error) => this.refused(error),
      onSuccess: () => this.whole(),
    });
    return upload;
  }

  again(error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    this.say(box.dataset.lost);
    return status === 0 || status === 409 || status === 423 || status >= 500;
  }

  more(upload, accepted) {
    const took = performance.now() - this.since;
    const size = upload.options.chunkSize;
    if (took < QUICK) upload.options.chunkSize = Math.min(LARGEST, size * 2);
    if (took > SLOW) upload.options.chunkSize = Math.max(SMALLEST, size / 2);
    this.saved = accepted;
    this.bar.value = accepted;
    if (active.has(this)) this.say(box.dataset.saved);
  }

  async stop() {
    this.leaveQueue();
    this.pause.textContent = box.dataset.goOn;
    this.say(box.dataset.paused);
    await this.upload?.abort();
  }

  async giveUp() {
    this.leaveQueue();
    await this.upload?.abort();
    if (this.upload?.url) {
      await fetch(this.upload.url, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0", "X-CSRFToken": token() } });
    }
    this.row.remove();
  }

  leaveQueue() {
    active.delete(this);
    if (waiting.includes(this)) waiting.splice(waiting.indexOf(this), 1);
    next();
  }

  refused(error) {
    const answer = error.originalResponse;
    const words = answer?.getHeader("Content-Type")?.startsWith("text/plain") ? answer.getBody() : "";
    this.said.textContent = words || box.dataset.failed;
    this.row.classList.add("refused");
    this.pause.textContent = box.dataset.goOn;
    this.lost = !answer;
    this.leaveQueue();
  }

  whole() {
    this.saved = this.file.size;
    this.bar.value = this.bar.max;
    this.said.textContent = box.dataset.whole;
    this.pause.remove();
    this.remove.remove();
    this.done = true;
    this.leaveQueue();
    askAboutNewFiles();
  }
}

const all = [];

function next() {
  while (active.size < TOGETHER && waiting.length) {
    const sending = waiting.shift();
    active.add(sending);
    sending.begin();
  }
}

// The questions about a file come from the page itself, asked for anew; what was typed stays as it is.
async function askAboutNewFiles() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const here = document.querySelector("[data-files]");
  for (const block of page.querySelectorAll("[data-files] > section")) {
    if (!document.getElementById(block.id)) here.append(document.importNode(block, true));
  }
  const stored = page.querySelector("[data-stored]");
  if (stored) document.querySelector("[data-stored]").replaceWith(document.importNode(stored, true));
}

function chosen(input) {
  for (const file of input.files) {
    const sending = new Sending(file);
    const wrong = !file.size ? box.dataset.empty : file.size > Number(box.dataset.largest) ? box.dataset.tooLarge : "";
    if (wrong) {
      sending.said.textContent = wrong;
      sending.row.classList.add("refused");
      sending.pause.remove();
    } else {
      all.push(sending);
      sending.go();
    }
  }
  input.value = "";
}

if (box && window.tus?.isSupported) {
  const input = box.querySelector("input[type=file]");
  input.removeAttribute("name"); // the files go by themselves, not with the form
  for (const each of box.querySelectorAll("[data-plain]")) each.hidden = true;
  input.addEventListener("change", (event) => {
    event.stopImmediatePropagation();
    chosen(input);
  }, true);
  if (input.files.length) chosen(input); // chosen on a slow line, before this script had come
  addEventListener("online", () => {
    for (const sending of all) if (sending.lost && !sending.done && !active.has(sending)) sending.go();
  });
  form.addEventListener("submit", (event) => {
    const note = form.querySelector("[data-wait]");
    if (active.size + waiting.length && note.hidden && event.submitter?.value === "continue") {
      event.preventDefault();
      event.stopImmediatePropagation();
      note.textContent = box.dataset.underWay;
      note.hidden = false;
    }
  }, true);
}
