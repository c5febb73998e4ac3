// The editor of a transcript: saves as one writes, plays line by line, and splits, joins and moves lines where one is.
// Words that could not be saved stay in their fields, and that is said; without this file the form saves by its button.
// Sentences come from the page (data-words), lines from the server: nothing is drawn here but what it answered.

const form = document.querySelector("form[data-changes]");
const player = document.getElementById("player");
const PAUSE = 1200; // milliseconds without a key before it is saved
const AGAIN = 5000;
const WINDOW = 200; // lines at a time
const BACK = 3; // seconds
const FIELDS = ["starts", "ends", "speaker", "body"];

/** 0:01:02.500 in milliseconds; NaN for what is no time. */
function milliseconds(text) {
  const parts = text.trim().replace(",", ".").split(":").map(Number);
  if (!text.trim() || parts.length > 3) return NaN;
  return Math.round(parts.reduce((sum, part) => sum * 60 + part, 0) * 1000);
}
function clock(time) {
  const whole = Math.max(0, Math.round(time));
  const two = (value) => String(value).padStart(2, "0");
  const seconds = Math.floor(whole / 1000);
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(whole % 1000).padStart(3, "0")}`;
}

for (const button of document.querySelectorAll("[data-now]")) {
  if (!player) break;
  button.hidden = false;
  button.addEventListener("click", () => {
    document.getElementById(button.dataset.now).value = clock(player.currentTime * 1000);
  });
}

if (form) {
  const words = JSON.parse(form.dataset.words);
  const state = document.getElementById("save-state");
  const rows = () => [...form.querySelectorAll(".line")];
  const row = (number) => document.getElementById(`line-${number}`);
  const field = (line, name) => form.elements[`${line.dataset.number}-${name}`];
  const lineOf = (element) => element?.closest?.(".line") ?? null;
  const writes = !form.elements.made_by.readOnly;
  let timer = 0;
  let saving = null; // the save that is on its way
  let failed = false;

  const say = (key, more = "") => {
    state.textContent = [words[key] ?? key, more].filter(Boolean).join(" ");
    state.classList.toggle("bad", !["saved", "saving", ""].includes(key));
  };

  // -- what is written and not saved --

  const changedFields = (line) => FIELDS.filter((name) => field(line, name).value !== field(line, name).defaultValue);
  const dirty = () => rows().filter((line) => !("clash" in line.dataset) && changedFields(line).length);
  const nameChanged = () => form.elements.made_by.value !== form.elements.made_by_seen.value;

  const settled = () => !form.querySelector("[data-clash]");

  function changeOf(line) {
    const change = { do: "set", number: Number(line.dataset.number), seen: field(line, "seen").value };
    for (const name of changedFields(line)) {
      const typed = field(line, name).value;
      change[name] = name === "starts" || name === "ends" ? milliseconds(typed) : typed;
    }
    return change;
  }

  async function post(changes) {
    const answer = await fetch(form.dataset.changes, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrf_token.value },
      body: JSON.stringify({ changes }),
      redirect: "manual",
    });
    const told = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : null;
    return { status: answer.status, told };
  }

  /** Saves whatever is not saved; false where something could not be. One save at a time. */
  async function flush() {
    clearTimeout(timer);
    while (saving) await saving;
    const lines = dirty();
    const sent = new Map(lines.map((line) => [line, Object.fromEntries(FIELDS.map((n) => [n, field(line, n).value]))]));
    const changes = lines.map(changeOf);
    const name = form.elements.made_by.value;
    if (nameChanged()) changes.push({ do: "made_by", seen: form.elements.made_by_seen.value, value: name });
    if (!changes.length) return !failed && settled();
    say("saving");
    saving = save(changes, sent, name);
    failed = !(await saving);
    saving = null;
    if (!failed && dirty().length) schedule();
    return !failed && settled();
  }

  async function save(changes, sent, name) {
    let result;
    try {
      result = await post(changes);
      if (result.status === 400) {
        await newToken();
        result = await post(changes);
      }
    } catch {
      say("away");
      schedule(AGAIN);
      return false;
    }
    if (result.status !== 200 || !result.told) {
      const out = [0, 400, 401].includes(result.status);
      say(out ? "out" : "refused", result.told?.error ?? "");
      if (out) schedule(AGAIN);
      return false;
    }
    for (const [line, values] of sent) {
      for (const one of FIELDS) field(line, one).defaultValue = values[one];
    }
    if (changes.some((change) => change.do === "made_by")) {
      form.elements.made_by_seen.value = form.elements.made_by.defaultValue = name;
    }
    for (const line of result.told.lines) {
      const here = row(line.number);
      if (here) field(here, "seen").value = line.seen;
    }
    result.told.clashes.forEach(clash);
    say(result.told.clashes.length ? "unsaved" : "saved");
    return true;
  }

  /** The token of a session that began anew in another tab. */
  async function newToken() {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const token = page.querySelector("#transcript [name=csrf_token]")?.value;
    if (token) form.elements.csrf_token.value = token;
  }

  function schedule(wait = PAUSE) {
    clearTimeout(timer);
    timer = setTimeout(flush, wait);
  }

  // -- two wrote in one line --

  function clash({ number, line: stands, differs }) {
    const line = row(number);
    if (!line) return;
    line.dataset.clash = "";
    for (const name of FIELDS) if (stands) field(line, name).defaultValue = stands[name];
    line.querySelector(".clash")?.remove();
    const note = document.createElement("div");
    note.className = "note clash";
    note.setAttribute("role", "alert");
    const told = document.createElement("p");
    told.textContent = stands ? words.clash : words.gone;
    note.append(told);
    if (stands) {
      const difference = document.createElement("p");
      difference.className = "changed-words";
      difference.dir = "auto";
      difference.innerHTML = differs; // drawn and escaped by the server
      note.append(difference, choices(line, note, stands));
    }
    line.querySelector(".line-words").append(note);
  }

  function choices(line, note, stands) {
    const buttons = document.createElement("p");
    buttons.className = "buttons";
    const settle = (mine) => {
      field(line, "seen").value = stands.seen;
      if (!mine) for (const name of FIELDS) field(line, name).value = stands[name];
      delete line.dataset.clash;
      note.remove();
      field(line, "body").focus();
      if (mine) flush();
      else say("saved");
    };
    for (const [key, mine] of [["mine", true], ["theirs", false]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button secondary";
      button.textContent = words[key];
      button.addEventListener("click", () => settle(mine));
      buttons.append(button);
    }
    return buttons;
  }

  // -- lines from the server --

  /** The lines from a place on, drawn by the server; the player goes on. */
  async function load(query, focus = 0) {
    const address = new URL(form.action);
    address.search = new URLSearchParams({ ...query, most: WINDOW });
    const answer = await fetch(address, { redirect: "manual" });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ["lines", "pager", "place", "speakers"]) {
      const come = page.getElementById(id);
      const here = document.getElementById(id);
      if (come && here) here.replaceWith(come);
    }
    form.action = page.getElementById("transcript").action;
    hydrate();
    const line = focus ? row(focus) : null;
    if (line) field(line, "body").focus();
  }
  const first = () => new URL(form.action).searchParams.get("first") ?? "1";

  function hydrate() {
    for (const button of form.querySelectorAll("[data-act]")) button.hidden = false;
    if (player) for (const button of form.querySelectorAll(".play")) button.hidden = false;
    current = null;
  }

  /** Split, join, a new line, a line less: what is typed is saved first, and then the lines come anew. */
  async function structural(change, focus) {
    if (!writes || !change || !(await flush())) return;
    say("saving");
    try {
      const { status, told } = await post([change]);
      if (status !== 200 || !told) return say("refused", told?.error ?? "");
      const come = told.lines.find((line) => line.number !== change.number && line.number !== change.next);
      await load({ first: first() }, focus ?? come?.number ?? change.number);
      say(told.clashes.length ? "again" : "saved");
    } catch {
      say("away");
    }
  }

  const seen = (line) => ({ number: Number(line.dataset.number), seen: field(line, "seen").value });

  /** Characters of the plain words before the cursor: marks count for none. */
  function plainLength(text) {
    const bare = text.replace(/<\/?(?:i|b|lang(?: [A-Za-z0-9-]+)?)>/g, "").replace(/<mask [0-9a-z]+>/g, "[…]");
    return bare.replace(/&(?:lt|gt|amp);/g, "&").length;
  }

  async function act(what, line) {
    if (what === "starts" || what === "ends") return setMoment(line, what);
    const area = field(line, "body");
    const at = plainLength(area.value.slice(0, area.selectionStart));
    const moment = player && !player.paused ? Math.round(player.currentTime * 1000) : null;
    if (!(await flush())) return;
    const known = seen(line);
    const next = line.nextElementSibling;
    if (what === "split") {
      const inside = moment > milliseconds(field(line, "starts").value) && moment < milliseconds(field(line, "ends").value);
      return structural({ do: "split", ...known, at, moment: inside ? moment : null });
    }
    if (what === "merge" && next) {
      return structural({ do: "merge", ...known, next: Number(next.dataset.number), next_seen: seen(next).seen }, known.number);
    }
    if (what === "insert") return structural({ do: "insert", behind: known.number });
    if (what === "remove") {
      const near = next ?? line.previousElementSibling;
      return structural({ do: "remove", ...known }, near ? Number(near.dataset.number) : 0);
    }
  }

  // -- the recording --

  let current = null;
  let looped = null;
  const loopButton = document.getElementById("loop");
  const follow = document.getElementById("follow");
  const starts = (line) => milliseconds(field(line, "starts").value);
  const ends = (line) => milliseconds(field(line, "ends").value);

  function play(line) {
    player.currentTime = starts(line) / 1000;
    player.play();
  }
  function toggleLoop(line) {
    looped = looped ? null : line;
    loopButton.setAttribute("aria-pressed", String(Boolean(looped)));
    if (looped) play(looped);
  }
  function setMoment(line, name) {
    field(line, name).value = clock(player.currentTime * 1000);
    schedule();
  }

  function onTime() {
    const now = player.currentTime * 1000;
    if (looped?.isConnected && now >= ends(looped)) return play(looped);
    const line = current && starts(current) <= now && now < ends(current) ? current : rows().find((one) => starts(one) <= now && now < ends(one));
    if (line === current) return;
    current?.classList.remove("now");
    current = line ?? null;
    current?.classList.add("now");
    if (!follow?.checked) return;
    if (current) current.scrollIntoView({ block: "center" });
    else if (!player.paused && now > 0) beyond(now);
  }

  /** The recording has gone past the lines that are here: those that are said now come, unless somebody is writing. */
  let coming = false;
  async function beyond(now) {
    const all = rows();
    const outside = all.length && (now >= ends(all[all.length - 1]) || now < starts(all[0]));
    if (coming || !outside || lineOf(document.activeElement) || !(await flush())) return;
    coming = true;
    await load({ moment: Math.round(now) }).catch(() => say("away"));
    coming = false;
  }

  // -- what a person does --

  const move = (line, by) => {
    const to = by > 0 ? line.nextElementSibling : line.previousElementSibling;
    if (to) field(to, "body").focus();
  };
  const keys = {
    KeyK: () => (player.paused ? player.play() : player.pause()),
    KeyJ: () => (player.currentTime = Math.max(0, player.currentTime - BACK)),
    KeyL: (line) => (line || looped) && toggleLoop(line),
    Enter: (line) => line && act("split", line),
    KeyM: (line) => line && act("merge", line),
    Comma: (line) => line && writes && setMoment(line, "starts"),
    Period: (line) => line && writes && setMoment(line, "ends"),
    ArrowDown: (line) => line && move(line, 1),
    ArrowUp: (line) => line && move(line, -1),
  };
  const ofPlayer = new Set(["KeyK", "KeyJ", "KeyL", "Comma", "Period"]);

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const does = keys[event.code];
    if (!does || (ofPlayer.has(event.code) && !player)) return;
    event.preventDefault();
    does(lineOf(document.activeElement));
  });
  form.addEventListener("input", (event) => {
    if (!writes) return;
    if (lineOf(event.target)?.dataset.clash === undefined) say("unsaved");
    schedule();
  });
  form.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-act], .play, #pager a");
    if (!button) return;
    const line = lineOf(button);
    if (button.matches(".play")) return play(line);
    event.preventDefault();
    if (button.dataset.first) {
      if (await flush()) {
        await load({ first: button.dataset.first }).catch(() => say("away"));
        document.getElementById("lines").focus();
      }
      return;
    }
    act(button.dataset.act, line);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.name === "act") send(event.submitter.value);
    else flush();
  });
  /** What is done with many lines, or with none: all that was typed is saved, so only the button is sent. */
  async function send(what) {
    if (!(await flush())) return;
    for (const line of rows()) line.remove();
    const act = Object.assign(document.createElement("input"), { type: "hidden", name: "act", value: what });
    form.append(act);
    form.submit();
  }
  loopButton?.addEventListener("click", () => {
    const line = current ?? lineOf(document.activeElement) ?? rows()[0];
    if (line || looped) toggleLoop(line);
  });
  document.getElementById("speed")?.addEventListener("change", (event) => {
    player.playbackRate = Number(event.target.value);
  });
  player?.addEventListener("timeupdate", onTime);
  for (const part of document.querySelectorAll(".player-keys, .player-help")) part.hidden = !player;
  addEventListener("online", () => failed && flush());
  addEventListener("visibilitychange", () => document.hidden && flush());
  hydrate();
}
