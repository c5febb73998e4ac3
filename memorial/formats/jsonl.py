"""JSON Lines, read with every broken line named, and written.

    for row in read(stream, "people.jsonl"):      # Row or Fault, in the order of the file
    write(stream, objects)                        # one object a line, UTF-8

A line that cannot be used becomes a `Fault`: file, line, field, what is wrong, what to do.
Reading goes on after it, except where the whole file is of another encoding.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, NoReturn

LONGEST_LINE = 10_000_000  # bytes
DEEPEST = 12  # objects and lists in one another; the collection needs five

_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")  # byte order marks of UTF-16; UTF-32 begins with the first as well
_MARK = b"\xef\xbb\xbf"
_ESCAPED = re.compile(r"\\[bfu]")
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Row:
    """One object and where it stands. `form` is json or csv."""

    file: str
    line: int
    value: Mapping[str, Any]
    form: str = "json"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that keeps a row (line 0: a file) out, in words for whoever made it."""

    file: str
    line: int
    field: str
    problem: str
    advice: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        field = f" {self.field}:" if self.field else ""
        return f"{where}:{field} {self.problem}; {self.advice}"


class Unusable(Exception):
    def __init__(self, field: str, problem: str, advice: str) -> None:
        super().__init__(problem)
        self.field, self.problem, self.advice = field, problem, advice


def read(stream: BinaryIO, file: str) -> Iterator[Row | Fault]:
    """Every line that holds something, as a row or as what is wrong with it."""
    for number, raw in _lines(stream):
        line = raw
        if number == 1:
            if line.startswith(_WIDE_MARKS) or line[1:2] == b"\x00":
                yield Fault(file, 1, "", "the file is UTF-16 or UTF-32", "save it as UTF-8")
                return
            line = line.removeprefix(_MARK)
        if not line.strip():
            continue
        try:
            yield Row(file, number, parse(line))
        except Unusable as wrong:
            yield Fault(file, number, wrong.field, wrong.problem, wrong.advice)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST_LINE + 1)
        yield number, line


def parse(line: bytes) -> dict[str, Any]:
    """One line as an object. Raises with field, problem and advice."""
    if len(line) > LONGEST_LINE:
        raise Unusable("", f"the line is longer than {LONGEST_LINE:,} bytes", "split the object")
    text = decoded(line)
    if text.count("[") + text.count("{") > DEEPEST and _depth(text) > DEEPEST:
        raise Unusable("", f"more than {DEEPEST} objects or lists in one another", "make it flatter")
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as wrong:
        raise _not_json(text, wrong) from wrong
    except (ValueError, RecursionError) as wrong:
        raise Unusable("", "not JSON: a number with too many digits", "shorten it") from wrong
    if not isinstance(value, dict):
        raise Unusable("", f"not an object but {kind_of(value)}", "write one object { … } a line")
    if _ESCAPED.search(text):
        for field, part in value.items():
            _check_words(field, field)
            _check_words(field, part)
    return value


def decoded(line: bytes) -> str:
    """The line as text; another encoding is named with the place where it shows."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise Unusable(
            "", f"not UTF-8 at byte {wrong.start + 1}, perhaps Latin-1 or Windows-1252", "save it as UTF-8"
        ) from wrong


def _not_json(text: str, wrong: json.JSONDecodeError) -> Unusable:
    before = text[: wrong.pos].rstrip()
    if before.endswith(",") or text[wrong.pos : wrong.pos + 1] == ",":
        return Unusable("", f"not JSON: a comma too many near character {wrong.pos + 1}", "take it out")
    return Unusable(
        "", f"not JSON: {wrong.msg} at character {wrong.pos + 1}", "write one object { … } a line"
    )


def _depth(text: str) -> int:
    """How deep brackets lie in one another, those in strings left out."""
    deepest = depth = 0
    for mark in re.sub(r'"(?:[^"\\]|\\.)*"', "", text):
        if mark in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "]}":
            depth -= 1
    return deepest


def _check_words(field: str, value: Any) -> None:
    if isinstance(value, str):
        if found := FORBIDDEN.search(value):
            raise Unusable(
                field, f"a character that is no text (U+{ord(found[0]):04X})", "take it out or write it anew"
            )
    elif isinstance(value, dict):
        for name, part in value.items():
            _check_words(field, name)
            _check_words(field, part)
    elif isinstance(value, list):
        for part in value:
            _check_words(field, part)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unusable(twice, "the field stands twice in one object", "keep one of them")
    return made


def _no_constant(name: str) -> NoReturn:
    raise Unusable("", f"{name} is no number of JSON", "write null, or the number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)


def kind_of(value: Any) -> str:
    """What a JSON value is, for messages."""
    for types, name in (
        (bool, "true or false"), (str, "a text"), ((int, float), "a number"), (list, "a list"), (dict, "an object"),
    ):  # fmt: skip
        if isinstance(value, types):
            return name
    return "null"


def write(stream: BinaryIO, objects: Iterable[Mapping[str, Any]]) -> int:
    """Write one object a line; returns how many."""
    count = 0
    for value in objects:
        stream.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
        count += 1
    return count
