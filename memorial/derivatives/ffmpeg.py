"""Where ffmpeg is: the one that is named, else the system's if it can do all of it, else the static one that comes along."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from typing import Final

# What a list of ffmpeg's must name: it reads from an open file, writes these codecs, and brings down high dynamic range.
_NEEDED: Final = {
    "-protocols": ("fd",),
    "-encoders": ("libx264", "libopus", "aac"),
    "-filters": ("zscale", "bwdif"),
}


@cache
def program(named: str = "") -> str:
    """The path of ffmpeg. Raises RuntimeError where there is none."""
    if named:
        return shutil.which(named) or named
    system = shutil.which("ffmpeg")
    if system is not None and _can_do_it(system):
        return system
    from imageio_ffmpeg import get_ffmpeg_exe  # type: ignore[import-untyped]

    return str(get_ffmpeg_exe())


def _can_do_it(path: str) -> bool:
    for which, words in _NEEDED.items():
        listed = subprocess.run(
            [path, "-hide_banner", which], capture_output=True, text=True, check=False, timeout=30
        )
        if not set(words) <= set(listed.stdout.split()):
            return False
    return True
