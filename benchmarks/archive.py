"""An archive of synthetic records to measure on: testimonies, press accounts, remembrances, all published.

    with an_archive(records=20_000) as made:
        made.house, made.long_testimony, made.words

Rows are written in bulk with the ledger entry, policy, guard and search entry that the services
would give them, in a folder (or PostgreSQL database) that is emptied again afterwards.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert, make_url, update

from benchmarks.words import RARE, Words
from config import Settings
from memorial.db import Base, next_ids
from memorial.domain import consent as rules
from memorial.domain.ids import new_public_id
from memorial.domain.names import fold, sort_key
from memorial.gate import GatedSession
from memorial.house import House, open_house
from memorial.models import (
    Citation,
    Head,
    LedgerEntry,
    Part,
    Person,
    PersonName,
    Press,
    Record,
    Remembrance,
    Source,
    Testimony,
    Text,
)
from memorial.services import consent, name_index, search_index, wall_index
from memorial.services.consent import Said

CHUNK = 500
SEED = 1992
LONG = 2_000  # words of the one long testimony
ORDER: tuple[type[Base], ...] = (
    Record, Part, LedgerEntry, Source, Person, Press, Testimony, Remembrance, PersonName, Text, Citation,
)  # fmt: skip
FIRST_DAY = date(1992, 2, 26)


@dataclass
class Made:
    """What there is to ask for."""

    house: House
    words: Words
    records: int = 0
    long_testimony: str = ""  # public id
    testimony: str = ""
    press: str = ""
    counts: dict[str, int] = field(default_factory=dict)


@contextmanager
def an_archive(
    testimonies: int, *, short_press: int = 0, tell: Callable[[str], None] = print
) -> Iterator[Made]:
    """`testimonies` of about 300 words, a tenth as many press accounts and remembrances each."""
    with empty_house() as house:
        yield filled(house, testimonies, short_press=short_press, tell=tell)


def filled(
    house: House, testimonies: int, *, short_press: int = 0, tell: Callable[[str], None] = print
) -> Made:
    """An empty house with records in it."""
    made = Made(house, Words(SEED))
    mix = {"testimony": testimonies, "press": testimonies // 10, "remembrance": testimonies // 10}
    mix["press"] += short_press
    with house.writing(house.keeper()) as session:
        Filling(session, made, short=bool(short_press)).run(mix, tell)
    return made


@contextmanager
def empty_house() -> Iterator[House]:
    """A fresh archive in a temporary folder; on PostgreSQL in a database of its own. Both go afterwards."""
    with tempfile.TemporaryDirectory(prefix="memorial-bench-") as folder:
        given = Settings().database_url
        name = f"bench_{folder.rsplit('-', 1)[-1].lower()}" if given.startswith("postgres") else ""
        try:
            with house_in(Path(folder), name) as house:
                yield house
        finally:
            if name:
                _on_server(given, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def house_in(folder: Path, database: str = "") -> Iterator[House]:
    """An archive in a folder and, where it is named, a database of the server that is set; made where not there."""
    url = ""
    if database:
        given = Settings().database_url
        if not _on_server(given, f"SELECT 1 FROM pg_database WHERE datname = '{database}'"):
            _on_server(given, f'CREATE DATABASE "{database}"')
        url = make_url(given).set(database=database).render_as_string(hide_password=False)
    settings = Settings(
        data=folder / "var",
        storage_url=str(folder / "media"),
        database_url=url,
        second_place=str(folder / "second"),
        key_file=folder / "archive.key",
        secret_key="only for measuring",
        hosts=["127.0.0.1"],
        public_url="",
        redis_url="",
        starter=False,
        log_level="ERROR",
    )
    house = open_house(settings)
    try:
        yield house
    finally:
        house.engine.dispose()


def _on_server(url: str, order: str) -> bool:
    """Whether the order gave a row."""
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        result = connection.exec_driver_sql(order)
        found = result.returns_rows and result.first() is not None
    server.dispose()
    return found


class Filling:
    """Writes records by the chunk; chains, policies and both search structures hold afterwards."""

    def __init__(self, session: GatedSession, made: Made, *, short: bool) -> None:
        self.session, self.made, self.short = session, made, short
        self.now = made.house.now()
        self.will = {rules.EVERY_PART: rules.everything()}
        self.archive = consent.archive_party(session)
        self.view = consent.projection(session, rules.Policy(rules.everything()))
        self.rows: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)
        self.entries: list[dict[str, Any]] = []
        self.names: list[dict[str, Any]] = []
        self.number = 0

    def run(self, mix: dict[str, int], tell: Callable[[str], None]) -> None:
        for kind, count in mix.items():
            for start in range(0, count, CHUNK):
                self._chunk(kind, min(CHUNK, count - start))
            tell(f"  {count} of {kind}")
            self.made.counts[kind] = count
        self.made.records = self.number
        wall_index.rebuild(self.session)
        self.session.execute(update(Head).values(ledger_count=self.number, epoch=Head.epoch + 1))

    def _chunk(self, kind: str, count: int) -> None:
        ids = list(next_ids(self.session, Record, count))
        parts = list(next_ids(self.session, Part, count * 3))
        others = list(next_ids(self.session, Source if kind == "press" else Person, count))
        for at, number in enumerate(ids):
            self._record(kind, number, parts[at * 3 : at * 3 + 3], others[at])
        for table in ORDER:
            rows = self.rows.pop(table, [])
            if rows:
                self.session.execute(insert(table), rows)
        search_index.add_entries(self.session, self.entries)
        name_index.add(self.session, self.names)
        self.entries, self.names = [], []

    def _record(self, kind: str, number: int, parts: list[int], other: int) -> None:
        self.number += 1
        public_id = new_public_id()
        day = FIRST_DAY + timedelta(days=self.number % 9_000)
        self._row(
            Record, parts[0], id=number, public_id=public_id, kind=kind, language="en", sort_day=day,
            sort_key=f"synthetic {self.number:08}", created_at=self.now, changed_at=self.now,
        )  # fmt: skip
        said = Said(self.archive, "will", self.will, method="command", basis="public_record")
        self.rows[LedgerEntry].append(
            consent.ledger_row(number, 1, said, "command:bench", self.now, previous="")
        )
        getattr(self, f"_{kind}")(number, public_id, parts, other, day)

    def _part(self, record_id: int, part_id: int, key: str) -> None:
        policy = self.view["policy_id"]
        self.rows[Part].append(
            {"id": part_id, "record_id": record_id, "key": key, "kind": key, "policy_id": policy}
        )

    def _row(self, table: type[Base], part_id: int, **values: Any) -> None:
        self.rows[table].append({**self.view, "part_id": part_id, "contribution_id": None, **values})

    def _text(self, record_id: int, part_id: int, role: str, body: str) -> None:
        self._row(
            Text, part_id, public_id=new_public_id(), record_id=record_id, role=role, language="en", body=body
        )

    def _entry(self, record_id: int, part_id: int, key: str, kind: str, *words: str) -> None:
        self.entries.append(
            {
                **self.view, "thing": f"record:{record_id}", "entry_part": key, "kind": kind, "language": "en",
                "body": fold(" ".join(words)), "part_id": part_id, "contribution_id": None, "sealed": False,
                "record_id": record_id, "person_id": None, "source_id": None,
            }
        )  # fmt: skip

    def _testimony(self, number: int, public_id: str, parts: list[int], person: int, day: date) -> None:
        first = not self.made.long_testimony
        if first:
            self.made.long_testimony = public_id
        self.made.testimony = public_id
        title, body = f"Synthetic testimony {self.number}", self._prose(LONG if first else 300)
        self._named(number, parts, person, "testimony", "authority", title, body)
        self._row(
            Testimony, parts[0], record_id=number, stood="other", stood_words="synthetic", told_at="Nowhere",
            person_id=person, date_edtf=day.isoformat(), date_earliest=day, date_latest=day,
        )  # fmt: skip

    def _remembrance(self, number: int, public_id: str, parts: list[int], person: int, _day: date) -> None:
        title, body = f"Synthetic remembrance {self.number}", self._prose(60)
        self._named(number, parts, person, "life", "remembrance", title, body)
        self._row(Remembrance, parts[0], record_id=number, person_id=person)

    def _named(
        self, number: int, parts: list[int], person: int, role: str, listed: str, title: str, body: str
    ) -> None:
        page, words, called = parts
        kind = "testimony" if role == "testimony" else "remembrance"
        name = self.made.words.name(self.number)
        for part, key in zip(parts, ("page", "text", "name"), strict=True):
            self._part(number, part, key)
        self._row(Person, page, id=person, public_id=new_public_id(), listed=listed, roles=[], record_id=None)
        self._row(
            PersonName, called, person_id=person, record_id=number, text=name, language="en", listed=listed,
            sort_key=sort_key(name, "en"),
        )  # fmt: skip
        self.names.append(
            name_index.line(
                f"record:{number}",
                kind,
                name,
                {**self.view, "part_id": called, "contribution_id": None, "sealed": False},
                record_id=number,
            )
        )
        self._text(number, page, "title", title)
        self._text(number, words, role, body)
        for part, key, said in ((page, "page", title), (words, "text", body), (called, "name", name)):
            self._entry(number, part, key, kind, said)

    def _press(self, number: int, public_id: str, parts: list[int], source: int, day: date) -> None:
        self.made.press, page = public_id, parts[0]
        title, paper = f"Synthetic account {self.number}", "The Synthetic Gazette"
        body = self._prose(30 if self.short else 120)
        dated = {"date_edtf": day.isoformat(), "date_earliest": day, "date_latest": day}
        self._part(number, page, "page")
        self._row(
            Source, page, id=source, public_id=new_public_id(), record_id=number, title=title, **dated,
            container_title=paper, label=f"{paper}, {day}", sort_key=f"synthetic {self.number:08}",
        )  # fmt: skip
        self._row(Press, page, record_id=number, publication=paper, source_id=source, **dated)
        self._text(number, page, "title", title)
        self._text(number, page, "quotation", body)
        self._row(Citation, page, record_id=number, source_id=source, relation="supports", as_given="made up")
        self._entry(number, page, "page", "press", paper, title, body)

    def _prose(self, count: int) -> str:
        body = self.made.words.prose(count)
        return f"{body} {RARE.capitalize()}." if self.number % 5_000 == 7 else body
