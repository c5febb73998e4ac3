"""What an item of work is, told a second time from the words of DESIGN ("The workflow is one table"), without the program.

    state = begin(items={"abc": ("contribution", "submitted", 1, ())}, shown=False)
    refusals(state, deed)       # every reason that stands against it; empty: it may be done
    state, rows = done(state, deed)   # what holds afterwards, and the lines that the audit has of it

One state is one page with all the items that are about it. It imports nothing of the archive's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

DESK = frozenset({"moderator", "second_reader", "specialist", "editor", "consent_officer", "admin"})
DECIDES = frozenset({"moderator", "specialist", "editor"})
HIDES = DECIDES | {"consent_officer"}
LOOKS = DECIDES | {"second_reader"}
FAMILY = frozenset({"family"})
OPEN = ("submitted", "in_review", "question", "ready")

# A step: from where, to where, who, and whether the item must be taken by whoever does it.
STEPS: Mapping[tuple[str, str], tuple[str, frozenset[str], bool]] = {
    ("take", "submitted"): ("in_review", DESK, False),
    **{("take", state): (state, DESK, False) for state in ("in_review", "question", "ready")},
    **{("release", state): (state, DESK, True) for state in ("in_review", "question", "ready")},
    ("return", "in_review"): ("submitted", DESK, True),
    ("ask", "in_review"): ("question", DECIDES, True),
    ("ask", "ready"): ("question", DECIDES, True),
    ("make_ready", "in_review"): ("ready", DECIDES, True),
    ("reopen", "ready"): ("in_review", DECIDES, True),
    ("publish", "ready"): ("done", DECIDES, True),
    ("decline", "in_review"): ("declined", DECIDES, True),
    ("decline", "ready"): ("declined", DECIDES, True),
    ("answer", "question"): ("in_review", FAMILY, False),
    ("approve", "ready"): ("ready", FAMILY, False),
    ("ask_change", "ready"): ("in_review", FAMILY, False),
    **{("take_back", state): ("taken_back", FAMILY, False) for state in OPEN},
}
STEP_VERBS = frozenset(verb for verb, _ in STEPS)
BESIDE: Mapping[str, frozenset[str]] = {
    "note": DESK, "check": LOOKS, "recuse": DESK, "pass_on": DESK, "hold": HIDES, "lift_hold": HIDES,
    "hide": FAMILY, "show_again": FAMILY,
}  # fmt: skip
LAYS_DOWN = ("release", "return", "publish", "decline")
# These leave the version as it is: nobody's form grows old by them.
LEAVES_VERSION = ("note", "check")
OF_THE_PAGE = ("hide", "show_again")  # a family's own, whatever its items are


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that somebody does: who, what, to which item, having read which version of it."""

    actor: str
    roles: frozenset[str]
    verb: str
    item: str
    at: datetime
    expected: int | None = None
    ticks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Item:
    """What is known of one item."""

    state: str
    version: int
    checks: frozenset[str] = frozenset()  # that it needs
    flags: frozenset[str] = frozenset()
    taken_by: str = ""
    taken_until: datetime | None = None
    ticked: frozenset[str] = frozenset()
    approved: bool = False
    asked: frozenset[tuple[str, str]] = frozenset()  # verb and actor: an act that waits for a second person
    stepped_back: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its items, and who says what about showing it."""

    record: str
    items: Mapping[str, Item]
    said: bool = False  # the archive has said yes
    held: bool = False  # and has taken it back for now
    hidden: bool = False  # the family has
    lock: timedelta = timedelta(minutes=20)

    @property
    def public(self) -> bool:
        return self.said and not self.held and not self.hidden


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the audit, as far as the model knows what must stand in it."""

    verb: str
    thing: str
    before: str = ""
    after: str = ""
    second: str = field(default="")


def has(item: Item, deed: Deed) -> bool:
    """Whether this person has it, at the time of the deed.

    A hold that ended while they wrote is theirs still where nobody has touched the item since ("a lock that
    ends while one writes"): they name the version they saw, and `stale` says whether it stands.
    """
    return item.taken_by == deed.actor and (_holds(item, deed) or deed.expected is not None)


def _holds(item: Item, deed: Deed) -> bool:
    return item.taken_until is not None and item.taken_until > deed.at


def _others(item: Item, deed: Deed) -> bool:
    return bool(item.taken_by) and item.taken_by != deed.actor and _holds(item, deed)


def asked_by_other(item: Item, deed: Deed) -> str:
    return next((who for verb, who in sorted(item.asked) if verb == deed.verb and who != deed.actor), "")


def stale(page: Page, deed: Deed) -> bool:
    """Whoever acts has seen something older. A note says nothing about what stands, and checks go by content."""
    if deed.expected is None or deed.verb in LEAVES_VERSION or deed.verb in OF_THE_PAGE:
        return False
    return page.items[deed.item].version != deed.expected


def refusals(page: Page, deed: Deed) -> set[str]:
    """Every reason against it that is true in this state."""
    if deed.verb in OF_THE_PAGE:
        return set() if deed.roles & FAMILY else {"role"}
    # Whoever stepped back from one piece of work keeps away from every other about the same page.
    away = frozenset().union(*(each.stepped_back for each in page.items.values()))
    item = replace(page.items[deed.item], stepped_back=away)
    if deed.verb in STEP_VERBS:
        return _against_step(item, deed)
    reasons = set()
    if not deed.roles & BESIDE[deed.verb]:
        reasons.add("role")
    if deed.actor in item.stepped_back:
        reasons.add("recused")
    if deed.verb == "hold" and not (page.said and not page.held):
        reasons.add("not_shown")
    if deed.verb == "lift_hold" and not page.held:
        reasons.add("not_held")
    return reasons


def _against_step(item: Item, deed: Deed) -> set[str]:
    if (deed.verb, item.state) not in STEPS:
        return {"no_such_step"}
    _, who, must_have = STEPS[deed.verb, item.state]
    reasons = set()
    if not deed.roles & who:
        confirms = deed.verb == "publish" and "second_reader" in deed.roles
        if not confirms:
            reasons.add("role")
        elif not asked_by_other(item, deed):
            reasons.add("confirms_only")
    if deed.actor in item.stepped_back:
        reasons.add("recused")
    if must_have and not has(item, deed):
        reasons.add("taken")
    if deed.verb == "take" and _others(item, deed):
        reasons.add("free")
    if deed.verb in ("make_ready", "publish") and not item.checks <= item.ticked:
        reasons.add("checklist")
    if deed.verb == "publish" and not item.approved:
        reasons.add("proof_approved")
    return reasons


def waits(page: Page, deed: Deed) -> bool:
    """A death is published by two people: the first word is noted, and the item is free for the second."""
    item = page.items.get(deed.item)
    wanted = deed.verb == "publish" and item is not None and "death" in item.flags
    return wanted and not asked_by_other(page.items[deed.item], deed)


def done(page: Page, deed: Deed) -> tuple[Page, list[Line]]:
    """The state after it, and what the audit says of it. The deed may be done: `refusals` is empty."""
    record = f"record:{page.record}"
    if deed.verb in OF_THE_PAGE:
        return replace(page, hidden=deed.verb == "hide"), [Line(deed.verb, record)]
    item, thing = page.items[deed.item], f"item:{deed.item}"
    if waits(page, deed):
        first = ("publish", deed.actor) not in item.asked
        after = replace(item, version=item.version + 1, taken_by="", taken_until=None, asked=item.asked | {("publish", deed.actor)})  # fmt: skip
        lines = [Line("asked_publish", thing, item.state, item.state)] if first else []
        return _with(page, deed.item, after), lines
    if deed.verb in STEP_VERBS:
        return _stepped(page, deed, item, thing, record)
    return _beside(page, deed, item, thing, record)


def _stepped(page: Page, deed: Deed, item: Item, thing: str, record: str) -> tuple[Page, list[Line]]:
    to = STEPS[deed.verb, item.state][0]
    after = replace(item, state=to, version=item.version + 1)
    second = asked_by_other(item, deed)
    if to != item.state:
        after = replace(after, asked=frozenset())
    renewed = item.taken_by == deed.actor and not _holds(item, deed)
    if deed.verb == "take" or renewed:
        after = replace(after, taken_by=deed.actor, taken_until=deed.at + page.lock)
    if deed.verb in LAYS_DOWN:
        after = replace(after, taken_by="", taken_until=None)
    if deed.verb in ("approve", "make_ready"):
        after = replace(after, approved=deed.verb == "approve")
    lines = [Line(deed.verb, thing, item.state, to, second)]
    page = _with(page, deed.item, after)
    if deed.verb == "take_back":
        return replace(page, hidden=True), [Line("hide", record), *lines]
    # What the archive hides for now stays hidden, whatever else is published on that page.
    return (replace(page, said=True) if deed.verb == "publish" else page), lines


def _beside(page: Page, deed: Deed, item: Item, thing: str, record: str) -> tuple[Page, list[Line]]:
    if deed.verb == "note":
        return page, [Line("note", thing)]
    if deed.verb == "check":
        ticked = deed.ticks & item.checks
        lines = [Line("check", thing)] if ticked != item.ticked else []
        return _with(page, deed.item, replace(item, ticked=ticked)), lines
    if deed.verb in ("hold", "lift_hold"):
        page = _with(page, deed.item, replace(item, version=item.version + 1))
        return replace(page, held=deed.verb == "hold"), [Line(deed.verb, record)]
    mine = item.taken_by == deed.actor
    after = replace(item, version=item.version + 1)
    if mine:
        after = replace(after, taken_by="", taken_until=None)
    if deed.verb == "recuse":
        after = replace(after, stepped_back=item.stepped_back | {deed.actor})
        return _with(page, deed.item, after), [Line("recuse", thing)]
    return _with(page, deed.item, after), []  # passed on: no reason is asked and none is written down


def _with(page: Page, name: str, item: Item) -> Page:
    return replace(page, items={**page.items, name: item})
