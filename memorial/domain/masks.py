"""Masks: a span of a recording that is withheld, in its words, its sound and its picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when, in milliseconds from the start, and what the copies have there instead.

    `sound` is "silence", "tone" or empty, where the sound stays; `picture`: it is blurred.
    """

    starts: int
    ends: int
    sound: str = "silence"
    picture: bool = False
