"""Bags: what is in them for whom, what a second export writes, and what is left of one that was cut off."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from xml.etree import ElementTree

import bagit as library
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from memorial.cli_leaving import export
from memorial.domain.errors import Invalid
from memorial.gate import Actor, Reader
from memorial.models import Contribution, CustodyEvent, ImportedObject, Record, Tribute
from memorial.services import withdrawal
from memorial.services.leaving import bags, contents, folders
from memorial.services.leaving.checking import check
from tests.builders import a_testimony
from tests.leaving import ALL, SOUND, World, new_house, tell, words_in
from tests.services.published.changing import load


@pytest.fixture(scope="module")
def bag(leaving: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("bags") / "all"
    assert leaving.bag(target).missing == []
    return target


def test_a_bag_of_all_is_valid_for_the_library_and_for_us(bag: Path):
    assert library.Bag(str(bag)).validate()
    assert check(bag).faults == []
    told = library.Bag(str(bag)).info
    assert told["Entitlement"].startswith("public")
    assert "Source-Organization" in told
    assert "External-Identifier" in told


def test_a_public_bag_holds_what_may_be_taken_away_and_nothing_else(leaving: World, bag: Path):
    inside = words_in(bag)
    assert inside & leaving.open
    assert not inside & leaving.hidden
    assert inside <= leaving.open | leaving.kept
    assert not {path.stem for path in bag.rglob("media/*")} & leaving.looked_at
    assert leaving.original not in b"".join(path.read_bytes() for path in bag.rglob("*") if path.is_file())


def test_a_record_brings_its_metadata_words_copies_and_what_became_of_its_files(leaving: World, bag: Path):
    folder = bag / "data" / "testimonies" / leaving.told.public_id
    assert json.loads((folder / "metadata.jsonld").read_text())["@type"] == "ArchiveComponent"
    assert json.loads((folder / "record.json").read_text())["id"] == leaving.told.public_id
    assert json.loads((folder / "citation.csl.json").read_text())[0]["URL"].endswith(leaving.told.path)
    assert (folder / "media" / f"{leaving.copy}.ogg").read_bytes() == SOUND
    (words,) = (folder / "transcripts").iterdir()
    assert words.name.endswith(".en.vtt")
    assert "A synthetic line." in words.read_text()
    premis = ElementTree.parse(folder / "premis.xml").getroot()
    values = [node.text for node in premis.iter("{http://www.loc.gov/premis/v3}contentLocationValue")]
    assert f"media/{leaving.copy}.ogg" in values


def test_the_whole_is_described_as_a_research_object(leaving: World, bag: Path):
    crate = json.loads((bag / "data" / "ro-crate-metadata.json").read_text())
    things = {entity["@id"]: entity for entity in crate["@graph"]}
    assert things["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    record = things[f"testimonies/{leaving.told.public_id}/"]
    assert {"@id": record["@id"]} in things["./"]["hasPart"]
    for part in record["hasPart"]:
        held = bag / "data" / part["@id"]
        assert things[part["@id"]]["contentSize"] == str(held.stat().st_size)


def test_those_who_keep_the_archive_get_originals_and_it_is_written_down_and_said(
    leaving: World, tmp_path: Path
):
    target = tmp_path / "desk"
    leaving.bag(target, desk=True)
    assert check(target).faults == []
    folder = target / "data" / "testimonies" / leaving.told.public_id
    assert (folder / "originals" / "x.jpg").read_bytes() == leaving.original
    assert "NOT PUBLIC" in (target / "data" / "README.txt").read_text()
    with leaving.house.session(leaving.house.keeper()) as session:
        wanted = select(CustodyEvent).where(CustodyEvent.verb == "exported", CustodyEvent.thing == "media:x")
        assert session.scalars(wanted).first().actor == "command:Synthetic Keeper"
    with pytest.raises(Invalid, match="export_of_another_kind"):
        leaving.bag(target)


def test_what_was_left_on_a_page_beyond_the_first_ones_is_there_too(
    leaving: World, tmp_path: Path, monkeypatch
):
    for module in ("left", "shown"):
        monkeypatch.setattr(sys.modules[f"memorial.gate.{module}"], "FEW", 1)
    page = next(planted for planted in leaving.planted if planted.made.kind == "remembrance").made
    with leaving.house.session(Reader.mirror(leaving.house.moment())) as session:
        found = select(Tribute).where(Tribute.record_id == page.record_id)
        left = {row.public_id for row in session.scalars(found)}
    assert len(left) > 2
    with leaving.archive() as archive:
        pieces = {piece.path: piece.body for some in contents.for_public(archive) for record in some
                  if record.header.public_id == page.public_id for piece in record.files}  # fmt: skip
    told = [pieces["record.json"], pieces.get("memories.json", b""), pieces.get("signs.json", b"")]
    assert all(any(public_id.encode() in each for each in told) for public_id in left)
    assert any(told[1:])


@pytest.fixture
def fresh(sqlite_template: Path, tmp_path: Path):
    house, wall = new_house(sqlite_template, tmp_path / "archive")
    yield World(house, wall)
    house.engine.dispose()


@pytest.mark.parametrize("form", ["bag", "bags"])
def test_a_second_export_writes_what_changed_and_takes_out_what_is_gone(
    fresh: World, tmp_path: Path, form: str
):
    made = [a_testimony(fresh.house, contributor=ALL) for _ in range(3)]
    target = tmp_path / "out"
    where = (lambda one: target / one.public_id) if form == "bags" else (
        lambda one: target / "data" / "testimonies" / one.public_id
    )  # fmt: skip
    assert fresh.bag(target, form=form).new == 3
    kept = next(where(made[0]).rglob("record.json"))
    before = os.stat(kept).st_ino
    fresh.take_back(made[1])
    with fresh.house.writing(fresh.house.keeper()) as session:
        session.get_one(Record, made[2].record_id).content_note = "synthetic note"
    later = fresh.bag(target, form=form)
    assert (later.new, later.changed, later.unchanged, later.removed) == (0, 1, 1, 1)
    assert os.stat(kept).st_ino == before  # the very same file
    assert not where(made[1]).exists()
    removed = json.loads(next(target.rglob("removals.json")).read_text())["removed"]
    assert [each["id"] for each in removed] == [made[1].public_id]
    for place in [target] if form == "bag" else [where(made[0]), where(made[2])]:
        assert check(place).faults == []
    if form == "bag":  # a bit that flipped meanwhile is not taken over
        kept.write_bytes(bytes([kept.read_bytes()[0] ^ 1]) + kept.read_bytes()[1:])
        assert {fault.what for fault in check(target).faults} == {"changed"}
        fresh.bag(target, form=form)
        assert check(target).faults == []


def test_what_is_taken_back_while_the_export_runs_is_not_in_what_it_leaves(
    fresh: World, tmp_path: Path, monkeypatch
):
    made = [a_testimony(fresh.house, contributor=ALL) for _ in range(2)]
    written, beside = [], bags._beside

    def meanwhile(*given):
        if not written:
            written.append(1)
            fresh.take_back(made[0])
        return beside(*given)

    monkeypatch.setattr(bags, "_beside", meanwhile)
    fresh.bag(tmp_path / "out")
    assert not (tmp_path / "out" / "data" / "testimonies" / made[0].public_id).exists()
    assert (tmp_path / "out" / "data" / "testimonies" / made[1].public_id).exists()


def test_an_export_that_is_cut_off_leaves_the_one_before_as_it_was(fresh: World, tmp_path: Path, monkeypatch):
    a_testimony(fresh.house, contributor=ALL)
    target = tmp_path / "out"

    def cut(*_given, **_more):
        raise OSError("synthetic: no more room")

    with monkeypatch.context() as patched:
        patched.setattr(bags, "_close", cut)
        with pytest.raises(OSError, match="no more room"):
            fresh.bag(target)
    assert list(tmp_path.iterdir()) == [tmp_path / "archive"]
    fresh.bag(target)
    a_testimony(fresh.house, contributor=ALL)
    with monkeypatch.context() as patched:
        patched.setattr(folders, "keep", cut)
        with pytest.raises(OSError, match="no more room"):
            fresh.bag(target)
    assert check(target).faults == []
    assert len(list((target / "data" / "testimonies").iterdir())) == 1


def test_a_copy_that_is_not_what_it_was_is_named_and_not_handed_on(fresh: World, tmp_path: Path):
    world = fresh
    tell(world)
    world.house.storage.put_derived("synthetic/copy.ogg", SOUND[:-1] + b"!")
    counted = world.bag(tmp_path / "out")
    assert counted.missing == [f"{world.told.public_id}: media/{world.copy}.ogg"]
    assert not list((tmp_path / "out").rglob(f"{world.copy}.ogg"))
    assert check(tmp_path / "out").faults == []


def test_what_is_sealed_leaves_for_nobody(fresh: World, tmp_path: Path):
    from tests.services.test_backup import _with_original

    made = a_testimony(fresh.house, contributor=ALL)
    _with_original(fresh.house, made)
    with fresh.house.writing(fresh.house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        withdrawal.seal(session, Actor.family(made.ref, contribution.id), contribution, now=fresh.house.now())
    assert fresh.bag(tmp_path / "desk", desk=True).records == 0
    assert b"synthetic original" not in b"".join(
        path.read_bytes() for path in (tmp_path / "desk").rglob("*") if path.is_file()
    )


def test_a_folder_that_holds_something_else_is_left_alone(fresh: World, tmp_path: Path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("synthetic")
    with pytest.raises(Invalid, match="export_folder_taken"):
        fresh.bag(tmp_path / "mine")
    assert (tmp_path / "mine" / "letter.txt").read_text() == "synthetic"


def test_since_takes_along_only_what_changed_since(leaving: World, tmp_path: Path):
    today = leaving.house.now().date()
    for day, some in ((today, True), (today.replace(year=today.year + 1), False)):
        target = tmp_path / day.isoformat()
        told = CliRunner().invoke(
            export, ["--format", "bagit", "--since", day.isoformat(), "--to", str(target)], obj=leaving.house.settings
        )  # fmt: skip
        assert told.exit_code == 0, told.output
        assert check(target).faults == []
        assert any(target.glob("data/*/*/record.json")) == some


@pytest.mark.parametrize("form", [["bagit"], ["bagit", "--each"]])
def test_what_its_keepers_export_nobody_else_on_the_machine_reads(
    leaving: World, tmp_path: Path, form: list[str]
):
    target, before = tmp_path / "desk", os.umask(0o022)
    try:
        told = CliRunner().invoke(
            export, ["--format", *form, "--all", "--actor", "Keeper", "--to", str(target)], obj=leaving.house.settings
        )  # fmt: skip
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
    assert " new, 0 changed" in told.output  # and that what was planted has no originals
    written = [target, *target.rglob("*")]
    assert len(written) > 1
    assert not [path for path in written if stat.S_IMODE(path.stat().st_mode) & 0o077]


def test_rival_figures_that_stand_on_no_record_are_together_in_the_bag_of_all(fresh: World, tmp_path: Path):
    load(fresh.house, "figures", most=6)
    with fresh.house.session(fresh.house.keeper()) as session:
        ids = list(session.scalars(select(ImportedObject.external_id).order_by(ImportedObject.line)))
    fresh.bag(tmp_path / "bag")
    told = (tmp_path / "bag" / "data" / "collection" / "figures.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line)["id"] for line in told.splitlines()] == ids
    assert check(tmp_path / "bag").faults == []
    assert "collection/" in (tmp_path / "bag" / "data" / "README.txt").read_text(encoding="utf-8")
