"""Files that go with a message, from a family to the desk or back. No page ever shows them.

    kept = receive(storage, key, stream, "certificate.pdf")        # on disk, encrypted; before any lock
    enclose(session, keys, message, kept, now=now)                 # then the row
    opened, name = open_file(session, keys, storage, found)        # for one of the two sides, as a download

What a file is, its first bytes say. Whatever it is, it is kept and handed over as it came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import delete, func, select

from memorial.domain.errors import NotOpen
from memorial.domain.ids import new_public_id
from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey, ContributionKey
from memorial.models import Contribution, Enclosure, Item, Message
from memorial.services import custody, photographs
from memorial.services.photographs import Received
from memorial.storage import Storage

MOST = 5  # files with one message
LARGEST = 50 << 20  # bytes; what is larger goes the way of photographs and recordings


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file beside a message, as its two sides see it."""

    public_id: str
    name: str
    mime: str
    bytes: int


def receive(storage: Storage, key: ContributionKey, stream: BinaryIO, name: str) -> Received:
    """Keep a file as it came. Raises Refused (empty, too_large_bytes) and NoRoom."""
    return photographs.receive(storage, key, stream, name, LARGEST)


def enclose(
    session: GatedSession,
    keys: ArchiveKey,
    contribution: Contribution,
    message: Message,
    files: Iterable[Received],
    *,
    now: datetime,
) -> None:
    """The files belong to the message from now on."""
    session.flush()
    key = custody.contribution_key(keys, contribution)
    for kept in files:
        session.add(
            Enclosure(
                public_id=new_public_id(),
                message_id=message.id,
                contribution_id=contribution.id,
                file_name=key.encrypt(kept.file_name.encode()),
                mime=kept.kind.mime,
                sha256=kept.stored.sha256_plain,
                bytes=kept.stored.bytes_plain,
                storage_key=kept.stored.storage_key,
                received_at=now,
            )
        )
    session.flush()


def said_since(session: GatedSession, contribution: Contribution, author: str, last: int) -> Message | None:
    """What this author said about a contribution after the message of that number, if they said anything."""
    wanted = select(Message).where(Message.contribution_id == contribution.id, Message.author == author)
    return session.scalars(wanted.where(Message.id > last).order_by(Message.id.desc()).limit(1)).first()


def last_number(session: GatedSession, contribution: Contribution) -> int:
    """The number of the last message there is about a contribution; 0 for none."""
    wanted = select(func.max(Message.id)).where(Message.contribution_id == contribution.id)
    return session.scalar(wanted) or 0


def beside(
    session: GatedSession, keys: ArchiveKey, message_ids: Sequence[int]
) -> Mapping[int, Sequence[Enclosed]]:
    """The files of each of these messages."""
    found: dict[int, list[Enclosed]] = defaultdict(list)
    wanted = select(Enclosure).where(Enclosure.message_id.in_(message_ids)).order_by(Enclosure.id)
    for row in session.scalars(wanted) if message_ids else ():
        name = custody.open_words(session, keys, row.contribution_id, row.file_name)
        found[row.message_id].append(Enclosed(row.public_id, name, row.mime, row.bytes))
    return found


def of_family(session: GatedSession, contribution_id: int, public_id: str) -> Enclosure:
    """A file that the holder of the code sent or was sent. Raises NotOpen for any other."""
    wanted = (
        select(Enclosure)
        .join(Message, Message.id == Enclosure.message_id)
        .where(Enclosure.public_id == public_id, Enclosure.contribution_id == contribution_id)
        .where(Message.direction.in_(("to_family", "to_desk")))
    )
    return session.scalars(wanted).first() or _none()


def of_item(session: GatedSession, actor: Actor, item: Item, public_id: str, *, now: datetime) -> Enclosure:
    """A file of an item's messages, for somebody of the desk who reads the item; logged before it is opened."""
    wanted = (
        select(Enclosure)
        .join(Message, Message.id == Enclosure.message_id)
        .where(Enclosure.public_id == public_id, Message.item_id == item.id)
    )
    found = session.scalars(wanted).first() or _none()
    thing = f"enclosure:{found.public_id}"
    custody.log(
        session, actor, "enclosure_opened", thing, found.contribution_id, now=now, digest=found.sha256
    )
    return found


def _none() -> Enclosure:
    raise NotOpen("no_enclosure")


def open_file(
    session: GatedSession, keys: ArchiveKey, storage: Storage, found: Enclosure
) -> tuple[BinaryIO, str]:
    """The plain file and its name. Raises Damaged and Missing before the first byte."""
    contribution = session.get_one(Contribution, found.contribution_id)
    key = custody.contribution_key(keys, contribution)
    return storage.open_original(found.storage_key, key), key.decrypt(found.file_name).decode()


def forget(session: GatedSession, contribution_id: int) -> list[str]:
    """Before an erasure deletes the messages: the rows go; returns where the files lie."""
    mine = Enclosure.contribution_id == contribution_id
    files = list(session.scalars(select(Enclosure.storage_key).where(mine)))
    session.execute(delete(Enclosure).where(mine))
    return files
