"""A row that cannot go in is named with file, line and field; the others go in, or nothing with --strict."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from memorial.domain.errors import Invalid, NotPermitted
from memorial.formats import jsonl
from memorial.formats.jsonl import Fault, Row
from memorial.gate import Actor, Reader
from memorial.house import House
from memorial.models import ImportedObject, Person, Press, Record, Revision, SearchEntry, Statement, Text
from memorial.services.collection import KINDS, Report, finish, import_objects, objects, open_file

ONE = Actor.command("one")
SIGNED: dict[str, Any] = {"publish": True, "second": "command:other", "note_hash": "signed"}

# Synthetic objects, named as such; only what a test needs.
FIGURE = {"id": "f", "measure": "synthetic", "claimant": "a synthetic claimant", "value": 1}
PERSON: dict[str, Any] = {
    "id": "p", "names": [{"spelling": "Synthetic Person", "seeds": []}], "accused": False, "roles": [],
}  # fmt: skip
PLACE = {"id": "pl", "label": "Synthetic place", "variants": []}
PRESS = {"id": "pr", "kind": "quotation", "publication": "Synthetic Paper", "quotation": "Synthetic words."}
EVENT = {"id": "e", "title": "A synthetic event"}


def rows(*values: Any) -> list[Row | Fault]:
    return [Row("file.jsonl", line, value) for line, value in enumerate(values, 1)]


def load(house: House, kind: str, *values: Any, **more: Any) -> Report:
    with house.writing(house.keeper()) as session:
        report = import_objects(session, ONE, kind, rows(*values), now=house.now(), **more)
        finish(session)
    return report


def back(house: House, kind: str) -> list[dict[str, Any]]:
    with house.session(house.keeper()) as session:
        return list(objects(session, kind, everything=True))


BROKEN: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "no id": ("figures", {k: v for k, v in FIGURE.items() if k != "id"}, "id", "no id"),
    "an empty id": ("figures", {**FIGURE, "id": " "}, "id", "empty"),
    "an id that is a number": ("figures", {**FIGURE, "id": 7}, "id", "a number where the id belongs"),
    "an id with a line break": ("figures", {**FIGURE, "id": "a\nb"}, "id", "control characters"),
    "an id too long": ("figures", {**FIGURE, "id": "a" * 201}, "id", "too long"),
    "a number as text": ("figures", {**FIGURE, "value": "613"}, "value", "a text where a number belongs"),
    "true as a number": ("figures", {**FIGURE, "value": True}, "value", "true or false where a number"),
    "a negative count": ("figures", {**FIGURE, "value": -1}, "value", "never below nought"),
    "a number beyond all": ("figures", {**FIGURE, "value": 1e999}, "value", "is no count"),
    "min above max": ("figures", {**FIGURE, "min": 5, "max": 4}, "min", "more than max"),
    "no claimant": ("figures", {"id": "f", "measure": "m"}, "claimant", "missing"),
    "a claimant that is null": ("figures", {**FIGURE, "claimant": None}, "claimant", "null"),
    "a date in words": ("figures", {**FIGURE, "source_date": "last May"}, "source_date", "no date in EDTF"),
    "a day that never was": ("figures", {**FIGURE, "as_of": "1992-02-31"}, "as_of", "no day of the calendar"),
    "the year 99999": ("figures", {**FIGURE, "as_of": "99999-01-01"}, "as_of", "no date in EDTF"),
    "a date that is a number": ("figures", {**FIGURE, "as_of": 1992}, "as_of", "where a date belongs"),
    "a list where a text belongs": ("figures", {**FIGURE, "unit": ["persons"]}, "unit", "a list where a text"),
    "a text where a list belongs": ("figures", {**FIGURE, "seed_refs": "x"}, "seed_refs", "a text where a list"),
    "a list with a number": ("figures", {**FIGURE, "seed_refs": [1]}, "seed_refs", "a number where a text"),
    "an object where a text belongs": ("figures", {**FIGURE, "note": {}}, "note", "an object where a text"),
    "a latitude out of range": ("places", {**PLACE, "lat": 91.0}, "lat", "no latitude"),
    "a longitude out of range": ("places", {**PLACE, "lon": -181}, "lon", "no longitude"),
    "spellings that are no objects": ("places", {**PLACE, "variants": ["x"]}, "variants", "in a list of objects"),
    "accused as a text": ("people", {**PERSON, "accused": "false"}, "accused", "true or false belongs"),
    "accused as null": ("people", {**PERSON, "accused": None}, "accused", "true or false belongs"),
    "accused missing": ("people", {"id": "p", "names": PERSON["names"]}, "accused", "missing"),
    "nobody named": ("people", {**PERSON, "names": []}, "names", "nobody is named"),
    "an empty name": ("people", {**PERSON, "names": [{"spelling": "", "seeds": []}]}, "names", "spelling"),
    "a headline of a megabyte": ("press_accounts", {**PRESS, "headline": "a" * 2**20}, "headline", "more than"),
    "a quotation of a megabyte": ("press_accounts", {**PRESS, "quotation": "a" * 2**20}, "quotation", "more than"),
    "no kind of press account": ("press_accounts", {"id": "pr"}, "kind", "missing"),
    "contested as a text": ("timeline", {**EVENT, "contested": "no"}, "contested", "true or false belongs"),
    "rival accounts as texts": ("timeline", {**EVENT, "rival_accounts": ["x"]}, "rival_accounts", "in a list of"),
    "a part of a rival account": (
        "timeline", {**EVENT, "rival_accounts": [{"claimant": 1}]}, "rival_accounts", "claimant",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_wrong_row_is_named_with_its_field(name: str) -> None:
    kind, value, field, words = BROKEN[name]
    faults = KINDS[kind].faults(Row("file.jsonl", 3, value))
    assert [(fault.file, fault.line, fault.field) for fault in faults] == [("file.jsonl", 3, field)]
    assert words in faults[0].problem
    assert faults[0].advice


def test_every_wrong_field_of_a_row_is_named() -> None:
    faults = KINDS["figures"].faults(Row("f", 1, {**FIGURE, "value": "1", "unit": 3}))
    assert [fault.field for fault in faults] == ["value", "unit"]


def test_the_right_rows_go_in_beside_the_wrong_ones(house: House) -> None:
    report = load(house, "figures", FIGURE, {**FIGURE, "id": "g", "value": "x"}, {**FIGURE, "id": "h"})
    assert (report.read, report.added, report.refused) == (3, 2, 1)
    assert [value["id"] for value in back(house, "figures")] == ["f", "h"]


ODD: dict[str, tuple[str, dict[str, Any]]] = {
    "a field nobody knows": ("figures", {**FIGURE, "unknown": {"a": [1, None]}}),
    "an empty text": ("figures", {**FIGURE, "note": ""}),
    "null where a list is usual": ("places", {**PLACE, "kind": None, "within": ""}),
    "HTML in a text": ("press_accounts", {**PRESS, "quotation": "<b>bold</b> & <script>alert(1)</script>"}),
    "a segment that is not in the quotation": (
        "press_accounts", {**PRESS, "quotation_segments": [{"text": "other", "seed_ref": None}]},
    ),
    "a variant with a field of its own": ("press_accounts", {**PRESS, "variants": [{"odd": 1}]}),
    "a word count that is wrong": ("press_accounts", {**PRESS, "word_count": 99}),
    "a spelling with a count of its own": (
        "places", {**PLACE, "variants": [{"spelling": "x", "seeds": [], "more": True}]},
    ),
    "a reference to another source than it says": (
        "places",
        {**PLACE, "variants": [{"spelling": "x", "seeds": [
            {"seed": "001_b", "occurrences_on_lines": 1, "first_ref": "000_a.txt:L1-L2"}]}]},
    ),
    "a reference that means nothing": ("figures", {**FIGURE, "seed_refs": ["nowhere"], "press_account_id": "x"}),
    "see also twice": ("press_accounts", {**PRESS, "see_also": ["a", "a"]}),
    "a language that is a name": ("press_accounts", {**PRESS, "language": "Azerbaijani"}),
    "a language by its tag": ("press_accounts", {**PRESS, "language": "az-Latn"}),
    "a language said not to be known": ("press_accounts", {**PRESS, "language": "und"}),
    "a term in a language we have no name for": (
        "terminology", {"id": "t", "term": "x", "language": "Latin", "language_code": "la"},
    ),
    "a term with its tag alone": ("terminology", {"id": "t", "term": "x", "language_code": "az"}),
    "an account in our words": ("accounts", {"id": "a", "speaker": "S", "statement": "x", "wording": "summary",
                                             "language": "en", "kind": "other"}),
    "a person without a fate": ("people", {**PERSON, "fate": "not stated"}),
    "a person whose fate is missing": ("people", PERSON),
    "a site without a name": ("memorial_sites", {"id": "m", "kind": "monument", "place": "Synthetic"}),
    "a press account without anything": ("press_accounts", {"id": "pr", "kind": "mention_only"}),
    "a huge whole number": ("figures", {**FIGURE, "value": 2**53}),
    "a fraction": ("figures", {**FIGURE, "value": 0.1}),
    "an unusual date": ("timeline", {**EVENT, "date": "{1991-06,1991-12}", "date_note": "either"}),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_object_comes_out_as_it_went_in(house: House, name: str) -> None:
    kind, value = ODD[name]
    report = load(house, kind, value)
    assert report.faults == []
    assert back(house, kind) == [value]
    assert load(house, kind, value).unchanged == 1


def test_markup_in_a_file_is_kept_as_plain_text(house: House) -> None:
    load(house, "press_accounts", {**PRESS, "quotation": "<b>bold</b>"})
    with house.session(house.keeper()) as session:
        text = session.scalars(select(Text).where(Text.role == "quotation")).one()
    assert (text.body, text.markup) == ("<b>bold</b>", False)


def test_unknown_fields_are_listed(house: House) -> None:
    report = load(house, "figures", {**FIGURE, "odd": 1}, {**FIGURE, "id": "g", "odd": 2})
    assert dict(report.leftovers) == {"odd": 2}


def test_a_changed_object_is_a_new_revision_on_the_same_address(house: House) -> None:
    load(house, "press_accounts", PRESS, **SIGNED)
    with house.session(house.keeper()) as session:
        before = session.scalars(select(Record).where(Record.external_id == "pr")).one()
        address = before.public_id
    assert load(house, "press_accounts", {**PRESS, "quotation": "Other words."}, **SIGNED).changed == 1
    with house.session(Reader.public(house.moment())) as session:
        record = session.scalars(select(Record).where(Record.external_id == "pr")).one()
        assert (record.public_id, record.revision) == (address, 2)
        assert session.scalars(select(Text.body).where(Text.role == "quotation")).all() == ["Other words."]
        assert "other words" in session.scalars(select(SearchEntry.body)).one()
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Revision.number).order_by(Revision.number)).all() == [1, 2]


def test_a_change_of_what_is_public_needs_a_signature(house: House) -> None:
    load(house, "press_accounts", PRESS, **SIGNED)
    report = load(house, "press_accounts", {**PRESS, "quotation": "Other words."})
    assert (report.changed, report.refused) == (0, 1)
    assert "--publish" in report.faults[0].advice
    assert back(house, "press_accounts") == [PRESS]


def test_nothing_is_added_to_a_public_collection_without_a_signature(house: House) -> None:
    load(house, "figures", FIGURE, **SIGNED)
    report = load(house, "figures", {**FIGURE, "id": "g"})
    assert (report.added, report.refused) == (0, 1)
    assert load(house, "figures", {**FIGURE, "id": "g"}, name="another").added == 1
    with house.session(Reader.public(house.moment())) as session:
        assert session.scalars(select(Statement.external_id)).all() == ["f"]


def test_what_the_desk_has_hidden_stays_hidden_when_its_object_changes(house: House) -> None:
    from memorial.services import consent
    from memorial.services.consent import Said

    load(house, "press_accounts", PRESS, **SIGNED)
    with house.writing(house.keeper()) as session:
        record = session.scalars(select(Record).where(Record.external_id == "pr")).one()
        said = Said(consent.archive_party(session), "will", {"page": {}}, authority="archive", method="desk")
        consent.append(session, record, said, by=ONE, at=house.now())
    assert load(house, "press_accounts", {**PRESS, "quotation": "Other words."}, **SIGNED).changed == 1
    with house.session(Reader.public(house.moment())) as session:
        assert session.scalars(select(Record)).all() == []
        assert session.scalars(select(Text)).all() == []


def test_a_person_who_is_accused_later_loses_the_entry(house: House) -> None:
    load(house, "people", PERSON, **SIGNED)
    with house.session(house.keeper()) as session:
        assert session.scalars(select(SearchEntry.person_id)).one()
    accused = {**PERSON, "accused": True}
    assert load(house, "people", accused, **SIGNED).changed == 1
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Person)).all() == []
        assert session.scalars(select(SearchEntry)).all() == []
    assert back(house, "people") == [accused]


def test_a_person_said_to_be_killed_later_is_remembered(house: House) -> None:
    load(house, "people", PERSON, **SIGNED)
    load(house, "people", {**PERSON, "fate": "killed"}, **SIGNED)
    with house.session(house.keeper()) as session:
        person = session.scalars(select(Person)).one()
        assert person.listed == "remembrance"
        assert session.get_one(Record, person.record_id).kind == "remembrance"
    assert back(house, "people") == [{**PERSON, "fate": "killed"}]


@pytest.mark.parametrize(
    ("fate", "remembered"),
    [
        ("killed", True), ("missing", True), ('"among the victims of the massacre"', True), ("died in 1992", True),
        ("survived", False), ("survived, wounded in five places", False), ("not stated", False),
        ("survived; her husband was killed", False),
    ],
)  # fmt: skip
def test_whoever_a_source_calls_killed_missing_or_a_victim_is_remembered(fate: str, remembered: bool) -> None:
    from memorial.services.collection.people import is_remembered

    assert is_remembered(fate) is remembered


def test_csv_never_overwrites_json_and_json_replaces_csv(house: House) -> None:
    flat = {"id": "pr", "kind": "quotation", "quotation": "Flat words."}
    with house.writing(house.keeper()) as session:
        row = Row("press_accounts.csv", 2, flat, "csv")
        assert import_objects(session, ONE, "press_accounts", [row], now=house.now()).added == 1
    assert back(house, "press_accounts") == [flat]
    assert load(house, "press_accounts", PRESS).changed == 1
    with house.writing(house.keeper()) as session:
        assert import_objects(session, ONE, "press_accounts", [row], now=house.now()).kept == 1
    assert back(house, "press_accounts") == [PRESS]


def test_the_csv_of_the_collection_loads_without_a_fault(house: House, shared: Path) -> None:
    kind, found = open_file(shared / "collection" / "press_accounts.csv")
    with house.writing(house.keeper()) as session:
        report = import_objects(session, ONE, kind, found, now=house.now())
    assert (report.added, report.faults) == (31, [])


def test_the_same_id_in_files_of_two_kinds_is_named(house: House) -> None:
    load(house, "timeline", EVENT)
    report = load(house, "places", {**PLACE, "id": "e"})
    assert [fault.field for fault in report.faults] == ["id"]


def test_an_id_that_stands_twice_in_a_file_is_named_with_both_lines(tmp_path: Path) -> None:
    path = tmp_path / "figures.jsonl"
    path.write_text("".join(json.dumps(FIGURE) + "\n" for _ in range(2)))
    first, second = open_file(path)[1]
    assert isinstance(first, Row)
    assert isinstance(second, Fault)
    assert (second.line, second.field) == (2, "id")
    assert "line 1" in second.problem


@pytest.mark.parametrize(("kind", "value"), [("figures", {**FIGURE, "unit": "x"}), ("people", PERSON)])
def test_a_file_without_a_telling_name_is_known_by_its_fields(tmp_path: Path, kind: str, value: Any) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps(value) + "\n")
    assert open_file(path)[0] == kind


def test_a_file_that_nothing_tells_the_kind_of_says_so(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text('{"id": "x"}\n')
    kind, found = open_file(path)
    assert kind == ""
    assert "--kind" in str(next(iter(found)))


def test_publishing_without_a_second_name_or_a_note_is_refused(house: House) -> None:
    with house.writing(house.keeper()) as session:
        for second, note in (("", "n"), (ONE.label, "n"), ("command:other", "")):
            with pytest.raises(Invalid):
                import_objects(
                    session, ONE, "figures", [], publish=True, second=second, note_hash=note, now=house.now()
                )


def test_a_family_cannot_import(house: House) -> None:
    with house.writing(house.keeper()) as session:
        with pytest.raises(NotPermitted):
            import_objects(session, Actor.family("x", 1), "figures", [], now=house.now())


def test_many_batches_in_one_transaction_keep_their_order(house: House) -> None:
    many = [{**PRESS, "id": f"pr-{number:04d}"} for number in range(1_201)]
    with house.writing(house.keeper()) as session:
        seen: list[int] = []
        report = import_objects(
            session, ONE, "press_accounts", rows(*many), now=house.now(), progress=seen.append, **SIGNED
        )
    assert (report.added, seen) == (1_201, [500, 1_000, 1_201])
    assert back(house, "press_accounts") == many
    with house.session(Reader.public(house.moment())) as session:
        assert len(session.scalars(select(Press.record_id)).all()) == 1_201


def test_an_object_read_from_bytes_goes_all_the_way(house: House) -> None:
    raw = b'\xef\xbb\xbf{"id": "f", "measure": "m", "claimant": "c", "value": 3}\r\n{bad}\r\n'
    with house.writing(house.keeper()) as session:
        found = jsonl.read(io.BytesIO(raw), "figures.jsonl")
        report = import_objects(session, ONE, "figures", found, now=house.now())
    assert (report.added, [fault.line for fault in report.faults]) == (1, [2])
    with house.session(house.keeper()) as session:
        assert session.scalars(select(ImportedObject.line)).one() == 1
