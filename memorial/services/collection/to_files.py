"""Everything a reader may have of the collection, written to files: one a kind, JSON Lines or CSV.

    counts = write_all(session, families, folder, "csv", everything=False)

`session` reads what came in files, `families` what people gave; without it nothing of theirs. A file is whole or not there.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from memorial.formats import csv_objects, csv_out, jsonl
from memorial.formats.csv_objects import Shape
from memorial.gate import GatedSession
from memorial.services.collection import given
from memorial.services.collection.export import kinds_present, objects
from memorial.services.collection.tables import shape_of

FORMS = ("jsonl", "csv")
_SPOOL = 4_000_000  # bytes kept in memory before a table's rows wait on disk

Values = Iterator[Mapping[str, Any]]


def write_all(
    session: GatedSession,
    families: GatedSession | None,
    folder: Path,
    form: str,
    *,
    everything: bool,
    bom: bool = True,
) -> dict[str, int]:
    """Returns how many objects of each kind. A kind that never came in a file has one only if there is something."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    present = kinds_present(session)
    for kind, values in _all(session, families, present, everything):
        first = list(islice(values, 1))
        path = folder / f"{kind}.{form}"
        if first or kind in present:
            counts[kind] = write(path, form, chain(first, values), _shape(kind), bom=bom)
        else:
            path.unlink(missing_ok=True)  # of an export before
    return counts


def _all(
    session: GatedSession, families: GatedSession | None, present: Sequence[str], everything: bool
) -> Iterator[tuple[str, Values]]:
    of_families = given.remembrances(families) if families is not None else iter(())
    for kind in dict.fromkeys([*present, "people"]):
        values: Values = objects(session, kind, everything=everything) if kind in present else iter(())
        yield kind, chain(values, of_families) if kind == "people" else values
    yield given.TESTIMONIES, given.testimonies(families) if families is not None else iter(())


def _shape(kind: str) -> Shape:
    return given.SHAPE if kind == given.TESTIMONIES else shape_of(kind)


def write(path: Path, form: str, values: Iterable[Mapping[str, Any]], shape: Shape, *, bom: bool) -> int:
    part = path.with_name(path.name + ".part")
    with part.open("wb") as stream:
        count = jsonl.write(stream, values) if form == "jsonl" else _table(stream, values, shape, bom)
    part.replace(path)
    return count


def _table(stream: IO[bytes], values: Iterable[Mapping[str, Any]], shape: Shape, bom: bool) -> int:
    """Rows wait aside until all columns are known: memory stays bounded whatever comes."""
    known: set[str] = set()
    count = 0
    with tempfile.SpooledTemporaryFile(_SPOOL) as aside:
        for value in values:
            cells = csv_objects.cells_of(value, shape)
            known |= cells.keys()
            aside.write(json.dumps(cells).encode() + b"\n")
            count += 1
        aside.seek(0)
        names = csv_objects.columns(known, shape)
        stream.write((csv_out.first_line(names) if bom else csv_out.line(names)).encode())
        for kept in aside:
            cells = json.loads(kept)
            stream.write(csv_out.line([cells.get(name, "") for name in names]).encode())
    return count
