"""By what rights a record stands, and the labels that communities gave it: said at the desk, shown on its page and to programs.

    save(session, keys, actor, item, address, [Label("…")], now=now, seen=mark(record))     # NotPermitted, Invalid, Stale
    given(session)              # labels that other records bear, to choose from

They are a signal to whoever reads and no rule of access, so one person may say them, and say them otherwise.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, cast, select

from memorial.domain import rights
from memorial.domain.errors import Invalid, NotPermitted, Stale
from memorial.domain.markup import is_allowed_address
from memorial.domain.rights import STATEMENTS, Label, labels_of
from memorial.domain.transcript import LANGUAGE
from memorial.gate import Actor, GatedSession, may
from memorial.keys import ArchiveKey
from memorial.models import Item, Record
from memorial.services import consent, harvest_marks, masks, parties, review
from memorial.services.audit import Act, record_act

MOST, LONGEST_LINE, LONGEST, OFFERED = 6, 300, 3_000, 40


def mark(record: Record) -> str:
    told = json.dumps([record.rights_statement, record.labels], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def save(
    session: GatedSession,
    keys: ArchiveKey,
    actor: Actor,
    item: Item,
    statement: str,
    labels: Sequence[Label],
    *,
    seen: str,
    now: datetime,
) -> None:
    review.lock(session, item)
    if not (verdict := may(session, actor, "label", item, now=now)):
        raise NotPermitted(verdict.reason)
    record = parties.record_of(session, item)
    if seen != mark(record):
        raise Stale("labels_changed")
    if statement and statement not in STATEMENTS.values():
        raise Invalid("no_such_statement", field="statement")
    if len(labels) > MOST:
        raise Invalid("too_many", field="labels")
    for label in labels:
        _fit(session, keys, record, label)
    record.rights_statement, record.labels = statement, rights.kept(labels)
    item.version += 1
    harvest_marks.words_changed(session, record, [record.part_id], now=now)
    consent.move_epoch(session)
    details = {"item": item.public_id, "labels": len(labels)}
    record_act(session, actor, Act("label", f"record:{record.public_id}", details=details), now)


def _fit(session: GatedSession, keys: ArchiveKey, record: Record, label: Label) -> None:
    if not label.name.strip():
        raise Invalid("label_without_name", field="name")
    for name in ("name", "community", "approved_by", "link"):
        if len(getattr(label, name)) > LONGEST_LINE:
            raise Invalid("too_long", field=name)
    if len(label.text) > LONGEST:
        raise Invalid("too_long", field="text")
    if not LANGUAGE.fullmatch(label.language):
        raise Invalid("no_such_language", field="language")
    if label.link and not is_allowed_address(label.link):
        raise Invalid("no_address", field="link")
    said = "\n".join((label.name, label.text, label.community, label.approved_by))
    if masks.says_masked(session, keys, record.id, said):
        raise Invalid("says_masked", field="text")


def given(session: GatedSession) -> list[Label]:
    """What others bear, each once; the latest records first."""
    wanted = select(Record.labels).where(cast(Record.labels, String) != "[]").order_by(Record.id.desc())
    found = (label for row in session.scalars(wanted.limit(OFFERED)) for label in labels_of(row))
    return list(dict.fromkeys(found))
