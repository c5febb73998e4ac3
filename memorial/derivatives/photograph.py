"""Decoding, turning, reducing and writing one photograph with Pillow, in the decoder's process only."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from PIL import ExifTags, Image

from memorial.derivatives.detect import decodable_format
from memorial.derivatives.refusal import Refused

QUALITY: Final = 82
MIMES: Final = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "TIFF": "image/tiff",
    "BMP": "image/bmp",
    "AVIF": "image/avif",
    "HEIF": "image/heic",
}

_NEAR_ENOUGH: Final = 0.75  # of the asked width, where the JPEG decoder can then read at half scale
_TALLEST: Final = 6  # times its width: a strip of a scroll; neither JPEG nor WebP can be of any height
_CLOCK: Final = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")
_PNG_END: Final = b"IEND\xae\x42\x60\x82"
_UPRIGHT: Final = 1
_TURNED: Final = (5, 6, 7, 8)
_TURNS: Final = {  # EXIF 2.3, tag 274
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Seen:
    mime: str
    width: int
    height: int
    frames: int
    orientation: int
    captured: str | None


@dataclass(frozen=True, slots=True)
class Made:
    width: int
    height: int
    mime: str
    data: bytes


def prepare(pixels: int) -> None:
    """Sets Pillow's own limits for this process."""
    # Pillow warns above this number and raises above twice of it; the warning is made an error.
    Image.MAX_IMAGE_PIXELS = pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def seen(content: bytes, name: str) -> Seen:
    """Reads the whole picture, a JPEG at an eighth of its size, so that a cut-off one is noticed."""
    with _opened(content, name) as picture:
        orientation, (width, height) = _orientation(picture), picture.size
        captured, frames = _captured(picture), int(getattr(picture, "n_frames", 1))
        picture.draft("RGB", (1, 1))
        picture.load()
        if orientation in _TURNED:
            width, height = height, width
        return Seen(_mime(picture), width, height, frames, orientation, captured)


def copies(content: bytes, name: str, widths: list[int]) -> list[Made]:
    """From narrow to wide. Each is reduced from the next wider one: a fraction of the work."""
    with _opened(content, name) as picture:
        turned = _orientation(picture)
        wanted = _sizes(picture.size, turned, widths)
        current = _reduced(picture, turned, wanted)
        profile = picture.info.get("icc_profile")
    current = _upright(_plain(current, profile), turned)
    made: list[Made] = []
    for size in reversed(wanted):
        target = (min(size[0], current.width), min(size[1], current.height))
        if target != current.size:
            current = _narrower(current, target)
        if not made or target != (made[-1].width, made[-1].height):
            made.append(_written(current))
    return made[::-1]


@contextmanager
def _opened(content: bytes, name: str) -> Iterator[Image.Image]:
    allowed = decodable_format(content, name)
    if allowed == "HEIF":
        _read_heif()
    try:
        if allowed == "PNG" and _PNG_END not in content:
            raise EOFError  # libpng shows rows that are there and does not miss the end
        with Image.open(io.BytesIO(content), formats=[allowed]) as picture:
            yield picture
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as wrong:
        millions = (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        raise Refused("too_large_pixels", name=name, limit=millions) from wrong
    except (MemoryError, Refused):
        raise
    except Exception as wrong:  # Pillow's plugins raise what strangers' bytes make them raise
        code = "truncated" if _cut_off(wrong, content, allowed) else "damaged"
        raise Refused(code, name=name) from wrong


def _read_heif() -> None:
    """Teaches Pillow HEIC; here because few pictures need it. One thread, which the limit of memory expects."""
    import pillow_heif

    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.register_heif_opener()


def _cut_off(wrong: Exception, content: bytes, allowed: str) -> bool:
    if "truncated" in str(wrong).lower() or isinstance(wrong, EOFError):
        return True
    if allowed == "WEBP":  # its header says how long the file is
        return int.from_bytes(content[4:8], "little") + 8 > len(content)
    return allowed == "JPEG" and b"\xff\xd9" not in content[-64:]


def _mime(picture: Image.Image) -> str:
    # A JPEG with further pictures behind the first (Pillow: MPO) is a JPEG to everybody else.
    return MIMES.get(picture.format or "", "image/jpeg")


def _orientation(picture: Image.Image) -> int:
    value = _UPRIGHT
    if picture.format == "TIFF":  # Pillow turns these itself
        return value
    with suppress(Exception):  # broken EXIF must not cost the picture
        value = picture.getexif().get(ExifTags.Base.Orientation, _UPRIGHT)
    return value if value in range(1, 9) else _UPRIGHT


def _captured(picture: Image.Image) -> str | None:
    value: object = None
    with suppress(Exception):
        value = picture.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
    found = _CLOCK.match(value) if isinstance(value, str) else None
    if found is None or found[1] == "0000":
        return None
    year, month, day, hour, minute, second = found.groups()
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}"


def _sizes(stored: tuple[int, int], orientation: int, widths: list[int]) -> list[tuple[int, int]]:
    """Sizes as seen, narrow to wide."""
    width, height = stored[::-1] if orientation in _TURNED else stored
    wanted = sorted({min(each, width) for each in widths})
    return [_fitted(each, width, height) for each in wanted]


def _fitted(target: int, width: int, height: int) -> tuple[int, int]:
    scale = min(target / width, target * _TALLEST / height, 1.0)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _reduced(picture: Image.Image, turned: int, wanted: list[tuple[int, int]]) -> Image.Image:
    """Decodes, not larger than needed, in the orientation of the file."""
    width, height = wanted[-1][::-1] if turned in _TURNED else wanted[-1]
    near = (max(1, int(width * _NEAR_ENOUGH)), max(1, int(height * _NEAR_ENOUGH)))
    picture.draft("RGB", near)
    picture.load()
    if picture.mode.startswith("I") or picture.mode == "F":
        picture = _eight_bits(picture)
    elif picture.mode == "1":
        picture = picture.convert("L")
    elif picture.mode in ("P", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    size = (min(width, picture.width), min(height, picture.height))
    return picture if size == picture.size else _narrower(picture, size)


def _narrower(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    # As Image.thumbnail does it: whole-number steps first, then the filter over at least twice the pixels.
    return picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Sixteen bits of grey, which Pillow's own conversion would cut off at 255."""
    return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def _plain(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """sRGB or grey, with an alpha channel only where something shows through, and nothing else attached."""
    if profile:
        picture = _in_srgb(picture, profile)
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        if picture.getchannel("A").getextrema()[0] == 255:
            picture = picture.convert("RGB")
    elif picture.mode not in ("L", "RGB"):
        picture = picture.convert("RGB")
    picture.info = {}
    return picture


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """With a profile that cannot be used the colours stay as they are: better than no picture."""
    from PIL import ImageCms  # here because few pictures need it

    if picture.mode not in ("L", "RGB", "RGBA", "CMYK"):
        return picture
    target = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return picture
        changed = ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode=target
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
    return changed or picture


def _upright(picture: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def _written(picture: Image.Image) -> Made:
    out = io.BytesIO()
    if picture.mode == "RGBA":
        picture.save(out, "WEBP", quality=QUALITY, method=4)
        kind = "WEBP"
    else:
        picture.save(out, "JPEG", quality=QUALITY, progressive=True)
        kind = "JPEG"
    return Made(picture.width, picture.height, MIMES[kind], out.getvalue())
