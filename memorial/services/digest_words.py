"""What the daily letter of the desk says: numbers and the way to the desk, no name, no title, no word of a family.

subject, text = composed(written, "https://archive.example")
"""

from __future__ import annotations

from memorial.services.digest import Written
from memorial.words import DEFAULT, NAMES, words


def composed(written: Written, root: str) -> tuple[str, str]:
    """Subject and text, in the first of their languages that the interface has."""
    language = next((code for code in written.languages if code in NAMES), DEFAULT)
    _, ngettext = words(language).gettext, words(language).ngettext
    numbers = written.numbers
    lines = [
        (numbers.waiting, ngettext("%(num)s item waits at the desk.", "%(num)s items wait at the desk.", numbers.waiting)),
        (numbers.assigned, ngettext("%(num)s is assigned to you.", "%(num)s are assigned to you.", numbers.assigned)),
        (numbers.second, ngettext("%(num)s waits for a second person.", "%(num)s wait for a second person.", numbers.second)),
        (numbers.overdue, ngettext("%(num)s answer that was promised is overdue.", "%(num)s answers that were promised are overdue.", numbers.overdue)),
    ]  # fmt: skip
    told = "\n".join(text % {"num": number} for number, text in lines if number)
    paragraphs = (
        _("Hello,"),
        told,
        f"{root}/{language}/desk",
        _(
            "There is no hurry in this letter: it comes once a day, because you asked for it. You can stop it, or set your quiet hours, in your preferences. Answers to this address are not read."
        ),
    )
    return _("What waits at the desk"), "\n\n".join(paragraphs) + "\n"
