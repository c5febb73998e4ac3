"""A scan as PDF: whether it may be handed on. Runs in the decoder's process; nothing of it is drawn.

What is looked for is what makes a reader's program do something: scripts, launched programs, files within
the file, forms that send. They are looked for by name, in the plain bytes and in packed objects; that
finds what is there, and is no proof for what a program's faults may make of the rest. A copy is therefore only
ever a download.
"""

from __future__ import annotations

import re
import zlib
from typing import Final

from memorial.derivatives.refusal import Refused

_RUNS: Final = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|GoToE|XFA)(?![A-Za-z0-9])"
)
_LOCKED: Final = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
_WRITTEN_OUT: Final = re.compile(rb"#([0-9A-Fa-f]{2})")  # PDF may write any letter of a name by its number
_BODY: Final = re.compile(rb"(?<!end)stream\r?\n")
_LONGEST_DICTIONARY: Final = 1 << 16
_MOST_UNPACKED: Final = 64 << 20
_END: Final = 2048  # bytes at the end in which the end is told


def look(content: bytes, name: str) -> None:
    """Raises Refused where a PDF is cut off, locked, or would do something."""
    end = content[-_END:]
    if not content.startswith(b"%PDF-") or b"startxref" not in end or b"%%EOF" not in end:
        raise Refused("paper_damaged", name=name)
    _judge(content, name)
    left = _MOST_UNPACKED
    for begins, dictionary in _bodies(content, name):
        if b"/ObjStm" in _plain(dictionary):
            left -= _judge_packed(content, begins, left, name)


def _judge(text: bytes, name: str) -> None:
    told = _plain(text)
    if _LOCKED.search(told):
        raise Refused("paper_locked", name=name)
    if _RUNS.search(told):
        raise Refused("paper_runs", name=name)


def _plain(text: bytes) -> bytes:
    return _WRITTEN_OUT.sub(lambda found: bytes([int(found[1], 16)]), text) if b"#" in text else text


def _bodies(content: bytes, name: str) -> list[tuple[int, bytes]]:
    """Where each stream begins, and what is said of it before."""
    found = []
    for mark in _BODY.finditer(content):
        begins = max(content.rfind(b"obj", 0, mark.start()), 0)
        if mark.start() - begins > _LONGEST_DICTIONARY:
            raise Refused("paper_damaged", name=name)
        found.append((mark.end(), content[begins : mark.start()]))
    return found


def _judge_packed(content: bytes, begins: int, left: int, name: str) -> int:
    """The objects that lie packed in one stream; returns how many bytes they were."""
    try:
        unpacked = zlib.decompressobj().decompress(memoryview(content)[begins:], left)
    except zlib.error as wrong:
        raise Refused("paper_damaged", name=name) from wrong
    if len(unpacked) >= left:
        raise Refused("paper_damaged", name=name)
    _judge(unpacked, name)
    return len(unpacked)
