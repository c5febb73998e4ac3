"""Sending, whichever of the six tasks it is: once, however often the form comes.

    item = send(session, keys, contribution, Sending(send_key, "az"), now=now)

What is the same for all of them is here (the lock, the key of the form, the sheet as it was
sent); the rest is done by the way its task goes (domain/tasks.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from memorial.domain.tasks import Way, task
from memorial.gate import GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Contribution, Item
from memorial.services import distress, reports, sending, tributes
from memorial.services.contribute import Draft, item_of, keep, locked, read
from memorial.services.sending import Sending

HandOver = Callable[[GatedSession, ArchiveKey, Contribution, Draft, Sending, datetime], Item]

WAYS: Mapping[Way, HandOver] = {
    "record": sending.hand_over,
    "tribute": tributes.hand_over,
    "report": reports.hand_over,
}


def send(
    session: GatedSession, keys: ArchiveKey, contribution: Contribution, one: Sending, *, now: datetime
) -> Item:
    """Hand the answers to the archive. The same form sent again changes nothing and says the same.

    Raises NotPermitted (`said_enough`, `kept`) while something that is needed is missing.
    """
    contribution = locked(session, contribution.id)
    if contribution.send_key == one.send_key:
        return item_of(session, contribution.id)
    draft = read(keys, contribution)
    draft.answers.setdefault("form_language", one.language)
    item = WAYS[task(contribution.task).way](session, keys, contribution, draft, one, now)
    distress.look(session, item, distress.said_in(draft.answers))
    contribution.send_key = one.send_key
    contribution.language = one.language
    contribution.sent_at = contribution.sent_at or now
    keep(session, keys, contribution, draft, now=now)
    return item
