"""The pages of the family's two journeys, in their order: a long table of questions.

    steps_of("testimony")        # [Step, …] in the words of the current language
    step_named("testimony", "stood")

A new question is a row here, and a line in services/contribution_content.py for what becomes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_babel import gettext as _

from memorial.web.contribute.fields import CHOICE, DATE, LONG, PAGES, TEXT, Field, Step

REMEMBRANCE = [
    "person",
    "born",
    "lived",
    "fate",
    "known",
    "life",
    "photographs",
    "people",
    "name",
    "reach",
    "audience",
    "consents",
]
TESTIMONY = ["words", "told", "stood", "people", "photographs", "name", "reach", "audience", "consents"]
FLOW = {"remembrance": REMEMBRANCE, "testimony": TESTIMONY}


def steps_of(task: str) -> Sequence[Step]:
    return [STEPS[name](task) for name in FLOW[task]]


def step_named(task: str, name: str) -> Step | None:
    return STEPS[name](task) if name in FLOW[task] else None


def after(task: str, name: str) -> str:
    """The page after this one; the last question leads to the answers as a whole."""
    flow = FLOW[task]
    place = flow.index(name) + 1
    return flow[place] if place < len(flow) else "check"


def before(task: str, name: str) -> str:
    """The page before this one; "" for the start."""
    flow = FLOW[task]
    if name == "check":
        return flow[-1]
    place = flow.index(name)
    return flow[place - 1] if place else ""


def _person(_task: str) -> Step:
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
            ),
        ),
        _("Under this name people will find them."),
    )


def _born(_task: str) -> Step:
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


def _lived(_task: str) -> Step:
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


def _fate(_task: str) -> Step:
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
            ),
        ),
        _(
            "The archive shows what you say as your word, and beside it what others say. Nobody is listed as dead unless somebody says so."
        ),
    )


def _known(_task: str) -> Step:
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


def _life(_task: str) -> Step:
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
    )


def _words(_task: str) -> Step:
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
            Field("title", TEXT, _("A title, if you want one"), own_words=True),
        ),
    )


def _told(_task: str) -> Step:
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


def _stood(_task: str) -> Step:
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
            Field("stood_words", TEXT, _("If in another way: how?"), own_words=True),
        ),
    )


def _people(task: str) -> Step:
    me = [("me", _("Yes, I am under 18 myself"), "")] if task == "testimony" else []
    return Step(
        "people",
        _("People who are named in it"),
        (
            Field(
                "people",
                LONG,
                _("Is anybody named who is alive and might not want that?"),
                _(
                    "Tell us who. We then leave out their names, or ask you first. Only people who work for the archive read this."
                ),
                rows=4,
                limit=5_000,
                own_words=True,
            ),
            Field(
                "children",
                CHOICE,
                _("Is anybody in it under 18 today?"),
                options=(
                    *me,
                    ("yes", _("Yes, somebody else") if me else _("Yes"), ""),
                    ("no", _("No"), ""),
                    ("not_sure", _("I do not know"), ""),
                ),
            ),
        ),
        _("A name in an archive can follow somebody for a long time."),
    )


def _photographs(task: str) -> Step:
    title = _("Photographs of them") if task == "remembrance" else _("Photographs")
    return Step("photographs", title, template="photographs")


def _name(_task: str) -> Step:
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
                    ("pseudonym", _("Another name that I choose"), ""),
                    ("not_shown", _("Not at all"), ""),
                ),
            ),
            Field(
                "other_name",
                TEXT,
                _("The first name, or the other name, to be shown"),
                _("Only if you chose one of these two."),
            ),
        ),
        _("Somebody who knows you may still recognise you by what you tell, whatever name stands beside it."),
    )


def _reach(_task: str) -> Step:
    return Step(
        "reach",
        _("How can we reach you?"),
        (
            Field(
                "contact",
                LONG,
                _("Telephone, mail, or somebody we can ask"),
                _(
                    "You can leave this empty: with your code you can always come back and read what we ask you. It is encrypted, and every time it is opened is written down."
                ),
                rows=3,
                limit=1_000,
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
        ),
    )


def _audience(_task: str) -> Step:
    return Step(
        "audience",
        _("Who may see it?"),
        (
            Field(
                "audience",
                CHOICE,
                _("Who may see it?"),
                options=(
                    ("everyone", _("Everyone"), _("On the internet, for anybody who looks.")),
                    (
                        "researchers",
                        _("Researchers who ask"),
                        _("People whose request the archive has looked at."),
                    ),
                    ("later", _("Nobody until a day that I choose"), _("Then everyone.")),
                    ("not_sure", _("I am not sure. Please call or write to me"), _("Until then nobody.")),
                ),
                needed=_("Choose who may see it. If you are not sure, choose the last answer."),
            ),
            Field(
                "closed_until",
                TEXT,
                _("If until a day: which day?"),
                _(
                    "A whole date, for example 25 February 2050. It opens when that day has ended everywhere in the world."
                ),
            ),
        ),
        _("You can change this later, and hide it at any time."),
    )


def _consents(_task: str) -> Step:
    options = (("yes", _("Yes"), ""), ("no", _("No"), ""))
    fields = tuple(Field(name, CHOICE, "", options=options) for name in ("keep", "show", "reuse"))
    return Step(
        "consents",
        _("What may we do with it?"),
        fields,
        _("Three questions, each for itself. What you leave open counts as no."),
        template="consents",
    )


STEPS: dict[str, Callable[[str], Step]] = {
    "person": _person,
    "born": _born,
    "lived": _lived,
    "fate": _fate,
    "known": _known,
    "life": _life,
    "words": _words,
    "told": _told,
    "stood": _stood,
    "people": _people,
    "photographs": _photographs,
    "name": _name,
    "reach": _reach,
    "audience": _audience,
    "consents": _consents,
}
