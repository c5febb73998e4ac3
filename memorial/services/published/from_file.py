"""Changes that a file would make to what is there, put before the desk as proposals instead.

    import_objects(…, propose=proposer(session, actor, keys=keys, now=now))

Nothing of the object changes until somebody at the desk publishes the proposal.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from memorial.domain.errors import Invalid, NotPermitted, Stale
from memorial.formats.jsonl import Fault, Row
from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey
from memorial.services.collection.running import Propose
from memorial.services.published import objects, proposing
from memorial.services.published.proposing import Change


def proposer(session: GatedSession, actor: Actor, *, keys: ArchiveKey, now: datetime) -> Propose:
    def propose(kind: str, row: Row, stood: Mapping[str, Any], said: Mapping[str, Any]) -> Fault | None:
        change = Change(
            kind, str(row.value["id"]), stood, proposing.mark(stood), said, f"{row.file}, line {row.line}"
        )
        there = objects.place_of(session, kind, change.id)
        open_ = proposing.open_for(session, there)
        if open_ is not None:
            if objects.same(open_.given, said):
                return None  # the same file again
            return _fault(row, "a proposal of this object waits at the desk", "decide it first")
        try:
            proposing.save(session, actor, change, keys=keys, now=now)
        except (Invalid, NotPermitted, Stale) as wrong:
            return _fault(row, f"it cannot wait as a proposal ({wrong.key})", "change it at the desk")
        return None

    return propose


def _fault(row: Row, problem: str, advice: str) -> Fault:
    return Fault(row.file, row.line, "", problem, advice)
