"""The heart: what may be shown of a part, folded from what its parties said.

    policy = fold(part, page, history)
    policy.allows("public", "view", Moment.exactly(now))

A part is shown to an audience for a use when everyone whose yes it needs has said yes for
that audience, use and moment, and nobody has taken it back. The archive is itself a party,
so publishing, embargo, limited consent, hold, withdrawal and take-down are one mechanism.

Pure: no clock, no database. All times are UTC. Intervals are half-open `[opens, closes)`.
A party gives one interval per audience and use (docs/decisions/0003), so the intersection
is one interval as well and fits beside the row it guards.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

Audience = Literal["public", "research"]
Use = Literal["view", "download", "reuse", "ai_training"]
Act = Literal["need", "release", "will"]

AUDIENCES: tuple[str, ...] = ("public", "research")
USES: tuple[str, ...] = ("view", "download", "reuse", "ai_training")

# Bounds of "always" and "for ever". 1970 rather than year 1: a time zone west of
# Greenwich would push year 1 out of what PostgreSQL's clients can hold.
BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)

ARCHIVE = "archive"
EVERY_PART = "*"
# No part: what a party names in its will where a program may write down what is said (docs/decisions/0019).
RECOGNITION = "recognition"


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, as far as it is trusted: openings use `low`, closings use `high` (UTC)."""

    low: datetime
    high: datetime

    @classmethod
    def exactly(cls, at: datetime) -> Moment:
        return cls(at, at)


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when something is allowed, half-open, UTC."""

    opens: datetime = BEGIN
    closes: datetime = FOREVER

    @property
    def empty(self) -> bool:
        return self.opens >= self.closes

    def holds(self, moment: Moment) -> bool:
        return self.opens <= moment.low and moment.high < self.closes

    def meet(self, other: Window) -> Window:
        return Window(max(self.opens, other.opens), min(self.closes, other.closes))


Grants = Mapping[tuple[str, str], Window]  # (audience, use) -> window


@dataclass(frozen=True, slots=True)
class Policy:
    """What is allowed for one part. Equal policies have equal hashes and are one row."""

    windows: Mapping[tuple[str, str], Window] = field(default_factory=dict)

    def allows(self, audience: str, use: str, moment: Moment) -> bool:
        window = self.windows.get((audience, use))
        return window is not None and window.holds(moment)

    def window(self, audience: str, use: str) -> Window | None:
        return self.windows.get((audience, use))

    def canonical(self) -> str:
        """The text that is hashed: sorted, without spaces, times in ISO 8601 UTC."""
        return grants_to_json(self.windows)

    def hash(self) -> str:
        return hashlib.sha256(self.canonical().encode()).hexdigest()


NOTHING = Policy()


@dataclass(frozen=True, slots=True)
class Part:
    """Whatever of a record can be shown or withheld by itself.

    `root` is the original a derived part was made from; `added` is how many entries the
    record's ledger held when the part was added (an old blanket yes does not reach it).
    """

    id: str
    kind: str
    root: str | None = None
    added: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a record's ledger, `position` counted from 1 in the order it was said."""

    position: int
    party: str
    act: Act
    parts: frozenset[str] = frozenset()  # need, release: for which parts, or EVERY_PART
    will: Mapping[str, Grants] = field(default_factory=dict)


NOTICE = "notice"  # the tombstone: guarded by its own policy alone, never by its page's

# Who is asked for a part that was contributed (DESIGN, "Party"). Everyone else becomes
# required only by a decision of the desk with a reason.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "own_testimony": ("contributor", "narrator"),
    "for_another": ("contributor", "narrator"),
    "minor": ("contributor", "narrator", "guardian"),
    "remembrance": ("contributor",),
    "published_record": (),
}


def fold(part: Part, page: Part, parts: Mapping[str, Part], history: Sequence[Entry]) -> Policy:
    """The ledger folded for one part: the intersection of what each required party allows.

    `parts` holds the record's parts by id (a derived part's root is looked up there), and
    `history` every entry of the record in order. Any part but the notice also needs what
    its page needs, so one test at the gate suffices.
    """
    allowed = _own(part, parts, history)
    if part.kind != NOTICE and part.id != page.id:
        allowed = _meet(allowed, _own(page, parts, history))
    return Policy({key: allowed[key] for key in sorted(allowed)})


def needed(part: Part, history: Iterable[Entry]) -> frozenset[str]:
    """The parties whose yes a part needs by its own name (a root's parties come on top)."""
    asked: dict[str, dict[str, bool]] = {}
    for entry in history:
        if entry.act == "will":
            continue
        state = asked.setdefault(entry.party, {})
        if EVERY_PART in entry.parts:
            state.clear()
            state[EVERY_PART] = entry.act == "need"
        for name in entry.parts - {EVERY_PART}:
            state[name] = entry.act == "need"
    wanted = {party for party, state in asked.items() if state.get(part.id, state.get(EVERY_PART, False))}
    return frozenset(wanted | {ARCHIVE})


def _own(part: Part, parts: Mapping[str, Part], history: Sequence[Entry]) -> dict[tuple[str, str], Window]:
    lineage = _lineage(part, parts)
    parties = frozenset().union(*(needed(each, history) for each in lineage))
    wills = _latest_wills(history)
    everything = {(audience, use): Window() for audience in AUDIENCES for use in USES}
    for party in parties:
        will = wills.get(party)
        everything = _meet(everything, _granted(will, lineage) if will else {})
    return everything


def _lineage(part: Part, parts: Mapping[str, Part]) -> list[Part]:
    """The part and the originals it was derived from, the first original last."""
    line = [part]
    while line[-1].root is not None:
        line.append(parts[line[-1].root])
    return line


def _latest_wills(history: Iterable[Entry]) -> dict[str, Entry]:
    return {entry.party: entry for entry in history if entry.act == "will"}


def _granted(entry: Entry, lineage: Sequence[Part]) -> Grants:
    """What one will allows for a part: its original's grant, narrowed where it is named itself."""
    original = lineage[-1]
    granted = _named(entry, original)
    if granted is None:
        granted = entry.will.get(EVERY_PART, {}) if original.added < entry.position else {}
    for derived in lineage[:-1]:
        own = _named(entry, derived)
        if own is not None:
            granted = _meet(granted, own)
    return granted


def _named(entry: Entry, part: Part) -> Grants | None:
    """The grant under the part's id, else under its kind; None where neither is named."""
    if part.id in entry.will:
        return entry.will[part.id]
    kind = entry.will.get(f"kind:{part.kind}")
    if kind is None:
        return None
    return kind if part.added < entry.position else {}


def _meet(one: Grants, other: Grants) -> dict[tuple[str, str], Window]:
    met = {key: one[key].meet(other[key]) for key in one.keys() & other.keys()}
    return {key: window for key, window in met.items() if not window.empty}


def is_narrower(new: Policy, old: Policy) -> bool:
    """Whether nothing is allowed by the new policy that the old one did not allow."""
    for key, window in new.windows.items():
        before = old.windows.get(key)
        if before is None or window.opens < before.opens or window.closes > before.closes:
            return False
    return True


# -- the ledger's JSON --------------------------------------------------------------------


def will_to_json(will: Mapping[str, Grants]) -> str:
    """Canonical JSON of a will, keyed by part: the same will is always the same bytes."""
    return _dump({key: json.loads(grants_to_json(grants)) for key, grants in will.items()})


def will_from_json(text: str) -> dict[str, dict[tuple[str, str], Window]]:
    return {key: _grants(rows) for key, rows in json.loads(text).items()}


def grants_to_json(grants: Grants) -> str:
    rows = [[a, u, w.opens.isoformat(), w.closes.isoformat()] for (a, u), w in sorted(grants.items())]
    return _dump(rows)


def _grants(rows: Iterable[Sequence[str]]) -> dict[tuple[str, str], Window]:
    return {(a, u): Window(datetime.fromisoformat(o), datetime.fromisoformat(c)) for a, u, o, c in rows}


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def everything(opens: datetime = BEGIN, closes: datetime = FOREVER) -> dict[tuple[str, str], Window]:
    """Every audience and use: what the archive says when it publishes, leaving the choice to the others."""
    return {(audience, use): Window(opens, closes) for audience in AUDIENCES for use in USES}


def of_its_own() -> dict[tuple[str, str], Window]:
    """What the archive says where nobody else is asked: others' words and works, of which no one has allowed training."""
    return {
        (audience, use): window for (audience, use), window in everything().items() if use != "ai_training"
    }


def chosen(
    audiences: Iterable[str], uses: Iterable[str], opens: datetime = BEGIN, closes: datetime = FOREVER
) -> dict[tuple[str, str], Window]:
    """A grant for these audiences and uses in one window."""
    uses = tuple(uses)
    return {(audience, use): Window(opens, closes) for audience in audiences for use in uses}
