"""A synthetic photograph: rows only, nobody looks at its bytes here."""

from __future__ import annotations

from typing import Any

from memorial.domain.ids import new_public_id
from memorial.models import Derivative, Media, Record
from memorial.services import consent


def a_photograph(house: Any, work: Any, alt: str) -> None:
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, work.made.record_id)
        page = consent.guard_of(session, session.get_one(consent.Part, record.part_id))
        public_id = new_public_id()
        medium = Media(
            public_id=public_id,
            record_id=record.id,
            sha256="0" * 64,
            bytes=10,
            mime="image/jpeg",
            storage_key=f"originals/{public_id}",
            alt=alt,
            received_at=house.now(),
            due="",
            **page,
        )
        session.add(medium)
        session.flush()
        session.add(
            Derivative(
                public_id=new_public_id(),
                media_id=medium.id,
                width=1000,
                height=800,
                bytes=84_000,
                mime="image/jpeg",
                sha256="1" * 64,
                storage_key=f"derived/{public_id}",
                **page,
            )
        )
