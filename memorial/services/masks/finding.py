"""Where the words stand that a mask is to take out: offered to a person, who ticks what goes.

    found = find(session, medium, Wanted(span=Span(4000, 9000), names=("Elman Hacıyev",)))
    chosen = choose(found, ticked, versions=True)     # Stale where one of them is not as it was

A name is looked for in every script and with the endings that languages put behind it. Of a span the words go
that are said in it; a line whose words have no times of their own is offered whole, for a person to say.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from memorial.domain.errors import Stale
from memorial.domain.masks import Range, Span, bare, joined, named_in, rest_of, said_in, timed
from memorial.domain.names import fold
from memorial.gate import GatedSession
from memorial.models import Media
from memorial.services.masks.kept import digest
from memorial.services.masks.places import Field, fields

_OF_LINE = re.compile(r"(?:c-)?(\d{1,9})\s*:\s*(.+)", re.DOTALL)
BESIDE = 60  # characters shown on either side


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. `words` stand exactly so; "118: words" are looked for in that line alone."""

    span: Span | None = None
    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Find:
    """Some words in one place. `whole`: a line without times for its words; `sure`: nothing else can be meant."""

    place: str
    begin: int
    end: int
    words: str
    before: str
    after: str
    what: str
    sure: bool
    whole: bool = False
    line: str = ""
    title: str = ""
    language: str = ""
    starts: int | None = None
    version: bool = False

    @property
    def id(self) -> str:
        return f"{self.place}~{self.begin}~{self.end}~{digest(self.words)}"

    @property
    def range(self) -> Range:
        return Range(self.begin, self.end)


def find(
    session: GatedSession, medium: Media, wanted: Wanted, given: Sequence[Field] | None = None
) -> list[Find]:
    """In the order of the places; those of older versions are marked so."""
    known: dict[tuple[str, str], str] = {}
    return [
        each
        for field in (fields(session, medium) if given is None else given)
        for each in _in(field, wanted, known, own=field.media_id == medium.id)
    ]


def of_line(words: str) -> tuple[int, str] | None:
    """The number of a line, and words that are meant in it alone."""
    found = _OF_LINE.fullmatch(words)
    return (int(found[1]), found[2]) if found else None


def _in(field: Field, wanted: Wanted, known: dict[tuple[str, str], str], *, own: bool) -> list[Find]:
    """Moments and numbers of lines are the recording's own; names and words are looked for in all of the record."""
    text = bare(field.text, field.body)
    found = [*named_in(text, wanted.names, known)]
    for words in wanted.words:
        one = of_line(words)
        if one is None or (own and field.line.endswith(f"#{one[0]}")):
            found += said_in(text, one[1] if one else words)
    finds = [_find(field, text, piece) for each in joined(found) for piece in _rest(text, each)]
    spoken = _of_span(field, text, wanted.span if own else None)
    if spoken is None:
        return finds
    outside = [each for each in finds if each.end <= spoken.begin or each.begin >= spoken.end]
    pieces = _rest(
        text, joined([spoken, *(Range(f.begin, f.end, f.sure) for f in finds if f not in outside)])[0]
    )
    within = [_find(field, text, piece, whole=not field.times) for piece in pieces]
    return sorted([*outside, *within], key=lambda each: each.begin)


def _rest(text: str, range_: Range) -> list[Range]:
    return [replace(each, sure=range_.sure) for each in rest_of(text, range_)]


def _of_span(field: Field, text: str, span: Span | None) -> Range | None:
    if span is None or not field.body or not span.meets(field.starts, field.ends):
        return None
    return timed(text, field.times, span) if field.times else Range(0, len(text))


def _find(field: Field, text: str, at: Range, *, whole: bool = False) -> Find:
    return Find(
        field.place, at.begin, at.end, text[at.begin : at.end],
        text[max(0, at.begin - BESIDE) : at.begin], text[at.end : at.end + BESIDE],
        field.what, at.sure or whole, whole, field.line, field.title, field.language, field.starts, field.version,
    )  # fmt: skip


def choose(found: Sequence[Find], ticked: Collection[str], *, versions: bool = True) -> list[Find]:
    """What a person ticked, and what older versions say of the same. Raises Stale where a place has changed since."""
    now = [each for each in found if not each.version]
    chosen = [each for each in now if each.id in ticked]
    if {each.id for each in chosen} != set(ticked):
        raise Stale("words_changed")
    if not versions:
        return chosen
    said = {fold(each.words) for each in chosen}
    left = {fold(each.words) for each in now} - said
    lines = {each.line for each in chosen if each.line}
    older = [each for each in found if each.version and _follows(each, said, left, lines)]
    return [*chosen, *older]


def _follows(older: Find, said: set[str], left: set[str], lines: set[str]) -> bool:
    """A person does not tick every version of a line: it goes with what was ticked, not with what was left."""
    words = fold(older.words)
    return words in said or (words not in left and (older.sure or older.line in lines))
