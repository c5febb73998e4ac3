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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from memorial.domain.editing import plain
from memorial.formats.jsonl import Row
from memorial.services.collection.fields import Field
from memorial.services.collection.kinds import Kind
from memorial.services.published import attached
from memorial.services.published.spelling import LISTS, Problem, read, written

LONG = (*LISTS, "prose", "rows")
MOST_ROWS = 60
# Whose words `word_count` counts; it follows them where it was right.
COUNTED = {"press_accounts": "quotation", "accounts": "statement"}
Problems = dict[str, Problem]


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
        here = {*self.kind.fields, *([attached.FIELD] if self.kind.name in attached.KINDS else [])}
        return {name: part for name, part in self.value.items() if name not in here}

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
            if item.get(part) in (None, []):
                item.pop(part, None)
        if here.changed:
            self.problems |= here.problems
            self._needed(place, rule, item)
        return item

    def _needed(self, place: str, rule: Field, item: Mapping[str, Any]) -> None:
        for part, one in rule.shape.items():
            if one.must and not item.get(part):
                self.problems.setdefault(f"{place}-{part}", Problem("needed"))
