"""One copy of a recording, made by ffmpeg in a limited process of its own.

    length = make(handle, probed, wanted, target, spans=…, poster_at=…, tell=…)      # milliseconds that it has
    peaks, length = peaks_of(handle, probed, spans)

Copies hold sound and picture alone: no place, device, author, title or chapter of the original. A picture is upright,
with square points, eight bits in BT.709; high dynamic range is brought down to that. What is masked is withheld a
little longer than asked, on both sides: a coded frame smears into its neighbours.
"""

from __future__ import annotations

import array
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final, Protocol

from memorial.derivatives.confined import Bounds
from memorial.derivatives.ffmpeg import program
from memorial.derivatives.recording import MEMORY, MOST_PIXELS, PER_SECOND, Probed, Stream, Wanted
from memorial.derivatives.recording_run import NotConverted, Running

RATE: Final = 48_000
THREADS: Final = str(min(os.cpu_count() or 1, 4))
SOUND_RATE: Final = "40k"
_PEAK_RATE: Final = 8_000
_CONFINED: Final = os.fspath(Path(__file__).with_name("confined.py"))
_SOUND_MARGIN, _PICTURE_MARGIN = 0.06, 0.25  # seconds
_MOST_FRAMES: Final = 60  # pictures in a second; more are thinned to half of it
_MOST_BITS: Final = 16_000_000_000  # of one film: its bytes are counted in 31 bits
_RATES: Final = {480: 1_200_000, 720: 2_500_000}  # at most, bits a second, by the shorter side
_TO_SDR: Final = "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv"
_AS_JPEG: Final = ("scale=in_color_matrix=bt709:out_color_matrix=bt601:out_range=pc", "format=yuvj420p")
_PLAIN: Final = (
    "-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1", "-sn", "-dn",
    "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact",
)  # fmt: skip


class Span(Protocol):
    """domain/masks.Span: this room knows none of ours."""

    @property
    def starts(self) -> int: ...
    @property
    def ends(self) -> int: ...
    @property
    def sound(self) -> str: ...
    @property
    def picture(self) -> bool: ...


Tell = Callable[[int], None]  # milliseconds that are done


def _nothing(_done: int) -> None: ...


def make(
    handle: int,
    probed: Probed,
    wanted: Wanted,
    target: Path,
    *,
    spans: Sequence[Span] = (),
    poster_at: int | None = None,
    until: float | None = None,
    tell: Tell = _nothing,
    ffmpeg: str = "",
) -> int:
    """Write a copy of sound, film or a still into `target`, a file that is there. Raises NotConverted, also where it is
    not ready at `until` (of `time.monotonic`)."""
    told = told_to_ffmpeg(handle, probed, wanted, spans, poster_at)
    arguments = [*told, "-progress", "pipe:1", "-stats_period", "1", "-y", f"file:{target}"]
    reached = 0
    for reached in _moments(_run(handle, probed, arguments, os.fspath(target), until, ffmpeg)):
        tell(reached)
    if target.stat().st_size == 0 or (reached == 0 and wanted.kind != "poster"):
        raise NotConverted("nothing_in_it")
    return reached


def told_to_ffmpeg(
    handle: int, probed: Probed, wanted: Wanted, spans: Sequence[Span] = (), poster_at: int | None = None
) -> list[str]:
    """What a copy is made with, but for where it goes."""
    at = poster_at if wanted.kind == "poster" else None
    return [*_input(handle, probed, at), *_output(probed, wanted, spans)]


def peaks_of(
    handle: int,
    probed: Probed,
    spans: Sequence[Span] = (),
    *,
    until: float | None = None,
    tell: Tell = _nothing,
    ffmpeg: str = "",
) -> tuple[bytes, int]:
    """How loud each tenth of a second is, 0 to 255, and the length of what can be heard in milliseconds."""
    arguments = [
        *_input(handle, probed), *_sound(probed, spans), "-ar", str(_PEAK_RATE), "-f", "s16le", "pipe:1",
    ]  # fmt: skip
    step, rest, peaks, heard = 2 * _PEAK_RATE // PER_SECOND, b"", bytearray(), 0
    for piece in _run(handle, probed, arguments, "", until, ffmpeg):
        rest += piece
        whole = len(rest) // step * step
        peaks += bytes(_peak(rest[at : at + step]) for at in range(0, whole, step))
        heard, rest = heard + len(piece), rest[whole:]
        tell(heard * 1000 // (2 * _PEAK_RATE))
    if rest:
        peaks.append(_peak(rest[: len(rest) // 2 * 2]))
    if not peaks:
        raise NotConverted("nothing_in_it")
    told = {"version": 1, "per_second": PER_SECOND, "peaks": list(peaks)}
    return json.dumps(told, separators=(",", ":")).encode(), heard * 1000 // (2 * _PEAK_RATE)


def _peak(stretch: bytes) -> int:
    samples = array.array("h", stretch)
    if sys.byteorder == "big":
        samples.byteswap()
    return min(255, max(max(samples, default=0), -min(samples, default=0)) >> 7)


def _run(
    handle: int, probed: Probed, arguments: list[str], target: str, until: float | None, ffmpeg: str
) -> Iterator[bytes]:
    seconds, found = probed.seconds if until is None else until - time.monotonic(), program(ffmpeg)
    if seconds <= 0:
        raise NotConverted("too_slow")
    bounds = Bounds(
        MEMORY, (int(seconds) + 1) * (os.cpu_count() or 1), output=(64 << 20) + probed.longest // 1000 * 400_000,
        writes=target, runs=found, parent=os.getpid(),
    )  # fmt: skip
    command = [sys.executable, "-I", "-S", _CONFINED, json.dumps(asdict(bounds)), found]
    os.lseek(handle, 0, os.SEEK_SET)  # the handle's place is one with the other process's
    return Running([*command, "-nostdin", "-v", "quiet", *arguments], handle, seconds).pieces()


def _moments(output: Iterator[bytes]) -> Iterator[int]:
    """What `-progress` says, in milliseconds."""
    rest = b""
    for piece in output:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            name, _, value = line.partition(b"=")
            if name == b"out_time_us" and value.strip().isdigit():
                yield int(value) // 1000


# -- what ffmpeg is told --------------------------------------------------------------------


def _input(handle: int, probed: Probed, at: int | None = None) -> list[str]:
    """One demuxer, one protocol that can open nothing but the handle, bounded decoders."""
    begins = [] if at is None else ["-ss", f"{at / 1000:.3f}"]
    return [
        "-threads", THREADS, "-filter_threads", "1", "-filter_complex_threads", "1",
        "-protocol_whitelist", "fd", "-format_whitelist", probed.container, "-f", probed.container,
        "-max_streams", "64", "-max_pixels", str(MOST_PIXELS), *begins,
        "-fd", str(handle), "-i", "fd:",
    ]  # fmt: skip


def _output(probed: Probed, wanted: Wanted, spans: Sequence[Span]) -> list[str]:
    if wanted.kind == "poster":
        return [
            *_film(probed, wanted, ()),
            "-an",
            *_PLAIN,
            "-frames:v",
            "1",
            "-c:v",
            "mjpeg",
            "-q:v",
            "4",
            "-f",
            "mjpeg",
        ]
    sound = _sound(probed, spans)
    if wanted.suffix == "ogg":
        return [
            *sound,
            "-ar",
            str(RATE),
            "-c:a",
            "libopus",
            "-b:a",
            SOUND_RATE,
            "-application",
            "voip",
            "-f",
            "ogg",
        ]
    aac = ["-ar", str(RATE), "-c:a", "aac", "-b:a", SOUND_RATE]
    if wanted.kind == "audio":
        return [*sound, *aac, "-movflags", "+faststart", "-f", "mp4"]
    side = min(wanted.width, wanted.height)
    rate = min(_RATES[480 if side <= 480 else 720], _MOST_BITS * 1000 // max(probed.likely, 1))
    film = [
        "-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-maxrate", str(rate), "-bufsize", str(2 * rate),
        "-threads", THREADS, "-force_key_frames", "expr:gte(t,n_forced*4)", "-fps_mode", "vfr", "-a53cc", "0",
        "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
    ]  # fmt: skip
    heard = [*sound, *aac] if probed.sound is not None else ["-an", "-t", _seconds(probed.longest)]
    return [
        *_film(probed, wanted, spans),
        *film,
        *heard,
        *_PLAIN,
        "-write_tmcd",
        "0",
        "-movflags",
        "+faststart",
        "-f",
        "mp4",
    ]


def _sound(probed: Probed, spans: Sequence[Span]) -> list[str]:
    """One channel, from the very beginning, in steps of ten milliseconds so that a mask is exact."""
    chain = f"[0:{probed.sound}]aresample={RATE}:async=1:first_pts=0,aformat=channel_layouts=mono"
    masked = [span for span in spans if span.sound]
    tones = [span for span in masked if span.sound == "tone"]
    if masked:
        chain += f",asetnsamples=n=480:p=0,volume=volume=0:enable='{_within(masked, _SOUND_MARGIN)}'"
    if tones:
        chain += (
            f"[quiet];sine=frequency=1000:sample_rate={RATE}:samples_per_frame=480,volume=0.5,"
            f"volume=volume=0:enable='not({_within(tones, 0)})'[tone];[quiet][tone]amix=inputs=2:duration=first:normalize=0"
        )
    return ["-filter_complex", f"{chain}[sound]", "-map", "[sound]", "-t", _seconds(probed.longest), *_PLAIN]


def _film(probed: Probed, wanted: Wanted, spans: Sequence[Span]) -> list[str]:
    film = probed.film
    assert film is not None
    steps = ["bwdif=deint=interlaced", *_frames(film, spans)]
    size = f"scale={wanted.width}:{wanted.height}"
    if film.hdr:
        steps += [size, _TO_SDR]
    else:
        steps.append(f"{size}:out_color_matrix=bt709:out_range=tv")
    hidden = [span for span in spans if span.picture]
    if hidden:
        steps.append(_blurred(wanted, _within(hidden, _PICTURE_MARGIN)))
    steps += ["setsar=1", "format=yuv420p", *(_AS_JPEG if wanted.kind == "poster" else ())]
    return ["-map", f"0:{film.index}", "-vf", ",".join(steps)]


def _frames(film: Stream, spans: Sequence[Span]) -> list[str]:
    """Thinned where there are too many; evenly where something is hidden, so that no picture stands into a mask."""
    if film.fps > _MOST_FRAMES:
        return ["fps=30"]
    return ["fps=25"] if any(span.picture for span in spans) else []


def _blurred(wanted: Wanted, when: str) -> str:
    """So far that no face is left: a few large patches, then soft."""
    side = min(wanted.width, wanted.height)
    return (
        f"pixelize=w={max(2, side // 6)}:h={max(2, side // 6)}:enable='{when}',"
        f"avgblur=sizeX={max(1, side // 8)}:enable='{when}'"
    )


def _within(spans: Sequence[Span], margin: float) -> str:
    return "+".join(
        f"between(t,{max(0.0, span.starts / 1000 - margin):.3f},{span.ends / 1000 + margin:.3f})"
        for span in spans
    )


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.3f}"
