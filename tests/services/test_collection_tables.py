"""What leaves as CSV or JSON Lines goes in again as it was; one field changed by hand is one change, and no more."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from memorial.cli_import import import_command
from memorial.cli_leaving import export
from memorial.domain import consent as rules
from memorial.gate import Reader
from memorial.house import House
from memorial.models import Contribution, Item, Record, Revision
from memorial.services.collection import objects
from tests.builders import a_remembrance, a_testimony
from tests.importing import publish
from tests.published import _load, _opened

SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
PERSON = {
    "id": "p-1", "label": "Synthetic Person", "names": [{"spelling": "Synthetic Person", "seeds": []}],
    "roles": ["teacher", "a|b"], "fate": "killed", "relations": [], "accused": False, "note": "=1+1", "seed_refs": [],
}  # fmt: skip
SIGNED = ["--publish", "--actor", "One", "--second", "Two", "--note", "synthetic"]


def run(house: House, command: Any, *words: str | Path) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words], obj=house.settings)


def another(template: Path, folder: Path) -> House:
    (folder / "other").mkdir()
    return _opened(template, folder / "other")


@SQLITE
def test_what_the_public_may_take_goes_into_an_empty_archive_and_leaves_it_the_same(
    house: House, shared: Path, sqlite_template: Path, tmp_path: Path
) -> None:
    _load(house, shared / "collection")
    first, second = tmp_path / "first", tmp_path / "second"
    for form in ("csv", "jsonl"):
        assert run(house, export, "--format", form, "--to", first).exit_code == 0
    tables = sorted(first.glob("*.csv"))
    assert len(tables) == 11
    other = another(sqlite_template, tmp_path)
    told = run(other, import_command, *tables, *SIGNED)
    assert (told.exit_code, told.stderr) == (0, "")
    for form in ("csv", "jsonl"):
        assert run(other, export, "--format", form, "--to", second).exit_code == 0
    assert {path.name: path.read_bytes() for path in first.iterdir()} == {
        path.name: path.read_bytes() for path in second.iterdir()
    }
    here = json.loads(run(house, import_command, *tables, "--dry-run", "--json").stdout)
    # Lists that a public reader gets in part differ, and nothing else does: what is not said takes nothing away.
    assert {each["field"] for each in here["differences"]} == {"persons_named"}
    assert here["files"]["people"]["unchanged"] == here["files"]["people"]["read"]
    other.engine.dispose()


@SQLITE
def test_everything_as_csv_keeps_what_has_no_home_and_the_difference_of_null_and_absent(
    house: House, tmp_path: Path
) -> None:
    odd = {**PERSON, "id": "p-2", "label": None, "anchor": {"a": [1, None]}, "note": ""}
    del odd["seed_refs"]
    publish(house, "people", PERSON, odd)
    told = run(house, export, "--format", "csv", "--to", tmp_path, "--all", "--no-bom")
    assert told.exit_code == 0
    raw = (tmp_path / "people.csv").read_text()
    assert raw.startswith("id,label,names.1.spelling,")
    assert "'=1+1" in raw
    told = json.loads(run(house, import_command, tmp_path / "people.csv", "--json").stdout)
    assert (told["files"]["people"]["unchanged"], told["differences"]) == (2, [])


def changed_by_hand(path: Path, column: str, value: str) -> None:
    with path.open(newline="", encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    rows[0][column] = value
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@SQLITE
def test_one_field_changed_by_hand_is_one_proposal_and_nothing_is_overwritten(
    house: House, tmp_path: Path
) -> None:
    publish(house, "people", PERSON, {**PERSON, "id": "p-2"})
    run(house, export, "--format", "csv", "--to", tmp_path)
    file = tmp_path / "people.csv"
    changed_by_hand(file, "roles", "teacher|poet")
    dry = run(house, import_command, file, "--dry-run")
    assert 'people.csv:2: p-1, roles: ["teacher", "a|b"] → ["teacher", "poet"]' in dry.stdout
    assert dry.stdout.count("→") == 1
    assert "1 as before" in dry.stdout
    assert "1 kept as they came from JSON" in dry.stdout
    told = json.loads(run(house, import_command, file, "--propose", "--actor", "Synthetic", "--json").stdout)
    numbers = told["files"]["people"]
    assert (numbers["proposed"], numbers["unchanged"], numbers["changed"]) == (1, 1, 0)
    with house.session(house.keeper()) as session:
        (item,) = session.scalars(select(Item).where(Item.kind == "amendment"))
        assert (item.state, item.facts["thing"]) == ("submitted", "people:p-1")
        given = session.get_one(Revision, item.revision_id).content["given"]
        assert given == {**PERSON, "roles": ["teacher", "poet"]}
        assert [value["roles"] for value in objects(session, "people", everything=True)] == [
            ["teacher", "a|b"]
        ] * 2
    again = run(house, import_command, file, "--propose", "--actor", "Synthetic")
    assert again.exit_code == 0
    changed_by_hand(file, "roles", "poet")
    other = run(house, import_command, file, "--propose", "--actor", "Synthetic")
    assert other.exit_code == 1
    assert "people.csv:2: a proposal of this object waits at the desk" in other.stderr


@SQLITE
def test_a_changed_line_of_json_says_in_a_dry_run_what_it_would_change(house: House, tmp_path: Path) -> None:
    publish(house, "people", PERSON)
    file = tmp_path / "people.jsonl"
    file.write_text(json.dumps({**PERSON, "fate": "killed, as synthetic words say"}))
    told = json.loads(run(house, import_command, file, "--dry-run", "--json", *SIGNED).stdout)
    assert [(each["id"], each["field"]) for each in told["differences"]] == [("p-1", "fate")]
    with house.session(house.keeper()) as session:
        assert session.scalar(select(func.count()).select_from(Revision)) == 1


def sent(house: House, *made: Any) -> None:
    with house.writing(house.keeper()) as session:
        for each in made:
            session.get_one(Contribution, each.contribution_id).sent_at = house.now()


REUSE = {rules.EVERY_PART: rules.everything()}


@SQLITE
def test_what_families_gave_leaves_with_what_may_be_reused_and_with_no_more(
    house: House, tmp_path: Path
) -> None:
    theirs = a_remembrance(house, contributor=REUSE)
    told = a_testimony(house, contributor=REUSE)
    kept_here = a_testimony(house)  # may be looked at, not taken away
    draft = a_remembrance(house, published=False)
    sent(house, theirs, told, kept_here)
    run(house, export, "--format", "csv", "--to", tmp_path / "csv")
    run(house, export, "--format", "jsonl", "--to", tmp_path / "json")
    person = json.loads((tmp_path / "json" / "people.jsonl").read_text())
    assert person["id"] == theirs.public_id
    assert person["names"][0]["spelling"] == "Synthetic synthetic Person"
    testimony = json.loads((tmp_path / "json" / "testimonies.jsonl").read_text())
    assert testimony["id"] == told.public_id
    assert testimony["words"][0]["text"] == "These are synthetic words of a testimony."
    table = (tmp_path / "csv" / "testimonies.csv").read_text("utf-8-sig")
    assert "words.1.text" in table
    assert "These are synthetic words" in table
    for path in [*(tmp_path / "csv").iterdir(), *(tmp_path / "json").iterdir()]:
        assert kept_here.public_id not in path.read_text("utf-8-sig")
        assert draft.public_id not in path.read_text("utf-8-sig")
    refused = run(house, import_command, tmp_path / "csv" / "testimonies.csv")
    assert refused.exit_code == 1
    assert "what people allowed does not travel in it" in refused.stderr
    run(house, export, "--format", "jsonl", "--to", tmp_path / "all", "--all")
    everything = "".join(path.read_text() for path in (tmp_path / "all").iterdir())
    assert (
        kept_here.public_id in everything
    )  # the archive's own export; what was never sent stays its family's
    assert draft.public_id not in everything


@SQLITE
def test_a_remembrance_that_left_goes_in_elsewhere_and_leaves_it_the_same(
    house: House, sqlite_template: Path, tmp_path: Path
) -> None:
    sent(house, a_remembrance(house, contributor=REUSE))
    run(house, export, "--format", "csv", "--to", tmp_path / "one")
    other = another(sqlite_template, tmp_path)
    assert run(other, import_command, tmp_path / "one" / "people.csv", *SIGNED).exit_code == 0
    run(other, export, "--format", "csv", "--to", tmp_path / "two")
    assert (tmp_path / "one" / "people.csv").read_bytes() == (tmp_path / "two" / "people.csv").read_bytes()
    with other.session(Reader.public(other.moment())) as session:
        assert session.scalars(select(Record.kind)).all().count("remembrance") == 1
    other.engine.dispose()
