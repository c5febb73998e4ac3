"""What an export wrote, a line a record, so that the next one writes only what is different, and takes away what is gone.

The first line says of what this is an export; the others follow in the order of the records' numbers, so that two of them are
compared side by side in little memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TextIO

from memorial.domain.errors import Invalid
from memorial.services.leaving.folders import Held

NAME = "memorial-state.jsonl"
BEGUN = f".{NAME}.part"  # of bags a record: a first export was cut off


@dataclass(frozen=True, slots=True)
class Of:
    """What is exported: its form (bag, bags, static), and for whom (public, desk)."""

    form: str
    reader: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    public_id: str
    kind: str
    stamp: str
    about: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[Held, ...] = ()
    mimes: tuple[str, ...] = ()

    def as_before(self, other: Line | None) -> bool:
        return other is not None and other.files == self.files


@dataclass
class Counted:
    """What became of the records, and which files could not be taken along."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    bytes: int = 0
    files: int = 0
    missing: list[str] = field(default_factory=list)

    @property
    def records(self) -> int:
        return self.new + self.changed + self.unchanged


def begin(out: TextIO, of: Of) -> None:
    out.write(json.dumps({"memorial_export": asdict(of)}) + "\n")


def write(out: TextIO, line: Line) -> None:
    files = [(each.path, each.size, each.sha256, each.sha512) for each in line.files]
    out.write(
        json.dumps([line.number, line.public_id, line.kind, line.stamp, line.about, files, line.mimes],
                   ensure_ascii=False) + "\n"
    )  # fmt: skip


def lines(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8") as file:
        next(file)
        for text in file:
            number, public_id, kind, stamp, about, files, mimes = json.loads(text)
            yield Line(
                number,
                public_id,
                kind,
                stamp,
                about,
                tuple(Held(*each) for each in files),
                tuple(mimes),
            )


def known(folder: Path, of: Of) -> Path | None:
    """The state of an earlier export in a folder; None of an empty or a new one. Raises Invalid for a folder of others."""
    path = folder / NAME
    if not path.exists():
        if folder.exists() and any(folder.iterdir()) and not (folder / BEGUN).exists():
            raise Invalid("export_folder_taken", folder=str(folder))
        return None
    try:
        with path.open(encoding="utf-8") as file:
            found = Of(**json.loads(file.readline())["memorial_export"])
    except (ValueError, TypeError, KeyError) as wrong:
        raise Invalid("export_folder_taken", folder=str(folder)) from wrong
    if found != of:
        raise Invalid("export_of_another_kind", folder=str(folder), holds=f"{found.form}, {found.reader}")
    return path


class Before:
    """The earlier state beside the new one. `removed` are those lines that the new one has not."""

    def __init__(self, path: Path | None) -> None:
        self._lines = lines(path) if path is not None else iter(())
        self._next = next(self._lines, None)
        self.removed: list[str] = []

    def of(self, number: int) -> Line | None:
        while self._next is not None and self._next.number < number:
            self._pass()
        found = self._next if self._next is not None and self._next.number == number else None
        if found is not None:
            self._next = next(self._lines, None)
        return found

    def end(self) -> None:
        while self._next is not None:
            self._pass()

    def _pass(self) -> None:
        assert self._next is not None
        self.removed.append(self._next.public_id)
        self._next = next(self._lines, None)
