"""Hints at the desk: what is seen in an item now, without what somebody looked at and found to be none.

    view = hints_view(session, actor, item, keys=keys, now=now)
    dismiss(session, actor, item, digest, note, keys=keys, now=now)     # with a reason, for this item
    bring_back(session, actor, item, digest, now=now)

A dismissal is filed among the item's checks under a keyed hash of what was seen and where, so that it
stands for later contents that say the same, and tells nothing once the key is destroyed. Its reason may
quote a family: it is ciphertext and goes with an erasure. Hints block nothing and decide nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from memorial.domain.errors import NotOpen, NotPermitted, Stale
from memorial.domain.hints import CHECK_OF, FILED, SHOWN, Hint, Hints, hints_of
from memorial.gate import Actor, GatedSession, may
from memorial.gate.facts import Known
from memorial.gate.permission import sees_words
from memorial.keys import ArchiveKey, CannotDecrypt
from memorial.models import Item, ItemCheck
from memorial.services import custody, desk, review, word_lists
from memorial.services.audit import Act, record_act
from memorial.services.desk_hint_views import Dismissed, Group, HintsView, Open
from memorial.services.hint_facts import seen_of

VERB = "dismiss_hint"
DIGITS = 32  # of the keyed hash


def hints_view(
    session: GatedSession,
    actor: Actor,
    item: Item,
    *,
    keys: ArchiveKey,
    now: datetime,
    whole: bool = False,
    known: Known | None = None,
) -> HintsView:
    """Open hints by kind, at most `SHOWN` of each unless it is to be the whole list; and the dismissed ones."""
    try:
        found, left_out = _found(session, item, keys, now)
    except NotOpen:  # the key was destroyed, and the words with it
        return HintsView()
    rows = _filed(session, item)
    groups = _groups(found, left_out, rows, whole)
    return HintsView(
        groups,
        _dismissed(session, item, keys, found, rows),
        _by_check(groups),
        may(session, actor, VERB, item, now=now, known=known).reason,
    )


def _by_check(groups: Sequence[Group]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for group in groups:
        counted[group.check] += group.total
    return dict(counted)


def _found(
    session: GatedSession, item: Item, keys: ArchiveKey, now: datetime
) -> tuple[dict[str, Hint], Mapping[str, int]]:
    """Every hint by its digest."""
    hashed = custody.hasher(session, keys, item.contribution_id)
    hints: Hints = hints_of(seen_of(session, item, now=now), word_lists.chosen(session))
    return {hashed(json.dumps(hint.identity))[:DIGITS]: hint for hint in hints.kept}, hints.left_out


def _filed(session: GatedSession, item: Item) -> dict[str, ItemCheck]:
    wanted = select(ItemCheck).where(ItemCheck.item_id == item.id, ItemCheck.check.startswith(FILED))
    return {row.check.removeprefix(FILED): row for row in session.scalars(wanted)}


def _groups(
    found: Mapping[str, Hint], left_out: Mapping[str, int], rows: Mapping[str, ItemCheck], whole: bool
) -> list[Group]:
    groups, number = [], 0
    for kind in CHECK_OF:
        waiting = [
            (digest, hint) for digest, hint in found.items() if hint.kind == kind and digest not in rows
        ]
        if not waiting:
            continue
        shown = waiting if whole else waiting[:SHOWN]
        listed = [Open(hint, digest, number + place) for place, (digest, hint) in enumerate(shown, 1)]
        number += len(listed)
        groups.append(Group(kind, listed, len(waiting) + left_out.get(kind, 0)))
    return groups


def _dismissed(
    session: GatedSession,
    item: Item,
    keys: ArchiveKey,
    found: Mapping[str, Hint],
    rows: Mapping[str, ItemCheck],
) -> list[Dismissed]:
    """Of what is seen now; what is no longer there needs no word about it."""
    standing = [(digest, row) for digest, row in rows.items() if digest in found]
    names = desk.names_of(session, {f"account:{row.account_id}" for _, row in standing})
    return [
        Dismissed(
            found[digest],
            digest,
            names.get(f"account:{row.account_id}", ""),
            row.at,
            _reason(session, item, keys, row),
        )
        for digest, row in sorted(standing, key=lambda pair: pair[1].at)
    ]


def _reason(session: GatedSession, item: Item, keys: ArchiveKey, row: ItemCheck) -> str:
    try:
        return custody.open_words(session, keys, item.contribution_id, base64.b64decode(row.note))
    except (NotOpen, CannotDecrypt, binascii.Error):
        return ""


# -- acts -----------------------------------------------------------------------------------


def dismiss(
    session: GatedSession,
    actor: Actor,
    item: Item,
    digest: str,
    note: str,
    *,
    keys: ArchiveKey,
    now: datetime,
) -> None:
    """It is none here, and why. Raises Stale where the hint is no longer seen, or somebody was faster."""
    _may(session, actor, item, now)
    if not note.strip():
        raise NotPermitted("note")
    review.lock(session, item)
    hint = _found(session, item, keys, now)[0].get(digest)
    if hint is None or digest in _filed(session, item):
        raise Stale("hint_changed")
    session.add(
        ItemCheck(
            item_id=item.id,
            revision_id=item.revision_id,
            check=FILED + digest,
            account_id=actor.account_id,
            note=base64.b64encode(custody.seal_words(session, keys, item.contribution_id, note)).decode(),
            at=now,
        )
    )
    hashed = custody.hash_note(session, keys, item.contribution_id, note)
    details = {"kind": hint.kind, "hint": digest}
    record_act(session, actor, Act(VERB, f"item:{item.public_id}", note_hash=hashed, details=details), now)


def bring_back(session: GatedSession, actor: Actor, item: Item, digest: str, *, now: datetime) -> None:
    """It waits for somebody again. Raises Stale where it does already."""
    _may(session, actor, item, now)
    review.lock(session, item)
    row = _filed(session, item).get(digest)
    if row is None:
        raise Stale("hint_changed")
    session.delete(row)
    act = Act("bring_back_hint", f"item:{item.public_id}", details={"hint": digest})
    record_act(session, actor, act, now)


def _may(session: GatedSession, actor: Actor, item: Item, now: datetime) -> None:
    verdict = may(session, actor, VERB, item, now=now)
    verdict = verdict and sees_words(session, actor, item, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
