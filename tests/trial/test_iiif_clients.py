"""Real clients read what is given out by IIIF: `@iiif/parser` and `iiif-prezi3` every manifest and collection, and Mirador 4,
from a page of another house, plays a film and a testimony with its captions and shows the photograph. Needs npm and Chromium.

What was read is written to docs/trials/; the pictures of Mirador lie in the test's folder, to be looked at.
"""

from __future__ import annotations

import functools
import http.server
import io
import json
import shutil
import subprocess
import threading
import urllib.request
import venv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from memorial.domain import consent as rules
from tests.builders import a_press_account, a_remembrance, a_testimony
from tests.conftest import ROOT
from tests.iiif import EVERYTHING, Files, Shown, a_photograph, agree, complaints, everything
from tests.media import a_film, a_sound

pytestmark = pytest.mark.trial
PACKAGES = (
    "@iiif/parser@2.2.10", "mirador@4.0.0", "react@18.3.1", "react-dom@18.3.1", "@mui/material@7", "@mui/system@7",
    "@emotion/react@11", "@emotion/styled@11", "react-i18next@15", "i18next@25", "esbuild@0.28.2",
)  # fmt: skip
PARSER = """
import { readFileSync } from "fs";
import { Vault } from "module";
import { normalize, Traverse } from "@iiif/parser";
import { presentation3StrictUpgrade } from "@iiif/parser/strict";
for (const file of process.argv.slice(2)) {
  const read = () => JSON.parse(readFileSync(file, "utf8"));
  let canvases = 0;
  new Traverse({ canvas: [() => { canvases++; }] }).traverseUnknown(read());
  const told = { warnings: [] };
  if (read().type === "Manifest") presentation3StrictUpgrade(read(), told);
  console.log(JSON.stringify([Object.keys(normalize(read()).entities.Canvas).length, canvases, told.warnings]));
}
""".replace('import { Vault } from "module";\n', "")
PREZI = """
import json, sys
from iiif_prezi3 import Collection, Manifest
for name in sys.argv[1:]:
    with open(name) as file:
        said = json.load(file)
    read = {"Manifest": Manifest, "Collection": Collection}[said["type"]](**said)
    print(len(read.items))
"""
PAGE = """<!doctype html><meta charset="utf-8"><title>Another house</title><div id="m" style="position:absolute;inset:0"></div>
<script type="module" src="bundle.js"></script>"""
VIEWER = """
import Mirador from "mirador";
const asked = new URLSearchParams(location.search);
Mirador.viewer({ id: "m", workspaceControlPanel: { enabled: false },
  windows: [{ manifestId: asked.get("manifest"), canvasId: asked.get("canvas") }], window: { sideBarOpen: true } });
"""


@pytest.fixture(scope="module")
def npm(tmp_path_factory) -> Path:
    if shutil.which("npm") is None:
        pytest.fail("node and npm are not installed: the clients cannot run here")
    folder = tmp_path_factory.mktemp("npm")
    (folder / "package.json").write_text('{"type": "module", "private": true}')
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", *PACKAGES], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def prezi(tmp_path_factory) -> Path:
    """An environment of its own: it pins an old Pillow."""
    folder = tmp_path_factory.mktemp("prezi")
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin/pip", "install", "--quiet", "iiif-prezi3"], check=True)
    return folder / "bin/python"


def drawn(width: int, height: int, alt: str) -> bytes:
    picture = Image.new("RGB", (width, height), "#7a8f7a" if "photograph" in alt else "#803030")
    ImageDraw.Draw(picture).ellipse(
        (width // 4, height // 4, 3 * width // 4, 3 * height // 4), fill="#e8e0d0"
    )
    written = io.BytesIO()
    picture.save(written, "JPEG")
    return written.getvalue()


def real_files() -> Files:
    return Files(a_sound(16, "ogg", "libopus", 48_000), a_film(8, "640x360"), drawn(640, 360, "still"), drawn)


@pytest.fixture
def shown(house) -> Shown:
    made = everything(house, real_files())
    remembered = a_remembrance(house, contributor=EVERYTHING)
    a_photograph(house, remembered, "A synthetic letter", real_files(), role="scan")
    agree(house, remembered)
    a_press_account(house)
    kept = a_testimony(house)
    agree(house, kept, {rules.EVERY_PART: rules.chosen(["public"], ["view"])})
    return made


@pytest.fixture
def other_house(npm, tmp_path) -> Iterator[str]:
    """A web server of another address with a page of Mirador, as somebody else would have it."""
    (npm / "viewer.js").write_text(VIEWER)
    command = [
        "npx",
        "esbuild",
        "viewer.js",
        "--bundle",
        "--format=esm",
        "--define:process.env.NODE_ENV='\"production\"'",
    ]
    (tmp_path / "index.html").write_text(PAGE)
    subprocess.run([*command, f"--outfile={tmp_path / 'bundle.js'}"], cwd=npm, check=True)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def gathered(root: str, folder: Path) -> list[Path]:
    """Every collection from the top, and every manifest in them, as files."""
    waiting, seen, files = [f"{root}/iiif/collection"], set(), []
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        with urllib.request.urlopen(address) as answer:
            said = json.load(answer)
        assert complaints(said) == [], address
        files.append(folder / f"{len(files)}.json")
        files[-1].write_text(json.dumps(said))
        waiting += [each["id"] for each in said["items"] if each["type"] in ("Collection", "Manifest")]
    return files


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_parsers_read_every_manifest_and_mirador_plays_it(
    shown: Shown, live_server: str, npm: Path, prezi: Path, other_house: str, browser, tmp_path: Path
):
    files = gathered(live_server, tmp_path)
    manifests = [path for path in files if json.loads(path.read_text())["type"] == "Manifest"]
    assert len(manifests) == 2
    (npm / "read.mjs").write_text(PARSER)
    read = said_by(["node", "read.mjs", *map(str, files)], npm)
    by_parser = [json.loads(line) for line in read]
    assert [each for each in by_parser if each[2]] == []
    assert max(each[0] for each in by_parser) == 4
    by_prezi = said_by([str(prezi), "-c", PREZI, *map(str, files)], tmp_path)
    assert len(by_prezi) == len(files)
    seen = look(browser, other_house, live_server, shown, tmp_path)
    report(len(files), by_parser, seen, browser.version)


def said_by(command: list[str], folder: Path) -> list[str]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def look(browser, other: str, root: str, shown: Shown, folder: Path) -> dict[str, str]:
    base = f"{root}/iiif/{shown.made.public_id}"
    seen = {}
    for name, canvas in (
        ("film", shown.video),
        ("sound", shown.audio),
        ("photograph", shown.photograph),
        ("graphic", shown.graphic),
    ):
        page = browser.new_page(viewport={"width": 1200, "height": 800})
        asked: list[tuple[int, str]] = []
        wrong: list[str] = []
        page.on("response", lambda answer, asked=asked: asked.append((answer.status, answer.url)))
        page.on("pageerror", lambda error, wrong=wrong: wrong.append(str(error)))
        page.goto(f"{other}/?manifest={base}/manifest&canvas={base}/canvas/{canvas}")
        page.wait_for_selector(".mirador-window", timeout=30_000)
        page.get_by_text("Synthetic synthetic Narrator").first.wait_for(timeout=30_000)
        if name in ("film", "sound"):
            seen[name] = played(page, "video" if name == "film" else "audio")
        elif name == "photograph":
            page.wait_for_selector(".openseadragon-canvas canvas", timeout=30_000)
            page.wait_for_function(
                "performance.getEntriesByType('resource').some(e => e.name.includes('/full/1280,960/'))"
            )
            seen[name] = "a size of it drawn"
        else:
            page.wait_for_load_state("networkidle")
            loaded = [url for _, url in asked if shown.graphic in url and "/full/" in url]
            assert loaded == [], "a graphic photograph was loaded before anybody asked"
            seen[name] = "its description, nothing of it loaded"
        page.screenshot(path=str(folder / f"mirador-{name}.png"))
        assert [each for each in asked if each[0] >= 400 and "favicon" not in each[1]] == []
        assert wrong == []
        page.close()
    return seen


def played(page, tag: str) -> str:
    """Plays it to its second second; which captions are shown then."""
    page.wait_for_selector(tag, timeout=30_000, state="attached")
    page.evaluate(
        """async tag => { const heard = document.querySelector(tag); heard.muted = true;
        for (const track of heard.textTracks) track.mode = "hidden";
        heard.textTracks[0].mode = "showing"; await heard.play(); }""",
        tag,
    )
    page.wait_for_function("tag => document.querySelector(tag).currentTime > 2", arg=tag, timeout=30_000)
    page.wait_for_function("tag => document.querySelector(tag).textTracks[0].activeCues?.length", arg=tag)
    page.evaluate("tag => document.querySelector(tag).pause()", tag)
    return str(
        page.evaluate(
            """tag => [...document.querySelector(tag).textTracks].map(
            track => `${track.language} ${track.label}: ${track.activeCues ? [...track.activeCues].map(cue => cue.text).join() : ""}`).join("; ")""",
            tag,
        )
    )


def report(files: int, by_parser: list[list[object]], seen: dict[str, str], version: str) -> None:
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    lines = [
        f"# IIIF by real clients, {day}", "",
        "An archive of a synthetic testimony with a sound, a film, a photograph and a graphic photograph, a remembrance with a",
        "scan, a press account, and a testimony that may only be looked at, on SQLite; clients of another address.", "",
        f"- collections and manifests, found from `/iiif/collection`: {files}, manifests among them: 2",
        f"- read by `@iiif/parser` 2.2.10 (normalised, and by its strict upgrader): {len(by_parser)}; remarks: "
        f"{sum(len(each[2]) for each in by_parser)}",  # type: ignore[arg-type,misc]
        f"- read by `iiif-prezi3` as its models: {files}",
        f"- Mirador 4.0.0 in Chromium {version}, requests that failed: 0, errors on the page: 0", "",
        *(f"    - {name}: {what}" for name, what in seen.items()), "",
        "`pytest -s -m trial tests/trial/test_iiif_clients.py`", "",
    ]  # fmt: skip
    (ROOT / f"docs/trials/{day}-iiif.md").write_text("\n".join(lines), encoding="utf-8")
