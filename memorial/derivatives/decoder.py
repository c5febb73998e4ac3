"""The process in which strangers' files are decoded, seen from outside: `Decoder().ask(...)`.

The two ends speak over a socket pair: a JSON head, then the blobs whose lengths it gives. JSON and not
pickle, because a decoder that was taken over must not be able to run anything here.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from memorial.derivatives.refusal import REASONS, Refused

_HEAD: Final = struct.Struct(">I")
_LARGEST_HEAD: Final = 1 << 16
_LARGEST_BLOB: Final = 64 << 20
_MOST_BLOBS: Final = 16
_PROGRAM_ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Limits:
    """For one picture. `seconds` counts both the clock's and the processor's."""

    seconds: int = 10
    memory_bytes: int = 512 << 20
    pixels: int = 120_000_000
    file_bytes: int = 40 << 20


class Decoder:
    """One warm process. Threads take turns; after a fork the child starts its own."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._owner = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def ask(
        self, work: str, content: bytes, name: str, widths: Sequence[int] = ()
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Raises Refused when the file is refused, and also when the process dies of it."""
        with self._lock:
            line = self._ready()
            try:
                line.settimeout(self.limits.seconds)
                send(line, {"work": work, "name": name, "widths": list(widths)}, [content])
                head, blobs = receive(line, deadline=time.monotonic() + self.limits.seconds)
            except TimeoutError:
                self.stop()
                raise Refused("too_slow", name=name) from None
            except (OSError, ValueError, EOFError):
                raise self._died(name) from None
            except BaseException:
                self.stop()  # interrupted: the next answer would be to this question
                raise
            if head.get("last"):
                self.stop()
        if "refused" in head:
            raise _refusal(head["refused"], name)
        return head, blobs

    def stop(self) -> None:
        process, line = self._process, self._socket
        self._process = self._socket = None
        if line is not None:
            line.close()
        if process is not None and self._owner == os.getpid():
            process.kill()
            process.wait()

    def _ready(self) -> socket.socket:
        if self._socket is not None and self._owner == os.getpid() and self._alive():
            return self._socket
        self.stop()
        ours, theirs = socket.socketpair()
        with theirs:
            # Nothing of our environment: the settings hold secrets.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "memorial.derivatives.inside", json.dumps(asdict(self.limits))],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={"PYTHONPATH": str(_PROGRAM_ROOT), "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1"},
            )
        self._socket, self._owner = ours, os.getpid()
        return ours

    def _alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _died(self, name: str) -> Refused:
        """The connection broke; how the process ended says why."""
        process = self._process
        ended: int | None = None
        if process is not None:
            with suppress(subprocess.TimeoutExpired):
                ended = process.wait(1)
        self.stop()
        if ended == -signal.SIGXCPU:
            return Refused("too_slow", name=name)
        return Refused("decoder_failed", name=name, ended=ended if ended is not None else "")


def send(line: socket.socket, head: dict[str, Any], blobs: Sequence[bytes]) -> None:
    words = json.dumps({**head, "lengths": [len(blob) for blob in blobs]}).encode()
    line.sendall(_HEAD.pack(len(words)) + words)
    for blob in blobs:
        line.sendall(blob)


def receive(line: socket.socket, deadline: float | None = None) -> tuple[dict[str, Any], list[bytes]]:
    """Raises EOFError when the other end is gone, ValueError when it says what it may not."""
    (length,) = _HEAD.unpack(_exactly(line, _HEAD.size, deadline))
    if length > _LARGEST_HEAD:
        raise ValueError("head too long")
    head = json.loads(_exactly(line, length, deadline))
    lengths = head.pop("lengths") if isinstance(head, dict) else None
    if not isinstance(lengths, list) or len(lengths) > _MOST_BLOBS:
        raise ValueError("no lengths")
    if not all(type(each) is int and 0 <= each <= _LARGEST_BLOB for each in lengths):
        raise ValueError("blob too long")
    return head, [_exactly(line, each, deadline) for each in lengths]


def _exactly(line: socket.socket, length: int, deadline: float | None) -> bytes:
    whole = bytearray(length)
    rest = memoryview(whole)
    while rest:
        if deadline is not None:
            line.settimeout(max(0.001, deadline - time.monotonic()))
        count = line.recv_into(rest)
        if not count:
            raise EOFError
        rest = rest[count:]
    return bytes(whole)


def _refusal(said: dict[str, Any], name: str) -> Refused:
    key = str(said.get("key"))
    if key not in REASONS:
        return Refused("decoder_failed", name=name)
    details = {str(k): v for k, v in said.get("details", {}).items() if isinstance(v, str | int)}
    return Refused(str(said.get("code")), key, **details)
