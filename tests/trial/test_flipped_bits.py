"""Ten thousand bits flipped, each in a file of its own, half of them in each place: all found and all mended."""

from __future__ import annotations

import hashlib
import os
import random
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from memorial import file_rounds
from memorial.domain.ids import new_public_id
from memorial.models import CustodyEvent, Media, Part
from memorial.services import consent, fixity
from tests.builders import a_testimony
from tests.services.test_second_storage import report, settings  # noqa: F401

FILES = int(os.environ.get("MEMORIAL_TRIAL_BITS", "10000"))
pytestmark = [pytest.mark.trial, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]


def test_every_flipped_bit_is_found_and_mended_from_the_other_place(house, clock):
    made = a_testimony(house)
    chance = random.Random(1992)
    roots = [Path(house.settings.storage_url), Path(house.settings.second_storage_url)]
    names = {}
    with house.writing(house.keeper()) as session:
        guard = consent.guard_of(
            session, session.scalars(select(Part).where(Part.record_id == made.record_id)).first()
        )
    for _ in range(FILES):  # named by their hash, as an original is; no round has need of a key
        content = chance.randbytes(chance.randint(1, 4096))
        digest = hashlib.sha256(content).hexdigest()
        names[f"originals/{digest[:2]}/{digest}"] = content
        for root in roots:
            path = root / f"originals/{digest[:2]}/{digest}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    rows = [
        {
            **guard, "public_id": new_public_id(), "record_id": made.record_id, "sha256": key[-64:], "bytes": 1,
            "mime": "image/jpeg", "storage_key": key, "received_at": house.now(), "due": "",
        }
        for key in names
    ]  # fmt: skip
    with house.writing(house.keeper()) as session:
        session.execute(insert(Media), rows)
    assert file_rounds.fixity_round(house) == 0
    for number, (key, content) in enumerate(names.items()):
        flipped = bytearray(content)
        flipped[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        (roots[number % 2] / key).write_bytes(flipped)
    clock.forward(fixity.AGAIN + timedelta(minutes=1))
    assert file_rounds.fixity_round(house) == 0
    today = report(house)["days"][house.now().date().isoformat()]
    assert (today["checked"], today["damaged"], today["mended"], today["left"]) == (
        2 * FILES,
        FILES,
        FILES,
        0,
    )
    for key, content in names.items():
        assert all((root / key).read_bytes() == content for root in roots)
    with house.session(house.keeper()) as session:
        wanted = select(CustodyEvent.verb, func.count()).group_by(CustodyEvent.verb)
        counted = dict(session.execute(wanted).all())
    assert (counted["mended"], counted["copy_mended"]) == (FILES / 2, FILES / 2)
