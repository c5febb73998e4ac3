"""Recordings that mean harm: none opens a file or a connection, each is refused or converted in time and memory.

A file and a socket on this machine stand as canaries in every playlist and reference; both are first shown to sing,
with an ffmpeg that nobody limits. Every file is tried as what its first bytes say, and those that say nothing as
every kind there is. Run by `make trial`; what was found is written to docs/trials/.
"""

from __future__ import annotations

import ctypes
import json
import os
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memorial.derivatives import HEAD, kind_of
from memorial.derivatives.ffmpeg import program
from memorial.derivatives.recording import DEMUXERS
from tests.trial.hostile_media import Canaries, corpus

pytestmark = pytest.mark.trial

SECONDS, MEGABYTES = 10.0, 512
SECRET = b"canary of a file that no playlist may open"
ROOT = Path(__file__).resolve().parents[2]
EVERY = ("video/mp4", "audio/mpeg", "audio/ogg", "video/mp2t")
_OPENED, _READ = 0x20, 0x01  # inotify


@dataclass
class Cage:
    """Both canaries, and how often each sang."""

    file: Path
    address: str
    calls: list[str] = field(default_factory=list)
    watch: int = -1

    def opened(self) -> bool:
        with suppress(BlockingIOError):
            return bool(os.read(self.watch, 65_536))
        return False


@pytest.fixture
def cage(tmp_path: Path) -> Iterator[Cage]:
    listening = socket.create_server(("127.0.0.1", 0))
    file = tmp_path / "canary.ts"
    file.write_bytes(SECRET)
    made = Cage(file, f"127.0.0.1:{listening.getsockname()[1]}")
    libc = ctypes.CDLL(None)
    made.watch = libc.inotify_init1(os.O_NONBLOCK)
    assert libc.inotify_add_watch(made.watch, os.fspath(file).encode(), _OPENED | _READ) >= 0

    def answer() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                made.calls.append("called")
                connection.close()

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    yield made
    listening.close()
    os.close(made.watch)


def test_the_canaries_sing_where_nobody_limits_the_program(cage, tmp_path):
    for name, target in (("file", os.fspath(cage.file)), ("http", f"http://{cage.address}/x.ts")):
        playlist = tmp_path / f"{name}.m3u8"
        playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n")
        subprocess.run(
            [
                program(),
                "-nostdin",
                "-protocol_whitelist",
                "file,http,tcp",
                "-i",
                os.fspath(playlist),
                "-f",
                "null",
                "-",
            ],
            capture_output=True,
            timeout=30,
        )
    assert cage.opened()
    assert cage.calls


def test_no_recording_opens_anything_and_each_ends_in_time_and_memory(cage, tmp_path):
    ends: Counter[str] = Counter()
    slowest, largest = ("", 0.0), ("", 0)
    faults, count = [], 0
    for name, content in corpus(Canaries(os.fspath(cage.file), cage.address)):
        for mime in _kinds(content):
            count += 1
            said = _convert(tmp_path, content, mime)
            told = f"{name} ({mime})"
            slowest = max(slowest, (told, said["seconds"]), key=lambda each: each[1])
            largest = max(largest, (told, said["megabytes"]), key=lambda each: each[1])
            ends[_end(said)] += 1
            faults += [f"{told}: {fault}" for fault in _faults(cage, tmp_path, said)]
    lines = [
        f"- recordings: {count}",
        *(f"- {end.replace('_', ' ')}: {number}" for end, number in sorted(ends.items())),
    ]
    lines += [
        f"- slowest: {slowest[1]} s, {slowest[0]}", f"- most memory of one process: {largest[1]} MB, {largest[0]}",
        f"- files opened: 0, connections: {len(cage.calls)}" if not faults else f"- faults: {len(faults)}", *faults,
    ]  # fmt: skip
    day = datetime.now(UTC).date().isoformat()
    report = ROOT / "docs" / "trials" / f"{day}-hostile-media.md"
    report.write_text(f"# Recordings that mean harm, {day}\n\n" + "\n".join(lines) + "\n", "utf-8")
    assert faults == []


def _end(said: dict) -> str:
    if not said["made"]:
        return f"refused: {said['why'][0].rpartition(': ')[2]}"
    return "converted in part" if said["why"] else "converted"


def _kinds(content: bytes) -> tuple[str, ...]:
    kind = kind_of(content[:HEAD])
    return (kind.mime,) if kind.mime in DEMUXERS else EVERY


def _convert(folder: Path, content: bytes, mime: str) -> dict:
    path, made = folder / "recording", folder / "made"
    path.write_bytes(content)
    made.mkdir(exist_ok=True)
    for old in made.iterdir():
        old.unlink()
    command = [sys.executable, "-m", "tests.trial.convert_one", os.fspath(path), mime, os.fspath(made)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _faults(cage: Cage, folder: Path, said: dict) -> Iterator[str]:
    if cage.opened():
        yield "opened the file"
    if cage.calls:
        yield "called"
        cage.calls.clear()
    if any(SECRET in copy.read_bytes() for copy in (folder / "made").iterdir()):
        yield "handed the file on"
    if said["seconds"] > SECONDS:
        yield f"took {said['seconds']} s"
    if said["megabytes"] > MEGABYTES:
        yield f"took {said['megabytes']} MB"
