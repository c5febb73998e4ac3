"""Taking back, in three depths: hide, seal, erase. Hiding needs no reason and nobody's approval.

    hide(session, actor, contribution, now=now)          # public and research end with this commit
    seal(session, actor, contribution, now=now)           # the desk's custody ends too, but the consent officer's
    show_again(session, actor, contribution, said, …)     # the family's own new yes
    ask_erasure(session, actor, contribution, now=now)    # hidden at once, an item that waits 14 days
    erase(session, actor, contribution, now=now)          # called by the workflow alone, after two people

Ledger and audit stay and still verify: they hold no words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update

from memorial.domain import consent as rules
from memorial.domain.consent import Grants
from memorial.domain.errors import NotOpen, NotPermitted
from memorial.domain.hints import FILED
from memorial.gate import Actor, GatedSession
from memorial.models import (
    Confirmation,
    Contribution,
    Derivative,
    DestroyedKey,
    Evidence,
    FormerCode,
    Item,
    ItemCheck,
    Media,
    Message,
    Part,
    Party,
    Person,
    Proposal,
    Record,
    Remembrance,
    Report,
    Revision,
    Upload,
    UploadPiece,
)
from memorial.services import consent, custody, enclosures, evidence, search_index, wall_index
from memorial.services.audit import Act, record_act
from memorial.services.consent import Said
from memorial.services.links import let_go


def records_of(session: GatedSession, contribution_id: int) -> list[Record]:
    """The records in which a contribution has parts."""
    wanted = select(Part.record_id).where(Part.contribution_id == contribution_id).distinct()
    return list(session.scalars(select(Record).where(Record.id.in_(wanted)).order_by(Record.id)))


def hide(
    session: GatedSession,
    actor: Actor,
    contribution: Contribution,
    *,
    now: datetime,
    notice: bool = False,
    method: str = "code",
) -> None:
    """The contributor's latest entry allows nothing, but the notice where that is wished."""
    party = consent.party_of(session, "contributor", contribution.id)
    for record in records_of(session, contribution.id):
        will = {"notice": rules.chosen(["public", "research"], ["view"])} if notice else {}
        said = Said(party, "will", will, method=method, language=contribution.language)
        consent.append(session, record, said, by=actor, at=now)
        record_act(session, actor, Act("hide", f"record:{record.public_id}"), now)
        second_place(
            session,
            kind="hidden",
            record=record.public_id,
            contribution=contribution.public_id,
            at=now.isoformat(),
        )
    contribution.hidden_at = now


def show_again(
    session: GatedSession,
    actor: Actor,
    contribution: Contribution,
    will: Mapping[str, Grants],
    *,
    now: datetime,
    form_id: int | None = None,
) -> None:
    """The family says yes anew; the archive's own yes still stands, so nothing is published by this alone."""
    if contribution.erased_at is not None:
        raise NotOpen("erased")
    party = consent.party_of(session, "contributor", contribution.id)
    for record in records_of(session, contribution.id):
        said = Said(party, "will", will, form_id=form_id, language=contribution.language)
        consent.append(session, record, said, by=actor, at=now)
        record_act(session, actor, Act("show_again", f"record:{record.public_id}"), now)
        second_place(session, kind="shown_again", record=record.public_id, at=now.isoformat())
    contribution.hidden_at = None


def seal(
    session: GatedSession,
    actor: Actor,
    contribution: Contribution,
    *,
    now: datetime,
    method: str = "code",
) -> None:
    """Kept dark at a party's wish: hidden, and read by nobody of the desk but the consent officer."""
    if contribution.hidden_at is None:
        hide(session, actor, contribution, now=now, method=method)
    _set_sealed(session, actor, contribution, True, now)
    second_place(session, kind="sealed", contribution=contribution.public_id, at=now.isoformat())


def unseal(session: GatedSession, actor: Actor, contribution: Contribution, *, now: datetime) -> None:
    """The desk's custody begins again; nothing is shown by this."""
    _set_sealed(session, actor, contribution, False, now)


def _set_sealed(
    session: GatedSession, actor: Actor, contribution: Contribution, sealed: bool, now: datetime
) -> None:
    for table in consent.guarded_tables():
        session.execute(
            update(table).where(table.contribution_id == contribution.id).values(sealed=sealed),
            execution_options={"projection": True},
        )
    contribution.sealed_at = now if sealed else None
    verb, thing = "seal" if sealed else "unseal", f"contribution:{contribution.public_id}"
    custody.log(session, actor, verb, thing, contribution.id, now=now)
    record_act(session, actor, Act(verb, thing), now)


def ask_erasure(session: GatedSession, actor: Actor, contribution: Contribution, *, now: datetime) -> Item:
    """Hidden at once; after the waiting time two people confirm that it was the code's holder who asked."""
    from memorial.services.review import new_item

    if contribution.hidden_at is None:
        hide(session, actor, contribution, now=now)
    waiting = select(Item).where(
        Item.contribution_id == contribution.id, Item.kind == "erasure", Item.ended_at.is_(None)
    )
    found = session.scalars(waiting).first()
    if found is not None:
        return found
    contribution.erase_asked_at = now
    record = next(iter(records_of(session, contribution.id)), None)
    record_act(session, actor, Act("ask_erasure", f"contribution:{contribution.public_id}"), now)
    due = (now + timedelta(days=14)).date()
    return new_item(session, "erasure", now=now, record=record, contribution=contribution, due_on=due)


def erase(
    session: GatedSession, actor: Actor, contribution: Contribution, *, now: datetime
) -> dict[str, Any]:
    """Delete the words and copies, destroy the key. Returns the receipt; files go as a job after the commit."""
    if contribution.legal_hold:
        raise NotPermitted("no_legal_hold")
    if contribution.hidden_at is None:
        hide(session, actor, contribution, now=now)
    wanted = [Media.storage_key, Derivative.storage_key]
    files = [key for column in wanted for key in session.scalars(
        select(column).where(column.class_.contribution_id == contribution.id))]  # fmt: skip
    mine = select(Upload.id).where(Upload.contribution_id == contribution.id)
    pieces = session.scalars(select(UploadPiece.storage_key).where(UploadPiece.upload_id.in_(mine))).all()
    files = list(dict.fromkeys([*files, *pieces, *evidence.storage_keys(session, contribution.id)]))
    files += enclosures.forget(session, contribution.id)
    receipt = {"files": len(files), "records": len(records_of(session, contribution.id))}
    search_index.forget_contribution(session, contribution.id)
    pages = wall_index.pages_named_by(session, contribution.id)
    _delete_rows(session, contribution)
    wall_index.index_unnamed(session, pages)
    contribution.wrapped_key = None
    contribution.answers = None
    contribution.erased_at = now
    session.add(DestroyedKey(contribution=contribution.public_id, destroyed_at=now))
    custody.log(session, actor, "erased", f"contribution:{contribution.public_id}", contribution.id, now=now)
    record_act(session, actor, Act("erase", f"contribution:{contribution.public_id}", details=receipt), now)
    second_place(session, kind="destroyed_key", contribution=contribution.public_id, at=now.isoformat())
    session.info.setdefault("files_to_delete", []).extend(files)
    consent.move_epoch(session)
    return receipt


def _delete_rows(session: GatedSession, contribution: Contribution) -> None:
    """Everything that holds words of this contribution. Pages and parts stay, empty, so that chains verify."""
    blank: dict[str, Any] = {
        "slug": "",
        "sort_key": "",
        "sort_day": None,
        "content_note": "",
        "external_id": None,
        "rights_statement": "",
        "labels": [],
    }
    session.execute(
        update(Record).where(Record.contribution_id == contribution.id).values(**blank),
        execution_options={"erasure": True},
    )
    items = select(Item.id).where(Item.contribution_id == contribution.id)
    session.execute(
        delete(Message).where(or_(Message.item_id.in_(items), Message.contribution_id == contribution.id))
    )
    # Why a hint was none may quote what was sent. The lines of the checklist have no words.
    session.execute(delete(ItemCheck).where(ItemCheck.item_id.in_(items), ItemCheck.check.startswith(FILED)))
    session.execute(update(Part).where(Part.contribution_id == contribution.id).values(policy_id=None))
    session.execute(
        update(Party).where(Party.contribution_id == contribution.id).values(contact=None, who=None)
    )
    _forget_evidence(session, contribution)
    asked = update(Report).where(Report.contribution_id == contribution.id)
    session.execute(asked.values(page="", body="", ground="", facts={}, contact=None))
    _forget_revisions(session, contribution)
    uploads = select(Upload.id).where(Upload.contribution_id == contribution.id)
    session.execute(delete(UploadPiece).where(UploadPiece.upload_id.in_(uploads)))
    session.execute(delete(Upload).where(Upload.contribution_id == contribution.id))
    session.execute(
        update(Person).where(Person.contribution_id == contribution.id).values(label="", note="", roles=[]),
        execution_options={"erasure": True},
    )
    for table in _children_first():
        mine = table.contribution_id == contribution.id
        if hasattr(table, "id"):
            let_go(session, table, mine)
        session.execute(delete(table).where(mine), execution_options={"erasure": True})


def _forget_evidence(session: GatedSession, contribution: Contribution) -> None:
    """What supported a yes that staff entered, and the codes that were replaced. The ledger keeps its hashes."""
    items = select(Item.id).where(Item.contribution_id == contribution.id)
    mine = select(Evidence.id).where(Evidence.contribution_id == contribution.id)
    session.execute(delete(Proposal).where(or_(Proposal.item_id.in_(items), Proposal.evidence_id.in_(mine))))
    session.execute(delete(Evidence).where(Evidence.contribution_id == contribution.id))
    session.execute(delete(FormerCode).where(FormerCode.contribution_id == contribution.id))


def _forget_revisions(session: GatedSession, contribution: Contribution) -> None:
    """The contents as they stood; what was looked at and confirmed stays, without saying for which."""
    mine = select(Revision.id).where(Revision.contribution_id == contribution.id)
    for table in (ItemCheck, Confirmation, Item):
        session.execute(update(table).where(table.revision_id.in_(mine)).values(revision_id=None))
    session.execute(delete(Revision).where(Revision.contribution_id == contribution.id))


# Shells without a word, which other people's rows may hang on.
SHELLS = (Record, Person, Remembrance)


def _children_first() -> list[Any]:
    """Guarded tables in an order in which their rows can go; the shells stay."""
    from memorial.db import Base

    order = [table.name for table in reversed(Base.metadata.sorted_tables)]
    tables = [table for table in consent.guarded_tables() if table not in SHELLS]
    return sorted(tables, key=lambda table: order.index(table.__tablename__))


def second_place(session: GatedSession, **line: Any) -> None:
    """What must also be written outside the database before this commit counts (DESIGN, the archive's key)."""
    session.info.setdefault("second_place", []).append(line)
