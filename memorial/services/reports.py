"""Something is wrong, or should come down: a case for the desk, answered by its own return code.

item = hand_over(session, keys, contribution, draft, Sending(send_key, "az"), now)
"""

from __future__ import annotations

from datetime import datetime

from memorial.domain import tasks
from memorial.domain.ids import new_public_id
from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Contribution, Item, Report
from memorial.services import review
from memorial.services.contribute import Draft, item_of
from memorial.services.sending import Sending

FORMS = {"report": "mistake", "take_down": "take_down"}


def hand_over(
    session: GatedSession,
    keys: ArchiveKey,
    contribution: Contribution,
    draft: Draft,
    sending: Sending,
    now: datetime,
) -> Item:
    """What is wrong, in the sender's words, as an item of the desk."""
    item = item_of(session, contribution.id)
    actor = Actor.family(contribution.public_id, contribution.id)
    row = tasks.task(contribution.task)
    report = Report(
        public_id=new_public_id(),
        record_id=item.record_id,
        contribution_id=contribution.id,
        page=str(draft.answers.get("page", "")),
        kind=FORMS[row.item],
        body="",
        created_at=now,
    )
    session.add(report)
    session.flush()
    item.report_id, item.language = report.id, sending.language
    review.advance(session, actor, item, "send", now=now, keys=keys)
    words = str(draft.answers.get("wrong", ""))
    if words:
        review.say(session, item, actor, words, now=now, keys=keys, direction="to_desk")
    draft.sent = dict(draft.answers)
    return item
