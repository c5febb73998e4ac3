"""The answers on one page, as the family gave them; and what is still missing, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from memorial.domain.dates import parse
from memorial.domain.forms_of_consent import form_in
from memorial.gate import GatedSession
from memorial.services import photographs
from memorial.web.context import language
from memorial.web.contribute import steps
from memorial.web.contribute.fields import CHOICE, Field
from memorial.web.contribute.visit import Visit
from memorial.web.when import in_words


@dataclass(frozen=True, slots=True)
class Row:
    """One answer: `step` is the page where it can be changed, `more` how many characters are not shown."""

    field: str
    step: str
    question: str
    answer: str
    more: int = 0


PREVIEW = 600


def rows(visit: Visit, session: GatedSession) -> list[Row]:
    """Every question of the journey with its answer, in order; what was not asked for is not there."""
    answers: Mapping[str, object] = visit.draft.answers
    asked = form_in(str(answers.get("form_language") or language())).asked
    found = []
    for step in steps.steps_of(visit.task):
        if step.name == "photographs":
            found.append(_photographs(visit, session, step.title))
        for field in step.fields:
            question = asked[field.name].question if field.name in asked else field.label
            value = _answer(field, str(answers.get(field.name, "")))
            if value or not _is_only_more(field):
                found.append(
                    Row(field.name, step.name, question, value[:PREVIEW], max(0, len(value) - PREVIEW))
                )
    return found


def _is_only_more(field: Field) -> bool:
    """Fields that say more about the answer before them are not listed while they are empty."""
    return field.name in ("fate_words", "stood_words", "other_name", "closed_until", "spellings", "title")


def _answer(field: Field, value: str) -> str:
    if field.name == "closed_until" and value:
        return in_words(parse(value), language())
    if field.kind == CHOICE:
        return next((label for known, label, _hint in field.options if known == value), "")
    return value


def _photographs(visit: Visit, session: GatedSession, title: str) -> Row:
    removed = {name for name, photo in visit.draft.photos.items() if photo.get("removed")}
    count = sum(medium.public_id not in removed for medium in photographs.of(session, visit.contribution_id))
    words = ngettext("%(num)d photograph", "%(num)d photographs", count) if count else ""
    return Row("photographs", "photographs", title, words)


def missing_words(key: str) -> str:
    """What must still be said, and why."""
    return {
        "person_missing": _("Write the name of the person, or the part of it that you know."),
        "words_missing": _("Write a few words of what you want to tell."),
        "audience_missing": _("Choose who may see it. If you are not sure, choose the last answer."),
        "keep_missing": _(
            "We may only take it if you allow us to keep it. Until then it stays a draft behind your code."
        ),
    }[key]
