"""Objects as CSV: every one comes back as it was, formulas and all, and a broken cell is named with its column."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorial.formats import csv_objects, csv_out, jsonl
from memorial.formats.jsonl import FORBIDDEN, Fault, Row
from memorial.services.collection import given as given_by_families
from memorial.services.collection.kinds import KINDS
from memorial.services.collection.tables import shape_of


def written(values: Sequence[Mapping[str, Any]], kind: str, encoding: str = "utf-8") -> bytes:
    rows = [csv_objects.cells_of(value, shape_of(kind)) for value in values]
    names = csv_objects.columns(set().union(*rows), shape_of(kind))
    text = csv_out.first_line(names) + "".join(csv_out.line([row.get(n, "") for n in names]) for row in rows)
    return text.encode(encoding)


def read(raw: bytes | str, kind: str = "people") -> list[Row | Fault]:
    raw = raw if isinstance(raw, bytes) else raw.encode()
    return list(csv_objects.read(io.BytesIO(raw), "file.csv", shape_of(kind)))


def there_and_back(values: Sequence[Mapping[str, Any]], kind: str) -> None:
    found = read(written(values, kind), kind)
    assert [json.dumps(row.value, sort_keys=True) for row in found if isinstance(row, Row)] == [
        json.dumps(value, sort_keys=True) for value in values
    ]
    assert not any(isinstance(row, Fault) for row in found)


WORDS = st.one_of(
    st.text().filter(lambda text: not FORBIDDEN.search(text)),
    st.sampled_from(["=1+1", "+SUM(A1)", "-2", "@cmd", "\tx", "\rx", "'=x", "''", "a|b", "\\|", "a\\", "true", "7",
                     "a;b", 'say "no"', "two\nlines", "null", " ", "names.1.spelling", "*:json"]),
)  # fmt: skip
ANY = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False),
              WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=6,
)  # fmt: skip


@given(st.data(), st.sampled_from(sorted(KINDS)))
def test_any_object_comes_back_as_it_was(data: st.DataObject, kind: str) -> None:
    names = st.one_of(st.sampled_from(list(KINDS[kind].fields)), WORDS.filter(bool))
    inner = [name for column in shape_of(kind).values() for name in column.shape]
    item = st.dictionaries(st.one_of(st.sampled_from(inner), WORDS), ANY, max_size=4) if inner else ANY
    value = data.draw(st.dictionaries(names, st.one_of(ANY, st.lists(item, max_size=3)), max_size=5))
    there_and_back([{**value, "id": "x"}], kind)


def test_every_object_of_the_collection_comes_back_and_hardly_any_needs_json(shared: Path) -> None:
    for kind in KINDS:
        lines = (shared / "collection" / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()
        values = [json.loads(line) for line in lines]
        there_and_back(values, kind)
        header = written(values, kind).decode("utf-8-sig").splitlines()[0].split(",")
        assert {name for name in header if name.endswith(":json")} <= {
            f"names.{n}.seeds:json" for n in range(1, 9)
        } | {f"variants.{n}.seeds:json" for n in range(1, 21)} | {"anchor:json"}, kind


def test_no_cell_of_a_table_begins_like_a_formula() -> None:
    value = {"id": "=1", "label": "=cmd|' /C calc'!A0", "roles": ["@x", "-y"], "note": "+1", "=odd": "-1"}
    raw = written([value], "people").decode("utf-8-sig")
    assert not any(
        cell.startswith(("=", "+", "-", "@", '"=', '"+', '"-', '"@'))
        for cell in raw.replace("\r\n", ",").split(",")
    )
    there_and_back([value], "people")


def test_an_empty_cell_is_not_null_and_words_go_before_what_was_empty() -> None:
    (row,) = read('id,label,note,roles,empty\r\np,,typed,a | b,label|note|seed_refs[]|fate""\r\n')
    assert isinstance(row, Row)
    assert row.value == {
        "id": "p",
        "label": None,
        "note": "typed",
        "roles": ["a", "b"],
        "seed_refs": [],
        "fate": "",
    }
    (row,) = read("id,label,empty\np,,\n")
    assert isinstance(row, Row)
    assert row.value == {"id": "p"}


def test_the_first_of_several_can_be_taken_out_by_emptying_its_cells() -> None:
    value = {"id": "p", "names": [{"spelling": "One", "seeds": []}, {"spelling": "Two", "seeds": None}]}
    raw = written([value], "people").decode("utf-8-sig").replace("One", "")
    (row,) = read(raw)
    assert isinstance(row, Row)
    assert row.value["names"] == [{"spelling": "Two", "seeds": None}]


@pytest.mark.parametrize(
    ("separator", "encoding"), [(";", "utf-8"), ("\t", "utf-16"), (",", "utf-16"), (";", "utf-8-sig")]
)
def test_what_a_spreadsheet_saves_with_its_own_separator_is_read(separator: str, encoding: str) -> None:
    rows = (("id", "label", "accused", "empty"), ("p", f"Əli{separator} oğlu", "TRUE", ""))
    cells = [[f'"{cell}"' if separator in cell else cell for cell in row] for row in rows]
    raw = "".join(separator.join(row) + "\r\n" for row in cells)
    (row,) = read(raw.encode(encoding))
    assert isinstance(row, Row)
    assert row.value["accused"] is True
    assert row.value["label"] == f"Əli{separator} oğlu"


BROKEN = {
    "Turkish of Windows": ("id,label\np,Şüşa\n".encode("cp1254"), 1, "", "not UTF-8"),
    "a formula": ("id,label\np,=1+1\n", 2, "label", "formula"),
    "JSON that is none": ("id,names:json\np,[\n", 2, "names:json", "not JSON"),
    "two values of JSON": ('id,names:json\np,"1, ""x"": 2"\n', 2, "names:json", "more than one value"),
    "a field twice": ('id,names:json,names.1.spelling\np,[],x\n', 2, "names.1.spelling", "said twice"),
    "a whole object and more": ('id,*:json,label\np,"{""id"": ""p""}",x\n', 2, "*:json", "said twice"),
    "another id": ('id,*:json\np,"{""id"": ""q""}"\n', 2, "*:json", "said twice"),
    "no whole object": ("id,*:json\np,[]\n", 2, "*:json", "not an object"),
    "a quotation mark too many": ('id,label\np,"x"y"\n', 2, "", "do not balance"),
    "a cell too many": ("id,label\np,x,y\n", 2, "", "3 cells"),
    "no id": ("name,label\np,x\n", 1, "id", "no header"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_cell_is_named_with_line_and_column(name: str) -> None:
    raw, line, column, words = BROKEN[name]
    (fault,) = read(raw)
    assert isinstance(fault, Fault)
    assert (fault.line, fault.field) == (line, column)
    assert words in fault.problem
    assert fault.advice


def test_no_field_is_called_as_a_column_of_the_table_is() -> None:
    for kind in KINDS:
        for name in KINDS[kind].fields:
            assert name != csv_objects.EMPTY
            assert not {".", ":"} & set(name)


def test_what_a_number_is_not_stays_words_and_is_refused_by_its_kind() -> None:
    (row,) = read('id,value,measure,claimant\nf,"39,91",m,c\n', "figures")
    assert isinstance(row, Row)
    assert [fault.field for fault in KINDS["figures"].faults(row)] == ["value"]
    assert jsonl.kind_of(row.value["value"]) == "a text"


def test_every_column_of_every_kind_is_written_down_in_the_docs() -> None:
    words = (Path(__file__).resolve().parents[2] / "docs" / "collection-files.md").read_text(encoding="utf-8")
    for kind in [*KINDS, given_by_families.TESTIMONIES]:
        section = words.split(f"### `{kind}`")[1].split("###")[0]
        for name, column in (shape_of(kind) if kind in KINDS else given_by_families.SHAPE).items():
            assert name == "id" or f"`{name}" in section, (kind, name)
            assert all(f"`{inner}`" in section for inner in column.shape), (kind, name)


def test_what_has_a_flat_form_leaves_flat() -> None:
    value = {
        "id": "p",
        "roles": ["teacher", "a|b", "c\\"],
        "accused": False,
        "note": None,
        "names": [{"spelling": "S"}],
    }
    assert csv_objects.cells_of(value, shape_of("people")) == {
        "id": "p", "roles": "teacher|a\\|b|c\\\\", "accused": "false", "names.1.spelling": "S", "empty": "note",
    }  # fmt: skip
