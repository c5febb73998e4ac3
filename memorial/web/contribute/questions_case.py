"""Questions of a correction and of a request for removal: what, how one knows, who one is."""

from __future__ import annotations

from flask_babel import gettext as _

from memorial.web.contribute.fields import CHOICE, LONG, Field, Sheet, Step


def wrong(_sheet: Sheet) -> Step:
    return Step(
        "wrong",
        _("What is wrong?"),
        (
            Field(
                "passage",
                LONG,
                _("The words it is about"),
                _("Copy them from the page, or say where they stand. You can leave this empty."),
                rows=3,
                limit=2_000,
                more=True,
            ),
            Field(
                "wrong",
                LONG,
                _("What is wrong, and what would be right?"),
                needed=_("Write what is wrong. A few words are enough."),
                rows=6,
                limit=20_000,
                own_words=True,
            ),
        ),
        _(
            "A person reads it and answers you. Accounts that disagree stand beside each other here; none is deleted because another was sent."
        ),
    )


def ground(_sheet: Sheet) -> Step:
    return Step(
        "ground",
        _("Why should it come down?"),
        (
            Field(
                "ground",
                CHOICE,
                _("What is the reason?"),
                options=(
                    (
                        "safety",
                        _("It endangers somebody"),
                        _("Say so first; it is looked at before everything else."),
                    ),
                    ("privacy", _("It tells too much of somebody’s life"), ""),
                    ("consent", _("I, or we, never agreed to it"), ""),
                    ("rights", _("It is mine: my text, my photograph, my recording"), ""),
                    ("wrong", _("It is not true"), ""),
                    ("other", _("Another reason"), ""),
                    ("rather_not", _("I would rather not say"), ""),
                ),
            ),
            Field(
                "wrong",
                LONG,
                _("In your own words: what should come down, and why"),
                _("The whole page, a photograph, a name, a sentence."),
                needed=_("Write what should come down. A few words are enough."),
                rows=6,
                limit=20_000,
                own_words=True,
            ),
        ),
        _("Whoever sent the page is told that somebody asked, never who."),
    )


def how_known(_sheet: Sheet) -> Step:
    return Step(
        "how_known",
        _("How do you know?"),
        (
            Field(
                "how_known",
                LONG,
                _("How do you know?"),
                _(
                    "For example: I was there. My uncle told me. It is in a paper that we keep. You can leave this empty."
                ),
                rows=4,
                limit=5_000,
                own_words=True,
            ),
        ),
    )


def who(_sheet: Sheet) -> Step:
    return Step(
        "who",
        _("How does it concern you?"),
        (
            Field(
                "who_you_are",
                CHOICE,
                _("How does it concern you?"),
                options=(
                    ("named", _("I am named in it"), ""),
                    ("seen", _("I am seen in it"), ""),
                    ("heard", _("I am heard in it"), ""),
                    ("relative", _("It is about somebody of my family"), ""),
                    ("rights_holder", _("I made it, or it belongs to me"), ""),
                    ("other", _("In another way"), ""),
                    ("rather_not", _("I would rather not say"), ""),
                ),
            ),
        ),
    )
