"""A large file over a line that is cut and a server that is killed, again and again. Run by `make trial`.

The real server, 50 cuts at random places (MEMORIAL_TRIAL_CUTS): half of them close the connection in
the middle of a piece, half kill the server with every process it started. After each the client asks
how much is safe and goes on. At the end there is one file with the same hash, and no process of the
server ever took 200 MB. Size: MEMORIAL_TRIAL_MEGABYTES (500).
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import random
import signal
import subprocess
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import func, select

from memorial.house import House, open_house
from memorial.models import Contribution, Media, UploadPiece
from memorial.services.check import damaged_files
from memorial.services.custody import contribution_key
from tests.trial.family_client import Family, Refused
from tests.trial.test_kills import _free_port, _settings, _start, _wait_until_up

CUTS = int(os.environ.get("MEMORIAL_TRIAL_CUTS", "50"))
SIZE = int(os.environ.get("MEMORIAL_TRIAL_MEGABYTES", "500")) << 20
MOST_MEMORY = 200  # megabytes of any process of the server
FILES = "/en/contribute/files"

pytestmark = pytest.mark.trial


def _block(number: int) -> bytes:
    """A megabyte of the file; the whole of it is never in memory."""
    return random.Random(number).randbytes(1 << 20)


def _stretch(start: int, length: int) -> bytes:
    first, within = divmod(start, 1 << 20)
    blocks = b"".join(_block(number) for number in range(first, (start + length - 1 >> 20) + 1))
    return blocks[within : within + length]


def _digest() -> str:
    digest = hashlib.sha256()
    for number in range(SIZE >> 20):
        digest.update(_block(number))
    return digest.hexdigest()


def _tree(root: int) -> list[int]:
    """A process and all that came of it, the worker for jobs in its session of its own included."""
    found = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in found.stdout.splitlines()]
    tree = [root]
    for each in tree:
        tree += [pid for pid, parent in pairs if parent == each]
    return tree


@dataclass
class Memory:
    """The most that any process of the server took, in megabytes, measured while it runs."""

    most: float = 0.0
    server: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self.ended.wait(0.2):
            for pid in _tree(self.server) if self.server else []:
                with suppress(OSError, ValueError, IndexError):
                    status = Path(f"/proc/{pid}/status").read_text()
                    self.most = max(self.most, int(status.split("VmRSS:")[1].split()[0]) / 1024)


def _kill(server: subprocess.Popen[bytes]) -> None:
    """SIGKILL to what this server started, and to nothing else."""
    for pid in _tree(server.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    server.wait()


@dataclass
class Line:
    """A family's tus client over a line that can be cut."""

    family: Family

    def ask(
        self, method: str, path: str, body: bytes = b"", cut: int = -1, **headers: str
    ) -> tuple[int, dict[str, str]]:
        """`cut`: so many bytes of the body are sent, then the connection is closed."""
        wanted = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.family.cookies.items()),
            "X-CSRFToken": self.family.token,
            "Tus-Resumable": "1.0.0",
            "Content-Length": str(len(body)),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        with closing(http.client.HTTPConnection("127.0.0.1", self.family.port, timeout=60)) as line:
            line.putrequest(method, path)
            for name, value in wanted.items():
                line.putheader(name, value)
            line.endheaders()
            line.send(body if cut < 0 else body[:cut])
            if cut >= 0:
                raise OSError("cut")
            with line.getresponse() as answer:
                answer.read()
                return answer.status, {name.lower(): value for name, value in answer.getheaders()}

    def announce(self) -> str:
        name = base64.b64encode(b"synthetic film.mp4").decode()
        status, headers = self.ask(
            "POST", FILES, Upload_Length=str(SIZE), Upload_Metadata=f"filename {name},page cmVjb3JkaW5n"
        )
        assert status == 201
        return headers["location"]

    def safe(self, address: str) -> int:
        status, headers = self.ask("HEAD", address)
        assert status == 200, status
        return int(headers["upload-offset"])

    def more(self, address: str, offset: int, body: bytes, cut: int = -1) -> int:
        status, headers = self.ask(
            "PATCH",
            address,
            body,
            cut,
            Upload_Offset=str(offset),
            Content_Type="application/offset+octet-stream",
        )
        if status == 409:  # what came before the cut is only now being kept: ask, and go on from there
            return self.safe(address)
        assert status == 204, status
        return int(headers["upload-offset"])


def _family(port: int) -> Family:
    family = Family(port)
    family.get("/en/contribute")
    family.post("/en/contribute", task="testimony")
    family.get("/en/return")
    return family


def _go_on(line: Line, address: str, until: int, chance: random.Random, acknowledged: int) -> int:
    """From what is safe to `until`, then one piece that is cut. Returns what was acknowledged."""
    offset = line.safe(address)
    assert offset >= acknowledged, "what was acknowledged is not there"
    while offset < min(until, SIZE):
        piece = _stretch(offset, min(chance.choice((256 << 10, 1 << 20, 4 << 20)), SIZE - offset))
        try:
            offset = line.more(address, offset, piece)
        except OSError:  # refused before all of it was read
            offset = line.safe(address)
    if offset < SIZE:
        piece = _stretch(offset, min(4 << 20, SIZE - offset))
        with suppress(OSError, http.client.HTTPException):
            line.more(address, offset, piece, cut=chance.randrange(len(piece)))
    return offset


def test_a_large_file_cut_at_fifty_places_arrives_once_and_whole(tmp_path):
    (tmp_path / "key").mkdir()
    settings, chance, memory = _settings(tmp_path), random.Random(1992), Memory()
    watching = threading.Thread(target=memory.watch, daemon=True)
    watching.start()
    port, began, acknowledged = _free_port(), time.monotonic(), 0
    places = sorted(chance.randrange(1 << 20, SIZE) for _ in range(CUTS))
    server, kills, address, line = None, 0, "", None
    try:
        for number, place in enumerate([*places, SIZE]):
            if server is None:
                server = _start(settings, port)
                memory.server = server.pid
                _wait_until_up(port, server)
            if line is None:
                line = Line(_family(port))
                address = line.announce()
            acknowledged = _go_on(line, address, place, chance, acknowledged)
            if number % 2 and place < SIZE:
                _kill(server)
                server, kills = None, kills + 1
        assert line is not None
        assert line.safe(address) == SIZE
        sent = time.monotonic() - began
        house = open_house(settings)
        _wait_until_whole(house)
    finally:
        memory.ended.set()
        if server is not None:
            _kill(server)
    faults = _faults(house)
    _write_down(memory, kills, sent, time.monotonic() - began, faults)
    house.engine.dispose()
    assert faults == []
    assert memory.most < MOST_MEMORY


def _wait_until_whole(house: House) -> None:
    for _ in range(600):
        with house.session(house.keeper()) as session:
            if not session.scalar(select(func.count()).select_from(UploadPiece)):
                return
        threading.Event().wait(0.5)
    raise AssertionError("the file was not put together within five minutes")


def _faults(house: House) -> list[str]:
    faults = []
    with house.session(house.keeper()) as session:
        found = session.scalars(select(Media)).all()
        if len(found) != 1:
            return [f"{len(found)} files instead of one"]
        key = contribution_key(house.keys, session.get_one(Contribution, found[0].contribution_id))
        faults += list(damaged_files(session, house.storage))
    wanted, digest = _digest(), hashlib.sha256()
    with house.storage.open_original(found[0].storage_key, key) as plain:
        while chunk := plain.read(1 << 20):
            digest.update(chunk)
    if found[0].sha256 != wanted or digest.hexdigest() != wanted:
        faults.append("another hash than was sent")
    return faults


def _write_down(memory: Memory, kills: int, sent: float, whole: float, faults: list[str]) -> None:
    from datetime import UTC, datetime

    folder = Path(__file__).resolve().parents[2] / "docs" / "trials"
    folder.mkdir(parents=True, exist_ok=True)
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    lines = [
        f"# A large file over a bad line, {day}",
        "",
        f"- megabytes: {SIZE >> 20}",
        f"- cuts: {CUTS}, of which the server was killed: {kills}",
        f"- most memory of one process of the server, megabytes: {memory.most:.0f}",
        f"- minutes until all was safe: {sent / 60:.1f}",
        f"- minutes until it was one file again: {whole / 60:.1f}",
        f"- faults: {len(faults)}",
        "",
    ]
    (folder / f"{day}-uploads.md").write_text("\n".join(lines), encoding="utf-8")


def test_the_client_of_this_trial_fails_where_it_should():
    with pytest.raises((OSError, Refused)):
        Line(Family(_free_port())).safe("/")
