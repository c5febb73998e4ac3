"""The only administrator is gone: two custodians open the archive with their sheets, and nobody else does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from memorial.cli import main
from memorial.gate import Actor
from memorial.house import House
from memorial.keys import ArchiveKey, make_key_file, printable
from memorial.models import Account, AuditEntry
from memorial.services import accounts

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def command(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr("memorial.cli.Settings", lambda **_: house.settings)
    return house


def succeed(
    *sheets: str, one: str = "Synthetic One", two: str = "Synthetic Two", email: str = "new@example.org"
) -> Result:
    words = ["account", "succeed", email, "--custodian", one, "--custodian", two, "--note", "synthetic"]
    return CliRunner().invoke(main, words, input="\n".join(sheets) + "\n")


def typed(key: ArchiveKey) -> str:
    """As somebody types a sheet: in one line, without the line that begins with #."""
    return " ".join(printable(key).splitlines()[1:]).lower()


def test_two_custodians_make_an_administrator_and_both_stand_in_the_log(command: House) -> None:
    with command.writing(command.keeper()) as session:
        accounts.add(session, Actor.command("first start"), "gone@example.org", ["admin"], now=command.now())
        accounts.add(session, Actor.command("first start"), "here@example.org", ["editor"], now=command.now())
    sheet = typed(command.keys)
    told = succeed(sheet, sheet)
    assert told.exit_code == 0, told.output
    assert "Invitation for new@example.org" in told.output
    assert sheet.replace(" ", "") not in told.output.lower().replace(" ", "")
    link = re.search(r"http\S+", told.output)
    assert link
    assert succeed(sheet, sheet, email="here@example.org").exit_code == 0  # somebody who works here already
    with command.session(command.keeper()) as session:
        roles = {account.email: account.roles for account in session.scalars(select(Account))}
        assert roles["new@example.org"] == ["admin"]
        assert set(roles["here@example.org"]) == {"admin", "editor"}
        first, _ = session.scalars(
            select(AuditEntry).where(AuditEntry.verb == "succession").order_by(AuditEntry.id)
        )
        assert (first.actor, first.second) == ("command:Synthetic One", "command:Synthetic Two")
        assert first.note_hash


def test_without_two_sheets_of_this_archive_nothing_changes(command: House, tmp_path: Path) -> None:
    sheet = typed(command.keys)
    other = typed(ArchiveKey.load(make_key_file(tmp_path / "other.key")))
    mistyped = sheet[:-1] + ("q" if sheet[-1] != "q" else "p")
    for result in (
        succeed(sheet, other), succeed(other, sheet), succeed(sheet, mistyped), succeed("", sheet),
        succeed(sheet, sheet, two="synthetic one"), succeed(sheet, sheet, two=" "),
    ):  # fmt: skip
        assert result.exit_code != 0
        assert "Traceback" not in result.output
    with command.session(command.keeper()) as session:
        assert session.scalars(select(Account)).all() == []
        assert session.scalars(select(AuditEntry).where(AuditEntry.verb == "succession")).all() == []


def test_a_sheet_becomes_the_key_of_a_new_machine_and_overwrites_none(command: House) -> None:
    path = command.settings.archive_key_file
    sheet, kept = typed(command.keys), path.read_text()
    refused = CliRunner().invoke(main, ["key", "--from-paper"], input=sheet + "\n")
    assert (refused.exit_code, path.read_text()) == (1, kept)
    path.rename(path.with_suffix(".away"))
    assert CliRunner().invoke(main, ["key", "--from-paper"], input=sheet[:-2] + "\n").exit_code == 1
    assert not path.exists()
    assert CliRunner().invoke(main, ["key", "--from-paper"], input=sheet + "\n").exit_code == 0
    assert ArchiveKey.load(path).recipient == command.keys.recipient
