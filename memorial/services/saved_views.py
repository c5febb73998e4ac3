"""Filters of the queue under a name: their owner's, or shared with everybody at the desk.

    keep(session, actor, "Tributes in Turkish", {"kind": "tribute", "language": "tr"}, now=now)
    listed(session, actor)                       # own ones and shared ones, by name
    change(session, actor, view_id, "rename", name="…")   # rename, share, unshare, delete: the owner alone

What "mine" or "languages I read" means follows whoever opens the view.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from memorial.domain.errors import Invalid, NotOpen
from memorial.gate import Actor, GatedSession
from memorial.models import Account, SavedView

MOST, MOST_SHARED, LONGEST = 30, 60, 60
CHANGES = ("rename", "share", "unshare", "delete")


@dataclass(frozen=True, slots=True)
class View:
    """One of them, for the list above the queue."""

    id: int
    name: str
    filters: Mapping[str, str]
    mine: bool
    shared: bool
    owner: str


def listed(session: GatedSession, actor: Actor) -> list[View]:
    """Own views first, then those that others share."""
    wanted = (
        select(SavedView, Account.name, Account.email)
        .join(Account, Account.id == SavedView.account_id)
        .where(or_(SavedView.account_id == actor.account_id, SavedView.shared))
        .order_by(SavedView.account_id != actor.account_id, func.lower(SavedView.name), SavedView.id)
        .limit(MOST + MOST_SHARED)
    )
    return [
        View(
            view.id, view.name, {str(key): str(value) for key, value in view.filters.items()},
            view.account_id == actor.account_id, view.shared, name or email,
        )
        for view, name, email in session.execute(wanted)
    ]  # fmt: skip


def keep(
    session: GatedSession, actor: Actor, name: str, filters: Mapping[str, str], *, now: datetime
) -> SavedView:
    """A new view. Raises Invalid: nothing to save, no name, one of that name, or too many."""
    if not filters:
        raise Invalid("view_empty", field="name")
    mine = _own(session, actor)
    if len(mine) >= MOST:
        raise Invalid("view_too_many", field="name", most=MOST)
    view = SavedView(
        account_id=actor.account_id, name=_name(name, mine), filters=dict(filters), created_at=now
    )
    session.add(view)
    session.flush()
    return view


def change(session: GatedSession, actor: Actor, view_id: int, how: str, *, name: str = "") -> None:
    """What its owner does with it. Raises NotOpen for one that is not theirs, Invalid for a name that is none."""
    mine = _own(session, actor)
    view = next((each for each in mine if each.id == view_id), None)
    if view is None or how not in CHANGES:
        raise NotOpen("view")
    if how == "rename":
        view.name = _name(name, [each for each in mine if each is not view])
    elif how == "delete":
        session.delete(view)
    else:
        view.shared = how == "share"
    session.flush()


def _own(session: GatedSession, actor: Actor) -> Sequence[SavedView]:
    """Locked with their account, so that two forms at once do not make two of one name."""
    session.scalars(select(Account.id).where(Account.id == actor.account_id).with_for_update()).first()
    return session.scalars(select(SavedView).where(SavedView.account_id == actor.account_id)).all()


def _name(said: str, others: Sequence[SavedView]) -> str:
    name = " ".join(said.split())
    if not name:
        raise Invalid("view_name_missing", field="name")
    if len(name) > LONGEST:
        raise Invalid("view_name_long", field="name", most=LONGEST)
    if name.casefold() in {each.name.casefold() for each in others}:
        raise Invalid("view_name_taken", field="name")
    return name
