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
from memorial.services.published import amending, history, objects


@dataclass(frozen=True, slots=True)
class Amendment:
    """`against` is why it cannot be published now."""

    kind: str
    id: str
    is_new: bool
    changes: Sequence[FieldChange]
    against: str
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
    return Amendment(kind.name, content["id"], stood is None, changes, against, accused)
