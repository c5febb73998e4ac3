"""What harvesters may take: records whose page the public may reuse, and those that they may no longer.

    page = harvest.some(session, Asked(kind="press"), after=0)              # a session for the use `reuse`
    page.headers                # in the order of the records' numbers; `gone` for the withdrawn
    harvest_changes.changed(session, Asked(since=…), after=None)            # the same, by the day of their change
    harvest.described(session, page.headers)                                # what is said of each

A record's stamp is the last moment at which anything of this changed: its words, what its parties said, or the clock
that opened or closed it (UTC, whole seconds). The order is the records' own and not that of the stamps, so a
list that takes an hour neither skips nor repeats what changes meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select

from memorial.domain.rights import Label, shown_labels
from memorial.domain.views import Entry
from memorial.gate import GatedSession
from memorial.models import Document, HarvestMark, Press, Record, Source, Text, Transcript
from memorial.services import lists
from memorial.services.list_values import values_of

PER_PAGE = 50
LATELY = 2_000  # records among which words of a language are looked for: no index leads from words to what came last


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted: stamps from `since` to `until`, both included; a kind; a language."""

    since: datetime | None = None
    until: datetime | None = None
    kind: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    record_id: int
    public_id: str
    kind: str
    language: str
    stamp: datetime
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Headers:
    headers: Sequence[Header]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Described:
    """A record as catalogues know it. `agents` are (role, name); what is not known is empty."""

    entry: Entry
    agents: Sequence[tuple[str, str]] = ()
    publication: str = ""
    number: str = ""
    abstracts: Sequence[tuple[str, str]] = field(
        default_factory=tuple
    )  # language, words of the archive's own
    rights: str = ""
    labels: Sequence[Label] = ()


def some(
    session: GatedSession, asked: Asked, *, after: int = 0, most: int = PER_PAGE, live: bool = True
) -> Headers:
    """The next headers after a record's number, of all that there are up to `until`; without `live` the withdrawn alone."""
    found = _gone(session, asked, after, most)
    if live:
        found = [*_open(session, asked, after, most), *found]
    found.sort(key=lambda header: header.record_id)
    return Headers(found[:most], len(found) > most)


def newest(session: GatedSession, asked: Asked, *, most: int = PER_PAGE) -> list[Header]:
    """What came or changed last, the latest first: by the marks of decisions, and by the order in which records came.

    Of a language, what is in it, and of the latest also what has words in it: a title that nobody knows the language of stands
    beside a translation.
    """
    live = on_offer().where(Record.kind.in_(lists.SHELVES))
    live = narrowed(live, Asked(kind=asked.kind), Record)
    found: dict[int, Header] = {}
    for way, order in (
        (live.where(HarvestMark.at.is_not(None)), HarvestMark.at.desc()),
        (live, Record.id.desc()),
    ):
        ways = [narrowed(way, asked, Record)]
        if asked.language:
            lately = way.with_only_columns(Record.id).order_by(order).limit(LATELY).subquery()
            ways.append(way.where(Record.id.in_(select(lately.c.id)), _has_words_in(asked.language)))
        for wanted in ways:
            rows = session.execute(wanted.order_by(order).limit(most))
            found |= {row.id: header_of(row) for row in rows}
    return sorted(found.values(), key=lambda each: (each.stamp, each.record_id), reverse=True)[:most]


def _has_words_in(language: str) -> Any:
    texts = select(Text.id).where(
        Text.record_id == Record.id, Text.language == language, Text.role != "notice"
    )
    spoken = select(Transcript.id).where(Transcript.record_id == Record.id, Transcript.language == language)
    return or_(texts.exists(), spoken.exists())


def shelves(session: GatedSession, room: int) -> list[int]:
    """Numbers of the shelves of `room` records each (by the records' numbers) that hold something to take."""
    found: list[int] = []
    at = 0
    while following := session.scalar(
        select(Record.id).where(Record.id >= at, *_paged()).order_by(Record.id).limit(1)
    ):
        found.append(following // room)
        at = (following // room + 1) * room
    return found


def on_shelf(session: GatedSession, number: int, room: int) -> list[Header]:
    """All headers of one shelf."""
    first = number * room
    rows = session.execute(
        on_offer().where(Record.id >= first, Record.id < first + room, *_paged()).order_by(Record.id)
    )
    return [header_of(row) for row in rows]


def _paged() -> tuple[Any, ...]:
    return (Record.kind.in_(lists.SHELVES),)


def one(session: GatedSession, public_id: str) -> Header | None:
    """The header of one record; None of what never could be taken."""
    live = [header_of(row) for row in session.execute(on_offer().where(Record.public_id == public_id))]
    if live:
        return live[0]
    dead = [
        _tombstone(session, row)
        for row in session.scalars(_withdrawn(session).where(HarvestMark.public_id == public_id))
    ]
    return next(iter(dead), None)


def languages(session: GatedSession) -> list[str]:
    """The languages of what may be taken, found by the index: what it costs is how many there are."""
    found = {each for kind in lists.SHELVES for each in values_of(session, Record.language, kind).values}
    return sorted(found)


# -- live -----------------------------------------------------------------------------------


def on_offer() -> Any:
    """What opens by the clock stands in the mark: a record without one was open from its first day (harvest_marks.py)."""
    return select(
        Record.id, Record.public_id, Record.kind, Record.language, Record.changed_at, HarvestMark.opens,
        HarvestMark.at,
    ).outerjoin(HarvestMark, HarvestMark.record_id == Record.id)  # fmt: skip


def _open(session: GatedSession, asked: Asked, after: int, most: int) -> list[Header]:
    stamps = (Record.changed_at, HarvestMark.opens, HarvestMark.at)
    wanted = on_offer().where(Record.id > after, Record.kind.in_(lists.SHELVES))
    if asked.until is not None:
        wanted = wanted.where(*(or_(stamp <= asked.until, stamp.is_(None)) for stamp in stamps))
    wanted = narrowed(wanted, asked, Record)
    return [header_of(row) for row in session.execute(wanted.order_by(Record.id).limit(most + 1))]


def narrowed(wanted: Any, asked: Asked, table: Any) -> Any:
    if asked.kind:
        wanted = wanted.where(table.kind == asked.kind)
    return wanted.where(table.language == asked.language) if asked.language else wanted


def header_of(row: Any) -> Header:
    stamp = max(each for each in (row.changed_at, row.opens, row.at) if each is not None)
    return Header(row.id, row.public_id, row.kind, row.language, stamp)


# -- gone -----------------------------------------------------------------------------------


def _withdrawn(session: GatedSession) -> Any:
    """Marks of what was open once and is not: the complement of what the gate lets through, by the same clock."""
    moment = session.reader.moment
    shut = or_(HarvestMark.opens.is_(None), HarvestMark.opens > moment.low, HarvestMark.closes <= moment.high)
    was_open = or_(HarvestMark.offered, HarvestMark.opens <= moment.low)
    return select(HarvestMark).where(HarvestMark.kind.in_(lists.SHELVES), shut, was_open)


def tombstones(session: GatedSession, ids: Sequence[int]) -> list[Header]:
    """Those of some records that may no longer be taken."""
    rows = session.scalars(_withdrawn(session).where(HarvestMark.record_id.in_(ids)))
    return [_tombstone(session, row) for row in rows]


def _gone(session: GatedSession, asked: Asked, after: int, most: int) -> list[Header]:
    wanted = narrowed(_withdrawn(session).where(HarvestMark.record_id > after), asked, HarvestMark)
    if asked.until is not None:
        within = or_(HarvestMark.closes <= asked.until, HarvestMark.closes > session.reader.moment.high)
        wanted = wanted.where(HarvestMark.at <= asked.until, or_(HarvestMark.closes.is_(None), within))
    rows = session.scalars(wanted.order_by(HarvestMark.record_id).limit(most + 1))
    return [_tombstone(session, row) for row in rows]


def _tombstone(session: GatedSession, mark: HarvestMark) -> Header:
    over = mark.closes if mark.closes is not None and mark.closes <= session.reader.moment.high else mark.at
    return Header(mark.record_id, mark.public_id, mark.kind, mark.language, max(mark.at, over), gone=True)


# -- what is said of each -------------------------------------------------------------------

SAID = (
    select(
        Record.id, Record.rights_statement, Record.labels, Press.byline, Press.publication, Source.authors,
        Document.body, Document.number,
    )
    .outerjoin(Press, Press.record_id == Record.id)
    .outerjoin(Source, Source.id == Press.source_id)
    .outerjoin(Document, Document.record_id == Record.id)
    .where(Record.id.in_(bindparam("ids", expanding=True)))
)  # fmt: skip


def described(session: GatedSession, headers: Sequence[Header]) -> Mapping[int, Described]:
    """What catalogues are told, by the records' numbers; a fixed number of statements however many there are."""
    kinds = {header.record_id: header.kind for header in headers if not header.gone}
    entries = lists.entries(session, kinds, lead=False)
    abstracts = _abstracts(session, list(kinds))
    found = {}
    for row in session.execute(SAID, {"ids": list(kinds)}) if kinds else ():
        entry = entries.get(row.id)
        if entry is not None:
            found[row.id] = Described(
                entry,
                [(role, name) for role, name in _agents(row) if name],
                row.publication or "",
                row.number or "",
                abstracts.get(row.id, ()),
                row.rights_statement,
                shown_labels(row.labels),
            )
    return found


def _agents(row: Any) -> list[tuple[str, str]]:
    """Who wrote an account by name, where that is known: a byline as it is printed says more than a name."""
    authors = [("author", str(name)) for name in row.authors or ()]
    return authors or [("author", row.byline or ""), ("creator", row.body or "")]


def _abstracts(session: GatedSession, ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """Summaries are the archive's own words; quotations belong to others and are not handed on."""
    found: dict[int, list[tuple[str, str]]] = {}
    wanted = select(Text.record_id, Text.language, Text.body).where(
        Text.record_id.in_(ids), Text.role == "summary", Text.markup.is_(False)
    )
    for row in session.execute(wanted.order_by(Text.record_id, Text.position, Text.id)) if ids else ():
        found.setdefault(row.record_id, []).append((row.language, row.body))
    return found
