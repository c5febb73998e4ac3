"""Kill −9 of the whole server, two hundred times, while families write and send.

Everything that was acknowledged must be there, whole: the words of a page after its
Continue, the bytes of a photograph after its upload, the contribution after "received".
What was not acknowledged may be there or not, but never in halves. Run by `make trial`.
"""

from __future__ import annotations

import hashlib
import io
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from config import Settings
from memorial.house import House, open_house
from memorial.models import Contribution, Item, Media
from memorial.services import audit, consent, contribute
from memorial.services.check import damaged_files, files_without_a_row
from tests.trial.family_client import Family, Refused

KILLS = int(os.environ.get("MEMORIAL_TRIAL_KILLS", "200"))
FAMILIES = 3
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.trial


def _photograph(number: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (number % 256, number // 256 % 256, 90)).save(out, "JPEG", quality=90)
    return out.getvalue()


@dataclass
class Said:
    """What the server acknowledged over all rounds."""

    families: list[Family] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)


def _settings(folder: Path) -> Settings:
    return Settings(
        _env_file=None,
        data=folder / "var",
        storage_url=str(folder / "media"),
        key_file=folder / "key" / "archive.key",
        second_place=str(folder / "second"),
        secret_key="a trial's own secret",
        starter=False,
        workers=2,
        limit_forms="1000000/minute",
        limit_drafts="1000000/day",
        attack_drafts=1_000_000,
        limit_codes="1000000/minute",
    )


def _start(settings: Settings, port: int) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "MEMORIAL_DATA": str(settings.data),
        "MEMORIAL_STORAGE_URL": settings.storage_url,
        "MEMORIAL_KEY_FILE": str(settings.key_file),
        "MEMORIAL_SECOND_PLACE": settings.second_place,
        "MEMORIAL_SECRET_KEY": settings.secret_key,
        "MEMORIAL_STARTER": "false",
        "MEMORIAL_LIMIT_FORMS": settings.limit_forms,
        "MEMORIAL_LIMIT_DRAFTS": settings.limit_drafts,
        "MEMORIAL_ATTACK_DRAFTS": str(settings.attack_drafts),
        "MEMORIAL_LIMIT_CODES": settings.limit_codes,
    }
    command = [sys.executable, "-m", "memorial.cli", "serve", "--port", str(port)]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _kill(server: subprocess.Popen[bytes]) -> None:
    """The server and everything it started, the worker for jobs in its own session included."""
    found = subprocess.run(["pgrep", "-f", "memorial.cli jobs"], capture_output=True, text=True, check=False)
    os.killpg(server.pid, signal.SIGKILL)
    for number in found.stdout.split():
        try:
            os.kill(int(number), signal.SIGKILL)
        except ProcessLookupError:
            continue
    server.wait()


def _is_up(port: int) -> bool:
    try:
        Family(port).get("/healthz")
    except (OSError, Refused):
        return False
    return True


def _wait_until_up(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if _is_up(port):
            return
        assert server.poll() is None, "the server did not start again"
        threading.Event().wait(0.1)
    raise AssertionError("the server did not come up within 30 seconds")


def _families(port: int, said: Said, ended: threading.Event, seed: int) -> None:
    number = seed * 1000
    while not ended.is_set():
        number += 1
        photograph = _photograph(number)
        digest = hashlib.sha256(photograph).hexdigest()
        family = Family(port)
        said.families.append(family)
        try:
            family.contribute(f"Synthetic words of the trial, number {number}. " * 40, photograph, digest)
        except (OSError, Refused, ValueError, HTTPException):
            continue


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _round(settings: Settings, said: Said, number: int, chance: random.Random) -> None:
    port = _free_port()
    server = _start(settings, port)
    try:
        _wait_until_up(port, server)
        ended = threading.Event()
        writers = [
            threading.Thread(
                target=_families, args=(port, said, ended, number * FAMILIES + each), daemon=True
            )
            for each in range(FAMILIES)
        ]
        for writer in writers:
            writer.start()
        threading.Event().wait(chance.uniform(0.2, 3.5))
    finally:
        _kill(server)
    ended.set()
    for writer in writers:
        writer.join(30)


def _missing(house: House, said: Said) -> list[str]:
    """Everything that was acknowledged and is not there, whole."""
    faults: list[str] = []
    with house.session(house.keeper()) as session:
        by_locator = {c.locator: c for c in session.scalars(select(Contribution))}
        for family in said.families:
            if family.code:
                contribution = by_locator.get(family.code.replace(" ", "")[:8])
                faults += _faults_of(house, session, family, contribution)
    return faults


def _faults_of(house: House, session, family: Family, contribution: Contribution | None) -> list[str]:
    if contribution is None:
        return [f"{family.code}: a code was shown and nothing is there"]
    faults = []
    draft = contribute.read(house.keys, contribution)
    if family.saved.get("words", "").strip() != draft.answers.get("words", ""):
        faults.append(f"{contribution.public_id}: the words are not those that were saved")
    media = session.scalars(select(Media).where(Media.contribution_id == contribution.id)).all()
    there = {medium.sha256: medium for medium in media}
    for digest in family.photographs:
        if digest not in there:
            faults.append(f"{contribution.public_id}: an acknowledged photograph is not there")
            continue
        with house.storage.open_original(
            there[digest].storage_key, house.keys.unwrap(contribution.wrapped_key)
        ) as file:
            if hashlib.sha256(file.read()).hexdigest() != digest:
                faults.append(f"{contribution.public_id}: a photograph is not what was sent")
    item = session.scalars(select(Item).where(Item.contribution_id == contribution.id)).one()
    if family.sent and item.state != "submitted":
        faults.append(f"{contribution.public_id}: received was said, the item is {item.state}")
    if (item.state == "submitted") != (contribution.sent_at is not None):
        faults.append(f"{contribution.public_id}: half sent")
    return faults


def test_two_hundred_kills_lose_nothing_that_was_acknowledged(tmp_path):
    settings = _settings(tmp_path)
    (tmp_path / "key").mkdir()
    chance = random.Random(1992)
    said = Said()
    began = time.monotonic()
    for number in range(KILLS):
        _round(settings, said, number, chance)
    house = open_house(settings)
    faults = _missing(house, said)
    with house.session(house.keeper()) as session:
        faults += [
            *consent.broken_at(session),
            *audit.broken_at(session),
            *damaged_files(session, house.storage),
        ]
        without = list(files_without_a_row(session, house.storage, put_aside=False))
    report = {
        "kills": KILLS,
        "contributions begun": len(said.families),
        "codes shown": sum(bool(family.code) for family in said.families),
        "photographs acknowledged": sum(len(family.photographs) for family in said.families),
        "received": sum(family.sent for family in said.families),
        "files without a row, reported and kept": len(without),
        "faults": len(faults),
        "minutes": round((time.monotonic() - began) / 60, 1),
    }
    _write_down(report)
    house.engine.dispose()
    assert faults == []
    assert report["received"] > 0


def _write_down(report: dict[str, object]) -> None:
    folder = ROOT / "docs" / "trials"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"# Kill −9 during submissions, {datetime.now(UTC):%Y-%m-%d}", ""]
    lines += [f"- {name}: {value}" for name, value in report.items()]
    (folder / f"{datetime.now(UTC):%Y-%m-%d}-kills.md").write_text("\n".join([*lines, ""]), encoding="utf-8")
