"""age in a process of its own, for streams of any length: while it works it holds the lock of the interpreter, and
whatever reads, hashes or writes beside it in the same process waits.

    with encrypting(keys, file) as pipe: pipe.write(…)       # comes out encrypted in the file
    with decrypting(keys, file) as pipe: pipe.read(…)

What went wrong there is raised here as it was: OSError of a full disk, CannotDecrypt. The key goes through a pipe that
nobody else reads, never through an argument or the environment. A process whose parent is killed comes to the end of what
it reads, and ends.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, Final

from memorial.keys import ArchiveKey, CannotDecrypt

_BLOCK: Final = 1 << 20
_WRONG, _UNREADABLE = 3, 4  # how it ends: with the number of an error of the system, with age's words


@contextmanager
def encrypting(keys: ArchiveKey, target: IO[bytes]) -> Iterator[IO[bytes]]:
    with _started("encrypt", keys, stdin=subprocess.PIPE, stdout=target) as process:
        assert process.stdin is not None
        with _wide(process.stdin) as pipe:
            yield pipe


@contextmanager
def decrypting(keys: ArchiveKey, source: IO[bytes]) -> Iterator[IO[bytes]]:
    with _started("decrypt", keys, stdin=source, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        with _wide(process.stdout) as pipe:
            yield pipe
            while pipe.read(_BLOCK):  # what stands after what was wanted, so that the other side can end
                pass


def _wide(pipe: IO[bytes]) -> IO[bytes]:
    if sys.platform == "linux":
        with suppress(OSError):  # more than this user may have
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _BLOCK)  # 64 KB by itself: sixteen times as many waits
    return pipe


@contextmanager
def _started(way: str, keys: ArchiveKey, **ends: Any) -> Iterator[subprocess.Popen[bytes]]:
    read_end, write_end = os.pipe()
    command = [sys.executable, "-P", "-m", __name__, way, str(read_end)]
    with os.fdopen(read_end), os.fdopen(write_end, "w") as secret:
        process = subprocess.Popen(
            command, **ends, stderr=subprocess.PIPE, pass_fds=[read_end], env=_environment()
        )
        keys.hand_over(secret)
    broken: BrokenPipeError | None = None
    with process:
        try:
            yield process
        except BrokenPipeError as wrong:  # it ended before us, and says why
            broken = wrong
        assert process.stderr is not None
        said = process.stderr.read().decode(errors="replace").strip()
    if process.returncode == _WRONG:
        raise OSError(int(said), os.strerror(int(said)))
    if process.returncode == _UNREADABLE:
        raise CannotDecrypt(said)
    if process.returncode or broken is not None:
        raise RuntimeError(f"age ended with {process.returncode}: {said}") from broken


def _environment() -> dict[str, str]:
    """It finds what the parent finds, and nothing more in the folder somebody happens to stand in."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}


def _work(way: str, handle: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, with whose end this ends
    with os.fdopen(handle) as secret:
        keys = ArchiveKey(secret.read())
    with os.fdopen(0, "rb", buffering=0) as source, os.fdopen(1, "wb", buffering=_BLOCK) as target:
        (keys.encrypt_stream if way == "encrypt" else keys.decrypt_stream)(source, target)


if __name__ == "__main__":
    try:
        _work(sys.argv[1], int(sys.argv[2]))
    except OSError as wrong:
        sys.stderr.write(str(wrong.errno))
        sys.exit(_WRONG)
    except CannotDecrypt as wrong:
        sys.stderr.write(str(wrong))
        sys.exit(_UNREADABLE)
