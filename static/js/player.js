// A recording and its words, together. Everything works without this file: each line is a link that opens its moment.
// With it a line plays at once, the line being said is marked and followed, and keys do what they do in good players.
const box = document.querySelector("[data-player]");
const media = box?.querySelector("audio, video");
const words = document.querySelector("[data-lines]");
const lines = [...(words?.querySelectorAll("p[data-s]") ?? [])];
const starts = lines.map((line) => Number(line.dataset.s));
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const SMALL = 5, LARGE = 10; // seconds
let wanted = null; // where to begin, until the browser has loaded enough to go there
let current = words?.querySelector("p.current") ?? null;

/** The line being said at a moment: the last that has begun. */
function lineAt(seconds) {
  let low = 0, high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= seconds * 1000 + 1) low = middle + 1;
    else high = middle;
  }
  return lines[low - 1] ?? null;
}

function mark(line) {
  if (line === current) return;
  current?.classList.remove("current");
  current?.removeAttribute("aria-current");
  current = line;
  line?.classList.add("current");
  line?.setAttribute("aria-current", "true");
}

/** A group far away has no height of its own yet, and nobody could scroll to a line in it. */
const near = (element) => element.closest("[data-lines] > div")?.classList.add("near");

/** Brings a line into the free part of the window, below the player. */
function show(line) {
  near(line);
  const top = box.getBoundingClientRect().bottom, seen = line.getBoundingClientRect();
  if (seen.top >= top && seen.bottom <= innerHeight * 0.85) return;
  const by = seen.top - top - (innerHeight - top) / 4;
  scrollBy({ top: by, behavior: calm.matches || Math.abs(by) > 2 * innerHeight ? "auto" : "smooth" });
}

function seek(seconds, play = true) {
  const there = Math.max(0, seconds);
  media.currentTime = there;
  wanted = media.readyState ? null : there;
  mark(lineAt(seconds));
  if (play) media.play().catch(() => {});
}

function step(by) {
  const place = lines.indexOf(lineAt(media.currentTime)) + by;
  if (lines[place]) {
    seek(starts[place] / 1000, !media.paused);
    show(lines[place]);
  }
}

const pressed = (button) => button.getAttribute("aria-pressed") === "true";
const toggle = (button) => button.setAttribute("aria-pressed", String(!pressed(button)));

/** A line, a chapter or a hit that is on this page plays instead of being opened anew. */
function clicks(event) {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a[href]"), line = event.target.closest("p[data-s]");
  if (link?.dataset.at) {
    const there = document.getElementById(link.hash.slice(1));
    if (!there) return; // in another part of the transcript
    event.preventDefault();
    seek(Number(link.dataset.at) / 1000);
    near(there);
    there.scrollIntoView();
  } else if (line && (!link || link.classList.contains("t"))) {
    if (!link && String(getSelection())) return; // somebody selects words
    event.preventDefault();
    seek(Number(line.dataset.s) / 1000);
  } else return;
  history.replaceState(null, "", link?.href ?? line.querySelector("a.t").href);
}

function keys(tools) {
  const button = tools.querySelector("[data-keys]"), speed = tools.querySelector("[data-speed]");
  const faster = (by) => {
    speed.selectedIndex = Math.min(speed.length - 1, Math.max(0, speed.selectedIndex + by));
    speed.dispatchEvent(new Event("change"));
  };
  const play = () => (media.paused ? media.play().catch(() => {}) : media.pause());
  const moved = (by) => () => seek(media.currentTime + by, !media.paused);
  const acts = {
    k: play, j: moved(-LARGE), l: moved(LARGE), ",": () => step(-1), ".": () => step(1),
    "<": () => faster(-1), ">": () => faster(1), " ": play, ArrowLeft: moved(-SMALL), ArrowRight: moved(SMALL),
  };
  button.addEventListener("click", () => {
    toggle(button);
    button.textContent = pressed(button) ? tools.dataset.on : tools.dataset.off;
  });
  addEventListener("keydown", (event) => {
    if (!pressed(button) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    // Space and arrows belong to whatever has the focus.
    if (event.key.length > 1 || event.key === " ") if (event.target.closest("a, button, summary, audio, video")) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function copyLink(tools) {
  const said = tools.querySelector("[data-status]");
  tools.querySelector("[data-link]").addEventListener("click", async () => {
    const where = new URL(location.href), line = lineAt(media.currentTime) ?? current;
    where.searchParams.delete("find");
    where.searchParams.set("t", String(Math.floor(media.currentTime || (line ? line.dataset.s / 1000 : 0))));
    where.hash = line ? line.id : "";
    try {
      await navigator.clipboard.writeText(where.href);
      said.textContent = tools.dataset.copied;
    } catch {
      said.textContent = where.href; // no clipboard here: it can be copied by hand
    }
  });
}

/** The way from hit to hit in the page. */
function hits() {
  const found = [...(words?.querySelectorAll("p:has(mark)") ?? [])], nav = document.querySelector("[data-hits]");
  if (!nav || !found.length) return;
  let place = -1;
  nav.hidden = false;
  nav.addEventListener("click", (event) => {
    const by = Number(event.target.closest("[data-by]")?.dataset.by);
    if (!by) return;
    place = (place + by + found.length) % found.length;
    near(found[place]);
    found[place].scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
    found[place].parentElement.querySelector("a.t")?.focus({ preventScroll: true });
  });
}

const milliseconds = (clock) => Math.round(clock.split(":").reduce((sum, step) => sum * 60 + Number(step), 0) * 1000);
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** Words that have times of their own, from the captions: {a line's start: [[when, from which letter], …]}. */
async function spelled() {
  const found = new Map(), answer = await fetch(words.dataset.words);
  for (const block of answer.ok ? (await answer.text()).split("\n\n") : []) {
    const cue = /^(?:.*\n)?([\d:.]+) --> [\d:.]+.*\n([^]*)/.exec(block), times = [];
    if (!cue) continue;
    let letters = 0;
    for (const piece of cue[2].split(/(<[^>]*>)/)) {
      if (/^<[\d:.]+>$/.test(piece)) times.push([milliseconds(piece.slice(1, -1)), letters]);
      else if (!piece.startsWith("<")) letters += piece.replace(/&(?:amp|lt|gt);/g, (sign) => ENTITIES[sign]).length;
    }
    if (times[0]?.[1]) times.unshift([milliseconds(cue[1]), 0]);
    if (times.length) found.set(milliseconds(cue[1]), times);
  }
  return found;
}

/** The letters of a line, without its clock and its speaker. What is withheld is three signs, as in the captions. */
function letters(line, begin, end) {
  const walk = document.createTreeWalker(line, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT), range = new Range();
  let at = null, begun = false, last = null, node;
  while ((node = walk.nextNode())) {
    if (node.nodeName === "BR") at++;
    if (node.nodeType !== Node.TEXT_NODE || node.parentElement.closest(".t, .who")) continue;
    at ??= node.data.trimStart().length - node.data.length; // the blank behind the speaker is none of its letters
    const withheld = node.parentElement.closest(".withheld"), stop = at + (withheld ? 3 : node.length);
    if (!begun && begin < stop) {
      range.setStart(node, withheld ? 0 : begin - at);
      begun = true;
    }
    if (begun && end <= stop) return range.setEnd(node, withheld ? node.length : end - at), range;
    [at, last] = [stop, node];
  }
  return begun ? (range.setEnd(last, last.length), range) : null;
}

/** Underlines the word being said. */
async function wordByWord() {
  if (!words?.dataset.words || !globalThis.Highlight) return;
  const times = await spelled(), shown = new Highlight();
  CSS.highlights.set("word", shown);
  media.addEventListener("timeupdate", () => {
    shown.clear();
    const of = current && times.get(Number(current.dataset.s)), now = media.currentTime * 1000 + 1;
    const place = of ? of.findLastIndex(([when]) => when <= now) : -1;
    const range = place < 0 ? null : letters(current, of[place][1], of[place + 1]?.[1] ?? Infinity);
    if (range) shown.add(range);
  });
}

/** How loud it is, drawn once it plays: a picture for the eye, the player's own slider says the same. */
async function wave() {
  const answer = await fetch(box.dataset.peaks);
  if (!answer.ok) return;
  const { peaks } = await answer.json(), length = media.duration, WIDE = 600;
  if (!peaks?.length || !Number.isFinite(length)) return;
  let path = "";
  for (let x = 0; x < WIDE; x++) {
    const some = peaks.slice((x * peaks.length) / WIDE, Math.max(((x + 1) * peaks.length) / WIDE, (x * peaks.length) / WIDE + 1));
    const loud = Math.max(1, (Math.max(...some) / 255) * 19);
    path += `M${x} ${20 - loud}V${20 + loud}`;
  }
  const NS = "http://www.w3.org/2000/svg", svg = document.createElementNS(NS, "svg");
  const add = (name, values) => {
    const made = svg.appendChild(document.createElementNS(NS, name));
    for (const [key, value] of Object.entries(values)) made.setAttribute(key, value);
    return made;
  };
  svg.setAttribute("viewBox", `0 0 ${WIDE} 40`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("class", "wave");
  svg.setAttribute("aria-hidden", "true");
  add("path", { d: path });
  const here = add("line", { y1: 0, y2: 40 });
  const move = () => ["x1", "x2"].forEach((name) => here.setAttribute(name, (media.currentTime / length) * WIDE));
  media.addEventListener("timeupdate", move);
  move();
  svg.addEventListener("click", (event) => {
    const seen = svg.getBoundingClientRect();
    seek(((event.clientX - seen.left) / seen.width) * length);
  });
  media.after(svg);
}

function start() {
  const tools = box.querySelector("[data-tools]"), follow = tools.querySelector("[data-follow]");
  tools.hidden = false;
  tools.querySelector("[data-speed]").addEventListener("change", (event) => (media.playbackRate = Number(event.target.value)));
  follow.addEventListener("click", () => toggle(follow));
  media.addEventListener("loadedmetadata", () => {
    // The address of the source may name another moment.
    if (wanted !== null) media.currentTime = wanted;
    wanted = null;
  });
  media.addEventListener("timeupdate", () => {
    if (wanted !== null || media.seeking) return;
    const line = lineAt(media.currentTime), new_ = line !== current;
    mark(line);
    if (new_ && line && pressed(follow) && !media.paused) show(line);
  });
  if (box.dataset.peaks) media.addEventListener("loadedmetadata", () => wave().catch(() => {}), { once: true });
  media.addEventListener("play", () => wordByWord().catch(() => {}), { once: true });
  document.addEventListener("click", clicks);
  keys(tools);
  copyLink(tools);
  const place = () => document.documentElement.style.setProperty("--player", `${box.offsetHeight}px`);
  new ResizeObserver(place).observe(box);
}

if (media) start();
hits();
