"""The public face: whoever comes reads here what the gate lets through.

Importing this package registers its doors.
"""

from memorial.web.public import (
    citing,
    criteria,
    documents,
    films,
    front,
    health,
    list_lines,
    lists,
    places,
    press,
    records,
    research,
    scans,
    search,
    stored,
    tables,
    timeline,
    verify,
    voices,
    wall,
)
from memorial.web.public.rooms import machine, media, pages

__all__ = [
    "citing",
    "criteria",
    "documents",
    "films",
    "front",
    "health",
    "list_lines",
    "lists",
    "machine",
    "media",
    "pages",
    "places",
    "press",
    "records",
    "research",
    "scans",
    "search",
    "stored",
    "tables",
    "timeline",
    "verify",
    "voices",
    "wall",
]
