"""Synthetic recordings and transcripts for tests, as rows: no file lies behind them unless one is given.

made = a_testimony(house)
recording = a_recording(house, made)                       # audio, sixty seconds, allowed by everyone
name = a_transcript(house, recording, ["One.", "Two."])    # released; returns its public id
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from memorial.domain import consent as rules
from memorial.domain.ids import new_public_id
from memorial.gate import Actor
from memorial.house import House
from memorial.models import Cue, Derivative, Media, Part, Record, Transcript
from memorial.services import archive_word, consent
from memorial.services.consent import Said
from tests.builders import ALL_MAY_VIEW, Made

LINE = 4000  # milliseconds


def a_recording(house: House, made: Made, *, allowed: bool = True, **values: Any) -> int:
    """The row of a recording; returns its number. Its copies are rows with names that no file has."""
    with house.writing(house.keeper()) as session:
        record, public_id = session.get_one(Record, made.record_id), new_public_id()
        part = consent.add_part(
            session, record, f"recording:{public_id}", "recording", contribution_id=made.contribution_id
        )
        given = {
            "role": "audio", "mime": "audio/mpeg", "sha256": "0" * 64, "bytes": 960_000, "length": 60_000,
            "storage_key": f"none/{public_id}", "file_name": "synthetic.mp3", **values,
        }  # fmt: skip
        medium = Media(
            public_id=public_id, record_id=record.id, received_at=house.now(), **given,
            **consent.guard_of(session, part),
        )  # fmt: skip
        session.add(medium)
        session.flush()
        if allowed:
            yes = {rules.EVERY_PART: ALL_MAY_VIEW}
            if made.contribution_id is not None:
                party = consent.party_of(session, "contributor", made.contribution_id)
                consent.append(session, record, Said(party, "will", yes), by=Actor.system(), at=house.now())
            whole = rules.everything()
            will = {**archive_word.standing(session, record.id), f"recording:{public_id}": whole}
            said = Said(consent.archive_party(session), "will", will)
            consent.append(session, record, said, by=Actor.system(), at=house.now())
        return medium.id


def a_copy(house: House, media_id: int, kind: str = "audio", **values: Any) -> str:
    """The row of a copy of a recording; returns its public id."""
    with house.writing(house.keeper()) as session:
        medium, public_id = session.get_one(Media, media_id), new_public_id()
        given = {
            "mime": "audio/ogg", "bytes": 300_000, "sha256": "1" * 64, "storage_key": f"none/{public_id}", **values,
        }  # fmt: skip
        guard = consent.guard_of(session, session.get_one(Part, medium.part_id))
        session.add(Derivative(public_id=public_id, media_id=medium.id, kind=kind, **given, **guard))
        return public_id


def a_transcript(
    house: House,
    media_id: int,
    lines: Sequence[str],
    *,
    release: bool = True,
    kind: str = "verbatim",
    language: str = "en",
    speaker: str = "Synthetic narrator",
    translates: str = "",
    **values: Any,
) -> str:
    """A transcript of four seconds a line; returns its public id."""
    from sqlalchemy import select

    with house.writing(house.keeper()) as session:
        medium, public_id = session.get_one(Media, media_id), new_public_id()
        record = session.get_one(Record, medium.record_id)
        of = "translation" if kind == "translation" else "transcript"
        part = consent.add_part(
            session, record, f"{of}:{public_id}", of,
            root=session.get_one(Part, medium.part_id), contribution_id=medium.contribution_id,
        )  # fmt: skip
        if release:
            archive_word.release(session, record, [part.key], by=Actor.system(), at=house.now())
        else:
            archive_word.hide(session, record, [part.key], by=Actor.system(), at=house.now())
        guard = consent.guard_of(session, part)
        original = session.scalars(select(Transcript).where(Transcript.public_id == translates)).first()
        row = Transcript(
            public_id=public_id, media_id=medium.id, record_id=record.id, kind=kind, language=language,
            translates_id=original.id if original else None, released_at=house.now(), **values, **guard,
        )  # fmt: skip
        session.add(row)
        session.flush()
        for number, line in enumerate(lines, 1):
            session.add(
                Cue(
                    transcript_id=row.id,
                    position=number,
                    number=number,
                    starts=(number - 1) * LINE,
                    ends=number * LINE,
                    speaker=speaker,
                    body=line,
                    **guard,
                )
            )
        return public_id


def a_received_recording(
    house: House, made: Made, content: bytes, *, name: str = "synthetic", allowed: bool = True
) -> int:
    """A recording as a family sent it, encrypted under its key; its copies are due. Returns its number."""
    import io

    from memorial.models import Contribution
    from memorial.services import photographs

    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        key = house.keys.unwrap(contribution.wrapped_key or b"")
        received = photographs.receive(house.storage, key, io.BytesIO(content), name, 1 << 30)
        record = session.get_one(Record, made.record_id)
        medium = photographs.add(session, contribution, record, received, now=house.now(), most=99)
        if allowed:
            party = consent.party_of(session, "contributor", made.contribution_id)
            said = Said(
                party, "will", {rules.EVERY_PART: ALL_MAY_VIEW, f"recording:{medium.public_id}": ALL_MAY_VIEW}
            )
            consent.append(session, record, said, by=Actor.system(), at=house.now())
            archive_word.release(
                session, record, [f"recording:{medium.public_id}"], by=Actor.system(), at=house.now()
            )
        return medium.id
