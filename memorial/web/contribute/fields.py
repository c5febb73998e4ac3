"""What one page of the family's forms asks, and how what was typed is read.

    step = Step("born", _("When were they born?"), (Field("born", DATE, …),))
    typed = typed_in(step, request.form)       # as typed, without controls: what the page shows again
    errors = errors_in(step, typed, …)         # {field: message}, in the reader's language

Nothing is cut off in silence and nothing is guessed: words that are no date stay words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as fresh
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from memorial.domain.lines import TURNING

TEXT, LONG, CHOICE, DATE, TICK = "text", "long", "choice", "date", "tick"
# Characters: a line, and about 300 pages (the form of which has to fit into the setting `form_bytes`).
LINE, PAGES = 300, 700_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a page may know beforehand: the task, what was answered so far, which kinds of files are there."""

    task: str
    answers: Mapping[str, Any] = fresh(default_factory=dict)
    files: frozenset[str] = frozenset()  # roles of the media: photograph, scan, audio, video, file

    def said(self, name: str) -> str:
        return str(self.answers.get(name, ""))


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `options` are (value, label, hint); nothing is ever chosen beforehand."""

    name: str
    kind: str
    label: str
    hint: str = ""
    options: Sequence[tuple[str, str, str]] = ()
    needed: str = ""  # what to say when it is left empty; "" where it may be
    limit: int = LINE
    rows: int = 6
    own_words: bool = False  # prose of the family, in the language of the page
    more: bool = False  # says more about the answer before it: not listed among the answers while it is empty


@dataclass(frozen=True, slots=True)
class Step:
    """One page: a question, why it is asked, its fields."""

    name: str
    title: str
    fields: Sequence[Field] = ()
    why: str = ""
    template: str = "step"
    hard: bool = False  # asks for what may hurt: the addresses of help stand beside it

    @property
    def alone(self) -> bool:
        """With a single field its label is the page's heading."""
        return len(self.fields) == 1

    def asks(self, name: str) -> Field | None:
        return next((each for each in self.fields if each.name == name), None)


def typed_in(step: Step, form: Mapping[str, str]) -> dict[str, str]:
    """What was typed into the page's fields, harmless and otherwise as it is."""
    return {field.name: clean(form.get(field.name, ""), field.kind == LONG) for field in step.fields}


def clean(text: str, lines: bool = False) -> str:
    """Without control characters and halves of characters, which no keyboard writes and no database keeps."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return kept.strip() if lines else " ".join(kept.translate(TURNING).split())


def errors_in(step: Step, typed: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with it, by field, in words that say what to do."""
    found = {}
    for field in step.fields:
        if message := _wrong(field, typed[field.name]):
            found[field.name] = message
    return found


def _wrong(field: Field, value: str) -> str:
    if not value:
        return field.needed
    if field.kind in (CHOICE, TICK):
        known = [option[0] for option in field.options]
        return "" if value in known else _("Please choose one of the answers on this page.")
    return too_long(value, field.limit)


def too_long(value: str, limit: int) -> str:
    """How many characters too many, or ""."""
    over = len(value) - limit
    if over <= 0:
        return ""
    return ngettext(
        "This is %(num)d character too long. Please shorten it, or send the rest as a second contribution.",
        "This is %(num)d characters too long. Please shorten it, or send the rest as a second contribution.",
        over,
    )
