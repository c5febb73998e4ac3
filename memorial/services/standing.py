"""What stands in a record, and how a reader is told that it changed.

    refuse_to_lose(session, record, contribution_id)        # Invalid names what a content cannot hold
    before = stood(session, record, contribution_id)        # the content that a new one follows
    count_changes(record, parts, before, revision, now=now)

A record has one row of revision numbers for everybody who contributes to it; proposals, and the
parts that nobody sees, use them up as well. A visitor is told another number: how often that of
the record changed which this visitor sees. It is the page's own changes and those of each part
that came through the gate, so that nothing hidden moves it (`gate.shown`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from memorial.domain.errors import Invalid
from memorial.gate import GatedSession
from memorial.models import Citation, Guarded, Part, PersonName, Record, Revision, Rival, Statement, Text

PAGE = "page"
OF_THE_PAGE = ("language", "content_note", "detail", "date_edtf", "date_words")
LISTS = ("texts", "names", "statements", "links")


def stood(session: GatedSession, record: Record, contribution_id: int | None) -> Mapping[str, Any] | None:
    """The content that stands now for one contribution (None: the archive itself), or None."""
    wanted = (
        select(Revision.content)
        .where(
            Revision.record_id == record.id, Revision.contribution_id.is_not_distinct_from(contribution_id)
        )
        .where(Revision.applied_at.is_not(None))
        .order_by(Revision.applied_at.desc(), Revision.number.desc())
        .limit(1)
    )
    return session.scalars(wanted).first()


def changed_parts(before: Mapping[str, Any] | None, after: Mapping[str, Any], *, page: bool) -> set[str]:
    """The parts of which a content says anything else; with `page` also the page's own facts."""
    old, new = _by_part(before or {}, page), _by_part(after, page)
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def _by_part(content: Mapping[str, Any], page: bool) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    if page and content:
        found[PAGE].append(_plain({name: content.get(name) for name in OF_THE_PAGE}))
    for name in LISTS:
        for row in content.get(name, ()):
            found[row.get("part", PAGE)].append(_plain([name, row]))
    return found


def _plain(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def count_changes(
    record: Record,
    parts: Mapping[str, Part],
    before: Mapping[str, Any] | None,
    revision: Revision,
    *,
    now: datetime,
) -> list[int]:
    """Note what a revision changes, part by part; returns the parts' numbers. The page's first content is number 1."""
    owner, first = revision.contribution_id == record.contribution_id, record.revision == 0
    changed = changed_parts(before, revision.content, page=owner)
    if owner:
        _count_page(record, revision.number, first or PAGE in changed, now)
    moved = [parts[key].id for key in changed & parts.keys()]
    if first and owner:
        return moved
    counted = dict(record.part_changes)
    for part_id in moved:
        if part_id != record.part_id:
            number = counted.get(str(part_id), [0])[0]
            counted[str(part_id)] = [number + 1, now.isoformat()]
    record.part_changes = counted
    return moved


def _count_page(record: Record, number: int, moves: bool, now: datetime) -> None:
    told = record.revision - record.skipped + (1 if moves else 0)
    record.revision, record.skipped = number, number - told
    if moves:
        record.changed_at = now


# -- what a content cannot hold -------------------------------------------------------------------

GUARD = frozenset(Guarded.__annotations__) | {"part_id", "policy_id", "contribution_id", "sealed"}
# What a content holds of each row, or what is worked out anew for each.
HELD: Mapping[Any, frozenset[str]] = {
    Text: frozenset(
        {"id", "public_id", "record_id", "position", "role", "body", "language", "markup", "author", "translator"}
    ),
    PersonName: frozenset(
        {"id", "person_id", "record_id", "rank", "listed", "sort_key", "text", "script", "language", "kind"}
    ),
    Statement: frozenset(
        {
            "id", "public_id", "record_id", "person_id", "position", "property", "value_text", "stated_by",
            "source_as_given", "as_of_edtf", "certainty",
            "corroboration",
        }
    ),
}  # fmt: skip


def refuse_to_lose(session: GatedSession, record: Record, contribution_id: int | None) -> None:
    """Raises Invalid where the archive's own rows, which a new content would replace, hold more than it can.

    Imported pages have figures, sources and rivals in their statements, which only another
    import can change. A family's rows come from contents alone, and it may always say it anew.
    """
    if contribution_id is not None:
        return
    lost = sorted(_unheld(session, record, contribution_id))
    if lost:
        raise Invalid("content_holds_less", field=", ".join(lost))


def _unheld(session: GatedSession, record: Record, contribution_id: int | None) -> set[str]:
    found: set[str] = set()
    for table, held in HELD.items():
        mine = and_(table.record_id == record.id, table.contribution_id.is_not_distinct_from(contribution_id))
        for row in session.scalars(select(table).where(mine)):
            found |= {f"{table.__tablename__}.{name}" for name in _filled(row, held)}
        found |= {f"{name} of {table.__tablename__}" for name in _pointing(session, table, mine)}
    return found


def _filled(row: Any, held: frozenset[str]) -> Iterable[str]:
    for attribute in type(row).__mapper__.column_attrs:
        default = attribute.columns[0].default
        usual = None if default is None else [] if default.is_callable else default.arg
        if attribute.key not in held | GUARD and getattr(row, attribute.key) not in (usual, None):
            yield attribute.key


def _pointing(session: GatedSession, table: Any, mine: ColumnElement[bool]) -> Iterable[str]:
    """Citations and rivals would lose what they speak of, though it came back with the same words."""
    ids = select(table.id).where(mine)
    pointing = {
        Text: [("citations", Citation.text_id)],
        PersonName: [("citations", Citation.name_id)],
        Statement: [
            ("citations", Citation.statement_id), ("rivals", Rival.statement_id), ("rivals", Rival.other_id),
        ],
    }  # fmt: skip
    for name, column in pointing[table]:
        if session.scalar(select(column).where(column.in_(ids)).limit(1)) is not None:
            yield name
