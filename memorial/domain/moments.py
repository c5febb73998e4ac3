"""Moments of a recording as people write and read them. As files have them: formats/moments.py.

clock(724_000)                 # "12:04"
clock(3_723_500, exact=True)   # "1:02:03.5"
seconds("12:04")               # 724
"""

from __future__ import annotations

LATEST = 10_000_000  # seconds: what is later is read as that


def clock(milliseconds: int, *, exact: bool = False) -> str:
    """Minutes and seconds, hours where there are any; with `exact` what is less than a second where that is something."""
    whole, rest = divmod(max(0, milliseconds), 1000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    told = f"{hours}:{minute:02}:{second:02}" if hours else f"{minutes}:{second:02}"
    return f"{told}.{rest:03}".rstrip("0") if exact and rest else told


def seconds(text: str) -> int | None:
    """724, 724.5, 12:04 and 1:02:03 as whole seconds; None for anything else."""
    found = 0
    steps = text.split(":")
    if len(steps) > 3:
        return None
    for step in steps:
        whole = step.partition(".")[0]
        if not (whole.isascii() and whole.isdecimal() and len(whole) < 9):
            return None
        found = found * 60 + int(whole)
    return min(found, LATEST)
