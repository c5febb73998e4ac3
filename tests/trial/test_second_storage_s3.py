"""Every original a second time on a real S3 server: damage in either place is mended from the other, and erasure ends both.

Both ways round, and from one S3 folder to another. What was counted is written to docs/trials/. Run by `make trial`.
"""

from __future__ import annotations

import random
import secrets
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from memorial import file_rounds
from memorial.gate import Actor
from memorial.models import Contribution, CustodyEvent, Media
from memorial.services import check, custody, fixity, withdrawal
from memorial.storage import Storage
from tests.builders import a_testimony
from tests.conftest import ROOT
from tests.services.test_fixity import items_of, stored
from tests.services.test_second_storage import report
from tests.test_storage_s3 import BUCKET, free_ports, s3_server

__all__ = ["s3_server"]  # the fixture
pytestmark = [pytest.mark.trial, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]
RECORDS, EACH, LARGE = 20, 10, 70 << 20  # originals; and one that goes up in parts
WAYS = {
    "on disk, second on S3": (False, True),
    "on S3, second on disk": (True, False),
    "on S3, second on S3": (True, True),
}
COUNTED: dict[str, list[str]] = {}
COUNTED_AWAY: list[str] = []


@pytest.fixture(params=WAYS)
def way(request):
    return request.param


@pytest.fixture
def settings(settings, tmp_path, s3_server, monkeypatch, way):
    for name, value in s3_server.items():
        monkeypatch.setenv(name, value)

    def place(remote: bool, name: str) -> str:
        return f"s3://{BUCKET}/{secrets.token_hex(4)}" if remote else str(tmp_path / name)

    first, second = WAYS[way]
    urls = {"storage_url": place(first, "media"), "second_storage_url": place(second, "second-storage")}
    return settings.model_copy(update=urls)


@pytest.fixture(scope="module", autouse=True)
def written_down():
    yield
    if len(COUNTED) < len(WAYS):
        return
    now = datetime.now(UTC)
    lines = [
        f"# A second storage on S3, {now:%Y-%m-%d}", "",
        "SeaweedFS 4.48 on loopback, SQLite; one bit flipped in a third of the originals, a third gone, in the first place of half",
        "of them and in the second of the others; one original of 70 MB, which goes up in parts.", "",
    ]  # fmt: skip
    for way, counted in COUNTED.items():
        lines += [f"## Originals {way}", "", *(f"- {line}" for line in counted), ""]
    lines += [*COUNTED_AWAY, "", "`pytest -n 0 -m trial tests/trial/test_second_storage_s3.py`", ""]
    (ROOT / f"docs/trials/{now:%Y-%m-%d}-second-storage.md").write_text("\n".join(lines), encoding="utf-8")


def _bytes(storage: Storage, key: str) -> bytes:
    with storage.open_sealed(key) as source:
        return source.read()


def _flip(storage: Storage, key: str, chance: random.Random) -> None:
    """As a disk or a bucket could change it: past everything that the program does before it writes."""
    content = bytearray(_bytes(storage, key))
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    with tempfile.TemporaryDirectory(dir=storage._backend.scratch) as folder:
        file = Path(folder) / "flipped"
        file.write_bytes(content)
        storage._backend.keep(file, key, overwrite=True)


def _originals(house) -> dict[str, bytes]:
    """Of synthetic families, encrypted as everything of theirs is."""
    chance, keys = random.Random(1992), []
    for number in range(RECORDS):
        keys.append(stored(house, a_testimony(house)))
        with house.writing(house.keeper()) as session:
            like = session.scalars(select(Media).order_by(Media.id.desc())).first()
            contribution = session.get_one(Contribution, like.contribution_id)
            key = custody.contribution_key(house.keys, contribution)
            columns = {
                c.key: getattr(like, c.key)
                for c in Media.__mapper__.column_attrs
                if c.key not in ("id", "public_id")
            }
            for at in range(EACH - 1):
                size = LARGE if (number, at) == (0, 0) else chance.randint(1, 200_000)
                kept = house.storage.put_original(BytesIO(chance.randbytes(size)), key)
                public_id = secrets.token_hex(7)
                session.add(Media(**{**columns, "public_id": public_id, "storage_key": kept.storage_key}))
                keys.append(kept.storage_key)
    return {key: _bytes(house.storage, key) for key in keys}


def test_damage_in_either_place_is_mended_from_the_other_and_erasure_ends_both(house, clock, way):
    content = _originals(house)
    assert file_rounds.fixity_round(house) == 0
    places = (house.storage, Storage(house.settings.second_storage_url))
    assert all(_bytes(place, key) == whole for place in places for key, whole in content.items())

    chance, done = random.Random(26), Counter()
    for number, key in enumerate(sorted(content)):
        place = number % 2
        what = ("flipped", "gone", "")[number // 2 % 3]
        if what == "flipped":
            _flip(places[place], key, chance)
        elif what == "gone":
            assert places[place].delete(key)
        if what:
            done[what, place] += 1
    clock.forward(fixity.AGAIN + timedelta(minutes=1))
    assert file_rounds.fixity_round(house) == 0
    today = report(house)["days"][house.now().date().isoformat()]
    broken = sum(done.values())
    flipped = done["flipped", 0] + done["flipped", 1]
    assert (today["damaged"], today["missing"], today["mended"], today["left"]) == (
        flipped, broken - flipped, broken, 0,
    )  # fmt: skip
    assert all(_bytes(place, key) == whole for place in places for key, whole in content.items())
    assert items_of(house, "fixity") == []
    with house.session(house.keeper()) as session:
        said = dict(
            session.execute(select(CustodyEvent.verb, func.count()).group_by(CustodyEvent.verb)).all()
        )
        assert [*check.check(session, house.storage, places[1], now=house.now())] == []
    assert said["copied"] == len(content)
    assert (said["mended"], said["copy_mended"]) == tuple(
        done["flipped", place] + done["gone", place] for place in (0, 1)
    )

    both = sorted(content)[0]
    for place in places:
        _flip(place, both, chance)
    clock.forward(fixity.AGAIN + timedelta(minutes=1))
    assert file_rounds.fixity_round(house) == 2
    assert len(items_of(house, "fixity")) == 2

    gone = _erase_one(house)
    assert gone
    assert not [key for key in gone for place in places if place.exists(key)]
    COUNTED[way] = [
        f"originals: {len(content)}, copied to the second place byte for byte: {said['copied']}",
        f"broken in the first place: {done['flipped', 0]} flipped, {done['gone', 0]} gone; mended from the second: {said['mended']}",
        f"broken in the second place: {done['flipped', 1]} flipped, {done['gone', 1]} gone; mended from the first: {said['copy_mended']}",
        "broken in both places: 1, left as it is, and two pieces of work for a person",
        f"originals of one family erased in both places: {len(gone)}",
    ]


@pytest.mark.parametrize("way", ["on disk, second on S3"], indirect=True)
def test_while_the_server_is_away_the_first_place_is_looked_at_and_what_was_erased_is_deleted_later(
    house, clock, monkeypatch
):
    keys = [stored(house, a_testimony(house)) for _ in range(3)]
    assert file_rounds.fixity_round(house) == 0
    second = Storage(house.settings.second_storage_url)
    with monkeypatch.context() as away:
        away.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_ports(1)[0]}")
        del house.__dict__["second_storage"]
        clock.forward(fixity.AGAIN + timedelta(minutes=1))
        _flip(house.storage, keys[2], random.Random(1))
        assert file_rounds.fixity_round(house) == 1
        assert report(house)["second"] == "away"
        (gone,) = _erase_one(house)
        assert not house.storage.exists(gone)
        assert second.exists(gone)
    del house.__dict__["second_storage"]
    clock.forward(timedelta(days=1))
    assert file_rounds.fixity_round(house) == 0
    assert report(house)["second"] == "there"
    house.storage.verify(keys[2])
    assert sorted(second.listing("originals")) == sorted(set(keys) - {gone})
    COUNTED_AWAY.append(
        "With the server away the first place was looked at and a broken original waited; what a family erased meanwhile was deleted "
        "on the server, and the broken one mended from it, in the first round after it was back."
    )


def _erase_one(house) -> list[str]:
    with house.writing(house.keeper()) as session:
        contribution = session.scalars(select(Contribution).order_by(Contribution.id)).first()
        keys = list(
            session.scalars(select(Media.storage_key).where(Media.contribution_id == contribution.id))
        )
        actor = Actor.family(contribution.public_id, contribution.id)
        withdrawal.erase(session, actor, contribution, now=house.now())
    return keys
