"""What belongs to a quotation goes in and comes out: its page, its translations, by what right it is shown. All is synthetic."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from memorial.formats.jsonl import Row
from memorial.gate import Actor
from memorial.models import ImportedObject, Text
from memorial.services.collection import finish, import_objects, objects

WORDS = {"language": "ru", "text": "Синтетические слова.", "translator": "Synthia Nobody"}
PRESS: dict[str, Any] = {"id": "pr", "kind": "quotation", "language": "az", "quotation": "Sintetik sözlər."}
WHOLE = {
    "page": "A12", "edition": "second edition", "rights": "licence",
    "translations": [WORDS, {"language": "en", "text": "Synthetic words.", "seed_refs": ["src-syn-1, p. 3"]}],
}  # fmt: skip


def load(house, kind: str, value: dict[str, Any]) -> None:
    with house.writing(house.keeper()) as session:
        report = import_objects(session, Actor.command("one"), kind, [Row("f", 1, value)], now=house.now())
        assert not report.refused, report.faults
        finish(session)


def given_back(house, kind: str) -> list[dict[str, Any]]:
    with house.session(house.keeper()) as session:
        return list(objects(session, kind, everything=True))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("press_accounts", PRESS),
        ("press_accounts", PRESS | WHOLE),
        ("press_accounts", {"id": "pr", "kind": "quotation", "fragment": "Sintetik", "translations": [WORDS]}),
        ("press_accounts", {"id": "pr", "kind": "mention_only", "translations": [WORDS]}),
        ("press_accounts", PRESS | {"page": None, "edition": "", "rights": None, "translations": []}),
        ("press_accounts", PRESS | {"translations": [WORDS | {"translator": None}, {"text": "Alone."}]}),
        ("press_accounts", PRESS | {"translations": [WORDS | {"seed_refs": [], "odd": 1}]}),
        ("recognitions", {"id": "doc", "text_excerpt": "Synthetic.", "translations": [WORDS], "rights": "permission"}),
    ],
)  # fmt: skip
def test_an_object_comes_out_as_it_went_in_with_what_belongs_to_its_quotation(house, kind, value):
    load(house, kind, {**value, "rights": "another"})
    load(house, kind, value)
    assert given_back(house, kind) == [value]


def test_a_translation_names_what_it_translates_and_is_not_taken_for_the_quotation(house):
    load(house, "press_accounts", PRESS | WHOLE)
    with house.session(house.keeper()) as session:
        first, *others = session.scalars(select(Text).where(Text.role == "quotation").order_by(Text.position))
    assert (first.language, first.body, first.translates_id) == ("az", "Sintetik sözlər.", None)
    assert [each.translates_id for each in others] == [first.id, first.id]
    assert [each.translator for each in others] == ["Synthia Nobody", ""]


def test_what_was_loaded_before_these_fields_were_known_comes_out_without_them(house):
    load(house, "press_accounts", PRESS)
    with house.writing(house.keeper()) as session:
        absent = session.scalars(select(ImportedObject.absent)).one()
        session.execute(
            update(ImportedObject).values(absent=[name for name in absent if name not in WHOLE]),
            execution_options={"projection": True},
        )
    assert given_back(house, "press_accounts") == [PRESS]
