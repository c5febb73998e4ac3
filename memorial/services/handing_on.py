"""A new code in place of the old one: handed on to the next of kin, or after the old one was lost.

    issued = replace(session, keys, contribution, "handed_on", by=actor, now=now)   # issued.code: this once
    take_back(session, keys, former_id, now=now)    # the old code counts again (codes.CodeReplaced names it)

A code can be stolen, and the thief could hand it on. So the code that was replaced opens nothing
any more, but for fourteen days it can end the one that took its place, and for longer if meanwhile
somebody asked to remove everything: nothing is erased before whoever lost the code could say no.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from memorial.domain.errors import NotOpen
from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Contribution, FormerCode, Item
from memorial.services import codes, contribute, custody, review
from memorial.services.audit import Act, record_act
from memorial.services.codes import Issued

TAKES_BACK_FOR = timedelta(days=14)
HANDED_ON, LOST = "handed_on", "lost"


def replace(
    session: GatedSession,
    keys: ArchiveKey,
    contribution: Contribution,
    issued: Issued,
    why: str,
    *,
    by: Actor,
    now: datetime,
) -> Issued:
    """The old code ends with every session it opened, a new one begins. `issued.code` is shown once and kept
    nowhere. Raises NotOpen."""
    if contribution.erased_at is not None:
        raise NotOpen("erased")
    issued = codes.free(session, keys, issued)
    former = FormerCode(
        contribution_id=contribution.id,
        locator=contribution.locator,
        code_hash=contribution.code_hash,
        why=why,
        replaced_at=now,
        until=now + TAKES_BACK_FOR,
    )
    session.add(former)
    contribution.locator, contribution.code_hash = issued.code.locator, issued.code_hash
    _shut_the_doors(session, keys, contribution, now)
    _write_down(session, by, f"code_{why}", contribution, now)
    return issued


def _shut_the_doors(
    session: GatedSession, keys: ArchiveKey, contribution: Contribution, now: datetime
) -> None:
    draft = contribute.read(keys, contribution)
    draft.doors += 1
    contribute.keep(session, keys, contribution, draft, now=now)


def still_counts(session: GatedSession, former: FormerCode, now: datetime) -> bool:
    """Whether it can end the code that took its place."""
    if now < former.until:
        return True
    contribution = session.get_one(Contribution, former.contribution_id)
    asked = contribution.erase_asked_at
    return contribution.erased_at is None and asked is not None and asked < former.until


def former_by_id(session: GatedSession, former_id: int, now: datetime) -> FormerCode:
    """The replaced code whose holder has shown it. Raises NotOpen once it is worth nothing."""
    former = session.get(FormerCode, former_id)
    if former is None or not still_counts(session, former, now):
        raise NotOpen("former_code")
    return former


def take_back(session: GatedSession, keys: ArchiveKey, former_id: int, *, now: datetime) -> Contribution:
    """The old code counts again and every later one ends; a removal asked for meanwhile is called off.

    Whatever was hidden stays hidden until the holder shows it again.
    """
    former = former_by_id(session, former_id, now)
    wanted = select(Contribution).where(Contribution.id == former.contribution_id).with_for_update()
    contribution = session.scalars(wanted.execution_options(populate_existing=True)).one()
    replaced_at = former.replaced_at
    contribution.locator, contribution.code_hash = former.locator, former.code_hash
    later = or_(FormerCode.id == former.id, FormerCode.replaced_at >= replaced_at)
    session.execute(delete(FormerCode).where(FormerCode.contribution_id == contribution.id, later))
    actor = Actor.family(contribution.public_id, contribution.id)
    _call_off(session, keys, contribution, actor, replaced_at, now)
    _shut_the_doors(session, keys, contribution, now)
    _write_down(session, actor, "code_taken_back", contribution, now)
    return contribution


def _call_off(
    session: GatedSession,
    keys: ArchiveKey,
    contribution: Contribution,
    actor: Actor,
    since: datetime,
    now: datetime,
) -> None:
    """What the holder of the later code asked for was not the family's wish."""
    if contribution.erase_asked_at is None or contribution.erase_asked_at < since:
        return
    wanted = select(Item).where(
        Item.contribution_id == contribution.id, Item.kind == "erasure", Item.ended_at.is_(None)
    )
    for item in session.scalars(wanted).all():
        review.advance(session, actor, item, "take_back", now=now, keys=keys)
    contribution.erase_asked_at = None


def _write_down(
    session: GatedSession, actor: Actor, verb: str, contribution: Contribution, now: datetime
) -> None:
    thing = f"contribution:{contribution.public_id}"
    record_act(session, actor, Act(verb, thing), now)
    custody.log(session, actor, verb, thing, contribution.id, now=now)


def forget(session: GatedSession, now: datetime) -> int:
    """Codes that are worth nothing any more go; returns how many."""
    over = session.scalars(select(FormerCode).where(FormerCode.until <= now)).all()
    gone = [former for former in over if not still_counts(session, former, now)]
    for former in gone:
        session.delete(former)
    return len(gone)
