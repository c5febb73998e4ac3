"""What tests of drafts share: a recording with its family, colleagues, and a draft of so many lines. All synthetic."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from memorial.domain.transcript import Cue
from memorial.domain.transcript_lines import mark
from memorial.gate import Actor
from memorial.house import House
from memorial.models import Cue as CueRow
from memorial.models import Draft, Media, Transcript
from memorial.services.transcripts import drafts, editing, releasing
from memorial.services.transcripts.editing import Saved
from tests.builders import public


@contextmanager
def the_recording(house: House, media_id: int):
    with house.writing(house.keeper()) as session:
        yield session, session.get_one(Media, media_id)


def some_cues(count: int) -> list[Cue]:
    return [Cue(n * 4000, (n + 1) * 4000, f"Line {n + 1}.", "Synthetic Narrator") for n in range(count)]


def a_draft(
    house: House, actor: Actor, media_id: int, count: int = 3, kind: str = "verbatim", **values: Any
) -> str:
    with the_recording(house, media_id) as (session, medium):
        values = {"language": "en", "made_by": "Synthetic Transcriber", "cues": some_cues(count), **values}
        return drafts.begin(session, actor, medium, kind, now=house.now(), **values).public_id


def lines(house: House, draft: str) -> list[str]:
    with house.session(house.keeper()) as session:
        return [line.body for line in drafts.lines_of(session, drafts.find(session, draft))]


def seen(house: House, draft: str, number: int) -> dict[str, Any]:
    with house.session(house.keeper()) as session:
        found = drafts.by_number(session, drafts.find(session, draft), [number])[number]
        return {"number": number, "seen": mark(drafts.line(found))}


def save(house: House, actor: Actor, draft: str, *changes: dict[str, Any], now: Any = None) -> Saved:
    with house.writing(house.keeper()) as session:
        found = drafts.find(session, draft, lock=True)
        return editing.save(session, actor, found, changes, now=now or house.now())


def write(house: House, actor: Actor, draft: str, number: int, text: str, now: Any = None) -> Saved:
    return save(house, actor, draft, {"do": "set", "body": text, **seen(house, draft, number)}, now=now)


def act(house: House, actor: Actor, draft: str, what: str, *more: Any) -> None:
    with house.writing(house.keeper()) as session:
        found = drafts.find(session, draft)
        given = [found.version, *more] if what != "take_down" else []
        keys = {"keys": house.keys} if what != "take_down" else {}
        getattr(releasing, what)(session, actor, found, *given, now=house.now(), **keys)


def shown(house: House) -> dict[str, list[str]]:
    """What any visitor may read: the lines of each transcript by its public id."""
    with house.session(public(house)) as session:
        return {
            row.public_id: list(
                session.scalars(
                    select(CueRow.body).where(CueRow.transcript_id == row.id).order_by(CueRow.position)
                )
            )
            for row in session.scalars(select(Transcript))
        }


def version(house: House, draft: str) -> int:
    with house.session(house.keeper()) as session:
        return session.scalars(select(Draft.version).where(Draft.public_id == draft)).one()
