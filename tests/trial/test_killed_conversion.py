"""Kill −9 of the worker while it converts a film, again and again; then it is left alone.

At the end there is exactly one set of copies, no file beside them, nothing of the plain original anywhere, and no
program that goes on without the worker. Run by `make trial`.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from memorial.house import House, open_house
from memorial.models import Derivative, Media
from memorial.services import recordings
from tests import media
from tests.builders import a_testimony
from tests.trial.test_kills import ROOT, _settings
from tests.voices import a_received_recording

KILLS = int(os.environ.get("MEMORIAL_TRIAL_CONVERSION_KILLS", "25"))
WHOLE = {
    ("audio", "audio/mp4"),
    ("audio", "audio/ogg"),
    ("peaks", "application/json"),
    ("video", "video/mp4"),
}

pytestmark = pytest.mark.trial


def _worker(house: House) -> subprocess.Popen[bytes]:
    settings = house.settings
    environment = {
        **os.environ,
        "MEMORIAL_DATA": str(settings.data), "MEMORIAL_STORAGE_URL": settings.storage_url,
        "MEMORIAL_KEY_FILE": str(settings.key_file), "MEMORIAL_SECOND_PLACE": settings.second_place,
        "MEMORIAL_SECRET_KEY": settings.secret_key, "MEMORIAL_STARTER": "false",
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "memorial.cli", "jobs"], cwd=ROOT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _children(pid: int) -> list[int]:
    found = [
        int(each)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for each in (task / "children").read_text().split()
    ]
    return found + [further for child in found for further in _children(child)]


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _begun(worker: subprocess.Popen[bytes], pause: threading.Event) -> None:
    """Until it has started a program, or has nothing to do."""
    for _ in range(200):
        if _children(worker.pid):
            return
        pause.wait(0.1)


def _goes_on(pid: int, pause: threading.Event) -> bool:
    """One that was just starting ends as soon as it has found out."""
    for _ in range(50):
        if not _alive(pid):
            return False
        pause.wait(0.1)
    return True


def _due(house: House, media_id: int) -> str:
    with house.session(house.keeper()) as session:
        medium = session.get_one(Media, media_id)
        assert medium.failed == ""
        return medium.due


def test_a_worker_killed_again_and_again_leaves_one_set_of_copies_and_nothing_in_the_clear(tmp_path):
    house, chance, pause = open_house(_settings(tmp_path)), random.Random(1992), threading.Event()
    film = media.a_film(12, "1280x720")
    media_id = a_received_recording(house, a_testimony(house), film)
    made_at_kills, orphans = [], 0
    for _ in range(KILLS):
        if not _due(house, media_id):
            with house.writing(house.keeper()) as session:
                recordings.make_anew(session, session.get_one(Media, media_id))
        worker = _worker(house)
        _begun(worker, pause)
        pause.wait(chance.uniform(0.0, 9.0))
        children = _children(worker.pid)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        orphans += sum(_goes_on(child, pause) for child in children)
        made_at_kills.append(len(_copies(house, media_id)))
    begin, last = time.monotonic(), _worker(house)
    while _due(house, media_id) and time.monotonic() - begin < 300:
        pause.wait(0.5)
    pause.wait(2.0)
    last.terminate()
    last.wait()
    copies, listed = _copies(house, media_id), sorted(house.storage.listing("derived"))
    clear = [
        path for path in tmp_path.rglob("*") if path.is_file() and film[40_000:40_200] in path.read_bytes()
    ]
    report = ROOT / "docs" / "trials" / f"{datetime.now(UTC).date().isoformat()}-killed-conversion.md"
    report.write_text(
        f"# The worker killed while it converts, {datetime.now(UTC).date().isoformat()}\n\n"
        f"- kills: {len(made_at_kills)}, copies that were there at each: {', '.join(map(str, made_at_kills))}\n"
        f"- programs that went on without the worker: {orphans}\n- copies at the end: {len(copies)}\n"
        f"- files beside them: {len(set(listed) - {copy.storage_key for copy in copies})}\n"
        f"- files with a stretch of the plain original: {len(clear)}\n"
        f"- unfinished files: {len(list((tmp_path / 'media' / 'incoming').iterdir()))}\n",
        "utf-8",
    )
    assert _due(house, media_id) == ""
    assert sorted((copy.kind, copy.mime) for copy in copies) == sorted([*WHOLE, ("video", "video/mp4")])
    assert listed == sorted(copy.storage_key for copy in copies)
    assert clear == []
    assert orphans == 0
    assert list((tmp_path / "media" / "incoming").iterdir()) == []
    house.engine.dispose()


def _copies(house: House, media_id: int) -> list[Derivative]:
    with house.session(house.keeper()) as session:
        return list(session.scalars(select(Derivative).where(Derivative.media_id == media_id)).all())
