"""removals.json: what was withdrawn, by its name, so that whoever keeps a copy takes it out. It holds no words.

write(session, path, address, now)         # into every export
read(text)                                 # ids; Invalid
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, TextIO

from memorial.domain import addresses
from memorial.domain.errors import Invalid
from memorial.domain.ids import is_public_id
from memorial.gate import GatedSession
from memorial.services import harvest
from memorial.services.harvest import Asked

NAME = "removals.json"
SAYS = (
    "These were given out and have been withdrawn. Whoever keeps a copy of this archive deletes them, in older copies too;"
    " `memorial mirror` does it."
)


def gone(session: GatedSession) -> Iterator[dict[str, str]]:
    """Withdrawn records, oldest number first; the session is one for `reuse`."""
    after, more = 0, True
    while more:
        found = harvest.some(session, Asked(), after=after, most=200, live=False)
        for header in found.headers:
            yield {
                "id": header.public_id,
                "kind": header.kind,
                "withdrawn": header.stamp.isoformat(),
                "address": addresses.address(header.kind, header.public_id),
            }
        more, after = found.more, found.headers[-1].record_id if found.headers else 0


def write(out: TextIO, session: GatedSession, address: str, now: datetime) -> int:
    head = {"says": SAYS, "archive": address, "as_of": now.isoformat()}
    out.write(json.dumps(head, indent=1)[:-2] + ',\n "removed": [')
    count = 0
    for entry in gone(session):
        out.write((",\n  " if count else "\n  ") + json.dumps(entry))
        count += 1
    out.write("\n ]\n}\n")
    return count


def read(text: str | bytes) -> list[str]:
    """The ids to be taken out. Raises Invalid for what is no such list."""
    try:
        value: Any = json.loads(text)
        ids = [entry["id"] for entry in value["removed"]]
    except (ValueError, TypeError, KeyError) as wrong:
        raise Invalid("removals_unreadable") from wrong
    if not all(isinstance(each, str) and is_public_id(each) for each in ids):
        raise Invalid("removals_unreadable")
    return ids
