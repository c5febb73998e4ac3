"""Contributing: a draft behind a code, kept at every Continue, sent once however often the form comes.

    begun = begin(session, keys, codes.issue(keys), "testimony", "az", now=now)   # begun.code: this once
    draft = read(keys, contribution); keep(session, keys, contribution, draft, now=now)

Answers lie encrypted under the contribution's key. Sending them is services/tasks.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from memorial.domain import tasks, workflow
from memorial.domain.errors import NotOpen, NotPermitted
from memorial.domain.ids import ReturnCode, new_public_id
from memorial.domain.tasks import Task
from memorial.gate import GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Contribution, Item, Media, Part, Record
from memorial.services import archive_word, codes, describe, review
from memorial.services.codes import Issued
from memorial.services.custody import contribution_key

OWN_KINDS = ("contribution", "revision", "tribute", "report", "take_down")


@dataclass
class Draft:
    """A contribution's encrypted sheet: the answers as they are being written, and as they were sent.

    `agreed` are the answers whose will stands in full; they differ from `sent` while a revision
    waits. `doors` counts how often everybody was shut out: a session that began before is over.
    `heard` is the mark of the last message's form, so that the same form sent again says nothing twice.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    sent: dict[str, Any] = field(default_factory=dict)
    agreed: dict[str, Any] = field(default_factory=dict)
    doors: int = 0
    heard: str = ""

    @property
    def photos(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = self.answers.setdefault("photos", {})
        return found


@dataclass(frozen=True, slots=True)
class Begun:
    contribution: Contribution
    record: Record | None  # None for a task that begins no page (domain/tasks.py)
    code: ReturnCode


def begin(
    session: GatedSession, keys: ArchiveKey, issued: Issued, task: str, language: str, *, now: datetime
) -> Begun:
    """An empty draft with its key, its code, its item and its record, if it begins one.

    Nothing of it is shown to anyone. Raises NotOpen for a task that there is not.
    """
    row = tasks.task(task)
    issued = codes.free(session, keys, issued)
    contribution = Contribution(
        public_id=new_public_id(),
        wrapped_key=keys.wrap(keys.new_contribution_key()),
        task=task,
        language=language,
        created_at=now,
        changed_at=now,
        **issued.columns,
    )
    session.add(contribution)
    session.flush()
    record = _begin_record(session, row, contribution, now)
    review.new_item(
        session, row.item, now=now, state=workflow.DRAFT, record=record, contribution=contribution,
        language=language,
    )  # fmt: skip
    keep(session, keys, contribution, Draft({"task": task}), now=now)
    return Begun(contribution, record, issued.code)


def _begin_record(
    session: GatedSession, row: Task, contribution: Contribution, now: datetime
) -> Record | None:
    if not row.begins:
        return None
    return describe.create_record(
        session, row.begins, now=now, contribution_id=contribution.id, language=contribution.language
    )


def retask(session: GatedSession, contribution: Contribution, task: str, *, now: datetime) -> None:
    """A draft becomes another task, with all that was typed: somebody not listed yet is remembered anew.

    Raises NotPermitted once it was sent, or when rows of its own hang on the page it was about.
    """
    row, before = tasks.task(task), tasks.task(contribution.task)
    if contribution.sent_at is not None or before.begins:
        raise NotPermitted("cannot_change_task")
    item = item_of(session, contribution.id)
    if session.scalars(select(Media.id).where(Media.contribution_id == contribution.id)).first():
        raise NotPermitted("cannot_change_task")
    contribution.task = task
    record = _begin_record(session, row, contribution, now)
    item.kind, item.record_id = row.item, record.id if record else None
    session.flush()


def choose(session: GatedSession, contribution: Contribution, record: Record | None) -> None:
    """Which open page a contribution without one of its own adds to, or is about; None for none.

    What hangs on the page chosen before (a photograph beside a memory) must be taken off first:
    raises NotPermitted.
    """
    item, about = item_of(session, contribution.id), record.id if record else None
    if tasks.kept(contribution.task).begins or item.record_id == about:
        return
    if session.scalars(select(Media.id).where(Media.contribution_id == contribution.id)).first():
        raise NotPermitted("cannot_change_page")
    item.record_id = about
    session.flush()


def read(keys: ArchiveKey, contribution: Contribution) -> Draft:
    """The sheet. Raises NotOpen once it was erased."""
    if contribution.answers is None:
        raise NotOpen("erased")
    stored = json.loads(contribution_key(keys, contribution).decrypt(contribution.answers))
    return Draft(
        stored["answers"], stored["sent"], stored["agreed"], stored["doors"], stored.get("heard", "")
    )


def keep(
    session: GatedSession, keys: ArchiveKey, contribution: Contribution, draft: Draft, *, now: datetime
) -> None:
    """Store the sheet; the entry point's commit makes it safe."""
    plain = json.dumps(vars(draft), ensure_ascii=False, sort_keys=True).encode()
    contribution.answers = contribution_key(keys, contribution).encrypt(plain)
    contribution.changed_at = now
    session.flush()


def by_id(session: GatedSession, contribution_id: int) -> Contribution:
    """A contribution whose holder has shown the code."""
    return session.get_one(Contribution, contribution_id)


def locked(session: GatedSession, contribution_id: int) -> Contribution:
    """The contribution for a change: two requests of one family come one after the other.

    Not against rows that only name it: the desk writes words beside it while it holds what the family waits for.
    """
    wanted = select(Contribution).where(Contribution.id == contribution_id).with_for_update(key_share=True)
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def record_of(session: GatedSession, contribution: Contribution) -> Record:
    """The record this contribution began, else the one it adds to or is about. Raises NotOpen where there is none.

    A family's own session sees no page of others: there only what the contribution began is found.
    """
    return find_record(session, contribution) or _not_open()


def find_record(session: GatedSession, contribution: Contribution) -> Record | None:
    """As `record_of`, None where there is none."""
    wanted = select(Record).where(Record.contribution_id == contribution.id).order_by(Record.id)
    own = session.scalars(wanted).first()
    if own is not None or tasks.kept(contribution.task).begins:
        return own
    about = item_of(session, contribution.id).record_id
    return session.get(Record, about) if about is not None else None


def _not_open() -> Record:
    raise NotOpen("no_record")


def item_of(session: GatedSession, contribution_id: int) -> Item:
    """The latest piece of work about a contribution: its first sending, or its latest revision."""
    wanted = select(Item).where(Item.contribution_id == contribution_id, Item.kind.in_(OWN_KINDS))
    return session.scalars(wanted.order_by(Item.id.desc())).first() or _no_item()


def _no_item() -> Item:
    raise NotOpen("no_item")


def was_published(session: GatedSession, contribution: Contribution) -> bool:
    """Whether the archive has ever said yes to anything of it, though it may be hidden by now."""
    wanted = select(Part.record_id).where(Part.contribution_id == contribution.id).distinct()
    return any(
        archive_word.has_allowed(session, record_id, contribution.id) for record_id in session.scalars(wanted)
    )
