"""A list of names as it came and as it is to be read: kept encrypted, previewed, planned anew.

list_ = prepare(session, actor, Wanted("src-list", content, "siyahi.csv"), keys=keys, now=now)
plan_anew(session, actor, list_, {"columns": {"name": 2}}, expected=1, keys=keys, now=now)
seen = look(session, list_, keys=keys)            # the first lines as they would be, and what was remarked
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import delete, or_, select

from memorial.domain import list_plan
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.domain.ids import is_public_id, new_public_id
from memorial.domain.lines import one_line
from memorial.domain.list_plan import Head, Line, Remark
from memorial.domain.name_lists import List, Told
from memorial.gate import Actor, GatedSession, may
from memorial.keys import ArchiveKey
from memorial.models import Item, NameList, NameListFile, Record, Source
from memorial.services import name_search
from memorial.services.collection.batch import place_in_source
from memorial.services.collection.collection_record import COLLECTION
from memorial.services.name_lists import opening, reading

PREVIEWED, RUNNING, MATCHING, DONE, UNDOING, UNDONE = (
    "previewed", "running", "matching", "done", "undoing", "undone",
)  # fmt: skip
STANDS = (RUNNING, MATCHING, DONE, UNDOING)
SHOWN, MOST_REMARKS, LATELY = 50, 1_000, 20
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,80}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file, the work it is, and how it is read: a map (domain/name_lists.py), or as its headings say."""

    source: str  # its id in the collection, or of its page
    content: bytes
    file_name: str
    map: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""  # where one work has several lists


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as it would be: the person, and who in the archive bears this name."""

    told: Told
    like: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    head: Head
    shown: Sequence[Shown]
    remarks: Sequence[Remark]
    samples: Sequence[Sequence[str]]  # of each column, its first cells


def allowed(session: GatedSession, actor: Actor, now: datetime) -> None:
    verdict = may(session, actor, "import", now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)


def find(session: GatedSession, public_id: str) -> NameList:
    wanted = select(NameList).where(NameList.public_id == public_id)
    found = session.scalars(wanted).first() if is_public_id(public_id) else None
    if found is None:
        raise NotOpen("name_list")
    return found


def standing(session: GatedSession, name: str) -> NameList:
    """The list of this name that is in the archive. Raises Invalid."""
    wanted = select(NameList).where(NameList.name == name, NameList.state.in_(STANDS))
    found = session.scalars(wanted).first()
    if found is None:
        raise Invalid("no_such_list", field="name")
    return found


def lately(session: GatedSession) -> Sequence[tuple[NameList, Source]]:
    """The newest lists with their works."""
    wanted = select(NameList, Source).join(Source, Source.id == NameList.source_id)
    rows = session.execute(wanted.order_by(NameList.id.desc()).limit(LATELY))
    return [(row[0], row[1]) for row in rows]


def prepare(
    session: GatedSession, actor: Actor, wanted: Wanted, *, keys: ArchiveKey, now: datetime
) -> NameList:
    """Read a file and say what would become of it. Nobody is made of it. Raises Invalid with the field."""
    allowed(session, actor, now)
    source = _source(session, wanted.source.strip())
    name = wanted.name.strip() or str(source.external_id)
    if not _NAME.fullmatch(name):
        raise Invalid("list_name", field="name")
    _not_there(session, name)
    lines = opening.lines_of(wanted.content, wanted.file_name, str(wanted.map.get("encoding") or ""))
    _forget_previews(session, actor)
    made = NameList(
        public_id=new_public_id(), source_id=source.id, name=name, state=PREVIEWED, plan={}, found={}, kept=[],
        file_name=one_line(wanted.file_name)[:200], sha256=hashlib.sha256(wanted.content).hexdigest(),
        account_id=actor.account_id or None, made_by=actor.label, made_at=now,
    )  # fmt: skip
    remarks = _planned(made, lines, wanted.map, _of(source, name))
    session.add(made)
    session.flush()
    session.add(
        NameListFile(
            list_id=made.id,
            original=keys.encrypt(wanted.content),
            lines=keys.encrypt(opening.packed(lines)),
            remarks=keys.encrypt(opening.packed_remarks(remarks)),
        )
    )
    session.flush()
    return made


def plan_anew(
    session: GatedSession,
    actor: Actor,
    list_: NameList,
    map_: Mapping[str, Any],
    *,
    expected: int,
    keys: ArchiveKey,
    now: datetime,
) -> None:
    """The same file, read otherwise. Raises Invalid, and Stale where somebody was faster."""
    allowed(session, actor, now)
    session.refresh(list_, with_for_update=True)
    if list_.version != expected or list_.state != PREVIEWED:
        raise Stale("name_list_changed", found=list_.version, expected=expected)
    kept = file_of(session, list_)
    remarks = _planned(list_, list(opening.unpacked(keys.decrypt(kept.lines))), map_, of(session, list_))
    kept.remarks = keys.encrypt(opening.packed_remarks(remarks))
    list_.version += 1


def _planned(list_: NameList, lines: Sequence[Line], map_: Mapping[str, Any], work: List) -> list[Remark]:
    """Sets plan and numbers; returns the first remarks."""
    plan = reading.planned(map_, lines)
    counted, numbers = Counter[str](), Counter[str]()
    remarks: list[Remark] = []
    for told in reading.read(plan, lines, work):
        numbers["lines"] += 1
        numbers["persons"] += told.value is not None
        numbers["left_out"] += any(each.left_out for each in told.remarks)
        counted.update(each.key for each in told.remarks)
        if len(remarks) < MOST_REMARKS:
            remarks += told.remarks
    list_.plan = plan
    list_.found = {**numbers, "last": max(line.number for line in lines), "remarks": dict(counted)}
    return remarks[:MOST_REMARKS]


def _source(session: GatedSession, name: str) -> Source:
    wanted = select(Source).where(or_(Source.external_id == name, Source.public_id == name))
    source = session.scalars(wanted).first() if name else None
    if source is None:
        raise Invalid("no_such_source", field="source")
    if place_in_source(f"{source.external_id}, line 1") != (source.external_id, "line 1"):
        raise Invalid("source_without_id", field="source")
    return source


def _not_there(session: GatedSession, name: str) -> None:
    there = select(NameList.id).where(NameList.name == name, NameList.state.in_(STANDS))
    if session.scalar(there.limit(1)) is not None:
        raise Invalid("list_is_there", field="name")


def _forget_previews(session: GatedSession, actor: Actor) -> None:
    """One preview at a time: what somebody looked at and left is nothing."""
    mine = NameList.made_by == actor.label, NameList.state == PREVIEWED
    session.execute(delete(NameListFile).where(NameListFile.list_id.in_(select(NameList.id).where(*mine))))
    session.execute(delete(NameList).where(*mine))


def item_of(session: GatedSession, list_: NameList) -> str:
    """The piece of work with which the list's persons wait at the desk; "" where there is none, or many."""
    wanted = select(Item.public_id).join(Record, Record.id == Item.record_id)
    mine = Record.external_id == f"{COLLECTION}:{list_.name}", Item.kind == "import"
    return session.scalar(wanted.where(*mine).limit(1)) or ""


# -- reading it again -----------------------------------------------------------------------


def file_of(session: GatedSession, list_: NameList) -> NameListFile:
    return session.scalars(select(NameListFile).where(NameListFile.list_id == list_.id)).one()


def of(session: GatedSession, list_: NameList) -> List:
    return _of(session.get_one(Source, list_.source_id), list_.name)


def _of(source: Source, name: str) -> List:
    return List(str(source.external_id), source.label or source.title, name)


def told(
    session: GatedSession, list_: NameList, keys: ArchiveKey, after: int = 0
) -> tuple[Head, Iterator[Told]]:
    """The headings, and the lines after one of them as they are to be written."""
    lines = opening.unpacked(keys.decrypt(file_of(session, list_).lines), after)
    head = Head(**list_.plan["head"])
    return head, reading.read(list_.plan, lines, of(session, list_))


def look(session: GatedSession, list_: NameList, *, keys: ArchiveKey, first: int = SHOWN) -> Preview:
    """The first persons as they would be, each with those who bear the same name, and what was remarked."""
    kept = file_of(session, list_)
    lines = list(islice(opening.unpacked(keys.decrypt(kept.lines)), first + list_plan.AHEAD))
    head = Head(**list_.plan["head"])
    read = reading.read(list_.plan, lines, of(session, list_))
    persons = [each for each in read if each.value is not None][:first]
    below = [line.cells for line in lines if line.number > max(head.lines, default=0)]
    columns = range(len(head.titles))
    samples = [
        [cells[n].strip() for cells in below if n < len(cells) and cells[n].strip()][:3] for n in columns
    ]
    return Preview(
        head,
        [Shown(each, alike(session, each)) for each in persons],
        opening.unpacked_remarks(keys.decrypt(kept.remarks)),
        samples,
    )


def alike(session: GatedSession, each: Told) -> Sequence[str]:
    """Who in the archive bears the same name as this line: to be looked at, never joined by itself."""
    name = each.value["names"][0]["spelling"] if each.value and "names" in each.value else ""
    found = name_search.find(session, name, same=True, most=3) if name else name_search.Names()
    return [one.entry.title for one in found.names]
