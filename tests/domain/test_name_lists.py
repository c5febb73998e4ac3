"""Lines of lists as people send them: each kept as it is given, each oddity said with its line. Everybody is synthetic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from memorial.domain.errors import Invalid
from memorial.domain.list_headings import ROLES, guessed
from memorial.domain.list_plan import head_of, read_plan
from memorial.domain.list_words import REMARKS
from memorial.domain.name_lists import List, Told, read
from memorial.formats import tables

HEAD = "No;Soyadı, adı;Doğum ili;Yaş;Taleyi\n"
OF = List("src-list", "The list")


def told(text: str | bytes, **map_: Any) -> list[Told]:
    lines = list(tables.read(text.encode() if isinstance(text, str) else text))
    head = head_of(lines, map_.get("heading"))
    return list(read(lines, read_plan({"language": "az", **map_}, head), head, OF))


def names(said: list[Told]) -> list[str]:
    return [each.value["names"][0]["spelling"] for each in said if each.value]


def keys(said: list[Told]) -> list[tuple[int, str]]:
    return [(each.line, remark.key) for each in said for remark in each.remarks]


@pytest.mark.parametrize(
    ("headings", "roles"),
    [
        ("No|Soyadı, adı, atasının adı|Doğum ili|Yaş|Ünvanı|Qeyd", "line|name|born|age|lived|note"),
        ("№ п/п|Ф.И.О.|Год рождения|Пол|Место жительства|Судьба", "line|name|born|sex|lived|fate"),
        ("Фамилия|Имя|Отчество|Возраст", "family_name|given_name|patronymic|age"),
        ("Sıra No|Adı ve Soyadı|Baba adı|Doğum Tarihi|Cinsiyeti", "line|name|patronymic|born|sex"),
        (
            "Surname|First name|Father's name|Village|Nickname",
            "family_name|given_name|patronymic|lived|other_name",
        ),
        ("Name|Age|Status", "name|age|fate"),
        ("Name|Name|Blood group", "name||"),
    ],
)
def test_headings_say_which_column_is_what_in_four_languages(headings: str, roles: str) -> None:
    assert guessed(headings.split("|")) == roles.split("|")
    assert set(roles.split("|")) <= {*ROLES, ""}


@pytest.mark.parametrize(
    ("row", "name", "remarks"),
    [
        ("1;Sınaqov Əli;1992;;itkin", "Sınaqov Əli", []),
        ("1;Sınaqov Əli;about 1950;;", "Sınaqov Əli", []),
        ("1;Sınaqov Əli;winter 1991/92;;", "Sınaqov Əli", ["date_words"]),
        ("1;Sınaqov Əli;30 February 1950;;", "Sınaqov Əli", ["date_words"]),
        ("1;Sınaqov Əli;1990;40;", "Sınaqov Əli", ["age_and_birth"]),
        ("1;Sınaqov Əli;;qoca;", "Sınaqov Əli", ["age_words"]),
        ("1;12345;;;", "12345", ["no_letters"]),
        ("1;Sınaqov 2;;;", "Sınaqov 2", ["digits"]),
        ("1;Sınаqov;;;", "Sınаqov", ["mixed_scripts"]),  # a Cyrillic а
        (f"1;{'Ş' * 300};;;", "Ş" * 300, ["long_name"]),
        ("1;علی سیناقوف;;;", "علی سیناقوف", []),
        ("1;Sınaqov \u202eƏli;;;", "Sınaqov Əli", []),
        ("1;Tək;;;;;x", "Tək", ["more_cells"]),
        ("1;Tək", "Tək", ["fewer_cells"]),
        (";Tək;;;", "Tək", ["one_cell"]),
        ('1;Sınaqov "Qoca;;;', 'Sınaqov "Qoca', ["quotes"]),
        ("1;=1+1;;;", "", ["formula", "no_name"]),
        ("1;;1950;;", "", ["no_name"]),
        ("Cəmi;45;;;", "", ["a_sum"]),
        (f"1;{'x' * 2001};;;", "", ["too_long_cell", "no_name"]),
        ("No;Soyadı, adı;Doğum ili;Yaş;Taleyi", "", ["heading_again"]),
    ],
)
def test_a_line_is_kept_as_it_is_given_and_what_looks_odd_is_said(
    row: str, name: str, remarks: list[str]
) -> None:
    said = told(HEAD + row + "\n", as_of="1992-02-26")
    assert "".join(names(said)) == name
    assert keys(said) == [(2, key) for key in remarks]
    assert set(remarks) <= REMARKS.keys()
    if name:
        assert [each for each in row.split(";") if each][-1] in said[0].value[
            "row"
        ].values()  # nothing of it is lost


def test_words_above_the_headings_and_headings_in_two_lines_are_understood() -> None:
    said = told("Siyahı\n;;;;\nNo;Soyadı, adı;Doğum;;Qeyd\n;;ili;yaşı;\n1;Sınaqov Əli;1950;41;x\n")
    assert keys(said)[0] == (1, "above_headings")
    value = said[-1].value
    assert value is not None
    assert [(each["property"], each["value"]) for each in value["statements"]] == [
        ("born", "1950"),
        ("age", "41"),
    ]
    assert value["note"] == "x"


def test_a_number_that_stands_twice_is_said_and_each_line_has_an_id_of_its_own() -> None:
    said = told(HEAD + "7;Sınaqov Bir;;;\n7;Sınaqov İki;;;\n")
    assert [each.value["id"] for each in said if each.value] == ["src-list:2", "src-list:3"]
    assert keys(said) == [(3, "number_twice")]


def test_a_name_in_several_columns_is_printed_in_the_order_of_the_list() -> None:
    assert names(told("Adı;Soyadı;Atasının adı\nƏli;Sınaqov;Vəli oğlu\n")) == ["Əli Sınaqov Vəli oğlu"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_every_encoding_of_unicode_and_every_separator_is_read(encoding: str, mark: str) -> None:
    text = f"No{mark}Ad{mark}Yaş\n1{mark}Sınaqov Əli{mark}41\n"
    said = told(text.encode(encoding))
    assert names(said) == ["Sınaqov Əli"]
    assert keys(said) == []


def test_a_list_put_together_from_three_encodings_is_read_line_by_line() -> None:
    rows = [
        HEAD.encode(),
        "1;Sınaqov Əli;;;\n".encode(),
        "2;Синтетиков Али;;;\n".encode("cp1251"),
        "3;Şınağ Çelik;;;\n".encode("cp1254"),
    ]
    said = told(b"".join(rows))
    assert names(said) == ["Sınaqov Əli", "Синтетиков Али", "Şınağ Çelik"]
    assert keys(said) == [(3, "encoding"), (4, "encoding")]


def test_a_cell_over_lines_is_one_and_two_stray_marks_are_not() -> None:
    assert names(told('No;Ad\n1;"Sınaqov\nƏli"\n2;Bir\n')) == ["Sınaqov Əli", "Bir"]
    assert names(told('No;Ad\n1;Sınaqov "A\n2;Sınaqov "B\n3;C\n')) == ['Sınaqov "A', 'Sınaqov "B', "C"]


@pytest.mark.parametrize(
    ("map_", "key", "field"),
    [
        ({"columns": {"name": "Blood"}}, "no_such_column", "name"),
        ({"columns": {"name": 9}}, "no_such_column", "name"),
        ({"columns": {"age": "Yaş"}}, "no_name_column", "columns"),
        ({"columns": {"shoe": 1}}, "map_unknown", "shoe"),
        ({"columns": 1}, "map_form", "columns"),
        ({"colour": 1}, "map_unknown", "colour"),
        ({"language": "Azeri!"}, "no_language", "language"),
        ({"listed": "never"}, "no_listing", "listed"),
        ({"as_of": "30 February"}, "no_date", "as_of"),
    ],
)
def test_a_map_that_cannot_be_is_refused_with_its_field(map_: dict[str, Any], key: str, field: str) -> None:
    with pytest.raises(Invalid, match=key) as refused:
        told(HEAD, **map_)
    assert refused.value.field == field


def test_every_table_of_the_shared_corpus_is_read_to_its_last_line(shared: Path) -> None:
    files = [
        each
        for each in (shared / "corpora" / "csv").rglob("*")
        if each.suffix in (".csv", ".tsv", ".txt", ".dat")
    ]
    assert len(files) > 30
    for file in files:
        content = file.read_bytes()
        lines = list(tables.read(content))
        assert lines[-1].number <= content.count(b"\n") + content.count(b"\r") + 1
        list(read(lines, read_plan({"columns": {"name": 1}}, head_of(lines, 0)), head_of(lines, 0), OF))
