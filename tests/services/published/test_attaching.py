"""Scans and photographs that an editor attaches: proposed, decided, shown, taken back. All files are synthetic."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from memorial import jobs
from memorial.derivatives import Refused
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.gate import Actor, Reader, proof, shown
from memorial.models import AuditEntry, CustodyEvent, Derivative, Item, Media, Record, Revision
from memorial.services import archive_word, consent
from memorial.services.collection import objects
from memorial.services.published import attaching, history, proposing
from memorial.services.published.attached import entries
from memorial.services.published.attaching import Told
from memorial.services.published.desk_files import files_of
from memorial.services.published.objects import place_of
from tests.builders import public
from tests.pdfs import a_pdf
from tests.services.colleagues import an_actor
from tests.services.published.changing import act, amended, load, there

TOLD = Told("A synthetic grey page", "Synthetic holder", "shown as a quotation", date="1992~")
PRESS, PLACES = "press_accounts", "places"


def an_image(color: str = "grey") -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (700, 500), color).save(held, "JPEG")
    return held.getvalue()


@pytest.fixture
def archive(house: Any) -> Any:
    load(house, "sources", PRESS, PLACES, most=2)
    return house


@pytest.fixture
def editor(archive: Any) -> Actor:
    return an_actor(archive, "editor", "editor")


def first_of(house: Any, kind: str) -> str:
    with house.session(house.keeper()) as session:
        return str(next(iter(objects(session, kind, everything=True)))["id"])


def attach(house: Any, actor: Actor, kind: str, name: str, content: bytes, told: Told = TOLD) -> str:
    """Attached and its copies made, as the page and the job do; the item's address."""
    role = "scan" if kind == PRESS else "photograph"
    kept = attaching.receive(house.storage, house.keys, io.BytesIO(content), "synthetic file", role)
    with house.writing(house.keeper()) as session:
        here = place_of(session, kind, name)
        item, media_id = attaching.attach(
            session, actor, here, kept, told, "A synthetic reason.", keys=house.keys, now=house.now()
        )
        public_id = item.public_id
    jobs.make_copies(house, media_id)
    return public_id


def seen(house: Any, kind: str, name: str, who: Reader | None = None) -> Any:
    """What visitors see of the object's page, if they see it."""
    number = int(there(house, kind, name).thing.split(":")[1])
    with house.session(who or public(house)) as session:
        record = session.get(Record, number)
        return shown(session, record) if record is not None else None


def copies(house: Any, use: str = "view") -> int:
    with house.session(Reader.public(house.moment(), use)) as session:
        return len(session.scalars(select(Derivative.id)).all())


def test_a_scan_is_seen_by_nobody_before_it_is_decided_and_by_everyone_afterwards(archive, editor):
    house, name = archive, first_of(archive, PRESS)
    before = there(house, PRESS, name).value
    item = attach(house, editor, PRESS, name, an_image())
    assert (seen(house, PRESS, name).pictures, copies(house)) == ([], 0)
    with house.session(house.keeper()) as session:
        medium = session.scalars(select(Media)).one()
        assert len(session.scalars(select(Derivative.id)).all()) > 1, "the job made its copies"
        with house.storage.open_sealed(medium.storage_key) as sealed:
            assert b"JFIF" not in sealed.read()
        with house.storage.open_original(medium.storage_key, house.keys) as original:
            assert original.read() == an_image()
        asked = session.query(Item).filter_by(public_id=item).one()
        assert "media" in asked.flags
        revision = session.get_one(Revision, asked.revision_id)
        assert entries(revision.content["given"])[0].sha256 == medium.sha256, "the revision names the file"
        event = session.scalars(select(CustodyEvent).where(CustodyEvent.verb == "received")).one()
        assert event.digest == medium.sha256
        changed = {
            each.field
            for each in history.changes(there(house, PRESS, name).kind, before, revision.content["given"])
        }
        assert {"files-0-alt", "files-0-sha256", "files-0-rights"} <= changed
    act(house, editor, item)
    picture = seen(house, PRESS, name).pictures[0]
    assert (picture.alt, picture.rights) == (TOLD.alt, "Synthetic holder; shown as a quotation")
    assert (picture.captured.edtf, picture.role) == ("1992~", "scan")
    assert copies(house) == copies(house, "download") == len(picture.copies)
    assert (copies(house, "reuse"), copies(house, "ai_training")) == (0, 0), "its rights may not allow it"
    with house.session(house.keeper()) as session:
        given = {each["id"]: each for each in objects(session, PRESS, everything=True)}[name]
        assert {key: part for key, part in given.items() if key != "files"} == before
        assert session.scalars(select(AuditEntry).where(AuditEntry.verb == "amend")).first() is not None
        assert list(consent.broken_at(session)) == []
    with house.session(Reader.public(house.moment(), "reuse")) as session:
        assert all("files" not in each for each in objects(session, PRESS, everything=False))


def test_what_was_taken_back_stays_away_until_it_is_proposed_again(archive, editor):
    house, name = archive, first_of(archive, PLACES)
    act(house, editor, attach(house, editor, PLACES, name, an_image()))
    here = there(house, PLACES, name)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, here.record_id)
        archive_word.hide(session, record, ["page"], by=editor, at=house.now())
    assert seen(house, PLACES, name) is None
    with house.writing(house.keeper()) as session:
        archive_word.show_again(session, session.get_one(Record, here.record_id), by=editor, at=house.now())
    assert len(seen(house, PLACES, name).pictures) == 1
    with house.writing(house.keeper()) as session:
        public_id = entries(place_of(session, PLACES, name).value)[0].id
        item = attaching.take_away(
            session,
            editor,
            place_of(session, PLACES, name),
            public_id,
            "Why.",
            keys=house.keys,
            now=house.now(),
        ).public_id
    assert len(seen(house, PLACES, name).pictures) == 1, "a proposal takes nothing away"
    act(house, editor, item)
    assert (seen(house, PLACES, name).pictures, copies(house)) == ([], 0)
    for say in (archive_word.show_again, lambda *given, **by: archive_word.publish(*given, None, **by)):
        with house.writing(house.keeper()) as session:
            say(session, session.get_one(Record, here.record_id), by=editor, at=house.now())
        assert (seen(house, PLACES, name).pictures, copies(house)) == ([], 0)
    gone = there(house, PLACES, name)
    with house.session(house.keeper()) as session:
        number = next(
            each.number
            for each in history.history(session, gone, keys=house.keys).lines
            if each.may_come_back
        )
    with house.writing(house.keeper()) as session:
        item = history.go_back(
            session,
            editor,
            gone,
            number,
            why="Why.",
            seen=proposing.mark(gone.value),
            keys=house.keys,
            now=house.now(),
        ).public_id
    act(house, editor, item)
    assert [each.alt for each in seen(house, PLACES, name).pictures] == [TOLD.alt]


def test_a_file_that_waits_is_not_shown_by_another_yes_nor_lost_by_another_change(archive, editor):
    house, name = archive, first_of(archive, PRESS)
    act(house, editor, attach(house, editor, PRESS, name, an_image()))
    waiting = attach(
        house, editor, PRESS, name, an_image("white"), Told("Synthetic second", "S", "S", graphic=True)
    )
    with house.session(house.keeper()) as session:
        assert "graphic" in session.query(Item).filter_by(public_id=waiting).one().flags
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, there(house, PRESS, name).record_id)
        archive_word.publish(session, record, None, by=editor, at=house.now())
        assert archive_word.held(session, record.id) == {}
        assert [each.alt for each in proof(session, record).pictures] == [TOLD.alt], (
            "nor does a proof have it"
        )
    assert [each.alt for each in seen(house, PRESS, name).pictures] == [TOLD.alt]
    assert copies(house, "reuse") == 0
    amended(house, editor, PRESS, name, {"city": "Synthetic city"})
    both = seen(house, PRESS, name).pictures
    assert [(each.alt, each.graphic) for each in both] == [(TOLD.alt, False), ("Synthetic second", True)]
    assert seen(house, PRESS, name).detail["city"] == "Synthetic city"


def test_words_of_a_file_change_as_proposed_and_a_stale_form_changes_nothing(archive, editor):
    house, name = archive, first_of(archive, PRESS)
    act(house, editor, attach(house, editor, PRESS, name, an_image()))
    old = entries(there(house, PRESS, name).value)[0]
    anew = Told("Other synthetic words", "Synthetic holder", "a permission")

    def tell(seen_then: str) -> str:
        with house.writing(house.keeper()) as session:
            here = place_of(session, PRESS, name)
            return attaching.tell(
                session, editor, here, old.id, anew, seen_then, "Why.", keys=house.keys, now=house.now()
            ).public_id

    number = there(house, PRESS, name).record_id
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, number)
        archive_word.hide(session, record, [f"attached:{old.id}"], by=editor, at=house.now())
    act(house, editor, tell(attaching.mark(old)))
    assert seen(house, PRESS, name).pictures == [], "hidden alone, it stays so whatever its words become"
    with house.writing(house.keeper()) as session:
        archive_word.show_again(session, session.get_one(Record, number), by=editor, at=house.now())
    assert [each.alt for each in seen(house, PRESS, name).pictures] == ["Other synthetic words"]
    with pytest.raises(Stale):
        tell(attaching.mark(old))
    other = an_actor(house, "other", "reader")
    with pytest.raises(NotPermitted):
        attach(house, other, PRESS, name, an_image("red"))
    with pytest.raises(Invalid, match="file_there"):
        attach(house, editor, PRESS, name, an_image())
    with pytest.raises(NotOpen):
        attach(house, editor, "sources", first_of(house, "sources"), an_image("red"))


def test_a_pdf_is_kept_as_a_download_and_its_words_are_beside_it(archive, editor):
    house, name = archive, first_of(archive, PRESS)
    item = attach(house, editor, PRESS, name, a_pdf())
    assert copies(house, "download") == 0
    act(house, editor, item)
    view = seen(house, PRESS, name)
    assert view.pictures == []
    assert (view.papers[0].alt, view.papers[0].bytes) == (TOLD.alt, len(a_pdf()))
    assert view.papers[0].address.endswith("/scan.pdf")
    assert copies(house, "download") == 1
    with house.session(house.keeper()) as session:
        stored = session.scalars(select(Derivative)).one()
        with house.storage.open_derived(stored.storage_key) as copy:
            assert copy.read() == a_pdf()


def test_a_file_that_cannot_be_shown_is_refused_and_leaves_nothing(archive):
    house = archive
    given = {
        b"": "empty",
        b"<html>": "html",
        a_pdf(b"/S/JavaScript"): "paper_runs",
        an_image()[:600]: "truncated",
    }
    for content, reason in given.items():
        with pytest.raises(Refused) as refused:
            attaching.receive(house.storage, house.keys, io.BytesIO(content), "x", "scan")
        assert refused.value.reason_code == reason
    with pytest.raises(Refused) as refused:
        attaching.receive(house.storage, house.keys, io.BytesIO(a_pdf()), "x", "photograph")
    assert refused.value.message_key == "refused.format_not_accepted.pdf"
    assert list(house.storage.listing("originals")) == []


def test_a_file_named_by_a_collection_from_elsewhere_shows_nothing(archive, editor):
    house, name = archive, first_of(archive, PRESS)
    act(house, editor, attach(house, editor, PRESS, name, an_image()))
    told = there(house, PRESS, name).value
    with house.session(house.keeper()) as session:
        elsewhere = entries({"files": [{**told["files"][0], "sha256": "0" * 64}, "x", {"id": 3}]})
        found = files_of(session, there(house, PRESS, name).record_id, elsewhere)
    assert [(each.picture, each.paper, each.stands) for each in found] == [(None, None, False)]
