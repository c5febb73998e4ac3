"""From the names of places to their pages, where exactly one place has that spelling.

    places_named(session, ["Agdam", "Caspian Sea"])     # {"Agdam": Link("Agdam", "/places/…")}
    with_places(session, view)                          # a record's view with the places it names
    also_written(session, page.entries)                 # {public id: the other spellings of each place listed}

One statement reads every spelling that this reader may see, so a hidden place is never linked.
Places are an authority list: there are as many as sources name, not as many as there are records.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import and_, bindparam, select

from memorial.domain.addresses import address
from memorial.domain.place_names import Gazetteer
from memorial.domain.views import Entry, Link, RecordView
from memorial.gate import GatedSession
from memorial.models import Record, Statement, Text

MOST = 10_000  # spellings that are read
# What is said of a person's life that may name a place.
OF_A_LIFE = ("born", "birth", "lived", "residence", "died", "death")

SPELLINGS = (
    select(Record.public_id, Text.body, Statement.value_text)
    .outerjoin(Text, and_(Text.record_id == Record.id, Text.role == "title"))
    .outerjoin(Statement, and_(Statement.record_id == Record.id, Statement.property == "name"))
    .where(Record.kind == "place")
    .order_by(Record.id, Statement.position)
    .limit(MOST)
)


def gazetteer(session: GatedSession) -> Gazetteer[str]:
    """Every place that this reader may see, by its public id."""
    rows = session.execute(SPELLINGS).all()
    spelled = [(row.value_text, row.public_id) for row in rows if row.value_text]
    return Gazetteer([*((row.body, row.public_id) for row in rows if row.body), *spelled])


def places_named(session: GatedSession, names: Iterable[str]) -> dict[str, Link]:
    """A link for each name that is a spelling of exactly one place; the others are left out."""
    wanted = list(dict.fromkeys(names))
    if not wanted:
        return {}
    known = gazetteer(session)
    found = {name: known.named(name) for name in wanted}
    return {name: Link(name, address("place", key)) for name, key in found.items() if key}


def with_places(session: GatedSession, view: RecordView) -> RecordView:
    """The places that a press account, an event or a life names, linked to their pages."""
    if view.kind == "press" and view.places:
        known = places_named(session, [link.label for link in view.places])
        return replace(view, places=[known.get(link.label, link) for link in view.places])
    if words := _words(view):
        return replace(view, places=places_within(session, words))
    return view


def _words(view: RecordView) -> list[str]:
    if view.kind == "event":
        return [view.detail["place_words"]] if view.detail.get("place_words") else []
    if view.kind == "remembrance":
        return [said.value for said in view.statements if said.property in OF_A_LIFE and said.value]
    return []


def places_within(session: GatedSession, words: Iterable[str]) -> list[Link]:
    """The places that running words name, each once, as they are first written there."""
    known = gazetteer(session)
    found: dict[str, Link] = {}
    for text in words:
        for written, key in known.within(text):
            found.setdefault(key, Link(written, address("place", key)))
    return list(found.values())


WRITTEN = (
    select(Record.public_id, Statement.value_text)
    .join(Statement, Statement.record_id == Record.id)
    .where(Record.public_id.in_(bindparam("ids", expanding=True)), Statement.property == "name")
    .order_by(Statement.position, Statement.id)
)


def also_written(session: GatedSession, entries: Sequence[Entry]) -> dict[str, list[str]]:
    """The spellings of each listed place besides its title, each once, whatever its capitals."""
    titles = {entry.public_id: entry.title for entry in entries}
    found: dict[str, dict[str, str]] = {public_id: {} for public_id in titles}
    for row in session.execute(WRITTEN, {"ids": list(titles)}) if titles else ():
        if row.value_text.casefold() != titles[row.public_id].casefold():
            found[row.public_id].setdefault(row.value_text.casefold(), row.value_text)
    return {public_id: list(words.values()) for public_id, words in found.items()}
