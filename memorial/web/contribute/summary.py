"""The answers on one page, as the family gave them; and what is still missing, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from memorial.domain.dates import parse
from memorial.domain.forms_of_consent import form_in
from memorial.gate import GatedSession
from memorial.models import Upload
from memorial.services import consent_forms, photographs, uploads
from memorial.services import contribution_content as content
from memorial.web.context import language
from memorial.web.contribute import steps
from memorial.web.contribute.fields import CHOICE, Field, Step
from memorial.web.contribute.visit import Visit
from memorial.web.templating import size
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
DAYS = ("closed_until", "majority")
# Pages whose labels say nothing without their heading: "When", "The words".
SHORT = ("told", "parts")


def rows(visit: Visit, session: GatedSession) -> list[Row]:
    """Every question of the journey with its answer, in order; what was not asked for is not there."""
    answers = visit.draft.answers
    found = []
    for step in steps.steps_of(visit.sheet):
        if step.name == "find":
            found.append(_about(visit, step))
        elif step.name in ("photographs", "recording"):
            found.append(_files(visit, session, step))
        else:
            found += rows_of(step, answers)
    return found


def rows_of(step: Step, answers: Mapping[str, Any]) -> Iterator[Row]:
    """The questions of one page with their answers."""
    language_shown = str(answers.get("form_language") or language())
    asked = (
        form_in(language_shown, consent_forms.version_in(answers)).asked if step.name == "consents" else {}
    )
    for field in step.fields:
        question = asked[field.name].question if field.name in asked else field.label
        value = _answer(field, str(answers.get(field.name, "")))
        if value or not field.more:
            question = f"{step.title} {question}" if step.name in SHORT else question
            yield Row(field.name, step.name, question, value[:PREVIEW], max(0, len(value) - PREVIEW))


def _answer(field: Field, value: str) -> str:
    if field.name in DAYS and value:
        return in_words(parse(value), language()) if content.whole_day(value) else value
    if field.kind == CHOICE:
        return next((label for known, label, _hint in field.options if known == value), "")
    return value


def _about(visit: Visit, step: Step) -> Row:
    """Whose page, or which page; a name that was only looked for is no answer."""
    said = visit.sheet.said
    return Row("looked", "find", step.title, said("about_name") or said("page"))


def _files(visit: Visit, session: GatedSession, step: Step) -> Row:
    removed = {name for name, photo in visit.draft.photos.items() if photo.get("removed")}
    stored = [
        medium.role
        for medium in photographs.of(session, visit.contribution_id)
        if medium.public_id not in removed
    ]
    sounds = sum(role in content.SOUNDS for role in stored)
    pictures = sum(role in content.PICTURES for role in stored)
    others = len(stored) - sounds - pictures
    words = []
    if sounds and step.name == "recording":
        words.append(ngettext("%(num)d recording", "%(num)d recordings", sounds))
    if pictures and step.name == "photographs":
        words.append(ngettext("%(num)d photograph", "%(num)d photographs", pictures))
    if others and step.name == "photographs":
        words.append(ngettext("%(num)d other file", "%(num)d other files", others))
    return Row(step.name, step.name, step.title, "\n".join(words))


def in_whose_name(visit: Visit) -> str:
    """The person it is about, for the thanks."""
    names = {"remembrance": "person", "memory": "about_name", "media": "about_name"}
    return visit.sheet.said(names.get(visit.task, ""))


def yes_or_no() -> Mapping[str, str]:
    return {"yes": _("Yes"), "no": _("No")}


def notes(visit: Visit, session: GatedSession) -> list[str]:
    """What somebody should know before sending, by what they answered."""
    answers, said = visit.draft.answers, visit.sheet.said
    found = [_not_whole(upload) for upload in uploads.unfinished(session, visit.contribution_id)]
    if said("audience") == content.NOT_SURE and not said("contact"):
        found.append(
            _(
                "You asked us to call or write to you, but left no way to reach you. You can add one, or come back with your code and read what we ask."
            )
        )
    if content.is_to_be_called(answers):
        return [
            *found,
            _("Somebody calls you and writes it down with you. Until then nothing is shown to anyone."),
        ]
    if _waits_for_a_recording(visit):
        found.append(
            _("No recording is stored yet. You can send this now, and the recording later with your code.")
        )
    if visit.task in ("correction", "removal"):
        return found
    if not content.grants_of(answers):
        found.append(
            _("As you have answered, it is kept and shown to nobody. You can change that at any time.")
        )
    if content.has_minor(answers):
        found.append(_("Because a child is in it, nothing is shown before its guardian has agreed as well."))
    return found


def _not_whole(upload: Upload) -> str:
    return _(
        "“%(name)s” is not whole yet: %(saved)s of %(total)s are saved. Choose the same file again on the page of "
        "photographs or recordings, or send this now and the file later with your code.",
        name=upload.file_name,
        saved=size(language(), upload.bytes_safe),
        total=size(language(), upload.bytes_wanted),
    )


def _waits_for_a_recording(visit: Visit) -> bool:
    return visit.sheet.said("way") == content.RECORD and not content.SOUNDS & visit.sheet.files


def missing_words(key: str) -> str:
    """What must still be said, and why."""
    return {
        "person_missing": _("Write the name of the person, or the part of it that you know."),
        "words_missing": _("Write a few words of what you want to tell."),
        "memory_missing": _("Write a memory, choose a quiet sign, or add a photograph."),
        "title_missing": _("Write in a few words what it is."),
        "wrong_missing": _("Write what it is about. A few words are enough."),
        "about_missing": _("Look for the name, then choose a page, or say that the person is not listed."),
        "contact_missing": _("Write how we can reach you, so that somebody can call."),
        "audience_missing": _("Choose who may see it. If you are not sure, choose the last answer."),
        "keep_missing": _(
            "We may only take it if you allow us to keep it. Until then it stays a draft behind your code."
        ),
    }[key]
