"""Many records are read by the same statements as one, and are what each is alone."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from memorial.gate import GatedSession, Reader, shown, shown_all
from memorial.models import Record
from memorial.services.lists import SHELVES
from tests.every_part import Canaries, plant
from tests.test_canaries import OPEN, PAGES


def _records(session: GatedSession) -> Sequence[Record]:
    return session.scalars(select(Record).where(Record.kind.in_(SHELVES)).order_by(Record.id)).all()


def _are_as_alone(session: GatedSession) -> int:
    records = _records(session)
    views = shown_all(session, records)
    for record, view in zip(records, views, strict=True):
        assert view == shown(session, record), record.public_id
    return len(views)


def test_every_part_of_each_of_many_is_what_it_is_alone(house):
    canary = Canaries()
    before = None
    for kind in (*PAGES, *PAGES):  # twice, so that two of a kind could be mistaken for each other
        before = plant(house, kind, *OPEN, canary, before)
    moment = house.moment()
    for reader in (Reader.public(moment), Reader.mirror(moment), Reader.desk(moment)):
        with house.session(reader) as session:
            assert _are_as_alone(session) >= 2 * len(PAGES)


def test_the_whole_collection_read_at_once_is_what_each_page_shows(published):
    with published.house.session(Reader.public(published.house.moment())) as session:
        assert _are_as_alone(session) > 100


def test_more_records_cost_no_more_statements(house, count_queries):
    canary = Canaries()
    costs = []
    for _ in range(2):
        for kind in PAGES:
            plant(house, kind, *OPEN, canary)
        with house.session(Reader.public(house.moment())) as session:
            records = [each for each in _records(session) if each.kind != "remembrance"]
            for each in records:
                getattr(each, each.kind)
            count_queries()
            shown_all(session, records)
            costs.append(count_queries())
    assert costs[0] == costs[1]
