"""What may be done with an item: every act of the desk with its verdict, for the page to draw its buttons from.

buttons_of(session, actor, item, now=now)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from memorial.domain import workflow
from memorial.gate import Actor, GatedSession, may
from memorial.gate.facts import Known, two_people
from memorial.models import Item
from memorial.services import desk_assigning, desk_hiding
from memorial.services.archive_word import Word
from memorial.services.desk_views import Button
from memorial.services.published import amending

# Acts of the desk that are no step of the workflow, in the order of their buttons, and whether they want words.
BESIDES: Mapping[str, bool] = {
    "note": True,
    "go_through_form": True,
    "hold": True,
    "lift_hold": True,
    "hide_part": True,
    "show_part": True,
    "write_to_sender": True,
    "pass_on": False,
    "recuse": False,
    "assign": False,
    "exclude": True,
    "include": True,
    "mark_violence": False,
    "unmark_violence": True,
    "set_legal_hold": True,
    "lift_legal_hold": True,
    "seal": True,
    "unseal": True,
}
PERMISSION = {"lift_legal_hold": "set_legal_hold"}
# A refusal for these reasons is cured on the page itself: the field is right there.
CURED_HERE = ("note", "own_line", "other_person", "refusal_ground", "part", "reads_until", "account")
# What a field of the page says, and no page knows before it is sent.
SAID_ON_THE_PAGE = {"refusal_ground": True, "reads_until": True}
# Acts that name a colleague, chosen from a list on the page.
NAMES_SOMEBODY = ("assign", "exclude", "include")


def buttons_of(
    session: GatedSession,
    actor: Actor,
    item: Item,
    *,
    now: datetime,
    known: Known | None = None,
    word: Word | None = None,
) -> list[Button]:
    """Every act of the desk on this item as it is now, each with its verdict.

    A page that has read what is known of the item and what the archive said of its record hands both over.
    """
    known = known or Known(session, actor, item)
    steps = [
        step
        for step in workflow.steps_from(item.kind, item.state)
        if not {workflow.FAMILY, workflow.COMMAND, workflow.SYSTEM} & set(step.who)
    ]
    found = [_step_button(known, step, now) for step in steps]
    nothing = desk_hiding.against(session, item, word)
    return found + [_other_button(known, verb, now, nothing.get(verb, "")) for verb in _besides(known)]


def _step_button(known: Known, step: workflow.Step, now: datetime) -> Button:
    session, actor, item = known.session, known.actor, known.item
    verdict = may(session, actor, step.verb, item, now=now, note="…", facts=SAID_ON_THE_PAGE, known=known)
    asked_by = known.confirmed_by(step.verb)
    second = "other_person" in step.needs and two_people(session, item, step.verb)
    reason = "" if verdict or verdict.reason in CURED_HERE else verdict.reason
    if not reason and "amend" in step.then:
        reason = amending.against(session, item)
    told = "tell_family" in step.then
    return Button(step.verb, reason, "note" in step.needs, second and not asked_by, asked_by, told)


def _other_button(known: Known, verb: str, now: datetime, nothing: str) -> Button:
    permission = PERMISSION.get(verb, verb)
    verdict = may(known.session, known.actor, permission, known.item, now=now, known=known)
    button = Button(verb, verdict.reason or nothing, BESIDES[verb], besides=True)
    if verb not in workflow.ALWAYS_TWO:
        return button
    asked_by = known.confirmed_by(verb)
    return replace(button, second=not asked_by, asked_by=asked_by)


def _besides(known: Known) -> list[str]:
    """Acts that are no step, where the item has what they are about."""
    item, contribution = known.item, known.contribution
    absent: set[str] = set()
    if item.record_id is None:
        absent |= {"hold", "lift_hold", "hide_part", "show_part", "write_to_sender"}
    elif item.kind not in workflow.ASKED_FOR:
        absent.add("write_to_sender")
    if "others" not in workflow.KINDS[item.kind].shows:  # the page does not list the parts
        absent |= {"hide_part", "show_part"}
    if item.contribution_id is None:
        absent |= {"go_through_form", "set_legal_hold", "lift_legal_hold", "seal"}
    if contribution is None or not contribution.legal_hold:
        absent.add("lift_legal_hold")
    if not desk_assigning.set_by_archive(known.recusals):
        absent.add("include")
    absent.add("seal" if contribution is not None and contribution.sealed_at is not None else "unseal")
    absent.add("mark_violence" if workflow.VIOLENCE in item.flags else "unmark_violence")
    return [verb for verb in BESIDES if verb not in absent]
