"""The starter collection, loaded into an empty archive at its first start, published and signed in the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from memorial.domain.errors import Invalid
from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey
from memorial.services.collection.collection_record import keep_note
from memorial.services.collection.files import in_order, open_file
from memorial.services.collection.matching import finish
from memorial.services.collection.report import Report
from memorial.services.collection.running import DEFAULT_NAME, import_objects
from memorial.services.custody import hash_note

STARTER = Path(__file__).resolve().parents[2] / "starter"
ACTOR = Actor.command("starter collection")
SECOND = "command:first start"
NOTE = (
    "The archive's first content, shipped with the program: every statement with its source, no testimony. "
    "Loaded and published by the first start."
)


def load_starter(
    session: GatedSession, *, keys: ArchiveKey, now: datetime, folder: Path = STARTER
) -> Sequence[Report]:
    """Load and publish every file of the starter collection. Raises `Invalid` when a row of it is wrong."""
    signature = hash_note(session, keys, None, NOTE)
    reports = []
    for path in in_order(folder.glob("*.jsonl")):
        kind, rows = open_file(path)
        report = import_objects(
            session, ACTOR, kind, rows, publish=True, second=SECOND, note_hash=signature, now=now
        )
        if report.faults:
            raise Invalid("starter_collection", field=str(report.faults[0]))
        reports.append(report)
    finish(session)
    keep_note(session, ACTOR, DEFAULT_NAME, NOTE, keys=keys, now=now)
    return reports
