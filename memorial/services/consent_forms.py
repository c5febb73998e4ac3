"""The consent forms' wordings, and a named person's approval of each language.

    form_id(session, "az")                            # the row for the words as they are now
    form_id(session, "az", 1)                         # … as they were when somebody read them
    is_approved(session, "az")                        # whether a named person stands for them
    approve(session, actor, "az", now=now)            # from then on nothing more is asked for it

Until a language's wording is approved, nothing sent in it is published before somebody of the
desk has gone through it with the family (DESIGN, `consent_forms`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from memorial.db import insert_new
from memorial.domain.errors import Invalid
from memorial.domain.forms_of_consent import LANGUAGES, VERSION, form_in
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


def form_id(session: GatedSession, language: str, version: int = VERSION) -> int:
    """The row of a language's wording, made when it is first used."""
    return _row(session, language, version).id


def version_in(answers: Mapping[str, Any]) -> int:
    """Which wording somebody was shown; the present one where that was not kept."""
    given = str(answers.get("form_version") or "")
    return int(given) if given.isdecimal() and 1 <= int(given) <= VERSION else VERSION


def is_approved(session: GatedSession, language: str) -> bool:
    """Whether a named person has read this language's present wording and stands for it. Writes nothing."""
    form = form_in(language)
    wanted = select(ConsentForm.approved_by).where(
        ConsentForm.name == form.name,
        ConsentForm.version == form.version,
        ConsentForm.language == form.language,
    )
    return bool(session.scalars(wanted).first())


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


def _row(session: GatedSession, language: str, version: int = VERSION) -> ConsentForm:
    form = form_in(language, version)
    key = {"name": form.name, "version": form.version, "language": form.language}
    insert_new(session, ConsentForm, [{**key, "text": form.text, "sha256": form.sha256, "approved_by": ""}])
    return session.scalars(select(ConsentForm).filter_by(**key)).one()
