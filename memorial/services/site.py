"""What a community chose for its archive: name, sentence, who runs it, support, texts, languages.

    site = site_of(chosen(session), "ru")
    change(session, {"name": {"en": "…", "az": "…"}})     # moves the epoch; the entry point commits

A value is one for all languages, or an object with one for each (`{"az": …, "en": …}`).
Keys: name, sentence, event_word (what the archive itself calls the event), who, funding, contact, desk_support (whom people at the desk turn to), support (services/support.py), distress and words_minors,
words_graphic … ({"az": [phrase], …}, services/word_lists.py), motif, languages, event_dates ([EDTF]), map_box
([west, south, east, north] in degrees: the region that the map of places shows; else it follows the places), about, help
and research ([{"id", "heading", "body"}]), research_conditions (to which whoever reads as a researcher agrees),
two_people (marks of items that two people publish), quotation_words (how many words of one press account may be
quoted at the desk without a stated right: 25 unless set, 0 for no limit; services/published/checks.py), replies (services/replies.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from memorial.domain import workflow
from memorial.domain.content import canonical
from memorial.domain.errors import Invalid
from memorial.domain.word_lists import DISTRESS, NAMES
from memorial.gate import GatedSession
from memorial.models import ArchiveSetting
from memorial.services import consent
from memorial.services.support import Country, countries, in_language


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_text, value))


def _box(value: Any) -> bool:
    """West, south, east and north of a part of the world, or nothing."""
    numbers = isinstance(value, list) and all(type(each) in (int, float) for each in value)
    if not numbers or not value:
        return bool(numbers)
    return len(value) == 4 and -180 <= value[0] < value[2] <= 180 and -56 <= value[1] < value[3] <= 84


def _sections_are(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(row, Mapping) and all(_text(row.get(name)) for name in ("id", "heading", "body"))
        for row in value
    )


def _each(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """One for all languages, or an object with one for each."""
    return lambda value: all(map(fits, value.values())) if isinstance(value, Mapping) else fits(value)


WORDS = ("a text, or an object with a text for each language", _each(_text))
SECTIONS = (
    "a list of {id, heading, body}, or an object with such a list for each language",
    _each(_sections_are),
)
LIST = ("a list of texts", _texts)
# With a mark that no item has, one person would publish what the archive wanted two for, and nobody would notice.
MARKS = ("death", "minor", "graphic", "media", "living", workflow.VIOLENCE)
MARKED = (f"a list out of {', '.join(MARKS)}", lambda value: _texts(value) and set(value) <= set(MARKS))
SHAPES: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "name": WORDS,
    "sentence": WORDS,
    "event_word": WORDS,
    "who": WORDS,
    "funding": WORDS,
    "contact": WORDS,
    "desk_support": WORDS,
    "about": SECTIONS,
    "help": SECTIONS,
    "research": SECTIONS,
    "research_conditions": WORDS,
    "languages": LIST,
    "event_dates": LIST,
    "two_people": MARKED,
    "map_box": ("four numbers in degrees: west, south, east, north", _box),
    "quotation_words": (
        "a whole number, 0 for no limit",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
    ),
    "motif": ("true or false", lambda value: isinstance(value, bool)),
    "support": (
        "a list of objects",
        lambda value: isinstance(value, list) and all(isinstance(row, Mapping) for row in value),
    ),
    "replies": (
        "an object with a text for each language under each key",
        lambda value: (
            isinstance(value, Mapping)
            and all(
                isinstance(texts, Mapping) and all(map(_text, texts.values())) for texts in value.values()
            )
        ),
    ),
    **dict.fromkeys(
        ("distress", *(f"words_{name}" for name in NAMES if name != DISTRESS)),
        (
            "an object with a list of texts for each language",
            lambda value: isinstance(value, Mapping) and all(map(_texts, value.values())),
        ),
    ),
}
KEYS = frozenset(SHAPES)


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
    event_word: str = ""
    who: str = ""
    funding: str = ""
    contact: str = ""
    desk_support: str = ""
    motif: bool = False
    support: Sequence[Country] = ()
    languages: Sequence[str] = ()
    event_dates: Sequence[str] = ()
    map_box: Sequence[float] = ()
    about: Sequence[Section] = ()
    help: Sequence[Section] = ()
    research: Sequence[Section] = ()
    research_conditions: str = ""
    conditions_mark: str = ""  # which conditions these are: another mark is agreed to anew


def chosen(session: GatedSession) -> dict[str, Any]:
    """Every setting as it is stored."""
    return {row.key: row.value for row in session.execute(select(ArchiveSetting.key, ArchiveSetting.value))}


def change(session: GatedSession, values: Mapping[str, Any]) -> None:
    """Store settings; cached pages are old from the commit on.

    Raises KeyError for a key nobody reads, Invalid for a value that no page could show.
    """
    for key, value in values.items():
        if key not in KEYS:
            raise KeyError(key)
        needs, fits = SHAPES[key]
        if not fits(value):
            raise Invalid("setting_of_another_shape", field=key, setting=key, needs=needs)
    for key, value in values.items():
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
        event_word=str(said.get("event_word") or ""),
        who=str(said.get("who") or ""),
        funding=str(said.get("funding") or ""),
        contact=str(said.get("contact") or ""),
        desk_support=str(said.get("desk_support") or ""),
        motif=bool(said.get("motif")),
        support=countries(said.get("support"), language),
        languages=tuple(said.get("languages") or ()),
        event_dates=tuple(said.get("event_dates") or ()),
        map_box=tuple(said.get("map_box") or ()),
        about=_sections(said.get("about")),
        help=_sections(said.get("help")),
        research=_sections(said.get("research")),
        research_conditions=str(said.get("research_conditions") or ""),
        conditions_mark=conditions_mark(values),
    )


# The program's own conditions (web/account/research.py) have a mark of their own; whoever changes them makes another.
OWN_CONDITIONS = "the conditions that come with the program, first version"


def conditions_mark(values: Mapping[str, Any]) -> str:
    """SHA-256 of the conditions in all their languages: who has agreed to these need not agree again."""
    said = values.get("research_conditions") or OWN_CONDITIONS
    return hashlib.sha256(canonical({"conditions": said})).hexdigest()


def _sections(rows: Sequence[Mapping[str, str]] | None) -> tuple[Section, ...]:
    return tuple(Section(row["id"], row["heading"], row["body"]) for row in rows or ())
