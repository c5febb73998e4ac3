"""One process of the trial of many moderators: ten of them and two families, each a thread, over one archive.

    python -m tests.trial.moderators FOLDER DATABASE NUMBER QUOTA      # says "ready", waits for a line, acts

Each looks at an item as it stands, chooses as a person would (and at times blindly), and acts through the
services with the version that it saw, as the forms do. What it asked, when, and what it was told goes
into FOLDER/history-NUMBER.jsonl. All people and words here are synthetic.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from config import Settings
from memorial.domain import consent as rules
from memorial.domain import workflow
from memorial.domain.errors import NotPermitted, Stale
from memorial.gate import Actor, Reader
from memorial.house import House, open_house
from memorial.models import Contribution, Item, Record, Revision, Text
from memorial.services import desk_acts, review, withdrawal
from tests.builders import ALL_MAY_VIEW
from tests.trial.item_model import OF_THE_PAGE

CHECKS = (
    "consent_fits", "living_people", "addresses", "minors", "graphic_notes", "status_sourced", "duplicates",
    "spelling", "persons_and_acts",
)  # fmt: skip
# So short that locks end while somebody writes; the checker knows it.
LOCK = timedelta(seconds=20)
HOT = 30  # the first items of the queue, where everybody works
MOST_TRIES = 25  # for each act that is done
FAMILIES = 2
ALL = ("take", "release", "return", "ask", "make_ready", "reopen", "publish", "decline", "note", "check", "recuse",
       "pass_on", "hold", "lift_hold")  # fmt: skip
MINE: Mapping[str, Mapping[str, float]] = {
    "in_review": {"make_ready": 6, "check": 4, "note": 1, "take": 1, "ask": 0.7, "return": 0.4, "release": 0.4, "pass_on": 0.2, "decline": 0.2},
    "ready": {"publish": 6, "check": 1, "take": 1, "hold": 0.5, "release": 0.4, "reopen": 0.3, "ask": 0.3, "decline": 0.1},
    "question": {"release": 2, "note": 1, "take": 1},
}  # fmt: skip
NOT_MINE = {
    "take": 6,
    "note": 0.7,
    "check": 0.7,
    "hold": 0.5,
    "lift_hold": 0.5,
    "pass_on": 0.3,
    "recuse": 0.03,
}
ENDED = {"hold": 2, "lift_hold": 2, "note": 1, "check": 0.5}
OF_FAMILIES: Mapping[str, Mapping[str, float]] = {
    "ready": {"approve": 9, "ask_change": 0.5, "hide": 0.5, "show_again": 1, "take_back": 0.2},
    "question": {"answer": 5, "hide": 0.3, "show_again": 0.5, "take_back": 0.1},
    "": {"hide": 2, "show_again": 3, "approve": 0.3, "take_back": 0.1},
}


def settings_in(folder: Path, database: str) -> Settings:
    return Settings(
        _env_file=None, data=folder / "var", storage_url=str(folder / "media"), database_url=database,
        key_file=folder / "keys" / "archive.key", second_place=str(folder / "second"),
        secret_key="a trial's own secret", starter=False, page_cache=0, web_threads=12,
    )  # fmt: skip


@dataclass
class Desk:
    """What the threads of a process share."""

    house: House
    out: Any
    done: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, line: Mapping[str, Any]) -> None:
        with self.lock:
            self.out.write(json.dumps(line) + "\n")


@dataclass
class Person:
    """Somebody who acts, and how."""

    desk: Desk
    rng: random.Random
    roles: frozenset[str] = frozenset()
    account: int = 0

    @property
    def house(self) -> House:
        return self.desk.house

    def look(self) -> tuple[Item, bool] | None:
        """An item as it stands, mostly one of those where everybody is; and whether somebody has it."""
        with self.house.session(self.house.keeper()) as session:
            wanted = select(Item.id).where(Item.ended_at.is_(None)).order_by(Item.id).limit(HOT)
            hot = list(session.scalars(wanted))
            own = select(Item.id).where(Item.ended_at.is_(None), Item.taken_by_id == (self.account or -1))
            if self.rng.random() < 0.6:
                hot = list(session.scalars(own)) or hot
            elif not hot or self.rng.random() < 0.12:
                hot = list(
                    session.scalars(select(Item.id).where(Item.kind.in_(("contribution", "revision"))))
                )
        number, invoked, now = self.rng.choice(hot), time.monotonic(), self.house.now()
        with self.house.session(self.house.keeper()) as session:
            item = session.get_one(Item, number)
            session.expunge(item)
        self.said("look", item.public_id, now, invoked, "saw", state=item.state, version=item.version)
        return item, bool(item.taken_until and item.taken_until > now)

    def visit(self, item: Item) -> None:
        """What a visitor sees of the page, and of its words: each is one look."""
        for wanted in (select(func.count()).select_from(Record).where(Record.id == item.record_id),
                       select(func.count()).select_from(Text).where(Text.record_id == item.record_id)):  # fmt: skip
            invoked, now = time.monotonic(), self.house.now()
            with self.house.session(Reader.public(self.house.moment())) as session:
                seen = bool(session.scalar(wanted))
            self.said("look", "", now, invoked, "saw", record=item.record_id, public=seen)

    def said(self, verb: str, item: str, now: Any, invoked: float, outcome: str, **more: Any) -> None:
        self.desk.write(
            {"actor": self.label, "roles": sorted(self.roles), "verb": verb, "item": item, "at": now.isoformat(),
             "invoked": invoked, "returned": time.monotonic(), "outcome": outcome, **more}
        )  # fmt: skip

    label: str = ""

    def do(
        self, item: Item, verb: str, act: Callable[[Any, Item, Any], tuple[str, bool]], **more: Any
    ) -> str:
        """One act, committed or not; what came of it."""
        invoked, now = time.monotonic(), self.house.now()
        told: dict[str, Any] = {"record": item.record_id, **more}
        try:
            with self.house.writing(self.house.keeper()) as session:
                found = session.get_one(Item, item.id)
                told["state"], waits = act(session, found, now)
                told["version"] = found.version
            outcome = "waits" if waits else "done"
        except Stale:
            outcome = "stale"
        except NotPermitted as refused:
            outcome, told["reason"] = "refused", refused.key
        except OperationalError as error:
            outcome, told["reason"] = "unknown", type(error.orig).__name__
        except Exception:
            outcome, told["reason"] = "unknown", "error"
            told["trace"] = traceback.format_exc()
        about = "" if verb in OF_THE_PAGE else item.public_id
        self.said(verb, about, now, invoked, outcome, **told)
        return outcome


class Moderator(Person):
    def live(self, quota: int) -> None:
        done = tries = 0
        while done < quota and tries < quota * MOST_TRIES:
            tries += 1
            item, taken = self.look()
            verb = self.choose(item, taken)
            if self.act(item, verb) in ("done", "waits"):
                done += 1
                with self.desk.lock:
                    self.desk.done += 1
            if verb in ("hold", "lift_hold", "publish"):
                self.visit(item)

    def choose(self, item: Item, taken: bool) -> str:
        if self.rng.random() < 0.08:
            return self.rng.choice(ALL)
        mine = taken and item.taken_by_id == self.account
        chances = ENDED if item.ended_at else MINE[item.state] if mine else NOT_MINE
        if item.state == "ready" and "admin" in self.roles and mine:
            return "release"
        return self.rng.choices(list(chances), list(chances.values()))[0]

    def act(self, item: Item, verb: str) -> str:
        actor = Actor(self.label, self.roles, self.account)
        if verb == "check":
            ticks = set(CHECKS) if self.rng.random() < 0.9 else set(self.rng.sample(CHECKS, 4))

            def check(session: Any, found: Item, now: Any) -> tuple[str, bool]:
                number = session.get_one(Revision, found.revision_id).number
                desk_acts.set_checks(session, actor, found, ticks, seen_revision=number, now=now)
                return found.state, False

            return self.do(item, verb, check, ticks=sorted(ticks))

        def act(session: Any, found: Item, now: Any) -> tuple[str, bool]:
            outcome = desk_acts.act(
                session, actor, found, verb, now=now, keys=self.house.keys, note="Synthetic words.",
                expected=item.version,
            )  # fmt: skip
            return outcome.state, outcome.waits

        return self.do(item, verb, act, expected=item.version)


class Family(Person):
    def live(self, ended: threading.Event) -> None:
        while not ended.is_set():
            item, _ = self.look()
            chances = OF_FAMILIES.get(item.state, OF_FAMILIES[""])
            self.act(item, self.rng.choices(list(chances), list(chances.values()))[0])
            self.visit(item)
            ended.wait(0.5)  # there are more moderators than families who come back

    def act(self, item: Item, verb: str) -> str:
        def act(session: Any, found: Item, now: Any) -> tuple[str, bool]:
            contribution = session.get_one(Contribution, found.contribution_id)
            actor = Actor.family(contribution.public_id, contribution.id)
            if verb == "hide":
                withdrawal.hide(session, actor, contribution, now=now)
            elif verb == "show_again":
                withdrawal.show_again(session, actor, contribution, {rules.EVERY_PART: ALL_MAY_VIEW}, now=now)
            else:
                outcome = review.advance(
                    session, actor, found, verb, now=now, keys=self.house.keys, note="Synthetic words.",
                    expected=item.version,
                )  # fmt: skip
                return outcome.state, outcome.waits
            return found.state, False

        with self.house.session(self.house.keeper()) as session:
            self.label = f"family:{session.get_one(Contribution, item.contribution_id).public_id}"
        return self.do(item, verb, act, **({} if verb in OF_THE_PAGE else {"expected": item.version}))


def main() -> None:
    folder, database, number, quota = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    workflow.TAKEN_FOR = LOCK
    house = open_house(settings_in(folder, database))
    accounts = json.loads((folder / f"accounts-{number}.json").read_text())
    with (folder / f"history-{number}.jsonl").open("w") as out:
        desk, ended = Desk(house, out), threading.Event()
        moderators = [
            Moderator(
                desk, random.Random(f"{number} {account}"), frozenset(roles), account, f"account:{account}"
            )
            for account, roles in accounts
        ]
        families = [
            Family(desk, random.Random(f"{number} family {each}"), frozenset({"family"})) for each in range(FAMILIES)
        ]  # fmt: skip
        print("ready", flush=True)
        sys.stdin.readline()
        working = [threading.Thread(target=each.live, args=(quota,)) for each in moderators]
        beside = [threading.Thread(target=each.live, args=(ended,)) for each in families]
        for thread in (*working, *beside):
            thread.start()
        for thread in working:
            thread.join()
        ended.set()
        for thread in beside:
            thread.join()
    house.engine.dispose()
    print(desk.done, flush=True)


if __name__ == "__main__":
    main()
