"""What a community chose for its archive: name, sentence, who runs it, support, texts, languages.

    site = site_of(chosen(session), "ru")
    change(session, {"name": {"en": "…", "az": "…"}})     # moves the epoch; the entry point commits

A value is one for all languages, or an object with one for each (`{"az": …, "en": …}`).
Keys: name, sentence, who, funding, contact, support (services/support.py), distress
({"az": [phrase], …}, services/distress.py), motif, languages, event_dates ([EDTF]), about and help
([{"id", "heading", "body"}]), two_people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from memorial.gate import GatedSession
from memorial.models import ArchiveSetting
from memorial.services import consent
from memorial.services.support import Country, countries, in_language

KEYS = frozenset(
    {
        "name", "sentence", "who", "funding", "contact", "support", "motif", "languages", "event_dates",
        "about", "help", "two_people", "distress",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of the archive's own pages; `body` is plain text with empty lines between paragraphs."""

    id: str
    heading: str
    body: str


@dataclass(frozen=True, slots=True)
class Site:
    """What templates receive as `site`, in one language."""

    name: str = "Memorial archive"
    sentence: str = ""
    who: str = ""
    funding: str = ""
    contact: str = ""
    motif: bool = False
    support: Sequence[Country] = ()
    languages: Sequence[str] = ()
    event_dates: Sequence[str] = ()
    about: Sequence[Section] = ()
    help: Sequence[Section] = ()


def chosen(session: GatedSession) -> dict[str, Any]:
    """Every setting as it is stored."""
    return {row.key: row.value for row in session.execute(select(ArchiveSetting.key, ArchiveSetting.value))}


def change(session: GatedSession, values: Mapping[str, Any]) -> None:
    """Store settings; cached pages are old from the commit on. Raises KeyError for a key nobody reads."""
    for key, value in values.items():
        if key not in KEYS:
            raise KeyError(key)
        row = session.get(ArchiveSetting, key)
        if row is None:
            session.add(ArchiveSetting(key=key, value=value))
        else:
            row.value = value
    session.flush()
    consent.move_epoch(session)


def site_of(values: Mapping[str, Any], language: str) -> Site:
    """The settings in one language; what is missing in it is shown in English, else as there is."""
    said = {key: in_language(value, language) for key, value in values.items()}
    default = Site()
    return Site(
        name=str(said.get("name") or default.name),
        sentence=str(said.get("sentence") or ""),
        who=str(said.get("who") or ""),
        funding=str(said.get("funding") or ""),
        contact=str(said.get("contact") or ""),
        motif=bool(said.get("motif")),
        support=countries(said.get("support"), language),
        languages=tuple(said.get("languages") or ()),
        event_dates=tuple(said.get("event_dates") or ()),
        about=_sections(said.get("about")),
        help=_sections(said.get("help")),
    )


def _sections(rows: Sequence[Mapping[str, str]] | None) -> tuple[Section, ...]:
    return tuple(Section(row["id"], row["heading"], row["body"]) for row in rows or ())
