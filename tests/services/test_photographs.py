"""Making copies as a job: again is no harm, what is gone stays gone, what is hidden stays hidden."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from memorial import jobs
from memorial.derivatives import Refused
from memorial.domain.errors import TooMany
from memorial.models import Contribution, CustodyEvent, Derivative, Head, Media
from memorial.services import contribute, family, photographs
from memorial.services.custody import contribution_key
from tests.builders import public
from tests.services.test_contribute import TOLD, begun, published, sent
from tests.web.contribute.helpers import a_photograph


def stored(house, contribution_id, content=None, *, most=20):
    with house.session(house.keeper()) as session:
        key = contribution_key(house.keys, session.get_one(Contribution, contribution_id))
    received = photographs.receive(
        house.storage, key, io.BytesIO(content or a_photograph()), "C:\\folder\\synthetic.jpg", 10**7
    )
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        record = contribute.record_of(session, contribution)
        return photographs.add(session, contribution, record, received, now=house.now(), most=most).id


def _copies(house, reader=None):
    with house.session(reader or house.keeper()) as session:
        return session.scalars(select(Derivative)).all()


def test_copies_made_twice_are_there_once(house):
    contribution_id, _ = begun(house, TOLD)
    media_id = stored(house, contribution_id)
    for _ in range(2):
        jobs.make_copies(house, media_id)
    assert len(_copies(house)) == 3
    with house.session(house.keeper()) as session:
        assert session.get_one(Media, media_id).due == ""
        assert jobs.sweep(house) == 0
        assert len(list(house.storage.listing("derived"))) == 3


def test_two_workers_at_the_same_photograph_leave_one_set_of_copies(house):
    contribution_id, _ = begun(house, TOLD)
    media_id = stored(house, contribution_id)
    with house.session(house.keeper()) as session:
        due = photographs.what_is_due(session, house.keys, media_id)
    copies = photographs.make(house.storage, due)
    jobs.make_copies(house, media_id)
    with house.writing(house.keeper()) as session:
        assert photographs.write_copies(session, due, copies, now=house.now()) is False
    assert len(_copies(house)) == 3


def test_a_photograph_that_went_meanwhile_leaves_no_files(house):
    contribution_id, _ = begun(house, TOLD)
    media_id = stored(house, contribution_id)
    real = house.writing
    calls = []

    def writing(reader):
        calls.append(reader)
        if len(calls) == 2:
            with real(house.keeper()) as session:
                photographs.discard(session, session.get_one(Media, media_id))
        return real(reader)

    photographs.carry_out(house.storage, house.keys, writing, house.keeper, media_id, now=house.now())
    assert list(house.storage.listing("derived")) == []
    assert list(house.storage.listing("originals")) == []


def test_copies_of_what_was_hidden_meanwhile_are_hidden(house):
    contribution_id, _ = begun(house, TOLD)
    media_id = stored(house, contribution_id)
    sent(house, contribution_id)
    published(house, contribution_id)
    with house.writing(house.keeper()) as session:
        due = photographs.what_is_due(session, house.keys, media_id)
        family.hide(session, session.get_one(Contribution, contribution_id), now=house.now())
    with house.writing(house.keeper()) as session:
        photographs.write_copies(session, due, photographs.make(house.storage, due), now=house.now())
    assert len(_copies(house)) == 3
    assert _copies(house, public(house)) == []


def test_copies_of_a_published_photograph_reach_pages_that_were_kept(house):
    contribution_id, _ = begun(house, TOLD)
    media_id = stored(house, contribution_id)
    sent(house, contribution_id)
    published(house, contribution_id)
    with house.session(house.keeper()) as session:
        before = session.scalars(select(Head.epoch)).one()
    jobs.make_copies(house, media_id)
    assert len(_copies(house, public(house))) == 3
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Head.epoch)).one() > before


def test_an_original_that_was_damaged_makes_no_copies_and_says_why(house):
    contribution_id, _ = begun(house, TOLD)
    media_id = stored(house, contribution_id)
    with house.session(house.keeper()) as session:
        medium = session.get_one(Media, media_id)
    from pathlib import Path

    path = Path(house.settings.storage_url) / medium.storage_key
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    jobs.make_copies(house, media_id)
    with house.session(house.keeper()) as session:
        assert session.get_one(Media, media_id).failed == "damaged"
    assert jobs.sweep(house) == 0


def test_receiving_is_written_in_the_custody_log_with_the_files_hash(house):
    contribution_id, _ = begun(house, TOLD)
    media_id = stored(house, contribution_id)
    with house.session(house.keeper()) as session:
        medium = session.get_one(Media, media_id)
        event = session.scalars(select(CustodyEvent).where(CustodyEvent.verb == "received")).one()
        assert event.digest == medium.sha256
        assert medium.file_name == "synthetic.jpg"


def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(house, monkeypatch):
    contribution_id, _ = begun(house, TOLD)
    with house.session(house.keeper()) as session:
        key = contribution_key(house.keys, session.get_one(Contribution, contribution_id))
    monkeypatch.setattr(photographs, "inspect", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(Refused, match="too_large_bytes") as refused:
        photographs.receive(house.storage, key, io.BytesIO(bytes(5_000)), "large.jpg", 4_999)
    assert refused.value.details["bytes"] == 5_000
    assert list(house.storage.listing("originals")) == []


def test_one_contribution_holds_so_many_and_no_more(house):
    contribution_id, _ = begun(house, TOLD)
    stored(house, contribution_id, most=1)
    with pytest.raises(TooMany):
        stored(house, contribution_id, most=1)
