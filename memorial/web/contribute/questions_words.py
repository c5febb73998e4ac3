"""Questions about what is told, sent or left: words, memories, what a photograph shows."""

from __future__ import annotations

from flask_babel import gettext as _

from memorial.web.contribute.fields import CHOICE, DATE, LONG, PAGES, TEXT, Field, Sheet, Step


def room() -> str:
    """How much fits, told beforehand."""
    return _("There is room for about 300 pages. What is longer can come as a second contribution.")


def way(sheet: Sheet) -> Step:
    title = (
        _("How do you want to tell it?")
        if sheet.task == "testimony"
        else _("How do you want to tell of their life?")
    )
    return Step(
        "way",
        title,
        (
            Field(
                "way",
                CHOICE,
                title,
                options=(
                    ("write", _("Write"), _("Here, as much or as little as you want.")),
                    (
                        "record",
                        _("Send a recording"),
                        _("Your voice, or a film. A telephone records well enough."),
                    ),
                    (
                        "call",
                        _("Be called"),
                        _(
                            "Somebody of the archive calls you and writes it down with you. We then ask nothing more here but how to reach you."
                        ),
                    ),
                ),
            ),
        ),
        _("You can change your mind later, and do more than one of them."),
    )


def life(_sheet: Sheet) -> Step:
    return Step(
        "life",
        _("Who were they?"),
        (
            Field(
                "life",
                LONG,
                _("Who were they?"),
                _(
                    "What they did, what they loved, what they used to say, a day you remember. Take the time you need; one sentence is enough."
                ),
                rows=14,
                limit=PAGES,
                own_words=True,
            ),
        ),
        room(),
    )


def words(sheet: Sheet) -> Step:
    return Step(
        "words",
        _("What did you live through?"),
        (
            Field(
                "words",
                LONG,
                _("In your own words"),
                _(
                    "In any language, in any order, as much or as little as you want. You can stop at any time and go on another day."
                ),
                needed=_("Write a few words before you go on. You can change them later."),
                rows=18,
                limit=PAGES,
                own_words=True,
            ),
            Field("title", TEXT, _("A title, if you want one"), own_words=True, more=True),
        ),
        room(),
        hard=True,
    )


def told(_sheet: Sheet) -> Step:
    return Step(
        "told",
        _("When and where are you telling this?"),
        (
            Field("told_when", DATE, _("When"), _("For example: today, 3 May 2026, winter 1992.")),
            Field("told_where", TEXT, _("Where"), _("A town or country is enough.")),
        ),
        _(
            "If you wrote it down earlier, give that time and place. Readers can then tell how long after the events it was told."
        ),
    )


def stood(_sheet: Sheet) -> Step:
    return Step(
        "stood",
        _("How are you connected to what happened?"),
        (
            Field(
                "stood",
                CHOICE,
                _("How are you connected to what happened?"),
                options=(
                    ("survivor", _("It happened to me"), ""),
                    ("eyewitness", _("I saw it"), ""),
                    ("relative", _("It happened to someone in my family"), ""),
                    ("rescuer", _("I came to help"), ""),
                    ("journalist", _("I reported on it"), ""),
                    ("official", _("I dealt with it in my work or office"), ""),
                    ("other", _("In another way"), ""),
                    ("rather_not", _("I would rather not say"), ""),
                ),
            ),
            Field("stood_words", TEXT, _("If in another way: how?"), own_words=True, more=True),
        ),
    )


def memory(_sheet: Sheet) -> Step:
    return Step(
        "memory",
        _("What do you want to leave there?"),
        (
            Field(
                "memory",
                LONG,
                _("A memory, in your own words"),
                _("A day, a habit, something they said. One sentence is enough."),
                rows=10,
                limit=20_000,
                own_words=True,
            ),
            Field(
                "sign",
                CHOICE,
                _("A quiet sign, with or without words"),
                options=(
                    ("candle", _("A candle"), ""),
                    ("blossom", _("A blossom"), ""),
                    ("none", _("No sign"), ""),
                ),
            ),
        ),
        _("Signs and memories are not counted. You can add a photograph on the next page."),
    )


def shows(_sheet: Sheet) -> Step:
    return Step(
        "shows",
        _("What is it that you send?"),
        (
            Field(
                "title",
                TEXT,
                _("What is it? A few words are enough"),
                _("For example: our street before the war, my grandfather’s voice."),
                needed=_("Write in a few words what it is."),
                own_words=True,
            ),
            Field(
                "description",
                LONG,
                _("What should people know about it?"),
                _(
                    "Who is in it, where and when it was, how it came to you. You are asked about each file as well."
                ),
                rows=6,
                limit=20_000,
                own_words=True,
                more=True,
            ),
        ),
    )


def photographs(sheet: Sheet) -> Step:
    title = _("Photographs of them") if sheet.task in ("remembrance", "memory") else _("Photographs")
    return Step("photographs", title, template="photographs")


def recording(_sheet: Sheet) -> Step:
    return Step("recording", _("Recordings"), template="photographs")
