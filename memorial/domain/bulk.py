"""One act on many items: which acts may be done so, by which steps, and by which they are taken back.

    why_not("import", "submitted", "decline", two_people=False)   # "" : may be offered
    route("submitted", "decline")                                 # ("take", "decline")
    way_back("decline", "submitted")                              # ("reopen", "return")

Read from the workflow's table: an act in bulk is a row of it, by one person, that tells nobody
outside and that other rows take back. Who may, and whether this item allows it, is asked of
each item by the gate when its turn comes. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

from memorial.domain import workflow
from memorial.domain.workflow import COMMAND, FAMILY, IN_REVIEW, SUBMITTED, SYSTEM, step_for

# What takes each act back. After it the item lies in its taker's hands, and goes from there to where it was.
BACK: Mapping[str, str] = {
    "take": "take",
    "return": "take",
    "decline": "reopen",
    "close": "reopen",
    "publish": "unpublish",
}
VERBS = tuple(BACK)
STATES = (SUBMITTED, IN_REVIEW)
MOST = 2_000  # items in one act; what is more is another act


def route(state: str, verb: str, mine: bool = False) -> tuple[str, ...]:
    """The steps from here to there: an item is taken before it is decided; `mine`: it is taken already."""
    if verb == "take":
        return ("take",)
    return (verb,) if mine and state == IN_REVIEW else ("take", verb)


def way_back(verb: str, before: str) -> tuple[str, ...]:
    """The steps that take an act back; `before` is the state in which it found the item."""
    return (BACK[verb], "return" if before == SUBMITTED else "release")


def why_not(kind: str, state: str, verb: str, *, two_people: bool) -> str:
    """Why this act is not done in bulk with such an item; "" where it may be. Keys that the faces put into words."""
    if verb not in BACK:
        return "no_way_back"
    if (
        state not in STATES
        or (verb == "take" and state != SUBMITTED)
        or (verb == "return" and state != IN_REVIEW)
    ):
        return "no_such_step"
    reached = _walk(kind, state, route(state, verb))
    if not reached:
        return "no_such_step"
    last = reached[-1]
    if verb in workflow.ALWAYS_TWO or ("other_person" in last.needs and two_people):
        return "two_people"
    if "tell_family" in last.then:
        return "told"
    return "" if _walk(kind, last.to, way_back(verb, state)) else "no_way_back"


def offered(kind: str = "") -> tuple[str, ...]:
    """The acts that some item of this kind (of any) allows."""
    kinds = [kind] if kind else list(workflow.KINDS)
    return tuple(
        verb
        for verb in VERBS
        if any(not why_not(each, state, verb, two_people=False) for each in kinds for state in STATES)
    )


def kinds_for(verb: str) -> tuple[str, ...]:
    """The kinds of items with which this act is done in bulk at all."""
    return tuple(
        kind
        for kind in workflow.KINDS
        if any(not why_not(kind, state, verb, two_people=False) for state in STATES)
    )


def _walk(kind: str, state: str, verbs: tuple[str, ...]) -> list[workflow.Step]:
    """The rows of the table that these verbs are, one after another; nothing where one is missing."""
    found: list[workflow.Step] = []
    for verb in verbs:
        step = step_for(kind, state, verb)
        if step is None or {FAMILY, COMMAND, SYSTEM} & set(step.who):
            return []
        found.append(step)
        state = step.to
    return found
