"""The words that an amendment brings, for the hints of whoever decides on it.

    pieces_of(revision.content)      # domain/hints.py, Piece: one for each place whose words are not those that stand

What stands already was read when it was published. Ids, dates, addresses and places in works are no words of a
text. Which language each is in nobody says: an object quotes in one and sums up in another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memorial.domain.hints import Piece
from memorial.services.published import objects
from memorial.services.published.forms import ObjectForm

WORDS = frozenset({"line", "lines", "prose", "rows"})
OF_OBJECT = "object"  # before the kind and the place, in a piece's key


def pieces_of(content: Mapping[str, Any]) -> list[Piece]:
    """Nothing where the revision keeps no object."""
    if "given" not in content:
        return []
    kind = objects.kind_of(content["file"])
    stood = ObjectForm(kind, content["stood"] or {}).values()
    return [
        Piece(f"{OF_OBJECT}:{kind.name}:{entry.key}", entry.value)
        for group in ObjectForm(kind, content["given"]).groups()
        for row in group.rows
        for entry in row
        if entry.what in WORDS and entry.value and entry.value != stood.get(entry.key, "")
    ]
