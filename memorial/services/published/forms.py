"""An object of a collection as the fields of a form and back; what is not touched stays to the byte.

    form = ObjectForm(KINDS["figures"], value)
    form.groups()                                   # fields in the order of the kind, each with its entries
    made = form.rebuilt({"claimant": "…"})          # Made(value, problems by key)

Keys name a place: `headline`, `variants-0-quotation`, `names-1-seeds`. A list of objects has a
fieldset for each and an empty one; one whose fields are all emptied is gone. Fields that nobody knows,
and lists that cannot be written a line each, are kept as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from memorial.domain.dates import BadDate
from memorial.domain.editing import plain
from memorial.formats.jsonl import Row
from memorial.services.collection.fields import LINE, Field, is_language, when
from memorial.services.collection.kinds import Kind

LISTS = ("lines", "places", "works", "ids")
LONG = (*LISTS, "prose", "rows")
BAR = " | "
MOST_ROWS = 60
# Whose words `word_count` counts; it follows them where it was right.
COUNTED = {"press_accounts": "quotation", "accounts": "statement"}
Problems = dict[str, "Problem"]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a field: a key for the faces, and what they need to say it."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One input. `name` is what it is called whichever row it stands in: `variants.quotation`."""

    key: str
    name: str
    field: Field
    value: str
    open: bool = True  # False: shown, and kept as it is

    @property
    def what(self) -> str:
        return self.field.what


@dataclass(frozen=True, slots=True)
class Group:
    """A field with its one entry, or with rows of them."""

    name: str
    what: str
    rows: Sequence[Sequence[Entry]]


@dataclass(frozen=True, slots=True)
class Made:
    """The object that came of it, and what is wrong with it."""

    value: dict[str, Any]
    problems: Problems = field(default_factory=dict)
    changed: frozenset[str] = frozenset()  # keys


@dataclass(frozen=True)
class ObjectForm:
    """The fields of one object."""

    kind: Kind
    value: Mapping[str, Any]

    def groups(self, typed: Mapping[str, str] | None = None) -> list[Group]:
        """Everything there is to write in, with what was typed."""
        return [
            group
            for name, rule in self.kind.fields.items()
            if name != "id" and rule.what != "fixed"
            for group in [self._group(name, rule, typed or {})]
        ]

    def values(self) -> dict[str, str]:
        """Every key as it stands."""
        return {entry.key: entry.value for group in self.groups() for row in group.rows for entry in row}

    def others(self) -> dict[str, Any]:
        """What the object holds that no field here is for."""
        return {name: part for name, part in self.value.items() if name not in self.kind.fields}

    def rebuilt(self, typed: Mapping[str, str]) -> Made:
        """The object with what was typed; keys that are not named stay."""
        value, problems, changed = dict(self.value), dict[str, Problem](), set[str]()
        for name, rule in self.kind.fields.items():
            if name == "id" or rule.what == "fixed":
                continue
            reading = _Reading(typed, problems, changed)
            before = self.value.get(name)
            if rule.what == "objects":
                after = reading.objects(name, rule, before or [])
            else:
                after = reading.entry(name, rule, before)
            if any(key == name or key.startswith(f"{name}-") for key in changed):
                value[name] = after
        self._count(value)
        for fault in self.kind.faults(Row("", 0, value)):
            known = any(key.split("-")[0] == fault.field for key in problems)
            if not known:
                missing = fault.field not in value or value[fault.field] in (None, "", [])
                found = Problem("needed") if missing else Problem("fault", f"{fault.problem}; {fault.advice}")
                problems[fault.field] = found
        return Made(value, problems, frozenset(changed))

    def _count(self, value: dict[str, Any]) -> None:
        words = COUNTED.get(self.kind.name, "")
        if value.get("word_count") == len((self.value.get(words) or "").split()):
            value["word_count"] = len((value.get(words) or "").split())

    def _group(self, name: str, rule: Field, typed: Mapping[str, str]) -> Group:
        before = self.value.get(name)
        if rule.what != "objects":
            return Group(name, rule.what, [[_entry(name, name, rule, before, typed)]])
        rows = list(before or [])
        more = _rows_typed(name, typed) - len(rows)
        rows += [{}] * (max(more, 0) + 1)
        return Group(
            name,
            "objects",
            [
                [
                    _entry(f"{name}-{at}-{part}", f"{name}.{part}", one, row.get(part), typed)
                    for part, one in rule.shape.items()
                ]
                for at, row in enumerate(rows)
            ],
        )


def _entry(key: str, name: str, rule: Field, before: Any, typed: Mapping[str, str]) -> Entry:
    words = written(rule, before)
    if words is None:
        return Entry(key, name, rule, repr(before), open=False)
    return Entry(key, name, rule, typed.get(key, words))


def _rows_typed(name: str, typed: Mapping[str, str]) -> int:
    """How many rows of this list hold something typed."""
    shape = re.compile(re.escape(name) + r"-(\d{1,3})-")
    found = [int(match[1]) for key, words in typed.items() if words and (match := shape.match(key))]
    return min(max(found, default=-1) + 1, MOST_ROWS)


# -- a value as it is written -----------------------------------------------------------------


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


# -- what was typed, read ---------------------------------------------------------------------


@dataclass
class _Reading:
    """One pass over what was typed."""

    typed: Mapping[str, str]
    problems: Problems
    changed: set[str]

    def entry(self, key: str, rule: Field, before: Any) -> Any:
        words = written(rule, before)
        if words is None or key not in self.typed:
            return before
        long = rule.what in LONG
        given = plain(self.typed[key], long=long)
        if given == plain(words, long=long):
            return before
        self.changed.add(key)
        value, problem = read(rule, given)
        if problem is not None:
            self.problems[key] = problem
        return value

    def objects(self, name: str, rule: Field, before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        count = max(len(before), _rows_typed(name, self.typed))
        found = [self._object(f"{name}-{at}", rule, before, at) for at in range(count)]
        return [item for item in found if item is not None]

    def _object(
        self, place: str, rule: Field, before: Sequence[Mapping[str, Any]], at: int
    ) -> dict[str, Any] | None:
        old = before[at] if at < len(before) else {}
        here = _Reading(self.typed, {}, set())
        item = dict(old)
        for part, one in rule.shape.items():
            key = f"{place}-{part}"
            value = here.entry(key, one, old.get(part))
            if key in here.changed or part not in old:
                item[part] = [] if value is None and one.what in (*LISTS, "rows") else value
        self.changed |= here.changed
        empty = not any(item.get(part) not in (None, "", []) for part in rule.shape)
        if empty and not here.problems:
            return None  # emptied, or never filled
        for part in rule.may_lack:
            if item.get(part) is None:
                item.pop(part, None)
        if here.changed:
            self.problems |= here.problems
            self._needed(place, rule, item)
        return item

    def _needed(self, place: str, rule: Field, item: Mapping[str, Any]) -> None:
        for part, one in rule.shape.items():
            if one.must and not item.get(part):
                self.problems.setdefault(f"{place}-{part}", Problem("needed"))


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
    if rule.what == "number":
        return _number(rule, given)
    if rule.what == "date":
        return given, date_problem(given)
    if rule.what == "language" and not is_language(given):
        return given, Problem("language_code")
    wrong = rule.wrong(given)
    return given, Problem("too_long", wrong[0]) if wrong else None


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
