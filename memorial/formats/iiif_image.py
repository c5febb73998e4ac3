"""IIIF Image API 3, level 0 (https://iiif.io/api/image/3.0/): a picture in the sizes that are kept, whole and upright.

    info("https://…/iiif/image/7b…", [(320, 240), (1280, 960)])     # info.json as a dict
    which(Asked("full", "320,240", "0", "default", "jpg"), sizes)   # 0, the number of the size; raises NotGiven

What the protocol forbids is 400, what it allows and this archive has not is 404 (a size) or 501 (a part of the picture,
or one made larger).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

CONTEXT = "http://iiif.io/api/image/3/context.json"
MEDIA_TYPE = f'application/ld+json;profile="{CONTEXT}"'
BAD, UNKNOWN, NOT_DONE = 400, 404, 501
Size = tuple[int, int]
_NUMBER = r"(?:\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})"
_PIXELS = re.compile(r"(\d{1,9}),(\d{1,9}),(\d{1,9}),(\d{1,9})", re.ASCII)
_HUNDREDTHS = re.compile(rf"pct:({_NUMBER}),({_NUMBER}),({_NUMBER}),({_NUMBER})", re.ASCII)
_SIZE = re.compile(
    rf"(\^?)(?:(max)|pct:({_NUMBER})|(!?)(\d{{1,9}}),(\d{{1,9}})|(\d{{1,9}}),|,(\d{{1,9}}))", re.ASCII
)


@dataclass(frozen=True)
class NotGiven(Exception):
    status: int
    words: str


@dataclass(frozen=True, slots=True)
class Asked:
    region: str
    size: str
    rotation: str
    quality: str
    form: str


def info(address: str, sizes: Sequence[Size]) -> dict[str, Any]:
    """`sizes` from the smallest; the largest is what counts as the whole."""
    width, height = sizes[-1]
    return {
        "@context": CONTEXT, "id": address, "type": "ImageService3", "protocol": "http://iiif.io/api/image",
        "profile": "level0", "width": width, "height": height,
        "sizes": [{"width": each[0], "height": each[1]} for each in sizes],
    }  # fmt: skip


def which(asked: Asked, sizes: Sequence[Size]) -> int:
    """The number of the size that is asked for."""
    _whole(asked.region, *sizes[-1])
    found = _size(asked.size, sizes)
    if asked.rotation != "0":
        raise NotGiven(BAD, "The rotation is 0.")
    if asked.quality not in ("default", "color"):
        raise NotGiven(BAD, "The quality is default or color.")
    if asked.form != "jpg":
        raise NotGiven(BAD, "The format is jpg.")
    return found


def _whole(region: str, width: int, height: int) -> None:
    """Passes where the region is all of it."""
    if region == "full" or (region == "square" and width == height):
        return
    if region == "square":
        raise NotGiven(NOT_DONE, "Only the whole image is given.")
    pixels, hundredths = _PIXELS.fullmatch(region), _HUNDREDTHS.fullmatch(region)
    if pixels:
        x, y, wide, high = (float(each) for each in pixels.groups())
    elif hundredths:
        given = [float(each) for each in hundredths.groups()]
        x, y, wide, high = (
            each * whole / 100 for each, whole in zip(given, (width, height) * 2, strict=True)
        )
    else:
        raise NotGiven(BAD, "The region is full, square, x,y,w,h or pct:x,y,w,h.")
    if not wide or not high or x >= width or y >= height:
        raise NotGiven(BAD, "The region is empty or outside the image.")
    if (x, y) != (0, 0) or wide < width or high < height:
        raise NotGiven(NOT_DONE, "Only the whole image is given.")


def _size(size: str, sizes: Sequence[Size]) -> int:
    read = _SIZE.fullmatch(size)
    if read is None:
        raise NotGiven(BAD, "The size is max, w,h, w, or ,h.")
    larger, most, hundredth, within, both_wide, both_high, wide, high = read.groups()
    width, height = sizes[-1]
    if most:
        return len(sizes) - 1
    scale = float(hundredth) / 100 if hundredth else 0.0
    wanted = (
        int(both_wide or wide or 0) or round(width * scale),
        int(both_high or high or 0) or round(height * scale),
    )
    _possible(wanted, (width, height), bool(larger), bool(within), one=bool(wide or high))
    for number, each in enumerate(sizes):
        if _is(each, wanted, one=bool(wide or high)):
            return number
    fitting = [number for number, each in enumerate(sizes) if within and _fits(each, wanted, (width, height))]
    if fitting:
        return fitting[-1]
    raise NotGiven(UNKNOWN, "That size is not kept; info.json lists those that are.")


def _possible(wanted: Size, full: Size, larger: bool, within: bool, *, one: bool) -> None:
    """Refuses what is less than a point, and what is larger than the image."""
    if (not one and 0 in wanted) or wanted == (0, 0):
        raise NotGiven(BAD, "That is less than one pixel.")
    beyond = wanted[0] > full[0] or wanted[1] > full[1]
    if (beyond and not within) or (larger and within and wanted[0] > full[0] and wanted[1] > full[1]):
        raise NotGiven(NOT_DONE if larger else BAD, "The image is not that large.")


def _is(kept: Size, wanted: Size, *, one: bool) -> bool:
    return kept == wanted or (one and (wanted[0] == kept[0] or wanted[1] == kept[1]))


def _fits(kept: Size, wanted: Size, full: Size) -> bool:
    """Whether it is the largest that stays within these bounds: it touches one of them, or is the whole."""
    inside = kept[0] <= wanted[0] and kept[1] <= wanted[1]
    return inside and (kept[0] == wanted[0] or kept[1] == wanted[1] or kept == full)
