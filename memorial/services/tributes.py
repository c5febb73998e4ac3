"""A memory, or a quiet sign, on somebody's page: rows and parts of the sender's own on a record that is there.

    item = hand_over(session, keys, contribution, draft, Sending(send_key, "az"), now)
    proof_of(session, keys, contribution, now=now)      # what visitors would find of it
    some(session, public_id, quiet=False, after="")     # for the pages that follow the first ones

It is sent, changed, hidden and erased as a record of one's own is (services/sending.py), but
the page belongs to others: its parts, its revision and what they allow stay as they are, and
without their page nothing of it is shown.
"""

from __future__ import annotations

from datetime import datetime

from memorial.domain import tasks, workflow
from memorial.domain.content import Content, TributeContent
from memorial.domain.errors import Invalid, NotOpen, NotPermitted
from memorial.domain.ids import is_public_id
from memorial.domain.views import Memories, Memory, RecordView
from memorial.gate import GatedSession, as_one, proof_of_sent
from memorial.gate.as_one import pages_of
from memorial.gate.left import beside, left
from memorial.gate.shown import memories
from memorial.keys import ArchiveKey
from memorial.models import Contribution, Item, Revision
from memorial.services import contribution_content as content
from memorial.services import describe, reading, review, sending
from memorial.services.contribute import Draft, find_record, item_of
from memorial.services.sending import Sending

SIGNS = ("candle", "blossom")
MEMORY, SIGN = "memory", "sign"


def hand_over(
    session: GatedSession,
    keys: ArchiveKey,
    contribution: Contribution,
    draft: Draft,
    one: Sending,
    now: datetime,
) -> Item:
    """Its words become rows of the page it was left on; nothing of it is shown before the desk says yes."""
    if find_record(session, contribution) is None:
        raise NotPermitted("said_enough")
    return _Left(session, keys, contribution, draft, one, now).hand_over()


class _Left(sending.Sent):
    """One sending of a memory."""

    def _content(self, answers: content.Answers, language: str) -> Content:
        return content_of(answers, language, photographs=bool(self._roles()))

    def _new_item(self) -> Item:
        return review.new_item(
            self.session,
            "revision" if self.published else tasks.task("memory").item,
            now=self.now,
            state=workflow.DRAFT,
            record=self.record,
            contribution=self.contribution,
        )

    def _flags(self) -> list[str]:
        """Besides its own: what needs a specialist in one item of a page needs one in all of them."""
        marks = review.marks_for_specialists(self.session, self.record, self.contribution)
        found = super()._flags()
        return [*found, *sorted(marks - set(found))]


def content_of(answers: content.Answers, language: str, *, photographs: bool) -> Content:
    """The memory with the name that the sender chose, and the sign. A photograph needs a memory to stand in."""
    said = {name: str(answers.get(name, "")).strip() for name in (MEMORY, SIGN)}
    signed = content.shown_name(answers, language)
    found = []
    if said[MEMORY] or photographs:
        found.append(TributeContent(MEMORY, said[MEMORY], MEMORY, signed, language))
    if said[SIGN] in SIGNS:
        found.append(TributeContent(said[SIGN], "", SIGN, signed, language))
    return Content(language=language, tributes=tuple(found))


# -- what is seen of it -------------------------------------------------------------------------


def proof_of(
    session: GatedSession, keys: ArchiveKey, contribution: Contribution, *, now: datetime
) -> list[Memory]:
    """What visitors would find of it on the page, if the archive said yes now.

    The page is another family's, so the session is the program's own; it is one that writes and
    is rolled back, in which a change that waits is made to stand. Nothing but this contribution's
    own words leaves here.
    """
    item = item_of(session, contribution.id)
    if item.record_id is None:
        raise NotOpen("no_record")
    revision = session.get(Revision, item.revision_id) if item.revision_id else None
    if revision is not None and revision.applied_at is None:
        describe.apply(session, revision, now=now)
        sending.widen(session, keys, contribution, now=now)
    return proof_of_sent(session, item.record_id, contribution.id)


def some(
    session: GatedSession, public_id: str, *, quiet: bool, after: str = ""
) -> tuple[RecordView, Memories]:
    """Those that follow a place in the order on a page that this reader sees. Raises NotOpen, Invalid."""
    record = reading.find(session, "remembrance", public_id)
    if record is None:
        raise NotOpen
    pages = [page.id for page in pages_of(session, record)]
    found = left(session, pages, quiet=quiet, after=_place(after) if after else None)
    return as_one(session, record), memories(found, beside(session, found))


def _place(text: str) -> tuple[datetime, str]:
    """The day and the address that a place in the order is written with (gate/shown.py)."""
    day, _, public_id = text.partition(".")
    try:
        at = datetime.strptime(f"{day} +0000", "%Y-%m-%d %z")
    except ValueError as error:
        raise Invalid("cursor", field="after") from error
    if not is_public_id(public_id):
        raise Invalid("cursor", field="after")
    return at, public_id
