"""Hints and word lists in the browser. All people, words and addresses here are synthetic."""

from __future__ import annotations

import re

import pytest

from memorial.domain.word_lists import SHIPPED
from memorial.models import AuditEntry
from memorial.services import distress, word_lists
from tests.services.test_desk_hints import an_item_that_says
from tests.web.desk.people import a_colleague, signed_in, token_in

LISTS = "/en/desk/word-lists"


@pytest.fixture
def desk(app, house):
    return signed_in(app, house, a_colleague(house, "moderator", name="Synthetic Moderator"))


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def answer(client, work, page: str = "", **form):
    opened = client.get(page or work.path)
    digest = re.search(r'name="hint" value="(\w+)"', text_of(opened))
    return client.post(
        f"{work.path}/hints", data={"csrf_token": token_in(opened), "hint": digest and digest[1], **form}
    )


def test_an_item_says_what_was_seen_and_where_and_how_many_wait_for_each_check(desk, house):
    work = an_item_that_says(house)
    page = text_of(desk.get(work.path))
    assert '<mark id="hint-1" tabindex="-1">synthetic@mail.example</mark>' in page
    assert 'href="#hint-1"' in page
    assert page.count("1 hint waits") == 3
    assert "A program saw these. Each may mean nothing" in page


def test_a_hint_is_dismissed_with_a_reason_and_taken_back(desk, house):
    work = an_item_that_says(house)
    refused = answer(desk, work, act="dismiss", note=" ")
    assert refused.status_code == 422
    assert "Write why it is not so here" in text_of(refused)
    assert answer(desk, work, act="dismiss", note="An address of the archive").status_code == 302
    page = text_of(desk.get(f"{work.path}?done=dismiss_hint"))
    assert "looked at a hint and found that it is not so here" in page
    assert "1 hint was found to be none" in page
    assert "An address of the archive" in page
    assert page.count("1 hint waits") == 2
    dismissed = re.search(
        r'name="hint" value="(\w+)"><input type="hidden" name="act" value="bring_back"', page
    )[1]
    assert answer(desk, work, hint=dismissed, act="bring_back").status_code == 302
    late = answer(desk, work, hint=dismissed, act="bring_back")
    assert late.status_code == 409
    assert "somebody has answered it" in text_of(late)


def test_the_page_of_all_hints_has_more_than_the_item_and_brings_one_back_to_itself(desk, house):
    work = an_item_that_says(house, " ".join(f"a{number}@mail.example" for number in range(9)))
    page = text_of(desk.get(work.path))
    assert page.count("@mail.example</mark></q>") == 5
    assert "4 more" in page
    assert text_of(desk.get(f"{work.path}/hints")).count("@mail.example</mark></q>") == 9
    sent = answer(desk, work, f"{work.path}/hints", act="dismiss", note="why", whole="1")
    assert "/hints?done=dismiss_hint" in sent.location
    assert text_of(desk.get(sent.location)).count("@mail.example</mark></q>") == 9


def test_who_may_dismiss_none_is_told_so_and_has_no_form(app, house):
    work = an_item_that_says(house)
    page = text_of(signed_in(app, house, a_colleague(house, "consent_officer")).get(work.path))
    assert 'name="hint"' not in page
    assert "This is not part of your role." in page


# -- word lists -----------------------------------------------------------------------------


def seen_by(page: str, name: str, code: str) -> str:
    form = page[
        page.index(f'name="list" value="{name}"><input type="hidden" name="language" value="{code}"') :
    ]
    return re.search(r'name="seen" value="(\w+)"', form)[1]


def save(client, name: str, code: str, phrases: str, act: str = "save", seen: str = ""):
    page = client.get(LISTS)
    fields = {"list": name, "language": code, "phrases": phrases, "act": act}
    fields["seen"] = seen or seen_by(text_of(page), name, code)
    return client.post(LISTS, data={"csrf_token": token_in(page), **fields})


def test_a_list_is_written_anew_works_at_once_and_can_be_the_shipped_one_again(desk, house):
    work = an_item_that_says(house, "A synthetic wordling stood there.")
    assert "wordling</mark>" not in text_of(desk.get(work.path))
    assert save(desk, "graphic", "en", "  wordling* \n\nwordling*\n").status_code == 302
    assert "wordling</mark>" in text_of(desk.get(work.path))
    assert "the archive’s own" in text_of(desk.get(LISTS))
    assert save(desk, "graphic", "en", "", act="reset").status_code == 302
    assert "wordling</mark>" not in text_of(desk.get(work.path))
    with house.session(house.keeper()) as session:
        assert word_lists.chosen(session) == {name: dict(listed) for name, listed in SHIPPED.items()}
        lines = session.query(AuditEntry).filter(AuditEntry.verb == "edit_word_lists").all()
        assert [line.thing for line in lines] == ["setting:graphic"] * 2
        assert all("wordling" not in line.details for line in lines)


@pytest.mark.parametrize(
    ("phrases", "told"),
    [
        ("good words\nx", "“x” is too short"),
        ("a*", "“a*” is too short"),
        ("w" * 90, "is too long"),
        ("\n".join(f"word{number}" for number in range(501)), "These are too many"),
    ],
)
def test_a_phrase_that_cannot_be_used_is_refused_and_the_typed_words_stay(desk, house, phrases, told):
    refused = save(desk, "minors", "tr", phrases)
    assert refused.status_code == 422
    assert told in text_of(refused)
    assert phrases.splitlines()[0] in text_of(refused)
    with house.session(house.keeper()) as session:
        assert word_lists.chosen(session)["minors"]["tr"] == SHIPPED["minors"]["tr"]


def test_whoever_was_slower_overwrites_nothing_and_sees_both_lists(desk, house):
    seen = seen_by(text_of(desk.get(LISTS)), "nature", "az")
    assert save(desk, "nature", "az", "first words").status_code == 302
    late = save(desk, "nature", "az", "second words", seen=seen)
    assert late.status_code == 409
    assert "first words" in text_of(late)
    assert "second words" in text_of(late)
    with house.session(house.keeper()) as session:
        assert word_lists.chosen(session)["nature"]["az"] == ("first words",)


def test_the_list_for_harm_to_oneself_is_edited_on_the_same_page(desk, house):
    assert save(desk, "distress", "en", "synthetic sorrow*").status_code == 302
    with house.session(house.keeper()) as session:
        assert distress.speaks_of_harm("such synthetic sorrows", distress.phrases(session))
        assert not distress.speaks_of_harm("suicide", distress.phrases(session))


def test_who_may_not_edit_them_does_not_come_in(app, house):
    officer = signed_in(app, house, a_colleague(house, "consent_officer"))
    assert officer.get(LISTS).status_code == 403
    assert LISTS not in text_of(officer.get("/en/desk"))
