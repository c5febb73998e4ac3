"""Copies for showing, made from what families sent: bytes in, bytes out. Imports nothing of ours.

    kind = kind_of(first_bytes)                        # by signature; decodes nothing
    seen = inspect(path, "grandmother.jpg")            # raises Refused; reads the whole picture
    for copy in photograph_copies(path):               # at most 320, 640, 1280 and 2560 pixels wide
        storage.put_derived(f"{name}/{copy.width}", copy.data)

Every file is decoded in a process of its own (`decoder.py`), within limits of time, memory and pixels
that it sets on itself and that this side enforces with a kill. Whatever that process dies of, the caller
sees Refused. One decoder is kept warm; it starts with the first picture and again after it was killed.

Copies carry pixels only: no EXIF, place, device, author, comment or colour profile; colours are sRGB.
"""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from memorial.derivatives.decoder import Decoder, Limits
from memorial.derivatives.kinds import HEAD, PDF, Kind, kind_of
from memorial.derivatives.refusal import ACCEPTED, Refused

__all__ = [
    "ACCEPTED",
    "HEAD",
    "PAPER",
    "WIDTHS",
    "CopyMade",
    "Decoder",
    "Inspected",
    "Kind",
    "Limits",
    "Refused",
    "inspect",
    "inspect_paper",
    "kind_of",
    "photograph_copies",
    "spreadsheet_rows",
    "stop_decoder",
]

WIDTHS: Final = (320, 640, 1280, 2560)
PAPER: Final = PDF.mime
MOST_WORKBOOK: Final = 20 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Inspected:
    """`width` and `height` are as the picture is seen, after its orientation (EXIF, 1 to 8) is applied.
    `captured` is what the camera's clock said, without time zone: `2019-05-03T12:33:00`, or None."""

    kind: str
    mime: str
    width: int
    height: int
    frames: int
    orientation: int
    captured: str | None


@dataclass(frozen=True, slots=True)
class CopyMade:
    width: int
    height: int
    mime: str
    data: bytes


_decoder = Decoder()


def inspect(source: Path | bytes, name: str, decoder: Decoder = _decoder) -> Inspected:
    """What a file is, told by decoding it, never by its name. `name` is only for the refusal's text."""
    head, _ = decoder.ask("inspect", _content(source, decoder.limits, name), name)
    return Inspected(**cast(dict[str, Any], head["inspected"]))


def photograph_copies(
    source: Path | bytes, widths: Sequence[int] = WIDTHS, name: str = "", decoder: Decoder = _decoder
) -> list[CopyMade]:
    """Copies from narrow to wide, upright, never wider than the picture and none twice.

    The widest may come out up to a quarter narrower than asked, where the JPEG decoder can then read at
    half scale: a photograph of 12 megapixels gives 2000 instead of 2560 pixels in half the time and
    memory. JPEG, or WebP where the picture is transparent; of an animation the first frame.
    """
    content = _content(source, decoder.limits, name)
    head, blobs = decoder.ask("copies", content, name, widths=sorted(widths))
    made = cast(list[dict[str, Any]], head["copies"])
    return [CopyMade(**each, data=data) for each, data in zip(made, blobs, strict=True)]


def inspect_paper(content: bytes, name: str, decoder: Decoder = _decoder) -> None:
    """Raises Refused where a PDF cannot be handed on as it is (paper.py)."""
    decoder.ask("paper", _content(content, decoder.limits, name), name)


def spreadsheet_rows(content: bytes, name: str) -> bytes:
    """The rows of an XLSX workbook as JSON Lines (`spreadsheet.py`). In a process of its own that ends with it: it
    has a minute, where a picture has ten seconds. Raises Refused; its sentences are about pictures, its codes are not."""
    reader = Decoder(Limits(seconds=60, file_bytes=MOST_WORKBOOK))
    try:
        return reader.ask("rows", _content(content, reader.limits, name), name)[1][0]
    finally:
        reader.stop()


def stop_decoder() -> None:
    """Ends the warm process; the next picture starts another. At exit it ends by itself."""
    _decoder.stop()


atexit.register(stop_decoder)


def _content(source: Path | bytes, limits: Limits, name: str) -> bytes:
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size > limits.file_bytes:
        raise Refused("too_large_bytes", name=name, bytes=size, limit=limits.file_bytes)
    return source if isinstance(source, bytes) else source.read_bytes()
