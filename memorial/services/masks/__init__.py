"""Masks: what is withheld of a recording, in its words, its sound and its picture.

    spans(session, media_id)                     # what the copies leave out; of masks that stand
    find(…), place(…), widen(…)                  # masks/finding.py, placing.py: words leave every place at once
    ask_lift(…), lift(…), leftovers(…)           # masks/lifting.py: by the party's word, with two people
    still_said(session, keys, draft)             # before a transcript is released: what it says in spite of a mask

Words that are masked are in no row that a page, an index or an export reads: they lie in `Mask.taken_out`,
encrypted under the contribution's key, and are gone for good when that is destroyed.
"""

from __future__ import annotations

from sqlalchemy import select

from memorial.domain.masks import Span
from memorial.gate import GatedSession
from memorial.models import Mask
from memorial.services.masks.finding import Find, Wanted, choose, find
from memorial.services.masks.kept import span_of
from memorial.services.masks.lifting import Leftover, Word, agreed, ask_lift, leftovers, lift
from memorial.services.masks.placing import Order, place, widen
from memorial.services.masks.saying import Still, says_masked, still_said

__all__ = [
    "Find", "Leftover", "Order", "Still", "Wanted", "Word", "agreed", "ask_lift", "choose", "find", "leftovers",
    "lift", "place", "says_masked", "spans", "still_said", "widen",
]  # fmt: skip


def spans(session: GatedSession, media_id: int) -> list[Span]:
    """What is withheld in the sound and picture of a recording, in order; a mask of words alone has no span."""
    wanted = select(Mask).where(Mask.media_id == media_id, Mask.lifted_at.is_(None), Mask.ends > Mask.starts)
    return [
        span_of(row)
        for row in session.scalars(wanted.order_by(Mask.starts, Mask.id))
        if row.sound or row.picture
    ]
