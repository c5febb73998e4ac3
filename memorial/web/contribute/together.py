"""What several answers of one page say about each other, and how a page's answers are kept.

wrong(step, typed)      # {field: message}
kept(step, typed)       # what goes into the draft: days as days, the form that was shown
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from memorial.domain.forms_of_consent import VERSION
from memorial.services import contribution_content as content
from memorial.web.context import house, language
from memorial.web.contribute.fields import Step

# Answers that say "nothing" in words, and are kept as nothing: other rooms know only what was chosen.
NOTHING = {"sign": "none", "ground": "rather_not", "who_you_are": "rather_not"}
DAYS = ("closed_until", "majority")


def wrong(asked: Step, typed: Mapping[str, str]) -> dict[str, str]:
    """What two answers of one page say about each other."""
    return {"audience": _audience, "name": _name, "guardian": _guardian}.get(asked.name, _nothing)(typed)


def kept(asked: Step, typed: Mapping[str, str]) -> dict[str, str]:
    """The answers as they are kept."""
    values = {name: "" if NOTHING.get(name) == value else value for name, value in typed.items()}
    for name in DAYS:
        if values.get(name):
            day = content.whole_day(values[name], language())
            values[name] = day.isoformat() if day else values[name]
    if asked.name == "audience":
        today = house().moment().low.date()
        values["ask_again_on"] = content.asked_again_on(today, values.get("ask_again", ""))
    if values.get("listed") == "not_them":
        values |= {"about": "", "about_name": "", "page": ""}
    if asked.name == "consents":
        values["form_language"], values["form_version"] = language(), str(VERSION)
    return values


def _nothing(_typed: Mapping[str, str]) -> dict[str, str]:
    return {}


def _audience(typed: Mapping[str, str]) -> dict[str, str]:
    if typed["audience"] != content.LATER:
        return {}
    today = house().moment().low.date()
    if content.is_a_future_day(typed["closed_until"], today, language()):
        return {}
    return {"closed_until": _("Write a whole date that is still to come, for example 25 February 2050.")}


def _name(typed: Mapping[str, str]) -> dict[str, str]:
    how = typed.get("name_shown", "")
    if how == content.FULL and not typed["your_name"]:
        return {"your_name": _("Write your name, or choose another way to show it.")}
    if how in (content.FIRST, content.PSEUDONYM) and not typed["other_name"]:
        return {"other_name": _("Write the name that may be shown.")}
    return {}


def _guardian(typed: Mapping[str, str]) -> dict[str, str]:
    """The guardian's yes needs the day on which it ends."""
    if typed["guardian_agrees"] == "here" and content.whole_day(typed["majority"], language()) is None:
        return {
            "majority": _(
                "Write the whole date, for example 3 May 2030: until then the guardian’s yes counts."
            )
        }
    return {}
