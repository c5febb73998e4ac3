"""A memory, or a quiet sign, on somebody's page: rows and parts of the sender's own on a record that is there.

item = hand_over(session, keys, contribution, draft, Sending(send_key, "az"), now)
"""

from __future__ import annotations

from datetime import datetime

from memorial.domain.errors import NotPermitted
from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Contribution, Item
from memorial.services import review
from memorial.services.contribute import Draft, find_record, item_of
from memorial.services.sending import Sending


def hand_over(
    session: GatedSession,
    keys: ArchiveKey,
    contribution: Contribution,
    draft: Draft,
    sending: Sending,
    now: datetime,
) -> Item:
    """Its words become a row of the page it was left on; nothing of it is shown before the desk says yes."""
    record = find_record(session, contribution)
    if record is None:
        raise NotPermitted("said_enough")
    item = item_of(session, contribution.id)
    item.language = sending.language
    actor = Actor.family(contribution.public_id, contribution.id)
    review.advance(session, actor, item, "send", now=now, keys=keys)
    draft.sent = dict(draft.answers)
    return item
