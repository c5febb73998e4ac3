"""Choosing what a field points to: works by their words, with the place in them; other objects by theirs.

found = offered(session, "source", "human rights watch")      # Line each, the ids that a citation begins with
cited("src-hrw-1994", "p. 23")                                # "src-hrw-1994, p. 23"
"""

from __future__ import annotations

from memorial.gate import GatedSession
from memorial.services.published import objects
from memorial.services.published.objects import Line

MOST = 12
# A press account and a film are works as well.
OF_WORKS = ("sources", "press_accounts", "films")


def offered(session: GatedSession, to: str, words: str) -> list[Line]:
    """What answers to the words, some of each kind."""
    kinds = OF_WORKS if to == "source" else (to,)
    found: list[Line] = []
    for kind in kinds:
        found += objects.listed(session, kind, words, size=MOST // len(kinds) if words else MOST).lines
    return found[: 2 * MOST]


def cited(external_id: str, place: str) -> str:
    """A citation as a field holds it."""
    place = " ".join(place.split())
    return f"{external_id}, {place}" if place else external_id


def with_line(value: str, line: str, *, many: bool) -> str:
    """A field's words with one more line; a field that holds one alone holds this one."""
    if not many:
        return line
    lines = [each for each in value.split("\n") if each.strip()]
    return "\n".join([*lines, line] if line not in lines else lines)
