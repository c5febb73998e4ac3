"""Synthetic sounds and films for tests, as bytes: tones and test pictures made by ffmpeg, each made once.

a_sound()                                   # three seconds of a tone, WAV
a_sound(1, "ogg", codec="libopus")
a_film(2, size="640x360", rotated=90)       # MP4 with a tone
loudness(content, 500, 1500)                # how loud a copy is between two moments, 0 to 1
"""

from __future__ import annotations

import array
import math
import os
import subprocess
import tempfile
from functools import cache
from itertools import pairwise
from pathlib import Path

from memorial.derivatives.ffmpeg import program

SECRETS = ("+40.7-74.0", "canary of the author", "canary of the device")  # planted in what is made
PLANTED = (
    "-metadata", f"location={SECRETS[0]}", "-metadata", f"artist={SECRETS[1]}", "-metadata", f"comment={SECRETS[2]}",
    "-metadata:s", f"handler_name={SECRETS[2]}",
)  # fmt: skip


def run(*arguments: str, given: bytes = b"") -> bytes:
    """What ffmpeg writes to its output; AssertionError with its words where it fails."""
    command = [program(), "-nostdin" if not given else "-hide_banner", "-v", "error", *arguments]
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout


def made(suffix: str, *arguments: str) -> bytes:
    """A file that ffmpeg makes; by name, since some formats go back to their beginning."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"made.{suffix}"
        run(*arguments, "-y", os.fspath(path))
        return path.read_bytes()


def _tone(seconds: float, rate: int = 44_100) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"sine=frequency=440:sample_rate={rate}:duration={seconds}")


def _picture(seconds: float, size: str, rate: str = "25") -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"testsrc=size={size}:rate={rate}:duration={seconds}")


@cache
def a_sound(seconds: float = 3, suffix: str = "wav", codec: str = "", rate: int = 44_100) -> bytes:
    """A tone of 440 hertz, with planted words about place, author and device."""
    chosen = ("-c:a", codec) if codec else ()
    return made(suffix, *_tone(seconds, rate), *chosen, *PLANTED)


@cache
def a_film(
    seconds: float = 2,
    size: str = "320x240",
    suffix: str = "mp4",
    *,
    sound: bool = True,
    rotated: int = 0,
    arguments: tuple[str, ...] = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
) -> bytes:
    """A moving test picture with a tone; `rotated` as a phone held upright writes it, in degrees."""
    heard = _tone(seconds) if sound else ()
    plain = made(suffix, *_picture(seconds, size), *heard, *arguments, *PLANTED)
    if not rotated:
        return plain
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"plain.{suffix}"
        path.write_bytes(plain)
        return made(suffix, "-display_rotation", str(rotated), "-i", os.fspath(path), "-c", "copy")


def samples(content: bytes, rate: int = 8_000) -> array.array[int]:
    """The sound of a copy, one channel, 16 bits."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return array.array("h", run("-i", file.name, "-ac", "1", "-ar", str(rate), "-f", "s16le", "pipe:1"))


def loudness(content: bytes, starts: int, ends: int) -> float:
    """Root mean square of the sound between two moments in milliseconds, of full scale."""
    stretch = samples(content)[starts * 8 : ends * 8]
    assert stretch, "the copy is shorter than that"
    return math.sqrt(sum(each * each for each in stretch) / len(stretch)) / 32_768


def edges(content: bytes, at: int, width: int = 320) -> int:
    """How many points of a film differ sharply from their neighbour at a moment in milliseconds: a blur has none."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        grey = run(
            "-ss", f"{at / 1000}", "-i", file.name, "-frames:v", "1", "-vf", f"scale={width}:-2",
            "-f", "rawvideo", "-pix_fmt", "gray", "pipe:1",
        )  # fmt: skip
    lines = (grey[begin : begin + width] for begin in range(0, len(grey), width))
    return sum(abs(one - two) > 40 for line in lines for one, two in pairwise(line))
