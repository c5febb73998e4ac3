"""Tables that people send as text: which encoding, which separator, and every line of it, whatever is wrong with it.

    for line in read(content):            # domain.list_plan.Line, numbered as the file's lines are
    read(content, encoding="cp1251")      # where somebody knows it

UTF-8 and UTF-16 say what they are. Of the rest each line is read by itself, because lists that were put together
from several have several encodings: as UTF-8 where it is that, else as Windows-1251 where most of its letters are
above 127 (Cyrillic), else as Windows-1254 (Turkish). What was so read is remarked.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from memorial.domain.errors import Invalid
from memorial.domain.list_plan import Line, Remark

SEPARATORS = "\t;,|"
SAMPLE = 30  # lines by which the separator is told
LONGEST_CELL = (
    20  # lines that one cell between quotation marks may go over; beyond, the mark is taken for a letter
)
LONGEST_LINE = 200_000  # characters
MOST_COLUMNS = 200
_WIDE = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ENDS = re.compile(rb"\r\n|\r|\n")


def read(content: bytes, encoding: str = "") -> Iterator[Line]:
    """Every row. Raises Invalid where the file is no table of text, or the encoding is none."""
    texts = list(_texts(content, encoding))
    separator, first = _separator([text for _, text, _ in texts[:SAMPLE]])
    yield from _rows(texts[first:], separator)


Text = tuple[int, str, str]  # line, words, the encoding that was guessed for it


def _texts(content: bytes, encoding: str) -> Iterator[Text]:
    if encoding:
        return _all(content, _known(encoding))
    for mark, name in _WIDE:
        if content.startswith(mark):
            return _all(content[len(mark) :], name)
    zeros = content[:2_000]
    if zeros[1::2].count(0) > len(zeros) // 4:
        return _all(content, "utf-16-le")
    if zeros[::2].count(0) > len(zeros) // 4:
        return _all(content, "utf-16-be")
    if b"\0" in zeros:
        raise Invalid("no_table", field="file")
    return _each(content)


def _known(encoding: str) -> str:
    try:
        found = codecs.lookup(encoding)
    except LookupError:
        raise Invalid("no_encoding", field="encoding") from None
    if not found._is_text_encoding:
        raise Invalid("no_encoding", field="encoding")
    return found.name


def _all(content: bytes, encoding: str) -> Iterator[Text]:
    try:
        text = content.decode(encoding)
    except (UnicodeDecodeError, ValueError):
        text = content.decode(encoding, "replace")
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), 1):
        yield number, line, "damaged" if "\ufffd" in line else ""


def _each(content: bytes) -> Iterator[Text]:
    for number, raw in enumerate(_ENDS.split(content), 1):
        try:
            yield number, raw.decode(), ""
        except UnicodeDecodeError:
            name = "cp1251" if _is_cyrillic(raw) else "cp1254"
            yield number, raw.decode(name, "replace"), name


def _is_cyrillic(raw: bytes) -> bool:
    """Russian in Windows-1251 has hardly a Latin letter; Turkish in Windows-1254 is mostly Latin letters."""
    high = sum(byte >= 0xC0 for byte in raw)
    return high > sum(chr(byte).isalpha() for byte in raw if byte < 0x80)


def _separator(texts: Sequence[str]) -> tuple[str, int]:
    """What parts the cells, and how many lines at the top only say so ("sep=;", as spreadsheets write it)."""
    told = re.fullmatch(r"sep=(.)", texts[0].strip('" ')) if texts else None
    if told and told[1] in SEPARATORS:
        return told[1], 1
    best = max(SEPARATORS, key=lambda mark: _steady(mark, texts))
    return best, 0


def _steady(mark: str, texts: Sequence[str]) -> tuple[int, int]:
    """In how many lines a mark stands equally often outside quotation marks, and how often."""
    counts = Counter(re.sub(r'"[^"]*"', "", text).count(mark) for text in texts if text.strip())
    del counts[0]
    often, lines = max(counts.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))
    return lines, often


def _rows(texts: Sequence[Text], separator: str) -> Iterator[Line]:
    at = 0
    while at < len(texts):
        number, text, guess = texts[at]
        remarks = (
            [Remark(number, "damaged" if guess == "damaged" else "encoding", given=guess)] if guess else []
        )
        end, cells = _row(texts, at, separator)
        if not cells:
            remarks.append(Remark(number, "quotes"))
            end, cells = at, text.split(separator)
        if len(text) > LONGEST_LINE or len(cells) > MOST_COLUMNS:
            remarks.append(Remark(number, "too_wide", given=f"{len(cells)}"))
            cells = [cell[:LONGEST_LINE] for cell in cells[:MOST_COLUMNS]]
        if any(_NOT_TEXT.search(cell) for cell in cells):
            remarks.append(Remark(number, "not_text"))
            cells = [_NOT_TEXT.sub("\ufffd", cell) for cell in cells]
        yield Line(number, cells, remarks)
        at = end + 1


def _row(texts: Sequence[Text], at: int, separator: str) -> tuple[int, list[str]]:
    """The row that begins here and its last line; no cells where its quotation marks do not balance."""
    marks = 0
    for end in range(at, min(at + LONGEST_CELL, len(texts))):
        marks += texts[end][1].count('"')
        if marks % 2 == 0:
            return end, _parted("\n".join(words for _, words, _ in texts[at : end + 1]), separator, end > at)
    return at, []


def _parted(text: str, separator: str, over_lines: bool) -> list[str]:
    """Strictly where a cell goes over lines: two stray marks in two lines would make one line of them."""
    try:
        spaced = f'{separator} "' in text  # as Omeka's own examples are written
        told = io.StringIO(text, newline="")
        rows = list(csv.reader(told, delimiter=separator, strict=over_lines, skipinitialspace=spaced))
    except csv.Error:
        rows = []
    if len(rows) > 1 or not rows:
        return [] if over_lines else text.split(separator)
    return rows[0]
