"""The questions of the families' pages by name: a table. Their order is web/contribute/flow.py.

    step_named(sheet, "stood")       # a Step in the words of the current language, or None
    steps_of(sheet)                  # those that are asked, in order

A new question is a function in one of the modules questions_*.py, a row here, a word in `FLOW`,
and a line in services/contribution_content.py for what becomes of its answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from memorial.web.contribute import questions_case as case
from memorial.web.contribute import questions_consent as consent
from memorial.web.contribute import questions_people as people
from memorial.web.contribute import questions_person as person
from memorial.web.contribute import questions_words as words
from memorial.web.contribute.fields import Sheet, Step
from memorial.web.contribute.flow import FLOW, flow_of

STEPS: dict[str, Callable[[Sheet], Step]] = {
    "find": person.find,
    "listed": person.listed,
    "person": person.person,
    "born": person.born,
    "lived": person.lived,
    "fate": person.fate,
    "known": person.known,
    "way": words.way,
    "life": words.life,
    "words": words.words,
    "told": words.told,
    "stood": words.stood,
    "memory": words.memory,
    "shows": words.shows,
    "photographs": words.photographs,
    "recording": words.recording,
    "wrong": case.wrong,
    "ground": case.ground,
    "how_known": case.how_known,
    "who": case.who,
    "people": people.people,
    "guardian": people.guardian,
    "name": people.name,
    "reach": people.reach,
    "audience": consent.audience,
    "parts": consent.parts,
    "consents": consent.consents,
}


def steps_of(sheet: Sheet) -> Sequence[Step]:
    """What these answers leave to be asked."""
    return [STEPS[name](sheet) for name in flow_of(sheet)]


def step_named(sheet: Sheet, name: str) -> Step | None:
    """A page of this task, also where the answers so far leave it out; None for any other."""
    return STEPS[name](sheet) if name in FLOW[sheet.task] else None


def every_field(name: str) -> Iterator[str]:
    """The fields of a page in whatever task it stands."""
    for task in FLOW:
        step = step_named(Sheet(task), name)
        yield from (field.name for field in step.fields) if step else ()
