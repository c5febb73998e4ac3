"""How a list of names is to be read: its lines as they came, where its headings are, which column is what.

    head = head_of(lines)                                                     # what the headings say
    plan = read_plan({"columns": {"name": "Ad"}, "language": "az"}, head)     # as somebody says; raises Invalid

Pure. What each line then says is domain/name_lists.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from memorial.domain.dates import BadDate, parse
from memorial.domain.errors import Invalid
from memorial.domain.list_headings import NAMES, ROLES, guessed, is_heading
from memorial.domain.names import fold

AHEAD = 30  # lines among which the headings are looked for
LONGEST = 2_000  # characters of a name, or of a word for the whole list
LINE = "line "  # what the place of a line in its list begins with
LISTED = ("authority", "remembrance")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a line that somebody should know. `left_out`: the line did not become a person."""

    line: int
    key: str
    column: str = ""
    given: str = ""
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: where it stands in the file, its cells, and what its reader remarked."""

    number: int
    cells: Sequence[str]
    remarks: Sequence[Remark] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """The headings of a list. `lines`: their numbers in the file (none: the list has no headings)."""

    lines: Sequence[int]
    titles: Sequence[str]
    roles: Sequence[str]

    def title(self, column: int) -> str:
        name = self.titles[column] if column < len(self.titles) else ""
        return name or f"column {column + 1}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Which column is what, and what holds of the whole list."""

    columns: Mapping[str, Sequence[int]]  # role -> columns, counted from 0
    language: str = "und"
    listed: str = "authority"
    fate: str = ""  # what the list as a whole says of everybody on it
    as_of: str = ""  # EDTF: the day of which its ages speak


# -- headings -------------------------------------------------------------------------------


def head_of(lines: Sequence[Line], at: int | None = None) -> Head:
    """The headings among the first lines: the line whose cells say most, and one below that says more of them.

    `at` is the line in the file where somebody says they are; 0: there are none.
    """
    if at == 0 or not lines:
        width = max((len(line.cells) for line in lines[:AHEAD]), default=0)
        return Head((), [""] * width, [""] * width)
    first = next((n for n, line in enumerate(lines) if line.number == at), None) if at else _best(lines)
    if first is None:
        if at:
            raise Invalid("no_such_line", field="heading", line=at)
        return head_of(lines, 0)
    rows = [lines[first]]
    if first + 1 < len(lines) and _is_second(lines[first + 1], lines[first]):
        rows.append(lines[first + 1])
    width = max(len(row.cells) for row in rows)
    parts = [[row.cells[n].strip() if n < len(row.cells) else "" for row in rows] for n in range(width)]
    titles = [" / ".join(dict.fromkeys(part for part in each if part)) for each in parts]
    return Head([row.number for row in rows], titles, _roles(parts, titles))


def _roles(parts: Sequence[Sequence[str]], titles: Sequence[str]) -> list[str]:
    """A heading in two lines says it together, or with its lower line, or with its upper one."""
    together = guessed(titles)
    if len(parts) and len(parts[0]) > 1:
        for column in range(len(together)):
            for words in reversed(parts[column]):
                role = guessed([words])[0] if words else ""
                if not together[column] and role and role not in together:
                    together[column] = role
    return together


def _best(lines: Sequence[Line]) -> int | None:
    said = [sum(map(bool, guessed(line.cells))) for line in lines[:AHEAD]]
    best = max(said, default=0)
    if best == 0 or (best == 1 and len([c for c in lines[said.index(best)].cells if c.strip()]) > 1):
        return None
    return said.index(best)


def _is_second(line: Line, first: Line) -> bool:
    filled = [cell for cell in line.cells if cell.strip()]
    return bool(filled) and all(map(is_heading, filled)) and list(line.cells) != list(first.cells)


# -- the plan -------------------------------------------------------------------------------


def plan_of(head: Head, **more: str) -> Plan:
    """What the headings themselves say."""
    columns: dict[str, list[int]] = {}
    for column, role in enumerate(head.roles):
        if role:
            columns.setdefault(role, []).append(column)
    return Plan(columns, **more)


def as_json(plan: Plan) -> dict[str, Any]:
    """A plan as it is kept; `from_json` makes the same of it."""
    return {
        "columns": {role: list(columns) for role, columns in plan.columns.items()}, "language": plan.language,
        "listed": plan.listed, "fate": plan.fate, "as_of": plan.as_of,
    }  # fmt: skip


def from_json(kept: Mapping[str, Any]) -> Plan:
    return Plan(**{name: kept[name] for name in ("columns", "language", "listed", "fate", "as_of")})


def read_plan(given: Any, head: Head) -> Plan:
    """A map as somebody wrote it. Columns by their heading, or by their number from 1. Raises Invalid."""
    if not isinstance(given, Mapping):
        raise Invalid("map_form", field="map")
    unknown = sorted(given.keys() - {"columns", "language", "listed", "fate", "as_of", "heading", "encoding"})
    if unknown:
        raise Invalid("map_unknown", field=str(unknown[0]))
    columns = given.get("columns")
    plan = plan_of(head) if columns is None else Plan(_columns(columns, head))
    if not any(plan.columns.get(role) for role in NAMES):
        raise Invalid("no_name_column", field="columns")
    words = {name: given.get(name) or "" for name in ("language", "listed", "fate", "as_of")}
    for name, value in words.items():
        if not isinstance(value, str) or len(value) > LONGEST:
            raise Invalid("map_text", field=name)
    return checked(
        Plan(
            plan.columns, words["language"] or "und", words["listed"] or "authority", words["fate"].strip(),
            words["as_of"].strip(),
        )
    )  # fmt: skip


def checked(plan: Plan) -> Plan:
    """Raises Invalid where the language, the day or the kind of listing is none."""
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", plan.language):
        raise Invalid("no_language", field="language")
    if plan.listed not in LISTED:
        raise Invalid("no_listing", field="listed")
    try:
        parse(plan.as_of)
    except BadDate as bad:
        raise Invalid("no_date", field="as_of") from bad
    return plan


def _columns(given: Any, head: Head) -> dict[str, list[int]]:
    if not isinstance(given, Mapping):
        raise Invalid("map_form", field="columns")
    found: dict[str, list[int]] = {}
    for role, wanted in given.items():
        if role not in ROLES:
            raise Invalid("map_unknown", field=str(role))
        some = wanted if isinstance(wanted, list) else [wanted]
        if len(some) > 1 and role not in ("other_name", "note"):
            raise Invalid("one_column", field=role)
        found[role] = [column_of(each, head, role) for each in some]
    return found


def column_of(wanted: Any, head: Head, role: str) -> int:
    """A column by its number from 1, or by its heading. Raises Invalid."""
    if isinstance(wanted, int) and not isinstance(wanted, bool) and 1 <= wanted <= len(head.titles):
        return wanted - 1
    keys = [fold(title) for title in head.titles]
    if isinstance(wanted, str) and fold(wanted) and keys.count(fold(wanted)) == 1:
        return keys.index(fold(wanted))
    raise Invalid("no_such_column", field=role, column=str(wanted)[:80])
