"""Tables of other catalogues, read as documents, press accounts, events, places: each line a thing of the desk, all of it taken back as one act."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from memorial import jobs
from memorial.domain.errors import Invalid
from memorial.domain.table_headings import guessed
from memorial.gate import Actor, Reader
from memorial.house import House
from memorial.models import ImportedObject, Item, NameList, Record, SearchEntry
from memorial.services.collection import objects
from memorial.services.name_lists import keeping, opening, reading
from memorial.services.name_lists.keeping import Wanted
from tests.importing import publish
from tests.services.test_name_lists import everything, undo

SOURCE = {"id": "src-catalogue", "kind": "website", "title": "Synthetic catalogue"}
ONE = Actor.command("one")
OMEKA = (
    "Dublin Core:Title,Dublin Core:Creator,dcterms:date,Dublin Core:Description,Item Type Metadata:URL,tags\r\n"
    "Synthetic letter,Synthetic Office,1992-03,<p>Words &amp; more</p>,https://example.org,a|b\r\n"
    "=1+1,X,1990,,,\r\n"
    "Another synthetic letter,Y,spring of some year,,,\r\n"
)


def given(house: House, content: bytes, name: str = "table.csv", **map_: Any) -> int:
    with house.writing(house.keeper()) as session:
        wanted = Wanted("src-catalogue", content, name, map_)
        return keeping.prepare(session, ONE, wanted, keys=house.keys, now=house.now()).id


def begun(house: House, number: int) -> None:
    from memorial.services.name_lists import running

    with house.writing(house.keeper()) as session:
        running.begin(session, ONE, session.get_one(NameList, number), expected=1, now=house.now())
    while jobs.carry_on_list(house, number):
        pass


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_each_line_is_a_document_of_the_desk_that_cites_its_table_and_nothing_is_published(
    house: House,
) -> None:
    publish(house, "sources", SOURCE)
    number = given(house, OMEKA.encode(), kind="recognitions")
    with house.session(house.keeper()) as session:
        seen = keeping.look(session, session.get_one(NameList, number), keys=house.keys)
        assert [(each.line, each.key) for each in seen.remarks] == [
            (3, "formula"), (3, "no_title"), (4, "date_words"),
        ]  # fmt: skip
        assert session.scalar(select(func.count()).select_from(ImportedObject)) == 1
    begun(house, number)
    with house.session(house.keeper()) as session:
        first, second = objects(session, "recognitions", everything=True)
        told = {name: first[name] for name in ("title", "body", "date", "note", "seed_refs")}
        assert told == {
            "title": "Synthetic letter", "body": "Synthetic Office", "date": "1992-03", "note": "Words & more",
            "seed_refs": ["src-catalogue, line 2"],
        }  # fmt: skip
        assert first["row"]["Item Type Metadata:URL"] == "https://example.org"
        assert ("date" in second, second["date_note"]) == (False, "spring of some year")
        items = session.scalars(
            select(Item).where(Item.kind == "import", Item.facts["file"].as_string() == "recognitions")
        )
        assert [item.state for item in items] == ["submitted"] * 2
        assert session.get_one(NameList, number).state == "done"
    with house.session(Reader.public(house.moment())) as session:
        assert session.scalars(select(Record.kind).where(Record.kind == "document")).all() == []


SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def test_a_table_is_taken_back_as_if_it_had_never_come(house: House) -> None:
    taken_back(house, "press_accounts")  # the kind with most rows of its own


@SQLITE
@pytest.mark.parametrize("kind", ["recognitions", "timeline", "places", "memorial_sites"])
def test_so_is_a_table_of_any_other_kind(house: House, kind: str) -> None:
    taken_back(house, kind)


def taken_back(house: House, kind: str) -> None:
    publish(house, "sources", SOURCE)
    before = everything(house)
    number = given(house, OMEKA.encode(), kind=kind)
    begun(house, number)
    with house.session(house.keeper()) as session:
        assert session.get_one(NameList, number).added == 2
        found = select(func.count()).select_from(SearchEntry).where(SearchEntry.record_id.is_not(None))
        assert session.scalar(found) == 2
    assert undo(house, number) == []
    after = everything(house)
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}


SAMPLES = {
    "omeka-csvimport/csv_files/test.csv": "Walden",
    "omeka-csvimport/csv_files/test_automap_columns_to_elements.csv": "Walden",
    "omeka-s-bulkimport/test.csv": "Walden",
    "omeka-s-csvimport/test_many_rows_html.csv": "aa title",
    "omeka-s-csvimport/test_update_g_replace.csv": "Collection of novels",
    "atom/isad/example_information_objects_isad.csv": "Example fonds",
    "collectionbuilder/_data/demo-metadata.csv": "Administration Building, University of Idaho, No. 30",
}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_tables_of_other_catalogues_find_their_columns_by_themselves(name: str, shared: Path) -> None:
    lines = opening.lines_of((shared / "corpora" / "csv" / name).read_bytes(), name)
    plan = reading.planned({"kind": "recognitions"}, lines)
    told = [each for each in reading.read(plan, lines, reading.List("src", "Synthetic")) if each.value]
    assert told[0].value["title"] == SAMPLES[name]  # type: ignore[index]
    assert not [each for row in told for each in row.remarks if each.key in ("more_cells", "encoding")]


def test_several_values_in_a_cell_are_parted_by_the_sign_that_stands_there() -> None:
    table = b"title,creator,language\nSynthetic,One | Two,az\nOther,Three,az|ru\n"
    lines = opening.lines_of(table, "table.csv")
    plan = reading.planned({"kind": "press_accounts"}, lines)
    one, other = (each for each in reading.read(plan, lines, reading.List("src", "S")) if each.value)
    assert plan["separator"] == "|"
    assert one.value["authors"] == ["One", "Two"]  # type: ignore[index]
    assert [each.key for each in other.remarks] == ["language_words"]


ENCODINGS = {
    "cp1254, with semicolons": ("Başlık;Tarih\nŞuşa mektubu ığ;1992\n", "cp1254", "encoding"),
    "cp1251, with semicolons": ("Название;Дата\nСинтетическое письмо;1992\n", "cp1251", "encoding"),
    "UTF-16 with its mark": ("Başlıq\tTarix\nŞuşa məktubu\t1992\n", "utf-16", ""),
    "UTF-8 with its mark": ("Başlıq,Tarix\nŞuşa məktubu,1992\n", "utf-8-sig", ""),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_every_encoding_is_read_and_what_was_guessed_is_said(name: str) -> None:
    text, encoding, remark = ENCODINGS[name]
    lines = opening.lines_of(text.encode(encoding), "table.csv")
    plan = reading.planned({"kind": "recognitions"}, lines)
    (told,) = [each for each in reading.read(plan, lines, reading.List("src", "S")) if each.value]
    assert told.value["title"] == text.splitlines()[1].replace("\t", ";").replace(",", ";").split(";")[0]  # type: ignore[index]
    assert told.value["date"] == "1992"  # type: ignore[index]
    assert [each.key for each in told.remarks] == ([remark] if remark else [])


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "a kind that is none": ({"kind": "letters"}, "no_kind", "kind"),
    "no column of titles": ({"kind": "timeline", "columns": {"date": 2}}, "no_title_column", "columns"),
    "a column that is none": ({"kind": "timeline", "columns": {"title": 9}}, "no_such_column", "title"),
    "a field that is none": ({"kind": "timeline", "columns": {"titel": 1}}, "map_unknown", "titel"),
    "two columns for a day": ({"kind": "timeline", "columns": {"title": 1, "date": [2, 1]}}, "one_value", "date"),
    "a sign that parts nothing": ({"kind": "timeline", "separator": "x"}, "no_separator", "separator"),
    "no language": ({"kind": "timeline", "language": "Azeri"}, "no_language", "language"),
    "a word too many": ({"kind": "timeline", "listed": "authority"}, "map_unknown", "listed"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_map_that_cannot_be_followed_is_refused_by_name(name: str) -> None:
    map_, key, field = WRONG[name]
    lines = opening.lines_of(b"title,date\nSynthetic,1992\n", "table.csv")
    with pytest.raises(Invalid) as wrong:
        reading.planned(map_, lines)
    assert (wrong.value.key, wrong.value.field) == (key, field)


def test_headings_of_dublin_core_are_known_in_their_several_spellings() -> None:
    headings = [
        "Dublin Core:Title",
        "dcterms:creator",
        "dc:date",
        "scopeAndContent",
        "tags",
        "Title [az]",
        "number",
    ]
    fields = list(reading.forms_of("recognitions"))
    assert guessed(headings, "recognitions", fields) == ["title", "body", "date", "note", "", "", "number"]
