"""Appends to the ledger with their projection, and the reading of the epoch before each page."""

from __future__ import annotations

import time
from collections.abc import Iterator

from sqlalchemy import select

from benchmarks.archive import Made
from benchmarks.report import Result
from memorial.domain import consent as rules
from memorial.gate import Actor
from memorial.house import House
from memorial.models import Record
from memorial.services import consent
from memorial.services.consent import Said
from memorial.web.cache import StateReader


def measure(made: Made, seconds: float) -> Iterator[Result]:
    one = appends(made.house, seconds, together=1)
    many = appends(made.house, seconds, together=100)
    yield Result("ledger", "wills appended, folded and projected, a commit each", one, "a second")
    yield Result("ledger-batch", "  the same, a hundred to a commit", many, "a second")
    yield Result("epoch", "reading epoch and boundaries", epoch(made.house, seconds), "µs")


def appends(house: House, seconds: float, together: int) -> float:
    """Withdrawals and openings by turns of existing testimonies: each changes what may be shown."""
    with house.session(house.keeper()) as session:
        ids = session.scalars(select(Record.id).where(Record.kind == "testimony").limit(1_000)).all()
    wills = [{rules.EVERY_PART: rules.chosen(["research"], ["view"])}, {rules.EVERY_PART: rules.everything()}]
    done = 0
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds:
        with house.writing(house.keeper()) as session:
            party = consent.archive_party(session)
            for _ in range(together):
                record = session.get_one(Record, ids[done // 2 % len(ids)])
                said = Said(party, "will", wills[done % 2], method="command")
                consent.append(session, record, said, by=Actor.system(), at=house.now())
                done += 1
    return done / (time.perf_counter() - begin)


def epoch(house: House, seconds: float) -> float:
    """Microseconds of one reading, as the page cache does it on every hit."""
    read = StateReader(house.engine, house.moment)
    done = 0
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds / 2:
        for _ in range(100):
            read()
        done += 100
    return (time.perf_counter() - begin) / done * 1e6
