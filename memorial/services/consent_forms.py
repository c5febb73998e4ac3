"""The consent forms' wordings, and a named person's approval of each language.

    form_id(session, "az")                            # the row for the words as they are now
    approve(session, actor, "az", now=now)            # from then on nothing more is asked for it

Until a language's wording is approved, nothing sent in it is published before somebody of the
desk has gone through it with the family (DESIGN, `consent_forms`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from memorial.db import insert_new
from memorial.domain.errors import Invalid
from memorial.domain.forms_of_consent import LANGUAGES, form_in
from memorial.gate import Actor, GatedSession
from memorial.models import ConsentForm
from memorial.services.audit import Act, record_act


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's form as it stands now."""

    language: str
    version: int
    text: str
    approved_by: str
    approved_at: datetime | None


def form_id(session: GatedSession, language: str) -> int:
    """The row of a language's wording, made when it is first used."""
    return _row(session, language).id


def wordings(session: GatedSession) -> list[Wording]:
    """Every language's wording and who has approved it."""
    rows = [_row(session, language) for language in LANGUAGES]
    return [Wording(row.language, row.version, row.text, row.approved_by, row.approved_at) for row in rows]


def approve(session: GatedSession, actor: Actor, language: str, *, now: datetime) -> None:
    """A named person has read this language's wording and stands for it. Raises Invalid for a language without one."""
    if language not in LANGUAGES:
        raise Invalid("no_such_form", field="language", known=", ".join(LANGUAGES))
    row = _row(session, language)
    row.approved_by, row.approved_at = actor.label, now
    record_act(session, actor, Act("approve_form", f"form:{row.name}/{row.version}/{language}"), now)


def _row(session: GatedSession, language: str) -> ConsentForm:
    form = form_in(language)
    key = {"name": form.name, "version": form.version, "language": form.language}
    insert_new(session, ConsentForm, [{**key, "text": form.text, "sha256": form.sha256, "approved_by": ""}])
    return session.scalars(select(ConsentForm).filter_by(**key)).one()
