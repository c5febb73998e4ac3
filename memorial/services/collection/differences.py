"""What a row would change of an object that is there: field by field, before anything is written.

    said = after_row(row, stood)            # what the object would be
    for each in between(row, stood, said): str(each)

A cell that is empty says nothing, so a row of CSV leaves those fields as they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from memorial.formats.jsonl import Row

LONGEST = 80  # characters of a value that are told
NOTHING = ""  # the field is not there


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one object. `before` and `after` are JSON, "" where the field is not there."""

    file: str
    line: int
    id: str
    field: str
    before: str
    after: str

    def __str__(self) -> str:
        before, after = (_short(value) for value in (self.before, self.after))
        return f"{self.file}:{self.line}: {self.id}, {self.field}: {before} → {after}"


def _short(value: str) -> str:
    return (value if len(value) <= LONGEST else value[: LONGEST - 1] + "…") or "(not there)"


def after_row(row: Row, stood: Mapping[str, Any]) -> dict[str, Any]:
    return {**stood, **row.value} if row.form == "csv" else dict(row.value)


def between(row: Row, stood: Mapping[str, Any], said: Mapping[str, Any]) -> list[Difference]:
    """The fields that differ, in the order in which they stood."""
    found = []
    for name in dict.fromkeys([*stood, *said]):
        before, after = (_json(value, name) for value in (stood, said))
        if before != after:
            found.append(Difference(row.file, row.line, str(row.value["id"]), name, before, after))
    return found


def _json(value: Mapping[str, Any], name: str) -> str:
    return json.dumps(value[name], ensure_ascii=False, sort_keys=True) if name in value else NOTHING
