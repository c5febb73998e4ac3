"""A program that is given strangers' bytes: no network, no files but those named, bounded memory, time and output.

    python -I -S confined.py '{"memory": …}' ffmpeg …     # this file, run by its path: limits itself, then becomes ffmpeg
    confine(Bounds(…))                                    # or a process of ours that limits itself

Whatever a demuxer may be talked into opening, the system refuses it: sockets by seccomp, files by Landlock (Linux 5.13
and later; on a system without them the limits of formats and protocols stand alone). It ends with the process that
started it. Imports nothing but the standard library, so that it starts within some hundredths of a second.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import resource
import signal
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

# x86_64 and aarch64: socket, connect, socketpair, ptrace; io_uring_setup could make a socket by another way.
_AUDIT_ARCH: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_REFUSED: Final = {"x86_64": (41, 42, 53, 101, 425), "aarch64": (198, 199, 203, 117, 425)}
_X32: Final = 0x40000000
_NO_NEW_PRIVILEGES, _SECCOMP, _PARENT_DIES = 38, 22, 1  # prctl
_CREATE, _ADD, _RESTRICT = 444, 445, 446  # Landlock, the same numbers everywhere
_EXECUTE, _WRITE, _READ, _LIST, _TRUNCATE = 1, 2, 4, 8, 1 << 14
# What a program itself needs: its libraries, and how the system tells it the time and chance.
_PROGRAM: Final = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/null", "/dev/urandom")
_STACK: Final = 1 << 20  # of each thread; all of them count as memory


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bytes of memory (data, not the program's own text) and of output, seconds of the processor; `writes` is the
    one file it may write, `parent` the process with which it ends."""

    memory: int
    seconds: int
    output: int = 0
    writes: str = ""
    runs: str = ""
    parent: int = 0


def confine(bounds: Bounds) -> None:
    """From now on, for this process and what it becomes."""
    # Not the address space: a static ffmpeg is 170 MB of text that it shares with every other.
    for what, most in (
        (resource.RLIMIT_DATA, bounds.memory),
        (resource.RLIMIT_STACK, _STACK),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, bounds.output),
        (resource.RLIMIT_CPU, bounds.seconds),
    ):
        with suppress(ValueError, OSError):  # macOS knows no RLIMIT_DATA that holds
            resource.setrlimit(what, (most, most))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end ends this too
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PARENT_DIES, signal.SIGKILL, 0, 0, 0)
        if bounds.parent and os.getppid() != bounds.parent:
            sys.exit(1)  # it died before it could take this along
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        _no_files(libc, bounds)
        _no_sockets(libc)


def _no_sockets(libc: ctypes.CDLL) -> None:
    machine = platform.machine()
    if machine not in _AUDIT_ARCH:
        return
    refused = _REFUSED[machine]
    allow, deny = struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000), struct.pack("HBBI", 0x06, 0, 0, 0x00050001)
    program = [
        struct.pack("HBBI", 0x20, 0, 0, 4),  # the architecture
        struct.pack("HBBI", 0x15, 0, len(refused) + 3, _AUDIT_ARCH[machine]),  # another: refused
        struct.pack("HBBI", 0x20, 0, 0, 0),  # the number of the call
        struct.pack("HBBI", 0x35, len(refused) + 1, 0, _X32),
    ]
    program += [struct.pack("HBBI", 0x15, len(refused) - at, 0, call) for at, call in enumerate(refused)]
    code = b"".join([*program, allow, deny])
    buffer = ctypes.create_string_buffer(code, len(code))
    filters = struct.pack("HxxxxxxP", len(program) + 2, ctypes.addressof(buffer))
    libc.prctl(_SECCOMP, 2, filters, 0, 0)


def _no_files(libc: ctypes.CDLL, bounds: Bounds) -> None:
    version = libc.syscall(_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return
    handled = (1 << 13) - 1 | (1 << 13 if version > 1 else 0) | (_TRUNCATE if version > 2 else 0)
    ruleset = struct.pack("QQ", handled, 3) if version > 3 else struct.pack("Q", handled)
    rules = libc.syscall(_CREATE, ruleset, ctypes.c_size_t(len(ruleset)), 0)
    if rules < 0:
        return
    if bounds.runs:
        for path in (*_PROGRAM, bounds.runs):
            _allow(libc, rules, path, _EXECUTE | _READ | _LIST)
    if bounds.writes:
        _allow(libc, rules, bounds.writes, (_READ | _WRITE | _TRUNCATE) & handled)
    libc.syscall(_RESTRICT, rules, 0)
    os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str, access: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    access &= ~0 if os.path.isdir(path) else ~_LIST
    libc.syscall(_ADD, rules, 1, struct.pack("=Qi", access, handle), 0)
    os.close(handle)


if __name__ == "__main__":
    bounds, command = Bounds(**json.loads(sys.argv[1])), sys.argv[2:]
    confine(bounds)
    os.execv(command[0], command)  # noqa: S606  (what stands for it now)
