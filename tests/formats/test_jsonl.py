"""Lines of JSON and CSV are read, and each broken one is named with what to do."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorial.formats import csv_press, jsonl
from memorial.formats.jsonl import Fault, Row


def read(raw: bytes) -> list[Row | Fault]:
    return list(jsonl.read(io.BytesIO(raw), "file.jsonl"))


def read_csv(raw: str | bytes) -> list[Row | Fault]:
    raw = raw.encode() if isinstance(raw, str) else raw
    return list(csv_press.read(io.BytesIO(raw), "press_accounts.csv"))


GOOD = b'{"id": "a"}\n'

BROKEN = {
    "not JSON": (b'{"id": "a"\n', "not JSON"),
    "a trailing comma": (b'{"id": "a",}\n', "a comma too many"),
    "two objects on a line": (b'{"id": "a"} {"id": "b"}\n', "not JSON"),
    "not an object": (b'["a"]\n', "not an object but a list"),
    "a bare text": (b'"a"\n', "not an object but a text"),
    "null": (b"null\n", "not an object but null"),
    "NaN": (b'{"id": "a", "value": NaN}\n', "NaN is no number"),
    "Infinity": (b'{"id": "a", "value": -Infinity}\n', "-Infinity is no number"),
    "a field twice": (b'{"id": "a", "note": "x", "note": "y"}\n', "the field stands twice"),
    "nested too deep": (b'{"id": ' + b"[" * 50 + b"]" * 50 + b"}\n", "in one another"),
    "nested beyond reason": (b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n", "in one another"),
    "a line too long": (b'{"id": "' + b"a" * (jsonl.LONGEST_LINE + 5) + b'"}\n', "longer than"),
    "a NUL byte": (b'{"id": "a\x00"}\n', "not JSON"),
    "an escaped NUL": (b'{"id": "a", "note": "x\\u0000"}\n', "U+0000"),
    "a lone surrogate": (b'{"id": "a", "note": "\\ud800"}\n', "U+D800"),
    "a surrogate deep inside": (b'{"id": "a", "names": [{"spelling": "\\udfff"}]}\n', "U+DFFF"),
    "a control character": (b'{"id": "a", "note": "\\u001b[31m"}\n', "U+001B"),
    "Latin-1": ('{"id": "é"}\n'.encode("latin-1"), "not UTF-8 at byte"),
    "a number of a million digits": (b'{"id": "a", "value": ' + b"9" * 100_000 + b"}\n", "too many digits"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_line_is_named_and_the_next_is_read(name: str) -> None:
    raw, words = BROKEN[name]
    fault, row = read(raw + GOOD)
    assert isinstance(fault, Fault)
    assert (fault.file, fault.line) == ("file.jsonl", 1)
    assert words in fault.problem
    assert fault.advice
    assert isinstance(row, Row)
    assert row.line == 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_another_wide_encoding_is_named_once_for_the_whole_file(encoding: str) -> None:
    found = read('{"id": "a"}\n{"id": "b"}\n'.encode(encoding))
    assert isinstance(found[0], Fault)
    assert not any(isinstance(row, Row) for row in found)


def test_a_byte_order_mark_windows_line_ends_and_empty_lines_do_no_harm() -> None:
    found = read(b'\xef\xbb\xbf{"id": "a"}\r\n\r\n   \n{"id": "b"}')
    assert [(row.line, row.value["id"]) for row in found if isinstance(row, Row)] == [(1, "a"), (4, "b")]


@given(
    st.dictionaries(
        st.text(max_size=8),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
            | st.text(st.characters(exclude_categories=["Cs", "Cc"])),
            lambda inner: st.lists(inner, max_size=3),
            max_leaves=8,
        ),
        max_size=5,
    ).filter(lambda value: not any(jsonl.FORBIDDEN.search(key) for key in value))
)  # fmt: skip
def test_what_is_written_is_read_again(value: dict[str, object]) -> None:
    stream = io.BytesIO()
    assert jsonl.write(stream, [value]) == 1
    (row,) = read(stream.getvalue())
    assert isinstance(row, Row)
    assert row.value == json.loads(stream.getvalue())


CSV_BROKEN = {
    "no header": ("press-1,quotation\n", "no header"),
    "a column twice": ("id,kind,kind\npress-1,quotation,x\n", "stands twice"),
    "semicolons": ("id;kind\npress-1;quotation\n", "not parted by commas"),
    "tabs": ("id\tkind\npress-1\tquotation\n", "not parted by commas"),
    "a cell too many": ("id,kind\npress-1,quotation,x\n", "3 cells, the header has 2"),
    "a cell too few": ("id,kind\npress-1\n", "1 cells, the header has 2"),
    "quotation marks that do not balance": ('id,kind\npress-1,"quotation\n', "do not balance"),
    "a formula": ('id,kind\npress-1,"=HYPERLINK(""x"")"\n', "like a formula"),
    "another formula": ("id,kind\npress-1,@SUM(A1)\n", "like a formula"),
    "a NUL": ("id,kind\npress-1,quo\x00tation\n", "U+0000"),
    "Latin-1": ("id,kind\npress-1,é\n".encode("latin-1"), "not UTF-8"),
}


@pytest.mark.parametrize("name", CSV_BROKEN)
def test_a_broken_row_of_csv_is_named(name: str) -> None:
    raw, words = CSV_BROKEN[name]
    faults = [found for found in read_csv(raw) if isinstance(found, Fault)]
    assert len(faults) == 1
    assert words in faults[0].problem
    assert faults[0].line in (1, 2)
    assert faults[0].advice


def test_an_empty_cell_says_nothing_and_lists_are_taken_apart() -> None:
    (row,) = read_csv("\ufeffid,kind,city,authors,odd\r\npress-1,quotation,,A; B,x\r\n")
    assert isinstance(row, Row)
    assert row.value == {"id": "press-1", "kind": "quotation", "authors": ["A", "B"], "odd": "x"}
    assert row.form == "csv"


def test_a_row_after_a_broken_one_is_read_with_its_own_line() -> None:
    found = read_csv('id,kind\na,"x\ny"\nb\nc,z\n')
    assert [(type(one).__name__, one.line) for one in found] == [("Row", 2), ("Fault", 4), ("Row", 5)]


def test_page_and_edition_are_words_in_csv_and_translations_one_text_under_a_name_of_their_own() -> None:
    header = b"id,kind,page,edition,rights,translations\n"
    (row,) = read_csv(header + b"press-1,quotation,7,,licence,one; two\n")
    assert isinstance(row, Row)
    assert row.value == {
        "id": "press-1", "kind": "quotation", "page": "7", "rights": "licence", "translations_as_text": "one; two",
    }  # fmt: skip
