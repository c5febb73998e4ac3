"""Finding the person or the page that a contribution is about, among what every visitor may see.

    people(session, "Synthetic")         # up to ten remembrances, with years and places as sources say
    anything(session, "lanterns")        # up to ten pages of any kind
    one(session, public_id), at(session, "/people/…")

The session is the public's: a page that is hidden is not found, and cannot be chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from memorial.domain.addresses import KIND_OF
from memorial.domain.ids import is_public_id
from memorial.domain.views import Entry
from memorial.gate import GatedSession
from memorial.models import Record, Remembrance, Statement
from memorial.services import name_search
from memorial.services.lists import entries
from memorial.services.search import search

MOST = 10
BORN, DIED, LIVED = ("born", "birth"), ("died", "death"), ("lived", "residence")


@dataclass(frozen=True, slots=True)
class Found:
    """A page to choose. Years and place are a source's words, the first that stands there."""

    entry: Entry
    born: str = ""
    died: str = ""
    lived: str = ""


def people(session: GatedSession, words: str) -> list[Found]:
    """Remembrances by a name or a part of it, best first."""
    hits = name_search.find(session, words, kinds=["remembrance"], most=MOST).names
    return _with_facts(session, [named.entry for named in hits])


def anything(session: GatedSession, words: str) -> list[Found]:
    """Pages of any kind that hold these words, best first."""
    hits = [
        entry for entry in search(session, words).entries if entry.kind in KIND_OF.values() and entry.address
    ]
    return _with_facts(session, hits[:MOST])


def one(session: GatedSession, public_id: str) -> Found | None:
    """The page with this id, if a visitor may see it."""
    if not is_public_id(public_id):
        return None
    record = session.execute(select(Record.id, Record.kind).where(Record.public_id == public_id)).first()
    if record is None:
        return None
    return next(iter(_with_facts(session, list(entries(session, {record.id: record.kind}).values()))), None)


def at(session: GatedSession, address: str) -> Found | None:
    """The record whose page this address is (without language and query)."""
    room, _, public_id = address.rstrip("/").rpartition("/")
    found = one(session, public_id)
    return found if found is not None and KIND_OF.get(room) == found.entry.kind else None


def _with_facts(session: GatedSession, hits: Sequence[Entry]) -> list[Found]:
    facts = _facts(session, [entry.public_id for entry in hits if entry.kind == "remembrance"])
    return [
        Found(entry, *(_first(facts.get(entry.public_id, {}), names) for names in (BORN, DIED, LIVED)))
        for entry in hits
    ]


def _facts(session: GatedSession, public_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    if not public_ids:
        return {}
    wanted = (
        select(Record.public_id, Statement.property, Statement.value_text)
        .join(Remembrance, Remembrance.record_id == Record.id)
        .join(Statement, Statement.person_id == Remembrance.person_id)
        .where(Record.public_id.in_(public_ids), Statement.property.in_((*BORN, *DIED, *LIVED)))
        .order_by(Statement.position.desc(), Statement.id.desc())
    )
    found: dict[str, dict[str, str]] = {}
    for row in session.execute(wanted):
        found.setdefault(row.public_id, {})[row.property] = row.value_text
    return found


def _first(facts: Mapping[str, str], names: Sequence[str]) -> str:
    return next((facts[name] for name in names if facts.get(name)), "")
