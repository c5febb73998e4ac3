"""Running a program that is given a recording: limited, watched, and killed when its time is over.

running = Running(command, handle, seconds)
for piece in running.pieces(): ...      # what it writes to its output; raises NotConverted at its end
"""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

_NO_MEMORY: Final = 244  # ffmpeg's end with ENOMEM


class NotConverted(Exception):
    """Nothing, or no more, can be made of a recording; `why` names a sentence of the desk."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Running:
    """One process. Nothing of our environment goes along: the settings hold secrets."""

    def __init__(
        self,
        command: Sequence[str],
        handle: int,
        seconds: float,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._late = False
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a file's own words would stand in it
            pass_fds=(handle,),
            cwd="/",
            env={"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1", **(environment or {})},
        )
        self._clock = threading.Timer(seconds, self._end)
        self._clock.daemon = True
        self._clock.start()

    def _end(self) -> None:
        self._late = True
        self._process.kill()

    def pieces(self, size: int = 1 << 16) -> Iterator[bytes]:
        """Its output as it comes. Raises NotConverted where it did not end well."""
        output = self._process.stdout
        assert output is not None
        try:
            while piece := output.read1(size):  # type: ignore[attr-defined]
                yield piece
            self._process.wait()
        finally:
            self._clock.cancel()
            self._process.kill()
            ended = self._process.wait()
            output.close()
        if ended or self._late:
            raise NotConverted(self._why(ended))

    def whole_answer(self, most: int) -> bytes:
        """All of its output. Raises NotConverted, also where it says too much."""
        answer = bytearray()
        for piece in self.pieces():
            answer += piece
            if len(answer) > most:
                raise NotConverted("unreadable")
        return bytes(answer)

    def _why(self, ended: int) -> str:
        if self._late or ended == -signal.SIGXCPU:
            return "too_slow"
        if ended == _NO_MEMORY:
            return "too_much_memory"
        return "too_large_bytes" if ended == -signal.SIGXFSZ else "unreadable"
