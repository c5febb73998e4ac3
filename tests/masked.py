"""A synthetic recording in which a third person is named everywhere it can be: for the tests of masks.

told = a_told_recording(house, name="Zqelman Zqhacıyev", russian="Зкелман Зкгаджиев")
item = told.work.item_id; told.media_id
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.domain.content import Content, TextContent
from memorial.domain.ids import new_public_id
from memorial.domain.transcript import plain
from memorial.gate import Actor
from memorial.house import House
from memorial.models import (
    Cue,
    Draft,
    DraftCue,
    DraftStep,
    Interview,
    Item,
    Media,
    Part,
    Record,
    Segment,
    Transcript,
)
from memorial.services import archive_word, consent, describe, search_index
from tests.voices import LINE, a_copy, a_recording, a_transcript
from tests.web.desk.people import Work, an_item

NAME, RUSSIAN = "Zqelman Zqhacıyev", "Зкелман Зкгаджиев"


@dataclass(frozen=True)
class Told:
    work: Work
    media_id: int
    transcript: str
    translation: str


def a_told_recording(
    house: House, *, name: str = NAME, russian: str = RUSSIAN, lines: list[str] | None = None
) -> Told:
    """Published whole: story, caption, interview, chapters, transcript and translation, a draft and its older version."""
    work = an_item(house)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, work.made.record_id)
        content = Content(
            language="az",
            detail={"stood": "survivor", "told_at": f"{name}s house"},
            texts=[
                TextContent("title", f"Told beside {name}", language="en"),
                TextContent(
                    "testimony", f"We saw {name} there. And {name} saw us.", part="text", language="en"
                ),
            ],
            content_note=f"{name} is hurt in it.",
        )
        contribution = work.made.contribution_id
        revision = describe.propose(
            session, record, content, by=Actor.system(), now=house.now(), contribution_id=contribution
        )
        describe.apply(session, revision, now=house.now())
        yes = {rules.EVERY_PART: rules.everything()}
        for party in (consent.party_of(session, "contributor", contribution), consent.archive_party(session)):
            consent.append(
                session, record, consent.Said(party, "will", yes), by=Actor.system(), at=house.now()
            )
        session.get_one(Item, work.item_id).revision_id = revision.id
    media_id = a_recording(
        house,
        work.made,
        alt=f"A talk with {name}",
        file_name=f"{name}.mp3",
        storage_key=f"originals/{new_public_id()}",
    )
    a_copy(house, media_id, storage_key=f"derived/{new_public_id()}/copy.ogg")
    said = lines or [
        "It was cold.",
        f"Then {name}ə dedim.",
        f"<i>Only {name}</i> came &amp; went.",
        "No one else.",
    ]
    transcript = a_transcript(house, media_id, said, language="az", speaker=name)
    theirs = [line.replace(name, russian).replace("ə dedim", "у сказал") for line in said]
    translation = a_transcript(
        house, media_id, theirs, kind="translation", language="ru", translates=transcript
    )
    with house.writing(house.keeper()) as session:
        beside(session, house, media_id, name, transcript)
        search_index.index_records(session, [work.made.record_id])
    return Told(work, media_id, transcript, translation)


def beside(session: Any, house: House, media_id: int, name: str, transcript: str) -> None:
    """Chapters and interview that say a name, and the draft of a transcript with what it said before."""
    medium = session.get_one(Media, media_id)
    record = session.get_one(Record, medium.record_id)
    root = session.get_one(Part, medium.part_id)
    key = f"chapters:{medium.public_id}"
    part = consent.add_part(
        session, record, key, "chapters", root=root, contribution_id=medium.contribution_id
    )
    archive_word.release(session, record, [key], by=Actor.system(), at=house.now())
    session.add(
        Segment(
            media_id=media_id, position=1, starts=0, ends=8000, language="en", title=f"{name} comes",
            synopsis=f"Of {name} and others.", excerpt=f"Then {name}ə", keywords=[name, "winter"], persons=[name],
            spots=[{"name": f"{name}s yard", "point": "1,1"}], **consent.guard_of(session, part),
        )
    )  # fmt: skip
    session.add(
        Interview(
            public_id=f"i{transcript[:11]}", record_id=record.id, others_present=f"{name} and a neighbour", summary=f"{name} again",
            **consent.guard_of(session, root),
        )
    )  # fmt: skip
    row = session.scalars(select(Transcript).where(Transcript.public_id == transcript)).one()
    draft = Draft(
        public_id=transcript, media_id=media_id, record_id=record.id, contribution_id=medium.contribution_id,
        kind="verbatim", language="az", version=1, begun_at=house.now(), released=1,
        chapters=[{"begin": 0, "tellings": [{"title": f"{name} comes", "keywords": [name]}]}],
    )  # fmt: skip
    session.add(draft)
    session.flush()
    changes = []
    for cue in session.scalars(select(Cue).where(Cue.transcript_id == row.id).order_by(Cue.position)).all():
        words = _timed(cue) if cue.number == 2 else []
        cue.words = words
        values = {"number": cue.number, "position": cue.position, "starts": cue.starts, "ends": cue.ends,
                  "speaker": cue.speaker, "body": cue.body, "words": words}  # fmt: skip
        session.add(DraftCue(draft_id=draft.id, contribution_id=medium.contribution_id, **values))
        before = [cue.position, cue.starts, cue.ends, cue.speaker, f"{cue.body} He, {name}.", []]
        changes.append(
            [cue.number, before, [cue.position, cue.starts, cue.ends, cue.speaker, cue.body, words]]
        )
    session.add(
        DraftStep(
            draft_id=draft.id, contribution_id=medium.contribution_id, version=1, made_by="account:1", made_at=house.now(),
            changes=changes,
        )
    )  # fmt: skip


def _timed(cue: Cue) -> list[list[Any]]:
    """Each word of a line for an equal share of its time."""
    said = plain(cue.body).split()
    share = LINE // len(said)
    return [[word, cue.starts + n * share, cue.starts + (n + 1) * share] for n, word in enumerate(said)]
