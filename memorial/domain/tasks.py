"""The six things a family can do here: a row each. Pure; what each asks is web/contribute/steps.py.

    TASKS["memory"].item        # the kind of item its contribution becomes
    task("memory").about        # whether it is about something that is there already
    kept(contribution.task)     # also of what another version of the program began

A task that begins a record owns it. One that does not either adds rows of its own to a record
that is there (a memory on somebody's page) or says something about it (a correction, a request
for removal), and begins no page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from memorial.domain.errors import NotOpen

Way = Literal["record", "tribute", "report"]


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. `begins` is the kind of record it makes; "" for none."""

    name: str
    begins: str
    item: str
    way: Way
    about: Literal["", "person", "page"] = ""  # what is looked for first among the open pages


TASKS: Mapping[str, Task] = {
    task.name: task
    for task in (
        Task("remembrance", "remembrance", "contribution", "record", about="person"),
        Task("memory", "", "tribute", "tribute", about="person"),
        Task("testimony", "testimony", "contribution", "record"),
        # Photographs and recordings keep a record of their own, so that they can be withheld, corrected
        # and withdrawn by themselves; the person they show is linked to it.
        Task("media", "document", "contribution", "record", about="person"),
        Task("correction", "", "report", "report", about="page"),
        Task("removal", "", "take_down", "report", about="page"),
    )
}


# What an archive holds of a task that this version has no questions for: the words, and the family's right to take them back.
UNKNOWN = Task("", "", "contribution", "record")


def kept(name: str) -> Task:
    """The row of what is stored already, which is kept and can be taken back whatever it is called."""
    return TASKS.get(name, UNKNOWN)


def task(name: str) -> Task:
    """The row of this name. Raises NotOpen for any other."""
    found = TASKS.get(name)
    if found is None:
        raise NotOpen("no_task")
    return found
