"""What stands on a person's page besides the remembrance itself.

    about(session, view)        # Around: newspapers, pages that point here, what they said, who is connected

A fixed number of statements, each through the gate and each capped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import aliased

from memorial.domain.addresses import address
from memorial.domain.views import Assertion, Cite, Entry, RecordView
from memorial.gate import GatedSession
from memorial.gate.shown import assertion
from memorial.models import Question, Record, RecordLink, Remembrance, Source, Statement
from memorial.services.families import Connected, connected
from memorial.services.lists import entries
from memorial.services.name_lists.lines import on_lists
from memorial.services.press_naming import Naming, naming

MOST_POINTING = 24
MOST_SAID = 24


@dataclass(frozen=True, slots=True)
class Around:
    newspapers: Naming
    pointing: Sequence[Entry] = ()  # testimonies, photographs and other pages that name this one
    said: Sequence[Assertion] = ()  # what they themselves said, in the order they said it
    lists: Sequence[Cite] = ()  # lists of names on which they stand, with the line
    connected: Sequence[Connected] = ()  # of their family, beyond those to whom a source relates them


def about(session: GatedSession, view: RecordView) -> Around:
    pages = [view.public_id, *view.read_with]
    return Around(
        naming(session, view),
        _pointing(session, pages),
        _said(session, pages),
        on_lists(session, view.public_id),
        _family(session, pages) if view.family else (),
    )


def _family(session: GatedSession, pages: Sequence[str]) -> Sequence[Connected]:
    wanted = select(Remembrance.person_id).join(Record, Record.id == Remembrance.record_id)
    return connected(session, set(session.scalars(wanted.where(Record.public_id.in_(pages)))))


def _pointing(session: GatedSession, pages: Sequence[str]) -> list[Entry]:
    here = aliased(Record)
    wanted = (
        select(Record.id, Record.kind)
        .join(RecordLink, RecordLink.record_id == Record.id)
        .join(here, here.id == RecordLink.other_id)
        .where(here.public_id.in_(pages))
        .group_by(Record.id, Record.kind, Record.sort_day)
        .order_by(Record.sort_day.is_(None), Record.sort_day, Record.id)
        .limit(MOST_POINTING)
    )
    kinds = {row.id: row.kind for row in session.execute(wanted)}
    lines = entries(session, kinds)
    return [lines[each] for each in kinds if each in lines]


def _said(session: GatedSession, pages: Sequence[str]) -> list[Assertion]:
    wanted = (
        select(Statement, Source, Question.slug)
        .join(Remembrance, Remembrance.person_id == Statement.speaker_id)
        .join(Record, Record.id == Remembrance.record_id)
        .outerjoin(Source, Source.id == Statement.source_id)
        .outerjoin(Question, Question.id == Statement.question_id)
        .where(Record.public_id.in_(pages), Statement.speaker_accused.is_(False))
        .order_by(Statement.said_earliest.is_(None), Statement.said_earliest, Statement.id)
        .limit(MOST_SAID)
    )
    return [
        replace(
            assertion(said, {source.id: source} if source else {}),
            question=f"{address('question', slug)}#s-{said.public_id}" if slug else "",
        )
        for said, source, slug in session.execute(wanted)
    ]
