"""A command of the archive in a process of its own: how long it took, and the most memory that was its own.

What the system maps for it is left out, above all SQLite's window on its file (up to 256 MB): that is the file's, and the
system takes it back when it likes.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from memorial.house import House

ROOT = Path(__file__).resolve().parent.parent
OWN = re.compile(r"^RssAnon:\s+(\d+) kB", re.MULTILINE)
OFTEN = 0.05  # seconds


@dataclass(frozen=True)
class Ran:
    seconds: float
    megabytes: float
    processor: float  # seconds


def run(house: House, *words: str) -> Ran:
    """What it wrote is on the disk when the clock stops."""
    settings = house.settings
    told = {
        "DATA": settings.data, "STORAGE_URL": settings.storage_url, "DATABASE_URL": settings.database,
        "KEY_FILE": settings.archive_key_file, "SECOND_PLACE": settings.second_place, "SECOND_STORAGE_URL": "",
        "SECRET_KEY": settings.secret_key, "STARTER": "false", "PUBLIC_URL": "https://bench.invalid",
    }  # fmt: skip
    environment = {**os.environ, **{f"MEMORIAL_{name}": str(value) for name, value in told.items()}}
    command = [sys.executable, "-m", "memorial.cli", *words]
    begun = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        most: list[int] = [0]
        watching = threading.Thread(target=_watch, args=(process.pid, most))
        watching.start()
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        watching.join()
    os.sync()
    took = time.perf_counter() - begun
    if process.returncode:
        raise RuntimeError(f"memorial {' '.join(words)}: {said.decode()[:2000]}")
    return Ran(took, most[0] / 1024, usage.ru_utime + usage.ru_stime)


def _watch(pid: int, most: list[int]) -> None:
    while True:
        try:
            found = OWN.search(Path(f"/proc/{pid}/status").read_text())
        except (FileNotFoundError, ProcessLookupError):
            return
        if found is None:  # it has ended
            return
        most[0] = max(most[0], int(found[1]))
        time.sleep(OFTEN)
