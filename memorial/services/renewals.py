"""A yes that comes to its end: who is reminded of it, and how a family renews it with its code.

    due(session, now=now, ahead=timedelta(days=180))        # once a day: an item for each yes that ends
    ending = ending_of(session, keys, contribution, now=now)      # for the family's page; None where nothing ends
    renew(session, keys, contribution, "10", now=now)             # keep it as it is, for ten years or "never"

Nothing here keeps anything open: when the day comes the window closes by itself (domain/lapses.py),
whether or not somebody was reminded. At majority the grown child's own yes is needed, so there the
item asks the desk to find it; the guardian is let go by two people (services/proposals.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.domain import lapses
from memorial.domain.errors import Invalid, NotPermitted
from memorial.gate import Actor, GatedSession, may
from memorial.keys import ArchiveKey
from memorial.models import Contribution, Item, LedgerEntry, Part, Party, PolicyWindow, Record
from memorial.services import contribution_will as content
from memorial.services import review, sending
from memorial.services.audit import Act, record_act
from memorial.services.contribute import Draft, read, record_of

NEVER = "never"
CHOICES = (NEVER, *(str(years) for years in lapses.YEARS))
MAJORITY, TERM = "majority", "term"


@dataclass(frozen=True, slots=True)
class Ending:
    """What the family's page says: when its yes ends or ended, and whether it is renewed there."""

    on: date
    over: bool
    asked_years: str
    soon: bool  # near enough that the family is reminded of it


@dataclass(frozen=True, slots=True)
class Closing:
    """One party's yes that ends within the time ahead."""

    record: Record
    party: Party
    closes: datetime

    @property
    def why(self) -> str:
        return MAJORITY if self.party.kind == "guardian" else TERM


# -- reminding ------------------------------------------------------------------------------


def due(session: GatedSession, *, now: datetime, ahead: timedelta) -> int:
    """An item for each yes that ends within this time and has none yet; returns how many were made."""
    made = 0
    for closing in closings(session, now, now + ahead):
        if not _has_item(session, closing):
            _remind(session, closing, now)
            made += 1
    return made


def closings(session: GatedSession, now: datetime, until: datetime) -> Iterator[Closing]:
    """Every yes that ends between the two. Among what is shown: few policies end at all, so they lead to the records, and the ledgers say whose yes it is."""
    ending = select(PolicyWindow.policy_id).where(PolicyWindow.closes > now, PolicyWindow.closes <= until)
    wanted = select(Part.record_id).where(Part.policy_id.in_(ending)).distinct()
    for record in session.scalars(select(Record).where(Record.id.in_(wanted)).order_by(Record.id)):
        for party_id, will in _latest_wills(session, record.id).items():
            closes = lapses.first_end(rules.will_from_json(will), now)
            party = session.get_one(Party, party_id)
            if closes is not None and closes <= until and party.kind != rules.ARCHIVE:
                yield Closing(record, party, closes)


def _latest_wills(session: GatedSession, record_id: int) -> dict[int, str]:
    wanted = select(LedgerEntry.party_id, LedgerEntry.will).where(
        LedgerEntry.record_id == record_id, LedgerEntry.act == "will"
    )
    return {row[0]: row[1] for row in session.execute(wanted.order_by(LedgerEntry.position))}


def _has_item(session: GatedSession, closing: Closing) -> bool:
    """One item for one end of one contribution's yes, however many of its parties it concerns and however often it is asked."""
    wanted = select(Item).where(
        Item.kind == "renewal",
        Item.record_id == closing.record.id,
        Item.contribution_id.is_not_distinct_from(closing.party.contribution_id),
    )
    at = closing.closes.isoformat()
    return any(item.facts.get("closes") == at for item in session.scalars(wanted))


def _remind(session: GatedSession, closing: Closing, now: datetime) -> None:
    contribution_id = closing.party.contribution_id
    contribution = session.get(Contribution, contribution_id) if contribution_id else None
    item = review.new_item(
        session,
        "renewal",
        now=now,
        record=closing.record,
        contribution=contribution,
        language=contribution.language if contribution else "und",
        due_on=closing.closes.date(),
        facts={"closes": closing.closes.isoformat(), "why": closing.why, "party": closing.party.id},
    )
    record_act(session, Actor.system(), Act("renewal", f"item:{item.public_id}", to_state=item.state), now)


# -- the family -----------------------------------------------------------------------------


def ending_of(draft: Draft, now: datetime, ahead: timedelta = timedelta()) -> Ending | None:
    """When what was agreed ends by the family's own wish; it is soon within the time `ahead`."""
    on = content.whole_day(content.said(draft.agreed, "ask_again_on"))
    years = content.said(draft.agreed, "ask_again")
    if on is None or years in ("", NEVER):
        return None
    at = lapses.ends(on)
    return Ending(on, at <= now, years, at <= now + ahead)


def renew(
    session: GatedSession, keys: ArchiveKey, contribution: Contribution, years: str, *, now: datetime
) -> None:
    """The same yes once more, to the same people and for the same things. Raises Invalid, NotPermitted.

    It widens nothing but the time: what was hidden stays hidden, and a child's yes ends as before.
    """
    if years not in CHOICES:
        raise Invalid("no_such_years", field="ask_again")
    actor = Actor.family(contribution.public_id, contribution.id)
    verdict = may(session, actor, "change", now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    if contribution.erase_asked_at is not None:
        raise NotPermitted("removal_waits")
    draft = read(keys, contribution)
    if ending_of(draft, now) is None:
        raise NotPermitted("nothing_ends")
    for sheet in (draft.agreed, draft.sent, draft.answers):
        sheet["ask_again"], sheet["ask_again_on"] = years, content.asked_again_on(now.date(), years)
    sending.say_again(session, keys, contribution, draft, now=now)
    record = record_of(session, contribution)
    record_act(session, actor, Act("renew", f"record:{record.public_id}"), now)
    _settle(session, keys, contribution, actor, now)


def _settle(
    session: GatedSession, keys: ArchiveKey, contribution: Contribution, actor: Actor, now: datetime
) -> None:
    """The desk need not ask any more. A child that is grown is another matter."""
    wanted = select(Item).where(
        Item.kind == "renewal", Item.contribution_id == contribution.id, Item.ended_at.is_(None)
    )
    for item in session.scalars(wanted).all():
        if item.facts.get("why") == TERM:
            review.advance(session, actor, item, "renew", now=now, keys=keys)
