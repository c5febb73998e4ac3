"""The chapters of a recording as a draft holds them: objects of domain/transcript.Segment.

segments(draft.chapters)       # Segment values
stored(segments)               # what a draft holds
checked(given)                 # what a form sent, made sound; raises Invalid
mark(draft.chapters)           # what tells whether they are still as somebody saw them
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from memorial.domain.errors import Invalid
from memorial.domain.lines import one_line
from memorial.domain.transcript import CONTROLS, LANGUAGE, LATEST, Link, Segment, Spot, Telling, tidy

MOST = 500
MOST_TELLINGS = 12
MOST_WORDS = 100
LONGEST = 5_000
LINES = ("title", "excerpt")
LISTS = ("keywords", "subjects", "persons", "places")


def stored(given: Iterable[Segment]) -> list[Any]:
    """Persons and places are the desk's own; files have none."""
    found: list[Any] = json.loads(json.dumps([asdict(segment) for segment in given]))
    return found


def segments(chapters: Sequence[Mapping[str, Any]]) -> tuple[Segment, ...]:
    return tuple(
        Segment(
            chapter["begin"],
            tuple(_telling(told) for told in chapter["tellings"]),
            chapter.get("end"),
            tuple(Spot(**spot) for spot in chapter.get("spots", ())),
            tuple(Link(**link) for link in chapter.get("links", ())),
        )
        for chapter in chapters
    )


def _telling(told: Mapping[str, Any]) -> Telling:
    return Telling(
        told.get("language", "und"), told.get("title", ""), told.get("synopsis", ""),
        tuple(told.get("keywords", ())), tuple(told.get("subjects", ())), told.get("excerpt", ""),
    )  # fmt: skip


def mark(chapters: Sequence[Any]) -> str:
    seen = json.dumps(chapters, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(seen.encode()).hexdigest()[:12]


def checked(given: Any) -> list[dict[str, Any]]:
    """In the order of their times; whoever is without any words is left out."""
    if not isinstance(given, list) or len(given) > MOST:
        raise Invalid("no_such_change", field="chapters")
    found = [_chapter(one, place) for place, one in enumerate(given)]
    return sorted((one for one in found if one["tellings"]), key=lambda one: one["begin"])


def _chapter(given: Any, place: int) -> dict[str, Any]:
    if not isinstance(given, Mapping) or not isinstance(given.get("tellings"), list):
        raise Invalid("no_such_change", field=f"chapters-{place}")
    begin, end = given.get("begin"), given.get("end")
    if not _is_moment(begin) or (end is not None and (not _is_moment(end) or end < begin)):
        raise Invalid("line_times", field=f"chapters-{place}")
    tellings = [_told(one, place) for one in given["tellings"][:MOST_TELLINGS]]
    return {
        "begin": begin, "end": end, "tellings": [one for one in tellings if _says(one)],
        "spots": _objects(given.get("spots"), Spot), "links": _objects(given.get("links"), Link),
    }  # fmt: skip


def _is_moment(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LATEST


def _told(given: Any, place: int) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise Invalid("no_such_change", field=f"chapters-{place}")
    language = given.get("language", "und")
    if not isinstance(language, str) or not LANGUAGE.fullmatch(language):
        raise Invalid("language_code", field=f"chapters-{place}")
    told: dict[str, Any] = {"language": language, "synopsis": _prose(given.get("synopsis"))}
    told |= {name: _line(given.get(name)) for name in LINES}
    told |= {name: _list(given.get(name)) for name in LISTS}
    return told


def _says(told: Mapping[str, Any]) -> bool:
    return any(value for name, value in told.items() if name != "language")


def _line(value: Any) -> str:
    return tidy(one_line(value))[:LONGEST] if isinstance(value, str) else ""


def _prose(value: Any) -> str:
    text = value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else ""
    return CONTROLS.sub("", text)[:LONGEST].strip()


def _list(value: Any) -> list[str]:
    lines = [_line(one) for one in value[:MOST_WORDS]] if isinstance(value, list) else []
    return [line for line in lines if line]


def _objects(value: Any, kind: type[Spot] | type[Link]) -> list[dict[str, str]]:
    """What a file brought and no form changes comes through as it is."""
    names = set(kind.__dataclass_fields__)
    given = value[:MOST_WORDS] if isinstance(value, list) else []
    return [
        {name: _line(text) for name, text in one.items()}
        for one in given
        if isinstance(one, Mapping) and set(one) <= names
    ]
