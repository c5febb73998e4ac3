"""The commands: everything named, nothing half done, exit status 0 only when all went well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from memorial.cli_import import import_command
from memorial.cli_leaving import export
from memorial.gate import Reader
from memorial.house import House
from memorial.models import AuditEntry, Item, Message, Person, Record, SameAs, Statement
from memorial.services import audit

GOOD = {"id": "f", "measure": "synthetic", "claimant": "a synthetic claimant", "value": 1}
BAD = {**GOOD, "id": "g", "value": "many"}
SIGNED = ["--publish", "--actor", "One", "--second", "Two", "--note", "synthetic"]


def figures(folder: Path, *values: dict[str, Any]) -> str:
    path = folder / "figures.jsonl"
    path.write_text("".join(json.dumps(value) + "\n" for value in values))
    return str(path)


def run(house: House, command: Any, *words: str) -> Result:
    return CliRunner().invoke(command, list(words), obj=house.settings)


def stored(house: House) -> list[str | None]:
    with house.session(house.keeper()) as session:
        return list(session.scalars(select(Statement.external_id).order_by(Statement.id)))


def test_a_wrong_row_gives_status_one_and_the_rest_goes_in(house: House, tmp_path: Path) -> None:
    result = run(house, import_command, figures(tmp_path, GOOD, BAD))
    assert result.exit_code == 1
    assert "figures.jsonl:2: value: a text where a number belongs" in result.stderr
    assert stored(house) == ["f"]


def test_strict_lets_nothing_in_when_a_row_is_wrong(house: House, tmp_path: Path) -> None:
    result = run(house, import_command, "--strict", figures(tmp_path, GOOD, BAD))
    assert result.exit_code == 1
    assert "Nothing was changed" in result.stdout
    assert stored(house) == []


def test_strict_lets_everything_in_when_all_is_right(house: House, tmp_path: Path) -> None:
    assert run(house, import_command, "--strict", figures(tmp_path, GOOD)).exit_code == 0
    assert stored(house) == ["f"]


def test_a_dry_run_counts_and_changes_nothing(house: House, tmp_path: Path) -> None:
    result = run(house, import_command, "--dry-run", "--json", figures(tmp_path, GOOD, BAD))
    told = json.loads(result.stdout)
    assert (told["files"]["figures"]["added"], told["nothing_changed"]) == (1, True)
    assert told["faults"][0]["field"] == "value"
    assert stored(house) == []
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Record)).all() == []
        assert list(audit.broken_at(session)) == []


def test_what_is_not_signed_waits_and_the_command_says_so(house: House, tmp_path: Path) -> None:
    result = run(house, import_command, figures(tmp_path, GOOD))
    assert "waits at the desk" in result.stdout
    with house.session(Reader.public(house.moment())) as session:
        assert session.scalars(select(Statement)).all() == []


def test_a_signed_import_is_public_and_its_note_is_kept_as_ciphertext(house: House, tmp_path: Path) -> None:
    result = run(house, import_command, figures(tmp_path, GOOD), *SIGNED)
    assert result.exit_code == 0, result.output
    with house.session(Reader.public(house.moment())) as session:
        assert len(session.scalars(select(Statement)).all()) == 1
    with house.session(house.keeper()) as session:
        act = session.scalars(select(AuditEntry).where(AuditEntry.verb == "publish")).one()
        assert (act.actor, act.second) == ("command:One", "command:Two")
        assert act.note_hash
        note = session.scalars(select(Message)).one()
        assert house.keys.decrypt(note.body).decode() == "synthetic"


@pytest.mark.parametrize(
    "words",
    [
        ["--publish"],
        ["--publish", "--actor", "One", "--second", "Two"],
        ["--publish", "--actor", "One", "--second", " one ", "--note", "x"],
    ],
)
def test_publishing_needs_two_names_and_a_note(house: House, tmp_path: Path, words: list[str]) -> None:
    assert run(house, import_command, figures(tmp_path, GOOD), *words).exit_code == 2
    assert stored(house) == []


def test_the_summary_names_leftovers_and_what_matches_nothing(house: House, tmp_path: Path) -> None:
    odd = {**GOOD, "odd": 1, "press_account_id": "press-none"}
    result = run(house, import_command, figures(tmp_path, odd))
    assert "odd (1)" in result.stdout
    assert "press press-none" in result.stdout


def test_export_writes_what_the_public_may_reuse_and_all_writes_the_rest(
    house: House, tmp_path: Path
) -> None:
    run(house, import_command, figures(tmp_path, GOOD))
    assert run(house, export, "--to", str(tmp_path / "public")).exit_code == 0
    assert (tmp_path / "public" / "figures.jsonl").read_bytes() == b""
    assert run(house, export, "--all", "--to", str(tmp_path / "all"), "--json").exit_code == 0
    assert json.loads((tmp_path / "all" / "figures.jsonl").read_text()) == GOOD
    with house.session(house.keeper()) as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.verb == "export")).one()


def test_a_whole_collection_by_command_comes_out_as_it_went_in(
    house: House, shared: Path, tmp_path: Path
) -> None:
    files = sorted(str(path) for path in (shared / "collection").glob("*.jsonl"))
    result = run(house, import_command, *files, *SIGNED)
    assert result.exit_code == 0, result.output
    run(house, export, "--all", "--to", str(tmp_path / "out"))
    for name in files:
        given = [json.loads(line) for line in Path(name).read_text().splitlines()]
        back = [json.loads(line) for line in (tmp_path / "out" / Path(name).name).read_text().splitlines()]
        assert back == given, name


def people(folder: Path, *persons: tuple[str, str, str]) -> str:
    """People who are plainly made up: an id, a spelling and a relative each."""
    path = folder / "people.jsonl"
    path.write_text(
        "".join(
            json.dumps(
                {"id": name, "names": [{"spelling": spelling, "seeds": []}], "roles": ["victim"], "fate": "killed",
                 "relations": [{"relation": "wife of", "person": relative}], "accused": False}
            ) + "\n"
            for name, spelling, relative in persons
        )
    )  # fmt: skip
    return str(path)


def test_who_may_be_here_already_is_proposed_to_the_desk_and_never_made_one(
    house: House, tmp_path: Path
) -> None:
    first = ("p1", "Sintetik Hacıyeva", "Kayun Sintetik")
    run(house, import_command, people(tmp_path, first))
    twin, cousin = (
        ("p2", "Sintetik Hajiyeva", "Kayun Sintetik (killed)"),
        ("p3", "Sintetik Hajiyeva", "Nobody Else"),
    )
    result = run(house, import_command, people(tmp_path, first, twin, cousin))
    assert "Possible duplicates for the desk: 1 pairs" in result.stdout
    again = run(house, import_command, "--json", people(tmp_path, first, twin, cousin))
    assert json.loads(again.stdout)["proposed_matches"] == 0
    with house.session(house.keeper()) as session:
        items = session.scalars(select(Item).where(Item.kind == "duplicate")).all()
        assert [(item.state, item.facts["agrees"]) for item in items] == [
            ("submitted", ["name_variant", "relative"])
        ]
        assert session.scalars(select(Person.external_id).order_by(Person.id)).all() == ["p1", "p2", "p3"]
        assert session.scalars(select(SameAs)).all() == []
