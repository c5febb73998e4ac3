"""Files that are counted and hashed while they are written, and folders that take another's place when they are whole.

    with replacing(target) as part:         # beside the target; takes its place when the block ends well
        held = keep(part, "data/a.json", [b"…"])
        link(target, part, held)            # what has not changed is not written again

Whatever cuts this off, the target is what it was before, or what it is after. What was left beside it goes with the next try.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Held:
    """A file in a folder that leaves, by its path with slashes."""

    path: str
    size: int
    sha256: str
    sha512: str


@contextmanager
def replacing(target: Path, *, sync: bool = True) -> Iterator[Path]:
    target = target.resolve()
    part, old = _beside(target)
    if old.exists() and not target.exists():  # cut off between the two names
        old.rename(target)
    forget(part)
    part.mkdir(parents=True)
    try:
        yield part
        if sync:
            os.sync()
    except BaseException:
        forget(part)
        raise
    forget(old)
    if target.exists():
        target.rename(old)
    part.rename(target)
    forget(old)


def _beside(target: Path) -> tuple[Path, Path]:
    return target.with_name(f".{target.name}.part"), target.with_name(f".{target.name}.old")


def forget(folder: Path) -> None:
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def keep(folder: Path, path: str, chunks: Iterable[bytes]) -> Held:
    """Writes one file. Its name is of our making; nothing is ever written over."""
    size, first, second = 0, hashlib.sha256(), hashlib.sha512()
    with _new(folder / path) as out:
        for chunk in chunks:
            first.update(chunk)
            second.update(chunk)
            size += len(chunk)
            out.write(chunk)
    return Held(path, size, first.hexdigest(), second.hexdigest())


def _new(place: Path) -> BinaryIO:
    try:
        return place.open("xb")
    except FileNotFoundError:  # the first of its folder: most are not
        place.parent.mkdir(parents=True, exist_ok=True)
        return place.open("xb")


def link(old: Path, new: Path, held: Held) -> bool:
    """The very same file under another folder. False where it is gone, or not what it was: an export again mends it."""
    source, place = old / held.path, new / held.path
    with suppress(OSError):
        if source.is_symlink() or source.stat().st_size != held.size:
            return False
        if digests(source, ["sha256"])["sha256"] != held.sha256:
            return False
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, place)
        except OSError:  # a file system without links
            shutil.copyfile(source, place)
        return True
    return False


def chunks_of(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def digests(path: Path, algorithms: Iterable[str]) -> dict[str, str]:
    found = {name: hashlib.new(name) for name in algorithms}
    with path.open("rb") as stream:
        for chunk in chunks_of(stream):
            for each in found.values():
                each.update(chunk)
    return {name: each.hexdigest() for name, each in found.items()}
