"""A program that is given strangers' bytes opens no file and no connection, and ends with whoever started it."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from memorial.derivatives import confined
from memorial.derivatives.confined import Bounds

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are Linux's")
BASH = "/bin/bash"


def run(
    words: str, *, writes: str = "", memory: int = 512 << 20, output: int = 1 << 20
) -> subprocess.CompletedProcess[bytes]:
    bounds = Bounds(memory, seconds=5, output=output, writes=writes, runs=BASH, parent=os.getpid())
    command = [sys.executable, "-I", "-S", confined.__file__, json.dumps(asdict(bounds)), BASH, "-c", words]
    return subprocess.run(command, capture_output=True, check=False, env={}, timeout=20)


def test_it_runs_at_all():
    assert run("echo here").stdout == b"here\n"


def test_it_opens_no_file_but_the_one_that_it_may_write(tmp_path: Path):
    secret, mine = tmp_path / "secret", tmp_path / "mine"
    secret.write_text("canary")
    mine.touch()
    assert run(f"echo $(<{secret})").stdout == b"\n"
    assert run(f"echo written > {mine}", writes=str(mine)).returncode == 0
    assert mine.read_text() == "written\n"
    assert run(f"echo written > {secret}", writes=str(mine)).returncode != 0
    assert run(f"echo written > {tmp_path}/new", writes=str(mine)).returncode != 0
    assert secret.read_text() == "canary"


def test_it_makes_no_connection():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        done = run(f"exec 3<>/dev/tcp/127.0.0.1/{listening.getsockname()[1]} && echo connected")
        assert b"connected" not in done.stdout
        with pytest.raises(TimeoutError):
            listening.accept()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(0.2)
        run(f"echo canary > /dev/udp/127.0.0.1/{listening.getsockname()[1]}")
        with pytest.raises(TimeoutError):
            listening.recv(9)


def test_it_has_neither_more_memory_nor_more_output_than_it_was_given(tmp_path: Path):
    large = tmp_path / "large"
    large.touch()
    assert run("a=$(printf '%99000000s'); echo ${#a}", memory=48 << 20).stdout == b""
    run(f"printf '%2000000s' > {large}", writes=str(large))
    assert large.stat().st_size <= 1 << 20
