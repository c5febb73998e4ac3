"""One passage in two wordings, word by word.

    found = compared("It was printed here, and so on.", "It was written here")
    found.here, found.there         # both texts as runs of domain/difference.py: what differs is "removed" or "added"
    found.share                     # how much of the shorter one stands in the other, 0 to 1

A word is whatever stands between spaces; quotation marks and punctuation around it are not compared. A long
stretch that stands in one text alone is "skipped" in that one, where that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from memorial.domain.alignment import Match, matches
from memorial.domain.difference import ADDED, REMOVED, SAME, SKIPPED, Kind, Run

# A stretch of more words than this, in one text alone, is no other wording but another length.
LONG = 30
# From this share on two texts are one text that was printed twice.
ALIKE = 0.5
# So many words in a row are a shared passage; fewer are one when they stand this near to such a passage.
ANCHOR, NEAR = 3, 8
_MARKS = str.maketrans(dict.fromkeys("“”„«»‘’‚'\"`´", ""))
_PUNCTUATION = ".,;:!?…()[]"


@dataclass(frozen=True, slots=True)
class Comparison:
    here: Sequence[Run]
    there: Sequence[Run]
    share: float

    @property
    def alike(self) -> bool:
        return self.share >= ALIKE

    @property
    def same(self) -> bool:
        """Nothing is worded otherwise; one text may be longer than the other."""
        return all(run.kind in (SAME, SKIPPED) for run in (*self.here, *self.there))


def compared(here: str, there: str, *, whole_there: bool = True) -> Comparison:
    """With `whole_there` nothing of the second text is skipped."""
    mine, theirs = here.split(), there.split()
    found = _anchored(matches([_key(word) for word in mine], [_key(word) for word in theirs]))
    shared = sum(match.size for match in found)
    return Comparison(
        list(_runs(mine, [(match.a, match.size) for match in found], REMOVED, LONG)),
        list(_runs(theirs, [(match.b, match.size) for match in found], ADDED, 0 if whole_there else LONG)),
        shared / max(1, min(len(mine), len(theirs))),
    )


def _anchored(found: Sequence[Match]) -> list[Match]:
    """Without a word or two that both texts happen to have far from any passage that they share."""
    sure = [match for match in found if match.size >= ANCHOR]
    kept = [match for match in found if match in sure or any(_near(match, other) for other in sure)]
    return kept or list(found)


def _near(one: Match, other: Match) -> bool:
    first, last = sorted((one, other))
    return max(last.a - first.a - first.size, last.b - first.b - first.size) <= NEAR


def _key(word: str) -> str:
    return word.translate(_MARKS).strip(_PUNCTUATION) or word


def _runs(words: Sequence[str], shared: Sequence[tuple[int, int]], other: Kind, most: int) -> Iterator[Run]:
    """Stretches of a text: what it shares, and between these what is its own."""
    at = 0
    for start, size in [*shared, (len(words), 0)]:
        if start > at:
            kind = SKIPPED if most and start - at > most else other
            yield Run(kind, " ".join(words[at:start]))
        if size:
            yield Run(SAME, " ".join(words[start : start + size]))
        at = start + size
