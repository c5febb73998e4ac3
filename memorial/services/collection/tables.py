"""What each kind of file looks like as a table: which field is a text, a number, a list, a list of objects.

shape_of(KINDS["people"])      # for formats/csv_objects.py
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from memorial.formats.csv_objects import Column
from memorial.services.collection.fields import Field
from memorial.services.collection.kinds import KINDS

LISTS = ("lines", "places", "works", "ids")


@lru_cache(maxsize=32)
def shape_of(kind: str) -> Mapping[str, Column]:
    return {name: _column(rule) for name, rule in KINDS[kind].fields.items()}


def _column(rule: Field) -> Column:
    if rule.shape:
        return Column("objects", {name: _column(part) for name, part in rule.shape.items()})
    if rule.what in LISTS:
        return Column("list")
    if rule.what in ("number", "boolean"):
        return Column(rule.what)
    # What nobody types at the desk is a count, or a word that its kind stands for.
    return Column("number" if rule.wrong(1) is None else "text")
