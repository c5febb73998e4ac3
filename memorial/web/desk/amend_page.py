"""What the form of an object shows, and what comes with it: plain values for web/desk/amend.py and its template."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request

from memorial.domain.versions import Versions
from memorial.services.collection.kinds import KINDS
from memorial.services.collection.statements import BEFORE, LANGUAGES
from memorial.services.published.forms import Entry, Group, Problems
from memorial.services.published.objects import Line
from memorial.web.account import inputs
from memorial.web.desk import revisions

# What a new object's id begins with, and what it may be, so that a citation can name it.
BEGINS = {
    "sources": "src", "press_accounts": "press", "recognitions": "rec", "people": "person", "places": "place",
    "memorial_sites": "mem", "films": "film", "timeline": "tl", "accounts": "acc", "terminology": "term",
    "figures": "fig",
}  # fmt: skip
ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9._]+)+")
MOST_KEYS = 2_000
RIGHTS = ("quotation right", "permission", "licence", "public record", "public domain")  # _parts/coded.html
SUGGESTED: Mapping[tuple[str, str], Sequence[str]] = {
    ("press_accounts", "kind"): ("quotation", "paraphrase", "mention_only"),
    ("press_accounts", "rights"): RIGHTS,
    ("recognitions", "rights"): RIGHTS,
    ("press_accounts", "attribution_confidence"): ("high", "medium", "low"),
    ("timeline", "phase"): ("before", "during", "after"),
    ("figures", "qualifier"): ("exact", *sorted(BEFORE)),
    ("people", "fate"): ("not stated",),
    ("accounts", "wording"): ("summary",),
    ("accounts", "form"): (
        "direct speech within the report", "reported speech", "direct and reported speech",
        "text of a document or author", "paraphrase",
    ),
}  # fmt: skip
# Of these a statement's small form shows only what is read on the page of its question.
SMALL = {
    "figures": ("value", "min", "max", "qualifier", "claimant", "source_date", "as_of", "as_printed", "note", "seed_refs"),
    "accounts": ("speaker", "role", "statement", "form", "published_in", "date", "note", "seed_refs"),
    "terminology": ("term", "language_code", "used_by", "note", "seed_refs"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pick:
    """What a picker was asked, and what answers."""

    key: str
    words: str
    place: str = ""
    found: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class Alike:
    """An object that may be the same one, and what differs."""

    kind: str
    id: str
    changes: Sequence[Any]


@dataclass(frozen=True)
class Page:
    """Everything the form shows."""

    kind: str
    id: str
    title: str
    is_new: bool
    groups: Sequence[Group]
    base: str
    seen: str
    others: Mapping[str, Any] = field(default_factory=dict)
    problems: Problems = field(default_factory=dict)
    versions: Mapping[str, Versions] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    understood: Mapping[str, str] = field(default_factory=dict)
    pick: Pick | None = None
    picks: bool = True
    near: Sequence[Alike] = ()
    why: str = ""
    error: str = ""
    item: str = ""
    taken_by: str = ""
    mine: bool = False
    languages: Sequence[str] = tuple(LANGUAGES)

    def suggested(self, entry: Entry) -> Sequence[str]:
        """Words that are usual in a field; it takes any others."""
        return SUGGESTED.get((self.kind, entry.name), ())

    @property
    def asks_zero(self) -> bool:
        return "lat" in KINDS[self.kind].fields and (
            bool(self.said.get("zero")) or any(each.code == "at_zero" for each in self.problems.values())
        )

    def row_open(self, row: Sequence[Entry]) -> bool:
        """Whether something in it wants to be looked at."""
        keys = {entry.key for entry in row}
        moved = any(key in self.versions and self.versions[key].by_others for key in keys)
        return moved or bool(keys & self.problems.keys()) or (self.pick is not None and self.pick.key in keys)


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came."""

    typed: dict[str, str]
    base: Mapping[str, Any] | None
    seen: str
    why: str
    do: str
    said: Mapping[str, str]
    chosen: Mapping[str, str]
    clashing: Sequence[str]


def sent(external_id: str) -> Sent:
    names = list(request.form)[:MOST_KEYS]
    return Sent(
        {name[2:]: request.form[name].replace("\0", "") for name in names if name.startswith("v-")},
        base(external_id),
        inputs.line("seen"),
        inputs.words("why", revisions.LONGEST_WHY),
        request.form.get("do", "save"),
        {name[4:]: inputs.line(name) for name in names if name.startswith("say-")},
        {name[2:]: request.form[name] for name in names if name.startswith("c-")},
        request.form.getlist("clash")[:MOST_KEYS],
    )


def base(external_id: str) -> Mapping[str, Any] | None:
    """The object the form was made from; None where the form does not hold it as it was given out."""
    try:
        value = json.loads(request.form.get("base", ""))
    except ValueError:
        return None
    return value if isinstance(value, dict) and value.get("id") == external_id else None
