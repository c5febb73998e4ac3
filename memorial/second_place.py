"""The second place: withdrawals, destroyed keys and chain heads, outside database and backup.

    append_lines(folder, [{"kind": "hidden", "record": "…", "at": "…"}])   # fsynced before the commit
    lines(folder)                                                          # replayed by `memorial restore`

One JSON object a line, no words, only ids, hashes and times. A line whose commit then failed
hides or destroys nothing but what somebody had asked to hide or destroy.
"""

from __future__ import annotations

import heapq
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

NAME = "second-place.jsonl"


def append_lines(folder: Path, new: Sequence[Mapping[str, Any]], machine: str = "") -> None:
    """Append and fsync. Raises OSError when the place cannot be written: then nothing is committed.

    Machines that share the folder over a network write to a file each, for there two that append at the same moment
    write over each other.
    """
    if not new:
        return
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(line, sort_keys=True) + "\n" for line in new)
    name = f"second-place-{re.sub('[^A-Za-z0-9-]', '-', machine)}.jsonl" if machine else NAME
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def lines(folder: Path) -> Iterator[dict[str, Any]]:
    """Everything that was appended by every machine, oldest first; a line cut short by a crash is passed over."""
    written = [_lines_of(path) for path in sorted(folder.glob("second-place*.jsonl"))]
    yield from heapq.merge(*written, key=lambda line: str(line.get("at", "")))


def _lines_of(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue
