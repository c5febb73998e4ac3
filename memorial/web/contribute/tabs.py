"""Two windows of one family: a page that was opened earlier must not undo, unseen, what was answered later.

    mark_of(step, answers)            # goes along with the form: which answers the page was made from
    changed_elsewhere(step, typed, answers, seen)    # {field: what stands there now}, or {}

A form without a mark is taken as it comes: only pages of ours carry one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from memorial.web.contribute.fields import CHOICE, Step

FIELD = "seen"


class Elsewhere(Exception):
    """The answers changed in another window since this page was made; `found` is what stands there now."""

    def __init__(self, found: Mapping[str, str], mark: str) -> None:
        self.found = found
        self.mark = mark


def seen_in(form: Mapping[str, str]) -> str:
    return form.get(FIELD, "")[:64]


def mark_of(step: Step, answers: Mapping[str, Any]) -> str:
    """A short name for the answers of one page as they are now."""
    plain = json.dumps([str(answers.get(field.name, "")) for field in step.fields], ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()[:24]


def changed_elsewhere(
    step: Step, typed: Mapping[str, str], answers: Mapping[str, Any], seen: str
) -> Mapping[str, str]:
    """What stands there now and is neither what the page was made from nor what was typed."""
    if not seen or seen == mark_of(step, answers):
        return {}
    now = {field.name: str(answers.get(field.name, "")) for field in step.fields}
    return {name: value for name, value in now.items() if value != typed.get(name, "")}


def in_words(step: Step, found: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """(question, answer of the other window) for the page that shows both."""
    shown = []
    for field in step.fields:
        if field.name in found:
            value = found[field.name]
            if field.kind == CHOICE:
                value = next((label for known, label, _hint in field.options if known == value), "")
            shown.append((field.label, value))
    return shown
