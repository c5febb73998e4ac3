"""Works, questions and statements through the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from memorial.domain.views import Assertion, Entry, QuestionView, SourceView
from memorial.formats import record_json
from memorial.services import lists, questions, sources, statements
from memorial.services.used_by import READERS
from memorial.web.exchange.api import labels
from memorial.web.exchange.api.queries import Cursor, Query, listed, one, query, sparse
from memorial.web.exchange.api.records import entry_of
from memorial.web.exchange.api.rooms import answer, leading_to, listing, narrowed, neighbours, said_in, taken
from memorial.web.exchange.rooms import taking


@taken("/sources", listed(Entry), "Entries", "A list of works, by title", named="list_source")
def source_list(given: dict[str, Any]) -> Response:
    where = said_in(given["lang"])
    page = lists.sources(taking(), given["asked"], given["limit"])
    items = [entry_of(each, given.get("fields"), where) for each in page.entries]
    return listing(items, given["lang"], **neighbours(page.after, page.before))


class _OfAList(Query):
    """Of what rests on a work each list goes on by itself."""

    @validates_schema
    def _of_a_list(self, given: dict[str, Any], **_: Any) -> None:
        if given.get("after") and not given.get("of"):
            raise ValidationError("Needs `of`, the list that goes on.", "after")


OneSource = query(
    _OfAList,
    fields=sparse(SourceView, "more"),
    of=fields.String(
        validate=validate.OneOf(list(READERS)),
        metadata={"description": "Only this list of what rests on the work."},
    ),
    after=Cursor(metadata={"description": "With `of`: what follows this place, as `more` has it."}),
)


@taken(
    "/sources/<public_id>",
    OneSource,
    "Source",
    "One work, and what in the archive rests on it",
    named="get_source",
)
def source(given: dict[str, Any], public_id: str) -> Response:
    where = said_in(given["lang"])
    view = sources.source_view(taking(), public_id, given.get("of", ""), given.get("after", ""))
    said = {**record_json.work(view, **where), "labels": labels.of_work(view)}
    if view.more:
        said["more"] = {name: leading_to(of=name, after=cursor) for name, cursor in view.more.items()}
    return answer(
        narrowed(SourceView, said, given.get("fields")), given["lang"], {"alternate": said["address"]}
    )


@taken(
    "/figures", listed(Entry), "Entries", "A list of the questions that sources answer", named="list_question"
)
def question_list(given: dict[str, Any]) -> Response:
    where = said_in(given["lang"])
    page = questions.listed(taking(), given["asked"], given["limit"])
    items = [entry_of(each, given.get("fields"), where) for each in page.entries]
    return listing(items, given["lang"], **neighbours(page.after, page.before))


@taken(
    "/figures/<slug>", one(QuestionView), "Question", "One question with all statements that answer it, in the order they were said",
    named="get_question",
)  # fmt: skip
def question(given: dict[str, Any], slug: str) -> Response:
    where = said_in(given["lang"])
    view = questions.question(taking(), slug)
    said = {**record_json.question(view, **where), "labels": labels.of_question(view)}
    return answer(
        narrowed(QuestionView, said, given.get("fields")), given["lang"], {"alternate": said["address"]}
    )


@taken(
    "/statements",
    listed(Assertion),
    "Statements",
    "A list of all statements, by their ids",
    named="list_statement",
)
def statement_list(given: dict[str, Any]) -> Response:
    where = said_in(given["lang"])
    page = statements.listed(taking(), given["asked"], given["limit"])
    items = [_said(each, given, where) for each in page.statements]
    return listing(items, given["lang"], **neighbours(page.after, page.before))


@taken("/statements/<public_id>", one(Assertion), "Statement", "One statement", named="get_statement")
def statement(given: dict[str, Any], public_id: str) -> Response:
    where = said_in(given["lang"])
    return answer(_said(statements.one(taking(), public_id), given, where), given["lang"])


def _said(each: Assertion, given: Mapping[str, Any], where: Mapping[str, str]) -> dict[str, Any]:
    said = {**record_json.statement(each, **where), "labels": labels.of_statement(each)}
    return narrowed(Assertion, said, given.get("fields"))
