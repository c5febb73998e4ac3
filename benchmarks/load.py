"""The load: a process of its own that asks over keep-alive connections and counts whole answers.

Speaks JSON by the line: {"port", "paths", "seconds", "connections"} in, {"requests", "seconds", "bad",
"bytes", "p50", "p95"} out (latencies in milliseconds). Standard library alone, one thread, loopback alone.

    with Load() as load:
        load.ask(port, ["/en/press"], seconds=1.0)["requests"]
"""

from __future__ import annotations

import json
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

HOST = "127.0.0.1"
CONNECTIONS = 8
PATIENCE = 60.0  # seconds until an answer that does not come ends the run
ROOT = Path(__file__).resolve().parent.parent


class Load:
    """The load's process, seen from outside."""

    def __enter__(self) -> Load:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(PATIENCE)

    def ask(
        self,
        port: int,
        paths: list[str],
        seconds: float,
        connections: int = CONNECTIONS,
        ranges: Sequence[str] = (),
    ) -> dict[str, Any]:
        """`ranges` are taken in turn with the paths: "bytes=0-65535"."""
        asked = {
            "port": port, "paths": paths, "seconds": seconds, "connections": connections, "ranges": list(ranges),
        }  # fmt: skip
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the load has no pipes")
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        if answer["bad"]:
            raise RuntimeError(f"{answer['bad']} answers were not 200: {paths[:3]}")
        return answer


@dataclass
class Line:
    """One connection: what it has asked, and how much of the answer is there."""

    socket: socket.socket
    at: int
    since: float = 0.0
    got: bytearray = field(default_factory=bytearray)
    whole: int = 0  # bytes of head and body; 0 while the head is not there

    def ask(self, requests: list[bytes]) -> None:
        self.got.clear()
        self.whole = 0
        self.since = time.perf_counter()
        self.socket.sendall(requests[self.at % len(requests)])
        self.at += 1

    def read(self) -> bool:
        """Whether the answer is whole now."""
        piece = self.socket.recv(1 << 18)
        if not piece:
            raise ConnectionError("the server hung up")
        self.got += piece
        if not self.whole:
            end = self.got.find(b"\r\n\r\n")
            if end < 0:
                return False
            self.whole = end + 4 + _length(bytes(self.got[:end]))
        return len(self.got) >= self.whole


def _length(head: bytes) -> int:
    place = head.lower().find(b"content-length:")
    if place < 0:
        raise ValueError("an answer without a length")
    return int(head[place + 15 :].split(b"\r\n", 1)[0])


def run(
    port: int, paths: list[str], seconds: float, connections: int, ranges: Sequence[str] = ()
) -> dict[str, Any]:
    """Ask as fast as answers come, for so many seconds."""
    parts = [f"Range: {each}\r\n" for each in ranges] or [""]
    requests = [
        f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\n{part}\r\n".encode()
        for part in parts
        for path in paths
    ]
    waiting = selectors.DefaultSelector()
    lines = [Line(socket.create_connection((HOST, port), PATIENCE), at) for at in range(connections)]
    for line in lines:
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting.register(line.socket, selectors.EVENT_READ, line)
    took: list[float] = []
    bad = volume = 0
    begin = time.perf_counter()
    for line in lines:
        line.ask(requests)
    while (now := time.perf_counter()) - begin < seconds:
        ready = waiting.select(PATIENCE)
        if not ready:
            raise TimeoutError("no answer")
        for key, _ in ready:
            line = key.data
            if line.read():
                took.append(time.perf_counter() - line.since)
                bad += not line.got.startswith(b"HTTP/1.1 206" if ranges else b"HTTP/1.1 200")
                volume += line.whole
                line.ask(requests)
    for line in lines:
        line.socket.close()
    waiting.close()
    took.sort()
    return {
        "requests": len(took), "seconds": now - begin, "bad": bad, "bytes": volume,
        "p50": _place(took, 0.5), "p95": _place(took, 0.95),
    }  # fmt: skip


def _place(took: list[float], share: float) -> float:
    return took[min(len(took) - 1, int(len(took) * share))] * 1000 if took else 0.0


def main() -> None:
    for asked in sys.stdin:
        print(json.dumps(run(**json.loads(asked))), flush=True)


if __name__ == "__main__":
    main()
