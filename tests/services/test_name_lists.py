"""Lists of names as sources: what a line becomes, what is remarked, how all of it is taken back. Everybody is synthetic."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text

from memorial import jobs
from memorial.cli import main
from memorial.db import Base
from memorial.domain.errors import Invalid
from memorial.gate import Actor, Reader
from memorial.house import House
from memorial.models import Citation, Item, NameList, Person, PersonName, Record, SameAs, Statement
from memorial.services import name_search
from memorial.services.name_lists import keeping, running, undoing
from memorial.services.name_lists.keeping import Wanted
from tests.importing import publish

SOURCE = {"id": "src-list", "kind": "document", "title": "Synthetic mosque list"}
ROWS = "No;Soyadı, adı;Doğum ili;Yaş;Taleyi\n1;Sınaqov Əli;1950;41;itkin\n2;Sınaqova Leyla;about 1950;;\n"
ONE = Actor.command("one")


def listed(
    house: House, content: str | bytes = ROWS, *, map_: Mapping[str, Any] | None = None, **more: Any
) -> int:
    """A list that is written and compared; its number."""
    if isinstance(content, str):
        content = content.encode()
    with house.writing(house.keeper()) as session:
        wanted = Wanted("src-list", content, "list.csv", map_ or {"language": "az"}, **more)
        made = keeping.prepare(session, ONE, wanted, keys=house.keys, now=house.now())
        running.begin(session, ONE, made, expected=1, now=house.now())
        number = made.id
    while jobs.carry_on_list(house, number):
        pass
    return number


def undo(house: House, number: int) -> Sequence[Any]:
    with house.writing(house.keeper()) as session:
        found = session.get_one(NameList, number)
        undoing.take_back(
            session, ONE, found, "synthetic", expected=found.version, keys=house.keys, now=house.now()
        )
    while jobs.carry_on_list(house, number):
        pass
    with house.session(house.keeper()) as session:
        return session.get_one(NameList, number).kept


def everything(house: House) -> dict[str, list[Any]]:
    """Every row of every table but the log's and the list's own; counters and the index's inner tables aside."""
    aside = {"audit", "heads", "name_lists", "name_list_files", "policies", "policy_windows", "boundaries"}
    with house.engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {name}")).all()))
            for name in Base.metadata.tables
            if name not in aside
        }


def test_a_line_is_a_person_of_its_own_who_says_nothing_but_what_the_list_says(house: House) -> None:
    publish(house, "sources", SOURCE)
    listed(house)
    with house.session(house.keeper()) as session:
        persons = session.scalars(select(Person).order_by(Person.id)).all()
        assert [(each.listed, each.record_id) for each in persons] == [("authority", None)] * 2
        said = session.execute(
            select(Statement.property, Statement.value_text, Statement.stated_by, Statement.locator)
            .where(Statement.person_id == persons[0].id)
            .order_by(Statement.position)
        ).all()
        who = "Synthetic mosque list (document)"
        assert said == [
            ("born", "1950", who, "line 1"), ("age", "41", who, "line 1"), ("fate", "itkin", who, "line 1"),
        ]  # fmt: skip
        cited = select(Citation.locator).where(Citation.person_id == persons[1].id)
        assert session.scalars(cited).all() == ["line 2"]
    with house.session(Reader.public(house.moment())) as session:
        assert session.scalars(select(PersonName)).all() == []  # it waits for two people at the desk


def test_taking_a_list_back_leaves_everything_but_the_log_as_it_was(house: House) -> None:
    publish(house, "sources", SOURCE)
    known = {"id": "p1", "names": [{"spelling": "Sınaqov Əli"}], "accused": False, "fate": "killed"}
    known["statements"] = [{"property": "born", "value": "1950", "claimant": "synthetic", "ref": "src-list"}]
    publish(house, "people", known)
    before = everything(house)
    for form in ("authority", "remembrance"):
        number = listed(house, map_={"language": "az", "listed": form})
        assert everything(house) != before
        assert undo(house, number) == []
        after = everything(house)
        assert {name: rows for name, rows in after.items() if rows != before[name]} == {}


def test_what_somebody_has_built_on_stays_and_is_named(house: House) -> None:
    publish(house, "sources", SOURCE)
    number = listed(house)
    with house.writing(house.keeper()) as session:
        one, _ = session.scalars(select(Person).order_by(Person.id)).all()
        guard = {"part_id": one.part_id, "sealed": False}
        session.add(SameAs(person_id=one.id, other_id=one.id, made_at=house.now(), **guard))
    assert undo(house, number) == [[2, "joined"]]
    with house.session(house.keeper()) as session:
        assert session.scalars(select(PersonName.text)).all() == ["Sınaqov Əli"]


def test_who_bears_a_name_of_the_archive_is_put_before_the_desk_and_joined_by_nobody(house: House) -> None:
    publish(house, "sources", SOURCE)
    known = {"id": "p1", "names": [{"spelling": "Sınaqov Əli"}], "accused": False, "fate": "killed"}
    known["statements"] = [{"property": "born", "value": "1950", "claimant": "synthetic", "ref": "src-list"}]
    publish(house, "people", known)
    number = listed(house, ROWS + "3;Sınaqov Əli;1950;;\n")
    with house.session(house.keeper()) as session:
        pairs = session.scalars(select(Item).where(Item.kind == "duplicate")).all()
        assert (
            len(pairs) == session.get_one(NameList, number).matches == 2
        )  # but not lines 1 and 3 with each other
        assert session.scalars(select(SameAs)).all() == []
        assert len(session.scalars(select(Person)).all()) == 4


def test_a_victims_list_is_remembrances_when_it_is_said_to_be(house: House) -> None:
    publish(house, "sources", SOURCE)
    listed(house, map_={"listed": "remembrance", "fate": "among the victims"})
    with house.session(house.keeper()) as session:
        assert (
            session.scalars(select(Record.kind).where(Record.kind == "remembrance")).all()
            == ["remembrance"] * 2
        )
        fates = select(Statement.value_text).where(Statement.property == "fate").order_by(Statement.id)
        assert session.scalars(fates).all() == ["itkin", "among the victims"]


def test_the_same_list_does_not_come_twice(house: House) -> None:
    publish(house, "sources", SOURCE)
    listed(house)
    with pytest.raises(Invalid, match="list_is_there"):
        listed(house)
    listed(house, name="src-list.second")


def run(house: House, *words: str) -> Result:
    return CliRunner().invoke(main, ["list", *words], obj=house.settings)


@pytest.fixture
def command(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr("memorial.cli.Settings", lambda **_: house.settings)
    return house


def test_a_dry_run_tells_what_would_be_with_line_numbers_and_writes_nothing(
    command: House, tmp_path: Path
) -> None:
    publish(command, "sources", SOURCE)
    before = everything(command)
    file = tmp_path / "list.csv"
    file.write_bytes((ROWS + "3;;1960;;\nCəmi;3;;;\n").encode())
    result = run(command, "import", str(file), "--source", "src-list", "--dry-run")
    assert result.exit_code == 1
    assert "line 4: names nobody; left out" in result.stdout
    assert "line 3, Doğum ili" not in result.stdout
    assert "4 lines, 2 persons, 2 left out" in result.stdout
    assert "Nothing was changed" in result.stdout
    assert everything(command) == before


def test_two_people_sign_and_a_list_is_found_by_everybody_and_the_command_takes_it_back(
    command: House, tmp_path: Path
) -> None:
    publish(command, "sources", SOURCE)
    (tmp_path / "list.csv").write_bytes(ROWS.encode("utf-16"))
    (tmp_path / "map.json").write_text(json.dumps({"language": "az", "as_of": "1992-02-26"}))
    words = [
        "import",
        str(tmp_path / "list.csv"),
        "--source",
        "src-list",
        "--map",
        str(tmp_path / "map.json"),
    ]
    signed = ["--publish", "--actor", "One", "--second", "Two", "--note", "synthetic"]
    result = run(command, *words, *signed)
    assert result.exit_code == 0, result.output
    with command.session(Reader.public(command.moment())) as session:
        found = name_search.find(session, "Leyla Sinagova").names
        assert [each.written for each in found] == ["Sınaqova Leyla"]
    assert run(command, "undo", "src-list", "--note", "a wrong file").exit_code == 0
    with command.session(Reader.public(command.moment())) as session:
        assert session.scalars(select(PersonName)).all() == []
        assert name_search.find(session, "Leyla Sinagova").names == []
    assert run(command, *words, *signed).exit_code == 0  # and it may come again


def workbook(*rows: Sequence[Any], merge: str = "") -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_a_workbook_is_read_in_its_own_process_and_nothing_in_it_is_worked_out() -> None:
    from memorial.services.name_lists.opening import lines_of

    content = workbook(
        ["No", "Ad"], [1, "Sınaqov"], [2.0, '=HYPERLINK("http://x")'], [3, 1992], merge="B2:B4"
    )
    lines = lines_of(content, "list.xlsx")
    assert [list(line.cells) for line in lines] == [
        ["No", "Ad"], ["1", "Sınaqov"], ["2"], ["3"],
    ]  # fmt: skip
    assert [each.given for each in lines[1].remarks] == ["B2:B4"]
