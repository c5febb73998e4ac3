"""A new content loses nothing that stood: it holds all of it, or it is refused and says what it cannot hold."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from memorial.domain.content import Content
from memorial.domain.errors import Invalid
from memorial.gate import Actor, GatedSession
from memorial.models import Citation, PersonName, Record, Revision, Statement, Text
from memorial.services import describe
from memorial.services.collection.starter import load_starter
from tests.builders import a_press_account, some_content

BY = Actor.system()
# In the order in which a page shows them; the numbers that make it may be others.
ORDERED = {
    Text: select(Text).order_by(Text.role, Text.position, Text.id),
    PersonName: select(PersonName).order_by(PersonName.rank, PersonName.id),
    Statement: select(Statement).order_by(Statement.position, Statement.id),
    Citation: select(Citation).order_by(Citation.position, Citation.id),
}
# Worked out anew whenever rows are written.
OWN = {"id", "public_id", "text_id", "name_id", "statement_id", "translates_id"}


def rows_of(session: GatedSession, record_id: int) -> dict[str, list[dict[str, Any]]]:
    """Everything that hangs on a record, and that it may lose."""
    return {
        table.__tablename__: [
            {
                each.key: bool(getattr(row, each.key)) if each.key in OWN else getattr(row, each.key)
                for each in table.__mapper__.column_attrs
                if each.key != "position"
            }
            for row in session.scalars(wanted.where(table.record_id == record_id))
        ]
        for table, wanted in ORDERED.items()
    }


def said_again(session: GatedSession, record: Record, now: Any) -> None:
    """Its own content, as its revision keeps it, is made to stand once more."""
    wanted = select(Revision.content).where(Revision.record_id == record.id).order_by(Revision.number.desc())
    content = Content.from_json(session.scalars(wanted).first())
    again = describe.propose(session, record, content, by=BY, now=now, contribution_id=None)
    describe.apply(session, again, now=now)


@pytest.fixture
def starter(house):
    with house.writing(house.keeper()) as session:
        load_starter(session, keys=house.keys, now=house.now())
    return house


def test_a_page_of_the_starter_collection_keeps_all_it_has_or_the_change_is_refused(starter):
    refused, kept = set(), set()
    for kind in ("press", "remembrance", "document", "event", "place"):
        with starter.session(starter.keeper()) as session:
            ids = session.scalars(select(Record.id).where(Record.kind == kind).limit(6)).all()
        for record_id in ids:
            with starter.session(starter.keeper()) as session:
                before = rows_of(session, record_id)
            try:
                with starter.writing(starter.keeper()) as session:
                    said_again(session, session.get_one(Record, record_id), starter.now())
                kept.add(kind)
            except Invalid:
                refused.add(kind)
            with starter.session(starter.keeper()) as session:
                assert rows_of(session, record_id) == before
    assert {"remembrance", "event"} <= refused
    assert kept | refused == {"press", "remembrance", "document", "event", "place"}


def test_the_refusal_names_what_would_be_lost(starter):
    with starter.session(starter.keeper()) as session:
        rival = select(Statement.record_id).join(Citation, Citation.statement_id == Statement.id)
        number = session.scalars(
            select(Record.id).where(Record.kind == "event", Record.id.in_(rival)).order_by(Record.id)
        ).first()
    with pytest.raises(Invalid) as refused, starter.writing(starter.keeper()) as session:
        said_again(session, session.get_one(Record, number), starter.now())
    named = refused.value.field.split(", ")
    assert "citations of statements" in named
    assert "statements.source_id" in named


def test_the_archive_s_own_plain_pages_can_be_said_anew(house):
    made = a_press_account(house)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        again = describe.propose(
            session, record, some_content("press", "other"), by=BY, now=house.now(), contribution_id=None
        )
        describe.apply(session, again, now=house.now())
    with house.session(house.keeper()) as session:
        bodies = session.scalars(select(Text.body).where(Text.record_id == made.record_id)).all()
        assert set(bodies) == {"A other press", "A other quotation."}
