"""Every original lies in two places: copied, looked at in both, mended from the other, and erased in both."""

import random
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from memorial import file_rounds, jobs
from memorial.gate import Actor
from memorial.models import Contribution, CustodyEvent, Derivative, FileCheck, Media
from memorial.services import check, file_report, fixity, photographs, reckonings, withdrawal
from memorial.storage import Storage
from tests.builders import a_testimony
from tests.services.test_contribute import TOLD, begun
from tests.services.test_fixity import items_of, spoil, stored
from tests.services.test_photographs import stored as received

on_one_engine = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings, tmp_path):
    return settings.model_copy(update={"second_storage_url": str(tmp_path / "second-storage")})


def flip(path, number=1):
    content = bytearray(path.read_bytes())
    for place in random.Random(number).sample(range(len(content)), number):
        content[place] ^= 1 << place % 8
    path.write_bytes(content)


def places(house, storage_key):
    return [
        Path(url) / storage_key for url in (house.settings.storage_url, house.settings.second_storage_url)
    ]


def said(house, thing=""):
    with house.session(house.keeper()) as session:
        wanted = select(CustodyEvent.verb).order_by(CustodyEvent.id)
        return list(session.scalars(wanted.where(CustodyEvent.thing.startswith(thing))))


def report(house):
    with house.session(house.keeper()) as session:
        return reckonings.kept(session, file_report.NAME).result


def test_what_is_new_is_in_the_second_place_after_one_round_byte_for_byte_and_looked_at(house):
    keys = [stored(house, a_testimony(house)) for _ in range(3)]
    assert file_rounds.fixity_round(house) == 0
    for key in keys:
        first, second = places(house, key)
        assert first.read_bytes() == second.read_bytes()
    assert sorted(said(house, "media:")) == ["checked"] * 3 + ["copied"] * 3
    assert report(house)["second"] == "there"
    assert report(house)["places"]["second"] | {"oldest": ""} == {
        "known": 3, "never": 0, "overdue": 0, "broken": 0, "oldest": "",
    }  # fmt: skip


@on_one_engine
@pytest.mark.parametrize("place", [0, 1])
def test_what_is_damaged_or_gone_in_one_place_is_mended_from_the_other(house, clock, place):
    damaged, gone = (stored(house, a_testimony(house)) for _ in range(2))
    file_rounds.fixity_round(house)
    before = [places(house, key)[0].read_bytes() for key in (damaged, gone)]
    flip(places(house, damaged)[place])
    places(house, gone)[place].unlink()
    clock.forward(fixity.AGAIN + timedelta(minutes=1))
    assert file_rounds.fixity_round(house) == 0
    assert [places(house, key)[place].read_bytes() for key in (damaged, gone)] == before
    assert said(house).count(("mended", "copy_mended")[place]) == 2
    assert items_of(house, "fixity") == []  # nobody has to do anything
    today = report(house)["days"][house.now().date().isoformat()]
    assert (today["damaged"], today["missing"], today["mended"], today["left"]) == (1, 1, 2, 0)


def test_what_is_broken_in_both_places_stays_broken_and_comes_to_a_person_once_for_each(house, clock):
    key = stored(house, a_testimony(house))
    file_rounds.fixity_round(house)
    before = places(house, key)[0].read_bytes()
    for path in places(house, key):
        flip(path)
    for _ in range(2):
        clock.forward(fixity.AGAIN + timedelta(minutes=1))
        assert file_rounds.fixity_round(house) == 2
    assert [each.facts.get("place", "") for each in items_of(house, "fixity")] == ["", "second"]
    places(house, key)[1].write_bytes(before)  # somebody brings one of them back
    clock.forward(timedelta(days=1))
    assert file_rounds.fixity_round(house) == 0
    assert places(house, key)[0].read_bytes() == before


@on_one_engine
def test_what_could_not_be_done_with_a_broken_original_is_done_once_it_is_mended(house, clock):
    key = stored(house, a_testimony(house))
    file_rounds.fixity_round(house)
    spoil(house, key)
    with house.writing(house.keeper()) as session:
        medium = session.scalars(select(Media)).one()
        medium.due, medium.failed = photographs.COPIES, "damaged"
    clock.forward(fixity.AGAIN + timedelta(minutes=1))
    file_rounds.fixity_round(house)
    with house.session(house.keeper()) as session:
        medium = session.scalars(select(Media)).one()
        assert (medium.due, medium.failed) == (photographs.COPIES, "")


def a_photograph_with_copies(house):
    contribution_id, _ = begun(house, TOLD)
    jobs.make_copies(house, received(house, contribution_id))
    with house.session(house.keeper()) as session:
        return list(session.scalars(select(Derivative.storage_key).order_by(Derivative.id)))


@on_one_engine
def test_a_damaged_copy_of_a_photograph_is_not_served_and_made_anew(house, clock):
    before = a_photograph_with_copies(house)
    file_rounds.fixity_round(house)
    flip(Path(house.settings.storage_url) / before[0])
    clock.forward(fixity.AGAIN + timedelta(minutes=1))
    assert file_rounds.fixity_round(house) == 0
    assert not any(house.storage.exists(each) for each in before)
    jobs.sweep(house)
    with house.session(house.keeper()) as session:
        after = session.scalars(select(Derivative)).all()
        assert len(after) == len(before) == 3
        assert all(house.storage.checksum(each.storage_key) == each.sha256 for each in after)
    assert "remade" in said(house)
    assert items_of(house, "fixity") == []


@on_one_engine
def test_while_its_original_is_broken_too_the_other_copies_stay_and_the_work_waits(house, clock):
    before = a_photograph_with_copies(house)
    file_rounds.fixity_round(house)
    with house.session(house.keeper()) as session:
        original = session.scalars(select(Media.storage_key)).one()
    kept = places(house, original)[0].read_bytes()
    for path in (Path(house.settings.storage_url) / before[0], *places(house, original)):
        flip(path)
    clock.forward(fixity.AGAIN + timedelta(minutes=1))
    file_rounds.fixity_round(house)
    jobs.sweep(house)
    assert [house.storage.exists(each) for each in before] == [False, True, True]
    places(house, original)[1].write_bytes(kept)
    clock.forward(timedelta(days=1))
    file_rounds.fixity_round(house)
    jobs.sweep(house)
    assert len([each for each in house.storage.listing("derived") if fixity.SECOND not in each]) == 3


def test_an_erasure_deletes_in_both_places_and_what_was_away_then_is_deleted_later(house, clock):
    now_there, away = a_testimony(house), a_testimony(house)
    keys = [stored(house, made) for made in (now_there, away)]
    file_rounds.fixity_round(house)
    hidden = places(house, keys[1])[1].parent
    for made, key in zip((now_there, away), keys, strict=True):
        if made is away:
            hidden.rename(hidden.with_name("away"))
        with house.writing(house.keeper()) as session:
            contribution = session.get_one(Contribution, made.contribution_id)
            withdrawal.erase(
                session, Actor.family(made.ref, made.contribution_id), contribution, now=house.now()
            )
        assert not house.storage.exists(key)
        assert not places(house, key)[1].exists()
    hidden.with_name("away").rename(hidden)
    assert places(house, keys[1])[1].exists()
    file_rounds.fixity_round(house)
    assert list(Storage(house.settings.second_storage_url).listing("originals")) == []
    with house.session(house.keeper()) as session:
        left = session.scalars(select(FileCheck.storage_key)).all()
    assert not any(each.startswith(fixity.SECOND) for each in left)


@on_one_engine
def test_a_file_that_is_erased_while_it_is_copied_stays_in_neither_place(house, monkeypatch):
    made = a_testimony(house)
    key = stored(house, made)
    look, content = file_rounds.mending.look, places(house, key)[0].read_bytes()

    def erased_meanwhile(storage, second, each):
        looked = look(storage, second, each)
        with house.writing(house.keeper()) as session:
            contribution = session.get_one(Contribution, made.contribution_id)
            if contribution.erased_at is None:
                actor = Actor.family(made.ref, made.contribution_id)
                withdrawal.erase(session, actor, contribution, now=house.now())
        places(house, key)[1].parent.mkdir(parents=True, exist_ok=True)
        places(house, key)[1].write_bytes(content)  # as a copy that was under way leaves it
        return looked

    monkeypatch.setattr(file_rounds.mending, "look", erased_meanwhile)
    file_rounds.fixity_round(house)
    assert not any(path.exists() for path in places(house, key))


@on_one_engine
def test_an_empty_folder_where_the_second_disk_was_is_not_taken_for_it(house, clock):
    key = stored(house, a_testimony(house))
    file_rounds.fixity_round(house)
    root = Path(house.settings.second_storage_url)
    root.rename(root.with_name("unplugged"))
    root.mkdir()
    clock.forward(fixity.AGAIN + timedelta(minutes=1))
    assert file_rounds.fixity_round(house) == 0  # what is in the first place was looked at
    assert not places(house, key)[1].exists()
    assert report(house)["second"] == "away"


@on_one_engine
def test_check_mends_too_and_names_what_it_mended(house):
    key = stored(house, a_testimony(house))
    file_rounds.fixity_round(house)
    flip(places(house, key)[0])
    places(house, key)[1].with_name("0" * 64).write_bytes(b"nobody's")
    found = []
    with house.session(house.keeper()) as session:
        second = file_rounds.opened(house)
        faults = list(check.check(session, house.storage, second, now=house.now(), wrong=found))
    assert [fault.split(": ", 1)[1].split("/")[0] for fault in faults] == [
        "damaged, mended from the other place", "originals",
    ]  # fmt: skip
    file_rounds.write_down(house, found)
    assert said(house, "media:")[-1] == "mended"
    house.storage.verify(key)


@on_one_engine
def test_what_nobody_looked_at_for_thirty_days_is_named(house, clock):
    stored(house, a_testimony(house))
    file_rounds.fixity_round(house)
    clock.forward(fixity.OVERDUE + timedelta(minutes=1))
    with house.session(house.keeper()) as session:
        assert [*check.late(session, house.now())] == [
            "1 of 1 originals: not looked at for 30 days",
            "1 of 1 second: not looked at for 30 days",
        ]
    file_rounds.fixity_round(house)
    with house.session(house.keeper()) as session:
        assert [*check.late(session, house.now())] == []
