"""Every setting, command, state, role and door is named where a person would look for it."""

import re
from pathlib import Path

import pytest

from config import Settings
from memorial.cli import main
from memorial.domain import workflow
from memorial.web.doors import DOORS

DOCS = Path(__file__).resolve().parent.parent / "docs"


def _read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented(name):
    assert f"`MEMORIAL_{name.upper()}`" in _read("settings.md")
    assert Settings.model_fields[name].description


def test_no_setting_is_documented_that_is_not_there():
    named = set(re.findall(r"`MEMORIAL_([A-Z_]+)`", _read("settings.md")))
    assert named == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_is_documented_and_says_what_it_does(name):
    assert f"`memorial {name}" in _read("running.md")
    assert main.commands[name].help


@pytest.mark.parametrize("state", workflow.STATES)
def test_every_state_is_documented(state):
    assert f"`{state}`" in _read("house.md")


@pytest.mark.parametrize("role", workflow.ROLES)
def test_every_role_is_documented(role):
    assert f"`{role}`" in _read("running.md")


def test_every_door_is_documented(app):
    text = _read("doors.md")
    missing = [door.rule for door in DOORS.values() if f"`{door.rule}`" not in text]
    assert missing == []


def test_the_readme_fits_one_screen_and_shows_the_two_commands():
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert len(readme.splitlines()) < 45
    assert "make serve" in readme
    assert "make test" in readme
    for target in re.findall(r"\]\((docs/[^)#]+)\)", readme):
        assert (DOCS.parent / target).exists(), target


def test_links_between_pages_of_the_docs_lead_somewhere():
    for page in DOCS.rglob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
