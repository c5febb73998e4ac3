"""Questions and what is answered to them: rival statements side by side, in the order they were said.

    questions(session, ["figure"])       # list[QuestionView], those that nobody answers left out
    question(session, "killed")          # one of them; NotOpen
    first_questions(session)             # figures on which sources disagree, for the first page

A statement stands under its own question and under every other that it answers too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import aliased, defer

from memorial.domain.addresses import address
from memorial.domain.errors import NotOpen
from memorial.domain.views import Assertion, Cite, Entry, Link, Page, QuestionView
from memorial.gate import GatedSession
from memorial.gate.shown import assertion, cite
from memorial.models import AlsoAnswers, Citation, Question, Record, RecordLink, Rival, Source, Statement
from memorial.services.cursors import PER_PAGE, Asked, Order, page_rows
from memorial.services.lists import entries
from memorial.services.press_naming import also_in

MOST_STATEMENTS = 500
AT_ONCE = 2_000  # ids that one statement names

QUESTIONS = (
    select(Question.id, Question.slug, Question.title, Question.note)
    .where(Question.kind.in_(bindparam("kinds", expanding=True)))
    .order_by(Question.position, Question.id)
    .limit(bindparam("most", type_=Integer()))
)
ANSWERS = (
    select(Statement, Source)
    .outerjoin(Source, Source.id == Statement.source_id)
    .options(defer(Statement.topics))
    .where(Statement.question_id.in_(bindparam("ids", expanding=True)))
    .order_by(Statement.question_id, Statement.said_earliest.is_(None), Statement.said_earliest)
    .order_by(Statement.said_edtf, Statement.position, Statement.id)
)
ALSO = (
    select(AlsoAnswers.question_id, Statement, Source)
    .join(Statement, Statement.id == AlsoAnswers.statement_id)
    .outerjoin(Source, Source.id == Statement.source_id)
    .options(defer(Statement.topics))
    .where(AlsoAnswers.question_id.in_(bindparam("ids", expanding=True)))
    .order_by(AlsoAnswers.question_id, Statement.id)
)
CITED = (
    select(Citation.statement_id, Citation, Source)
    .outerjoin(Source, Source.id == Citation.source_id)
    .where(Citation.statement_id.in_(bindparam("ids", expanding=True)))
    .order_by(Citation.statement_id, Citation.position, Citation.id)
)


OTHER = aliased(Statement)
# Whoever answers somebody is answered: a link that the file gives in one direction is shown in both.
RIVALS = tuple(
    select(mine.label("statement_id"), OTHER.public_id, OTHER.stated_by, Question.slug)
    .join(OTHER, OTHER.id == other)
    .join(Question, Question.id == OTHER.question_id)
    .where(mine.in_(bindparam("ids", expanding=True)))
    .order_by(mine, Rival.position, Rival.id)
    for mine, other in ((Rival.statement_id, Rival.other_id), (Rival.other_id, Rival.statement_id))
)


def questions(session: GatedSession, kinds: Sequence[str], limit: int = 100) -> list[QuestionView]:
    """Questions with their statements, in the archive's order; those that nobody answers are left out."""
    rows = session.execute(QUESTIONS, {"kinds": kinds, "most": limit}).all()
    said = _answers(session, [row.id for row in rows])
    return [_question(row, said[row.id]) for row in rows if said[row.id]]


@cache
def _answered() -> Any:
    """Questions that somebody answers whom this reader sees."""
    own = select(Statement.id).where(Statement.question_id == Question.id).exists()
    also = select(AlsoAnswers.id).join(Statement, Statement.id == AlsoAnswers.statement_id)
    return select(Question.id, Question.slug, Question.title, Question.slug.label("place")).where(
        own | also.where(AlsoAnswers.question_id == Question.id).exists()
    )


BY_SLUG = Order(Question.slug, Question.id)


def listed(session: GatedSession, asked: Asked, per_page: int = PER_PAGE) -> Page:
    """Questions of every kind that somebody answers, by their address."""
    rows = page_rows(session, _answered(), BY_SLUG, asked, per_page)
    found = [Entry("question", row.slug, address("question", row.slug), row.title) for row in rows.rows]
    return Page(found, rows.after, rows.before)


def question(session: GatedSession, slug: str) -> QuestionView:
    """One question with all that is said, in the order it was said."""
    row = _asked(session, slug)
    said = _answers(session, [row.id], all_papers=True)[row.id]
    return _question(row, said, _told_of(session, row.id))


def question_named(session: GatedSession, slug: str) -> QuestionView:
    """The question alone, for whoever cites it."""
    return _question(_asked(session, slug), [])


def _asked(session: GatedSession, slug: str) -> Any:
    wanted = select(Question.id, Question.slug, Question.title, Question.note).where(Question.slug == slug)
    row = session.execute(wanted).first()
    if row is None:
        raise NotOpen
    return row


def _question(row: Any, statements: Sequence[Assertion], events: Sequence[Entry] = ()) -> QuestionView:
    where = address("question", row.slug)
    return QuestionView(row.slug, row.title, where, statements=statements, note=row.note, events=events)


def _told_of(session: GatedSession, question_id: int) -> list[Entry]:
    """The events of which these statements speak."""
    about = (
        select(Record.id, Record.sort_day)
        .join(RecordLink, RecordLink.record_id == Record.id)
        .join(Statement, Statement.id == RecordLink.statement_id)
        .where(Statement.question_id == question_id, Record.kind == "event")
        .distinct()
        .order_by(Record.sort_day, Record.id)
        .limit(MOST_STATEMENTS)
    )
    numbers = [row.id for row in session.execute(about)]
    found = entries(session, dict.fromkeys(numbers, "event"))
    return [found[number] for number in numbers if number in found]


def _answers(
    session: GatedSession, question_ids: Sequence[int], *, all_papers: bool = False
) -> dict[int, list[Assertion]]:
    """Statements by question, by the day they were said; those without a day come last.

    With `all_papers` also the press accounts that make a statement beside the one that it rests on.
    """
    found: dict[int, list[Assertion]] = defaultdict(list)
    if not question_ids:
        return found
    asked = {"ids": question_ids}
    rows = [(said.question_id, said, source) for said, source in session.execute(ANSWERS, asked)]
    if also := session.execute(ALSO, asked).all():
        rows = sorted([*rows, *also], key=_by_day)
    ids = [said.id for _, said, _ in rows]
    cited, rivals = cited_for(session, ids), rivals_of(session, ids)
    papers = also_in(session, [said for _, said, _ in rows]) if all_papers else {}
    for question_id, statement, source in rows:
        cites = [*cited[statement.id], *papers.get(statement.id, ())]
        said = assertion(statement, {source.id: source} if source else {}, cites)
        whole = replace(said, rivals=rivals[statement.id])
        found[question_id or 0].append(whole)
    return found


def _by_day(row: Any) -> tuple[Any, ...]:
    said = row[1]
    return row[0], said.said_earliest or date.max, said.said_edtf, said.position, said.id


def cited_for(session: GatedSession, ids: Sequence[int]) -> dict[int, list[Cite]]:
    """Where else each statement is found."""
    found: dict[int, list[Cite]] = defaultdict(list)
    for number, citation, source in _some_at_a_time(session, CITED, ids):
        found[number or 0].append(cite(citation, source))
    return found


def rivals_of(session: GatedSession, ids: Sequence[int]) -> dict[int, list[Link]]:
    """What other statements answer to each of these: who said it, with the way to it."""
    found: dict[int, list[Link]] = defaultdict(list)
    for wanted in RIVALS:
        for number, other, stated_by, slug in _some_at_a_time(session, wanted, ids):
            link = Link(stated_by, f"{address('question', slug)}#s-{other}")
            if link not in found[number]:
                found[number].append(link)
    return found


def _some_at_a_time(session: GatedSession, wanted: Any, ids: Sequence[int]) -> Iterator[Any]:
    for start in range(0, len(ids), AT_ONCE):
        yield from session.execute(wanted, {"ids": ids[start : start + AT_ONCE]})


def first_questions(session: GatedSession, count: int = 3) -> list[QuestionView]:
    """Figures on which sources disagree, for the first page."""
    found = questions(session, ["figure"], limit=count * 4)
    return [each for each in found if len({(said.low, said.high) for said in each.statements}) > 1][:count]
