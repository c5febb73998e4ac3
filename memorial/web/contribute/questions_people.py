"""Questions about people who live: those in it, a child and its guardian, and whoever sends it."""

from __future__ import annotations

from flask_babel import gettext as _

from memorial.services import contribution_content as content
from memorial.web.contribute.fields import CHOICE, DATE, LONG, TEXT, Field, Sheet, Step
from memorial.web.languages import NAMES

CASES = ("correction", "removal")


def people(sheet: Sheet) -> Step:
    return Step(
        "people",
        _("People in it who are alive"),
        (
            Field(
                "people",
                LONG,
                _("Is anybody named, seen or heard in it who is alive?"),
                _(
                    "Tell us who. We then leave out their names, or ask them or you first. Only people who work for the archive read this."
                ),
                rows=4,
                limit=5_000,
                own_words=True,
            ),
            Field(
                "people_know",
                CHOICE,
                _("Do they know, and do they agree?"),
                options=(
                    ("yes", _("Yes, all of them"), ""),
                    ("some", _("Some of them"), ""),
                    ("no", _("No, they do not know"), ""),
                    ("not_sure", _("I do not know"), ""),
                    ("rather_not", _("I would rather not say"), ""),
                ),
            ),
            Field(
                "people_reach",
                LONG,
                _("How can they be asked?"),
                _("Only if you think that they would not mind. You can leave this empty."),
                rows=3,
                limit=2_000,
                more=True,
            ),
            Field(
                "children",
                CHOICE,
                _("Is anybody in it under 18 today?"),
                options=_children(sheet),
            ),
        ),
        _("A name in an archive can follow somebody for a long time."),
    )


def _children(sheet: Sheet) -> list[tuple[str, str, str]]:
    me = [("me", _("Yes, I am under 18 myself"), "")] if sheet.task in ("testimony", "memory") else []
    return [
        *me,
        ("yes", _("Yes, somebody else") if me else _("Yes"), ""),
        ("no", _("No"), ""),
        ("not_sure", _("I do not know"), ""),
    ]


def guardian(sheet: Sheet) -> Step:
    mine = sheet.said("children") == "me"
    title = (
        _("You are under 18: who looks after you?") if mine else _("A child is in it: who looks after it?")
    )
    here = _("I am the guardian, and I agree") if not mine else _("My guardian sits beside me and agrees")
    return Step(
        "guardian",
        title,
        (
            Field("guardian_name", TEXT, _("Name of the mother, father or guardian")),
            Field(
                "guardian_relation",
                TEXT,
                _("How are they related?"),
                _("For example: mother, grandfather, guardian."),
            ),
            Field(
                "guardian_contact",
                LONG,
                _("How can we reach them?"),
                _("It is encrypted, and every time it is opened is written down."),
                rows=2,
                limit=1_000,
            ),
            Field(
                "majority",
                DATE,
                _("On which day will the child be 18?") if not mine else _("On which day will you be 18?"),
                _(
                    "A whole date, for example 3 May 2030. From that day on the guardian’s yes no longer counts, and nothing is shown until the grown-up child has said yes."
                ),
            ),
            Field(
                "guardian_agrees",
                CHOICE,
                _("Does the guardian agree that it is shown, as you answer here?"),
                _(
                    "If the answer is not yes, we ask the guardian. Until then it is kept and shown to nobody."
                ),
                options=(
                    ("here", here, ""),
                    ("ask", _("Please ask them"), ""),
                    ("no", _("No"), ""),
                    ("not_sure", _("I do not know"), ""),
                ),
            ),
        ),
        _(
            "If you are a child: you may stop here, and you may ask somebody you trust to read this with you. What you write stays behind your code, and nobody is told that you wrote."
        ),
    )


def name(sheet: Sheet) -> Step:
    if sheet.task in CASES:
        return _name_for_the_desk()
    return Step(
        "name",
        _("Your name, and how to show it"),
        (
            Field(
                "your_name",
                TEXT,
                _("Your name"),
                _("We keep it apart and show it only as you say here."),
            ),
            Field(
                "name_shown",
                CHOICE,
                _("How may we show it?"),
                options=(
                    ("full", _("My full name"), ""),
                    ("first", _("My first name only"), ""),
                    ("relative", _("As “a relative”, without a name"), ""),
                    ("pseudonym", _("Another name that I choose"), ""),
                    ("not_shown", _("Not at all"), ""),
                ),
            ),
            Field(
                "other_name",
                TEXT,
                _("The first name, or the other name, to be shown"),
                _("Only if you chose one of these two."),
                more=True,
            ),
        ),
        _("Somebody who knows you may still recognise you by what you tell, whatever name stands beside it."),
    )


def _name_for_the_desk() -> Step:
    return Step(
        "name",
        _("Your name"),
        (
            Field(
                "your_name",
                TEXT,
                _("Your name"),
                _(
                    "It is not published, and whoever sent the page does not learn it. You can leave it empty."
                ),
            ),
        ),
    )


def reach(sheet: Sheet) -> Step:
    needed = content.is_to_be_called(sheet.answers)
    return Step(
        "reach",
        _("How can we reach you?"),
        (
            Field(
                "contact",
                LONG,
                _("Telephone, mail, or somebody we can ask"),
                _(
                    "Without it nobody can call you. It is encrypted, and every time it is opened is written down."
                )
                if needed
                else _(
                    "You can leave this empty: with your code you can always come back and read what we ask you. It is encrypted, and every time it is opened is written down."
                ),
                rows=3,
                limit=1_000,
                needed=_("Write how we can reach you, so that somebody can call.") if needed else "",
            ),
            Field(
                "safe",
                CHOICE,
                _("Is it safe to leave a message there?"),
                options=(
                    ("yes", _("Yes"), ""),
                    ("no", _("No, say nothing of the archive"), ""),
                    ("not_sure", _("I am not sure"), ""),
                ),
            ),
            Field(
                "contact_language",
                CHOICE,
                _("In which language shall we speak or write to you?"),
                options=(
                    *((code, own, "") for code, own in NAMES.items()),
                    ("other", _("In another language"), ""),
                ),
            ),
            Field("contact_language_words", TEXT, _("If in another language: in which one?"), more=True),
        ),
    )
