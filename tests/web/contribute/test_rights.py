"""What stays a family's for life: handing the code on, finding one's way back without it, renewing a yes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from memorial.domain.ids import new_return_code
from memorial.models import Contribution, FormerCode, Item, Message
from memorial.services import contribute
from tests.services.test_contribute import TOLD, begun, published, sent
from tests.services.test_renewals import FOR_FIVE
from tests.web.contribute.helpers import Family


@pytest.fixture
def family(app):
    return Family(app)


@pytest.fixture
def theirs(house, family):
    """A published testimony and a browser that came back with its code: (id, ref, code)."""
    contribution_id, code = begun(house, {**TOLD, **FOR_FIVE})
    sent(house, contribution_id)
    published(house, contribution_id)
    family.come_back(code)
    with house.session(house.keeper()) as session:
        return contribution_id, session.get_one(Contribution, contribution_id).public_id, code


def somebody(family):
    return Family(family.client.application)


# -- handing on ---------------------------------------------------------------------------------


def test_the_code_is_handed_on_and_shown_once(family, theirs):
    _, ref, old = theirs
    assert "Hand it on to somebody else" in family.open(f"/my/{ref}").text
    family.open(f"/my/{ref}/hand-on").post(f"/my/{ref}/hand-on")
    assert family.at == f"/en/my/{ref}/new-code"
    new = family.code
    assert re.fullmatch(r"\d{4}( \d{4}){4}", new)
    assert new != old
    family.open(f"/my/{ref}")
    family.open(f"/my/{ref}/new-code")
    assert family.at == f"/en/my/{ref}"
    assert not family.code
    assert somebody(family).come_back(new).at == f"/en/my/{ref}"


def test_looking_at_the_page_hands_nothing_on(house, family, theirs):
    _, ref, _ = theirs
    family.open(f"/my/{ref}/hand-on")
    with house.session(house.keeper()) as session:
        assert session.scalars(select(FormerCode)).all() == []


def test_whoever_was_in_with_the_old_code_is_out(family, theirs):
    _, ref, old = theirs
    other = somebody(family).come_back(old)
    family.open(f"/my/{ref}/hand-on").post(f"/my/{ref}/hand-on")
    assert other.open(f"/my/{ref}").at == "/en/return"


def test_pressed_twice_it_is_one_new_code(house, family, theirs):
    _, ref, _ = theirs
    family.open(f"/my/{ref}/hand-on")
    cookie = family.client.get_cookie("session") or next(iter(family.client._cookies.values()))
    token = family.token
    family.post(f"/my/{ref}/hand-on", csrf_token=token)
    new = family.code
    family.client.set_cookie(cookie.key, cookie.value)
    family.post(f"/my/{ref}/hand-on", csrf_token=token)
    with house.session(house.keeper()) as session:
        assert len(session.scalars(select(FormerCode)).all()) == 1
    assert somebody(family).come_back(new).at == f"/en/my/{ref}"


def test_the_old_code_takes_it_back_from_a_thief(house, family, theirs):
    _, ref, old = theirs
    thief = somebody(family).come_back(old)
    stolen = thief.open(f"/my/{ref}/hand-on").post(f"/my/{ref}/hand-on").code
    thief.open(f"/my/{ref}").post(f"/my/{ref}/remove")
    holder = somebody(family).come_back(old)
    assert holder.at == "/en/return/former"
    assert "This code was replaced" in holder.text
    holder.post("/return/former")
    assert holder.at == f"/en/my/{ref}"
    assert "It is hidden. Nobody sees it but you and the archive." in holder.text
    assert thief.open(f"/my/{ref}").at == "/en/return"
    assert "opens nothing" in somebody(family).come_back(stolen).text
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Item.state).where(Item.kind == "erasure")).all() == ["taken_back"]


def test_after_its_days_the_old_code_says_no_more_than_any_wrong_one(family, theirs, clock):
    _, ref, old = theirs
    family.open(f"/my/{ref}/hand-on").post(f"/my/{ref}/hand-on")
    clock.forward(timedelta(days=14))
    late = somebody(family).come_back(old)
    wrong = somebody(family).come_back(new_return_code().printed)
    assert (late.status, late.at) == (wrong.status, wrong.at) == (422, "/en/return")
    assert late.text.replace(old, "") == wrong.text.replace(wrong_code(wrong), "")


def wrong_code(page):
    return re.search(r'name="code"[^>]*value="([^"]*)"', page.page)[1]


def test_nobody_takes_back_who_has_not_shown_the_code(family):
    stranger = somebody(family)
    assert stranger.open("/return/former").at == "/en/return"
    assert stranger.post("/return/former", csrf_token="x").at == "/en/return"


# -- lost -------------------------------------------------------------------------------------------


def test_a_lost_code_is_asked_for_and_the_desk_has_it_encrypted(house, family):
    family.open("/return")
    assert "/return/lost" in family.page
    family.open("/return/lost")
    family.post("/return/lost", words="A synthetic life, in May.", contact="Synthetic street 1")
    assert family.at == "/en/return/lost/received"
    with house.session(house.keeper()) as session:
        item = session.scalars(select(Item)).one()
        assert (item.kind, item.state, item.contribution_id) == ("lost_code", "submitted", None)
        bodies = [house.keys.decrypt(message.body).decode() for message in session.scalars(select(Message))]
        assert bodies == ["A synthetic life, in May.", "Synthetic street 1"]


def test_the_answer_is_the_same_whether_there_is_something_or_not(family, theirs):
    _, ref, _ = theirs
    answers = set()
    for words in (f"It is {ref}.", "Synthetic words, told by nobody.", "Nothing was ever sent."):
        stranger = somebody(family).open("/return/lost")
        stranger.post("/return/lost", words=words, contact="synthetic")
        answers.add((stranger.status, stranger.at, stranger.page))
    assert len(answers) == 1


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(house, family):
    family.open("/return/lost").post("/return/lost", words="Synthetic words.", contact=" ")
    assert family.status == 422
    assert "Write how we can reach you" in family.text
    assert "Synthetic words." in family.page
    assert family.title.startswith("Error:")
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Item)).all() == []


def test_a_page_that_was_open_too_long_loses_no_word(family):
    family.open("/return/lost").post("/return/lost", csrf_token="old", words="Synthetic.", contact="Here.")
    assert family.status == 400
    assert "Synthetic." in family.page
    assert "Here." in family.page


# -- renewing ---------------------------------------------------------------------------------------


def test_the_family_sees_when_its_yes_ends_and_renews_it(house, family, theirs):
    contribution_id, ref, _ = theirs
    assert "Your yes ends on 22 November 2031" in family.open(f"/my/{ref}").text
    family.open(f"/my/{ref}/renew")
    assert "checked" not in family.page
    family.post(f"/my/{ref}/renew", ask_again="10")
    assert family.at == f"/en/my/{ref}"
    assert "Your yes ends on 22 November 2036" in family.text
    family.open(f"/my/{ref}/renew").post(f"/my/{ref}/renew", ask_again="never")
    assert "Your yes ends" not in family.text
    with house.session(house.keeper()) as session:
        draft = contribute.read(house.keys, session.get_one(Contribution, contribution_id))
        assert draft.agreed["ask_again"] == draft.answers["ask_again"] == "never"


def test_without_a_choice_nothing_is_renewed(family, theirs):
    _, ref, _ = theirs
    family.open(f"/my/{ref}/renew").post(f"/my/{ref}/renew")
    assert family.status == 422
    assert "Choose for how long" in family.text
    assert "22 November 2031" in family.text


def test_a_yes_that_has_ended_says_so(family, theirs, clock):
    _, ref, code = theirs
    clock.forward(timedelta(days=366 * 5))
    family.come_back(code)
    assert "Your yes ended on 22 November 2031" in family.text
    assert "Hide it now" not in family.open(f"/my/{ref}/renew").text


def test_another_familys_pages_were_never_there(house, family, theirs):
    _, ref, _ = theirs
    other = somebody(family).come_back(begun(house, TOLD)[1])
    for page in ("hand-on", "new-code", "renew"):
        assert other.open(f"/my/{ref}/{page}").status == 404
        assert somebody(family).open(f"/my/{ref}/{page}").at == "/en/return"
    for page in ("hand-on", "renew"):
        assert other.post(f"/my/{ref}/{page}", csrf_token="x").status == 404
