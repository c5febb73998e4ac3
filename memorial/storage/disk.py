"""Files on a local disk.

Not obstore's LocalStore: it neither fsyncs the file nor its folder, and "received" is said on that word.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from memorial.storage.files import AlreadyThere, Missing, fsync_folder


class Disk:
    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self.scratch = self._root / "incoming"
        self.left = self._root / "aside" / "unfinished"
        self._folder(self.scratch)

    def keep(self, finished: Path, name: str, *, overwrite: bool) -> None:
        target = self._root / name
        self._folder(target.parent)
        if not overwrite and target.exists():
            raise AlreadyThere(name)
        finished.rename(target)
        fsync_folder(target.parent)
        fsync_folder(finished.parent)

    def open(self, name: str) -> BinaryIO:
        try:
            return (self._root / name).open("rb")
        except FileNotFoundError as wrong:
            raise Missing(name) from wrong

    def exists(self, name: str) -> bool:
        return (self._root / name).is_file()

    def delete(self, name: str) -> None:
        path = self._root / name
        path.unlink(missing_ok=True)
        fsync_folder(path.parent)

    def move(self, name: str, to: str) -> None:
        source, target = self._root / name, self._root / to
        if not source.is_file():
            raise Missing(name)
        self._folder(target.parent)
        source.rename(target)
        fsync_folder(target.parent)
        fsync_folder(source.parent)

    def listing(self, area: str) -> Iterator[str]:
        for folder, _, names in os.walk(self._root / area):
            for name in names:
                yield (Path(folder) / name).relative_to(self._root).as_posix()

    def _folder(self, folder: Path) -> None:
        """Makes a folder so that it, too, survives a power cut."""
        missing = [folder, *folder.parents]
        for parent in reversed([each for each in missing if not each.exists()]):
            parent.mkdir(exist_ok=True, mode=0o700)
            fsync_folder(parent.parent)
