"""Writing the archive's trusted time down, and a person's word that the clock is right."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from memorial.gate import Actor, GatedSession
from memorial.models import Head
from memorial.services.audit import Act, record_act


def write_down(session: GatedSession, trusted: datetime, distrusted: bool) -> None:
    """The heartbeat: what the next start compares the wall clock with."""
    session.execute(update(Head).values(trusted_time=trusted, time_distrusted=distrusted))


def confirm(session: GatedSession, actor: Actor, now: datetime) -> None:
    """Somebody has looked at the wall clock after a jump; it is in the log who."""
    write_down(session, now, False)
    record_act(session, actor, Act("confirm_time", "archive"), now)
