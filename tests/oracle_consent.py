"""An independent answer to "may this part be shown?", told as a story and not folded.

Called by the tests of the consent rule: `allowed(parts, events, part_id, audience, use,
moment)` walks through what happened in order, keeps what stood at each step, and asks at
the end. It shares no code and no idea with the rule it checks: that rule intersects
windows, this one replays a history and asks about a single moment.

`histories()` makes small histories for both, `MOMENTS` the few instants worth asking about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import product
from typing import Literal, TypedDict

from hypothesis import strategies as st

Window = tuple[datetime, datetime]
Grant = Mapping[tuple[str, str], Window]  # (audience, use) -> opens, closes
Grants = Mapping[str, Grant]  # part id, "kind:<kind>" or "*" -> what is allowed


class Part(TypedDict):
    """Something that can be shown or withheld; `added`: events the ledger held by then."""

    id: str
    kind: str
    root: str | None
    added: int
    page: bool
    notice: bool


class Event(TypedDict):
    """One line of the ledger. `parts` belongs to need and release, `grants` to a will."""

    party: str
    act: Literal["need", "release", "will"]
    parts: list[str]
    grants: Grants


ARCHIVE = "archive"
AUDIENCES = ("public", "research")
USES = ("view", "download", "reuse", "ai_training")
FAR = datetime(9999, 1, 1, tzinfo=UTC)
MOMENTS = [datetime(year, 1, 1, tzinfo=UTC) for year in (2020, 2021, 2022, 2023, 2024)]


class _Story:
    """What stands after some of the events: who is asked about what, and who said what."""

    def __init__(self) -> None:
        self.present: list[Part] = []
        self.asked: set[tuple[str, str]] = set()  # party, part id
        self.asked_about_everything: set[str] = set()  # parties; reaches later parts too
        self.said: dict[str, tuple[Grants, frozenset[str]]] = {}  # the will, who was there

    def arrives(self, part: Part) -> None:
        self.present.append(part)
        self.asked |= {(party, part["id"]) for party in self.asked_about_everything}

    def happens(self, event: Event) -> None:
        party = event["party"]
        if event["act"] == "will":
            self.said[party] = (event["grants"], frozenset(p["id"] for p in self.present))
        for name in event["parts"] if event["act"] != "will" else []:
            if event["act"] == "need":
                self._need(party, name)
            else:
                self._release(party, name)

    def _need(self, party: str, name: str) -> None:
        if name != "*":
            self.asked.add((party, name))
            return
        self.asked_about_everything.add(party)
        self.asked |= {(party, part["id"]) for part in self.present}

    def _release(self, party: str, name: str) -> None:
        if name != "*":
            self.asked.discard((party, name))
            return
        self.asked_about_everything.discard(party)
        self.asked = {pair for pair in self.asked if pair[0] != party}


def _told(parts: Sequence[Part], events: Sequence[Event]) -> _Story:
    story = _Story()
    for held in range(len(events) + 1):
        for part in parts:
            if part["added"] == held:
                story.arrives(part)
        if held < len(events):
            story.happens(events[held])
    return story


def _part(story: _Story, part_id: str) -> Part:
    return next(part for part in story.present if part["id"] == part_id)


def _asked(story: _Story, part: Part) -> set[str]:
    """Everyone whose yes this part needs: for itself, and for what it was made from."""
    parties = {ARCHIVE} | {party for party, part_id in story.asked if part_id == part["id"]}
    if part["root"] is not None:
        parties |= _asked(story, _part(story, part["root"]))
    return parties


def _in(grant: Grant | None, audience: str, use: str, moment: datetime) -> bool:
    if grant is None or (audience, use) not in grant:
        return False
    opens, closes = grant[(audience, use)]
    return opens <= moment < closes


def _says_yes(story: _Story, party: str, part: Part, audience: str, use: str, moment: datetime) -> bool:
    """Whether this party's last words let this part be used so at this moment."""
    if party not in story.said:
        return False
    grants, was_there = story.said[party]
    by_id, by_kind = part["id"], "kind:" + part["kind"]
    if part["root"] is not None:
        if not _says_yes(story, party, _part(story, part["root"]), audience, use, moment):
            return False
        if by_id not in grants and by_kind not in grants:
            return True
    if by_id in grants:
        return _in(grants[by_id], audience, use, moment)
    if part["id"] not in was_there:
        return False
    return _in(grants.get(by_kind, grants.get("*")), audience, use, moment)


def allowed(
    parts: Sequence[Part],
    events: Sequence[Event],
    part_id: str,
    audience: str,
    use: str,
    moment: datetime,
) -> bool:
    """Whether, once all events have happened, the part may be used so at `moment`."""
    story = _told(parts, events)
    part = _part(story, part_id)
    guarded = [part]
    if not part["page"] and not part["notice"]:
        guarded.append(next(p for p in story.present if p["page"]))
    return all(
        _says_yes(story, party, each, audience, use, moment)
        for each in guarded
        for party in _asked(story, each)
    )


KINDS = ("text", "recording", "transcript", "photograph")
PARTIES = (ARCHIVE, "contributor", "narrator", "guardian")


@st.composite
def _parts(draw: st.DrawFn, events: int) -> list[Part]:
    """One page and up to five more; a part made from another is never older than it."""
    parts = [Part(id="page", kind="page", root=None, added=0, page=True, notice=False)]
    if draw(st.booleans()):
        notice = Part(id="notice", kind="notice", root=None, added=0, page=False, notice=True)
        parts.append(notice)
    for number in range(draw(st.integers(0, 6 - len(parts)))):
        roots = [p for p in parts if p["root"] is None and not p["notice"]]
        root = draw(st.none() | st.sampled_from(roots))
        oldest = root["added"] if root is not None else 0
        parts.append(
            Part(
                id=f"p{number}",
                kind=draw(st.sampled_from(KINDS)),
                root=root["id"] if root is not None else None,
                added=draw(st.integers(oldest, events)),
                page=False,
                notice=False,
            )
        )
    return draw(st.permutations(parts))


def _window() -> st.SearchStrategy[Window]:
    """Half of them always open, so that histories in which everybody agrees are not rare."""
    always = st.just((MOMENTS[0], FAR))
    ends = st.sampled_from([*MOMENTS, FAR])
    drawn = st.tuples(ends, ends).filter(lambda pair: pair[0] < pair[1])
    return always | drawn


def _grant() -> st.SearchStrategy[Grant]:
    pairs = list(product(AUDIENCES, USES))
    everything: Grant = dict.fromkeys(pairs, (MOMENTS[0], FAR))
    some = st.dictionaries(st.sampled_from(pairs[:3]), _window(), max_size=3)
    return st.just(everything) | some


@st.composite
def _event(draw: st.DrawFn, present: list[Part]) -> Event:
    """A ledger entry names only parts that the record has by then."""
    names = ["*", *(part["id"] for part in present)]
    act: Literal["need", "release", "will"] = draw(
        st.sampled_from(("will", "will", "will", "will", "need", "release"))
    )
    party = draw(st.sampled_from(PARTIES) if act == "will" else st.sampled_from(PARTIES[1:]))
    if act != "will":
        chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
        return Event(party=party, act=act, parts=chosen, grants={})
    kinds = ["kind:" + kind for kind in ("page", *KINDS)]
    grants = dict(draw(st.dictionaries(st.sampled_from(names + kinds), _grant(), max_size=4)))
    if draw(st.booleans()):
        grants["*"] = draw(_grant())
    return Event(party=party, act="will", parts=[], grants=grants)


def _agreement(party: str) -> Event:
    grant: Grant = dict.fromkeys(product(AUDIENCES, USES), (MOMENTS[0], FAR))
    return Event(party=party, act="will", parts=[], grants={"*": grant})


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Part], list[Event]]:
    """Between one and six parts, none to twelve events; shrinks towards silence."""
    count = draw(st.integers(0, 12))
    parts = draw(_parts(count))
    events = [draw(_event([p for p in parts if p["added"] <= held])) for held in range(count)]
    if count and draw(st.booleans()):
        # Otherwise nearly every history answers no: the archive is needed everywhere.
        events[draw(st.integers(0, count - 1))] = _agreement(ARCHIVE)
    return parts, events
