"""What a family allows, folded from its answers: to whom, for what, from when until when, part by part.

    will_of(answers)                  # keyed by part, as the ledger takes it
    guardian_will(answers), narrator_will(answers)
    narrowed(old, new)                # a change narrows at once and widens after it was read

What was left empty, "not sure" or "rather not say" allows nothing. No database here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from memorial.domain import consent as rules
from memorial.domain import lapses
from memorial.domain.consent import Grants
from memorial.domain.dates import BadDate, from_words, opens_after

Answers = Mapping[str, Any]
Will = dict[str, Grants]

EVERYONE, RESEARCHERS, LATER, NOT_SURE = "everyone", "researchers", "later", "not_sure"
NOBODY = "nobody"
FULL, FIRST, RELATIVE, PSEUDONYM, NOT_SHOWN = "full", "first", "relative", "pseudonym", "not_shown"
WITHHELD: Grants = {}
NAME, INSTEAD, NOTICE = "name", "pseudonym", rules.NOTICE

# Which parts a row of the page "parts" is about.
PHOTOGRAPHS = ("kind:photograph", "kind:scan")
NARROWED: Mapping[str, tuple[str, ...]] = {
    "part_words": ("text",),
    "part_name": (NAME,),
    "part_photographs": PHOTOGRAPHS,
    "part_recording": ("kind:recording",),
}
FILE_PARTS = ("photograph", "scan", "recording")
# The answers that a consent rests on: their keyed hash goes into the ledger beside it.
AGREED = (
    "audience", "closed_until", "ask_again", "ask_again_on", "keep", "show", "reuse", *NARROWED,
    "children", "majority", "guardian_agrees", "form_version",
)  # fmt: skip


def said(answers: Answers, name: str) -> str:
    return str(answers.get(name, "")).strip()


def is_testimony(answers: Answers) -> bool:
    return said(answers, "task") == "testimony"


def will_of(answers: Answers) -> Will:
    """What the contributor (and the narrator) allow: the blanket, and the parts that are named.

    The notice of a withdrawal is allowed by the withdrawal alone, never beforehand.
    """
    blanket = grants_of(answers)
    will: Will = {rules.EVERY_PART: blanket, NOTICE: WITHHELD}
    for field, keys in NARROWED.items():
        if (chosen := said(answers, field)) in (RESEARCHERS, NOBODY):
            will.update(dict.fromkeys(keys, _for_researchers(blanket) if chosen == RESEARCHERS else WITHHELD))
    if _name_shown_otherwise(answers) and is_testimony(answers):
        will[NAME] = WITHHELD
    for public_id, photo in answers.get("photos", {}).items():
        if photo.get("show") == "no" or photo.get("removed"):
            will.update({f"{kind}:{public_id}": WITHHELD for kind in FILE_PARTS})
    return will


def _for_researchers(grants: Grants) -> Grants:
    return {key: window for key, window in grants.items() if key[0] == "research"}


def _name_shown_otherwise(answers: Answers) -> bool:
    return said(answers, "name_shown") != FULL


def withholds_name(answers: Answers) -> bool:
    """Whether something stands instead of the real name for some readers. Without an answer it does."""
    return _name_shown_otherwise(answers) or said(answers, "part_name") in (RESEARCHERS, NOBODY)


def grants_of(answers: Answers) -> Grants:
    """To whom, for what, from when until when; nothing where it was not said."""
    if said(answers, "keep") != "yes" or said(answers, "show") != "yes" or is_to_be_called(answers):
        return {}
    uses = ["view", "download", "reuse"] if said(answers, "reuse") == "yes" else ["view"]
    return _ending(answers, _chosen(answers, uses))


def _chosen(answers: Answers, uses: Iterable[str]) -> Grants:
    audience = said(answers, "audience")
    if audience == EVERYONE:
        return rules.chosen(rules.AUDIENCES, uses)
    if audience == RESEARCHERS:
        return rules.chosen(["research"], uses)
    if audience == LATER and (day := whole_day(said(answers, "closed_until"))):
        return rules.chosen(rules.AUDIENCES, uses, opens=opening(day))
    return {}


def _ending(answers: Answers, grants: Grants) -> Grants:
    """A yes for so many years ends on the day that was reckoned when it was given."""
    day = whole_day(said(answers, "ask_again_on"))
    return lapses.until(grants, day) if day and said(answers, "ask_again") not in ("", "never") else grants


def is_to_be_called(answers: Answers) -> bool:
    """Whether somebody of the archive is to write it down with them; until then nothing is shown of it."""
    return said(answers, "way") == "call"


# -- children -------------------------------------------------------------------------------


def has_minor(answers: Answers) -> bool:
    """Whether the narrator, or somebody in it, is under 18."""
    return said(answers, "children") in ("me", "yes")


def narrator_will(answers: Answers, will: Mapping[str, Grants]) -> Mapping[str, Grants]:
    """What the narrator says: of a child until it is grown up; from then on its own new yes is needed."""
    if said(answers, "children") != "me":
        return will
    return lapses.will_until_majority(will, whole_day(said(answers, "majority")))


def guardian_will(answers: Answers, will: Mapping[str, Grants]) -> Mapping[str, Grants]:
    """What the guardian says who sits beside the one who writes; nothing where the guardian is still to be asked."""
    if said(answers, "guardian_agrees") != "here":
        return {}
    return lapses.will_until_majority(will, whole_day(said(answers, "majority")))


# -- a change -------------------------------------------------------------------------------


def narrowed(old: Mapping[str, Grants], new: Mapping[str, Grants]) -> Will:
    """A will that allows only what both allow."""
    keys = {rules.EVERY_PART, *old, *new}
    return {key: _both(_grant(old, key), _grant(new, key)) for key in keys}


def _grant(will: Mapping[str, Grants], key: str) -> Grants:
    """What a will says of a part: by its own name, else by its kind, else by the blanket."""
    for name in (key, f"kind:{key.split(':', 1)[0]}"):
        if name in will:
            return will[name]
    return will.get(rules.EVERY_PART, {})


def _both(one: Grants, other: Grants) -> Grants:
    met = {key: one[key].meet(other[key]) for key in one.keys() & other.keys()}
    return {key: window for key, window in met.items() if not window.empty}


# -- days -----------------------------------------------------------------------------------


def whole_day(words: str, language: str = "und") -> date | None:
    """The one day that these words name, or None: an embargo needs a whole date."""
    when = from_words(words, language)
    exact = when.earliest is not None and when.earliest == when.latest and when.edtf == f"{when.earliest}"
    return when.earliest if exact else None


def opening(day: date) -> datetime:
    """When "closed until" this day has ended everywhere."""
    return opens_after(day)


def is_a_future_day(words: str, today: date, language: str) -> bool:
    """Whether something can be closed until then."""
    day = whole_day(words, language)
    try:
        return day is not None and day >= today and bool(opens_after(day))
    except BadDate:
        return False


def asked_again_on(today: date, years: str) -> str:
    """The day on which a yes for so many years ends, as it is kept; "" where it has no end."""
    return lapses.asked_again_on(today, int(years)).isoformat() if years.isdecimal() else ""
