"""Files that come in pieces: what was acknowledged is there, whole and once, wherever it stopped."""

from __future__ import annotations

import hashlib
import io
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from memorial import jobs
from memorial.derivatives import HEAD
from memorial.domain.errors import Invalid, NotOpen, Stale, TooMany
from memorial.models import Contribution, CustodyEvent, Media, Part, Upload, UploadPiece
from memorial.services import assembling, contribute, photographs, uploads, withdrawal
from memorial.services.backup import _files
from memorial.services.check import files_without_a_row
from memorial.services.custody import contribution_key
from memorial.services.uploads import Limits, Piece, Wanted
from tests.services.test_contribute import TOLD, begun
from tests.web.contribute.helpers import a_photograph

LIMITS = Limits(file=10**7, contribution=2 * 10**7, day=10**9, count=20)
NOISE = random.Random(1992).randbytes(300_000)


def key_of(house, contribution_id):
    with house.session(house.keeper()) as session:
        return contribution_key(house.keys, session.get_one(Contribution, contribution_id))


def announced(house, contribution_id, size, name="film.mp4", limits=LIMITS, page="recording"):
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        wanted = Wanted(name, size, page, "mark")
        return uploads.begin(session, contribution, wanted, limits, now=house.now()).public_id


def brought(house, contribution_id, public_id, offset, plain, limits=LIMITS):
    """One piece; returns the id of the medium once the file is whole."""
    key = key_of(house, contribution_id)
    stored = house.storage.put_original(io.BytesIO(plain), key)
    with house.session(house.keeper()) as session:
        upload = uploads.find(session, contribution_id, public_id)
        head = uploads.head_of(session, house.storage, key, upload, plain)
    with house.writing(house.keeper()) as session:
        contribution = contribute.locked(session, contribution_id)
        record = contribute.record_of(session, contribution)
        piece = Piece(offset, stored, head)
        upload = uploads.keep(session, contribution, record, public_id, piece, limits, now=house.now())
        return upload.media_id


def sent_in(house, contribution_id, content, size, **more):
    public_id = announced(house, contribution_id, len(content), **more)
    medium = None
    for offset in range(0, len(content), size):
        medium = brought(house, contribution_id, public_id, offset, content[offset : offset + size])
    return public_id, medium


def content_of(house, media_id):
    with house.session(house.keeper()) as session:
        medium = session.get_one(Media, media_id)
    with house.storage.open_original(medium.storage_key, key_of(house, medium.contribution_id)) as plain:
        return plain.read()


def the_medium(house, media_id):
    with house.session(house.keeper()) as session:
        return session.get_one(Media, media_id)


def count(house, table):
    with house.session(house.keeper()) as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_file_of_many_pieces_becomes_one_original_with_the_same_hash(house):
    contribution_id, _ = begun(house, TOLD)
    content = b"\0\0\0\x20ftypisom" + NOISE
    _, media_id = sent_in(house, contribution_id, content, 70_001)
    before = the_medium(house, media_id)
    assert (before.due, before.role, before.mime, before.bytes) == (
        "assemble",
        "video",
        "video/mp4",
        len(content),
    )
    jobs.assemble(house, media_id)
    after = the_medium(house, media_id)
    assert (after.due, after.sha256) == ("convert", hashlib.sha256(content).hexdigest())
    assert content_of(house, media_id) == content
    assert list(house.storage.listing("originals")) == [after.storage_key]
    assert count(house, UploadPiece) == 0


def test_a_file_of_one_piece_is_whole_at_once_and_a_photograph_gets_its_copies(house):
    contribution_id, _ = begun(house, TOLD)
    content = a_photograph()
    _, media_id = sent_in(house, contribution_id, content, 10**7, name="C:\\folder\\mother.jpg")
    medium = the_medium(house, media_id)
    assert (medium.due, medium.sha256) == ("copies", hashlib.sha256(content).hexdigest())
    assert medium.file_name == "mother.jpg"
    assert jobs.sweep(house) == 1
    assert the_medium(house, media_id).width == 900


def test_the_round_puts_together_what_a_lost_queue_forgot_and_makes_copies_of_it(house):
    contribution_id, _ = begun(house, TOLD)
    _, media_id = sent_in(house, contribution_id, a_photograph(), 3_000)
    jobs.sweep(house)
    assert jobs.sweep(house) == 0
    medium = the_medium(house, media_id)
    assert (medium.due, medium.failed, medium.width) == ("", "", 900)


def test_nothing_readable_is_on_the_disk_at_any_time(house, tmp_path):
    contribution_id, _ = begun(house, TOLD)
    canary = b"CANARY-IN-A-FILE" * 50
    sent_in(house, contribution_id, b"ID3" + canary + NOISE, 100_000)
    for moment in ("in pieces", "whole"):
        for path in tmp_path.rglob("*"):
            assert not path.is_file() or b"CANARY-IN-A-FILE" not in path.read_bytes(), (moment, path)
        jobs.sweep(house)


def test_a_piece_at_the_wrong_place_or_beyond_the_end_is_nobodys(house):
    contribution_id, _ = begun(house, TOLD)
    public_id = announced(house, contribution_id, 1_000)
    brought(house, contribution_id, public_id, 0, bytes(400))
    for offset in (0, 399, 401, 1_000):
        with pytest.raises(Stale):
            brought(house, contribution_id, public_id, offset, bytes(10))
    with pytest.raises(Invalid):
        brought(house, contribution_id, public_id, 400, bytes(601))
    brought(house, contribution_id, public_id, 400, bytes(600))
    with pytest.raises(Stale):
        brought(house, contribution_id, public_id, 1_000, b"x")
    assert count(house, Media) == 1


def test_the_upload_of_another_family_is_as_one_that_never_was(house):
    mine, _ = begun(house, TOLD)
    theirs, _ = begun(house, TOLD)
    public_id = announced(house, theirs, 100)
    with house.session(house.keeper()) as session, pytest.raises(NotOpen):
        uploads.find(session, mine, public_id)


def test_the_hash_stands_in_the_custody_log_when_the_file_is_whole(house):
    contribution_id, _ = begun(house, TOLD)
    content = b"fLaC" + NOISE
    _, media_id = sent_in(house, contribution_id, content, 100_000)
    jobs.assemble(house, media_id)
    with house.session(house.keeper()) as session:
        lines = session.scalars(select(CustodyEvent).order_by(CustodyEvent.id)).all()
    told = [(line.verb, line.digest) for line in lines if line.thing.startswith("media:")]
    assert told == [("received", ""), ("assembled", hashlib.sha256(content).hexdigest())]


@pytest.mark.parametrize(
    ("head", "part", "role"),
    [(b"%PDF-1.7 /JS", "scan", "scan"), (b"OggS", "recording", "audio"), (b"<svg>", "file", "file")],
)
def test_each_kind_is_a_part_of_its_own_kind_and_is_never_decoded(house, monkeypatch, head, part, role):
    monkeypatch.setattr(photographs, "inspect", lambda *_: pytest.fail("it was decoded"))
    contribution_id, _ = begun(house, TOLD)
    _, media_id = sent_in(house, contribution_id, head + bytes(9_000), 5_000)
    assert jobs.sweep(house) == 1
    assert jobs.sweep(house) == 0
    medium = the_medium(house, media_id)
    due = "convert" if role in ("audio", "video") else ""
    assert (medium.role, medium.due, medium.failed) == (role, due, "")
    with house.session(house.keeper()) as session:
        assert session.get_one(Part, medium.part_id).key == f"{part}:{medium.public_id}"


def test_the_kind_is_found_when_its_mark_lies_across_small_pieces(house):
    contribution_id, _ = begun(house, TOLD)
    _, media_id = sent_in(house, contribution_id, (b"\x47" + bytes(187)) * 20, 100)
    assert the_medium(house, media_id).mime == "video/mp2t"
    assert HEAD > 188 * 5


# -- room -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "size", "key"),
    [
        ({"file": 999}, 1_000, "file_too_large"),
        ({"count": 1}, 1_000, "too_many_files"),
        ({"contribution": 1_499}, 1_000, "contribution_full"),
        ({"day": 500}, 1_000, "day_full"),
    ],
)
def test_what_is_over_a_limit_is_refused_and_costs_nothing_else(house, changed, size, key):
    contribution_id, _ = begun(house, TOLD)
    sent_in(house, contribution_id, bytes(500), 500)
    with pytest.raises(TooMany) as refused:
        announced(house, contribution_id, size, limits=replace(LIMITS, **changed))
    assert refused.value.key == key
    assert count(house, Media) == 1


def test_an_empty_file_is_refused(house):
    contribution_id, _ = begun(house, TOLD)
    with pytest.raises(Invalid):
        announced(house, contribution_id, 0)


def test_a_day_that_is_full_stops_a_file_on_its_way_and_the_next_day_lets_it_go_on(house, clock):
    contribution_id, _ = begun(house, TOLD)
    public_id = announced(house, contribution_id, 1_000)
    limits = replace(LIMITS, day=600)
    brought(house, contribution_id, public_id, 0, bytes(600), limits)
    with pytest.raises(TooMany):
        brought(house, contribution_id, public_id, 600, bytes(100), limits)
    clock.forward(timedelta(days=1))
    assert brought(house, contribution_id, public_id, 600, bytes(400), limits)


def test_what_was_only_announced_takes_no_room_and_is_forgotten_when_it_is_too_much(house):
    contribution_id, _ = begun(house, TOLD)
    tight = replace(LIMITS, count=1, contribution=1_000)
    for _ in range(uploads.MOST_EMPTY + 20):
        announced(house, contribution_id, 1_000, limits=tight)
    assert count(house, Upload) <= uploads.MOST_EMPTY
    _, media_id = sent_in(house, contribution_id, bytes(1_000), 600, limits=tight)
    assert media_id


# -- given up, erased, damaged, killed -------------------------------------------------------


def test_a_file_that_is_given_up_leaves_nothing(house):
    contribution_id, _ = begun(house, TOLD)
    public_id = announced(house, contribution_id, 1_000)
    brought(house, contribution_id, public_id, 0, bytes(400))
    with house.writing(house.keeper()) as session:
        uploads.drop(session, uploads.find(session, contribution_id, public_id))
    assert (count(house, Upload), count(house, UploadPiece)) == (0, 0)
    assert list(house.storage.listing("originals")) == []


def test_a_file_taken_out_while_it_lies_in_pieces_leaves_nothing(house):
    contribution_id, _ = begun(house, TOLD)
    _, media_id = sent_in(house, contribution_id, NOISE, 100_000)
    with house.writing(house.keeper()) as session:
        photographs.discard(session, session.get_one(Media, media_id))
    assert list(house.storage.listing("originals")) == []
    assert jobs.sweep(house) == 0


def test_a_file_that_went_while_it_was_put_together_leaves_nothing(house, monkeypatch):
    contribution_id, _ = begun(house, TOLD)
    _, media_id = sent_in(house, contribution_id, NOISE, 100_000)

    def gone(label):
        if label == "assembled":
            with house.writing(house.keeper()) as session:
                photographs.discard(session, session.get_one(Media, media_id))

    monkeypatch.setattr(assembling, "at", gone)
    jobs.assemble(house, media_id)
    assert list(house.storage.listing("originals")) == []


def test_an_erasure_takes_the_pieces_with_it(house):
    contribution_id, _ = begun(house, TOLD)
    sent_in(house, contribution_id, NOISE, 100_000)
    public_id = announced(house, contribution_id, 1_000)
    brought(house, contribution_id, public_id, 0, bytes(400))
    from memorial.gate import Actor

    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        withdrawal.erase(session, Actor.system(), contribution, now=house.now())
    assert (count(house, Upload), count(house, UploadPiece), count(house, Media)) == (0, 0, 0)
    assert list(house.storage.listing("originals")) == []


def test_a_backup_holds_the_pieces_and_the_check_knows_them(house):
    contribution_id, _ = begun(house, TOLD)
    sent_in(house, contribution_id, NOISE, 100_000)
    with house.session(house.keeper()) as session:
        assert set(_files(session)) == set(house.storage.listing("originals"))
        assert list(files_without_a_row(session, house.storage, put_aside=False)) == []


def test_a_damaged_piece_is_said_and_nothing_is_deleted(house, settings):
    from pathlib import Path

    contribution_id, _ = begun(house, TOLD)
    _, media_id = sent_in(house, contribution_id, NOISE, 100_000)
    path = Path(settings.storage_url) / next(iter(house.storage.listing("originals")))
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    jobs.sweep(house)
    assert the_medium(house, media_id).failed == "damaged"
    assert len(list(house.storage.listing("originals"))) == 3
    assert jobs.sweep(house) == 0


class Killed(BaseException):
    pass


@pytest.mark.parametrize("label", ["assembled", "put-together", "pieces-gone"])
def test_killed_while_it_is_put_together_the_next_round_ends_it(house, monkeypatch, label):
    contribution_id, _ = begun(house, TOLD)
    _, media_id = sent_in(house, contribution_id, NOISE, 100_000)

    def kill(at):
        if at == label:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(assembling, "at", kill)
        with pytest.raises(Killed):
            jobs.assemble(house, media_id)
    jobs.sweep(house)
    assert jobs.sweep(house) == 0
    assert content_of(house, media_id) == NOISE
    assert count(house, UploadPiece) == 0
    with house.session(house.keeper()) as session:
        orphans = list(files_without_a_row(session, house.storage, put_aside=False))
    assert len(orphans) == (1 if label == "assembled" else 0)  # kept and reported, never deleted
    assert len(list(house.storage.listing("originals"))) == 1 + len(orphans)
