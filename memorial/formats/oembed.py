"""oEmbed 1.0 (https://oembed.com): how another house shows an address of ours, as JSON or XML.

said = Said("rich", "A title", "The archive", "https://…/", html="<iframe …>", width=640, height=360)
as_json(said), as_xml(said)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from memorial.formats.catalogue_xml import holdable

JSON: Final = "application/json"
XML: Final = "text/xml; charset=utf-8"
AGE: Final = 600  # seconds: what is taken back is soon forgotten elsewhere too


@dataclass(frozen=True, slots=True)
class Said:
    """`kind` is link, rich or video. The last three are of a picture that may be shown beside it."""

    kind: str
    title: str
    archive: str
    archive_address: str
    html: str = ""
    width: int = 0
    height: int = 0
    thumbnail: str = ""
    thumbnail_width: int = 0
    thumbnail_height: int = 0


def as_json(said: Said) -> Mapping[str, str | int]:
    told: dict[str, str | int] = {
        "version": "1.0", "type": said.kind, "title": said.title, "provider_name": said.archive,
        "provider_url": said.archive_address, "cache_age": AGE, "html": said.html, "width": said.width,
        "height": said.height, "thumbnail_url": said.thumbnail, "thumbnail_width": said.thumbnail_width,
        "thumbnail_height": said.thumbnail_height,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}


def as_xml(said: Said) -> bytes:
    root = Element("oembed")
    for name, value in as_json(said).items():
        SubElement(root, name).text = holdable(str(value))
    head = b'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n'
    return head + bytes(tostring(root, encoding="utf-8"))
