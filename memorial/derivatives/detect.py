"""Which kind of file this is, by its content. Runs in the decoder: puremagic parses strangers' bytes too."""

from __future__ import annotations

import re
from typing import Final

import puremagic

from memorial.derivatives.refusal import Refused

_PAGE: Final = re.compile(rb"<\s*(!doctype\s+html|html|head|body|script|iframe|meta|title|a\s|img\s)", re.I)
_DRAWING: Final = re.compile(rb"<\s*(svg[\s>:]|[a-z]+:svg[\s>])", re.I)
_BRANDS: Final = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"), "heic"),
    **dict.fromkeys((b"avif", b"avis"), "avif"),
}
_NAMED: Final = {"image/tiff": "tiff", "image/gif": "gif", "application/pdf": "pdf", "image/avif": "avif"}


def decodable_format(content: bytes, name: str) -> str:
    """JPEG, PNG or WEBP. Raises Refused with the reason for anything else."""
    if not content:
        raise Refused("empty", name=name)
    if content[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    raise _refusal(content, name)


def _refusal(content: bytes, name: str) -> Refused:
    if content[4:8] == b"ftyp" and content[8:12] in _BRANDS:
        return _other(_BRANDS[content[8:12]], name)
    head = content[:4096].replace(b"\0", b"")  # UTF-16 reads as ASCII then
    if _DRAWING.search(head):
        return Refused("svg", name=name)
    if _PAGE.search(head):
        return Refused("html", name=name)
    return _by_magic(content, name)


def _by_magic(content: bytes, name: str) -> Refused:
    try:
        found = puremagic.magic_string(content[:65536])
    except (puremagic.PureError, ValueError):
        found = []
    for match in found:
        if match.mime_type in _NAMED:
            return _other(_NAMED[match.mime_type], name)
    if found and found[0].mime_type.startswith("image/"):
        return Refused("format_not_accepted", name=name, format=found[0].name or found[0].mime_type)
    return Refused("not_an_image", name=name)


def _other(which: str, name: str) -> Refused:
    return Refused(
        "format_not_accepted", f"refused.format_not_accepted.{which}", name=name, format=which.upper()
    )
