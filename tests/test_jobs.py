"""The queue may forget; what is due stands in the tables, and the minute's round finds it."""

import io
import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from memorial import jobs, long_jobs, second_place
from memorial.house import open_house
from memorial.models import ArchiveSetting, Derivative, Head, Media
from tests.builders import a_record, a_testimony
from tests.services.test_backup import _with_original
from tests.voices import a_recording

ROOT = Path(__file__).resolve().parent.parent


def _photograph() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (900, 700), "rosybrown").save(out, "JPEG", comment=b"canary of the camera")
    return out.getvalue()


def _due_photograph(house):
    _with_original(house, a_testimony(house), _photograph())
    with house.writing(house.keeper()) as session:
        medium = session.scalars(select(Media)).one()
        medium.due = "copies"
        return medium.id


def test_the_round_makes_the_copies_that_a_lost_queue_forgot(house):
    _due_photograph(house)
    assert jobs.sweep(house) == 1
    assert jobs.sweep(house) == 0
    with house.session(house.keeper()) as session:
        copies = session.scalars(select(Derivative).order_by(Derivative.width)).all()
        assert [copy.width for copy in copies] == [320, 640, 900]
        assert session.scalars(select(Media.due)).one() == ""
        for copy in copies:
            with house.storage.open_derived(copy.storage_key) as file:
                assert b"canary" not in file.read()


def test_a_copy_is_guarded_as_its_photograph_is(house):
    _due_photograph(house)
    jobs.sweep(house)
    with house.session(house.keeper()) as session:
        medium = session.scalars(select(Media)).one()
        for copy in session.scalars(select(Derivative)):
            assert (copy.part_id, copy.policy_id) == (medium.part_id, medium.policy_id)
            assert (copy.public_from, copy.contribution_id) == (medium.public_from, medium.contribution_id)


def test_work_that_cannot_be_done_is_said_and_not_tried_for_ever(house):
    _with_original(house, a_testimony(house), b"<html>not a photograph</html>")
    with house.writing(house.keeper()) as session:
        session.scalars(select(Media)).one().due = "copies"
    jobs.sweep(house)
    assert jobs.sweep(house) == 0
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Media.failed)).one() != ""


def test_the_heartbeat_writes_the_trusted_time_and_a_jump_is_distrusted_at_the_next_start(house, clock):
    clock.forward(timedelta(minutes=1))
    jobs.heartbeat(house)
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Head.trusted_time)).one() == clock.at
    clock.jump(timedelta(days=3650))
    jobs.heartbeat(house)
    again = open_house(house.settings, wall=clock.wall, monotonic=clock.monotonic)
    assert again.clock.distrusted
    assert again.moment().low < clock.at - timedelta(days=3649)
    again.engine.dispose()


def test_the_heads_of_the_chains_leave_the_machine(house):
    a_testimony(house)
    jobs.leave_heads(house)
    with house.session(house.keeper()) as session:
        head = session.scalars(select(Head)).one()
    lines = list(second_place.lines(house.settings.second_folder))
    assert lines[-1]["audit"] == [head.audit_count, head.audit_hash]
    assert lines[-1]["ledger"][:2] == [0, head.ledger_count]


def test_a_task_that_is_asked_for_reaches_the_queue_and_runs(house):
    media_id = _due_photograph(house)
    jobs.enqueue(house, "copies", media_id)
    queue = jobs.build(house)
    task = queue.dequeue()
    queue.execute(task)
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Media.due)).one() == ""


def test_a_queue_that_cannot_be_reached_is_no_error(house, monkeypatch):
    def broken(_house):
        raise OSError("synthetic: no queue")

    monkeypatch.setattr(jobs, "build", broken)
    jobs.enqueue(house, "sweep")


def test_the_worker_that_serve_starts_knows_the_tasks_that_web_workers_ask_for(house, settings):
    media_id = _due_photograph(house)
    environment = {
        **os.environ,
        "MEMORIAL_DATA": str(settings.data),
        "MEMORIAL_STORAGE_URL": settings.storage_url,
        "MEMORIAL_DATABASE_URL": settings.database_url,
        "MEMORIAL_KEY_FILE": str(settings.key_file),
    }
    # The round that the worker begins with is left out, so that only the queue can do it.
    only_the_queue = (
        "import memorial.jobs as j; j.sweep = lambda house: 0; from memorial.cli import main; main(['jobs'])"
    )
    jobs.enqueue(house, "copies", media_id)
    with subprocess.Popen([sys.executable, "-c", only_the_queue], env=environment, cwd=ROOT) as worker:
        done = _until(lambda: not _is_due(house))
        worker.terminate()
    assert done


def _is_due(house) -> bool:
    with house.session(house.keeper()) as session:
        return session.scalars(select(Media.due)).one() != ""


def _until(condition) -> bool:
    """Looks again and again, for a minute at most."""
    pause = threading.Event()
    return any(condition() or pause.wait(0.2) for _ in range(300))


def test_copies_that_a_killed_worker_or_erasure_left_go_and_all_others_stay(house):
    media_id = _due_photograph(house)
    jobs.make_copies(house, media_id)
    kept = sorted(house.storage.listing("derived"))
    folder = kept[0].split("/")[1]
    house.storage.put_derived(f"{folder}/640-left.jpg", b"made and never known to a row")
    house.storage.put_derived("gone/640-left.jpg", b"of a photograph that is not there any more")
    assert jobs.forget_stray_copies(house) == 2
    assert sorted(house.storage.listing("derived")) == kept


def test_copies_that_are_being_made_at_this_moment_stay(house):
    media_id = _due_photograph(house)
    with house.session(house.keeper()) as session:
        folder = session.get_one(Media, media_id).public_id
    house.storage.put_derived(f"{folder}/640-now.jpg", b"its row comes with the next commit")
    assert jobs.forget_stray_copies(house) == 0


def test_whoever_runs_what_is_due_once_also_makes_the_copies_of_recordings(house):
    kept = house.storage.put_original(io.BytesIO(b"synthetic, and no recording"), house.keys)
    made = a_record(house, contributed=False)
    recording = a_recording(house, made, allowed=False, due="convert", storage_key=kept.storage_key)
    with long_jobs.alone(house, "recordings.lock", wait=False):
        assert long_jobs.once(house) == 0, "a worker is at it"
    assert long_jobs.once(house) == 1
    with house.session(house.keeper()) as session:
        medium = session.get_one(Media, recording)
        assert (medium.due, bool(medium.failed)) == ("convert", True), "it was looked at, and is none"
    assert long_jobs.once(house) == 0


def test_an_error_of_the_database_does_not_say_what_was_written(house):
    with house.writing(house.keeper()) as session:
        session.add(ArchiveSetting(key="twice", value="Zq synthetic words of a family"))
    with pytest.raises(IntegrityError) as wrong, house.writing(house.keeper()) as session:
        session.add(ArchiveSetting(key="twice", value="Zq synthetic words of a family"))
    assert "synthetic words" not in str(wrong.value)
