"""Contents as fields, and what differs between two revisions of one contribution.

fields_of(session, item)                 # what was sent, piece by piece
difference(session, item, 1, 3)          # FieldChange for each field that differs
changes_of(session, item)                # against what stands now
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from memorial.domain import difference as rules
from memorial.domain.content import Content
from memorial.domain.difference import FieldChange
from memorial.domain.errors import NotOpen
from memorial.gate import GatedSession
from memorial.models import Item, Revision
from memorial.services.desk_views import Field


def pieces(content: Content) -> list[Field]:
    """A content as named pieces in reading order. A second piece of one name gets a number."""
    found = [
        *(Field("name", name.text, name.language, name.part) for name in content.names),
        *_texts(content, ("title",)),
        Field("date", content.date_words or content.date_edtf),
        *(Field(f"detail:{key}", str(value)) for key, value in content.detail.items()),
        *(Field(f"statement:{said.property}", _statement(said.value_text, said.stated_by), part=said.part)
          for said in content.statements),
        *_texts(content, ()),
        *(Field(said.form, said.body or said.signed or "—", said.language, said.part) for said in content.tributes),
        *(Field("signed", said.signed, said.language, said.part) for said in content.tributes[:1]),
        Field("content_note", content.content_note),
    ]  # fmt: skip
    return _numbered([piece for piece in found if piece.text])


def _texts(content: Content, roles: Sequence[str]) -> list[Field]:
    """The texts of these roles; of no role: all but the title."""
    chosen = [text for text in content.texts if (text.role in roles if roles else text.role != "title")]
    return [Field(f"text:{text.role}", text.body, text.language, text.part) for text in chosen]


def _statement(value: str, by: str) -> str:
    return f"{value} ({by})" if by else value


def _numbered(found: Sequence[Field]) -> list[Field]:
    seen: dict[str, int] = {}
    numbered = []
    for piece in found:
        seen[piece.key] = seen.get(piece.key, 0) + 1
        count = seen[piece.key]
        key = piece.key if count == 1 else f"{piece.key}#{count}"
        numbered.append(Field(key, piece.text, piece.language, piece.part))
    return numbered


def revisions_of(session: GatedSession, item: Item) -> list[Revision]:
    """The contents this item's contribution (or the archive) has had in its record, oldest first."""
    wanted = (
        select(Revision)
        .where(Revision.record_id == item.record_id)
        .where(Revision.contribution_id.is_not_distinct_from(item.contribution_id))
        .order_by(Revision.number)
    )
    return list(session.scalars(wanted)) if item.record_id else []


def fields_of(session: GatedSession, item: Item) -> list[Field]:
    """The content the item is about, else the latest of its contribution."""
    revision = session.get(Revision, item.revision_id) if item.revision_id else None
    if revision is None:
        revision = next(reversed(revisions_of(session, item)), None)
    return pieces(Content.from_json(revision.content)) if revision else []


def difference(session: GatedSession, item: Item, first: int, last: int) -> list[FieldChange]:
    """From one revision to another, by their numbers; 0 is nothing at all."""
    known = {revision.number: revision for revision in revisions_of(session, item)}
    if {first, last} - {0} - known.keys():
        raise NotOpen("revision")
    before, after = (_flat(known.get(number)) for number in (first, last))
    return rules.fields(before, after)


def _flat(revision: Revision | None) -> dict[str, str]:
    return (
        {piece.key: piece.text for piece in pieces(Content.from_json(revision.content))} if revision else {}
    )


def changes_of(session: GatedSession, item: Item) -> list[FieldChange]:
    """What publishing the item would change in what stands now."""
    first, last = span_of(session, item)
    return difference(session, item, first, last) if last else []


def span_of(session: GatedSession, item: Item) -> tuple[int, int]:
    """From which revision to which: what stands (else what was before) and what the item is about."""
    found = revisions_of(session, item)
    revision = session.get(Revision, item.revision_id) if item.revision_id else None
    last = revision.number if revision else max((each.number for each in found), default=0)
    numbers = [each.number for each in found]
    applied = [(each.applied_at, each.number) for each in found if each.applied_at]
    stands = max(applied)[1] if applied else last
    if stands != last:
        return stands, last
    return max((number for number in numbers if number < last), default=0), last
