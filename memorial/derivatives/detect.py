"""Whether a file can be decoded, by its content. Runs in the decoder: puremagic parses strangers' bytes too."""

from __future__ import annotations

import re
from typing import Final

import puremagic

from memorial.derivatives.kinds import HEAD, kind_of
from memorial.derivatives.refusal import Refused

_PAGE: Final = re.compile(rb"<\s*(!doctype\s+html|html|head|body|script|iframe|meta|title|a\s|img\s)", re.I)
_DRAWING: Final = re.compile(rb"<\s*(svg[\s>:]|[a-z]+:svg[\s>])", re.I)
_NAMED: Final = {"application/pdf": "pdf"}


def decodable_format(content: bytes, name: str) -> str:
    """Pillow's name of the format. Raises Refused with the reason where there is none."""
    if not content:
        raise Refused("empty", name=name)
    if decoder := kind_of(content[:HEAD]).decoder:
        return decoder
    raise _refusal(content, name)


def _refusal(content: bytes, name: str) -> Refused:
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
