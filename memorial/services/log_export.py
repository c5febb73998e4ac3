"""The log as a file that somebody else can check: which lines, as they were hashed, and whether they hold.

    extent = begin(session, actor, wanted, "jsonl", now=now)      # logged itself; the caller commits
    for piece in written(extent, open_session, now): …            # streamed, a short read at a time

JSON Lines: the first object says what follows and how the hashes are made, the last one whether
they held when it was written. A file of a span of days has every line between its first and its
last, so that the chain can be followed; one that was narrowed has lines that hold by themselves.
docs/log.md says how to check it by hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from memorial.domain.errors import Invalid, NotPermitted
from memorial.formats.csv_out import first_line, line
from memorial.gate import Actor, GatedSession, may
from memorial.models import AuditEntry, CustodyEvent, Head
from memorial.services import audit
from memorial.services.audit import HASHED, Act, record_act
from memorial.services.desk_log import Source, Wanted, filters, span_of

FORMS = ("csv", "jsonl")
AT_ONCE = 1_000
NAMED = 20  # broken lines that the last object names
RULE = (
    "SHA-256, as hex, over the JSON array of these values in this order, without spaces, non-ASCII as \\uXXXX"
)
OPENED = ("id", "at", "actor", "verb", "thing", "digest")

Opening = Callable[[], AbstractContextManager[GatedSession]]


@dataclass(frozen=True, slots=True)
class Extent:
    """What goes into the file, settled when it was asked for: lines that come later are not in it."""

    form: str
    source: Source
    wanted: Wanted
    first: int
    last: int
    head: tuple[int, str]

    @property
    def whole(self) -> bool:
        """Every line between the first and the last, so that each can be held against the one before."""
        wanted = self.wanted
        return self.source is AuditEntry and not (wanted.actor or wanted.verb or wanted.thing or wanted.two)

    @property
    def name(self) -> str:
        kind = "log" if self.source is AuditEntry else "custody"
        return f"{kind}-{self.first}-{self.last}.{self.form}"


def begin(
    session: GatedSession,
    actor: Actor,
    wanted: Wanted,
    form: str,
    *,
    now: datetime,
    source: Source = AuditEntry,
) -> Extent:
    """Who asks, for what: written down before a line of it leaves. Raises NotPermitted."""
    verdict = may(session, actor, "export_log", now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    if form not in FORMS:
        raise Invalid("form", field="form")
    head = session.execute(select(Head.audit_count, Head.audit_hash)).one()
    first, last = _ends(session, source, wanted)
    extent = Extent(form, source, wanted, first, last, (head.audit_count, head.audit_hash))
    narrowed = {name: said for name in ("actor", "verb", "thing") if (said := getattr(wanted, name))}
    details = {"form": form, "first": first, "last": last, "custody": source is CustodyEvent, **narrowed}
    record_act(session, actor, Act("export_log", "archive", details=details), now)
    return extent


def _ends(session: GatedSession, source: Any, wanted: Wanted) -> tuple[int, int]:
    span = span_of(session, source, wanted)
    if span is None:
        return 0, 0
    leads, others = filters(source, wanted)
    found = select(source.id).where(*leads, *others, *span)
    first = session.scalar(found.order_by(source.id).limit(1))
    last = session.scalar(found.order_by(source.id.desc()).limit(1))
    return first or 0, last or 0


def rows(extent: Extent, opened: Opening) -> Iterator[dict[str, Any]]:
    """The lines, the oldest first. Each stretch is a read of its own: nothing is held while a slow line loads."""
    source: Any = extent.source
    leads, others = ([], []) if extent.whole else filters(source, extent.wanted)
    after = extent.first - 1
    while after < extent.last:
        stretch = select(source).where(*leads, *others, source.id > after, source.id <= extent.last)
        with opened() as session:
            found = session.scalars(stretch.order_by(source.id).limit(AT_ONCE)).all()
            values = [_values(extent, entry) for entry in found]
        yield from values
        after = values[-1]["id"] if len(values) == AT_ONCE else extent.last


def _values(extent: Extent, entry: Any) -> dict[str, Any]:
    names = columns(extent)
    return {name: getattr(entry, name) for name in names}


def columns(extent: Extent) -> tuple[str, ...]:
    return (*HASHED, "hash") if extent.source is AuditEntry else OPENED


def written(extent: Extent, opened: Opening, at: datetime) -> Iterator[str]:
    """The file, piece by piece."""
    if extent.form == "csv":
        yield first_line(columns(extent))
        for row in rows(extent, opened):
            yield line(_plain(row).values())
        return
    yield _json(_opening(extent, at))
    held = Held(extent, opened)
    for row in rows(extent, opened):
        held.look(row)
        yield _json(_plain(row))
    yield _json(held.closing())


class Held:
    """Whether the lines that went by are as they were written, and follow each other."""

    def __init__(self, extent: Extent, opened: Opening) -> None:
        self.chained = extent.source is AuditEntry
        self.whole, self.head = extent.whole, extent.head
        self.count, self.faults = 0, 0
        self.first: list[int] = []
        self.previous = _before(extent, opened) if self.whole else ""
        self.expected = extent.first

    def look(self, row: Mapping[str, Any]) -> None:
        self.count += 1
        if not self.chained:
            return
        follows = row["prev_hash"] == self.previous and row["id"] == self.expected
        if row["hash"] != audit.entry_hash(row) or (self.whole and not follows):
            self.faults += 1
            self.first += [row["id"]] if len(self.first) < NAMED else []
        self.previous, self.expected = row["hash"], row["id"] + 1

    def closing(self) -> dict[str, Any]:
        end = {"kind": "end", "lines": self.count}
        if not self.chained:
            return end
        return {**end, "holds": not self.faults, "faults": self.faults, "broken": self.first}


def _before(extent: Extent, opened: Opening) -> str:
    with opened() as session:
        return session.scalar(select(AuditEntry.hash).where(AuditEntry.id == extent.first - 1)) or ""


def _opening(extent: Extent, at: datetime) -> dict[str, Any]:
    told = {"kind": "log" if extent.source is AuditEntry else "custody", "version": 1, "at": at.isoformat()}
    told |= {"first": extent.first, "last": extent.last}
    if extent.source is not AuditEntry:
        return told
    head = {"line": extent.head[0], "hash": extent.head[1]}
    return {**told, "every_line": extent.whole, "hashed": list(HASHED), "rule": RULE, "head": head}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
