"""The text of a file of which nobody knows the encoding, with lines that end in one way.

    faults = Faults()
    text = decoded(data, faults)      # raises Refused("too_large")

A mark at the beginning decides; then whether it is UTF-8; then, as what comes to this archive is written in Cyrillic or
in Turkic Latin, whether its signs above ASCII stand together as in Russian words (windows-1251) or alone between Latin
letters (windows-1254). What is guessed is said.
"""

from __future__ import annotations

import codecs
import re

from memorial.domain.transcript import CONTROLS
from memorial.formats.faults import LARGEST, MOST_LINES, Faults, Refused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_SAMPLE = 4096
_HIGH = re.compile(rb"[\x80-\xff]+")
_SOUND = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def decoded(data: bytes, faults: Faults, declared: str = "") -> str:
    """`declared` is what the file says of itself; it is believed where its bytes allow it."""
    if len(data) > LARGEST:
        raise Refused("too_large", found=str(LARGEST // 1024 // 1024))
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _text(data[len(mark) :], encoding, faults, told=encoding != "utf-8")
    if wide := _wide(data):
        return _text(data, wide, faults, told=True)
    if declared and (text := _as_declared(data, declared)) is not None:
        return _cleaned(text, faults)
    encoding = _narrow(data)
    return _text(data, encoding, faults, told=encoding != "utf-8")


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: every other byte of plain signs is 0."""
    sample = data[:_SAMPLE]
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = sample[first::2].count(0)
        if len(sample) >= 4 and zeros * 4 >= len(sample) and sample[1 - first :: 2].count(0) == 0:
            return encoding
    return ""


def _as_declared(data: bytes, declared: str) -> str | None:
    try:
        return data.decode(declared)
    except (LookupError, UnicodeError):
        return None


def _narrow(data: bytes) -> str:
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        pass
    high = sum(len(run) for run in _HIGH.findall(data))
    if 2 * sum(len(sign) for sign in _SOUND.findall(data)) > high:
        return "utf-8"  # UTF-8 with some broken signs
    together = sum(len(run) for run in _HIGH.findall(data) if len(run) > 1)
    return "windows-1251" if 2 * together >= high else "windows-1254"


def _text(data: bytes, encoding: str, faults: Faults, *, told: bool) -> str:
    text = data.decode(encoding, "replace")
    if told:
        faults.add(1, "encoding", found=encoding.upper())
    if "\ufffd" in text:
        before = text.encode(encoding, "ignore") != data
        for number, line in enumerate(_lines_end(text).split("\n"), 1) if before else ():
            if "\ufffd" in line:
                faults.add(number, "bad_signs", found=encoding.upper())
    return _cleaned(text, faults)


def _lines_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _cleaned(text: str, faults: Faults) -> str:
    """Without a mark of order at the beginning and without controls; a tabulator is a blank."""
    text = _lines_end(text.removeprefix("\ufeff")).replace("\t", " ")
    if text.count("\n") > MOST_LINES:
        raise Refused("too_many_lines", found=str(MOST_LINES))
    if CONTROLS.search(text):
        for number, line in enumerate(text.split("\n"), 1):
            if CONTROLS.search(line):
                faults.add(number, "controls")
        text = CONTROLS.sub("", text)
    return text
