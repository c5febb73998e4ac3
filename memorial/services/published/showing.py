"""What the page of an amendment shows: which object, what would change in it, and whether it can stand.

amendment_of(session, item)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from memorial.domain.difference import FieldChange
from memorial.gate import GatedSession
from memorial.models import Item, Revision
from memorial.services.published import amending, attached, history, objects
from memorial.services.published.desk_files import DeskFile, files_of


@dataclass(frozen=True, slots=True)
class Amendment:
    """`against` is why it cannot be published now."""

    kind: str
    id: str
    is_new: bool
    changes: Sequence[FieldChange]
    against: str
    files: Sequence[DeskFile] = ()  # those that came, went or are told otherwise
    accused: bool = False  # it has no entry anywhere


def amendment_of(session: GatedSession, item: Item) -> Amendment | None:
    """None where the item holds no object."""
    revision = session.get(Revision, item.revision_id) if item.revision_id else None
    if revision is None or "given" not in revision.content:
        return None
    content: Mapping[str, Any] = revision.content
    kind, stood = objects.kind_of(content["file"]), content["stood"]
    changes = history.changes(kind, stood or {"id": content["id"]}, content["given"])
    against = amending.against(session, item) if item.ended_at is None else ""
    accused = kind.name == amending.PEOPLE and bool(content["given"].get("accused"))
    files = _files(session, revision, stood, content["given"])
    return Amendment(kind.name, content["id"], stood is None, changes, against, files, accused)


def _files(
    session: GatedSession, revision: Revision, stood: Mapping[str, Any] | None, given: Mapping[str, Any]
) -> list[DeskFile]:
    told = {each.id: each for each in (*attached.entries(stood), *attached.entries(given))}
    return files_of(session, revision.record_id, [told[each] for each in attached.touched(stood, given)])
