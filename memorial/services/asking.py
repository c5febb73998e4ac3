"""The first half of an act of two people: somebody asks for it, and a row waits until another agrees.

    proposal = ask_another(session, actor, item, "unmask", {"party": 7}, details={…}, thing="record:7b…", now=now)

What each act needs before it may be asked for, its own service says; agreeing is services/proposals.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from memorial.domain.ids import new_public_id
from memorial.gate import Actor, GatedSession
from memorial.models import Item, Proposal
from memorial.services.audit import Act, record_act


def ask_another(
    session: GatedSession,
    actor: Actor,
    item: Item,
    verb: str,
    particulars: Mapping[str, Any],
    *,
    thing: str,
    details: Mapping[str, Any],
    now: datetime,
    evidence_id: int | None = None,
    note_hash: str = "",
) -> Proposal:
    """The row and its line in the chain of decisions. Whoever looked at the item before sees that it moved."""
    proposal = Proposal(
        public_id=new_public_id(), item_id=item.id, evidence_id=evidence_id, verb=verb,
        particulars=dict(particulars), asked_by=actor.label, asked_at=now,
    )  # fmt: skip
    session.add(proposal)
    item.version += 1
    said = {"item": item.public_id, **details}
    record_act(session, actor, Act(f"asked_{verb}", thing, note_hash=note_hash, details=said), now)
    session.flush()
    return proposal
