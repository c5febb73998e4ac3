"""An archive of which some may be taken away and some may not, made once for all tests of what leaves it. SQLite only.

    def test_…(leaving): leaving.house, leaving.open, leaving.hidden, leaving.recording

All people in it are synthetic.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select

from memorial.cli_leaving import leaving as seen
from memorial.domain import consent as rules
from memorial.gate import Actor, Reader
from memorial.house import House, open_house
from memorial.models import Derivative, Media, Record
from memorial.services import consent, site
from memorial.services.consent import Said
from memorial.services.leaving import bags, contents
from memorial.services.leaving.state import Counted, Of
from tests.builders import Made, a_testimony
from tests.conftest import Wall, settings_in
from tests.every_part import Canaries, Planted, found, plant
from tests.oracle_consent import ARCHIVE, AUDIENCES, FAR, MOMENTS, Event, Part
from tests.services.test_backup import _with_original
from tests.voices import a_copy, a_recording, a_transcript

LANGUAGES = ("az", "en")  # two of them: a page more in each language costs as much as the first
EVERYTHING = ("view", "download", "reuse")
ALL = {rules.EVERY_PART: rules.everything()}
SOUND = b"synthetic sound, " * 1000


def allowing(**uses: Sequence[str]) -> tuple[list[Part], list[Event]]:
    """Parts by name and kind (page, text_told …): what the archive, which alone is asked, allows of each."""
    parts: list[Part] = [
        Part(id=key, kind=key.partition("_")[0], root=None, added=0, page=key == "page", notice=False)
        for key in uses
    ]
    grants = {key: dict.fromkeys(product(AUDIENCES, given), (MOMENTS[0], FAR)) for key, given in uses.items()}
    return parts, [Event(party=ARCHIVE, act="will", parts=[], grants=grants)]


@dataclass
class World:
    house: House
    clock: Wall
    open: set[str] = field(default_factory=set)  # words that may be taken away
    kept: set[str] = field(default_factory=set)  # and those in files, where they may be kept as well
    hidden: set[str] = field(default_factory=set)
    planted: list[Planted] = field(default_factory=list)
    told: Made | None = None  # a testimony with a recording, its copy and its words
    copy: str = ""
    looked_at: set[str] = field(default_factory=set)  # ids of files that may be reused and not kept
    original: bytes = b"synthetic original"

    @contextmanager
    def archive(self) -> Iterator[contents.Archive]:
        with seen(self.house) as archive:
            yield archive

    def bag(self, target: Path, *, form: str = "bag", desk: bool = False) -> Counted:
        with self.archive() as archive:
            actor = Actor.command("Synthetic Keeper")
            order = bags.Order(
                Of(form, "desk" if desk else "public"),
                lambda: contents.for_desk(archive, actor) if desk else contents.for_public(archive),
            )
            return (bags.each if form == "bags" else bags.all_in_one)(archive, order, target)

    def take_back(self, made: Made) -> None:
        with self.house.writing(self.house.keeper()) as session:
            record = session.get_one(Record, made.record_id)
            party = consent.party_of(session, "contributor", made.contribution_id)
            consent.append(session, record, Said(party, "will", {}), by=Actor.system(), at=self.house.now())


def new_house(template: Path, folder: Path) -> tuple[House, Wall]:
    (folder / "var").mkdir(parents=True)
    shutil.copy(template, folder / "var" / "memorial.sqlite")
    wall = Wall(datetime(2026, 11, 22, 9, 0, tzinfo=UTC))
    settings = settings_in(folder, f"sqlite:///{folder}/var/memorial.sqlite")
    house = open_house(settings, wall=wall.wall, monotonic=wall.monotonic)
    with house.writing(house.keeper()) as session:
        site.change(session, {"languages": list(LANGUAGES)})
    return house, wall


@pytest.fixture(scope="session")
def leaving(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Nobody changes it; who needs to makes a `copied` one."""
    house, wall = new_house(sqlite_template, tmp_path_factory.mktemp("leaving"))
    yield build(house, wall)
    house.engine.dispose()


def build(house: House, wall: Wall) -> World:
    world, canary = World(house, wall), Canaries()
    whole = allowing(page=EVERYTHING, text_told=EVERYTHING)
    kinds = ("testimony", "press", "remembrance", "place")
    plans = [(kind, whole) for kind in kinds]
    plans += [
        (
            "testimony",
            allowing(page=EVERYTHING, text_looked=("view",), text_taken=("view", "reuse"), text_not=()),
        )
    ]
    plans += [("remembrance", allowing(page=("view", "download"), text_told=("view", "download")))]
    plans += [("press", allowing(page=("reuse", "download")))]
    for kind, history in plans:
        planted = plant(house, kind, *history, canary)
        world.planted.append(planted)
        for part in history[0]:
            uses = {use for _, use in history[1][0]["grants"].get(part["id"], {})}
            words = planted.words.get(part["id"], set())
            (world.open if {"view", "reuse"} <= uses else world.hidden).update(words)
            world.looked_at |= planted.ids.get(part["id"], set()) if "download" not in uses else set()
            world.kept |= planted.kept.get(part["id"], set()) if set(EVERYTHING) <= uses else set()
    _true_hashes(house)
    tell(world)
    return world


def tell(world: World) -> None:
    """A testimony with a recording, its copy, its words, and a photograph's original."""
    house = world.house
    world.told = a_testimony(house, contributor=ALL)
    recording = a_recording(house, world.told)
    # What a_recording lets its family say is to be looked at alone.
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, world.told.record_id)
        party = consent.party_of(session, "contributor", world.told.contribution_id)
        consent.append(session, record, Said(party, "will", ALL), by=Actor.system(), at=house.now())
    a_transcript(house, recording, ["A synthetic line.", "Another one."])
    key = house.storage.put_derived("synthetic/copy.ogg", SOUND)
    world.copy = a_copy(
        house, recording, storage_key=key, sha256=hashlib.sha256(SOUND).hexdigest(), bytes=len(SOUND)
    )
    _with_original(house, world.told, world.original)


def _true_hashes(house: House) -> None:
    """What was planted as copies has the hashes of its bytes, as every copy has."""
    with house.writing(house.keeper()) as session:
        for row in session.scalars(select(Derivative)):
            with house.storage.open_derived(row.storage_key) as stored:
                content = stored.read()
            row.sha256, row.bytes = house.storage.checksum(row.storage_key), len(content)


def words_in(folder: Path) -> set[str]:
    """Every canary in every file of a folder, and in their names."""
    inside: set[str] = set()
    for path in folder.rglob("*"):
        inside |= found(str(path))
        if path.is_file():
            inside |= found(path.read_bytes().decode("utf-8", "replace"))
    return inside


__all__ = ["Media", "Reader", "World", "build", "leaving", "new_house", "words_in"]
