"""The rows of a record as one session returned them (gate/loading.py), and the narrowing for a proof.

The gate has already taken out what the session's reader may not see; `keep` takes out more, never less.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from memorial.gate import voices
from memorial.gate.voices import Heard
from memorial.models import (
    Citation,
    Media,
    PersonName,
    Record,
    RecordLink,
    Relation,
    Source,
    Statement,
    Text,
    Tribute,
)

Cited = tuple[Citation, Source | None]


@dataclass(frozen=True)
class Rows:
    """What came through the gate for one record."""

    record: Record
    detail: Any
    texts: Sequence[Text] = ()
    names: Sequence[PersonName] = ()
    relations: Sequence[tuple[Relation, Record | None]] = ()
    media: Sequence[Media] = ()
    heard: Heard = field(default_factory=Heard)  # what belongs to its recordings
    statements: Sequence[Statement] = ()
    supports: Sequence[Statement] = ()
    told: Sequence[Statement] = ()  # of an event: what is said of it elsewhere
    told_under: Mapping[int, str] = field(
        default_factory=dict
    )  # statement id: slug of the question it answers
    citations: Sequence[Cited] = ()
    # By the numbers of what they belong to; rows that were loaded together share them.
    text_citations: Mapping[int, Sequence[Cited]] = field(default_factory=dict)
    statement_sources: Mapping[int, Source] = field(default_factory=dict)
    statement_citations: Mapping[int, Sequence[Cited]] = field(default_factory=dict)
    name_citations: Mapping[int, Sequence[Cited]] = field(default_factory=dict)
    kin_names: Mapping[int, tuple[str, str]] = field(
        default_factory=dict
    )  # of those who say how they are related
    links: Sequence[tuple[RecordLink, Record | None]] = ()
    memories: Sequence[Tribute] = ()  # one more than a page shows, where there are more
    signs: Sequence[Tribute] = ()
    beside: Sequence[Media] = ()  # the photographs sent with the memories
    proof: bool = False
    # Of persons who are read as one (gate/as_one.py): all of them, and all of their pages.
    persons: frozenset[int] = frozenset()
    pages: Sequence[Record] = ()

    @property
    def said(self) -> Sequence[Statement]:
        """All of its statements, wherever they stand."""
        return (*self.statements, *self.supports, *self.told)


# Rows of guarded classes, which a proof keeps or leaves out one by one.
GUARDED_ROWS = ("texts", "names", "media", "statements", "supports", "told", "memories", "signs", "beside")


def keep(rows: Rows, allowed: Callable[[Any], bool]) -> Rows:
    """Only the rows whose part passes; used for a proof, where custody loaded more than a visitor gets."""
    kept: dict[str, Any] = {"proof": True}
    for spec in fields(Rows):
        value = getattr(rows, spec.name)
        if spec.name in GUARDED_ROWS:
            kept[spec.name] = [row for row in value if allowed(row)]
    kept["heard"] = voices.keep(rows.heard, allowed)
    mine = getattr(rows.detail, "person_id", None)
    # What others' pages say of this person is not this page's to promise.
    kept["relations"] = [pair for pair in rows.relations if pair[0].person_id == mine]
    return replace(rows, **kept)
