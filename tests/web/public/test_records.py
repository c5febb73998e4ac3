"""One record's page: what a visitor sees, and what is the same answer for hidden and never-was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from memorial.domain import consent as rules
from memorial.domain.content import Content, NameContent, StatementContent, TextContent
from memorial.domain.ids import new_public_id
from memorial.gate import Actor
from memorial.models import Contribution
from memorial.services import withdrawal
from tests.builders import ALL_MAY_VIEW, a_press_account, a_record, a_remembrance, a_testimony


def _text(answer) -> str:
    return answer.get_data(as_text=True)


def test_a_published_testimony_is_read_in_its_own_words(house, client):
    made = a_testimony(house)
    answer = client.get(f"/en{made.path}")
    assert answer.status_code == 200
    assert "These are synthetic words of a testimony." in _text(answer)
    assert "Synthetic synthetic Narrator" in _text(answer)


def test_every_kind_has_its_page_in_every_language(house, client):
    for kind in ("press", "document", "event", "place"):
        made = a_record(house, kind, contributed=False, archive={rules.EVERY_PART: rules.everything()})
        for code in ("az", "en", "ru", "tr"):
            answer = client.get(f"/{code}{made.path}")
            assert answer.status_code == 200, (kind, code)
            assert f'<html lang="{code}"' in _text(answer)


def test_hidden_and_never_was_are_the_same_answer(house, client):
    hidden = a_testimony(house, published=False)
    there = client.get(f"/en{hidden.path}")
    never = client.get(f"/en/testimonies/{new_public_id()}")
    assert there.status_code == never.status_code == 404
    assert there.data == never.data
    without = {"Date"}
    assert {k: v for k, v in there.headers if k not in without} == {
        k: v for k, v in never.headers if k not in without
    }


def test_a_record_has_no_page_under_another_kind(house, client):
    made = a_testimony(house)
    assert client.get(f"/en/press/{made.public_id}").status_code == 404


def test_a_withheld_name_gives_way_to_the_pseudonym(house, client):
    content = Content(
        language="en",
        texts=[TextContent("testimony", "Synthetic words.", part="text")],
        names=[
            NameContent("Synthetic Realname", part="name"),
            NameContent("A synthetic neighbour", part="pseudonym", kind="pseudonym"),
        ],
    )
    will = {rules.EVERY_PART: ALL_MAY_VIEW, "name": {}}
    made = a_testimony(house, content=content, contributor=will)
    for path in (made.path, "/testimonies", "/search?q=synthetic"):
        page = _text(client.get(f"/en{path}"))
        assert "Realname" not in page
        assert "A synthetic neighbour" in page
    assert client.get("/en/search?q=Realname").status_code == 200
    assert "A synthetic neighbour" not in _text(client.get("/en/search?q=Realname"))


def _withdraw(house, made, *, notice: bool) -> None:
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        withdrawal.hide(
            session,
            Actor.family(made.ref, made.contribution_id),
            contribution,
            now=house.now(),
            notice=notice,
        )


def test_a_withdrawn_page_is_gone_with_the_next_request(house, client):
    made = a_remembrance(house)
    assert client.get(f"/en{made.path}").status_code == 200
    _withdraw(house, made, notice=False)
    assert client.get(f"/en{made.path}").status_code == 404
    assert made.public_id not in _text(client.get("/en/people"))


def test_a_notice_that_its_family_agreed_to_answers_410(house, client):
    content = Content(
        language="en",
        texts=[
            TextContent("testimony", "Synthetic words.", part="text"),
            TextContent("notice", "22 November 2026", part="notice"),
        ],
    )
    will = {rules.EVERY_PART: ALL_MAY_VIEW, "notice": {}}
    made = a_testimony(house, content=content, contributor=will)
    assert client.get(f"/en{made.path}").status_code == 200
    _withdraw(house, made, notice=True)
    answer = client.get(f"/en{made.path}")
    assert answer.status_code == 410
    assert "22 November 2026" in _text(answer)
    assert "Synthetic words" not in _text(answer)


def test_an_embargo_opens_by_itself(house, client, clock):
    opens = clock.at + timedelta(days=3)
    will = {rules.EVERY_PART: rules.chosen(["public"], ["view"], opens=opens)}
    made = a_testimony(house, contributor=will)
    assert client.get(f"/en{made.path}").status_code == 404
    clock.forward(timedelta(days=3, seconds=1))
    assert client.get(f"/en{made.path}").status_code == 200


def test_not_modified_is_said_only_after_the_gate(house, client):
    made = a_testimony(house)
    etag = client.get(f"/en{made.path}").headers["ETag"]
    assert client.get(f"/en{made.path}", headers={"If-None-Match": etag}).status_code == 304
    _withdraw(house, made, notice=False)
    assert client.get(f"/en{made.path}", headers={"If-None-Match": etag}).status_code == 404


def test_a_citation_names_the_revision_and_the_address(house, client):
    made = a_press_account(house)
    page = _text(client.get(f"/en/cite/press/{made.public_id}"))
    assert "revision 1" in page
    assert f"/en{made.path}" in page
    assert client.get(f"/en/cite/testimony/{made.public_id}").status_code == 404
    assert client.get(f"/en/cite?record={made.public_id}").status_code == 200


def test_a_hidden_record_cannot_be_cited(house, client):
    made = a_press_account(house, published=False)
    assert client.get(f"/en/cite?record={made.public_id}").status_code == 404
    assert client.get(f"/en/cite/press/{made.public_id}").status_code == 404


def test_switching_the_language_keeps_page_and_moment(house, client):
    made = a_testimony(house)
    page = _text(client.get(f"/en{made.path}?t=724"))
    assert f'href="/ru{made.path}?t=724"' in page


def test_what_a_family_typed_is_never_markup(house, client):
    payload = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    content = Content(
        language="en",
        content_note=payload,
        detail={"told_at": payload, "stood": payload},
        texts=[TextContent("title", payload), TextContent("testimony", payload, part="text")],
        names=[NameContent(payload)],
        statements=[StatementContent("fate", payload, stated_by=payload)],
    )
    made = a_testimony(house, content=content)
    for path in (made.path, "/testimonies", "/search?q=alert"):
        page = _text(client.get(f"/en{path}"))
        assert "<script>alert" not in page
        assert "<img src=x" not in page


# Of those of a page that may be reused, five or six are for its linked data and whether it is open to training.
@pytest.mark.parametrize(("kind", "most"), [("press", 15), ("testimony", 8), ("remembrance", 19)])
def test_a_record_costs_a_fixed_small_number_of_queries(house, client, count_queries, kind, most):
    made = {"press": a_press_account, "testimony": a_testimony, "remembrance": a_remembrance}[kind](house)
    client.get(f"/en{made.path}")
    count_queries()
    client.get(f"/en{made.path}")
    assert count_queries() <= most
