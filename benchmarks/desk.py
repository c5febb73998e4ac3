"""The desk's queue: a page of 100,000 synthetic items beside a page of 100, for each way of looking at it.

Both are asked in turns by one signed-in browser each, in this process, through the whole application.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyotp
from sqlalchemy import insert, select

from benchmarks.archive import an_archive
from benchmarks.report import Pairs, Result, at_most
from memorial.app import create_app
from memorial.domain import workflow
from memorial.domain.ids import new_public_id
from memorial.gate import Actor
from memorial.house import House
from memorial.models import Account, Confirmation, Item, Record
from memorial.services import accounts, second_factor

HERE = "http://127.0.0.1"
FEW, MANY = 100, 100_000
CHUNK = 5_000
PASSWORD = "four plain synthetic words"
LANGUAGES = ("az", "az", "az", "ru", "en", "tr", "und")
WAYS = {
    "queue": ("the queue", {}),
    "queue-page-2": ("  its second page", {"after": ""}),
    "queue-kind": ("  one kind", {"kind": "contribution"}),
    "queue-state": ("  one state", {"state": "in_review"}),
    "queue-language": ("  one language", {"language": "tr"}),
    "queue-read": ("  languages I read", {"read": "1"}),
    "queue-mine": ("  taken by me", {"mine": "1"}),
    "queue-assigned": ("  assigned to me", {"assigned": "1"}),
    "queue-second": ("  waits for a second person", {"second": "1"}),
    "queue-text": ("  text only", {"text_only": "1"}),
    "queue-graphic": ("  without graphic media", {"without_graphic": "1"}),
    "queue-returned": ("  came back", {"returned": "1"}),
    "queue-late": ("  over five days", {"late": "1"}),
    "queue-due": ("  due soon", {"due": "1"}),
    "queue-due-first": ("  due first", {"sort": "due"}),
    "queue-three": ("  a language, a kind and text only", {"language": "tr", "kind": "report", "text_only": "1"}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Desk:
    """A signed-in browser before an archive with so many open items."""

    client: Any

    def answer(self, asked: dict[str, str]) -> float:
        """Seconds until the page is there."""
        begin = time.perf_counter()
        page = self.client.get("/en/desk", query_string=asked, base_url=HERE)
        took = time.perf_counter() - begin
        if page.status_code != 200:
            raise RuntimeError(f"the queue answered {page.status_code} to {asked}")
        return took

    def lines(self, asked: dict[str, str]) -> int:
        """How many lines that page has."""
        page = self.client.get("/en/desk", query_string=asked, base_url=HERE)
        return page.get_data(as_text=True).count('class="queue-title"')

    def second_page(self) -> dict[str, str]:
        page = self.client.get("/en/desk", base_url=HERE).get_data(as_text=True)
        found = re.search(r'rel="next" href="[^"]*[?&;]after=([\w-]+)', page)
        return {"after": found[1] if found else ""}


def measure(rounds: int, tell: Callable[[str], None], wanted: Callable[[str], bool]) -> Iterator[Result]:
    with an_archive(FEW, tell=lambda _words: None) as small, an_archive(FEW, tell=tell) as large:
        few = Desk(_signed_in(small.house, FEW))
        tell(f"  writing {MANY:,} synthetic items")
        many = Desk(_signed_in(large.house, MANY))
        for name, (what, asked) in WAYS.items():
            if wanted(name):
                yield _beside(few, many, name, what, asked, rounds)


def _beside(few: Desk, many: Desk, name: str, what: str, asked: dict[str, str], rounds: int) -> Result:
    second = "after" in asked
    here, there = (each.second_page() if second else asked for each in (few, many))
    pairs, took = Pairs(), ([], [])
    for turn in range(rounds * 20 + 1):
        once = few.answer(here), many.answer(there)
        if turn:  # the first one warms both
            pairs.add(once[1], once[0])
            for kept, each in zip(took, once, strict=True):
                kept.append(each * 1000)
    least = [min(each) for each in took]
    lines = few.lines(here), many.lines(there)
    told = f"at best {least[1]:.1f} ms beside {least[0]:.1f} ms of {FEW} items; {lines[1]} lines beside {lines[0]}"
    # A filter that finds less than a page among a hundred has a shorter page to show.
    goal = at_most(1.5) if lines[0] == lines[1] else None
    return Result(name, what, least[1] / least[0], f"× {FEW} items", goal, pairs.spread, told)


def _signed_in(house: House, count: int) -> Any:
    account, secret = _a_moderator(house)
    _items(house, count, account)
    know_the_rows(house)
    application = create_app(house)
    client = application.test_client()
    _send(client, "/en/account/sign-in", email="bench@synthetic.example", password=PASSWORD)
    code = pyotp.TOTP(secret).at(house.clock.wall())
    _send(client, "/en/account/second-factor", code=code)
    return client


def _send(client: Any, path: str, **form: str) -> None:
    page = client.get(path, base_url=HERE).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    client.post(path, data={"csrf_token": token[1] if token else "", **form}, base_url=HERE)


def _a_moderator(house: House) -> tuple[int, str]:
    with house.writing(house.keeper()) as session:
        made, token = accounts.add(
            session, Actor.command("bench"), "bench@synthetic.example", ["moderator"], now=house.now()
        )
        accounts.accept(session, token, "Synthetic Moderator", PASSWORD, now=house.now())
        made.languages = ["az", "tr"]
        secret = second_factor.begin(made, house.keys)
        code = pyotp.TOTP(secret).at(house.clock.wall() - timedelta(seconds=30))
        second_factor.confirm(session, made, code, house.keys, now=house.clock.wall(), at=house.now())
        return made.id, secret


def _items(house: House, count: int, account: int) -> None:
    """Every kind and state, some graphic, a third with a due date, a handful taken, assigned or asked for."""
    chance, now = random.Random(1992), house.now()
    kinds = list(workflow.KINDS)
    with house.writing(house.keeper()) as session:
        records = session.scalars(select(Record.id)).all()
        other = Account(email="other@synthetic.example", roles=["moderator"], created_at=now)
        session.add(other)
        for start in range(0, count, CHUNK):
            rows = [
                _row(chance, kinds, records, now, number, account)
                for number in range(start, min(count, start + CHUNK))
            ]
            session.execute(insert(Item), rows)
        session.flush()
        for number in session.scalars(select(Item.id).order_by(Item.id).limit(20)):
            session.add(Confirmation(item_id=number, verb="publish", actor=f"account:{other.id}", at=now))


def know_the_rows(house: House) -> None:
    """PostgreSQL counts what is in a table by itself within a minute; here nobody waits for that."""
    if house.engine.dialect.name == "postgresql":
        with house.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("ANALYZE")


def _row(
    chance: random.Random, kinds: list[str], records: Any, now: Any, number: int, account: int
) -> dict[str, Any]:
    kind = kinds[0] if chance.random() < 0.6 else chance.choice(kinds)
    media, graphic = chance.random() < 0.4, chance.random() < 0.2
    taken, assigned = 20 <= number < 25, 30 <= number < 50
    return {
        "public_id": new_public_id(), "kind": kind, "state": chance.choice(workflow.OPEN_STATES),
        "record_id": chance.choice(records), "precedence": workflow.usual_precedence(kind) if number < 50 else 0,
        "waiting_since": now - timedelta(minutes=chance.randrange(100_000)), "created_at": now,
        "due_on": (now + timedelta(days=chance.randrange(-5, 60))).date() if chance.random() < 0.33 else None,
        "language": chance.choice(LANGUAGES), "round": 2 if chance.random() < 0.1 else 1,
        "flags": [name for name, marked in (("media", media), ("graphic", graphic)) if marked],
        "has_media": media, "graphic": graphic,
        "taken_by_id": account if taken else None, "taken_until": now + timedelta(hours=3) if taken else None,
        "assigned_to_id": account if assigned else None,
    }  # fmt: skip
