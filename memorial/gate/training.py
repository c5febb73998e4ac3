"""May machines be trained on what stands at an address? Only if everyone said so of every part that the public sees of it.

trains(session, "7bkmw2q9x4…")      # a session of the public
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from memorial.gate.as_one import pages_of
from memorial.gate.sessions import GatedSession
from memorial.models import Part, PolicyWindow, Record


def _open(use: str) -> Any:
    window = aliased(PolicyWindow)
    return (
        select(window.policy_id)
        .where(window.policy_id == Part.policy_id, window.audience == "public", window.use == use)
        .where(window.opens <= bindparam("low"), window.closes > bindparam("high"))
        .exists()
    )


KEPT_BACK = select(Part.id).where(_open("view"), ~_open("ai_training"))
THIS = select(Record, KEPT_BACK.where(Part.record_id == Record.id).correlate(Record).exists()).where(
    Record.public_id == bindparam("public_id")
)
OTHERS = KEPT_BACK.where(Part.record_id.in_(bindparam("records", expanding=True))).limit(1)


def trains(session: GatedSession, public_id: str) -> bool:
    """Of persons read as one, of all of their pages."""
    moment = session.reader.moment
    clock = {"low": moment.low, "high": moment.high}
    found = session.execute(THIS, {"public_id": public_id, **clock}).one_or_none()
    if found is None or found[1]:
        return False
    if found[0].kind != "remembrance":
        return True
    others = [each.id for each in pages_of(session, found[0]) if each.id != found[0].id]
    return not others or session.scalars(OTHERS, {"records": others, **clock}).first() is None
