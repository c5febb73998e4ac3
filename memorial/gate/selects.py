"""What is asked of the database for the pages of records (gate/loading.py), of many at once as of one.

Built once: a statement that is made anew for each page costs as much as its execution.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, bindparam, or_, select
from sqlalchemy.orm import selectinload

from memorial.models import (
    Citation,
    Media,
    Person,
    PersonName,
    Question,
    Record,
    RecordLink,
    Relation,
    Remembrance,
    Source,
    Statement,
    Text,
    Tribute,
)
from memorial.models.record import ACCOUNT

OF_RECORDS: BindParameter[Any] = bindparam("records", expanding=True)
OF_PERSONS: BindParameter[Any] = bindparam("persons", expanding=True)
OF_SOURCES: BindParameter[Any] = bindparam("sources", expanding=True)
OF_CONTRIBUTIONS: BindParameter[Any] = bindparam("contributions", expanding=True)
TEXTS = select(Text).where(Text.record_id.in_(OF_RECORDS)).order_by(Text.role, Text.position, Text.id)
NAMES = (
    select(PersonName).where(PersonName.person_id.in_(OF_PERSONS)).order_by(PersonName.rank, PersonName.id)
)
# How persons stand to others, whichever of the two it is said of; nobody's page leads to who is listed nowhere.
LISTED_NOWHERE = (
    select(Person.id)
    .where(Person.id.in_((Relation.person_id, Relation.other_id)), Person.listed == "never")
    .correlate(Relation)
    .exists()
)
RELATIONS = (
    select(Relation)
    .where(or_(Relation.person_id.in_(OF_PERSONS), Relation.other_id.in_(OF_PERSONS)), ~LISTED_NOWHERE)
    .order_by(Relation.id)
    .limit(bindparam("most"))
)
PAGES = (
    select(Remembrance.person_id, Record)
    .join(Record, Record.id == Remembrance.record_id)
    .where(Remembrance.person_id.in_(OF_PERSONS))
)
KIN_NAMES = (
    select(PersonName.person_id, PersonName.text, PersonName.language)
    .where(PersonName.person_id.in_(OF_PERSONS), PersonName.listed != "never")
    .order_by(PersonName.person_id, PersonName.rank.desc(), PersonName.id.desc())
)
MEDIA = (
    select(Media)
    .where(Media.record_id.in_(OF_RECORDS), Media.position >= 0)  # below nought: set aside, whoever looks
    # What others sent for the page stands beside their own words, never among its photographs.
    .where(or_(Media.contribution_id.is_(None), Media.contribution_id.in_(OF_CONTRIBUTIONS)))
    .order_by(Media.position, Media.id)
    .options(selectinload(Media.derivatives))
)
BY_PLACE = (Statement.position, Statement.id)
ABOUT_RECORDS = select(Statement).where(Statement.record_id.in_(OF_RECORDS)).order_by(*BY_PLACE)
ABOUT_BOTH = (
    select(Statement)
    .where(or_(Statement.record_id.in_(OF_RECORDS), Statement.person_id.in_(OF_PERSONS)))
    .order_by(*BY_PLACE)
)
SUPPORTS = select(Statement).where(Statement.source_id.in_(OF_SOURCES)).order_by(*BY_PLACE)
TOLD = (
    select(RecordLink.record_id, Statement, Question.slug)
    .join(RecordLink, RecordLink.statement_id == Statement.id)
    .outerjoin(Question, Question.id == Statement.question_id)
    .where(RecordLink.record_id.in_(OF_RECORDS), RecordLink.relation == ACCOUNT)
    .order_by(Statement.said_earliest.is_(None), Statement.said_earliest, RecordLink.id)
)
SOURCES = select(Source).where(Source.id.in_(OF_SOURCES))
IN_A_WORK = select(Citation, Source).outerjoin(Source, Source.id == Citation.source_id)
CITATIONS = IN_A_WORK.where(Citation.record_id.in_(OF_RECORDS)).order_by(Citation.position, Citation.id)
CITED: BindParameter[Any] = bindparam("ids", expanding=True)
OF_STATEMENTS = IN_A_WORK.where(Citation.statement_id.in_(CITED)).order_by(
    Citation.statement_id, Citation.position, Citation.id
)
OF_TEXTS = IN_A_WORK.where(Citation.text_id.in_(CITED)).order_by(Citation.position, Citation.id)
CITED_NAMES: BindParameter[Any] = bindparam("names", expanding=True)
OF_NAMES_TOO = IN_A_WORK.where(
    or_(Citation.statement_id.in_(CITED), Citation.name_id.in_(CITED_NAMES))
).order_by(Citation.statement_id, Citation.position, Citation.id)
LINKS = (
    select(RecordLink, Record)
    .outerjoin(Record, Record.id == RecordLink.other_id)
    .where(RecordLink.record_id.in_(OF_RECORDS))
    .order_by(RecordLink.id)
)
LEFT_SOMETHING = select(Tribute.record_id).where(Tribute.record_id.in_(OF_RECORDS)).distinct()
