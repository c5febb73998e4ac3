"""Masks: a span of a recording that is withheld, in its words, its sound and its picture.

    Span(4000, 9000)                                    # silence for five seconds
    named_in("Elmanın evi", ["Эльман Гаджиев"])         # [Range(0, 7, sure=False)]
    take_out("With <i>X</i>.", 5, 6, lambda _: "k7f30")  # ("With <i><mask k7f30></i>.", [Taken(…)])

Words are taken out of the body of a line by a mark that nothing else has, and out of all other texts by WITHHELD,
which is told from others like it by its place among them. What was taken is given back, to be kept elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from memorial.domain import name_match, name_parts
from memorial.domain.names import fold
from memorial.domain.transcript import WITHHELD, Run, body, plain, runs

_MARKS_OF_LETTERS = "\u0300-\u036f\u0591-\u05c7\u064b-\u0655\u0670\u200c\u200d"
_TOKEN = re.compile(rf"[^\W_][\w{_MARKS_OF_LETTERS}]*(?:['’ʼ‘`\-‐][^\W_][\w{_MARKS_OF_LETTERS}]*)*")
# The same name, also with an ending behind it; all else is offered, and not taken as the same.
_SURE = (name_match.EXACT, name_match.VARIANT, name_match.BEGINNING)
_OFFERED = (*_SURE, name_match.ENDING, name_match.NICKNAME)
_LONGEST_ENDING = 5  # letters of a case, as Azerbaijani, Turkish and Russian put them behind a name
_BETWEEN = 2  # other words that may stand within a name: a title, a father's name


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when, in milliseconds from the start, and what the copies have there instead.

    `sound` is "silence", "tone" or empty, where the sound stays; `picture`: it is blurred.
    """

    starts: int
    ends: int
    sound: str = "silence"
    picture: bool = False

    def meets(self, starts: int | None, ends: int | None) -> bool:
        """Whether something that is said between these two moments is said within the span."""
        return (
            starts is not None
            and ends is not None
            and starts < self.ends
            and max(ends, starts + 1) > self.starts
        )

    def holds(self, other: Span) -> bool:
        return self.starts <= other.starts and other.ends <= self.ends


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """Characters of a text, half-open. `sure`: it is the very name; else somebody has to look."""

    begin: int
    end: int
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Taken:
    """What stood where a mark stands now."""

    key: str
    runs: tuple[Run, ...]
    begin: int
    end: int


# -- finding --------------------------------------------------------------------------------


def tokens(text: str) -> list[Range]:
    return [Range(found.start(), found.end()) for found in _TOKEN.finditer(text)]


def named_in(text: str, names: Iterable[str], known: dict[tuple[str, str], str] | None = None) -> list[Range]:
    """Where a text has one of these names, in whatever script and with whatever ending; `known` remembers words."""
    found: dict[tuple[int, int], bool] = {}
    words, known = tokens(text), {} if known is None else known
    for name in names:
        wanted = [word.text for word in name_parts.words(name) if not word.optional]
        for each in _of_name(text, words, wanted, known):
            at = (each.begin, each.end)
            found[at] = found.get(at, False) or each.sure
    return _widest(Range(*at, sure) for at, sure in found.items())


def _of_name(
    text: str, words: Sequence[Range], wanted: Sequence[str], known: dict[tuple[str, str], str]
) -> Iterator[Range]:
    answers = [
        {
            number
            for number, each in enumerate(wanted)
            if _degree(each, text[word.begin : word.end], known) in _OFFERED
        }
        for word in words
    ]
    done = -1
    for at, answered in enumerate(answers):
        if not answered or at <= done:
            continue
        last = _whole_from(text, words, at, answers, len(wanted)) if len(wanted) > 1 else None
        if last is not None:
            done = last
            yield Range(words[at].begin, words[last].end)
        else:
            sure = (
                len(wanted) == 1 and _degree(wanted[0], text[words[at].begin : words[at].end], known) in _SURE
            )
            yield Range(words[at].begin, words[at].end, sure)


def _whole_from(
    text: str, words: Sequence[Range], at: int, answers: Sequence[set[int]], count: int
) -> int | None:
    """The token with which the name is whole that begins in this one, in the same sentence."""
    left = set(range(count))
    for number in range(at, min(len(answers), at + count + _BETWEEN)):
        if number > at and _parted(text, words[number - 1], words[number]):
            return None
        left -= set(sorted(answers[number] & left)[:1])
        if not left:
            return number
    return None


def _parted(text: str, one: Range, other: Range) -> bool:
    """Whether a sentence ends between two words; behind an initial it does not."""
    return one.end - one.begin > 1 and bool(re.search(r"[.!?…;:\n]", text[one.end : other.begin]))


def _degree(wanted: str, word: str, known: dict[tuple[str, str], str]) -> str:
    if (wanted, word) not in known:
        known[wanted, word] = _compared(wanted, word)
    return known[wanted, word]


def _compared(wanted: str, word: str) -> str:
    asked, said = fold(wanted).replace(" ", ""), fold(word).replace(" ", "")
    if len(asked) < 2 or len(said) < 2:
        return name_match.EXACT if asked == said and asked else ""
    stem = asked[:-1] if len(asked) > 4 and asked[-1] in "aeiouy" else asked
    if len(stem) > 3 and said.startswith(stem) and len(said) - len(stem) <= _LONGEST_ENDING:
        return name_match.EXACT if said == asked else name_match.BEGINNING
    match = name_match.compare(wanted, word)
    if match is None or match.degree != name_match.BEGINNING:
        return match.degree if match else ""
    return match.degree if len(said) - len(asked) <= _LONGEST_ENDING else ""


def said_in(text: str, words: str) -> list[Range]:
    """Where a text has exactly these words, capitals or not, and not as part of longer ones."""
    wanted = " ".join(words.split())
    if not wanted:
        return []
    pattern = r"\s+".join(re.escape(each) for each in wanted.split(" "))
    edges = (r"(?<!\w)" if wanted[0].isalnum() else "", r"(?!\w)" if wanted[-1].isalnum() else "")
    return [
        Range(m.start(), m.end()) for m in re.finditer(edges[0] + pattern + edges[1], text, re.IGNORECASE)
    ]


def _widest(found: Iterable[Range]) -> list[Range]:
    """In order; what lies within another is not named by itself."""
    kept: list[Range] = []
    for each in sorted(found, key=lambda one: (one.begin, -one.end)):
        if not kept or each.end > kept[-1].end:
            kept.append(each)
    return kept


def joined(found: Iterable[Range]) -> list[Range]:
    """In order, those that overlap as one."""
    kept: list[Range] = []
    for each in sorted(found):
        if kept and each.begin < kept[-1].end:
            kept[-1] = Range(kept[-1].begin, max(kept[-1].end, each.end), kept[-1].sure and each.sure)
        else:
            kept.append(each)
    return kept


def timed(text: str, times: Sequence[Sequence[object]], span: Span) -> Range | None:
    """The words of a line that are said within a span, as one range; None where none is, or none has a time."""
    spots = [spot for word, spot in zip(times, spots_of(text, times), strict=True)
             if spot and isinstance(word[1], int) and isinstance(word[2], int) and span.meets(word[1], word[2])]  # fmt: skip
    return Range(spots[0].begin, spots[-1].end) if spots else None


def spots_of(text: str, times: Sequence[Sequence[object]]) -> list[Range | None]:
    """Where each timed word stands in the plain words of its line."""
    found: list[Range | None] = []
    at = 0
    for word in times:
        begin = text.find(str(word[0]), at)
        found.append(Range(begin, begin + len(str(word[0]))) if begin >= 0 and word[0] else None)
        at = at if begin < 0 else begin + len(str(word[0]))
    return found


# -- taking out and putting back --------------------------------------------------------------


def take_out(
    text: str, begin: int, end: int, key: Callable[[tuple[Run, ...]], str]
) -> tuple[str, list[Taken]]:
    """The body with a mark in place of these characters of its plain words. What is marked already stays so."""
    written: list[Run] = []
    taken: list[Taken] = []
    at = 0
    for run in runs(text):
        first, last = max(at, begin), min(at + len(run.text), end)
        if run.withheld or first >= last:
            written.append(run)
        else:
            cut = (run.text[: first - at], run.text[first - at : last - at], run.text[last - at :])
            blank = len(cut[1]) - len(cut[1].lstrip()), len(cut[1].rstrip())
            inner = cut[1].strip()
            written.append(replace(run, text=cut[0] + cut[1][: blank[0]]))
            if inner:
                _mark(written, taken, replace(run, text=inner), first + blank[0])
            written.append(replace(run, text=(cut[1][blank[1] :] if inner else "") + cut[2]))
        at += len(run.text)
    kept = _grouped([run for run in written if run.text], taken, key)
    return body(kept), taken


def _mark(written: list[Run], taken: list[Taken], run: Run, begin: int) -> None:
    number = len(taken)
    taken.append(Taken(str(number), (run,), begin, begin + len(run.text)))
    written.append(replace(run, text=WITHHELD, withheld=f"#{number}"))


def _grouped(written: Sequence[Run], taken: list[Taken], key: Callable[[tuple[Run, ...]], str]) -> list[Run]:
    """Each stretch gets its key; stretches with nothing but blanks between them are one."""
    kept: list[Run] = []
    whole: list[Taken] = []
    gap: list[Run] = []
    open_ = False
    for run in written:
        if run.withheld[:1] == "#":
            one = taken[int(run.withheld[1:])]
            if open_:
                last = whole.pop()
                one = Taken("", (*last.runs, *gap, *one.runs), last.begin, one.end)
                kept = kept[: len(kept) - len(gap)]
            else:
                kept.append(run)
            whole.append(one)
            open_, gap = True, []
        elif open_ and not run.text.strip() and not run.withheld:
            gap.append(run)
            kept.append(run)
        else:
            kept.append(run)
            open_, gap = False, []
    keyed = [replace(each, key=key(each.runs)) for each in whole]
    taken[:] = keyed
    numbers = iter(keyed)
    return [replace(run, withheld=next(numbers).key) if run.withheld[:1] == "#" else run for run in kept]


def put_back(text: str, key: str, taken: Sequence[Run]) -> str:
    """The body with what was taken in place of its mark."""
    return body(each for run in runs(text) for each in (taken if run.withheld == key else (run,)))


def rest_of(text: str, range_: Range) -> list[Range]:
    """What of a range of a plain text is not withheld already, without blanks at the ends."""
    found, at = [], range_.begin
    stops = [
        m.span() for m in re.finditer(re.escape(WITHHELD), text) if m.start() < range_.end and m.end() > at
    ]
    for begin, end in [*stops, (range_.end, range_.end)]:
        piece = text[at : max(at, begin)]
        if piece.strip():
            found.append(Range(at + len(piece) - len(piece.lstrip()), at + len(piece.rstrip())))
        at = end
    return found


def bare(text: str, is_body: bool) -> str:
    """The plain words of a field."""
    return plain(text) if is_body else text
