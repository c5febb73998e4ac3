"""Questions about the person who is remembered. Each returns a Step in the words of the current language."""

from __future__ import annotations

from flask_babel import gettext as _

from memorial.web.contribute.fields import CHOICE, DATE, LONG, TEXT, Field, Sheet, Step


def find(sheet: Sheet) -> Step:
    """Its page is web/contribute/find.py; the fields are what it keeps."""
    return Step(
        "find", _find_title(sheet.task), (Field("looked", TEXT, _find_label(sheet.task)),), template="find"
    )


def _find_title(task: str) -> str:
    return {
        "remembrance": _("Is there a page for them already?"),
        "memory": _("Whose page is it for?"),
        "media": _("Who does it show, or whose voice is it?"),
        "correction": _("Which page is it about?"),
    }.get(task) or _("Which page should come down?")


def _find_label(task: str) -> str:
    if task in ("correction", "removal"):
        return _("A name or a word that stands on it")
    return _("Their name, or a part of it")


def listed(_sheet: Sheet) -> Step:
    return Step(
        "listed",
        _("There is a page for them already. What do you want to do?"),
        (
            Field(
                "listed",
                CHOICE,
                _("There is a page for them already. What do you want to do?"),
                options=(
                    (
                        "memory",
                        _("Add a memory to that page"),
                        _("It stands there beside what others wrote."),
                    ),
                    (
                        "own",
                        _("Write a page of my own"),
                        _("Both are kept. Nobody’s word replaces another’s."),
                    ),
                    ("not_them", _("It is not the same person"), ""),
                ),
            ),
        ),
    )


def person(_sheet: Sheet) -> Step:
    return Step(
        "person",
        _("Who do you want to remember?"),
        (
            Field(
                "person",
                TEXT,
                _("Their name, as your family writes it"),
                _("In any alphabet. If you know only a part of it, write that part."),
                needed=_("Write the name of the person, or the part of it that you know."),
            ),
            Field(
                "spellings",
                LONG,
                _("Other ways to write it, or other names they had"),
                _("One on each line: another alphabet, a name at birth, what people called them."),
                rows=3,
                limit=2_000,
                more=True,
            ),
        ),
        _("Under this name people will find them."),
    )


def born(_sheet: Sheet) -> Step:
    return Step(
        "born",
        _("When were they born?"),
        (
            Field(
                "born",
                DATE,
                _("When were they born?"),
                _(
                    "As you know it. For example: 3 May 1961, spring 1961, about 1950. Leave it empty if you do not know."
                ),
            ),
        ),
    )


def lived(_sheet: Sheet) -> Step:
    return Step(
        "lived",
        _("Where did they live?"),
        (
            Field(
                "lived",
                TEXT,
                _("Where did they live?"),
                _("A town or village is enough. Please no house number: others may live there today."),
            ),
        ),
    )


def fate(_sheet: Sheet) -> Step:
    return Step(
        "fate",
        _("What do you know of what happened to them?"),
        (
            Field(
                "fate",
                CHOICE,
                _("What do you know of what happened to them?"),
                options=(
                    ("died", _("They died"), ""),
                    ("missing", _("They are missing"), ""),
                    ("survived", _("They survived"), ""),
                    ("not_sure", _("I am not sure"), ""),
                    ("rather_not", _("I would rather not say"), ""),
                ),
            ),
            Field(
                "fate_words",
                LONG,
                _("If you want to say more: when, where, how"),
                _("As much or as little as you want."),
                rows=5,
                limit=20_000,
                own_words=True,
                more=True,
            ),
        ),
        _(
            "The archive shows what you say as your word, and beside it what others say. Nobody is listed as dead unless somebody says so."
        ),
        hard=True,
    )


def known(_sheet: Sheet) -> Step:
    return Step(
        "known",
        _("How do you know?"),
        (
            Field(
                "known",
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
        _("Everything in this archive says where it comes from."),
    )
