"""In whose name objects are written, whether they are published with it, and what the log calls it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from memorial.gate import Actor


@dataclass(frozen=True, slots=True)
class Signed:
    """Who imports, when, and who signs for the publication, if anybody does."""

    actor: Actor
    now: datetime
    publish: bool = False
    second: str = ""
    note_hash: str = ""
    run: str = ""  # what the items of one import have in common
    verb: str = "import"  # what the log says; "amend" where the desk changes an object
    number: int = 0  # of the revision that is there already and stands from now on; 0: one is written
