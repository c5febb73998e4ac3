"""Where each kind of thing has its page, as a path without the language in front."""

from __future__ import annotations

ROOMS = {
    "testimony": "/testimonies",
    "press": "/press",
    "remembrance": "/people",
    "document": "/documents",
    "event": "/timeline",
    "place": "/places",
    "source": "/sources",
    "question": "/figures",
}
KIND_OF = {room: kind for kind, room in ROOMS.items()}


def address(kind: str, public_id: str) -> str:
    """The permanent path of a thing; "" for kinds without a page."""
    room = ROOMS.get(kind)
    return f"{room}/{public_id}" if room else ""
