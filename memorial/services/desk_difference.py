"""Contents as fields, and what differs between two revisions of one contribution.

fields_of(session, item)                 # what was sent, piece by piece
difference(session, item, 1, 3)          # FieldChange for each field that differs
changes_of(session, item)                # against what stands now
"""

from __future__ import annotations

from collections.abc import Sequence

from memorial.domain import difference as rules
from memorial.domain.content import Content
from memorial.domain.difference import FieldChange
from memorial.gate import GatedSession
from memorial.models import Item
from memorial.services import desk_revisions
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


def fields_of(session: GatedSession, item: Item, about: int = 0) -> list[Field]:
    """The content the item is about, where the caller knows its number, else the latest of its contribution."""
    number = about or desk_revisions.number_of(session, item)
    return pieces(desk_revisions.content_of(session, item, number)) if number else []


def difference(session: GatedSession, item: Item, first: int, last: int) -> list[FieldChange]:
    """From one revision to another, by their numbers; 0 is nothing at all."""
    before, after = (_flat(session, item, number) for number in (first, last))
    return [FieldChange(each.field, rules.shortened(each.runs)) for each in rules.fields(before, after)]


def _flat(session: GatedSession, item: Item, number: int) -> dict[str, str]:
    if not number:
        return {}
    content = desk_revisions.content_of(session, item, number)
    return {piece.key: piece.text for piece in pieces(content)}


def changes_of(session: GatedSession, item: Item) -> list[FieldChange]:
    """What publishing the item would change in what stands now."""
    first, last = span_of(session, item)
    return difference(session, item, first, last) if last else []


def span_of(session: GatedSession, item: Item) -> tuple[int, int]:
    """From which revision to which: what stands (else what was before) and what the item is about."""
    last = desk_revisions.number_of(session, item)
    stands = desk_revisions.standing_number(session, item) if last else 0
    if stands and stands != last:
        return stands, last
    return desk_revisions.number_before(session, item, last) if last else 0, last
