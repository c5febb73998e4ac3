"""age in a process of its own: what comes out, and what is said when it cannot go on."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from memorial.keys import ArchiveKey, CannotDecrypt, make_key_file
from memorial.keys.process import decrypting, encrypting

LONG = os.urandom(3 << 20) + b"synthetic"


@pytest.fixture
def keys(tmp_path: Path) -> ArchiveKey:
    return ArchiveKey.load(make_key_file(tmp_path / "archive.key"))


def encrypted(keys: ArchiveKey, path: Path, content: bytes = LONG) -> Path:
    with path.open("wb") as file, encrypting(keys, file) as pipe:
        pipe.write(content)
    return path


def decrypted(keys: ArchiveKey, path: Path) -> bytes:
    with path.open("rb") as file, decrypting(keys, file) as pipe:
        return pipe.read()


def test_what_goes_in_comes_out(keys, tmp_path):
    there = encrypted(keys, tmp_path / "a.age")
    assert LONG not in there.read_bytes()
    assert decrypted(keys, there) == LONG
    assert keys.decrypt(there.read_bytes()) == LONG  # the same format as everything else


def test_nothing_is_a_file_too(keys, tmp_path):
    assert decrypted(keys, encrypted(keys, tmp_path / "a.age", b"")) == b""


def test_whoever_reads_a_part_is_told_nothing_wrong(keys, tmp_path):
    with encrypted(keys, tmp_path / "a.age").open("rb") as file, decrypting(keys, file) as pipe:
        assert pipe.read(7) == LONG[:7]


@pytest.mark.parametrize("at", [10, 200, 1 << 20, -1])
def test_a_damaged_file_is_said_to_be_damaged(keys, tmp_path, at):
    there = encrypted(keys, tmp_path / "a.age")
    content = bytearray(there.read_bytes())
    content[at] ^= 1
    there.write_bytes(content)
    with pytest.raises(CannotDecrypt):
        decrypted(keys, there)


def test_another_key_opens_nothing(keys, tmp_path):
    other = ArchiveKey.load(make_key_file(tmp_path / "other.key"))
    with pytest.raises(CannotDecrypt):
        decrypted(other, encrypted(keys, tmp_path / "a.age"))


def test_a_full_disk_is_said_to_be_full(keys):
    with pytest.raises(OSError) as said, open("/dev/full", "wb") as file, encrypting(keys, file) as pipe:
        for _ in range(100):
            pipe.write(LONG)
    assert said.value.errno == errno.ENOSPC


def test_what_goes_wrong_in_between_is_raised_as_it_is(keys, tmp_path):
    with pytest.raises(KeyError), (tmp_path / "a").open("wb") as file, encrypting(keys, file) as pipe:
        pipe.write(LONG)
        raise KeyError("synthetic")


ENCRYPTS = """
import sys
from memorial.keys import ArchiveKey
from memorial.keys.process import encrypting
with encrypting(ArchiveKey.load(sys.argv[1]), sys.stdout.buffer) as pipe:
    pipe.write(bytes(3 << 20))
    input()
"""


def test_it_ends_with_its_parent_and_the_secret_is_in_no_argument(keys, tmp_path):
    command = [sys.executable, "-c", ENCRYPTS, str(tmp_path / "archive.key")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.read(1 << 20)
        arguments, environment = _beside(parent.pid)
        parent.kill()
        assert parent.stdout.read()  # comes to an end only when the process beside it has ended
    secret = io.StringIO()
    keys.hand_over(secret)
    assert b"memorial.keys.process" in arguments
    assert secret.getvalue().encode() not in arguments + environment


def _beside(parent: int) -> tuple[bytes, bytes]:
    """What the system tells of the process that this one began."""
    of_it = f"PPid:\t{parent}\n"
    found = [status.parent for status in Path("/proc").glob("[0-9]*/status") if of_it in _text(status)]
    return (found[0] / "cmdline").read_bytes(), (found[0] / "environ").read_bytes()


def _text(status: Path) -> str:
    with suppress(OSError):  # it has ended meanwhile
        return status.read_text()
    return ""


def test_nothing_is_taken_from_the_folder_one_stands_in(keys, tmp_path, monkeypatch):
    (tmp_path / "fcntl.py").write_text("raise SystemExit('synthetic')")
    monkeypatch.chdir(tmp_path)
    assert decrypted(keys, encrypted(keys, tmp_path / "a.age")) == LONG
