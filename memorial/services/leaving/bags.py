"""BagIt 1.0 (RFC 8493): one bag for everything, or one for each record.

    counted = all_in_one(archive, order, folder)
    counted = each(archive, order, folder)           # folder/<public id>/ is a bag each

Records go by in small groups, files are hashed while they are written, and what is as it was in the folder already is linked
and not written again. A bag gets its name when all of it is on the disk. What was taken back while an export ran is not in
what it leaves: where the archive changed meanwhile, all of it is compared once more.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TextIO

from sqlalchemy import select

from memorial.domain.ids import is_public_id
from memorial.formats import bagit, ro_crate
from memorial.gate import Reader
from memorial.models import Head
from memorial.services.collection import write_all
from memorial.services.leaving import folders, removals, state
from memorial.services.leaving.contents import Archive, Leaving, Piece
from memorial.services.leaving.folders import Held
from memorial.services.leaving.state import Before, Counted, Line, Of
from memorial.services.uncollected import uncollected
from memorial.storage import Damaged, Missing, NotAStorageKey

Told = Callable[[Counted], None]
RIGHTS = "Each record says whose words it holds and what may be done with them. Nothing here is given for the training of machines."
DESK = (
    "THIS HOLDS WHAT IS NOT PUBLIC: originals as families sent them, names and words that are withheld, evidence of consent. "
    "It is for those who keep this archive. Keep it encrypted, give it to nobody, and delete it when it is not needed.\n\n"
)
README = """{first}{name}, as it was on {day}. {address}

{what}
  metadata.jsonld   what catalogues say of a record, in the words of schema.org
  record.json       all that its page says, with every source
  citation.csl.json how to cite it
  memories.json     what was left on a page beyond the first ones; signs.json the same of candles and blossoms
  transcripts/      what is said in recordings (WebVTT)
  media/            copies of photographs, scans and recordings
  premis.xml        what files are, their hashes, and what became of them (PREMIS 3){more}

{also}{rights}
removals.json names what was given out and has been withdrawn. Whoever keeps a copy takes it out; `memorial mirror` does it.
"""
COLLECTION = "collection"
ALSO = (
    "collection/ holds what stands on no page of its own too: figures, accounts, events, works and the words used, an object "
    "a line, one file a kind (JSON Lines). `memorial import` reads them. What families gave is in the records alone.\n\n"
)
ROUNDS = 3  # of comparing, while the archive changes under the export
AT_A_TIME = 2  # files written beside each other


@dataclass(frozen=True)
class Order:
    """What is wanted. `records` gives everything that leaves, in groups, anew each time it is called."""

    of: Of
    records: Callable[[], Iterator[list[Leaving]]]
    told: Told = lambda counted: None

    @property
    def desk(self) -> bool:
        return self.of.reader == "desk"


def all_in_one(archive: Archive, order: Order, target: Path) -> Counted:
    """The folder is a bag of everything: data/press/<id>/record.json."""
    return until_still(archive, lambda: _one_bag(archive, order, target))


def each(archive: Archive, order: Order, target: Path) -> Counted:
    """The folder holds a bag for each record, by its id, and what is said of all of them."""
    return until_still(archive, lambda: _many_bags(archive, order, target))


def until_still(archive: Archive, once: Callable[[], Counted]) -> Counted:
    epoch, counted = _epoch(archive), once()
    for _ in range(ROUNDS - 1):
        if (now := _epoch(archive)) == epoch:
            break
        epoch, later = now, once()
        counted.missing, counted.removed = later.missing, counted.removed + later.removed
    return counted


def _write_records(
    order: Order,
    before: Before,
    counted: Counted,
    spool: TextIO,
    write: Callable[[Leaving, Line | None], Line],
) -> None:
    """While one lot is written the next is read."""
    being_written: list[tuple[Future[Line], Line | None]] = []
    with uncollected() as a_lot_is_done, ThreadPoolExecutor(AT_A_TIME) as pool:
        for some in chain(order.records(), [[]]):
            begun = []
            for one in some:
                old = before.of(one.header.record_id)
                begun.append((pool.submit(write, one, old), old))
            for done, old in being_written:
                line = done.result()
                _count(counted, line, old)
                state.write(spool, line)
            order.told(counted)
            being_written = begun
            a_lot_is_done()


def _epoch(archive: Archive) -> int:
    with archive.opened(Reader.public(archive.moment())) as session:
        return session.scalar(select(Head.epoch)) or 0


# -- one bag --------------------------------------------------------------------------------


def _one_bag(archive: Archive, order: Order, target: Path) -> Counted:
    before, counted = Before(state.known(target, order.of)), Counted()
    with (
        folders.replacing(target) as part,
        (part / state.NAME).open("w", encoding="utf-8") as spool,
    ):
        state.begin(spool, order.of)
        _write_records(
            order, before, counted, spool,
            lambda one, old: written_out(one, old, target, part, f"data/{one.folder}/", counted.missing),
        )  # fmt: skip
        spool.flush()
        before.end()
        counted.removed = len(before.removed)
        also = [*_beside(archive, order, part), _crate(archive, part)]
        _close(archive, order, part, lambda: _everything(part, also))
    return counted


def _everything(part: Path, also: Iterable[Held]) -> Iterator[Held]:
    yield from also
    for line in state.lines(part / state.NAME):
        yield from line.files


def _crate(archive: Archive, part: Path) -> Held:
    about = ro_crate.About(
        archive.name, archive.address, archive.now(), f"{archive.name}: what may be taken away", RIGHTS
    )
    with (part / "data" / ro_crate.NAME).open("w", encoding="utf-8") as out:
        crate = ro_crate.Crate(out, about)
        for line in state.lines(part / state.NAME):
            bare = [each.path.removeprefix("data/") for each in line.files]
            held = [
                ro_crate.Held(path, mime, each.size)
                for path, mime, each in zip(bare, line.mimes, line.files, strict=True)
            ]
            crate.add(
                "/".join([*bare[0].split("/")[:2], ""]), {"identifier": line.public_id, **line.about}, held
            )
        crate.end()
    return held_of(part, f"data/{ro_crate.NAME}")


# -- many bags ------------------------------------------------------------------------------


def _many_bags(archive: Archive, order: Order, target: Path) -> Counted:
    before, counted = Before(state.known(target, order.of)), Counted()
    target.mkdir(parents=True, exist_ok=True)
    spool = target / state.BEGUN
    with spool.open("w", encoding="utf-8") as out:
        state.begin(out, order.of)
        _write_records(
            order, before, counted, out,
            lambda one, old: _bag(archive, order, target, one, old, counted.missing),
        )  # fmt: skip
    before.end()
    counted.removed = _take_out(target, spool, before.removed)
    with archive.opened(Reader.public(archive.moment(), "reuse")) as session:
        with (target / f".{removals.NAME}.part").open("w", encoding="utf-8") as listing:
            removals.write(listing, session, archive.address, archive.now())
    os.sync()
    (target / f".{removals.NAME}.part").replace(target / removals.NAME)
    spool.replace(target / state.NAME)
    return counted


def _bag(
    archive: Archive, order: Order, target: Path, one: Leaving, old: Line | None, missing: list[str]
) -> Line:
    place = target / one.header.public_id
    known = _as_it_was(one, old, "data/")
    if known is not None and (place / "bagit.txt").is_file():
        return known
    with folders.replacing(place, sync=False) as part:
        line = written_out(one, old, place, part, "data/", missing)
        also = _beside(archive, order, part, one)
        _close(archive, order, part, lambda: iter([*also, *line.files]), one)
    return line


def _take_out(target: Path, spool: Path, removed: Sequence[str]) -> int:
    """Bags of what is not exported any more, those of a run that was cut off among them."""
    kept = {line.public_id for line in state.lines(spool)}
    for place in list(target.iterdir()):
        name = place.name.strip(".").partition(".")[0]
        if is_public_id(name) and place.name not in kept:
            folders.forget(place)
    return len(removed)


# -- a record -------------------------------------------------------------------------------


def written_out(
    one: Leaving, old: Line | None, before: Path, part: Path, prefix: str, missing: list[str]
) -> Line:
    """A record's files under a folder: linked where they are as they were, written where they are not."""
    known = {held.path: held for held in old.files} if old else {}
    files: list[Held] = []
    mimes: list[str] = []
    for piece in one.files:
        path, digest = prefix + piece.path, _digest(piece)
        held: Held | None = known.get(path)
        if held is None or held.sha256 != digest or not folders.link(before, part, held):
            held = _written(part, path, piece)
        if held is None:
            missing.append(f"{one.header.public_id}: {piece.path}")
            continue
        files.append(held)
        mimes.append(piece.mime)
    return _line(one, files, mimes)


def _as_it_was(one: Leaving, old: Line | None, prefix: str) -> Line | None:
    """The line again, where nothing of it is different."""
    if old is None or len(old.files) != len(one.files):
        return None
    same = all(
        held.path == prefix + piece.path and held.sha256 == _digest(piece)
        for held, piece in zip(old.files, one.files, strict=True)
    )
    return _line(one, list(old.files), [piece.mime for piece in one.files]) if same else None


def _line(one: Leaving, files: list[Held], mimes: list[str]) -> Line:
    header = one.header
    about = {name: one.about[name] for name in ("name", "url") if name in one.about}
    stamp = header.stamp.isoformat()
    return Line(header.record_id, header.public_id, header.kind, stamp, about, tuple(files), tuple(mimes))


def _digest(piece: Piece) -> str:
    return piece.sha256 or hashlib.sha256(piece.body).hexdigest()


def _written(part: Path, path: str, piece: Piece) -> Held | None:
    """None where a stored file is missing, or is not what the archive knows it to be: it is not handed on."""
    if piece.opened is None:
        return folders.keep(part, path, [piece.body])
    try:
        with piece.opened() as stream:
            held = folders.keep(part, path, folders.chunks_of(stream))
    except (Missing, Damaged, NotAStorageKey):
        return None
    if held.sha256 != piece.sha256:
        (part / path).unlink()
        return None
    return held


def _count(counted: Counted, line: Line, old: Line | None) -> None:
    counted.new += old is None
    counted.unchanged += line.as_before(old)
    counted.changed += old is not None and not line.as_before(old)
    counted.files += len(line.files)
    counted.bytes += sum(held.size for held in line.files)


# -- what makes a folder a bag --------------------------------------------------------------


def _beside(archive: Archive, order: Order, part: Path, one: Leaving | None = None) -> list[Held]:
    """In the payload, beside the records."""
    more = (
        "\n  originals/        as they were received, decrypted\n  consent/          evidence of what was agreed"
        if order.desk
        else ""
    )
    words = README.format(
        first=DESK if order.desk else "", name=archive.name, day=archive.now().date().isoformat(), address=archive.address,
        what="A record is a folder:" if one is None else "A record:", more=more, rights=RIGHTS, also=ALSO if one is None else "",
    )  # fmt: skip
    held = [folders.keep(part, "data/README.txt", [words.encode()])]
    if one is None:
        with (part / "data" / removals.NAME).open("w", encoding="utf-8") as out:
            with archive.opened(Reader.public(archive.moment(), "reuse")) as session:
                removals.write(out, session, archive.address, archive.now())
        held.append(held_of(part, f"data/{removals.NAME}"))
        held += _collection(archive, order, part)
    return held


def _collection(archive: Archive, order: Order, part: Path) -> list[Held]:
    """What a record's page does not hold belongs to the whole: rival figures among it, which must not fall apart.

    What families gave is in its records; once more in tables it would be a fifth of an export's time.
    """
    moment = archive.moment()
    reader = Reader.desk(moment) if order.desk else Reader.public(moment, "reuse")
    folder = part / "data" / COLLECTION
    with archive.opened(reader) as session:
        write_all(session, None, folder, "jsonl", everything=order.desk)
    return [held_of(part, f"data/{COLLECTION}/{path.name}") for path in sorted(folder.iterdir())]


def held_of(part: Path, path: str) -> Held:
    found = folders.digests(part / path, bagit.ALGORITHMS)
    return Held(path, (part / path).stat().st_size, found["sha256"], found["sha512"])


def _close(
    archive: Archive,
    order: Order,
    part: Path,
    payload: Callable[[], Iterator[Held]],
    one: Leaving | None = None,
) -> None:
    """Manifests and tag files, and the manifests of those."""
    size = count = 0
    with (part / "manifest-sha256.txt").open("w", encoding="utf-8", newline="\n") as first:
        with (part / "manifest-sha512.txt").open("w", encoding="utf-8", newline="\n") as second:
            for held in payload():
                first.write(bagit.manifest_line(held.sha256, held.path))
                second.write(bagit.manifest_line(held.sha512, held.path))
                size, count = size + held.size, count + 1
    (part / "bagit.txt").write_text(bagit.DECLARATION, encoding="utf-8")
    about = [
        ("Source-Organization", archive.name),
        ("External-Description", f"{archive.name}: {'one record' if one else 'all records'}"),
        ("External-Identifier", f"{archive.address}/en/{one.folder}" if one else archive.address),
        ("Bagging-Date", archive.now().date().isoformat()),
        ("Payload-Oxum", f"{size}.{count}"),
        ("Rights", RIGHTS),
        (
            "Entitlement",
            "desk: holds what is not public" if order.desk else "public: what may be viewed and taken away",
        ),
        ("Changed-Since", order.of.since),
    ]
    (part / "bag-info.txt").write_text(bagit.info(about), encoding="utf-8")
    tags = sorted(path.name for path in part.iterdir() if path.is_file())
    for algorithm in bagit.ALGORITHMS:
        found = [(name, folders.digests(part / name, [algorithm])[algorithm]) for name in tags]
        text = "".join(bagit.manifest_line(digest, name) for name, digest in found)
        (part / f"tagmanifest-{algorithm}.txt").write_text(text, encoding="utf-8")
