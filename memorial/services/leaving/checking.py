"""Is a folder a bag, and is everything in it as it was written? Ours, or another's.

    report = check(folder)
    report.faults       # (what, path): changed, missing, extra, unsafe, malformed
    report.warnings

The library `bagit` reads and hashes; asked before it are paths that are dangerous on any system, not only on this one, and
links, which a bag has none of.
"""

from __future__ import annotations

import logging
import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import bagit as library

from memorial.formats import bagit

KINDS = {
    library.ChecksumMismatch: "changed",
    library.FileMissing: "missing",
    library.UnexpectedFile: "extra",
}


@dataclass(frozen=True, slots=True)
class Fault:
    what: str  # changed, missing, extra, unsafe, malformed
    path: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.path}" + (f" ({self.why})" if self.why else "")


@dataclass
class Report:
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def bags_in(folder: Path) -> list[Path]:
    """The folder itself, or the bags that lie in it side by side."""
    if (folder / "bagit.txt").exists():
        return [folder]
    return sorted(path.parent for path in folder.glob("*/bagit.txt") if not path.parent.name.startswith("."))


def check(folder: Path) -> Report:
    report = Report(list(_dangers(folder)))
    if report.faults:
        return report  # nothing in it is opened
    with _overheard(report.warnings):
        try:
            bag = library.Bag(str(folder))
            report.warnings += _remarks(folder, bag.encoding)
            _validated(bag, report)
        except (library.BagError, OSError, ValueError, LookupError) as wrong:
            report.faults.append(Fault("malformed", folder.name, str(wrong)))
    return report


def _validated(bag: library.Bag, report: Report) -> None:
    try:
        bag.validate()
    except library.BagValidationError as wrong:
        found = [Fault(_kind(each), each.path) for each in wrong.details]
        if not found and "Oxum" in str(wrong):
            found = [*_compared(bag), Fault("malformed", "bag-info.txt", str(wrong))]
        twins = [each for each in found if _is_twin(bag, each.path)]
        if not found:
            found = [Fault("malformed", Path(bag.path).name, str(wrong))]
        report.faults += [each for each in found if each not in twins]


def _is_twin(bag: library.Bag, path: str) -> bool:
    """One file under two names that this system tells apart and another does not: remarked, and no fault."""
    if (Path(bag.path) / path).exists():
        return False
    return any(
        name != path and hashes == bag.entries.get(path) and (Path(bag.path) / name).exists()
        for name, hashes in bag.entries.items()
        if _composed(name).casefold() == _composed(path).casefold()
    )


def _compared(bag: library.Bag) -> Iterator[Fault]:
    """Which files are the reason that the number of bytes is another."""
    missing, extra = bag.compare_manifests_with_fs()
    yield from (Fault("missing", path) for path in missing)
    yield from (Fault("extra", path) for path in extra)
    if not missing and not extra:
        try:
            bag._validate_entries(1)
        except library.BagValidationError as wrong:
            yield from (Fault(_kind(each), each.path) for each in wrong.details)


def _kind(wrong: Exception) -> str:
    return next((name for kind, name in KINDS.items() if isinstance(wrong, kind)), "malformed")


# -- what the library does not ask ----------------------------------------------------------


def _dangers(folder: Path) -> Iterator[Fault]:
    """Links and what is no plain file, before any is opened; then paths that lead out of a bag on some system."""
    odd = list(_no_plain_files(folder))
    yield from odd
    if odd:
        return
    for path in _manifests(folder):
        for _, name, _ in bagit.listed(_lines(path)):
            if why := bagit.unsafe(name):
                yield Fault("unsafe", name, f"{why}, in {path.name}")
    fetch = folder / "fetch.txt"
    for name in bagit.fetched(_lines(fetch)) if fetch.is_file() else ():
        if why := bagit.unsafe(name):
            yield Fault("unsafe", name, f"{why}, in {fetch.name}")


def _no_plain_files(folder: Path) -> Iterator[Fault]:
    for place, folders, files in os.walk(folder):
        for path in (Path(place) / name for name in [*folders, *files]):
            if path.is_symlink():
                yield Fault("unsafe", path.relative_to(folder).as_posix(), "a link")
            elif not path.is_dir() and not path.is_file():
                yield Fault("unsafe", path.relative_to(folder).as_posix(), "no plain file")


def _manifests(folder: Path) -> list[Path]:
    return sorted([*folder.glob("manifest-*.txt"), *folder.glob("tagmanifest-*.txt")])


def _lines(path: Path, encoding: str = "utf-8") -> Iterator[str]:
    with path.open(encoding=encoding, errors="surrogateescape") as file:
        yield from file


def _remarks(folder: Path, encoding: str) -> Iterator[str]:
    """What is allowed and does not travel well."""
    for path in sorted(folder.glob("manifest-*.txt")):
        rows = list(bagit.listed(_lines(path, encoding)))
        if any(starred for _, _, starred in rows):
            yield f"{path.name}: written by md5sum or its like; the star is no part of a name"
        names = [name for _, name, _ in rows]
        for what, fold in (("Unicode form", _composed), ("upper and lower case", str.casefold)):
            for name in bagit.twice(names, [fold(each) for each in names]):
                yield f"{path.name}: {name} differs from another name only in {what}"


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


@contextmanager
def _overheard(warnings: list[str]) -> Iterator[None]:
    """What the library only logs."""

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            warnings.append(record.getMessage())

    ear, log = Ear(logging.WARNING), logging.getLogger("bagit")
    heard, spread = log.level, log.propagate
    log.addHandler(ear)
    log.propagate = False
    try:
        yield
    finally:
        log.removeHandler(ear)
        log.setLevel(heard)
        log.propagate = spread
