"""Statements at the desk by the question they answer, so that each is changed beside its rivals.

listed(session)                              # (slug, title) of every question
statements(session, "who-fired", after=0)    # the objects of one of them, some at a time
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from memorial.domain.errors import NotOpen
from memorial.gate import GatedSession
from memorial.models import AlsoAnswers, ImportedObject, Question, Statement

PER_PAGE = 15
MOST = 300


@dataclass(frozen=True, slots=True)
class Page:
    title: str
    objects: Sequence[tuple[str, str]]  # kind and id
    after: int = 0


def listed(session: GatedSession) -> list[tuple[str, str]]:
    wanted = select(Question.slug, Question.title).order_by(Question.position, Question.id).limit(MOST)
    return [(row.slug, row.title) for row in session.execute(wanted)]


def statements(session: GatedSession, slug: str, *, after: int = 0) -> Page:
    """In the order in which they came. Raises NotOpen for a question that is none."""
    question = session.execute(select(Question.id, Question.title).where(Question.slug == slug)).first()
    if question is None:
        raise NotOpen("question")
    also = select(AlsoAnswers.statement_id).where(AlsoAnswers.question_id == question.id)
    wanted = (
        select(Statement.id, ImportedObject.file, ImportedObject.external_id)
        .join(ImportedObject, ImportedObject.external_id == Statement.external_id)
        .where(or_(Statement.question_id == question.id, Statement.id.in_(also)), Statement.id > after)
        .where(ImportedObject.file.in_(("figures", "accounts", "terminology")))
        .order_by(Statement.id)
        .limit(PER_PAGE + 1)
    )
    rows = session.execute(wanted).all()
    found = [(row.file, row.external_id) for row in rows[:PER_PAGE]]
    return Page(question.title, found, rows[PER_PAGE - 1].id if len(rows) > PER_PAGE else 0)
