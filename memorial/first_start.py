"""What the first start does, and what every start says: starter collection, key, second place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from memorial.house import House
from memorial.keys import printable
from memorial.models import Record
from memorial.services import site, specimen
from memorial.services.collection import load_starter
from memorial.services.trusted_time import write_down

SITE = Path(__file__).resolve().parent / "starter" / "site.json"


def prepare(house: House, tell: Callable[[str], None], *, to_a_person: bool = True) -> None:
    """Fill an empty archive, and say what a person should know before it is used in earnest.

    What is told to a journal does not hold the archive's key.
    """
    with house.session(house.keeper()) as session:
        empty = not session.scalar(select(func.count()).select_from(Record))
    if empty and house.settings.starter:
        tell("An empty archive: loading the starter collection …")
        with house.writing(house.keeper()) as session:
            load_starter(session, keys=house.keys, now=house.now())
            specimen.load(session, house.storage, house.keys, now=house.now())
            site.change(session, json.loads(SITE.read_text(encoding="utf-8")))
    if empty:
        tell(KEY_NOTICE.format(path=house.settings.archive_key_file))
        tell(printable(house.keys) if to_a_person else "memorial key prints it.")
    with house.writing(house.keeper()) as session:
        write_down(session, house.clock.beat(), house.clock.distrusted)
    for words in warnings(house):
        tell(words)
    with house.session(house.keeper()) as session:
        if not site.chosen(session).get("who"):
            tell(WHO_NOTICE)


KEY_NOTICE = """
This is the archive's key ({path}). Without it no original and no contact can ever be read again.
Print it twice, give it to two people who keep it apart from this machine, then clear this screen.
"""
WHO_NOTICE = (
    "Note: no page says yet who runs this archive and who pays for it: memorial site FILE.json --actor NAME"
    " (docs/running.md says what stands in the file)."
)


def warnings(house: House) -> list[str]:
    """What is not yet as it should be in earnest use."""
    found = []
    if not house.settings.second_place:
        found.append(
            "Note: set MEMORIAL_SECOND_PLACE to a folder on another disk, so that withdrawals outlive this one."
        )
    if house.settings.redis_url and not house.settings.secret_key:
        found.append(
            "Note: set MEMORIAL_SECRET_KEY, the same on every machine, or people are signed out at every other page."
        )
    if house.clock.distrusted:
        found.append(
            "The clock has jumped. Nothing opens by date until somebody looks: memorial confirm-time --actor NAME"
        )
    return found
