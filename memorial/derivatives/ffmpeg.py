"""Where ffmpeg is: the one that is named, else the system's, else the static one that comes with imageio-ffmpeg."""

from __future__ import annotations

import shutil
from functools import cache


@cache
def program(named: str = "") -> str:
    """The path of ffmpeg. Raises RuntimeError where there is none."""
    if found := shutil.which(named or "ffmpeg"):
        return found
    from imageio_ffmpeg import get_ffmpeg_exe  # type: ignore[import-untyped]

    return str(get_ffmpeg_exe())
