"""What each role may do, read from the tables that decide it: nothing here is written down a second time.

for role in roles(): role.name, role.powers        # Power("publish", ("contribution", …), two="sometimes")
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from memorial.domain import workflow
from memorial.gate.permission import GENERAL


@dataclass(frozen=True, slots=True)
class Power:
    """One act. `two`: "" alone, "always" two people, "sometimes" where the archive asks for it or the item's marks do."""

    verb: str
    kinds: tuple[str, ...] = ()  # of items; empty where it is not about one
    presence: bool = False
    two: str = ""
    confirms: bool = False  # only what a colleague has asked for


@dataclass(frozen=True, slots=True)
class Role:
    """A role and what it may do, first with items, then besides."""

    name: str
    steps: Sequence[Power]
    general: Sequence[Power]


def roles() -> list[Role]:
    """All of them, in the order of the table."""
    return [Role(name, list(_steps(name)), list(_general(name))) for name in workflow.ROLES]


def _steps(role: str) -> Iterator[Power]:
    for verb in workflow.VERBS:
        rows = [step for step in workflow.STEPS if step.verb == verb]
        own = [step for step in rows if role in step.who]
        mine = own or [step for step in rows if role in workflow.CONFIRMS and _confirmed(step)]
        if mine:
            kinds = tuple(kind for kind in workflow.KINDS if any(kind in step.kinds for step in mine))
            presence = any("stepped_up" in step.needs for step in mine)
            yield Power(verb, kinds, presence, _two(verb, mine), confirms=not own)


def _confirmed(step: workflow.Step) -> bool:
    return "other_person" in step.needs and bool(set(step.who) & set(workflow.DESK_ROLES))


def _two(verb: str, steps: Sequence[workflow.Step]) -> str:
    if verb in workflow.ALWAYS_TWO:
        return "always"
    return "sometimes" if any("other_person" in step.needs for step in steps) else ""


def _general(role: str) -> Iterator[Power]:
    for verb, (who, presence) in GENERAL.items():
        if role in who:
            yield Power(verb, (), presence, "always" if verb in workflow.ALWAYS_TWO else "")
