"""Who may see it, each part of it, and what may be done with it."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from memorial.domain import lapses
from memorial.services import contribution_content as content
from memorial.web.contribute.fields import CHOICE, TEXT, Field, Sheet, Step


def audience(_sheet: Sheet) -> Step:
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
                more=True,
            ),
            Field(
                "ask_again",
                CHOICE,
                _("Until when?"),
                _(
                    "After that time it is hidden, unless you have said yes again. We ask you some months before, if you left a way to reach you."
                ),
                options=(
                    ("never", _("Without an end, until I change it"), ""),
                    *(
                        (
                            str(years),
                            ngettext("Ask me again in %(num)d year", "Ask me again in %(num)d years", years),
                            "",
                        )
                        for years in lapses.YEARS
                    ),
                ),
            ),
        ),
        _("You can change this later, and hide it at any time."),
    )


def parts(sheet: Sheet) -> Step:
    labels = {
        "part_words": _("The words"),
        "part_name": _("Your name") if sheet.task == "testimony" else _("The name of the person"),
        "part_photographs": _("The photographs"),
        "part_recording": _("The recordings"),
    }
    options = (
        ("same", _("The same as I chose for all of it"), ""),
        ("researchers", _("Only researchers who ask"), ""),
        ("nobody", _("Nobody, only keep it"), ""),
    )
    there = content.parts_there(sheet.answers, sheet.files)
    return Step(
        "parts",
        _("Is there a part that fewer people may see?"),
        tuple(Field(name, CHOICE, labels[name], options=options) for name in labels if name in there),
        _("Each part for itself. Where you choose nothing, it goes as you chose on the page before."),
    )


def consents(_sheet: Sheet) -> Step:
    options = (("yes", _("Yes"), ""), ("no", _("No"), ""))
    fields = tuple(Field(name, CHOICE, "", options=options) for name in ("keep", "show", "reuse"))
    return Step(
        "consents",
        _("What may we do with it?"),
        fields,
        _("Three questions, each for itself. What you leave open counts as no."),
        template="consents",
    )
