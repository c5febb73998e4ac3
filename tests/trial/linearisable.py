"""Proves of a history that it could have happened one act after the other, or says where it could not.

    faults = check(page, events, rows)      # one page with its items; [] where everything holds

`events` is what those who acted saw: when they asked, when they were answered (one monotonic clock), and
what came of it. `rows` is the audit. Whether *some* order explains a history is hard to decide (Wing and
Gong 1993, Lowe 2017), but here the archive names its own: the order of the audit's chain. So that order
alone is the witness and has to be verified: each act is legal where it stands (item_model.py, told from
the words and not from the program), stands there once, and after everything that had ended before it began.
Acts that change nothing (a refusal, a stale form, a look) must fit somewhere between their question and
their answer, and never before what an earlier one of them had seen already. Each page is looked at by
itself: linearisability is local (Herlihy and Wing 1990), and no act touches two pages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.trial.item_model import LEAVES_VERSION, OF_THE_PAGE, Deed, Page, done, refusals, stale, waits

CHANGES = ("done", "waits")


@dataclass(frozen=True, slots=True)
class Event:
    """One act or look, as whoever did it lived it. `outcome`: done, waits, refused, stale, unknown or saw."""

    deed: Deed
    invoked: float
    returned: float
    outcome: str
    reason: str = ""
    state: str = ""  # of the item, after an act that was done or as it was seen
    version: int = 0
    public: bool | None = None  # what a visitor was shown; None where nobody looked

    @property
    def name(self) -> str:
        deed = self.deed
        return f"{deed.verb} of {deed.item or 'the page'} by {deed.actor} at {deed.at.isoformat()}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the audit."""

    id: int
    at: str
    actor: str
    second: str
    verb: str
    thing: str
    before: str
    after: str
    prev_hash: str = ""
    hash: str = ""


Placed = tuple[Event, list[Row]]


def chain_faults(rows: Sequence[Row]) -> list[str]:
    """Rows in their order: numbers without a gap, each with the hash of the one before it."""
    return [
        f"audit {later.id}: does not follow {earlier.id}"
        for earlier, later in pairwise(rows)
        if later.id != earlier.id + 1 or later.prev_hash != earlier.hash
    ]


def check(start: Page, events: Sequence[Event], rows: Sequence[Row]) -> list[str]:
    """Everything in which the history of one page is not that of acts one after the other."""
    order, faults = _witness(start, events, rows)
    return faults + _faults_of(start, order, events)


def end_of(start: Page, events: Sequence[Event], rows: Sequence[Row]) -> Page:
    """How the page stands after the witness's last act."""
    return _replay(start, _witness(start, events, rows)[0])[0][-1]


def _faults_of(start: Page, order: Sequence[Placed], events: Sequence[Event]) -> list[str]:
    changing = [event for event, _ in order]
    states, faults = _replay(start, order)
    placed = {id(event) for event in changing}
    looks = [event for event in events if id(event) not in placed and event.outcome != "unknown"]
    return [*_real_time(changing), *faults, *_between(states, changing, looks)]


# -- the witness ----------------------------------------------------------------------------


def _witness(start: Page, events: Sequence[Event], rows: Sequence[Row]) -> tuple[list[Placed], list[str]]:
    """The acts in the order of the chain. What leaves no line there stands where its version says."""
    faults = []
    by_key: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        if event.outcome in (*CHANGES, "unknown"):
            by_key[event.deed.actor, event.deed.at.isoformat()].append(event)
    faults += [f"two acts of {actor} at {at}" for (actor, at), found in by_key.items() if len(found) > 1]
    order: list[Placed] = []
    where: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row.actor, row.at)
        if key not in by_key:
            faults.append(f"audit {row.id}: {row.verb} of {row.thing} by {row.actor}, and nobody did it")
        elif key in where:
            order[where[key]][1].append(row)
        else:
            where[key] = len(order)
            order.append((by_key[key][0], [row]))
    silent = [e for key, found in by_key.items() if key not in where for e in found if e.outcome in CHANGES]
    faults += [f"{event.name}: was acknowledged and is not in the audit" for event in silent
               if not _moves(event) and event.deed.verb != "check"]  # fmt: skip
    return _with_silent(start, order, [event for event in silent if _moves(event)], events), faults


def _with_silent(
    start: Page, order: list[Placed], silent: list[Event], events: Sequence[Event]
) -> list[Placed]:
    """What leaves no line has a version, and so its place among the acts that move the version on. Among what
    does not (a note, a family that hides the page) any place will do at which nothing contradicts.

    Where one stands can depend on where another does: as long as something contradicts they are placed
    anew, each beside the others. An order in which nothing contradicts is a proof however it was found.
    """
    silent = sorted(silent, key=lambda each: each.version)
    for event in silent:
        order = _placed_best(start, order, event, events)
    for _ in silent:
        before = len(_faults_of(start, order, events))
        if not before:
            break
        for event in silent:
            without = [placed for placed in order if placed[0] is not event]
            order = _placed_best(start, without, event, events)
        if len(_faults_of(start, order, events)) == before:
            break
    return order


def _placed_best(start: Page, order: list[Placed], event: Event, events: Sequence[Event]) -> list[Placed]:
    mine = [(place, other.version) for place, (other, _) in enumerate(order)
            if other.deed.item == event.deed.item and _moves(other)]  # fmt: skip
    first = max((place + 1 for place, version in mine if version < event.version), default=0)
    last = min((place for place, version in mine if version > event.version and place >= first), default=len(order))  # fmt: skip
    tried: list[tuple[int, list[Placed]]] = []
    for place in range(first, last + 1):
        order_so = [*order[:place], (event, []), *order[place:]]
        tried.append((len(_faults_of(start, order_so, events)), order_so))
        if not tried[-1][0]:
            break
    return min(tried, key=lambda each: each[0])[1]


def _moves(event: Event) -> bool:
    return event.deed.verb not in LEAVES_VERSION and event.deed.verb not in OF_THE_PAGE


def _real_time(order: Sequence[Event]) -> Iterator[str]:
    latest: Event | None = None
    for event in order:
        if latest is not None and latest.invoked > event.returned:
            yield f"{event.name}: had ended before {latest.name} began, and stands after it"
        if latest is None or event.invoked > latest.invoked:
            latest = event


# -- is each act legal where it stands? -------------------------------------------------------


def _replay(start: Page, order: Sequence[Placed]) -> tuple[list[Page], list[str]]:
    states, faults = [start], []
    for event, rows in order:
        page, deed = states[-1], event.deed
        against = refusals(page, deed)
        if stale(page, deed):
            found = page.items[deed.item].version
            faults.append(f"{event.name}: was done on version {deed.expected}, and {found} stood there")
        if against:
            faults.append(f"{event.name}: was done, and should have been refused: {', '.join(sorted(against))}")  # fmt: skip
        try:
            after, lines = done(page, deed)
        except KeyError:
            states.append(page)
            continue
        faults += _as_acknowledged(event, page, after)
        wanted = [(line.verb, line.thing, line.before, line.after, line.second) for line in lines]
        written = [(row.verb, row.thing, row.before, row.after, row.second) for row in rows]
        if wanted != written:
            faults.append(f"{event.name}: the audit has {written}, and {wanted} happened")
        states.append(after)
    return states, faults


def _as_acknowledged(event: Event, before: Page, after: Page) -> list[str]:
    if event.outcome == "unknown" or event.deed.verb in OF_THE_PAGE:
        return []
    item, faults = after.items[event.deed.item], []
    if (event.state, event.version) != (item.state, item.version):
        told, stands = (event.state, event.version), (item.state, item.version)
        faults.append(f"{event.name}: was told {told}, and {stands} came of it")
    if waits(before, event.deed) != (event.outcome == "waits"):
        faults.append(f"{event.name}: was told “{event.outcome}”, and that is not so")
    return faults


# -- what changed nothing fits between its question and its answer ---------------------------


def _between(states: Sequence[Page], order: Sequence[Event], looks: Iterable[Event]) -> Iterator[str]:
    reached: list[tuple[float, int]] = []  # (answered, where it was placed)
    for look in sorted(looks, key=lambda each: each.invoked):
        first = max((place + 1 for place, other in enumerate(order) if other.returned < look.invoked), default=0)  # fmt: skip
        last = min((place for place, other in enumerate(order) if other.invoked > look.returned), default=len(order))  # fmt: skip
        first = max([first, *(place for answered, place in reached if answered < look.invoked)])
        found = next((place for place in range(first, last + 1) if _fits(states[place], look)), None)
        if found is None:
            seen = [_seen(states[place], look) for place in range(first, last + 1)]
            yield f"{look.name}: “{_said(look)}” is true at no moment in which it was asked; it was {seen}"
        else:
            reached.append((look.returned, found))


def _fits(page: Page, look: Event) -> bool:
    deed = look.deed
    if look.outcome == "saw":
        item = page.items.get(deed.item)
        right = item is None or (item.state, item.version) == (look.state, look.version)
        return right and look.public in (None, page.public)
    if look.outcome == "stale":
        return stale(page, deed)
    if look.outcome == "refused":
        return not stale(page, deed) and look.reason in refusals(page, deed)
    # "done" without a line: the checklist as it was already
    return not refusals(page, deed) and done(page, deed)[0] == page


def _said(look: Event) -> str:
    return f"{look.outcome} {look.reason} {look.state} {look.version or ''} {'' if look.public is None else look.public}".strip()  # fmt: skip


def _seen(page: Page, look: Event) -> str:
    item = page.items.get(look.deed.item)
    against = "" if look.outcome == "saw" else ",".join(sorted(refusals(page, look.deed)))
    return f"{item.state if item else ''} {item.version if item else ''} public={page.public} {against}".strip()  # fmt: skip
