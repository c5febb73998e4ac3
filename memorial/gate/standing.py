"""Whether whoever acts may still act: read anew inside the transaction that writes.

    as_it_stands(session, actor)    # the actor with the roles it has now; None: the account or its browser ended

A request reads who is there when it begins. Until it writes, an administrator may have ended the
account, its sessions or a role: so `may` asks here again, once for each writing transaction. On
SQLite the transaction holds the one lock that writes; on PostgreSQL the rows are locked against
change until it ends. An act is thus wholly before such an end, or it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from memorial.domain import workflow
from memorial.gate.reader import Actor
from memorial.gate.sessions import GatedSession
from memorial.models import Account, AccountSession


def roles_now(roles: Iterable[str], ends_at: datetime | None, now: datetime) -> frozenset[str]:
    """The roles that an account has at this moment: what an approved reader may ends with its time."""
    over = ends_at is not None and ends_at <= now
    return frozenset(roles) - ({workflow.READER} if over else frozenset())


def as_it_stands(session: GatedSession, actor: Actor, now: datetime) -> Actor | None:
    """The actor in this transaction. Families, commands and the program itself have no account to look at."""
    if not actor.account_id or not session.info["writes"]:
        return actor
    known: dict[Actor, Actor | None] = session.info.setdefault("standing", {})
    if actor not in known:
        known[actor] = _read(session, actor, now)
    return known[actor]


def _read(session: GatedSession, actor: Actor, now: datetime) -> Actor | None:
    wanted = select(Account.roles, Account.ends_at, Account.disabled_at).where(Account.id == actor.account_id)
    found = session.execute(wanted.with_for_update(read=True)).first()
    if found is None:  # accounts are never deleted; who has no row was not made by signing in
        return actor
    if found.disabled_at is not None or not _browser_stands(session, actor):
        return None
    return replace(actor, roles=actor.roles & roles_now(found.roles, found.ends_at, now))


def _browser_stands(session: GatedSession, actor: Actor) -> bool:
    if not actor.session_id:
        return True
    wanted = select(AccountSession.id).where(
        AccountSession.id == actor.session_id, AccountSession.revoked_at.is_(None)
    )
    return session.scalar(wanted.with_for_update(read=True)) is not None
