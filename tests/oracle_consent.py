"""An independent answer to "may this part be shown?", told as a story and not folded.

Called by the tests of the consent rule: `allowed(parts, events, part_id, audience, use,
moment)` walks through what happened in order, keeps what stood at each step, and asks at
the end. It shares no code and no idea with the rule it checks: that rule intersects
windows, this one replays a history and asks about a single moment.

`histories()` makes small histories for both, `MOMENTS` the few instants worth asking about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import product
from typing import Literal, NotRequired, TypedDict

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
    child_until: NotRequired[date | None]  # said by or for a child: the day it is grown, None: unknown
    again_on: NotRequired[date]  # a yes for so long: the day on which the family wants to be asked again


ARCHIVE = "archive"
AUDIENCES = ("public", "research")
USES = ("view", "download", "reuse", "ai_training")
FAR = datetime(9999, 1, 1, tzinfo=UTC)
MOMENTS = [datetime(year, 1, 1, tzinfo=UTC) for year in (2020, 2021, 2022, 2023, 2024)]
DAYS = [date(2022, 1, 1), date(2023, 1, 1)]  # on which a lapse can fall
# Around the instant at which a day begins first on Earth, in the Line Islands, fourteen hours before Greenwich.
EDGES = [datetime(2021, 12, 31, 9, 59, 59, tzinfo=UTC), datetime(2021, 12, 31, 10, tzinfo=UTC)]


class _Story:
    """What stands after some of the events: who is asked about what, and who said what."""

    def __init__(self) -> None:
        self.present: list[Part] = []
        self.asked: set[tuple[str, str]] = set()  # party, part id
        self.asked_about_everything: set[str] = set()  # parties; reaches later parts too
        self.said: dict[str, tuple[Event, frozenset[str]]] = {}  # the will, who was there

    def arrives(self, part: Part) -> None:
        self.present.append(part)
        self.asked |= {(party, part["id"]) for party in self.asked_about_everything}

    def happens(self, event: Event) -> None:
        party = event["party"]
        if event["act"] == "will":
            self.said[party] = (event, frozenset(p["id"] for p in self.present))
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


def _is_over(event: Event, moment: datetime) -> bool:
    """A child's yes, or a guardian's for it, is over when the child is grown, and counts for nothing as long as
    nobody knows when that will be. A yes for so many years is over when the family wants to be asked again."""
    if "child_until" in event and (event["child_until"] is None or _has_begun(event["child_until"], moment)):
        return True
    return "again_on" in event and _has_begun(event["again_on"], moment)


def _has_begun(day: date, moment: datetime) -> bool:
    """Whether a calendar somewhere on Earth shows the day already."""
    return (moment + timedelta(hours=14)).date() >= day


def _says_yes(story: _Story, party: str, part: Part, audience: str, use: str, moment: datetime) -> bool:
    """Whether this party's last words let this part be used so at this moment."""
    if party not in story.said:
        return False
    event, was_there = story.said[party]
    if _is_over(event, moment):
        return False
    grants = event["grants"]
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
PARTIES = (ARCHIVE, "contributor", "narrator", "guardian", "next_of_kin", "third_person", "rights_holder")
CHILDREN = ("narrator", "guardian")  # whose yes can be a child's, or for one


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


# Built once: making a strategy anew for each draw took most of the time of each example.
_PAIRS = list(product(AUDIENCES, USES))
_ENDS = st.sampled_from([*MOMENTS, FAR])
# Half of them always open, so that histories in which everybody agrees are not rare.
_WINDOW = st.just((MOMENTS[0], FAR)) | st.tuples(_ENDS, _ENDS).filter(lambda pair: pair[0] < pair[1])
_EVERYTHING: Grant = dict.fromkeys(_PAIRS, (MOMENTS[0], FAR))
_GRANT = st.just(_EVERYTHING) | st.dictionaries(st.sampled_from(_PAIRS[:3]), _WINDOW, max_size=3)
_ACT = st.sampled_from(("will", "will", "will", "will", "need", "release"))
_PARTY = {"will": st.sampled_from(PARTIES), "need": st.sampled_from(PARTIES[1:])}
_YES = st.booleans()
_ONE_IN_FOUR = st.integers(0, 3)
_DAY = st.sampled_from(DAYS)
_DAY_OR_NEVER = st.sampled_from([*DAYS, None])


@cache
def _some_of(names: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)


@cache
def _grants_for(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, Grant]]:
    kinds = tuple("kind:" + kind for kind in ("page", *KINDS))
    return st.dictionaries(st.sampled_from(names + kinds), _GRANT, max_size=4)


def _event(draw: st.DrawFn, present: list[Part]) -> Event:
    """A ledger entry names only parts that the record has by then."""
    names = ("*", *(part["id"] for part in present))
    act: Literal["need", "release", "will"] = draw(_ACT)
    party = draw(_PARTY["will" if act == "will" else "need"])
    if act != "will":
        return Event(party=party, act=act, parts=draw(_some_of(names)), grants={})
    grants = dict(draw(_grants_for(names)))
    if draw(_YES):
        grants["*"] = draw(_GRANT)
    event = Event(party=party, act="will", parts=[], grants=grants)
    if party in CHILDREN and draw(_YES):
        event["child_until"] = draw(_DAY_OR_NEVER)
    if party != ARCHIVE and draw(_ONE_IN_FOUR) == 0:
        event["again_on"] = draw(_DAY)
    return event


def _agreement(party: str) -> Event:
    grant: Grant = dict.fromkeys(product(AUDIENCES, USES), (MOMENTS[0], FAR))
    return Event(party=party, act="will", parts=[], grants={"*": grant})


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Part], list[Event]]:
    """Between one and six parts, none to twelve events; shrinks towards silence."""
    count = draw(st.integers(0, 12))
    parts = draw(_parts(count))
    events = [_event(draw, [p for p in parts if p["added"] <= held]) for held in range(count)]
    if count and draw(st.booleans()):
        # Otherwise nearly every history answers no: the archive is needed everywhere.
        events[draw(st.integers(0, count - 1))] = _agreement(ARCHIVE)
    return parts, events


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Part], list[Event]]:
    """A child's testimony over the years: a guardian speaks, parts come later, third persons are asked or let go
    again, a yes ends and is renewed, the child is grown and speaks for itself. In whatever order it is drawn."""
    grown = draw(st.sampled_from([*DAYS, None]))
    events = [
        _asks(draw(st.sampled_from((["*"], ["page", "early"])), label="asked"), party)
        for party in ("contributor", *CHILDREN)
    ]
    events += [_agreement(party) for party in (ARCHIVE, "contributor")]
    events += [{**_agreement(party), "child_until": grown} for party in CHILDREN]
    for turn in draw(st.lists(st.sampled_from(sorted(_TURNS)), max_size=6)):
        events += _TURNS[turn](draw)
    late = draw(st.integers(0, len(events)))
    parts = [
        Part(id="page", kind="page", root=None, added=0, page=True, notice=False),
        Part(id="early", kind="recording", root=None, added=0, page=False, notice=False),
        Part(id="late", kind="photograph", root=None, added=late, page=False, notice=False),
        Part(id="copy", kind="transcript", root="early", added=late, page=False, notice=False),
    ]
    known = [{**event, "parts": _known(event, late, held)} for held, event in enumerate(events)]
    return parts, [Event(**event) for event in known]  # type: ignore[typeddict-item]


def _known(event: Event, late: int, held: int) -> list[str]:
    """An entry names only parts that the record has by then."""
    return [name for name in event["parts"] if held >= late or name not in ("late", "copy")]


def _asks(parts: list[str], party: str) -> Event:
    return Event(party=party, act="need", parts=parts, grants={})


def _lets_go(parts: list[str], party: str) -> Event:
    return Event(party=party, act="release", parts=parts, grants={})


OTHERS = ("next_of_kin", "third_person", "rights_holder")
_TURNS: Mapping[str, Callable[[st.DrawFn], list[Event]]] = {
    "a third person is asked": lambda draw: [_asks([draw(st.sampled_from(("early", "late", "*")))], draw(st.sampled_from(OTHERS)))],
    "a third person agrees": lambda draw: [_agreement(draw(st.sampled_from(OTHERS)))],
    "a third person is let go": lambda draw: [_lets_go([draw(st.sampled_from(("early", "late", "*")))], draw(st.sampled_from(OTHERS)))],
    "the child speaks for itself": lambda _draw: [_agreement("narrator")],
    "the guardian is let go": lambda _draw: [_lets_go(["*"], "guardian")],
    "grown up": lambda _draw: [_agreement("narrator"), _lets_go(["*"], "guardian")],
    "a yes for some years": lambda draw: [{**_agreement(draw(st.sampled_from(("contributor", "narrator")))), "again_on": draw(st.sampled_from(DAYS))}],
    "the archive and the family speak again": lambda _draw: [_agreement(ARCHIVE), _agreement("contributor")],
    "taken back": lambda draw: [Event(party=draw(st.sampled_from(PARTIES[1:])), act="will", parts=[], grants={})],
}  # fmt: skip
