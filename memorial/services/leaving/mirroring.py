"""A copy of an export, kept up to date somewhere else: a bag, bags, or the static pages, from a folder or an http address.

    done = mirrored(source("/media/usb/copy" or "https://…/copy/"), folder, told)
    taken_out = older(folder, ids)          # what was withdrawn, out of a copy that is not kept up to date

Every file is compared with the hash that its list gives, also those that were here before. Nothing takes its place until all of
it is there and right; then what the source has no more is gone here too. A path that leads out of the folder on any system
refuses the whole.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from urllib.error import URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from memorial.domain.errors import Damaged, Invalid
from memorial.domain.ids import is_public_id
from memorial.formats import bagit
from memorial.services.leaving import folders, removals, state

LISTS = ("manifest-sha256.txt", "tagmanifest-sha256.txt")
WAITS = 60  # seconds for an answer
LARGEST_LIST = 1 << 30  # bytes
LEFT_FREE = 1 << 29  # bytes of the disk that what is fetched leaves free
LOOKS_EVERY = 1 << 26  # bytes that were fetched
_WORDS = re.compile(r"[0-9a-z]+")
MENTIONS = (".html", ".json", ".jsonl", ".jsonld", ".xml", ".csv", ".txt", ".vtt", ".srt")


class Source(Protocol):
    def open(self, path: str) -> BinaryIO:
        """Raises FileNotFoundError."""
        ...

    def bags(self) -> list[str]:
        """The folders in it that are bags, where it is no bag itself."""
        ...


@dataclass(frozen=True)
class Disk:
    root: Path

    def open(self, path: str) -> BinaryIO:
        place = self.root / path
        within = place.resolve() == self.root.resolve() / path
        if not within or (place.exists() and not place.is_file()):  # a link on the way, or what never ends
            raise Invalid("mirror_unsafe", path=path)
        return place.open("rb")

    def bags(self) -> list[str]:
        return sorted(
            place.parent.name for place in self.root.glob("*/bagit.txt") if is_public_id(place.parent.name)
        )


class _SameHost(HTTPRedirectHandler):
    """A source may say that a file lies elsewhere in it, and not send whoever mirrors to other machines of theirs."""

    def redirect_request(self, req: Request, *answer: Any) -> Request | None:
        if urlsplit(answer[-1]).hostname != urlsplit(req.full_url).hostname:
            raise Invalid("mirror_unsafe", path=answer[-1])
        return super().redirect_request(req, *answer)


_WEB = build_opener(_SameHost)


@dataclass(frozen=True)
class Web:
    root: str

    def open(self, path: str) -> BinaryIO:
        try:
            answer: BinaryIO = _WEB.open(f"{self.root}{quote(path)}", timeout=WAITS)  # http alone: `source`
        except URLError as wrong:
            if getattr(wrong, "code", 0) in (404, 410):
                raise FileNotFoundError(path) from wrong
            raise Invalid("mirror_unreachable", path=path, why=str(wrong.reason)) from wrong
        return answer

    def bags(self) -> list[str]:
        """A server lists no folder; the state of the export names what is there."""
        with self.open(state.NAME) as stream:
            lines = stream.read(LARGEST_LIST).decode("utf-8").splitlines()[1:]
        return [name for line in lines if is_public_id(name := line.split('"')[1])]


def source(given: str) -> Source:
    parts = urlsplit(given)
    if parts.scheme in ("http", "https"):
        return Web(given.rstrip("/") + "/")
    folder = Path(given)
    if not folder.is_dir():
        raise Invalid("mirror_no_source", source=given)
    return Disk(folder)


@dataclass
class Done:
    files: int = 0
    fetched: int = 0
    removed: int = 0
    bytes: int = 0
    repaired: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)


Told = Callable[[Done], None]


def mirrored(found: Source, target: Path, told: Told = lambda done: None) -> Done:
    done = Done()
    target = target.resolve()
    _ours(target)
    with folders.replacing(target) as part:
        for folder in _whole(found):
            _taken(found, folder, target, part, done, told)
        done.withdrawn = _withdrawn(part)
        gone = set(done.withdrawn)
        for path in _files(part):
            if gone & set(_WORDS.findall(path)):
                raise Invalid("mirror_holds_withdrawn", path=path)
        done.removed = sum(1 for path in _files(target) if not (part / path).exists())
    return done


def _ours(target: Path) -> None:
    known = (*LISTS, state.NAME, removals.NAME)
    if target.exists() and any(target.iterdir()) and not any((target / name).exists() for name in known):
        raise Invalid("export_folder_taken", folder=str(target))


def _whole(found: Source) -> Iterator[str]:
    """What hangs together by a list of hashes: the whole, or each bag."""
    try:
        found.open(LISTS[0]).close()
    except FileNotFoundError:
        try:
            found.open(state.NAME).close()
        except FileNotFoundError as wrong:
            raise Invalid("mirror_no_source") from wrong
        yield from (f"{name}/" for name in found.bags())
        yield "/"
    else:
        yield ""


def _taken(found: Source, folder: str, target: Path, part: Path, done: Done, told: Told) -> None:
    if folder == "/":  # beside bags lie what was withdrawn, and the state; neither has a hash
        for name in (removals.NAME, state.NAME):
            _copied(found, name, "", target, part, done)
        return
    lists = [name for name in LISTS if _copied(found, f"{folder}{name}", "", target, part, done)]
    if not lists:
        raise Invalid("mirror_no_source", source=folder)
    if len(lists) == 2:
        _copied(found, f"{folder}tagmanifest-sha512.txt", "", target, part, done)
    for name in lists:
        with (part / folder / name).open(encoding="utf-8") as lines:
            for digest, path, _ in bagit.listed(lines):
                if bagit.unsafe(path) or "\\" in path:
                    raise Invalid("mirror_unsafe", path=path)
                within = f"{folder}{bagit.within(path)}"
                if within in (f"{folder}{LISTS[0]}", f"{folder}{LISTS[1]}"):
                    _same(part / within, digest)
                elif not _copied(found, within, digest, target, part, done):
                    raise Damaged("mirror_missing", path=within)
                if done.files % 100 == 0:
                    told(done)


def _same(place: Path, digest: str) -> None:
    if folders.digests(place, ["sha256"])["sha256"] != digest:
        raise Damaged("mirror_damaged", path=place.name)


def _copied(found: Source, path: str, digest: str, target: Path, part: Path, done: Done) -> bool:
    """Taken over from what is here, where it has this hash; else fetched. False where the source has no such file."""
    if (part / path).exists():
        return True
    here = target / path
    done.files += 1
    if digest and here.is_file() and not here.is_symlink():
        if folders.digests(here, ["sha256"])["sha256"] == digest:
            return folders.link(target, part, folders.Held(path, here.stat().st_size, digest, ""))
        done.repaired.append(path)
    try:
        with found.open(path) as stream:
            held = folders.keep(part, path, _bounded(stream, path, part, done, 0 if digest else LARGEST_LIST))
    except FileNotFoundError:
        return False
    if digest and held.sha256 != digest:
        raise Damaged("mirror_damaged", path=path)
    done.fetched += 1
    done.bytes += held.size
    return True


def _bounded(stream: BinaryIO, path: str, part: Path, done: Done, most: int) -> Iterator[bytes]:
    """A source may send without end: what it sends never takes the last room of the disk, on which others work too.

    What is small is taken however full the disk is: a run that only removes what was withdrawn fetches little.
    """
    taken = 0
    for chunk in folders.chunks_of(stream):
        looks = (done.bytes + taken) // LOOKS_EVERY
        taken += len(chunk)
        if most and taken > most:
            raise Damaged("mirror_damaged", path=path)
        if (done.bytes + taken) // LOOKS_EVERY > looks and shutil.disk_usage(part).free < LEFT_FREE:
            raise Invalid("mirror_no_room", path=path)
        yield chunk


def _withdrawn(part: Path) -> list[str]:
    for place in (part / removals.NAME, part / "data" / removals.NAME):
        if place.is_file():
            return removals.read(place.read_bytes())
    return []


def _files(folder: Path) -> Iterator[str]:
    for place, _, names in os.walk(folder):
        for name in names:
            yield (Path(place) / name).relative_to(folder).as_posix()


# -- older copies ---------------------------------------------------------------------------


def older(folder: Path, ids: Sequence[str]) -> list[str]:
    """Takes withdrawn records out of a copy that is not kept up to date: their files, and every file that mentions one.

    Lists of hashes are written anew without them. Returns what went.
    """
    gone = set(ids)
    media = {path for public_id, path in _belonging(folder) if public_id in gone}
    went = [path for path in _files(folder) if path in media or _mentions(folder, path, gone)]
    for path in went:
        (folder / path).unlink()
    for path in sorted({str(Path(path).parent) for path in went}, key=len, reverse=True):
        if path != "." and (folder / path).is_dir() and not any((folder / path).iterdir()):
            (folder / path).rmdir()
    if went:
        for listing in [*folder.rglob("manifest-*.txt"), *folder.rglob("tagmanifest-*.txt")]:
            _relisted(listing)
        for info in folder.rglob("bag-info.txt"):
            _without_sum(info)
        for listing in folder.rglob("tagmanifest-*.txt"):
            _rehashed(listing)
    return went


def _belonging(folder: Path) -> Iterator[tuple[str, str]]:
    """Record and file, for files whose names do not say whose they are."""
    path = folder / state.NAME
    for line in state.lines(path) if path.is_file() else ():
        for held in line.files:
            yield str(line.about.get("of", line.public_id)), held.path


def _mentions(folder: Path, path: str, gone: set[str]) -> bool:
    if any(public_id in path for public_id in gone):
        return True
    name = Path(path).name
    listing = name.startswith(("manifest-", "tagmanifest-")) or name == removals.NAME
    if listing or not name.endswith(MENTIONS):
        return False
    content = (folder / path).read_bytes()
    return any(public_id.encode() in content for public_id in gone)


@contextmanager
def _anew(path: Path) -> Iterator[list[str]]:
    """The lines of a file; what the block leaves of them is written in its place."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    yield lines
    part = path.with_name(f".{path.name}.part")
    part.write_text("".join(lines), encoding="utf-8", newline="\n")
    part.replace(path)


def _relisted(listing: Path) -> None:
    with _anew(listing) as lines:
        lines[:] = [
            line
            for line in lines
            if all((listing.parent / path).exists() for _, path, _ in bagit.listed([line]))
        ]


def _without_sum(info: Path) -> None:
    with _anew(info) as lines:
        lines[:] = [line for line in lines if not line.startswith("Payload-Oxum:")]


def _rehashed(listing: Path) -> None:
    algorithm = listing.stem.partition("-")[2]
    with _anew(listing) as lines:
        lines[:] = [
            bagit.manifest_line(
                hashlib.new(algorithm, (listing.parent / path).read_bytes()).hexdigest(), path
            )
            for _, path, _ in bagit.listed(lines)
        ]
