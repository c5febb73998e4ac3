"""Synthetic objects put into an archive as files are, and published: for tests of what pages show of them.

publish(house, "timeline", {"id": "event-1", "title": "…", "date": "1992-02-26"})
"""

from __future__ import annotations

from typing import Any

from memorial.formats.jsonl import Row
from memorial.gate import Actor
from memorial.house import House
from memorial.services.collection import finish, import_objects

SIGNED: dict[str, Any] = {"publish": True, "second": "command:other", "note_hash": "signed"}


def publish(house: House, kind: str, *values: dict[str, Any], signed: bool = True) -> None:
    """`signed=False` leaves them waiting at the desk."""
    rows = [Row(f"{kind}.jsonl", line, value, "json") for line, value in enumerate(values, 1)]
    with house.writing(house.keeper()) as session:
        signature = SIGNED if signed else {}
        report = import_objects(session, Actor.command("one"), kind, rows, now=house.now(), **signature)
        assert not report.faults, report.faults
        finish(session)
