"""The take-down desk: requests and reports in the order of the Oral History Society, and those that came by letter.

    stages_of(session, item)                  # received, acknowledged, assessed, hidden, told, decided
    page = waiting(session, actor, now=now)   # what is open, the longest waiting first, with what comes next
    opened = open_case(session, keys, actor, codes.issue(keys), Letter(…), now=now)

A stage is no second state: it is read from the messages, the archive's own word about the page and
the item. A case that somebody at the desk enters is the same as one that came by the form: a
contribution with a key and a code of its own, so that its words are ciphertext and can be removed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import ColumnElement, and_, or_, select

from memorial.domain import workflow
from memorial.domain.errors import Invalid, NotPermitted
from memorial.domain.ids import ReturnCode
from memorial.gate import Actor, GatedSession, may
from memorial.keys import ArchiveKey
from memorial.models import Contribution, Item, Message, Report
from memorial.services import archive_word, contribute, desk, reports, tasks
from memorial.services.audit import Act, record_act
from memorial.services.codes import Issued
from memorial.services.cursors import Place, read_cursor, write_cursor
from memorial.services.sending import Sending

STAGES = ("received", "acknowledged", "assessed", "hidden", "told", "decided")
WAYS = ("letter", "email", "telephone", "visit")
TASKS = {"take_down": "removal", "report": "correction"}
PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class Stage:
    """`done`, `open`, or `unneeded`: nothing was hidden, so nobody has to be told."""

    name: str
    is_: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of the take-down desk."""

    row: desk.Row
    stages: Sequence[Stage]
    ground: str

    @property
    def next(self) -> str:
        return next_of(self.stages)


@dataclass(frozen=True, slots=True)
class Letter:
    """A case as somebody at the desk enters it. Nothing of it is a guess: what was not said stays empty."""

    kind: str
    page: str
    ground: str
    who: str
    complainant: str
    contact: str
    words: str
    way: str
    language: str
    send_key: str
    acknowledged_on: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """The item, and its code where it is new: told to whoever asked, by the way they came."""

    item: Item
    code: ReturnCode | None = None


# -- stages ---------------------------------------------------------------------------------


def stages_of(session: GatedSession, item: Item) -> list[Stage]:
    """Where one case stands."""
    return _stages(session, [item])[item.id]


def next_of(stages: Sequence[Stage]) -> str:
    """What comes next; hiding for the time being is offered and never owed."""
    return next((each.name for each in stages if each.is_ == "open" and each.name != "hidden"), "")


def _stages(session: GatedSession, items: Sequence[Item]) -> dict[int, list[Stage]]:
    first: dict[int, dict[str, datetime]] = defaultdict(dict)
    wanted = select(Message.item_id, Message.direction, Message.at)
    wanted = wanted.where(Message.item_id.in_([item.id for item in items]), Message.author != "family")
    for row in session.execute(wanted.order_by(Message.at, Message.id)):
        first[row.item_id].setdefault(row.direction, row.at)
    return {item.id: _of_item(session, item, first[item.id]) for item in items}


def _of_item(session: GatedSession, item: Item, said: Mapping[str, datetime]) -> list[Stage]:
    told = item.facts.get("told")
    hidden = item.record_id is not None and bool(archive_word.held(session, item.record_id))
    return [
        Stage("received", "done", item.created_at),
        _reached("acknowledged", _day(item.facts.get("acknowledged_on")) or said.get("to_family")),
        _reached("assessed", said.get("among_desk")),
        Stage("hidden", "done" if hidden or "owners" in item.facts else "open"),
        Stage("told", "unneeded" if told is None else "done" if told else "open"),
        _reached("decided", item.ended_at if item.state in workflow.ENDED_STATES else None),
    ]


def _reached(name: str, at: datetime | None) -> Stage:
    return Stage(name, "done" if at else "open", at)


def _day(written: object) -> datetime | None:
    return datetime.combine(date.fromisoformat(written), time(), UTC) if isinstance(written, str) else None


# -- what waits -----------------------------------------------------------------------------


def waiting(
    session: GatedSession, actor: Actor, *, now: datetime, after: str = ""
) -> tuple[list[Waiting], str]:
    """One page, and the cursor of the next ("" for none). Take-downs before mistakes, then what waits longest."""
    mistakes_last = Item.kind != "take_down"
    wanted = select(Item).where(Item.kind.in_(workflow.ASKED_FOR), Item.state.in_(workflow.OPEN_STATES))
    if after:
        wanted = wanted.where(_beyond(after))
    found = session.scalars(
        wanted.order_by(mistakes_last, Item.waiting_since, Item.id).limit(PER_PAGE + 1)
    ).all()
    items = found[:PER_PAGE]
    rows = desk.rows_of(session, actor, items, now=now)
    stages, grounds = _stages(session, items), _grounds(session, items)
    lines = [
        Waiting(row, stages[item.id], grounds.get(item.report_id or 0, ""))
        for item, row in zip(items, rows, strict=True)
    ]
    last = items[-1] if len(found) > PER_PAGE else None
    place = f"{int(last.kind != 'take_down')} {last.waiting_since.isoformat()}" if last else ""
    return lines, write_cursor(Place(place, last.id)) if last else ""


def _beyond(after: str) -> ColumnElement[bool]:
    place = read_cursor(after)
    try:
        rank, _, moment = (place.value or "").partition(" ")
        second, since = bool(int(rank)), datetime.fromisoformat(moment)
    except ValueError as error:
        raise Invalid("cursor", field="cursor") from error
    if since.tzinfo is None:
        raise Invalid("cursor", field="cursor")
    mistake = Item.kind != "take_down"
    later = or_(Item.waiting_since > since, and_(Item.waiting_since == since, Item.id > place.id))
    return and_(mistake, later) if second else or_(mistake, later)


def _grounds(session: GatedSession, items: Sequence[Item]) -> dict[int, str]:
    ids = [item.report_id for item in items if item.report_id]
    found = session.execute(select(Report.id, Report.ground).where(Report.id.in_(ids))) if ids else ()
    return {row[0]: row[1] for row in found}


# -- a case that came by letter -------------------------------------------------------------


def open_case(
    session: GatedSession, keys: ArchiveKey, actor: Actor, issued: Issued, letter: Letter, *, now: datetime
) -> Opened:
    """Enter it, once however often the form comes. Raises NotPermitted, and Invalid with the field."""
    verdict = may(session, actor, "open_case", now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    key = f"{actor.label}:{letter.send_key}"
    there = session.scalars(select(Contribution.id).where(Contribution.send_key == key)).first()
    if there is not None:
        return Opened(contribute.item_of(session, there))
    acknowledged = _checked(letter, now)
    begun = contribute.begin(session, keys, issued, TASKS[letter.kind], letter.language, now=now)
    draft = contribute.read(keys, begun.contribution)
    draft.answers.update(
        {
            "page": letter.page, "wrong": letter.words, "ground": letter.ground, "who_you_are": letter.who,
            "complainant": letter.complainant, "contact": letter.contact,
        }
    )  # fmt: skip
    contribute.keep(session, keys, begun.contribution, draft, now=now)
    item = tasks.send(session, keys, begun.contribution, Sending(key, letter.language), now=now)
    item.facts = {**item.facts, "way": letter.way, "acknowledged_on": acknowledged}
    record_act(
        session,
        actor,
        Act("open_case", f"item:{item.public_id}", "", item.state, details={"way": letter.way}),
        now,
    )
    return Opened(item, begun.code)


def _checked(letter: Letter, now: datetime) -> str | None:
    """The day on which it was acknowledged, None for not yet. Raises Invalid for what cannot be entered."""
    for name, known in (("kind", tuple(TASKS)), ("way", WAYS), ("ground", reports.DESK_GROUNDS)):
        if getattr(letter, name) not in known:
            raise Invalid(f"{name}_missing", field=name)
    for name in ("page", "complainant", "words"):
        if not getattr(letter, name):
            raise Invalid(f"{name}_missing", field=name)
    if not letter.acknowledged_on:
        return None
    try:
        day = date.fromisoformat(letter.acknowledged_on)
    except ValueError as error:
        raise Invalid("no_such_day", field="acknowledged_on") from error
    if day > now.date():
        raise Invalid("day_to_come", field="acknowledged_on")
    return day.isoformat()
