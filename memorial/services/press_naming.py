"""Whom a press account names, and the way back from the page of somebody who is remembered.

    people_named(session, press, sources)   # with the address of the page of whoever is remembered here
    naming(session, view)                   # the press accounts that name a person
    also_in(session, statements)            # the press accounts that make a statement too
    said_in_notes(session, view)            # which works the notes of an account mean

Whom an account names is the person of a remembrance only where that very spelling was taken from the work that
the account is read in: an equal name alone is no reason to send a reader to somebody's page. Whoever has no
such page is named and not linked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from memorial.domain.addresses import address
from memorial.domain.views import Cite, Entry, Link, Person, RecordView
from memorial.gate import GatedSession
from memorial.gate.shown import source_label
from memorial.models import Citation, PersonName, Press, Record, RecordLink, Remembrance, Source, Statement
from memorial.services.lists import entries

MOST_ACCOUNTS = 500  # of those read in one person's sources, in which their name is looked for
SHOWN_ACCOUNTS = 24


def people_named(session: GatedSession, press: Press, read_in: Iterable[int | None]) -> list[Person]:
    """As the account writes them; `read_in` are the works in which the archive has it."""
    names = [str(name) for name in press.persons_named]
    pages = _remembered(session, names, {*read_in, press.source_id} - {None}) if names else {}
    return [Person("", name, address=pages.get(name, "")) for name in names]


def _remembered(session: GatedSession, names: Sequence[str], sources: Iterable[Any]) -> dict[str, str]:
    """Addresses by spelling, where exactly one person who is remembered is spelled so in one of these works."""
    wanted = (
        select(PersonName.text, Record.public_id)
        .join(Remembrance, Remembrance.person_id == PersonName.person_id)
        .join(Record, Record.id == Remembrance.record_id)
        .where(PersonName.text.in_(names), PersonName.source_id.in_(list(sources)))
    )
    found: dict[str, set[str]] = {}
    for text, public_id in session.execute(wanted):
        found.setdefault(text, set()).add(public_id)
    return {text: address("remembrance", next(iter(ids))) for text, ids in found.items() if len(ids) == 1}


# -- the way back -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Naming:
    """Press accounts that name somebody, by their days; `more` where there are others."""

    entries: Sequence[Entry] = ()
    more: bool = False


def naming(session: GatedSession, view: RecordView) -> Naming:
    names = session.execute(
        select(PersonName.text, PersonName.source_id)
        .join(Remembrance, Remembrance.person_id == PersonName.person_id)
        .join(Record, Record.id == Remembrance.record_id)
        .where(Record.public_id.in_([view.public_id, *view.read_with]), PersonName.source_id.is_not(None))
    ).all()
    if not names:
        return Naming()
    spelled = {(row.source_id, row.text) for row in names}
    wanted = (
        select(Record.id, Press.persons_named, Citation.source_id)
        .join(Press, Press.record_id == Record.id)
        .join(Citation, Citation.record_id == Record.id)
        .where(Citation.source_id.in_({source for source, _ in spelled}), Record.kind == "press")
        .group_by(Record.id, Press.record_id, Citation.source_id)
        .order_by(Record.sort_day.is_(None), Record.sort_day, Record.id)
        .limit(MOST_ACCOUNTS)
    )
    ids = [
        row.id
        for row in session.execute(wanted)
        if any((row.source_id, str(name)) in spelled for name in row.persons_named)
    ]
    ids = list(dict.fromkeys(ids))
    lines = entries(session, dict.fromkeys(ids[:SHOWN_ACCOUNTS], "press"))
    return Naming([lines[each] for each in ids if each in lines], len(ids) > SHOWN_ACCOUNTS)


def also_in(session: GatedSession, said: Sequence[Statement]) -> dict[int, list[Cite]]:
    """Press accounts that make a statement too, beside the one it rests on: those that point to that one."""
    by_name = {each.external_id: each.id for each in said if each.external_id and each.source_id}
    if not by_name:
        return {}
    rested_on = select(Source.record_id).where(Source.id.in_({each.source_id for each in said} - {None}))
    wanted = (
        select(Press.figure_ids, Press.account_ids, Record.public_id, Source)
        .join(Record, Record.id == Press.record_id)
        .join(RecordLink, RecordLink.record_id == Record.id)
        .join(Source, Source.id == Press.source_id)
        .where(RecordLink.relation == "see_also", RecordLink.other_id.in_(rested_on))
        .order_by(Record.id)
        .limit(MOST_ACCOUNTS)
    )
    found: dict[int, dict[str, Cite]] = {}
    for figures, accounts, public_id, source in session.execute(wanted):
        for name in {*map(str, figures), *map(str, accounts)} & by_name.keys():
            line = Cite(source_label(source), address("press", public_id))
            found.setdefault(by_name[name], {})[public_id] = line
    return {number: list(lines.values()) for number, lines in found.items()}


# -- what the notes mean ----------------------------------------------------------------------

_WORK = re.compile(r"\b[Ss]eed (\d{3})\b")
_ACCOUNT = re.compile(r"\bpress-\d{3}\b")


def said_in_notes(session: GatedSession, view: RecordView) -> list[tuple[str, Link]]:
    """What "seed 002" and "press-015" stand for in the notes of those who gathered the sources."""
    notes = " ".join(text.body for text in view.texts if text.role in ("note", "difference"))
    notes = " ".join([notes, *(text.note for text in view.texts)])
    works = {f"src-seed-{number}": f"seed {number}" for number in sorted(set(_WORK.findall(notes)))}
    accounts = sorted(set(_ACCOUNT.findall(notes)))
    if not works and not accounts:
        return []
    wanted = (
        select(Source, Record.public_id, Record.external_id)
        .outerjoin(Record, Record.id == Source.record_id)
        .where(or_(Source.external_id.in_(works), Record.external_id.in_(accounts)))
        .order_by(Source.external_id, Record.external_id)
    )
    found = []
    for source, public_id, name in session.execute(wanted):
        account = name in accounts
        where = address("press", public_id) if account else address("source", source.public_id)
        called = str(name) if account else works.get(str(source.external_id), "")
        found.append((called, Link(source_label(source), where, source.language)))
    return found
