"""Placing a mask: the words leave every place where they stood, in one transaction, and lie encrypted in the mask.

    mask = place(session, keys, actor, item, medium, Order(wanted, "third_person", ticked), now=now)
    widen(session, keys, actor, item, mask, Order(wanted, "", ticked), now=now)     # never narrower

What is taken out never passes a log or the audit; those know which mask, and how many places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from memorial.domain.errors import Invalid, NotOpen, NotPermitted
from memorial.domain.ids import new_public_id
from memorial.domain.masks import Range, Span, Taken, bare, joined, named_in, rest_of, spots_of, take_out
from memorial.domain.transcript import LATEST, WITHHELD
from memorial.gate import Actor, GatedSession, may
from memorial.keys import ArchiveKey
from memorial.models import Item, Mask, Media, Part, Record
from memorial.services import consent, recordings, review
from memorial.services.audit import Act, record_act
from memorial.services.masks.anew import hash_again, settle
from memorial.services.masks.finding import Find, Wanted, choose, find, of_line
from memorial.services.masks.kept import Kept, Marked, Slot, Standing, read, slots_in, write
from memorial.services.masks.places import Field, fields

SOUNDS = ("silence", "tone", "")
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Order:
    """What a person decided: what was looked for, the reason that everyone may read, and what was ticked."""

    wanted: Wanted
    reason: str
    ticked: frozenset[str] = frozenset()
    versions: bool = True


@dataclass(slots=True)
class _Work:
    session: GatedSession
    keys: ArchiveKey
    actor: Actor
    item: Item
    medium: Media
    record: Record
    now: datetime
    standing: list[Standing]
    changed: list[str] = field(default_factory=list)


def place(
    session: GatedSession,
    keys: ArchiveKey,
    actor: Actor,
    item: Item,
    medium: Media,
    order: Order,
    *,
    now: datetime,
) -> Mask:
    """Raises NotPermitted, Invalid with the field, Stale where a ticked place has changed meanwhile."""
    work = _begun(session, keys, actor, item, medium, now)
    span = _fitting(medium, order.wanted.span)
    reason = order.reason.strip()[:LONGEST_REASON]
    if not reason:
        raise Invalid("mask_reason", field="reason")
    if named_in(reason, order.wanted.names) or any(
        word.casefold() in reason.casefold() for word in order.wanted.words
    ):
        raise Invalid("reason_says_it", field="reason")
    if span is None and not order.ticked:
        raise Invalid("nothing_masked", field="ticked")
    mask = Mask(
        public_id=new_public_id(), media_id=medium.id, reason=reason, starts=span.starts if span else 0,
        ends=span.ends if span else 0, sound=span.sound if span else "", picture=bool(span and span.picture),
        placed_by=actor.label, placed_at=now, **consent.guard_of(session, session.get_one(Part, medium.part_id)),
    )  # fmt: skip
    session.add(mask)
    session.flush()
    one = Standing(mask, Kept(whole=span is not None))
    work.standing.append(one)
    _take(work, one, order)
    _end(work, one, "mask", anew=span is not None)
    return mask


def widen(
    session: GatedSession,
    keys: ArchiveKey,
    actor: Actor,
    item: Item,
    mask: Mask,
    order: Order,
    *,
    now: datetime,
) -> Mask:
    """More is withheld: a longer span, the picture too, words that came later. Less is lifting. Raises as `place`."""
    medium = session.get_one(Media, mask.media_id)
    work = _begun(session, keys, actor, item, medium, now)
    one = next((each for each in work.standing if each.mask is mask), None)
    if one is None:
        raise NotOpen("mask")
    was, span = one.span, _fitting(medium, order.wanted.span)
    if span is not None:
        if was.ends and not (
            span.holds(was) and (span.sound or not was.sound) and span.picture >= was.picture
        ):
            raise NotPermitted("mask_narrower")
        mask.starts, mask.ends, mask.sound, mask.picture = span.starts, span.ends, span.sound, span.picture
        one.kept.whole = True
    _take(work, one, order)
    _end(work, one, "widen_mask", anew=one.span != was)
    return mask


def _begun(
    session: GatedSession, keys: ArchiveKey, actor: Actor, item: Item, medium: Media, now: datetime
) -> _Work:
    review.lock(session, item)
    verdict = may(session, actor, "mask", item, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    if medium.record_id != item.record_id or medium.contribution_id not in (None, item.contribution_id):
        raise NotOpen("media")
    record = session.get_one(Record, medium.record_id)
    return _Work(session, keys, actor, item, medium, record, now, read(session, keys, record.id))


def _fitting(medium: Media, span: Span | None) -> Span | None:
    """A span within the recording: its end is no later than the recording's."""
    if span is None:
        return None
    last = medium.length or LATEST
    if span.starts < 0 or span.starts >= last:
        raise Invalid("span_beyond_end", field="starts")
    if span.ends <= span.starts:
        raise Invalid("span_backwards", field="ends")
    if span.sound not in SOUNDS:
        raise Invalid("no_such_sound", field="sound")
    return replace(span, ends=min(span.ends, last))


def _take(work: _Work, one: Standing, order: Order) -> None:
    wanted = order.wanted
    one.kept.names += [name for name in wanted.names if name not in one.kept.names]
    one.kept.words += [words for words in wanted.words if words not in one.kept.words and not of_line(words)]
    there = fields(work.session, work.medium)
    chosen = choose(find(work.session, work.medium, wanted, there), order.ticked, versions=order.versions)
    take(work.standing, one, there, chosen)
    work.changed += dict.fromkeys(each.place for each in chosen)


def take(standing: Sequence[Standing], one: Standing, there: Sequence[Field], chosen: Sequence[Find]) -> None:
    """The chosen words leave their places and lie in this mask; what others keep knows of it."""
    by_place: dict[str, list[Range]] = defaultdict(list)
    for each in chosen:
        by_place[each.place].append(each.range)
    for field_ in there:
        for range_ in reversed(joined(by_place.get(field_.place, ()))):
            (_from_line if field_.body else _from_text)(standing, one, field_, range_)


def _from_text(standing: Sequence[Standing], one: Standing, field_: Field, range_: Range) -> None:
    text = field_.text
    here = [slot for slot in slots_in(standing, field_.place) if slot.fits(text)]
    for rest in reversed(rest_of(text, range_)):
        at, words = text[: rest.begin].count(WITHHELD), text[rest.begin : rest.end]
        text = text[: rest.begin] + WITHHELD + text[rest.end :]
        for slot in here:
            slot.at += slot.at >= at
        new = Slot(field_.place, field_.what, words, at)
        one.kept.slots.append(new)
        here.append(new)
    write_text(field_, text, here)


def write_text(field_: Field, text: str, slots: Sequence[Slot]) -> None:
    field_.put(text)
    field_.text = text
    for slot in slots:
        slot.look(text)


def _from_line(_standing: Sequence[Standing], one: Standing, field_: Field, range_: Range) -> None:
    """Twice: the first time shows what is taken, by which the same words in a copy of the line get the same mark."""
    _, taken = take_out(field_.text, range_.begin, range_.end, lambda _: "0000")
    marks = [_marked(field_, each) for each in taken]
    keys = [_key(one, each, field_.text) for each in marks]
    waiting = iter(keys)
    text, _ = take_out(field_.text, range_.begin, range_.end, lambda _: next(waiting))
    times = _without(field_, taken)
    field_.put(text)
    field_.text = text
    if field_.put_times is not None and times != field_.times:
        field_.put_times(times)
        field_.times = times


def _key(one: Standing, marked: Marked, text: str) -> str:
    for key, known in one.kept.marks.items():
        if known == marked and f"<mask {key}>" not in text:
            return key
    key = one.key()
    one.kept.marks[key] = marked
    return key


def _marked(field_: Field, taken: Taken) -> Marked:
    entries = [word for _, word in _timed(field_, taken)]
    starts = min((word[1] for word in entries), default=field_.starts or 0)
    ends = max((word[2] for word in entries), default=field_.ends or 0)
    runs = [[run.text, run.italic, run.bold, run.language] for run in taken.runs]
    return Marked(runs, field_.line, starts, ends, entries, field_.media_id)


def _timed(field_: Field, taken: Taken) -> list[tuple[int, list[Any]]]:
    """The timed words that stand, wholly or in part, in what is taken, by their numbers.

    One that does not stand in the line as it is spelled may still say what is taken: it goes where its neighbours go.
    """
    text = bare(field_.text, True)
    spots = spots_of(text, field_.times)
    found = []
    for number, spot in enumerate(spots):
        begin = spot.begin if spot else max((each.end for each in spots[:number] if each), default=0)
        end = spot.end if spot else min((each.begin for each in spots[number:] if each), default=len(text))
        if begin < taken.end and taken.begin < end and field_.times[number][0] != WITHHELD:
            found.append((number, field_.times[number]))
    return found


def _without(field_: Field, taken: Sequence[Taken]) -> list[list[Any]]:
    """The timed words of the line with one sign in place of those that are taken."""
    times: list[list[Any] | None] = [list(word) for word in field_.times]
    for each in taken:
        gone = [(number, word) for number, word in _timed(field_, each) if times[number] is not None]
        for number, _ in gone:
            times[number] = None
        if gone:
            begin, end = min(word[1] for _, word in gone), max(word[2] for _, word in gone)
            times[gone[0][0]] = [WITHHELD, begin, end]
    return [word for word in times if word is not None]


def _end(work: _Work, one: Standing, verb: str, *, anew: bool) -> None:
    others = [each for each in work.standing if each is not one]
    hash_again(work.session, work.keys, one, others, work.changed)
    write(work.session, work.keys, work.standing)
    if anew:
        recordings.make_anew(work.session, work.medium)
    settle(work.session, work.record, work.changed)
    work.item.version += 1
    details = {
        "item": work.item.public_id, "mask": one.mask.public_id, "media": work.medium.public_id,
        "starts": one.mask.starts, "ends": one.mask.ends, "places": len(work.changed),
    }  # fmt: skip
    record_act(
        work.session, work.actor, Act(verb, f"record:{work.record.public_id}", details=details), work.now
    )
