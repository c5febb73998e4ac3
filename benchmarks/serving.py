"""Servers to measure: the same granian, workers and threads for the bare page and for the archive.

with serving("benchmarks.hello:application") as server:
    server.port, server.worker_seconds(), server.memory()
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import HOST, ROOT
from config import Settings
from memorial.server import hand_on

WORKERS = 2
WAIT = 60  # seconds for a server to begin


@dataclass
class Server:
    """A running server and its worker processes."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def workers(self) -> list[int]:
        return _children(self.process.pid)

    def worker_seconds(self) -> float:
        """Processor time of the workers so far; 0 where the system does not tell."""
        return sum(_processor_seconds(pid) for pid in self.workers)

    def memory(self, *, parent: bool = False) -> dict[str, float]:
        """Megabytes of the workers: `rss` counts shared pages in each, `pss` once among those who share."""
        found = {"rss": 0.0, "pss": 0.0, "file": 0.0}
        for pid in [*self.workers, *([self.process.pid] if parent else [])]:
            for name, megabytes in self.memory_of(pid).items():
                found[name] += megabytes
        return found

    def memory_of(self, pid: int) -> dict[str, float]:
        """The same of one process; `file` is its share of mapped files."""
        kept = _rollup(pid)
        return {name: kept.get(name, 0) / 1000 for name in ("rss", "pss", "file")}


@contextmanager
def serving(target: str, settings: Settings | None = None, **changed: str) -> Iterator[Server]:
    """A server of `target` for the time of a block. `changed` are settings for it alone."""
    port = _free_port()
    threads = (settings or Settings()).web_threads
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.serve", target, str(port), str(WORKERS), str(threads)],
        cwd=ROOT,
        env=_environment(settings, {**changed, "workers": str(WORKERS)}),
    )
    try:
        _wait_for(port, process)
        yield Server(port, process)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        if process.poll() is None:
            process.kill()
            process.wait()


def _environment(settings: Settings | None, changed: dict[str, str]) -> dict[str, str]:
    kept = dict(os.environ)
    try:
        if settings is not None:
            hand_on(settings)
        return {**os.environ, **{f"MEMORIAL_{name.upper()}": value for name, value in changed.items()}}
    finally:
        os.environ.clear()
        os.environ.update(kept)


def _free_port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind((HOST, 0))
        return int(taken.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    pause = threading.Event()
    for _ in range(WAIT * 10):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with suppress(OSError), closing(socket.create_connection((HOST, port), 1)) as line:
            line.settimeout(WAIT)
            line.sendall(
                f"HEAD /healthz HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode()
            )
            if line.recv(64):
                return
        pause.wait(0.1)
    raise TimeoutError("the server did not begin")


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _processor_seconds(pid: int) -> float:
    total = 0
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                total += int((thread / "schedstat").read_text().split()[0])
    return total / 1e9


ROLLED_UP = {"Rss": "rss", "Pss": "pss", "Pss_File": "file"}


def _rollup(pid: int) -> dict[str, int]:
    found: dict[str, int] = {}
    with suppress(OSError):
        for row in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            name, _, value = row.partition(":")
            if name in ROLLED_UP:
                found[ROLLED_UP[name]] = int(value.split()[0])
    return found


def peak_memory(pid: int) -> float:
    """The most megabytes a process has held at once; 0 where the system does not tell."""
    with suppress(OSError):
        for row in Path(f"/proc/{pid}/status").read_text().splitlines():
            if row.startswith("VmHWM"):
                return int(row.split()[1]) / 1000
    return 0.0
