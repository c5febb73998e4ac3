"""A record in which every part has rows in every guarded table, each full of words that occur nowhere else.

    planted = plant(house, "testimony", parts, events, Canaries())   # a history of tests/oracle_consent.py
    planted.words["p0"]      # the canaries of that part
    found(answer)            # every canary in a body, a header or a decoded cursor

Rows are made from the tables' own columns, so that a new guarded table or column is planted
without a word here. All of it is synthetic.
"""

from __future__ import annotations

import base64
import binascii
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, DateTime, Float, Integer, LargeBinary, String, select

from memorial.db import Base, Utc
from memorial.domain import consent as rules
from memorial.domain.consent import Window
from memorial.domain.ids import new_public_id
from memorial.gate import Actor
from memorial.house import House
from memorial.models import (
    Cue,
    Derivative,
    Draft,
    DraftCue,
    DraftStep,
    Guarded,
    Media,
    Part,
    PersonName,
    Record,
    RecordLink,
    Statement,
    Text,
    Transcript,
    Tribute,
)
from memorial.services import consent, describe, search_index, wall_index
from memorial.services.consent import Said
from tests.builders import Made, a_contribution

LETTERS = "bdfglmnprtvz"  # a fold leaves them alone, also beside each other
CANARY = re.compile(f"zq[{LETTERS}]{{12}}qz")
COMMON = "commonword"  # in every text and name, so that a search for it meets everything
ROLES = (
    "title", "testimony", "life", "memory", "quotation", "fragment", "variant", "excerpt", "summary", "note",
)  # fmt: skip
PROPERTIES = ("fate", "account", "lived", "killed_total")
# Columns that steer a page and are no words of anybody.
STEERING = {
    "language": "en",
    "script": "Latn",
    "listed": "authority",
    "csl_type": "book",
    "due": "",
    "mime": "image/jpeg",
}
PDF = "application/pdf"
SOUND = "audio/ogg"
# What a copy is a copy of, by its type; others are of their own.
ORIGINALS = {SOUND: "audio/mpeg"}
LEFT_EMPTY = {"translates_id", "cited_source_id", "speaker_id"}


class Canaries:
    """Words without end, the same in every run; no two are alike enough for a search that forgives a letter."""

    def __init__(self) -> None:
        self._chance = random.Random(1992)

    def __call__(self) -> str:
        return f"zq{''.join(self._chance.choices(LETTERS, k=12))}qz"


@dataclass
class Planted:
    """A planted record: its canaries, its public ids and its own pages, by part."""

    made: Made
    words: dict[str, set[str]] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=dict)
    paths: dict[str, set[str]] = field(default_factory=dict)  # without language; media as they are
    kept: dict[str, set[str]] = field(default_factory=dict)  # what only comes out as a download
    papers: set[str] = field(default_factory=set)  # what viewers of other houses are given as a file
    searched: dict[str, set[str]] = field(default_factory=dict)  # the canaries that an index holds
    ways: list[str] = field(default_factory=list)  # of its page: what is asked of it in a query
    ways_out: list[str] = field(
        default_factory=list
    )  # without language: where viewers of other houses ask for it

    def note(self, key: str, row: Any) -> None:
        """Remember what this row would give away."""
        for value in values_of(row):
            self.words.setdefault(key, set()).update(CANARY.findall(str(value)))
        if isinstance(row, Text | PersonName | Statement | Tribute | Cue):
            said = getattr(row, "body", "") or getattr(row, "value_text", "") or getattr(row, "text", "")
            self.searched.setdefault(key, set()).update(CANARY.findall(said))
        public_id = getattr(row, "public_id", "")
        if public_id and not public_id.startswith("notice-"):
            self.ids.setdefault(key, set()).add(public_id)
        room = {"sources": "/sources/", "derivatives": "/media/"}.get(row.__tablename__)
        if isinstance(row, Derivative) and row.mime == PDF:
            self.papers.add(f"/iiif/media/{public_id}")
        if isinstance(row, Derivative):
            self.paths.setdefault(key, set()).add(f"/iiif/media/{public_id}")
        if isinstance(row, Media):
            self.ways_out.append(f"/iiif/image/{public_id}/full/max/0/default.jpg")
        if getattr(row, "mime", "") == PDF and room:
            self.paths.setdefault(key, set()).add(f"/media/{public_id}/scan.pdf")
        elif room:
            self.paths.setdefault(key, set()).add(room + public_id)
        if getattr(row, "mime", "") == SOUND and room:
            self.paths.setdefault(key, set()).add(f"/media/{public_id}/recording")
        if isinstance(row, Transcript) and self.made.kind == "testimony":
            here = f"{self.made.path}/{public_id}"
            self.paths.setdefault(key, set()).update((f"{here}.vtt", f"{here}/words.srt"))
            self.ways_out.append(f"/iiif/{self.made.public_id}/annotations/{public_id}")
            self.ways += [f"?read={public_id}&t=3&find={COMMON}", f"/transcript?read={public_id}"]
        if row.__tablename__ == "questions":
            self.paths.setdefault(key, set()).add(f"/figures/{row.slug}")


def values_of(row: Any) -> Iterable[Any]:
    return (getattr(row, column.key) for column in row.__mapper__.column_attrs)


def plant(
    house: House, kind: str, parts: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]],
    canary: Callable[[], str], other: Planted | None = None, *, page_only: bool = False,
) -> Planted:  # fmt: skip
    """Live through a history; each part gets its rows in the moment it is added.

    With `page_only` only the record's own row and its kind's are filled.
    """
    with house.writing(house.keeper()) as session:
        contribution = a_contribution(house, session)
        record = describe.create_record(session, kind, now=house.now(), contribution_id=contribution.id)
        planted = Planted(Made(record.id, record.public_id, kind, contribution.id, contribution.public_id))
        planter = _Planter(house, session, record, planted, canary, other)
        planter.page_only = page_only
        waiting = sorted(parts, key=lambda part: part["root"] is not None)
        for held in range(len(events) + 1):
            for part in waiting:
                if part["added"] == held:
                    planter.arrive(part)
            if held < len(events):
                consent.append(
                    session,
                    record,
                    _said(session, contribution.id, events[held]),
                    by=Actor.system(),
                    at=house.now(),
                )
        search_index.index_records(session, [record.id])
        search_index.index_sources(session, planter.made_ids("sources"))
        search_index.index_persons(session, planter.made_ids("persons"))
        wall_index.index_records(session, [record.id])
        for key, rows in planter.rows.items():
            for row in rows:
                planted.note(key, row)
        return planted


def _said(session: Any, contribution_id: int, event: Mapping[str, Any]) -> Said:
    if event["party"] == rules.ARCHIVE:
        party = consent.archive_party(session)
    else:
        party = consent.party_of(session, event["party"], contribution_id)
    will = {
        key: {pair: Window(*window) for pair, window in grant.items()}
        for key, grant in event["grants"].items()
    }
    return Said(party, event["act"], will, frozenset(event["parts"]))


class _Planter:
    def __init__(
        self,
        house: House,
        session: Any,
        record: Record,
        planted: Planted,
        canary: Callable[[], str],
        other: Planted | None,
    ) -> None:
        self.house, self.session, self.record, self.canary = house, session, record, canary
        self.planted, self.other = planted, other
        self.parts: dict[str, Part] = {}
        self.rows: dict[str, list[Any]] = {}
        self.made: dict[str, Any] = {"records": record}  # the latest row of each table
        self.detail: Any = getattr(record, record.kind)
        self.page_only = False

    def made_ids(self, table: str) -> list[int]:
        return [row.id for rows in self.rows.values() for row in rows if row.__tablename__ == table]

    def arrive(self, part: Mapping[str, Any]) -> None:
        key = part["id"]
        self.rows[key] = []
        if part["page"]:
            self.parts[key] = self.session.scalars(
                select(Part).where(Part.record_id == self.record.id, Part.key == "page")
            ).one()
            self._fill_page()
        else:
            root = self.parts[part["root"]] if part["root"] else None
            self.parts[key] = consent.add_part(
                self.session,
                self.record,
                key,
                part["kind"],
                root=root,
                contribution_id=self.record.contribution_id,
            )
        if part["notice"]:
            notice = Text(
                public_id=f"notice-{self.record.kind}-{self.record.public_id}", record_id=self.record.id, role="notice",
                body=self.canary(), **consent.guard_of(self.session, self.parts[key]),
            )  # fmt: skip
            self._add(key, notice)
        elif not self.page_only:
            getattr(self.canary, "restart", lambda: None)()
            self._fill(key)
            if part["page"]:
                self._join_page()

    def _fill_page(self) -> None:
        for row in (self.record, self.detail):
            for column in _free_columns(type(row)):
                if column.key not in ("kind", "revision", "public_id", "created_at", "changed_at"):
                    setattr(row, column.key, self._value(column))
            self.rows["page"].append(row)
        if self.record.kind == "remembrance":
            self.record.content_note = ""  # else it is never the person of the day
        self.session.flush()

    def _join_page(self) -> None:
        """The page's narrator and the work it is, where its kind has such."""
        for name, table in (("person_id", "persons"), ("source_id", "sources")):
            if getattr(self.detail, name, 0) is None:
                setattr(self.detail, name, self.made[table].id)
        self.session.flush()

    def _fill(self, key: str) -> None:
        """One row in every guarded table, several where a page chooses among them."""
        details = {"testimonies", "press", "remembrances", "documents", "events", "places"}
        classes = {cls.__tablename__: cls for cls in consent.guarded_tables()}
        for table in Base.metadata.sorted_tables:
            cls = classes.get(table.name)
            if cls is None or cls is Record or table.name in {*details, "search_entries", "written_names"}:
                continue
            if table.name in ("wall_names", "wall_unnamed"):  # made of the names, when all of them are there
                continue
            for more in _several(cls):
                self._add(key, self._row(cls, key, more))
        self._write(key)

    def _write(self, key: str) -> None:
        """What the desk writes of the part's recordings, which nobody but the desk is ever shown."""
        about = {"media_id": self.made["media"].id, "record_id": self.record.id}
        for cls in (Draft, DraftCue, DraftStep):
            values = {column.key: self._value(column) for column in _free_columns(cls)}
            values |= {name: value for name, value in about.items() if name in cls.__mapper__.columns}
            row = cls(**values, contribution_id=self.record.contribution_id)
            self.session.add(row)
            self.session.flush()
            about["draft_id"] = about.get("draft_id", row.id)

    def _add(self, key: str, row: Any) -> None:
        self.session.add(row)
        self.session.flush()
        self.rows[key].append(row)
        self.made[row.__tablename__] = row

    def _row(self, cls: Any, key: str, more: Mapping[str, Any]) -> Any:
        values: dict[str, Any] = consent.guard_of(self.session, self.parts[key])
        for column in cls.__mapper__.columns:
            if column.foreign_keys and column.key not in values and column.key not in LEFT_EMPTY:
                target = next(iter(column.foreign_keys)).column.table.name
                if target in self.made:
                    values[column.key] = self.made[target].id
        for column in _free_columns(cls):
            values.setdefault(column.key, self._value(column))
        values |= {name: value for name, value in more.items() if name in cls.__mapper__.columns}
        if cls is Derivative:
            of = ORIGINALS.get(values["mime"], values["mime"])
            mine = [row for row in self.rows[key] if isinstance(row, Media) and row.mime == of]
            values |= {"storage_key": self._stored(key, values["mime"]), "media_id": mine[-1].id}
        if cls is Cue:
            mine = [row for row in self.rows[key] if isinstance(row, Transcript)]
            values |= {"transcript_id": mine[more["of"]].id, "words": [[self.canary(), 0, 3]]}
        if cls is RecordLink and self.other:
            values["other_id"] = self.other.made.record_id
        if cls is PersonName and more.get("own") and getattr(self.detail, "person_id", None):
            values["person_id"] = self.detail.person_id
            values["listed"] = "remembrance" if self.record.kind == "remembrance" else "authority"
        if cls is Statement and more.get("elsewhere"):
            values |= self._elsewhere()
        return cls(**values)

    def _elsewhere(self) -> dict[str, int]:
        """Another part's source and question: what is open here must not name what is hidden there."""
        first = {row.__tablename__: row for rows in list(self.rows.values())[:1] for row in rows}
        if "sources" not in first:
            return {}
        return {"source_id": first["sources"].id, "question_id": first["questions"].id}

    def _stored(self, key: str, mime: str) -> str:
        """The copy's own bytes are a canary too."""
        word = self.canary()
        (self.planted.kept if mime == PDF else self.planted.words).setdefault(key, set()).add(word)
        return self.house.storage.put_derived(f"{new_public_id()}/1.jpg", word.encode())

    def _value(self, column: Any) -> Any:
        kind = column.type
        if column.key in ("public_id", "storage_key", "sha256"):
            return new_public_id()
        if column.key == "external_id":
            return None
        if column.key == "slug":
            return f"{new_public_id()}-{self.canary()}"
        if column.key in STEERING:
            return STEERING[column.key]
        if column.key.endswith("edtf"):
            return "1992-02-26"
        if isinstance(kind, Boolean):
            return False
        if isinstance(kind, (DateTime, Utc)):
            return None if column.nullable else datetime.fromisoformat("2019-01-01T00:00:00+00:00")
        if isinstance(kind, Date):
            return date(1992, 2, 26)
        if isinstance(kind, Float):
            return 40.0 + self.record.id / 1000
        if isinstance(kind, Integer):
            return 3
        if isinstance(kind, LargeBinary):
            return self.canary().encode()
        if isinstance(kind, JSON) or "JSON" in type(kind).__name__.upper():
            return {} if column.default and isinstance(column.default.arg(None), dict) else [self.canary()]
        assert isinstance(kind, String), f"{column}: teach tests/every_part.py what to plant there"
        return f"{COMMON} {self.canary()}" if column.key in ("text", "body") else self.canary()


GUARD = {*Guarded.__annotations__, "part_id", "policy_id", "contribution_id"}


def _free_columns(cls: Any) -> list[Any]:
    """The columns that hold something of a record: neither key nor guard nor reference."""
    return [
        column
        for column in cls.__mapper__.columns
        if not column.primary_key and not column.foreign_keys and column.key not in GUARD
    ]


def _several(cls: Any) -> list[dict[str, Any]]:
    if cls is Media:
        return [
            {"role": "photograph"},
            {"role": "scan", "mime": PDF},
            {"role": "audio", "mime": "audio/mpeg"},
        ]
    if cls is Derivative:
        return [{"kind": "image"}, {"mime": PDF}, {"kind": "audio", "mime": SOUND}]
    if cls is Transcript:
        return [{"kind": "verbatim"}, {"kind": "translation", "language": "tr"}]
    if cls is Cue:
        return [{"of": 0}, {"of": 1}]
    if cls is Text:
        return [{"role": role} for role in ROLES]
    if cls is Tribute:
        return [{"form": "memory"}, {"form": "candle", "quiet": True}]
    if cls is Statement:
        return [*({"property": name} for name in PROPERTIES), {"property": "fate", "elsewhere": True}]
    if cls is PersonName:
        return [{"kind": "full"}, {"kind": "birth", "own": True}]
    return [{"kind": "figure", "role": "photograph", "relation": "supports"}]


def found(status_headers_body: str) -> set[str]:
    """The canaries in a text, and in the cursors that stand in its links."""
    text = status_headers_body
    for cursor in re.findall(r"(?:after|before)=([A-Za-z0-9_-]+)", text):
        try:
            text += base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            continue
    return set(CANARY.findall(text.lower()))
