"""The public pages as plain files: what is in them, that every link leads somewhere, and that they open from a disk."""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from flask import current_app
from playwright.sync_api import Browser, expect

from memorial.web.leaving.copying import MANIFEST, copied
from memorial.web.public import front
from tests.builders import a_testimony
from tests.leaving import ALL, LANGUAGES, SOUND, World, new_house, tell, words_in

LIVING = "https://synthetic.example"


def copy_of(leaving: World, target: Path):
    with leaving.archive() as archive:
        app = current_app._get_current_object()
        return copied(archive, app, target, lambda counted: None, living=LIVING)


@pytest.fixture(scope="module")
def copy(leaving: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("static") / "copy"
    assert copy_of(leaving, target).missing == []
    return target


class Leads(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("href", "src", "poster", "action") and value:
                self.addresses.append(value)
            if name == "srcset" and value:
                self.addresses += [each.split()[0] for each in value.split(",")]


def leads(copy: Path) -> Iterator[tuple[str, Leads]]:
    for path in copy.rglob("*.html"):
        reading = Leads()
        reading.feed(path.read_text(encoding="utf-8"))
        yield path.relative_to(copy).as_posix(), reading


def test_every_link_leads_to_a_file_that_is_there_or_to_the_living_archive(copy: Path):
    pages = dict(leads(copy))
    assert {f"{code}/index.html" for code in LANGUAGES} < pages.keys()
    for page, found in pages.items():
        assert not found.tags & {"form", "script", "input"}, page
        for address in found.addresses:
            parts = urlsplit(address)
            if parts.scheme:
                assert address.startswith((LIVING, "mailto:")) or parts.scheme == "https", (page, address)
            elif parts.path:
                there = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
                assert not address.startswith("/"), (page, address)
                assert (copy / there).is_file(), (page, address)


def test_no_word_of_what_may_not_be_taken_away_is_in_any_file(leaving: World, copy: Path):
    inside = words_in(copy)
    assert not inside & leaving.hidden
    assert len(inside & leaving.open) > 50
    assert inside <= leaving.open | leaving.kept
    assert not {path.stem for path in (copy / "media").iterdir()} & leaving.looked_at


def test_every_open_record_is_there_in_every_language_with_its_files(leaving: World, copy: Path):
    for code in LANGUAGES:
        for planted in leaving.planted[:5]:
            assert (copy / f"{code}{planted.made.path}.html").is_file()
    assert (copy / "media" / f"{leaving.copy}.ogg").read_bytes() == SOUND
    words = list((copy / "en" / "testimonies" / leaving.told.public_id).rglob("words.vtt"))
    assert "A synthetic line." in words[0].read_text()
    crate = json.loads((copy / "ro-crate-metadata.json").read_text())
    assert f"#{leaving.told.public_id}" in {each["@id"] for each in crate["@graph"]}
    assert json.loads((copy / "removals.json").read_text())["removed"] == []


def test_its_list_of_hashes_is_of_every_file(copy: Path):
    listed = dict(line.split("  ")[::-1] for line in (copy / MANIFEST).read_text().splitlines())
    files = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()} - {MANIFEST}
    assert listed.keys() == files
    for path, digest in listed.items():
        assert hashlib.sha256((copy / path).read_bytes()).hexdigest() == digest


def test_it_opens_from_a_disk_with_scripts_off(leaving: World, copy: Path, browser: Browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((copy / "index.html").as_uri())
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("note")).to_contain_text(
        "This is a copy of the archive as it was on 22 November 2026."
    )
    page.get_by_role("region", name="Look for a name").get_by_role("link", name="Index of words").click()
    page.get_by_role("navigation", name="Index of words").get_by_role("link").first.click()
    page.locator("main h2 + ul a").first.click()
    expect(page.locator("main h1").first).to_be_visible()
    page.goto((copy / f"en{leaving.told.path}.html").as_uri())
    assert page.locator("audio source, audio[src]").count() == 1
    assert all(address.startswith("file://") for address in asked)
    context.close()


def test_what_is_made_again_takes_files_over_and_leaves_out_what_is_gone(
    sqlite_template: Path, tmp_path: Path, monkeypatch
):
    house, wall = new_house(sqlite_template, tmp_path / "archive")
    house.settings = house.settings.model_copy(update={"hosts": ["synthetic.example"]})
    world, target = World(house, wall), tmp_path / "copy"
    tell(world)
    other = a_testimony(house, contributor=ALL)
    copy_of(world, target)
    before = (target / "media" / f"{world.copy}.ogg").stat().st_ino
    assert (target / f"en{other.path}.html").is_file()
    world.take_back(other)
    copy_of(world, target)
    assert (target / "media" / f"{world.copy}.ogg").stat().st_ino == before
    assert not [path for path in target.rglob("*.html") if other.public_id in path.read_text() + path.name]
    assert {path.name for path in tmp_path.iterdir()} == {"archive", "copy"}
    monkeypatch.setattr(front.service, "first_press", lambda session: 1 / 0)
    assert copy_of(world, target).missing == ["/az/", "/en/"]  # a page that breaks is named
    house.engine.dispose()
