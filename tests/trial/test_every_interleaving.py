"""Publishing against hiding, statement by statement, in every order with one change of hands and many with more.

Two transactions of n and m statements can be mixed in more ways than anybody runs. All of them with at most
one interruption are run (the first stops after its i-th statement, the other goes through or has to wait), then
those with two and with any number by chance, from a fixed seed. A page that was hidden is hidden in the end.
Run by `make trial`; what was run is written to docs/trials/.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pytest

from memorial.domain.errors import NotPermitted, Stale
from memorial.house import House
from memorial.services.check import check
from tests.hiding import CASES, a_case, seen_by_visitors
from tests.interleaving import Ran, Segment, run
from tests.services.colleagues import an_actor

ROOT = Path(__file__).resolve().parents[2]
BY_CHANCE = int(
    os.environ.get("MEMORIAL_TRIAL_ORDERS", "60")
)  # for each case, half of them with two interruptions

pytestmark = pytest.mark.trial


def orders(publish: int, hide: int, seed: str, one_writer: bool) -> list[list[Segment]]:
    """`publish` and `hide`: how many statements each has when nobody interrupts it.

    Where one writer is let in at a time all orders come to two, and a few stand for the others.
    """
    sizes = {"publish": publish, "hide": hide}
    each = 15 if one_writer else 1
    one: list[list[Segment]] = [
        [(first, stop), (other, None)]
        for first, other in (("publish", "hide"), ("hide", "publish"))
        for stop in range(0, sizes[first] + 1, each)
    ]
    rng = random.Random(seed)
    more: list[list[Segment]] = []
    for number in range(BY_CHANCE // each):
        first, other = rng.sample(sorted(sizes), 2)
        if number % 2:
            more.append([(first, rng.randint(1, sizes[first])), (other, rng.randint(1, sizes[other])), (first, None)])  # fmt: skip
        else:
            more.append([(rng.choice((first, other)), 1) for _ in range(publish + hide)])
    return list(chain(one, more))


def fault_of(house: House, what: str, how: str, ran: Ran, seen: dict[str, int]) -> str:
    """A hiding that was acknowledged is one. What was refused said so, and why it could be."""
    hide, publish = ran.error("hide"), ran.error("publish")
    if publish is not None and not isinstance(publish, NotPermitted | Stale):
        return f"publishing ended in {type(publish).__name__}: {publish}"
    if hide is None:
        return f"hidden, and visitors see {seen}" if seen else ""
    if how == "take_back" and isinstance(hide, NotPermitted) and hide.key == "no_such_step":
        return ""  # it was published first: nothing is left to be taken back, and the family hides it instead
    return f"hiding ended in {type(hide).__name__}: {hide}"


def test_hiding_wins_over_publishing_in_every_interleaving(house, engine_name):
    people = (
        an_actor(house, "publisher", "moderator"),
        an_actor(house, "other", "moderator", "consent_officer"),
    )
    faults, lines = [], []
    for what, how in CASES:
        alone = {}
        for name in ("publish", "hide"):
            case = a_case(house, what, *people)
            deeds = {"publish": case.publish, "hide": case.hiding(how)}
            alone[name] = run(house, {name: deeds[name]}, [(name, None)]).steps(name)
        told: Counter[str] = Counter()
        mixed = orders(alone["publish"], alone["hide"], f"{what} {how}", engine_name == "sqlite")
        for order in mixed:
            case = a_case(house, what, *people)
            ran = run(house, {"publish": case.publish, "hide": case.hiding(how)}, order)
            told["waited"] += ran.blocked > 0
            told["publication refused"] += ran.error("publish") is not None
            told["taken back too late"] += ran.error("hide") is not None
            if fault := fault_of(house, what, how, ran, seen_by_visitors(house, case)):
                faults.append(f"{what}, {how}, {order}: {fault}")
        counted = ", ".join(f"{name} {count}" for name, count in told.items() if count)
        sizes = f"{alone['publish']} and {alone['hide']} statements"
        lines.append(f"- {what} against “{how}” ({sizes}): {len(mixed)} orders; {counted}")
    with house.session(house.keeper()) as session:
        faults += list(check(session, house.storage, now=house.now(), elsewhere=house.second_lines()))
    write_down(engine_name, lines, faults)
    assert not faults, "\n".join(faults[:40])


def write_down(engine: str, lines: list[str], faults: list[str]) -> None:
    now = datetime.now(UTC)
    path = ROOT / "docs" / "trials" / f"{now:%Y-%m-%d}-interleavings.md"
    head = f"# Publishing against hiding, statement by statement, {now:%Y-%m-%d}, {engine}"
    earlier = path.read_text("utf-8").split("# Publishing") if path.exists() else []
    kept = [f"# Publishing{part}" for part in earlier[1:] if f", {engine}\n" not in part]
    page = "\n".join([head, "", *lines, f"- faults: {len(faults)}", ""])
    path.write_text("\n".join([*kept, page]), encoding="utf-8")
