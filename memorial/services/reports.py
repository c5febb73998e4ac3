"""Something is wrong, or should come down: a case for the desk, answered by its own return code.

    item = hand_over(session, keys, contribution, draft, Sending(send_key, "az"), now)
    case_of(session, keys, item)          # what the desk reads of it

The words stay on the contribution's encrypted sheet; the row holds keys of choices and the
address it is about. Nothing on the page changes by it, however often it is asked: a person of
the desk looks, and hides where there is a reason (docs/decisions/0008).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from memorial.domain import tasks, workflow
from memorial.domain.addresses import KIND_OF
from memorial.domain.errors import NotOpen, NotPermitted
from memorial.domain.ids import is_public_id, new_public_id
from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey, CannotDecrypt
from memorial.models import Contribution, Item, Record, Report
from memorial.services import consent, contribute, review
from memorial.services import contribution_content as content
from memorial.services.audit import Act, record_act
from memorial.services.contribute import Draft, item_of
from memorial.services.custody import contribution_key
from memorial.services.sending import Sending

FORMS = {"report": "mistake", "take_down": "take_down"}
GROUNDS = ("safety", "privacy", "consent", "rights", "wrong", "other")
# What the desk enters besides, for a case that came by letter or telephone.
DESK_GROUNDS = ("named", "wrong", "rights", "child", "safety", "court_order", "privacy", "consent", "other")
WHO = ("named", "seen", "heard", "relative", "rights_holder", "other")
# What the desk reads of the sheet, in this order. How to reach the sender is not among it.
WORDS = ("complainant", "passage", "wrong", "how_known")
LONGEST_PAGE, DAYS = 300, 2


@dataclass(frozen=True, slots=True)
class Case:
    """What somebody says about a page. `words` pairs the question's key with what was answered."""

    page: str
    ground: str
    who: str
    words: tuple[tuple[str, str], ...]
    gone: bool = False  # removed for good


def hand_over(
    session: GatedSession,
    keys: ArchiveKey,
    contribution: Contribution,
    draft: Draft,
    sending: Sending,
    now: datetime,
) -> Item:
    """What is wrong, in the sender's words, as an item of the desk. Raises NotPermitted (`said_enough`)."""
    if content.missing(draft.answers):
        raise NotPermitted("said_enough")
    item = item_of(session, contribution.id)
    review.lock(session, item)
    actor = Actor.family(contribution.public_id, contribution.id)
    if item.state in workflow.ENDED_STATES:
        item = review.new_item(
            session, tasks.task(contribution.task).item, now=now, state=workflow.DRAFT, contribution=contribution,
            record=session.get(Record, item.record_id) if item.record_id else None,
        )  # fmt: skip
    _describe(session, contribution, item, draft.answers, now)
    _leave_contact(session, keys, contribution, draft.answers)
    item.language = sending.language
    draft.sent = dict(draft.answers)
    if item.state == workflow.DRAFT:
        item.due_on = review.due_on(now, DAYS) if item.kind == "take_down" else None
        review.advance(session, actor, item, "send", now=now, keys=keys)
    else:
        item.version += 1
        record_act(session, actor, Act("change", f"item:{item.public_id}", item.state, item.state), now)
    if sending.note:
        review.say(session, item, actor, sending.note, now=now, keys=keys, direction="to_desk")
    return item


def _describe(
    session: GatedSession, contribution: Contribution, item: Item, answers: content.Answers, now: datetime
) -> None:
    """The row of the case: what was chosen, never what was written."""
    page = str(answers.get("page", "")).strip()[:LONGEST_PAGE]
    item.record_id = item.record_id or _record_at(session, page)
    report = session.get(Report, item.report_id) if item.report_id else None
    if report is None:
        report = Report(public_id=new_public_id(), contribution_id=contribution.id, body="", created_at=now)
        report.kind = FORMS[item.kind]
        session.add(report)
    report.record_id, report.page = item.record_id, page
    report.ground = _one_of((*GROUNDS, *DESK_GROUNDS), answers.get("ground"))
    report.facts = {"who": _one_of(WHO, answers.get("who_you_are"))}
    session.flush()
    item.report_id = report.id
    record = session.get(Record, item.record_id) if item.record_id else None
    marks = review.marks_for_specialists(session, record, contribution)
    item.flags = sorted({*item.flags, *marks})


def _one_of(known: tuple[str, ...], said: object) -> str:
    return str(said) if said in known else ""


def _record_at(session: GatedSession, page: str) -> int | None:
    """The record whose page it is, if it is one: /people/… and their like, without the language."""
    room, _, rest = page.lstrip("/").partition("/")
    public_id = rest.split("/")[0]
    kind = KIND_OF.get(f"/{room}")
    if kind is None or not is_public_id(public_id):
        return None
    return session.scalars(
        select(Record.id).where(Record.public_id == public_id, Record.kind == kind)
    ).first()


def _leave_contact(
    session: GatedSession, keys: ArchiveKey, contribution: Contribution, answers: content.Answers
) -> None:
    party = consent.party_of(session, "contributor", contribution.id)
    contact = content.contact_of(answers)
    party.contact = contribution_key(keys, contribution).encrypt(contact.encode()) if contact else None


# -- at the desk --------------------------------------------------------------------------------


def case_of(session: GatedSession, keys: ArchiveKey, item: Item) -> Case | None:
    """What the desk reads; None for an item that nobody asked for."""
    report = session.get(Report, item.report_id) if item.report_id else None
    if report is None:
        return None
    try:
        sent = _sheet(session, keys, item)
    except (NotOpen, CannotDecrypt):
        return Case(report.page, report.ground, report.facts.get("who", ""), (), gone=True)
    words = tuple((name, str(sent[name])) for name in WORDS if sent.get(name))
    return Case(report.page, report.ground, report.facts.get("who", ""), words)


def _sheet(session: GatedSession, keys: ArchiveKey, item: Item) -> Mapping[str, object]:
    if item.contribution_id is None:
        return {}
    return contribute.read(keys, session.get_one(Contribution, item.contribution_id)).sent
