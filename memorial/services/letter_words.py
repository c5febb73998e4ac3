"""What the letters say: in the family's language, plain text, nothing of what they wrote, no name of anybody.

subject, text = composed("question", "az", "https://archive.example/az/return")

Whoever looks over a shoulder reads one subject for every letter. The code is never in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from memorial.words import words

Say = Callable[[str], str]


def composed(kind: str, language: str, address: str) -> tuple[str, str]:
    """Subject and text. `address` is the page where the code is asked for."""
    _: Say = words(language).gettext
    paragraphs = (
        _("Hello,"),
        NEWS[kind](_),
        _("Open this address and enter your code:"),
        address,
        _(
            "The code is never in a letter, and we never ask for it by mail. If you have lost it, you can say so on that page."
        ),
        _(
            "You get this letter because you wrote that it is safe to leave you a message here. If that is no longer so, change it with your code. Answers to this address are not read."
        ),
    )
    return _("A message for you"), "\n\n".join(paragraphs) + "\n"


def _question(_: Say) -> str:
    return _("there is a question for you. You can answer it when you are ready, or not at all.")


def _message(_: Say) -> str:
    return _("there is a message for you.")


def _ready(_: Say) -> str:
    return _("there is a page for you to see. Nothing is shown to others before you have said yes.")


def _published(_: Say) -> str:
    return _("what you agreed to can now be seen by those you chose. You can hide it at any time.")


def _draft(_: Say) -> str:
    return _(
        "something that you began is still kept for you and was never sent. If nobody opens it for some weeks more, it will be deleted."
    )


NEWS: Mapping[str, Callable[[Say], str]] = {
    "question": _question,
    "message": _message,
    "ready": _ready,
    "published": _published,
    "draft": _draft,
}


def invitation(language: str, address: str, days: int) -> tuple[str, str]:
    """Subject and text for somebody who is invited to an account. Nothing of the archive is in it."""
    _: Say = words(language).gettext
    paragraphs = (
        _("Hello,"),
        _("you are invited to an account. Open this address to choose a password:"),
        address,
        _("It is good once, and for %(days)s days. We never ask for a password by mail.") % {"days": days},
        _(
            "If you do not know what this is about, you need do nothing. Answers to this address are not read."
        ),
    )
    return _("An invitation"), "\n\n".join(paragraphs) + "\n"
