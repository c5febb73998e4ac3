"""Press accounts as the flat CSV of a collection: lists joined with "; ", read into the objects of the JSON file.

    for row in read(stream, "press_accounts.csv"):   # Row or Fault

An empty cell means that nothing is said about the field, which is not the same as null.
Notes cannot be taken apart again (they hold semicolons themselves) and come as one; variants and
translations are a text there and no list, so they are kept under names of their own.
The CSV that an archive writes of its own objects is csv_objects.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from memorial.formats import csv_rows
from memorial.formats.jsonl import Fault, Row

LISTS = frozenset(
    {
        "authors", "reproduced_in", "mentioned_in", "caption_refs", "seed_refs", "media_cited_within",
        "persons_named", "places_named", "mentions_figures", "see_also", "figure_ids", "account_ids",
    }
)  # fmt: skip
OTHER_NAMES = {name: f"{name}_as_text" for name in ("variants", "translations")}


def read(stream: BinaryIO, file: str) -> Iterator[Row | Fault]:
    """Every row below the header, as an object or as what is wrong with it."""
    for found in csv_rows.read(stream, file):
        if isinstance(found, Fault):
            yield found
        else:
            value = {OTHER_NAMES.get(name, name): _cell(name, cell) for name, cell in found.of.items()}
            yield Row(file, found.line, value, "csv")


def _cell(name: str, cell: str) -> Any:
    if name in LISTS:
        return cell.split("; ")
    if name == "notes":
        return [cell]
    if name == "word_count" and cell.isdecimal():
        return int(cell)
    return cell
