"""Every word of the desk and of the accounts is there in every language, and every act that is written down has words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from memorial.domain import workflow
from memorial.services import desk_acts, desk_buttons
from memorial.web import languages

MEMORIAL = Path(workflow.__file__).resolve().parents[1]
WEB = Path(languages.__file__).resolve().parent
OTHERS = [code for code in languages.NAMES if code != languages.DEFAULT]
FOLDERS = (
    ("desk", "python", "**.py"),
    ("account", "python", "**.py"),
    ("templates/desk", "jinja2", "**.html"),
    ("templates/account", "jinja2", "**.html"),
    ("templates/_parts", "jinja2", "**.html"),
)
WORDS = (WEB / "templates/desk/_words.html").read_text(encoding="utf-8")


def _said():
    for folder, method, pattern in FOLDERS:
        found = extract_from_dir(
            WEB / folder,
            [(pattern, method)],
            keywords={"_": None, "ngettext": (1, 2)},
            directory_filter=lambda _folder: True,  # Babel passes over folders that begin with _ of itself
        )
        for _file, _line, message, _comments, _context in found:
            yield message[0] if isinstance(message, tuple) else message


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_of_the_desk_and_the_accounts_is_translated(code):
    known = {key[0] if isinstance(key, tuple) else key for key in languages.words(code)._catalog}
    assert sorted(set(_said()) - known) == []


def _keys(macro):
    """The keys for which a macro of _words.html has words."""
    body = re.search(rf"macro {macro}\(.*?endmacro", WORDS, re.DOTALL)[0]
    return set(re.findall(r'key == "(\w+)"', body))


def _written_down():
    """The verbs of every act that the program writes into the chain of decisions."""
    for file in MEMORIAL.rglob("*.py"):
        yield from re.findall(r'\bAct\(\s*"(\w+)"', file.read_text(encoding="utf-8"))
    yield from workflow.VERBS
    yield from desk_acts.DEEDS.keys() - {"pass_on"}  # of which nothing is written down
    yield from (f"asked_{verb}" for verb in workflow.ALWAYS_TWO & {*workflow.VERBS, *desk_acts.DEEDS})


def _pressed():
    """The verbs that a button of an item may bear."""
    desk = set(workflow.DESK_ROLES)
    yield from (step.verb for step in workflow.STEPS if desk & set(step.who))
    yield from desk_buttons.BESIDES


@pytest.mark.parametrize(
    ("macro", "wanted"),
    [
        ("deed", _written_down),
        ("verb_label", _pressed),
        ("kind_label", lambda: workflow.KINDS),
        ("state_label", lambda: workflow.STATES),
        ("check_label", lambda: workflow.CHECKLIST),
        ("role_label", lambda: workflow.ROLES),
    ],
)
def test_no_key_of_ours_is_shown_for_want_of_words(macro, wanted):
    assert sorted({*wanted()} - _keys(macro)) == []
