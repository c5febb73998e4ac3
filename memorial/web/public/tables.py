"""The table of a question, to take away: CSV and JSON. Taking away is reuse, so each statement must allow that."""

from __future__ import annotations

from flask import Response, json, make_response

from memorial.domain.views import QuestionView
from memorial.formats.question_table import as_csv, as_json
from memorial.services import questions
from memorial.web.cache import keep
from memorial.web.context import language, reader, reading, root_address
from memorial.web.doors import door
from memorial.web.public.researchers import opened
from memorial.web.public.rooms import pages


@door(pages, "/<lang>/figures/<slug>.csv", audience="public")
def question_csv(slug: str) -> Response:
    return _file("".join(as_csv(_question(slug))), "text/csv; charset=utf-8", f"{slug}.csv")


@door(pages, "/<lang>/figures/<slug>.json", audience="public")
def question_json(slug: str) -> Response:
    question = _question(slug)
    table = as_json(question, f"{root_address()}/{language()}{question.address}")
    return _file(json.dumps(table, ensure_ascii=False, indent=2), "application/json", f"{slug}.json")


def _question(slug: str) -> QuestionView:
    question = questions.question(reading(reader().for_use("reuse")), slug)
    opened(f"question:{slug}", question, lambda public: questions.question(public, slug))
    return question


def _file(text: str, content_type: str, name: str) -> Response:
    answer = make_response(text)
    answer.headers["Content-Type"] = content_type
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return keep(answer)
