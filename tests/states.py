"""A record in each state that a record can be in, with one word in everything of it.

    subject = a_subject(house, "testimony", "embargoed", 7)
    subject.word, subject.copy, subject.item      # the word, its photograph's copy, its piece of work

Made as the archive makes them; all of it is synthetic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO

from memorial.domain import consent as rules
from memorial.domain import workflow
from memorial.domain.consent import Grants
from memorial.domain.content import Content, TextContent
from memorial.domain.ids import new_public_id
from memorial.gate import Actor
from memorial.house import House
from memorial.models import Contribution, Derivative, Media
from memorial.services import consent, custody, review, withdrawal
from memorial.services.contribute import Draft, keep
from tests.builders import ALL_MAY_VIEW, Made, a_record, record_of, some_content

STATES = (
    "draft", "submitted", "ready", "published", "hidden", "withdrawn", "embargoed", "ended", "research", "sealed", "erased",
)  # fmt: skip
KINDS = ("testimony", "press", "remembrance", "document", "event", "place")
DAY = timedelta(days=1)
# Who, beside the public, may see which states; everything else is never-was to them.
OPEN_TO = {"nobody": {"published"}, "approved_reader": {"published", "research"}, "moderator": {"published"},
           "consent_officer": {"published"}, "family": {"published"}}  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """A record in a state, with the word that is in everything of it and the copy of its photograph."""

    made: Made
    state: str
    word: str
    copy: str
    item: str


def a_subject(house: House, kind: str, state: str, number: int) -> Subject:
    word = f"zqword{number:04d}"
    content = with_notice(some_content(kind, word), word)
    contributor, archive = wills(house, state)
    made = a_record(house, kind, content=content, contributor=contributor, archive=None)
    copy = a_copy(house, made, word)
    with house.writing(house.keeper()) as session:
        record = record_of(session, made)
        contribution = session.get_one(Contribution, made.contribution_id)
        party = consent.party_of(session, "contributor", contribution.id)
        if contributor is not None:  # said again, so that it reaches the photograph
            consent.append(
                session, record, consent.Said(party, "will", contributor), by=Actor.system(), at=house.now()
            )
        if archive is not None:
            said = consent.Said(consent.archive_party(session), "will", archive)
            consent.append(session, record, said, by=Actor.system(), at=house.now())
        keep(session, house.keys, contribution, Draft({"task": kind}), now=house.now())
        at = {"draft": workflow.DRAFT, "submitted": workflow.SUBMITTED, "ready": workflow.READY}.get(
            state, workflow.DONE
        )
        item = review.new_item(
            session, "contribution", now=house.now(), state=at, record=record, contribution=contribution
        )
        item_id = item.public_id
    take_back(house, made, state)
    return Subject(made, state, word, copy, item_id)


def with_notice(content: Content, word: str) -> Content:
    notice = TextContent("notice", f"Withdrawn, says {word}.", part="notice", language="en")
    return replace(content, texts=[*content.texts, notice])


def wills(house: House, state: str) -> tuple[Mapping[str, Grants] | None, Mapping[str, Grants] | None]:
    """What the contributor and the archive say."""
    everything = {rules.EVERY_PART: rules.everything()}
    now = house.now()
    if state == "draft":
        return None, None
    if state in ("submitted", "ready"):
        return {rules.EVERY_PART: ALL_MAY_VIEW}, None
    special = {
        "embargoed": rules.chosen(["public", "research"], ["view"], opens=now + DAY),
        "ended": rules.chosen(["public", "research"], ["view"], closes=now - DAY),
        "research": rules.chosen(["research"], ["view"]),
    }
    return {rules.EVERY_PART: special.get(state, ALL_MAY_VIEW)}, everything


def a_copy(house: House, made: Made, word: str) -> str:
    """A photograph with one stored copy, as a part of its own."""
    with house.writing(house.keeper()) as session:
        record = record_of(session, made)
        part = consent.add_part(
            session, record, f"photograph:{word}", "photograph", contribution_id=made.contribution_id
        )
        guard = consent.guard_of(session, part)
        key = custody.contribution_key(house.keys, session.get_one(Contribution, made.contribution_id))
        original = house.storage.put_original(BytesIO(f"{word} as it came".encode()), key)
        medium = Media(
            public_id=new_public_id(), record_id=record.id, sha256=word, bytes=4, mime="image/jpeg", alt=word,
            credit=word, file_name=word, storage_key=original.storage_key,
            received_at=house.now(), due="", **guard,
        )  # fmt: skip
        session.add(medium)
        session.flush()
        content = f"{word} as a picture".encode()
        copy = Derivative(
            public_id=new_public_id(), media_id=medium.id, width=4, height=5, bytes=len(content), mime="image/jpeg",
            sha256=word, storage_key=house.storage.put_derived(f"{word}/4.jpg", content), **guard,
        )  # fmt: skip
        session.add(copy)
        return str(copy.public_id)


def take_back(house: House, made: Made, state: str) -> None:
    if state not in ("hidden", "withdrawn", "sealed", "erased"):
        return
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        actor = Actor.family(made.ref, contribution.id)
        withdrawal.hide(session, actor, contribution, now=house.now(), notice=state == "withdrawn")
        if state == "erased":
            withdrawal.erase(session, actor, contribution, now=house.now())
        if state == "sealed":
            for table in consent.guarded_tables():
                for row in session.query(table).filter(table.contribution_id == contribution.id):
                    row.sealed = True
