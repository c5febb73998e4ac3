"""The desk changes the content of what a family sent: a new revision under the same contribution, with its reason.

    open_to(session, actor, item, now=now)                      # Verdict: who may, and why not
    page = page_of(session, item)                               # the fields as they stand
    save(session, actor, item, typed, keys=keys, now=now)       # Stale when other content stands by now
    page = page_again(session, item, typed)                     # three versions, merged where they do not clash
    go_back(session, actor, item, 2, why=…, seen=4, keys=keys, now=now)

Nothing is overwritten: a form names the revision it showed, and what was typed on an older one is
laid beside what stands. An edit never touches consent or parts. It makes other content, so what was
checked, confirmed and approved for the content before does not count for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from memorial.domain import merging, workflow
from memorial.domain.content import Content, canonical
from memorial.domain.editing import PAGE_FACTS, Form
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.domain.versions import Versions, versions
from memorial.domain.workflow import Verdict
from memorial.gate import Actor, GatedSession, may
from memorial.gate.facts import Known
from memorial.keys import ArchiveKey
from memorial.models import Contribution, Item, Record, Revision
from memorial.services import contribute, custody, describe, desk_revisions, review
from memorial.services.audit import Act, record_act

# While the family reads the proof nothing changes under its eyes: the item is read again first.
OPEN = (workflow.IN_REVIEW, workflow.QUESTION)
MOST_OLDER = 5


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it came. `older` are revisions whose fields it shows besides those of `revision`, the nearest first.

    `mine` has what was written in fields that clash; `chosen` says for each place of them, "key-0",
    which reading stands ("mine" or "stands"), `by_hand` which other words.
    """

    revision: int
    values: Mapping[str, str]
    why: str = ""
    older: Sequence[int] = ()
    mine: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    by_hand: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """What the page of an edit shows: the form of revision `revision`, and three versions of each field."""

    revision: int
    fields: Sequence[Versions]
    older: Sequence[int] = ()

    @property
    def apart(self) -> bool:
        """Whether somebody else's changes are among them."""
        return any(each.by_others for each in self.fields)

    @property
    def groups(self) -> list[tuple[str, list[Versions]]]:
        """What belongs together under one heading, in order."""
        found = groupby(self.fields, key=lambda each: each.field.label)
        return [(label, list(fields)) for label, fields in found]


# -- who may ----------------------------------------------------------------------------------


def concerns(item: Item) -> bool:
    """Whether the item is about a content that the desk reads before it is published."""
    read = bool(workflow.KINDS[item.kind].checks)
    return read and item.contribution_id is not None and item.revision_id is not None


def open_to(
    session: GatedSession, actor: Actor, item: Item, *, now: datetime, known: Known | None = None
) -> Verdict:
    """May this account change the content now? A lock that ended while it wrote is renewed if nobody else has one."""
    verdict = may(session, actor, "edit", item, now=now, known=known)
    if not verdict:
        return verdict
    if not concerns(item):
        return Verdict(False, "no_content")
    if item.state not in OPEN:
        reason = {workflow.SUBMITTED: "taken", workflow.READY: "proof_is_read"}.get(
            item.state, "no_such_step"
        )
        return Verdict(False, reason)
    taken = item.taken_until is not None and item.taken_until > now
    if item.taken_by_id != actor.account_id:
        return Verdict(False, "free" if taken else "taken")
    return workflow.YES


# -- the form ---------------------------------------------------------------------------------


def page_of(session: GatedSession, item: Item) -> Page:
    """The content as it stands, to be changed."""
    number = _number(session, item)
    return _plain(_form(session, item, [number]), number)


def page_again(session: GatedSession, item: Item, typed: Typed) -> Page:
    """The form once more, with everything that was typed; beside it what stands by now, where that is other content."""
    number = _number(session, item)
    if typed.revision != number:
        return _meanwhile(session, item, typed, number)
    form = _form(session, item, [number, *typed.older])
    stands = form.seen_in(desk_revisions.content_of(session, item, number))
    clashing = {each.field.key: each for each in _clashing(session, item, typed, form)}
    values = form.kept({**stands, **typed.values})
    fields = [
        clashing.get(each.field.key, each)
        for each in versions(form, started=stands, stands=stands, mine=values)
    ]
    return Page(number, fields, typed.older)


def page_with_changes_of(session: GatedSession, item: Item, number: int) -> Page:
    """What one revision changed, laid on what stands now: an older edit said again after the family sent other words."""
    before = desk_revisions.number_before(session, item, number)
    form = _form(session, item, [before])
    return page_again(
        session, item, Typed(before, form.seen_in(desk_revisions.content_of(session, item, number)))
    )


def _plain(form: Form, number: int) -> Page:
    values = form.values
    return Page(number, versions(form, started=values, stands=values, mine=values))


def _meanwhile(session: GatedSession, item: Item, typed: Typed, number: int) -> Page:
    """Somebody else made other content since: what both changed is merged, or laid side by side."""
    older = [typed.revision, *typed.older][:MOST_OLDER]
    shown = _form(session, item, older)
    started = desk_revisions.content_of(session, item, typed.revision)
    values = shown.kept({**shown.seen_in(started), **typed.values, **_readings(session, item, typed, shown)})
    form = _form(session, item, [number, *older])
    fields = versions(
        form,
        started=form.seen_in(started),
        stands=form.seen_in(desk_revisions.content_of(session, item, number)),
        mine=form.written_on(shown, values),
    )
    return Page(number, fields, older)


def _form(session: GatedSession, item: Item, numbers: Sequence[int]) -> Form:
    """The fields of the first of these revisions, then the rows that only the others have."""
    form = Form(desk_revisions.content_of(session, item, numbers[0]), _facts(session, item))
    return form.with_rows_of(_form(session, item, numbers[1:]).content) if numbers[1:] else form


def _facts(session: GatedSession, item: Item) -> Sequence[str]:
    """The page's own facts belong to whoever sent the page; not every kind of page has a date."""
    record = session.get_one(Record, item.record_id)
    if record.contribution_id != item.contribution_id:
        return ()
    dated = hasattr(getattr(record, record.kind), "date_edtf")
    return [name for name in PAGE_FACTS if dated or not name.startswith("date")]


def _number(session: GatedSession, item: Item) -> int:
    """Of the content the item is about. Raises NotOpen where it is about none."""
    if not concerns(item):
        raise NotOpen("revision")
    return desk_revisions.number_of(session, item)


def _clashing(session: GatedSession, item: Item, typed: Typed, form: Form) -> list[Versions]:
    """The fields that clashed when the form was made, as they were then."""
    if not typed.older or not typed.mine:
        return []
    first = form.seen_in(desk_revisions.content_of(session, item, typed.older[0]))
    stands = form.seen_in(desk_revisions.content_of(session, item, typed.revision))
    known = typed.mine.keys() & stands.keys()
    mine = {**stands, **{key: typed.mine[key] for key in known}}
    return [
        each
        for each in versions(form, started=first, stands=stands, mine=mine)
        if each.field.key in known and each.clashes
    ]


def _readings(
    session: GatedSession, item: Item, typed: Typed, form: Form, *, whole: bool = False
) -> dict[str, str]:
    """Each clashing field with what was chosen. With `whole` every place must be: Invalid names the first that is not."""
    found = {}
    for each in _clashing(session, item, typed, form):
        key, parts = each.field.key, []
        for at, clash in enumerate(each.clashes):
            reading = _reading(clash, typed, f"{key}-{at}")
            if reading is None and whole:
                raise Invalid("choose_reading", field=f"{key}-{at}")
            parts.append(clash.mine if reading is None else reading)
        found[key] = merging.resolved(each.pieces, parts)
    return found


def _reading(clash: merging.Clash, typed: Typed, place: str) -> str | None:
    """Words written by hand go before a choice; they end as the words did whose place they take."""
    if words := typed.by_hand.get(place, "").strip():
        return words + clash.mine[len(clash.mine.rstrip()) :]
    return {"mine": clash.mine, "stands": clash.theirs}.get(typed.chosen.get(place, ""))


# -- writing ----------------------------------------------------------------------------------


def save(
    session: GatedSession, actor: Actor, item: Item, typed: Typed, *, keys: ArchiveKey, now: datetime
) -> Revision:
    """Keep what was typed as the next revision. Raises NotPermitted, Stale, Invalid with the field."""
    _lock(session, actor, item, typed.revision, now)
    form = _form(session, item, [typed.revision, *typed.older])
    before = desk_revisions.content_of(session, item, typed.revision)
    readings = _readings(session, item, typed, form, whole=True)
    after = form.rebuilt({**form.seen_in(before), **typed.values, **readings})
    return _stand(session, actor, item, after, "edit", typed.why, keys=keys, now=now)


def go_back(
    session: GatedSession,
    actor: Actor,
    item: Item,
    number: int,
    *,
    why: str,
    seen: int,
    keys: ArchiveKey,
    now: datetime,
) -> Revision:
    """An older content becomes the content again, as a new revision. Raises as `save` does.

    Only what the desk changed is taken back: what the family has taken out since stays out.
    """
    _lock(session, actor, item, seen, now)
    content = desk_revisions.content_of(session, item, number)
    if not desk_revisions.said_last(session, item) <= number < seen:
        raise NotPermitted("family_said_later")
    return _stand(session, actor, item, content, "go_back", why, keys=keys, now=now)


def _lock(session: GatedSession, actor: Actor, item: Item, seen: int, now: datetime) -> None:
    review.lock(session, item)
    verdict = open_to(session, actor, item, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    stands = _number(session, item)
    if stands != seen:
        raise Stale("content_changed", found=stands, expected=seen)


def _stand(
    session: GatedSession, actor: Actor, item: Item, content: Content, verb: str, why: str, *,
    keys: ArchiveKey, now: datetime,
) -> Revision:  # fmt: skip
    stood = session.get_one(Revision, item.revision_id)
    if canonical(content.to_json()) == canonical(stood.content):
        raise Invalid("nothing_changed", field="why")
    if not why.strip():
        raise Invalid("note", field="why")
    record = session.get_one(Record, item.record_id)
    contribution = session.get_one(Contribution, item.contribution_id)
    digest = custody.contribution_key(keys, contribution).keyed_hash(canonical(content.to_json()))
    revision = describe.propose(
        session, record, content, by=actor, now=now, contribution_id=contribution.id, digest=digest
    )
    if not contribute.was_published(session, contribution):  # as when the family sends: for the proof
        describe.apply(session, revision, now=now)
    item.revision_id, item.language = revision.id, content.language
    item.taken_until, item.version = now + workflow.TAKEN_FOR, item.version + 1
    said = review.say(session, item, actor, why, now=now, keys=keys, direction="among_desk")
    said.revision_id = revision.id
    details = {
        "item": item.public_id,
        "revision": revision.id,
        "number": revision.number,
        "from": stood.number,
    }
    note = custody.hash_note(session, keys, contribution.id, why)
    record_act(session, actor, Act(verb, f"item:{item.public_id}", note_hash=note, details=details), now)
    return revision
