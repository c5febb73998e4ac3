"""Names that answer a query, degree by degree, each through the reader's own session.

    answers = Answers(session, "Hajief", words("Hajief"), ("remembrance", "person"), filled=22)
    answers.by_degrees(same=False)      # {"record:7": (Match("variant", …), "Elman Hacıyev", "remembrance")}

The very name is looked for, and by itself what sounds like it (domain/name_match.py), so that neither crowds out the
other; other endings where the very name is not there, and only where there is none, beginnings and near spellings. The
first statement asks for all that is wanted most of the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from memorial.domain.name_match import (
    BEGINNING,
    ENDING,
    EXACT,
    NEAR,
    VARIANT,
    Match,
    compare,
    compare_partly,
    misspelt,
)
from memorial.domain.name_parts import Word
from memorial.gate import GatedSession
from memorial.services.name_candidates import Asking, Candidate, asking, candidates, of_two_words

# Names of one degree: beyond that, one more word of the name narrows it. Of those that share letters nearly all answer.
LETTERS, ENDINGS, SOUNDS = 24, 32, 48
LOOKED_AT = {EXACT: LETTERS, VARIANT: SOUNDS, ENDING: ENDINGS, BEGINNING: LETTERS, NEAR: LETTERS}
AT_MOST = 256  # that are the same name, where so few persons bear them that a page has room for more
ENOUGH = 10  # found as the same name: what is looser is not offered
HARDLY_APART = 0.5  # the cost of one vowel more or less
MOST_PAIRED = 4  # words of which two have to be there
BETTER = {VARIANT: EXACT, ENDING: VARIANT, BEGINNING: ENDING, NEAR: BEGINNING}

Kept = dict[str, tuple[Match, str, str]]  # by "record:7": its best match, the name as written, the kind


@dataclass(slots=True)
class Answers:
    """What answers in each degree; of a single word without what a better one was asked for."""

    session: GatedSession
    query: str
    sought: Sequence[Word]
    kinds: Sequence[str]
    filled: int  # where more than so many bear the very name, a page has room for nobody else
    rows: dict[str, list[Candidate]] = field(default_factory=dict)
    full: set[str] = field(default_factory=set)  # degrees of which no more were looked at
    cut: bool = False  # there may be more than was looked at
    left_out: bool = False  # other spellings, for want of room

    def by_degrees(self, same: bool) -> Kept:
        """The very name with its other spellings; all else only where the very name is not there."""
        if not self.rows:
            self._ask_first(same)
        found = answering(self.query, self.of(EXACT))
        self.left_out = len(found) > self.filled
        if not self.left_out:
            self._keep(found, _without(self.of(VARIANT), self.of(EXACT)))
        exact = any(kept[0].degree == EXACT for kept in found.values())
        if not same and not exact and _close(found) < ENOUGH:
            self._look_further(found)
        only = same or _close(found) >= ENOUGH
        return {thing: kept for thing, kept in found.items() if kept[0].same} if only else found

    def widened(self) -> bool:
        """Whether there is more to be looked at: names that are the very one, and what they left no room for."""
        if not self.left_out and EXACT not in self.full:
            return False
        self.filled, self.cut = AT_MOST, False
        self._ask({degree: self._asking(degree, AT_MOST) for degree in (EXACT, VARIANT)})
        return True

    def partly(self) -> Kept:
        """Who has some of the words, and most of them first: a year, a home or a wrong father's name is one too many. Whoever
        shares one alone and only sounds like it is nobody they ask for: "baba" is heard as Pope."""
        several = [[other for other in self.sought if other is not word] for word in self.sought]
        several = several if len(self.sought) > 2 else []
        askings = [asking(some, VARIANT, SOUNDS) for some in (*several, *([word] for word in self.sought))]
        rows = [row for some in candidates(self.session, askings, self.kinds) for row in some or ()]
        if len(self.sought) >= MOST_PAIRED:
            rows += of_two_words(self.session, self.sought[:MOST_PAIRED], self.kinds, SOUNDS)
        found: Kept = {}
        for row in rows:
            match = compare_partly(self.sought, row.written)
            if match and (match.cost <= HARDLY_APART or len(self.sought) - match.missing > 1):
                _keep_best(found, row, match)
        return found

    def of(self, degree: str, *too: str) -> list[Candidate]:
        """What answers in this degree; where it has to be asked, these others are asked with it."""
        if degree not in self.rows:
            self._ask({each: self._asking(each) for each in (degree, *too)})
        self.cut |= degree in self.full
        return self.rows[degree]

    def _ask_first(self, same: bool) -> None:
        ways = {
            EXACT: self._asking(EXACT),
            VARIANT: self._asking(VARIANT).unless(1, answer=self.filled),
        }
        if not same and len(self.sought) == 1:
            ways[ENDING] = self._asking(ENDING).unless(1, answer=0)
        self._ask(ways)

    def _look_further(self, found: Kept) -> None:
        """With other endings; then beginnings, near spellings and spellings less near, each where nobody was found before."""
        endings = self.of(ENDING) if found else self.of(ENDING, BEGINNING, NEAR)
        self._keep(found, _without(endings, self.of(EXACT), self.of(VARIANT)))
        if found:
            return
        self._keep(found, _without(self.of(BEGINNING, NEAR), endings))
        if not found:
            self._keep(found, self._misspelt(self.of(NEAR)))
        if not found:
            wide = asking(self.sought, NEAR, SOUNDS, wide=True)
            [rows] = candidates(self.session, [wide], self.kinds)
            self._keep(found, self._misspelt(rows or ()))

    def _misspelt(self, rows: Iterable[Candidate]) -> list[Candidate]:
        return [row for row in rows if misspelt(self.query, row.written)]

    def _keep(self, found: Kept, rows: Iterable[Candidate]) -> None:
        """Adds whoever answers."""
        for row in rows:
            _keep_best(found, row, compare(self.query, row.written))

    def _asking(self, degree: str, most: int = 0) -> Asking:
        return asking(self.sought, degree, most or LOOKED_AT[degree], after=BETTER.get(degree))

    def _ask(self, ways: Mapping[str, Asking]) -> None:
        found = candidates(self.session, list(ways.values()), self.kinds)
        for (degree, way), rows in zip(ways.items(), found, strict=True):
            if rows is not None:
                self.rows[degree] = rows
                (self.full.add if len(rows) == way.most else self.full.discard)(degree)


def answering(query: str, rows: Iterable[Candidate]) -> Kept:
    """Whoever of these answers, by the name of theirs that answers best."""
    found: Kept = {}
    for row in rows:
        _keep_best(found, row, compare(query, row.written))
    return found


def _keep_best(found: Kept, row: Candidate, match: Match | None) -> None:
    if match is not None and (row.thing not in found or match.order < found[row.thing][0].order):
        found[row.thing] = match, row.written, row.kind


def _close(found: Kept) -> int:
    return sum(kept[0].same for kept in found.values())


def _without(rows: Iterable[Candidate], *known: Iterable[Candidate]) -> list[Candidate]:
    numbers = {row.id for some in known for row in some}
    return [row for row in rows if row.id not in numbers]
