"""Copies of a recording, made from what families sent. Imports nothing of ours.

    probed = probe(handle, "video/mp4")                     # raises NotConverted; reads the file at the handle
    for copy in copies_of(probed, poster_at=None):          # what should be there: peaks, sound, film
        make(handle, probed, copy, spans, "/path/of/it")    # by ffmpeg, in a process of its own (recording_run.py)

`handle` is an open file that can seek; it needs no name. The first bytes said what kind it is (`kinds.py`), and only
the demuxers of that kind are tried.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, cast

from memorial.derivatives.confined import Bounds
from memorial.derivatives.recording_run import NotConverted, Running

DEMUXERS: Final[Mapping[str, str]] = {
    "audio/wav": "wav", "audio/aiff": "aiff", "audio/flac": "flac", "audio/aac": "aac", "audio/amr": "amr",
    "audio/mpeg": "mp3,aac,flac", "audio/mp4": "mov", "audio/ogg": "ogg", "video/ogg": "ogg", "video/mp4": "mov",
    "video/quicktime": "mov", "video/3gpp": "mov", "video/webm": "matroska", "video/x-matroska": "matroska",
    "video/x-msvideo": "avi", "video/mp2t": "mpegts", "video/mpeg": "mpeg,mpegvideo", "video/x-ms-asf": "asf",
}  # fmt: skip
MOST_PIXELS: Final = 36_000_000  # of one picture: 8K
MOST_LENGTH: Final = 24 * 3600 * 1000  # milliseconds
MEMORY: Final = 512 << 20
SECONDS: Final = 8  # for all of a small file, whatever it claims
SIDES: Final = (480, 720)  # of films, the shorter side
PER_SECOND: Final = 10  # peaks
_LEAST_RATE: Final = (
    100  # bytes a second, over ten minutes; the thriftiest codec for speech takes six times as many
)
_PATIENCE: Final = 600  # seconds that need hold nothing
_SLOWEST: Final = 12  # seconds of work for one of the recording
_A_SECOND: Final = 8_000  # bytes that are worth a second of work, beyond those of a small file
_SMALL: Final = 100_000
_PROGRAM_ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Stream:
    """Width and height are as it is seen: upright, its points made square."""

    index: int
    type: str
    codec: str
    channels: int = 0
    rate: int = 0
    width: int = 0
    height: int = 0
    rotation: int = 0
    fps: float = 0.0
    hdr: bool = False


@dataclass(frozen=True, slots=True)
class Probed:
    """What a recording consists of. `length` in milliseconds as the file claims; None: it does not say."""

    container: str
    length: int | None
    streams: tuple[Stream, ...]
    sound: int | None
    picture: int | None
    bytes: int
    notes: tuple[str, ...] = field(default=())

    @property
    def film(self) -> Stream | None:
        return self._at(self.picture)

    @property
    def heard(self) -> Stream | None:
        return self._at(self.sound)

    def _at(self, index: int | None) -> Stream | None:
        return next((s for s in self.streams if s.index == index), None)

    @property
    def longest(self) -> int:
        """Milliseconds after which it is cut off: more cannot lie in so few bytes."""
        return min(MOST_LENGTH, (self.bytes // _LEAST_RATE + _PATIENCE) * 1000)

    @property
    def likely(self) -> int:
        """Milliseconds, as far as can be told beforehand."""
        return min(self.length or self.longest, self.longest)

    @property
    def seconds(self) -> int:
        """How long the work on all copies may take: more for a longer one, as far as there is something in it."""
        return max(SECONDS, min(self.likely // 1000 * _SLOWEST, (self.bytes - _SMALL) // _A_SECOND))

    def kept(self) -> dict[str, Any]:
        """As it is written into a row."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A copy that should be there. `name` is how one is told from another, within its recording."""

    name: str
    kind: str
    mime: str
    suffix: str
    width: int = 0
    height: int = 0


PEAKS: Final = Wanted("peaks", "peaks", "application/json", "json")
AAC: Final = Wanted("aac", "audio", "audio/mp4", "m4a")
OPUS: Final = Wanted("opus", "audio", "audio/ogg", "ogg")


def copies_of(probed: Probed, poster: bool = False) -> list[Wanted]:
    """In the order in which they are made: what tells the length first, what is heard before what is seen."""
    wanted = [PEAKS, AAC, OPUS] if probed.sound is not None else []
    film = probed.film
    if film is None:
        return wanted
    if poster:
        wanted.append(Wanted("poster", "poster", "image/jpeg", "jpg", *_reduced(film, SIDES[-1])))
    for side in _sides(film):
        wanted.append(Wanted(f"film-{side}", "video", "video/mp4", "mp4", *_reduced(film, side)))
    return wanted


def _sides(film: Stream) -> list[int]:
    """Never larger than it is: a small film has one copy, one between the sizes its own."""
    own = min(film.width, film.height)
    smaller = [side for side in SIDES if side < own]
    return smaller if len(smaller) == len(SIDES) else [*smaller, own]


def _reduced(film: Stream, side: int) -> tuple[int, int]:
    """Even numbers, as the codec wants them."""
    scale = min(1.0, side / min(film.width, film.height))
    return max(2, round(film.width * scale / 2) * 2), max(2, round(film.height * scale / 2) * 2)


# -- probing --------------------------------------------------------------------------------


def probe(handle: int, mime: str) -> Probed:
    """What lies there. Raises NotConverted with why nothing can be made of it."""
    demuxers = DEMUXERS.get(mime)
    if demuxers is None:
        raise NotConverted("unreadable")
    bounds = Bounds(MEMORY, SECONDS, output=1 << 20, parent=os.getpid())
    asked = {"handle": handle, "demuxers": demuxers, "pixels": MOST_PIXELS, "bounds": asdict(bounds)}
    running = Running(
        [sys.executable, "-P", "-m", "memorial.derivatives.probing", json.dumps(asked)],
        handle,
        SECONDS,
        {"PYTHONPATH": str(_PROGRAM_ROOT)},
    )
    answer = running.whole_answer(1 << 18)
    try:
        said = cast(dict[str, Any], json.loads(answer))
        if "refused" in said:
            raise NotConverted(str(said["refused"]))
        return _judged(_probed(said, os.fstat(handle).st_size), said)
    except (KeyError, TypeError, ValueError) as wrong:
        raise NotConverted("unreadable") from wrong


def _probed(said: Mapping[str, Any], size: int) -> Probed:
    """Only values of the kinds that are expected: the process that says it has read a stranger's bytes."""
    streams = tuple(_stream(each) for each in said["streams"][:64])
    container = str(said["container"])
    if not container.isalnum() or container not in ",".join(DEMUXERS.values()).split(","):
        raise ValueError(container)
    numbers = {s.index for s in streams}
    sound, picture = said["sound"], said["picture"]
    if not {sound, picture} <= numbers | {None}:
        raise ValueError("no such stream")
    length = None if said["length"] is None else max(0, int(said["length"]))
    return Probed(container, length or None, streams, sound, picture, size)


def _stream(each: Mapping[str, Any]) -> Stream:
    rotation, width, height = int(each["rotation"]) % 360, int(each["width"]), int(each["height"])
    if rotation % 180 == 90:
        width, height = height, width
    return Stream(
        int(each["index"]), str(each["type"])[:20], str(each["codec"])[:40], int(each["channels"]), int(each["rate"]),
        width, height, rotation, float(each["fps"]), bool(each["hdr"]),
    )  # fmt: skip


def _judged(probed: Probed, said: Mapping[str, Any]) -> Probed:
    """Raises NotConverted; else with notes of what is out of the ordinary."""
    if probed.sound is None and probed.picture is None:
        raise NotConverted("unreadable" if said["unreadable"] else "nothing_in_it")
    if probed.length is not None and probed.length > MOST_LENGTH:
        raise NotConverted("too_long")
    if probed.length is not None and probed.length > probed.longest:
        raise NotConverted("nothing_in_it")
    film = probed.film
    if film is not None and min(film.width, film.height) < 2:
        raise NotConverted("unreadable")
    notes = {
        "no_sound": probed.sound is None,
        "sound_unreadable": "audio" in said["unreadable"],
        "picture_unreadable": "video" in said["unreadable"],
        "several_sounds": int(said["sounds"]) > 1,
        "no_frame_rate": film is not None and film.fps == 0,
        "turned": film is not None and film.rotation != 0,
        "hdr": film is not None and film.hdr,
    }
    return replace(probed, notes=tuple(name for name, holds in notes.items() if holds))
