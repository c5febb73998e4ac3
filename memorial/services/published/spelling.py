"""A value as somebody writes it in a field, and what they wrote as a value again.

written(rule, ["one", "two"])      # "one\ntwo"; None where it cannot be written so that it comes back
read(rule, "16.04.20313")          # ("16.04.20313", Problem("date_form", "16.04.20313"))
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from memorial.domain.dates import BadDate
from memorial.services.collection.fields import LINE, Field, is_language, when

LISTS = ("lines", "places", "works", "ids")
BAR = " | "


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a field: a key for the faces, and what they need to say it."""

    code: str
    detail: str = ""


def written(rule: Field, value: Any) -> str | None:
    """None where it cannot be written so that it comes back as it is."""
    if value is None or value == []:
        return ""
    if rule.what in LISTS:
        fits = all(item.strip() == item and "\n" not in item and "\r" not in item for item in value)
        return "\n".join(value) if fits else None
    if rule.what == "rows":
        return _rows_written(rule, value)
    if rule.what == "boolean":
        return "yes" if value else "no"
    return _part(value)


def _rows_written(rule: Field, value: Sequence[Mapping[str, Any]]) -> str | None:
    """A line for each: its parts in the order of its shape."""
    lines = []
    for item in value:
        parts = [_part(item.get(name)) for name in rule.shape]
        odd = item.keys() != rule.shape.keys() or any("|" in part or "\n" in part for part in parts)
        if odd:
            return None
        lines.append(BAR.join(parts))
    return "\n".join(lines)


def _part(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def read(rule: Field, given: str) -> tuple[Any, Problem | None]:
    """The value that words stand for."""
    if rule.what in LISTS:
        return _lines(given)
    if rule.what == "rows":
        return _rows(rule, given)
    if not given:
        return None, Problem("needed") if rule.must else None
    if rule.what == "boolean":
        return given == "yes", None if given in ("yes", "no") else Problem("no_such_choice")
    if rule.what == "choice":
        return given, None if given in rule.choices else Problem("no_such_choice")
    if rule.what == "number":
        return _number(rule, given)
    if rule.what == "date":
        return given, date_problem(given)
    if rule.what == "language" and not is_language(given):
        return given, Problem("language_code")
    wrong = rule.wrong(given)
    code = "web_address" if rule.what == "web" and len(given) <= LINE else "too_long"
    return given, Problem(code, given[:60]) if wrong else None


def date_problem(given: str) -> Problem | None:
    """Why it is no date that can be kept."""
    try:
        when(given)
    except BadDate as bad:
        return Problem(f"date_{bad.reason}", given[:60])
    return None


def _lines(given: str) -> tuple[list[str], Problem | None]:
    found = [line.strip() for line in given.split("\n") if line.strip()]
    long = next((line for line in found if len(line) > LINE), "")
    return found, Problem("too_long", f"{len(long):,}") if long else None


def _number(rule: Field, given: str) -> tuple[Any, Problem | None]:
    plain_digits = given.replace(" ", "").replace("\u00a0", "")
    if not re.fullmatch(r"-?\d{1,16}(\.\d{1,12})?", plain_digits):
        return None, Problem("number", given[:60])
    value = float(plain_digits) if "." in plain_digits else int(plain_digits)
    return value, Problem("number_range", given[:60]) if rule.wrong(value) else None


def _rows(rule: Field, given: str) -> tuple[list[dict[str, Any]], Problem | None]:
    found: list[dict[str, Any]] = []
    for line in given.split("\n"):
        if not line.strip():
            continue
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != len(rule.shape):
            return found, Problem("rows", line.strip()[:60])
        item: dict[str, Any] = {}
        for (name, one), part in zip(rule.shape.items(), parts, strict=True):
            item[name], problem = read(one, part)
            if problem is not None:
                return found, Problem("rows", line.strip()[:60])
        found.append(item)
    return found, None


def lines_of(value: Any) -> Iterator[str]:
    """Every text in a value, for what compares words."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from lines_of(part)
    elif isinstance(value, list):
        for part in value:
            yield from lines_of(part)
