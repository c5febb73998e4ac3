"""One item as the desk sees it: what was sent, what was agreed, what is to be checked.

    item = find(session, public_id)                       # NotOpen
    view = item_view(session, actor, item, keys=keys, now=now)

What may be done with it is services/desk_buttons.py, what a visitor would see services/desk_proof.py. The page loops over `KINDS[kind].shows`; each word there is one partial and one loader here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from memorial.domain import workflow
from memorial.domain.addresses import address
from memorial.domain.errors import NotOpen, NotPermitted
from memorial.domain.ids import is_public_id
from memorial.domain.views import Picture
from memorial.gate import Actor, GatedSession, may
from memorial.gate.facts import Known, is_sealed
from memorial.gate.permission import sees_words
from memorial.gate.shown import is_picture, picture
from memorial.keys import ArchiveKey, CannotDecrypt
from memorial.models import (
    AuditEntry,
    Contribution,
    ImportedObject,
    Item,
    Media,
    Message,
    Record,
)
from memorial.services import (
    applications,
    archive_word,
    contact_limits,
    custody,
    desk,
    desk_assigning,
    desk_edit,
    desk_hints,
    desk_recordings,
    desk_revisions,
    enclosures,
    lost_codes,
    pairs,
    proposals,
    reports,
    take_downs,
)
from memorial.services.archive_word import Word
from memorial.services.desk_buttons import NAMES_SOMEBODY, buttons_of
from memorial.services.desk_consent import wills_of
from memorial.services.desk_difference import changes_of, fields_of
from memorial.services.desk_hiding import parts_of
from memorial.services.desk_others import others_of
from memorial.services.desk_views import Check, ItemView, Line, Said, SentFile
from memorial.services.enclosures import Enclosed
from memorial.services.published import showing

LINES = 12  # of the history on the item's own page


def find(session: GatedSession, public_id: str) -> Item:
    """The item at this address. Drafts are not the desk's yet."""
    if not is_public_id(public_id):
        raise NotOpen("item")
    item = session.scalars(select(Item).where(Item.public_id == public_id)).first()
    if item is None or item.state == workflow.DRAFT:
        raise NotOpen("item")
    return item


def readable(
    session: GatedSession, actor: Actor, item: Item, *, now: datetime, known: Known | None = None
) -> None:
    """Raises NotPermitted with the reason, where this account keeps away from the item."""
    verdict = may(session, actor, "read", item, now=now, known=known)
    if not verdict:
        raise NotPermitted(verdict.reason)


def with_words(session: GatedSession, actor: Actor, item: Item, *, now: datetime) -> None:
    """Raises NotPermitted where this account may know of the item but not read what was sent or said."""
    verdict = sees_words(session, actor, item, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every loader gets."""

    session: GatedSession
    item: Item
    keys: ArchiveKey
    actor: Actor
    now: datetime
    known: Known
    word: Word
    revision: int


def item_view(
    session: GatedSession,
    actor: Actor,
    item: Item,
    *,
    keys: ArchiveKey,
    now: datetime,
    known: Known | None = None,
) -> ItemView:
    """The whole page. Raises NotPermitted where this account does not read the item."""
    known = known or Known(session, actor, item)
    readable(session, actor, item, now=now, known=known)
    record = session.get(Record, item.record_id) if item.record_id else None  # held: asked for again below
    word = archive_word.word(session, record.id) if record else Word()
    asked = _Asked(session, item, keys, actor, now, known, word, desk_revisions.about(session, item))
    history = history_of(session, item, most=LINES)
    words = sees_words(session, actor, item, now=now, known=known)
    messages = _messages(asked) if words else []
    checks = _checks(asked)
    labels = {line.actor for line in history} | {line.second for line in history if line.second}
    labels |= {said.author for said in messages} | {check.by for check in checks if check.by}
    view = ItemView(
        row=desk.rows_of(session, actor, [item], now=now)[0],
        version=item.version,
        revision=asked.revision,
        last_line=max((line.id for line in history), default=0),
        shows=workflow.KINDS[item.kind].shows,
        buttons=buttons_of(session, actor, item, now=now, known=known, word=word),
        checks=checks,
        messages=messages,
        history=history,
        names=desk.names_of(session, labels),
        approved=item.approved_revision_id is not None and item.approved_revision_id == item.revision_id,
        held=archive_word.PAGE in word.held,
        form_gone_through=str(item.facts.get("form_gone_through", "")),
        record_address=address(record.kind, record.public_id) if record else "",
        has_contribution=item.contribution_id is not None,
        sealed=is_sealed(session, item),
        dark=words.reason,
        edit=desk_edit.open_to(session, actor, item, now=now, known=known)
        if desk_edit.concerns(item)
        else None,
    )
    if any(button.verb in NAMES_SOMEBODY and not button.reason for button in view.buttons):
        view = replace(view, people=desk_assigning.to_choose(session, item, known.recusals))
    for shown in view.shows:
        if words or shown not in OF_WORDS:
            view = replace(view, **LOADERS.get(shown, _nothing)(asked))
    return view


# -- loaders: one for each word of `shows` --------------------------------------------------


def _checks(asked: _Asked) -> list[Check]:
    item = asked.item
    done = {check.check: check for check in asked.known.checks}
    return [
        Check(name, f"account:{done[name].account_id}", done[name].at) if name in done else Check(name)
        for name in workflow.KINDS[item.kind].checks
    ]


def _messages(asked: _Asked) -> list[Said]:
    wanted = select(Message).where(Message.item_id == asked.item.id, Message.direction != lost_codes.TO_REACH)
    messages = asked.session.scalars(wanted.order_by(Message.at, Message.id)).all()
    files = enclosures.beside(asked.session, asked.keys, [message.id for message in messages])
    return [
        said_of(asked.session, message, keys=asked.keys, files=files.get(message.id, ()))
        for message in messages
    ]


def said_of(
    session: GatedSession, message: Message, *, keys: ArchiveKey, files: Sequence[Enclosed] = ()
) -> Said:
    """A message in words; who may read them is asked before."""
    try:
        text = custody.open_words(session, keys, message.contribution_id, message.body)
    except (NotOpen, CannotDecrypt):
        return Said(message.direction, message.author, "", message.at, gone=True)
    return Said(message.direction, message.author, text, message.at, files=files)


def history_of(session: GatedSession, item: Item, *, before: int = 0, most: int = 200) -> list[Line]:
    """What happened to the item and its record, the newest first; before a line, so many at most."""
    things = [f"item:{item.public_id}"]
    record = session.get(Record, item.record_id) if item.record_id else None
    # What has no page of its own shares its record with all others of its collection.
    shared = record is not None and record.kind == "collection" and item.kind == "amendment"
    if record is not None and not shared:
        things.append(f"record:{record.public_id}")
    contribution = session.get(Contribution, item.contribution_id) if item.contribution_id else None
    if contribution is not None:
        things.append(f"contribution:{contribution.public_id}")
    wanted = select(AuditEntry).where(AuditEntry.thing.in_(things)).order_by(AuditEntry.id.desc())
    if before:
        wanted = wanted.where(AuditEntry.id < before)
    return [line_of(entry) for entry in session.scalars(wanted.limit(most))]


def line_of(entry: AuditEntry) -> Line:
    return Line(
        entry.id,
        entry.at,
        entry.actor,
        entry.verb,
        entry.from_state,
        entry.to_state,
        entry.second,
        entry.thing,
        desk.details_of(entry.details),
        bool(entry.note_hash),
    )


def _sent(asked: _Asked) -> dict[str, Any]:
    item = asked.item
    media = media_of(asked.session, item)
    return {
        "sent": fields_of(asked.session, item, asked.revision),
        "pictures": _covered(media),
        "files": [_file(medium) for medium in media],
    }


def _covered(media: Sequence[Media]) -> list[Picture]:
    return [replace(picture(medium, True), graphic=True) for medium in media if is_picture(medium)]


def _file(medium: Media) -> SentFile:
    return SentFile(
        medium.file_name, medium.role, medium.mime, medium.bytes, medium.sha256, medium.alt, medium.others,
        medium.language, medium.length_words, medium.due, medium.failed, next(iter(desk_recordings.of([medium])), None),
    )  # fmt: skip


def media_of(session: GatedSession, item: Item) -> Sequence[Media]:
    """Every file of the item's own, whatever it is."""
    if item.record_id is None:
        return []
    wanted = (
        select(Media)
        .where(Media.record_id == item.record_id)
        .where(Media.contribution_id.is_not_distinct_from(item.contribution_id))
        .order_by(Media.position, Media.id)
        .options(selectinload(Media.derivatives))
    )
    return session.scalars(wanted).all()


def _consent(asked: _Asked) -> dict[str, Any]:
    if not asked.item.record_id:
        return {}
    waiting = len(proposals.waiting(asked.session, asked.item))
    return {"wills": wills_of(asked.session, asked.item.record_id), "waiting": waiting}


def _holder(asked: _Asked) -> dict[str, Any]:
    wanted = select(Contribution.public_id).where(Contribution.id == asked.item.contribution_id)
    return {"holder": asked.session.scalar(wanted) or ""}


def _difference(asked: _Asked) -> dict[str, Any]:
    return {"changes": changes_of(asked.session, asked.item)}


def _case(asked: _Asked) -> dict[str, Any]:
    return {"case": reports.case_of(asked.session, asked.keys, asked.item)}


def _others(asked: _Asked) -> dict[str, Any]:
    found = others_of(asked.session, asked.item)
    rows = desk.rows_of(asked.session, asked.actor, found, now=asked.now)
    parts = parts_of(asked.session, asked.item.record_id, asked.word) if asked.item.record_id else []
    same = pairs.same_as(asked.session, asked.item.record_id) if asked.item.record_id else []
    return {"others": rows, "parts": parts, "same": same}


def _stages(asked: _Asked) -> dict[str, Any]:
    stages = take_downs.stages_of(asked.session, asked.item)
    way = str(asked.item.facts.get("way", ""))
    return {"stages": stages, "stage": take_downs.next_of(stages), "way": way}


def _pair(asked: _Asked) -> dict[str, Any]:
    return {"pair": pairs.pair_of(asked.session, asked.item)}


def _hints(asked: _Asked) -> dict[str, Any]:
    view = desk_hints.hints_view(
        asked.session, asked.actor, asked.item, keys=asked.keys, now=asked.now, known=asked.known
    )
    return {"hints": view}


def _fault(asked: _Asked) -> dict[str, Any]:
    known = ("job", "thing", "file", "fault", "why", "letter")
    return {"fault": {name: asked.item.facts[name] for name in known if name in asked.item.facts}}


def _leftovers(asked: _Asked) -> dict[str, Any]:
    wanted = select(ImportedObject).where(ImportedObject.thing == f"record:{asked.item.record_id}")
    return {"leftovers": list(asked.session.scalars(wanted))}


def _application(asked: _Asked) -> dict[str, Any]:
    found = applications.applied(asked.session, asked.keys, asked.item)
    return {"application": found if asked.actor.stepped_up else replace(found, email="")}


def _alert(asked: _Asked) -> dict[str, Any]:
    return {"alert": contact_limits.alert_of(asked.session, asked.item)}


def _amendment(asked: _Asked) -> dict[str, Any]:
    return {"amendment": showing.amendment_of(asked.session, asked.item)}


def _nothing(_asked: _Asked) -> dict[str, Any]:
    return {}


# What of an item is words; a seal keeps them from all but the consent officer.
OF_WORDS = frozenset({"sent", "difference", "case", "hints"})
LOADERS: Mapping[str, Callable[[_Asked], dict[str, Any]]] = {
    "sent": _sent,
    "consent": _consent,
    "holder": _holder,
    "difference": _difference,
    "leftovers": _leftovers,
    "case": _case,
    "fault": _fault,
    "others": _others,
    "application": _application,
    "alert": _alert,
    "amendment": _amendment,
    "stages": _stages,
    "pair": _pair,
    "hints": _hints,
}


def since(history: Sequence[Line], last: int) -> list[Line]:
    """What happened after a page was opened, by the last line it showed."""
    return [line for line in history if line.id > last]
