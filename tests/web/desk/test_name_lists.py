"""Lists of names through the pages of the desk: sent, previewed, mapped, begun, published by two, taken back. All synthetic."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from sqlalchemy import func, select

from memorial import jobs
from memorial.gate import Reader
from memorial.models import AuditEntry, Item, PersonName
from memorial.services import review
from tests.importing import publish
from tests.web.desk.people import a_colleague, send, signed_in, token_in

SOURCE = {"id": "src-list", "kind": "document", "title": "Synthetic mosque list"}
ROWS = "No;Ad;Doğum ili;X\n1;Sınaqov <b>Əli</b>;1950;itkin\n2;Sınaqova Leyla;30 February;\n3;;1960;\n"
PATH = "/en/desk/name-lists"


@pytest.fixture
def engine_name() -> str:
    """The SQL of these pages is tested on both engines in tests/services."""
    return "sqlite"


@pytest.fixture
def desk(app: Any, house: Any) -> Any:
    publish(house, "sources", SOURCE)
    return signed_in(app, house, a_colleague(house, "editor"))


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def sent(desk: Any, content: bytes = ROWS.encode(), source: str = "src-list", name: str = "list.csv") -> Any:
    form = {"csrf_token": token_in(desk.get(PATH)), "source": source, "file": (io.BytesIO(content), name)}
    return desk.post(PATH, data=form, content_type="multipart/form-data")


def turned(desk: Any, path: str, turn: str, **form: Any) -> Any:
    version = re.search(r'name="version" value="(\d+)"', text(desk.get(path)))[1]  # type: ignore[index]
    return send(desk, f"{path}/{turn}", path, version=version, **form)


def persons(house: Any, reader: Any = None) -> int:
    with house.session(reader or house.keeper()) as session:
        return int(session.scalar(select(func.count()).select_from(PersonName)) or 0)


def test_a_list_is_previewed_mapped_written_published_by_two_and_taken_back(
    app: Any, house: Any, desk: Any
) -> None:
    assert f'href="{PATH}"' in text(desk.get("/en/desk"))
    path = sent(desk).headers["Location"]
    page = text(desk.get(path))
    for words in (
        "Sınaqov &lt;b&gt;Əli&lt;/b&gt;", "Line 3", "Born: <bdi>30 February</bdi>", "not understood as a date",
        "names nobody; left out", "Column", "Read it into the archive",
    ):  # fmt: skip
        assert words in page, words
    assert persons(house) == 0
    mapped = {
        "column-0": "line",
        "column-1": "name",
        "column-2": "born",
        "column-3": "fate",
        "language": "az",
    }
    wrong = turned(desk, path, "plan", **{**mapped, "column-0": "name"}, listed="authority")
    assert (wrong.status_code, "Two columns cannot be the same" in text(wrong)) == (422, True)
    assert turned(desk, path, "plan", **mapped, listed="authority").status_code == 302
    assert "What became of them: <bdi>itkin</bdi>" in text(desk.get(path))
    assert turned(desk, path, "begin").status_code == 302
    assert "<progress" in text(desk.get(path))
    again = send(desk, f"{path}/begin", path, version="1")
    assert (again.status_code, "begun or taken back meanwhile" in text(again)) == (409, True)
    jobs.sweep(house)
    assert persons(house) == 2
    assert "src-list:2" not in text(desk.get("/en/desk/leftovers"))
    page = text(desk.get(path))
    item = re.search(r'href="(/en/desk/items/[^"]+)"', page)[1]  # type: ignore[index]
    assert desk.get(item).status_code == 200
    assert persons(house, Reader.public(house.moment())) == 0
    editor = a_colleague(house, "editor", name="Synthetic Second")
    with house.writing(house.keeper()) as session:  # one item, for all of the list
        waiting = session.scalars(select(Item).where(Item.public_id == item.rpartition("/")[2])).one()
        for verb in ("take", "publish"):
            review.advance(
                session, editor.actor, waiting, verb, now=house.now(), keys=house.keys, note="synthetic"
            )
    assert persons(house, Reader.public(house.moment())) == 2
    refused = turned(desk, path, "take_back", note="")
    assert (refused.status_code, "Write why." in text(refused)) == (422, True)
    assert turned(desk, path, "take_back", note="The wrong file.").status_code == 302
    jobs.sweep(house)
    assert "Taken back" in text(desk.get(path))
    assert persons(house) == 0
    with house.session(house.keeper()) as session:
        verbs = (
            select(AuditEntry.verb).where(AuditEntry.thing.startswith("name_list:")).order_by(AuditEntry.id)
        )
        assert session.scalars(verbs).all() == [
            "list_begun", "list_written", "list_done", "list_taken_back", "list_undone",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "source", "words"),
    [
        (b"", "src-list", "There is nothing in this file."),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "src-list", "old kind"),
        (b"PK\x03\x04 no workbook", "src-list", "The workbook cannot be read."),
        (b"%PDF-1.7", "src-list", "This is no table."),
        (b"\0\x01\0\x02" * 400, "src-list", "Say which column holds the name."),
        (b"a;b\n1;2\n", "src-list", "Say which column holds the name."),
        (ROWS.encode(), "src-nobody", "There is no source with this id"),
        (ROWS.encode(), "\u202e'; --", "There is no source with this id"),
    ],
)
def test_a_file_or_source_that_cannot_be_is_answered_clearly(
    desk: Any, content: bytes, source: str, words: str
) -> None:
    answer = sent(desk, content, source)
    assert (answer.status_code, words in text(answer)) in ((422, True), (302, False)), text(answer)[-3000:]


def test_whoever_may_not_import_has_no_room_and_no_door(app: Any, house: Any) -> None:
    reader = signed_in(app, house, a_colleague(house, "moderator"))
    assert PATH not in text(reader.get("/en/desk"))
    for path in (PATH, f"{PATH}/never"):
        assert reader.get(path).status_code == 403


def test_the_table_of_a_catalogue_is_mapped_on_the_same_page_and_waits_for_two_people(
    app: Any, house: Any, desk: Any
) -> None:
    table = (
        "Dublin Core:Title;Dublin Core:Creator;dcterms:date;tags\nSynthetic letter;Office;1992-03;a|b\n;X;;\n"
    )
    form = {
        "csrf_token": token_in(desk.get(PATH)), "source": "src-list", "kind": "recognitions",
        "file": (io.BytesIO(table.encode("utf-16")), "omeka.csv"),
    }  # fmt: skip
    path = desk.post(PATH, data=form, content_type="multipart/form-data").headers["Location"]
    page = text(desk.get(path))
    for words in (
        '<option value="title" selected>', '<option value="body" selected>', '<option value="date" selected>',
        "<bdi>1992-03</bdi>", "has no title; left out", "What parts several values in one cell?", "Documents",
    ):  # fmt: skip
        assert words in page, words
    assert "Found by name, without a page" not in page
    mapped = {"column-0": "title", "column-1": "", "column-2": "date", "column-3": "note"}
    wrong = turned(desk, path, "plan", **{**mapped, "column-0": "note"})
    assert (wrong.status_code, "Say which column holds the title." in text(wrong)) == (422, True)
    assert turned(desk, path, "plan", **mapped, separator="|", language="az").status_code == 302
    assert "a|b" in text(desk.get(path))
    assert turned(desk, path, "begin").status_code == 302
    while jobs.sweep(house):
        pass
    page = text(desk.get(path))
    assert "In the archive" in page
    bulk = re.search(r'href="([^"]*/desk/bulk\?run=[^"]*)"', page)[1]  # type: ignore[index]
    assert "selected" in text(desk.get(bulk))
    with house.session(house.keeper()) as session:
        (item,) = session.scalars(select(Item).where(Item.facts["file"].as_string() == "recognitions"))
        assert (item.kind, item.state) == ("import", "submitted")
    assert turned(desk, path, "take_back", note="synthetic").status_code == 302
