"""What lies beside the lines of a record's story: the words that went with an act, and the content it was done on.

    beside = beside_of(session, actor, page, keys=house.keys, now=now)
    beside.why[told.rank, told.id]                     # Said: a decision's reason, a question, an answer
    beside.contents[told.line.details["revision"]]     # 2: the number of that content

The chain holds no words: they lie in the messages, under the key of their contribution. Those of a sealed
item are told to whoever may read them there, and to nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from memorial.gate import Actor, GatedSession
from memorial.gate.permission import sees_words
from memorial.keys import ArchiveKey
from memorial.models import Message, Revision
from memorial.services.desk_item import said_of
from memorial.services.desk_views import Said
from memorial.services.story import Story, Told


@dataclass(frozen=True, slots=True)
class Beside:
    why: Mapping[tuple[int, int], Said]
    contents: Mapping[int, int]


def beside_of(session: GatedSession, actor: Actor, page: Story, *, keys: ArchiveKey, now: datetime) -> Beside:
    """For one page of the story; a few queries however long it is."""
    told = [each for each in page.told if each.said is None]
    readable = [item.id for item in page.items if sees_words(session, actor, item, now=now)]
    return Beside(_why(session, readable, told, keys), _contents(session, told))


def _why(
    session: GatedSession, readable: Sequence[int], told: Sequence[Told], keys: ArchiveKey
) -> dict[tuple[int, int], Said]:
    """An act and its words are written by one person in one moment; a content's are those of its edit."""
    wanted = select(Message).where(Message.item_id.in_(readable), Message.at.in_({each.at for each in told}))
    found = {(each.author, each.at): each for each in session.scalars(wanted.order_by(Message.id))}
    why = {}
    for each in told:
        if each.line is not None and not each.line.worded:
            continue
        message = found.pop((_author(each), each.at), None)
        if message is not None:
            why[each.rank, each.id] = said_of(session, message, keys=keys)
    return why


def _author(told: Told) -> str:
    """As a message has it: whoever holds a code writes as the family."""
    return "family" if told.actor.startswith("family:") else told.actor


def _contents(session: GatedSession, told: Iterable[Told]) -> dict[int, int]:
    ids = {each.line.details.get("revision") for each in told if each.line is not None} - {None}
    wanted = select(Revision.id, Revision.number).where(Revision.id.in_(ids))
    return dict(session.execute(wanted).all()) if ids else {}
