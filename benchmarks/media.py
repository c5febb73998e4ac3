"""Recordings: how fast their copies come in ranges, and how fast they are made.

Through the media door every range asks the gate; beside it the same bytes come from bare Flask in the same server, and
by sendfile(2). Copies are made from an encrypted original in limited processes and kept; beside it ffmpeg alone reads
the plain file and writes the same copies with the same settings.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from benchmarks import files
from benchmarks.archive import an_archive
from benchmarks.load import Load
from benchmarks.report import Pairs, Result
from benchmarks.serving import ROOT, _free_port, _wait_for, serving
from memorial.derivatives.ffmpeg import program
from memorial.derivatives.recording import Probed, Wanted, copies_of, probe
from memorial.derivatives.recording_making import told_to_ffmpeg
from memorial.domain.ids import new_public_id
from memorial.house import House
from memorial.models import Derivative, Media, Part, Record
from memorial.services import consent, recordings
from memorial.web_server import ARCHIVE

SIZE = 64 << 20
SMALL, LARGE = 64 << 10, 4 << 20
SOUND = ("-f", "lavfi", "-i", "anoisesrc=color=pink:amplitude=0.3:duration={}", "-ac", "1", "-ar", "44100")
FILM = ("-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25:duration={}", *SOUND[:4], "-c:v", "libx264", "-preset",
        "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac")  # fmt: skip

DELIVERY = ("media-ranges", "media-ranges-plain", "media-bytes", "media-bytes-plain")

CONVERSIONS = (
    ("media-sound", "copies of half an hour of sound", SOUND, "flac", "audio/flac", 1_800),
    ("media-film", "copies of 20 seconds of film, 720p", FILM, "mp4", "video/mp4", 20),
)


def measure(
    rounds: int, seconds: float, tell: Callable[[str], None], wanted: Callable[[str], bool]
) -> Iterator[Result]:
    with an_archive(200, tell=tell) as made:
        if any(map(wanted, DELIVERY)):
            public_id, path = _a_copy(made.house)
            yield from _delivery(made.house, public_id, path, rounds, 3 * seconds)
        for name, *of in CONVERSIONS:
            if wanted(name):
                tell(f"  making {of[0]}…")
                yield _conversion(made.house, name, *of)


# -- delivery -------------------------------------------------------------------------------


def _delivery(house: House, public_id: str, path: Path, rounds: int, seconds: float) -> Iterator[Result]:
    os.environ[files.FILE] = str(path)
    with (
        serving(ARCHIVE, house.settings) as ours, serving("benchmarks.files:application") as bare,
        _sendfile(path) as plain, Load() as load,
    ):  # fmt: skip
        for name, size, what in (("media-ranges", SMALL, "64 KB"), ("media-bytes", LARGE, "4 MB")):
            ranges = [f"bytes={at}-{at + size - 1}" for at in range(0, SIZE, size)][:64]
            sides = {
                "ours": (ours.port, f"/media/{public_id}"),
                "bare": (bare.port, "/file"),
                "plain": (plain, "/file"),
            }
            found: dict[str, list[float]] = {side: [] for side in sides}
            for _ in range(rounds):
                for side, (port, address) in sides.items():
                    said = load.ask(port, [address], seconds, ranges=ranges)
                    found[side].append(said["requests"] / said["seconds"])
            yield from _lines(name, size, what, found)


def _lines(name: str, size: int, what: str, found: dict[str, list[float]]) -> Iterator[Result]:
    middle = {side: sorted(each)[len(each) // 2] for side, each in found.items()}
    for side, beside in (("bare", "× bare Flask"), ("plain", "× sendfile")):
        pairs = Pairs()
        for ours, other in zip(found["ours"], found[side], strict=True):
            pairs.add(ours, other)
        told = f"{middle['ours']:,.0f} a second, {middle['ours'] * size / 1e6:,.0f} MB/s; beside {middle[side]:,.0f} a second"
        label = f"ranges of {what}" if side == "bare" else "  the same"
        yield Result(
            name if side == "bare" else f"{name}-{side}",
            label,
            pairs.median,
            beside,
            None,
            pairs.spread,
            told,
        )


@contextmanager
def _sendfile(path: Path) -> Iterator[int]:
    port = _free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.files", str(port), str(path)], cwd=ROOT)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.kill()
        process.wait()


def _a_copy(house: House) -> tuple[str, Path]:
    """A copy of random bytes that everybody may have: what they say, no server looks at."""
    public_id = new_public_id()
    key = house.storage.put_derived(f"{public_id}/film.mp4", os.urandom(1 << 20) * (SIZE >> 20))
    with house.writing(house.keeper()) as session:
        record = session.scalars(select(Record).where(Record.public_from.is_not(None)).limit(1)).one()
        guard = consent.guard_of(session, session.get_one(Part, record.part_id))
        medium = _medium(record, house, "video/mp4", f"none/{public_id}", guard)
        session.add(medium)
        session.flush()
        session.add(
            Derivative(
                public_id=public_id, media_id=medium.id, kind="video", bytes=SIZE, mime="video/mp4", sha256="0" * 64,
                storage_key=key, **guard,
            )
        )  # fmt: skip
    return public_id, Path(house.settings.storage_url) / key


def _medium(record: Record, house: House, mime: str, storage_key: str, guard: dict, due: str = "") -> Media:  # type: ignore[type-arg]
    return Media(
        public_id=new_public_id(), record_id=record.id, role=mime.split("/", maxsplit=1)[0], mime=mime, sha256="0" * 64, bytes=SIZE,
        storage_key=storage_key, received_at=house.now(), due=due, **guard,
    )  # fmt: skip


# -- conversion -----------------------------------------------------------------------------


def _conversion(
    house: House, name: str, what: str, made_with: tuple[str, ...], suffix: str, mime: str, length: int
) -> Result:
    pairs, ours, other = Pairs(), 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"original.{suffix}"
        arguments = [each.format(length) for each in made_with]
        subprocess.run([program(), "-v", "error", *arguments, str(path)], check=True)
        for _ in range(3):
            other = _bare(path, mime, Path(folder))
            ours = _through(house, path, mime)
            pairs.add(other, ours)
    told = f"{length / ours:,.1f} times real time beside {length / other:,.1f}"
    return Result(name, what, pairs.median, "× bare ffmpeg", None, pairs.spread, told)


def _through(house: House, path: Path, mime: str) -> float:
    """Encrypted, probed, converted in limited processes, kept."""
    with path.open("rb") as file:
        stored = house.storage.put_original(file, house.keys)
    with house.writing(house.keeper()) as session:
        record = session.scalars(select(Record).where(Record.public_from.is_not(None)).limit(1)).one()
        guard = {**consent.guard_of(session, session.get_one(Part, record.part_id)), "contribution_id": None}
        medium = _medium(record, house, mime, stored.storage_key, guard, due="convert")
        session.add(medium)
        session.flush()
        media_id = medium.id
    begin = time.perf_counter()
    recordings.carry_out(house.storage, house.keys, house.writing, house.keeper, media_id, now=house.now)
    took = time.perf_counter() - begin
    with house.writing(house.keeper()) as session:
        medium = session.get_one(Media, media_id)
        if medium.due or medium.failed:
            raise RuntimeError(f"not converted: {medium.failed}")
        recordings.make_anew(session, medium)
        medium.due = ""
        session.flush()
        session.delete(medium)
    house.storage.delete(stored.storage_key)
    return took


def _bare(path: Path, mime: str, folder: Path) -> float:
    """The same copies, and the samples that peaks are counted from, by ffmpeg alone."""
    with path.open("rb") as file:
        probed = probe(file.fileno(), mime)
        begin = time.perf_counter()
        for copy in copies_of(probed):
            os.lseek(file.fileno(), 0, os.SEEK_SET)
            arguments = _told(file.fileno(), probed, copy, folder)
            subprocess.run(
                [program(), "-nostdin", "-v", "quiet", *arguments], check=True, pass_fds=(file.fileno(),)
            )
        return time.perf_counter() - begin


def _told(handle: int, probed: Probed, copy: Wanted, folder: Path) -> list[str]:
    if copy.kind == "peaks":
        sound = ["-map", f"0:{probed.sound}", "-ac", "1", "-ar", "8000", "-f", "s16le", "-y", "/dev/null"]
        return ["-f", probed.container, "-fd", str(handle), "-i", "fd:", *sound]
    target = folder / f"bare.{copy.suffix}"
    return [*told_to_ffmpeg(handle, probed, copy), "-y", str(target)]
