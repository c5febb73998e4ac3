"""What a reader of the desk might want to look at in an item: places, with the words that stand there.

    hints_of(Seen(pieces=[Piece("text:testimony", "…", "az")], year=2026), lists)

A hint is never a verdict. It says what it saw, where, and to which line of the checklist it belongs;
whether it is so, a person decides. Pure: plain values in, plain values out, and one walk over each
piece, so that 300 pages take no more than a moment. What is looked for in a text is in hint_contacts.py,
hint_language.py and the lists of word_lists.py.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from memorial.domain import hint_contacts as contacts
from memorial.domain import hint_language, word_lists
from memorial.domain.phrases import Found, Phrases, Words, phrases_of, words_of

# Each kind of hint, in the order of the page, and the line of `workflow.CHECKLIST` it belongs to.
CHECK_OF: Mapping[str, str] = {
    "email": "addresses",
    "telephone": "addresses",
    "address": "addresses",
    "minors": "minors",
    "living": "living_people",
    "others": "living_people",
    "violence": "graphic_notes",
    "graphic": "graphic_notes",
    "graphic_file": "graphic_notes",
    "nature": "persons_and_acts",
    "name_kept_back": "consent_fits",
    "not_covered": "consent_fits",
    "rights": "consent_fits",
    "unsourced": "status_sourced",
    "alike": "duplicates",
    "language": "spelling",
}
OF_A_PLACE = frozenset(
    {"minors", "living", "violence", "graphic", "nature"}
)  # seen with the words around them

REACH = 60  # characters of the text on either side of what a list found
SHOWN = 5  # of a kind, before "all of them"
KEPT = 500  # of a kind: more are counted and not kept
ADULT = 18
FILED = "hint:"  # before the keyed hash of one that somebody dismissed, among the checks of an item


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of what was sent. `key` names it, `times` are (place, words) where its recording has cues."""

    key: str
    text: str
    language: str = "und"
    part: str = "page"
    times: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True, slots=True)
class Hint:
    """What was seen: `seen` stands in the piece `where` at character `at`; the words meant are `hit` of it."""

    kind: str
    where: str = ""
    seen: str = ""
    at: int = 0
    hit: tuple[int, int] = (0, 0)
    count: int = 1  # how often the very same stands in this piece
    time: str = ""
    about: tuple[str, ...] = ()  # keys and names that its sentence needs besides

    @property
    def meant(self) -> str:
        """The words that were looked for, of those that are quoted."""
        return self.seen[slice(*self.hit)]

    @property
    def check(self) -> str:
        return CHECK_OF[self.kind]

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes it the same hint in a later content: kind, piece, and what was seen there.

        Where it is seen with the words around it, two can stand in one line: which words are meant belongs to it.
        """
        meant = (self.meant,) if self.kind in OF_A_PLACE else ()
        return self.kind, self.where, self.seen, *meant, *self.about


@dataclass(frozen=True, slots=True)
class Statement:
    """Somebody's assertion in the item. `by` and `source` are as given, "" where nothing was."""

    where: str
    property: str
    value: str
    by: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A photograph or recording. `others`: is somebody seen or heard who did not agree, as the family says."""

    name: str
    rights: str = ""
    credit: str = ""
    graphic: bool = False
    noted: bool = False
    others: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """All that the rules may know of an item."""

    pieces: Sequence[Piece] = ()
    statements: Sequence[Statement] = ()
    files: Sequence[File] = ()
    names_kept_back: Sequence[str] = ()  # that the parties do not allow to be shown
    not_covered: Sequence[
        tuple[str, ...]
    ] = ()  # (part, party, party …): nobody could see it, for want of whom
    alike: Sequence[tuple[str, str, str]] = ()  # (where, name, address) of others of the same name
    year: int = 9999


@dataclass(slots=True)
class _Gathered:
    """Hints by kind and identity; the same again is counted, and no more are kept than a page could bear."""

    by_kind: dict[str, dict[tuple[str, ...], Hint]] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)

    def add(self, hint: Hint) -> None:
        kept = self.by_kind.setdefault(hint.kind, {})
        known = kept.get(hint.identity)
        if known is not None:
            kept[hint.identity] = replace(known, count=known.count + 1)
        elif len(kept) < KEPT:
            kept[hint.identity] = hint
        else:
            self.left_out[hint.kind] = self.left_out.get(hint.kind, 0) + 1


@dataclass(frozen=True, slots=True)
class Hints:
    """In the order of `CHECK_OF`; `left_out` counts by kind what was too much to keep."""

    kept: Sequence[Hint] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)


def hints_of(seen: Seen, lists: word_lists.Lists) -> Hints:
    """Everything there is to look at. Never raises, whatever the text."""
    gathered = _Gathered()
    for piece in seen.pieces:
        for hint in _in_piece(piece, lists, seen):
            gathered.add(hint)
    for hint in _of_facts(seen):
        gathered.add(hint)
    kept = [hint for kind in CHECK_OF for hint in gathered.by_kind.get(kind, {}).values()]
    return Hints(kept, gathered.left_out)


def _in_piece(piece: Piece, lists: word_lists.Lists, seen: Seen) -> Iterator[Hint]:
    words = words_of(piece.text)
    guessed = hint_language.guess(words)
    spoken = hint_language.spoken(piece.language, guessed, piece.text)
    exact = {
        "email": contacts.emails(piece.text),
        "telephone": contacts.telephones(piece.text),
        "address": contacts.postal(words, _listed(lists, word_lists.STREETS, spoken)),
        "name_kept_back": _names(piece, words, seen.names_kept_back),
    }
    for kind, spans in exact.items():
        for start, end in spans:
            yield Hint(
                kind, piece.key, piece.text[start:end], start, (0, end - start), time=_time(piece, start)
            )
    for found in _listed(lists, word_lists.MINORS, spoken).find(
        words, lambda found: _is_young(found, words, seen.year)
    ):
        yield _around(word_lists.MINORS, piece, found)
    for kind in (word_lists.LIVING, word_lists.VIOLENCE, word_lists.GRAPHIC, word_lists.NATURE):
        for found in _listed(lists, kind, spoken).find(words):
            yield _around(kind, piece, found)
    if other := hint_language.mismatch(piece.language, guessed):
        yield Hint("language", piece.key, about=(piece.language, other))


def _listed(lists: word_lists.Lists, name: str, spoken: Iterable[str]) -> Phrases:
    by_language = lists.get(name, {})
    return phrases_of(tuple(phrase for code in spoken for phrase in by_language.get(code, ())))


def _names(piece: Piece, words: Words, names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where a text says a name that is not to be shown; what is itself a name is none."""
    if piece.key.split("#")[0] != "name":
        for found in phrases_of(tuple(names)).find(words):
            yield found.start, found.end


def _is_young(found: Found, words: Words, year: int) -> bool:
    """An age below 18 or a year of birth that may make one; a number right after a word only set apart from it."""
    if found.number is None:
        return "#" not in found.phrase
    if not (found.number < ADULT or year - ADULT <= found.number <= year):
        return False
    if found.number >= ADULT or not found.phrase.endswith(" #") or len(found.phrase.split()) > 2:
        return True
    between = words.of[words.ends[found.last - 1] : words.starts[found.last]]
    return any(sign in between for sign in ",(–—-:") or found.phrase.split()[0] in ("aged", "age")


def _around(kind: str, piece: Piece, found: Found) -> Hint:
    """What a list found, with the words around it: what is meant can only be read there."""
    text = piece.text
    line = text.rfind("\n", max(0, found.start - REACH), found.start) + 1
    begin = line or _edge(text, max(0, found.start - REACH), found.start)
    end = min(len(text), found.end + REACH)
    if end < len(text) and (space := text.rfind(" ", found.end, end)) > 0:
        end = space
    if (line := text.find("\n", found.end, end)) >= 0:
        end = line
    hit = found.start - begin, found.end - begin
    return Hint(kind, piece.key, text[begin:end], begin, hit, time=_time(piece, found.start))


def _edge(text: str, begin: int, start: int) -> int:
    """The beginning of a word at or after `begin`, if there is one before `start`."""
    if begin == 0:
        return 0
    space = text.find(" ", begin - 1, start)
    return space + 1 if space >= 0 else begin


def _time(piece: Piece, at: int) -> str:
    """The cue in which it is said, where the piece has cues."""
    place = bisect_right([begun for begun, _ in piece.times], at) - 1
    return piece.times[place][1] if place >= 0 else ""


# -- what is known besides the words ---------------------------------------------------------


def _of_facts(seen: Seen) -> Iterator[Hint]:
    for said in seen.statements:
        if _wants_a_source(said):
            yield Hint("unsourced", said.where, said.value, 0, (0, len(said.value)))
    yield from _of_files(seen.files)
    for part, *parties in seen.not_covered:
        yield Hint("not_covered", about=(part, *parties))
    for where, name, address in seen.alike:
        yield Hint("alike", where, name, 0, (0, len(name)), about=(address,))


def _wants_a_source(said: Statement) -> bool:
    """What became of somebody, whoever says it; any other figure where nobody is named who does."""
    if said.source or not said.value:
        return False
    return said.property == "fate" or (not said.by and any(sign.isdigit() for sign in said.value))


def _of_files(files: Sequence[File]) -> Iterator[Hint]:
    for file in files:
        if not (file.rights or file.credit):
            yield Hint("rights", seen=file.name)
        if file.graphic and not file.noted:
            yield Hint("graphic_file", seen=file.name)
        if file.others in ("yes", "not_sure"):
            yield Hint("others", seen=file.name, about=(file.others,))
