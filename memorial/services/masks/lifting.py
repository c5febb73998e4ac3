"""Lifting a mask, by the party's word: one person enters it with its evidence, a second one agrees.

    proposal = ask_lift(session, keys, actor, item, mask, said, kept, now=now)
    left = lift(session, keys, actor, item, mask, second="account:7", evidence=digest, now=now)   # by proposals.agree

The words go back where their marks stand. Where somebody edited a mark away, they stay in the mask, and are shown
to whoever lifts it (`leftovers`). What another mask still covers becomes that one's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from memorial.domain.content import canonical
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.domain.ids import new_public_id
from memorial.domain.masks import named_in, put_back, said_in
from memorial.domain.transcript import WITHHELD, Run, masks_in, plain
from memorial.gate import Actor, GatedSession, may
from memorial.keys import ArchiveKey
from memorial.models import Evidence, Item, Mask, Media, Party, Proposal, Record
from memorial.services import custody, evidence, parties, recordings, review
from memorial.services.asking import ask_another
from memorial.services.audit import Act, record_act
from memorial.services.evidence import Kept as KeptFile
from memorial.services.masks.anew import hash_again, settle
from memorial.services.masks.kept import Kept, Marked, Slot, Standing, kept_of, read, slots_in, spot, write
from memorial.services.masks.places import Field, fields
from memorial.services.masks.placing import write_text


@dataclass(frozen=True, slots=True)
class Word:
    """How the party said that the words may be heard again."""

    party_id: int
    method: str  # one of evidence.METHODS
    agreed_on: date
    language: str
    present: str
    interpreter: bool = False


@dataclass(frozen=True, slots=True)
class Leftover:
    """Words that could not be put back, and where they stood."""

    what: str
    words: str
    line: str = ""


def ask_lift(
    session: GatedSession,
    keys: ArchiveKey,
    actor: Actor,
    item: Item,
    mask: Mask,
    said: Word,
    kept: KeptFile | None,
    *,
    now: datetime,
) -> Proposal:
    """The first of two people enters the party's word; nothing is lifted by this. Raises Invalid, NotPermitted."""
    review.lock(session, item)
    verdict = may(session, actor, "unmask", item, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    record = parties.record_of(session, item)
    _here(session, item, mask)
    _fit(session, record, said, now)
    if kept is None:
        raise Invalid("evidence_missing", field="evidence")
    row = _row(session, keys, actor, item, said, kept, now)
    return ask_another(
        session, actor, item, "unmask",
        {"party": said.party_id, "mask": mask.public_id, "masks": state(mask)},
        thing=f"record:{record.public_id}", evidence_id=row.id, now=now,
        details={"party": said.party_id, "mask": mask.public_id, "sha256": row.sha256},
    )  # fmt: skip


def _here(session: GatedSession, item: Item, mask: Mask) -> Media:
    medium = session.get_one(Media, mask.media_id)
    if medium.record_id != item.record_id or mask.lifted_at is not None:
        raise NotOpen("mask")
    return medium


def _fit(session: GatedSession, record: Record, said: Word, now: datetime) -> None:
    party = session.get(Party, said.party_id)
    if party is None or party.id not in {each.id for each in parties.parties_of(session, record)}:
        raise Invalid("no_such_party", field="party")
    if said.method not in evidence.METHODS:
        raise Invalid("no_such_method", field="method")
    if said.agreed_on > now.date():
        raise Invalid("day_to_come", field="agreed_on")
    if not said.present.strip():
        raise Invalid("present_missing", field="present")


def _row(
    session: GatedSession,
    keys: ArchiveKey,
    actor: Actor,
    item: Item,
    said: Word,
    kept: KeptFile,
    now: datetime,
) -> Evidence:
    row = Evidence(
        public_id=new_public_id(), record_id=item.record_id, contribution_id=item.contribution_id,
        method=said.method, agreed_on=said.agreed_on, language=said.language, interpreter=said.interpreter,
        present=custody.seal_words(session, keys, item.contribution_id, said.present.strip()),
        file_name=custody.seal_words(session, keys, item.contribution_id, kept.file_name),
        sha256=kept.stored.sha256_plain, length=kept.stored.bytes_plain, storage_key=kept.stored.storage_key,
        added_by=actor.label, received_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    thing = f"evidence:{row.public_id}"
    custody.log(session, actor, "received", thing, item.contribution_id, now=now, digest=row.sha256)
    return row


def state(mask: Mask) -> str:
    """What a second person agrees to lift: a mask that was widened since is another one."""
    return f"{mask.starts}-{mask.ends}-{mask.sound}-{int(mask.picture)}"


def agreed(
    session: GatedSession, actor: Actor, item: Item, proposal: Proposal, keys: ArchiveKey, now: datetime
) -> None:
    """Called by services/proposals.py when another person agrees. Raises Stale where the mask is another by now."""
    known = proposal.particulars
    mask = session.scalars(select(Mask).where(Mask.public_id == known["mask"]).with_for_update()).first()
    if mask is None:
        raise NotOpen("mask")
    _here(session, item, mask)
    if state(mask) != known["masks"]:
        raise Stale("mask_changed")
    row = session.get_one(Evidence, proposal.evidence_id)
    said = {"file": row.sha256, "agreed_on": row.agreed_on.isoformat(), "method": row.method, **known}
    digest = custody.hash_note(session, keys, item.contribution_id, canonical(said).decode())
    lift(session, keys, actor, item, mask, second=proposal.asked_by, evidence=digest, now=now)


def lift(
    session: GatedSession,
    keys: ArchiveKey,
    actor: Actor,
    item: Item,
    mask: Mask,
    *,
    second: str,
    evidence: str,
    now: datetime,
) -> list[Leftover]:
    """Two people and evidence: whoever calls this has seen to it, and it looks once more. Returns what stayed out."""
    if not evidence or not second or second == actor.label:
        raise NotPermitted("other_person")
    medium = _here(session, item, mask)
    record = session.get_one(Record, medium.record_id)
    standing = read(session, keys, record.id)
    one = next(each for each in standing if each.mask is mask)
    others = [each for each in standing if each is not one]
    there = fields(session, medium)
    changed = _lines_back(one, others, there) + _texts_back(one, others, there)
    mask.lifted_by, mask.lifted_at = actor.label, now
    hash_again(session, keys, one, others, changed)
    write(session, keys, others)
    if one.kept.marks or one.kept.slots:
        write(session, keys, [one])
    else:
        mask.taken_out = None
    if mask.ends:
        recordings.make_anew(session, medium)
    settle(session, record, changed)
    item.version += 1
    left = leftovers_of(one.kept)
    details = {
        "item": item.public_id,
        "mask": mask.public_id,
        "evidence": evidence,
        "places": len(changed),
        "left": len(left),
    }
    act = Act("unmask", f"record:{record.public_id}", second=second, details=details)
    record_act(session, actor, act, now)
    return left


# -- lines --------------------------------------------------------------------------------------


def _lines_back(one: Standing, others: Sequence[Standing], there: Sequence[Field]) -> list[str]:
    """Each of its marks in every line that has it, older versions too, gives way to its words."""
    changed, found = [], set[str]()
    heirs = {key: _heir(others, marked) for key, marked in one.kept.marks.items()}
    new_keys = {key: heir.key() for key, heir in heirs.items() if heir}
    for field in there:
        mine = [key for key in masks_in(field.text) if key in one.kept.marks] if field.body else []
        for key in mine:
            found.add(key)
            if key in new_keys:
                field.text = put_back(field.text, key, [Run(WITHHELD, withheld=new_keys[key])])
            else:
                _say_again(field, key, one.kept.marks[key])
        if mine:
            field.put(field.text)
            changed.append(field.place)
    for key in found:
        marked = one.kept.marks.pop(key)
        if heir := heirs[key]:
            heir.kept.marks[new_keys[key]] = marked
    return changed


def _heir(others: Sequence[Standing], marked: Marked) -> Standing | None:
    """The mask that withholds the same words on its own account."""
    return next((each for each in others if _covers(each, marked)), None)


def _covers(other: Standing, marked: Marked) -> bool:
    return other.withholds(marked.media, marked.starts, marked.ends) or _names(other, marked.words)


def _names(other: Standing, words: str) -> bool:
    sure = any(each.sure for each in named_in(words, other.kept.names))
    return sure or any(said_in(words, each) for each in other.kept.words)


def _say_again(field: Field, key: str, marked: Marked) -> None:
    field.text = put_back(field.text, key, marked.said)
    if not marked.times or field.put_times is None:
        return
    begin, end = min(word[1] for word in marked.times), max(word[2] for word in marked.times)
    said = plain(field.text)
    back = [word for word in marked.times if str(word[0]) in said]
    times: list[Any] = []
    waiting = True
    for word in field.times:
        if waiting and word[0] == WITHHELD and list(word[1:]) == [begin, end]:
            times += back
            waiting = False
        else:
            times.append(word)
    field.put_times(times)
    field.times = times


# -- other texts ----------------------------------------------------------------------------------


def _texts_back(one: Standing, others: Sequence[Standing], there: Sequence[Field]) -> list[str]:
    by_place = {field.place: field for field in there if not field.body}
    changed, left = list[str](), list[Slot]()
    for slot in list(one.kept.slots):
        field = by_place.get(slot.place)
        if field is None or not slot.fits(field.text):
            left.append(slot)
            continue
        heir = next((each for each in others if _names(each, slot.words)), None)
        if heir is not None:
            one.kept.slots.remove(slot)
            heir.kept.slots.append(slot)
            continue
        _put_text_back(one, [*others, one], field, slot)
        changed.append(slot.place)
    one.kept.slots = left
    return changed


def _put_text_back(one: Standing, standing: Sequence[Standing], field: Field, slot: Slot) -> None:
    here = [each for each in slots_in(standing, slot.place) if each is not slot and each.fits(field.text)]
    begin = spot(field.text, slot.at)
    text = field.text[:begin] + slot.words + field.text[begin + len(WITHHELD) :]
    one.kept.slots.remove(slot)
    for each in here:
        each.at -= each.at > slot.at
    write_text(field, text, here)


# -- what could not be put back --------------------------------------------------------------------


def leftovers_of(kept: Kept) -> list[Leftover]:
    lines = [Leftover("line", marked.words, marked.line.partition("#")[2]) for marked in kept.marks.values()]
    return [*lines, *(Leftover(slot.what, slot.words) for slot in kept.slots)]


def leftovers(
    session: GatedSession, keys: ArchiveKey, actor: Actor, item: Item, mask: Mask, *, now: datetime
) -> list[Leftover]:
    """Of a mask that was lifted, for whoever may lift one: to be put in again by hand."""
    if mask.lifted_at is None or not may(session, actor, "unmask", item, now=now):
        return []
    return leftovers_of(kept_of(session, keys, mask))
