"""Hints on what an amendment proposes. All people and words here are synthetic."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from memorial.models import Item
from memorial.services import desk_hints
from tests.services.published.changing import change, load
from tests.web.desk.people import a_colleague, signed_in
from tests.web.desk.test_published import words


@pytest.fixture
def engine_name() -> str:
    """There is no SQL of its own in it."""
    return "sqlite"


def test_the_words_an_amendment_brings_are_looked_at_like_a_familys(app, house):
    load(house, "sources", "press_accounts", most=2)
    editor = a_colleague(house, "editor")
    typed = {
        "summary": "Synthetic N., aged 9, born 2019, can be reached under zq@synthetic.example.",
        "notes": "Telephone +994 12 555 01 23",
        "publication": "Synthetic Star",
    }
    address = change(house, editor.actor, "press_accounts", "press-001", typed)
    browser = signed_in(app, house, editor)
    page = words(browser.get(f"/en/desk/items/{address}"))
    hints = page[page.index("Hints") :]
    assert "zq@synthetic.example" in hints
    assert "+994 12 555 01 23" in hints
    assert "aged 9" in hints
    assert "Summary" in hints
    everything = words(browser.get(f"/en/desk/items/{address}/hints"))
    assert "zq@synthetic.example" in everything
    with house.writing(house.keeper()) as session:
        item = session.scalars(select(Item).where(Item.public_id == address)).one()
        seen = desk_hints.hints_view(
            session, editor.actor, item, keys=house.keys, now=house.now(), whole=True
        )
        where = {each.hint.where for group in seen.groups for each in group.shown}
        assert where == {"object:press_accounts:summary", "object:press_accounts:notes"}, (
            "what stands was read before"
        )
        digest = next(
            each.digest for group in seen.groups for each in group.shown if each.hint.kind == "email"
        )
        desk_hints.dismiss(
            session, editor.actor, item, digest, "It is made up.", keys=house.keys, now=house.now()
        )
        after = desk_hints.hints_view(session, editor.actor, item, keys=house.keys, now=house.now())
        assert [each.reason for each in after.dismissed] == ["It is made up."]
