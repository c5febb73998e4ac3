"""How a file's lines are read: as a list of people, or as a catalogue's table of objects of another kind.

    kept = planned(map_, lines)                 # the plan as it is kept; raises Invalid with the field
    for told in read(kept, lines, of): …        # domain.name_lists.Told

A table (Omeka, AtoM, CollectionBuilder …) is read as documents, press accounts, events, places or memorial sites; each
line cites the source that the file is. What becomes of them is the same as of a list of people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any

from memorial.domain import list_plan, name_lists, table_plan
from memorial.domain.errors import Invalid
from memorial.domain.list_plan import Head, Line
from memorial.domain.name_lists import List, Told
from memorial.domain.table_headings import FIELDS, TITLES, guessed
from memorial.services.collection.kinds import KINDS

PEOPLE = "people"
KINDS_READ = (PEOPLE, *FIELDS)
# How the desk asks for a field (services/collection/fields.py) -> how a cell of it is read.
_FORMS = {
    "line": "line",
    "prose": "prose",
    "lines": "list",
    "date": "date",
    "number": "number",
    "language": "language",
}
_NOT_TYPED = {("press_accounts", "kind"), ("press_accounts", "attribution_confidence")}


@lru_cache(maxsize=16)
def forms_of(kind: str) -> Mapping[str, str]:
    """The fields of a kind that a column can fill."""
    return {
        name: _FORMS[rule.what]
        for name, rule in KINDS[kind].fields.items()
        if name != "id" and rule.what in _FORMS and (kind, name) not in _NOT_TYPED
    }


def kind_of(plan: Mapping[str, Any]) -> str:
    return str(plan.get("kind") or PEOPLE)


def title_of(kind: str, value: Mapping[str, Any]) -> str:
    return str(value["names"][0]["spelling"] if kind == PEOPLE else value[TITLES[kind]])


def planned(map_: Mapping[str, Any], lines: Sequence[Line]) -> dict[str, Any]:
    heading = map_.get("heading")
    if heading is not None and (not isinstance(heading, int) or isinstance(heading, bool) or heading < 0):
        raise Invalid("no_such_line", field="heading")
    kind = kind_of(map_)
    if kind not in KINDS_READ:
        raise Invalid("no_kind", field="kind")
    if kind == PEOPLE:
        head = list_plan.head_of(lines, heading)
        people = {name: part for name, part in map_.items() if name not in ("kind", "separator")}
        plan = list_plan.as_json(list_plan.read_plan(people, head)) | {"kind": PEOPLE}
    else:
        head = _head(lines, heading, kind)
        plan = table_plan.as_json(table_plan.read_plan(map_, head, forms_of(kind), lines))
    return {**plan, "heading": heading, "head": asdict(head)}


def _head(lines: Sequence[Line], heading: int | None, kind: str) -> Head:
    """A catalogue's headings stand in its first line that says something, unless somebody says where."""
    head = list_plan.head_of(lines, lines[0].number if heading is None else heading)
    return replace(head, roles=guessed(head.titles, kind, list(forms_of(kind))))


def read(kept: Mapping[str, Any], lines: Iterable[Line], of: List) -> Iterator[Told]:
    head, kind = Head(**kept["head"]), kind_of(kept)
    if kind == PEOPLE:
        return name_lists.read(lines, list_plan.from_json(kept), head, of)
    return table_plan.read(lines, table_plan.from_json(kept), head, of, forms_of(kind))
