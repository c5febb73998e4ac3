"""Which kind of file somebody sent, by its first bytes alone: a table of signatures, nothing is decoded.

    kind = kind_of(head)           # the first HEAD bytes; never a name, never what a browser claims
    kind.role, kind.mime           # "audio", "audio/ogg"; ODD where nothing fits

Whatever is not in the table is odd: it is kept as it came, and neither decoded nor served. So is
everything that a browser could run (pages, drawings, scripts), whatever it calls itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

HEAD: Final = 4096  # bytes that tell every kind below

Role = Literal["photograph", "scan", "audio", "video", "file"]


@dataclass(frozen=True, slots=True)
class Kind:
    """`decoder` is Pillow's name of the format where copies can be made of it, else ""."""

    name: str
    role: Role
    mime: str
    decoder: str = ""


def _picture(name: str, mime: str, decoder: str = "") -> Kind:
    return Kind(name, "photograph", mime, decoder or name.upper())


JPEG, PNG, WEBP, GIF = (_picture(name, f"image/{name}") for name in ("jpeg", "png", "webp", "gif"))
TIFF, BMP, AVIF = (_picture(name, f"image/{name}") for name in ("tiff", "bmp", "avif"))
HEIC = _picture("heic", "image/heic", "HEIF")
PDF = Kind("pdf", "scan", "application/pdf")
WAV, AIFF, FLAC = (Kind(name, "audio", f"audio/{name}") for name in ("wav", "aiff", "flac"))
MP3, AAC, AMR = (
    Kind("mp3", "audio", "audio/mpeg"),
    Kind("aac", "audio", "audio/aac"),
    Kind("amr", "audio", "audio/amr"),
)
M4A, WMA = Kind("m4a", "audio", "audio/mp4"), Kind("asf", "video", "video/x-ms-asf")
OGG, OPUS = Kind("ogg", "audio", "audio/ogg"), Kind("opus", "audio", "audio/ogg")
OGV, THREEGP = Kind("ogv", "video", "video/ogg"), Kind("3gp", "video", "video/3gpp")
MP4, MOV = Kind("mp4", "video", "video/mp4"), Kind("mov", "video", "video/quicktime")
WEBM, MKV = Kind("webm", "video", "video/webm"), Kind("mkv", "video", "video/x-matroska")
AVI, MTS, MPEG = (
    Kind("avi", "video", "video/x-msvideo"),
    Kind("mts", "video", "video/mp2t"),
    Kind("mpeg", "video", "video/mpeg"),
)
ODD = Kind("odd", "file", "application/octet-stream")

BEGINNINGS: Final[tuple[tuple[bytes, Kind], ...]] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"%PDF-", PDF),
    (b"fLaC", FLAC),
    (b"#!AMR", AMR),
    (b"ID3", MP3),
    (b"0&\xb2u\x8ef\xcf\x11\xa6\xd9\x00\xaa\x00b\xcel", WMA),
    (b"\0\0\x01\xba", MPEG),
    (b"\0\0\x01\xb3", MPEG),
)
# ISO/IEC 14496-12: the major brand, then the compatible ones.
BRANDS: Final[dict[bytes, Kind]] = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"), HEIC),
    **dict.fromkeys((b"avif", b"avis"), AVIF),
    **dict.fromkeys((b"M4A ", b"M4B ", b"M4P "), M4A),
    b"qt  ": MOV,
}
_RIFF: Final = {b"WEBP": WEBP, b"WAVE": WAV, b"AVI ": AVI}
_OLD_QUICKTIME: Final = (b"moov", b"mdat", b"wide", b"pnot")
_BMP_HEADERS: Final = (12, 40, 52, 56, 64, 108, 124)
# What a browser could take for a page or a drawing if it were ever served.
_RUNS: Final = re.compile(
    rb"<\s*(!doctype\s+html|html|head|body|script|iframe|svg[\s>:]|[a-z]+:svg[\s>])|<\?php|javascript:", re.I
)


def kind_of(head: bytes) -> Kind:
    """The kind of a file by its first bytes."""
    for told in _TELLERS:
        if (kind := told(head)) is not None:
            return ODD if kind is GIF and _RUNS.search(head) else kind
    return ODD


def _by_beginning(head: bytes) -> Kind | None:
    return next((kind for mark, kind in BEGINNINGS if head.startswith(mark)), None)


def _riff(head: bytes) -> Kind | None:
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return AIFF
    return _RIFF.get(head[8:12]) if head[:4] in (b"RIFF", b"RF64") else None


def _iso_media(head: bytes) -> Kind | None:
    if head[4:8] in _OLD_QUICKTIME:
        return MOV
    if head[4:8] != b"ftyp":
        return None
    brand = head[8:12]
    if brand[:2] == b"3g":
        return THREEGP
    return BRANDS.get(brand, MP4)


def _ogg(head: bytes) -> Kind | None:
    if head[:4] != b"OggS":
        return None
    if b"OpusHead" in head[:128]:
        return OPUS
    return OGV if b"theora" in head[:128] else OGG


def _matroska(head: bytes) -> Kind | None:
    if head[:4] != b"\x1aE\xdf\xa3":
        return None
    return WEBM if b"webm" in head[:64] else MKV if b"matroska" in head[:64] else None


def _transport_stream(head: bytes) -> Kind | None:
    """MPEG-2 transport: a 0x47 every 188 bytes; camcorders put four bytes of time before each."""
    for first, step in ((0, 188), (4, 192)):
        marks = head[first : first + 5 * step : step]
        if len(marks) == 5 and set(marks) == {0x47}:
            return MTS
    return None


def _bitmap(head: bytes) -> Kind | None:
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return BMP
    return None


def _mpeg_audio(head: bytes) -> Kind | None:
    """A bare frame: eleven bits set, then a version, layer, rate and frequency that exist (ISO/IEC 11172-3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0:  # ADTS: the layer is always 0
        return AAC if (head[2] >> 2) & 0xF < 13 else None
    version, layer = (head[1] >> 3) & 3, (head[1] >> 1) & 3
    rate, frequency = head[2] >> 4, (head[2] >> 2) & 3
    return MP3 if version != 1 and layer and rate not in (0, 15) and frequency != 3 else None


_TELLERS: Final[tuple[Callable[[bytes], Kind | None], ...]] = (
    _by_beginning,
    _riff,
    _iso_media,
    _ogg,
    _matroska,
    _transport_stream,
    _bitmap,
    _mpeg_audio,
)
