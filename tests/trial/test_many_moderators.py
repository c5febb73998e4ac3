"""Fifty synthetic moderators and ten families over one database, at the same time. Run by `make trial`.

Five processes of twelve threads do two thousand acts through the services (moderators.py). Then the
checker (linearisable.py) proves that what each was told could have happened one after the other in the
order of the audit: no act lost or doubled, each version once, each refusal true when it was given, and
what a family or the desk has hidden is seen by no visitor from that moment on.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.house import House, open_house
from memorial.models import Account, AuditEntry, Contribution, Head, Item, Record
from memorial.services import describe, review
from memorial.services.check import check as check_archive
from tests.builders import ALL_MAY_VIEW, Made, a_record, public, some_content
from tests.trial import item_model as model
from tests.trial.linearisable import Event, Row, chain_faults, check, end_of
from tests.trial.moderators import CHECKS, FAMILIES, LOCK, settings_in

ROOT = Path(__file__).resolve().parents[2]
ACTS = int(os.environ.get("MEMORIAL_TRIAL_ACTS", "2000"))
PROCESSES, THREADS = 5, 10
PAGES = max(12, ACTS // 16)
ROLES = ("moderator", "moderator", "moderator", "moderator", "editor", "specialist", "second_reader",
         "second_reader", "consent_officer", "admin")  # fmt: skip

pytestmark = pytest.mark.trial


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """On the real clock, and with a folder that the processes can open too."""
    (tmp_path / "keys").mkdir()
    opened = open_house(settings_in(tmp_path, database_url))
    yield opened
    opened.engine.dispose()


def a_page(house: House, number: int) -> Made:
    """Every third page is published already and has a change that waits; every fifth tells of a death."""
    published = number % 3 == 0
    made = a_record(
        house, "testimony", content=some_content("testimony", f"synthetic{number}"),
        contributor={rules.EVERY_PART: ALL_MAY_VIEW},
        archive={rules.EVERY_PART: rules.everything()} if published else None,
    )  # fmt: skip
    kinds = ("revision",) if published else ("contribution", "revision") if number % 2 else ("contribution",)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        contribution = session.get_one(Contribution, made.contribution_id)
        for kind in kinds:
            content = some_content("testimony", f"synthetic{number}{kind}")
            revision = describe.propose(session, record, content, by=model_family(made), now=house.now(), contribution_id=contribution.id)  # fmt: skip
            review.new_item(session, kind, now=house.now(), record=record, contribution=contribution,
                            revision_id=revision.id, flags=["death"] if number % 5 == 0 else [])  # fmt: skip
    return made


def model_family(made: Made) -> Any:
    from memorial.gate import Actor

    return Actor.family(made.ref, made.contribution_id or 0)


def pages_of(house: House) -> dict[int, model.Page]:
    """How each page stands now, in the words of the model."""
    items: dict[int, dict[str, model.Item]] = defaultdict(dict)
    with house.session(house.keeper()) as session:
        for item in session.scalars(select(Item)):
            items[item.record_id][item.public_id] = model.Item(
                item.state, item.version, frozenset(CHECKS), frozenset(item.flags),
                f"account:{item.taken_by_id}" if item.taken_by_id else "", item.taken_until,
            )  # fmt: skip
        names = {record.id: record.public_id for record in session.scalars(select(Record))}
    with house.session(public(house)) as session:
        shown = set(session.scalars(select(Record.id)))
    return {number: model.Page(names[number], found, said=number in shown, lock=LOCK) for number, found in items.items()}  # fmt: skip


def run(folder: Path, database: str) -> float:
    """All processes at once; returns the seconds from the first word to the last."""
    command = [sys.executable, "-m", "tests.trial.moderators", str(folder), database]
    quota = str(-(-ACTS // (PROCESSES * THREADS)))
    workers = [
        subprocess.Popen([*command, str(number), quota], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for number in range(PROCESSES)
    ]  # fmt: skip
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    began = time.monotonic()
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    said = [worker.communicate()[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * PROCESSES, said
    return time.monotonic() - began


def history(folder: Path, pages: dict[int, model.Page]) -> tuple[dict[int, list[Event]], list[str]]:
    """What everybody lived, by page; and what nobody should have lived."""
    of_item = {name: number for number, page in pages.items() for name in page.items}
    found: dict[int, list[Event]] = defaultdict(list)
    faults = []
    for path in sorted(folder.glob("history-*.jsonl")):
        for line in path.read_text().splitlines():
            said = json.loads(line)
            number = said.get("record") or of_item[said["item"]]
            deed = model.Deed(
                said["actor"], frozenset(said["roles"]), said["verb"], said["item"],
                datetime.fromisoformat(said["at"]), said.get("expected"), frozenset(said.get("ticks", ())),
            )  # fmt: skip
            lived = {name: said[name] for name in ("reason", "state", "version", "public") if name in said}
            returned = float("inf") if said["outcome"] == "unknown" else said["returned"]
            found[number].append(Event(deed, said["invoked"], returned, said["outcome"], **lived))
            if said.get("trace"):
                faults.append(f"{said['verb']} of {said['item']}: {said['trace']}")
    return found, faults


def audit_since(house: House, first: int) -> list[Row]:
    with house.session(house.keeper()) as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.id >= first).order_by(AuditEntry.id))
        return [
            Row(row.id, row.at.isoformat(), row.actor, row.second, row.verb, row.thing, row.from_state, row.to_state, row.prev_hash, row.hash)
            for row in rows
        ]  # fmt: skip


def by_page(rows: list[Row], pages: dict[int, model.Page]) -> dict[int, list[Row]]:
    things = {f"item:{name}": number for number, page in pages.items() for name in page.items}
    things |= {f"record:{page.record}": number for number, page in pages.items()}
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[things[row.thing]].append(row)
    return found


def end_faults(page: model.Page, stands: model.Page) -> list[str]:
    """What stands in the tables in the end against what the witness comes to."""
    faults = []
    for name, item in page.items.items():
        other = stands.items[name]
        plain = [(each.state, each.version, each.taken_by, each.taken_until) for each in (item, other)]
        if plain[0] != plain[1]:
            faults.append(f"in the end: item {name} is {plain[1]}, and {plain[0]} came of it")
    if page.public != stands.said:  # as it is read from outside: shown or not
        faults.append(f"in the end: page {page.record} is shown: {stands.said}")
    return faults


def test_many_moderators_at_once_lose_nothing_and_hiding_wins(house, tmp_path, engine_name):
    for number in range(PAGES):
        a_page(house, number)
    people(house, tmp_path)
    start = pages_of(house)
    (tmp_path / "start.pickle").write_bytes(
        pickle.dumps(start)
    )  # with the histories, for whoever looks for a fault
    with house.session(house.keeper()) as session:
        first = session.scalars(select(Head.audit_count)).one() + 1
    seconds = run(tmp_path, house.settings.database)
    events, faults = history(tmp_path, start)
    rows, stands = audit_since(house, first), pages_of(house)
    rows_of = by_page(rows, start)
    faults += chain_faults(rows)
    for number, page in start.items():
        faults += [f"{page.record}: {fault}" for fault in check(page, events[number], rows_of[number])]
        end = end_of(page, events[number], rows_of[number])
        faults += [f"{page.record}: {fault}" for fault in end_faults(end, stands[number])]
    with house.session(house.keeper()) as session:
        faults += list(check_archive(session, house.storage, elsewhere=house.second_lines()))
    told = [event for found in events.values() for event in found]
    done = sum(event.outcome in ("done", "waits") and event.deed.actor.startswith("account:") for event in told)  # fmt: skip
    write_down(engine_name, told, seconds, done, len(rows), faults)
    (tmp_path / "faults.txt").write_text("\n".join(faults))
    assert not faults, "\n".join(faults[:40])
    assert done >= ACTS


def people(house: House, folder: Path) -> None:
    """Fifty synthetic colleagues, ten for each process."""
    with house.writing(house.keeper()) as session:
        for process in range(PROCESSES):
            found = [
                Account(
                    email=f"synthetic{process}.{number}@example.org", roles=[role], created_at=house.now()
                )
                for number, role in enumerate(ROLES)
            ]
            session.add_all(found)
            session.flush()
            written = json.dumps([[account.id, account.roles] for account in found])
            (folder / f"accounts-{process}.json").write_text(written)


def write_down(
    engine: str, told: list[Event], seconds: float, done: int, rows: int, faults: list[str]
) -> None:
    """The dated page; a second run of the day takes the place of the first."""
    now = datetime.now(UTC)
    path = ROOT / "docs" / "trials" / f"{now:%Y-%m-%d}-many-moderators.md"
    families = sum(event.outcome in ("done", "waits") and event.deed.actor.startswith("family:") for event in told)  # fmt: skip
    outcomes = Counter(event.outcome for event in told)
    verbs = Counter(event.deed.verb for event in told if event.outcome in ("done", "waits"))
    refused = Counter(event.reason for event in told if event.outcome == "refused")
    unknown = Counter(event.reason for event in told if event.outcome == "unknown")
    lines = [
        f"# Many moderators at once, {now:%Y-%m-%d}, {engine}",
        "",
        f"- {PROCESSES * THREADS} moderators and {PROCESSES * FAMILIES} families in {PROCESSES} processes, on {PAGES} pages",
        f"- acts that moderators did: {done}, families: {families}, in {seconds:.0f} seconds; lines of the audit: {rows}",
        f"- done: {listed(verbs)}",
        f"- on an older version: {outcomes['stale']}; refused: {listed(refused)}",
        f"- answered by the database with an error: {listed(unknown) or '0'}",
        f"- looks at items and at pages as a visitor, each held against the history: {outcomes['saw']}",
        f"- faults: {len(faults)}",
        "",
    ]
    earlier = path.read_text("utf-8").split("# Many") if path.exists() else []
    kept = [f"# Many{part}" for part in earlier[1:] if f", {engine}\n" not in part]
    path.write_text("\n".join([*kept, "\n".join(lines)]), encoding="utf-8")


def listed(found: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in found.most_common())
