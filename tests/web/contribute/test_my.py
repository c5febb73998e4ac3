"""Coming back, the proof, hiding, changing, removing: as a family notices it. All people are synthetic."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from memorial.gate import Actor
from memorial.models import AuditEntry, Contribution, Item, Record
from memorial.services import contribute, review, withdrawal
from tests.services.test_contribute import _an_account, _checked
from tests.web.contribute.helpers import Family


@pytest.fixture
def family(app):
    return Family(app)


DESK = Actor("account:1", frozenset({"moderator"}), account_id=1)


def _contribution_id(house, ref):
    with house.session(house.keeper()) as session:
        return session.scalars(select(Contribution.id).where(Contribution.public_id == ref)).one()


def desk(house, ref, *verbs, note=""):
    """A synthetic moderator does these, one after the other."""
    _an_account(house)
    with house.writing(house.keeper()) as session:
        item = contribute.item_of(session, _contribution_id(house, ref))
        item.facts = {**item.facts, "form_gone_through": True}
        item.flags = []
        for verb in verbs:
            _checked(session, item)
            review.advance(session, DESK, item, verb, now=house.now(), keys=house.keys, note=note)


def publish(house, family, ref):
    desk(house, ref, "take", "make_ready")
    family.open(f"/my/{ref}")
    family.post(f"/my/{ref}/approve", revision=_revision(family))
    desk(house, ref, "publish")


def _revision(family):
    import re

    return re.search(r'name="revision" value="(\d+)"', family.page)[1]


def _address(house, ref):
    from memorial.domain.addresses import address

    with house.session(house.keeper()) as session:
        record = session.scalars(
            select(Record).where(Record.contribution_id == _contribution_id(house, ref))
        ).one()
        return address(record.kind, record.public_id)


def test_the_page_says_in_words_where_it_stands_from_received_to_published(house, family):
    ref, _ = family.send("testimony")
    assert "We have received it." in family.open(f"/my/{ref}").text
    desk(house, ref, "take")
    assert "It is being read." in family.open(f"/my/{ref}").text
    desk(house, ref, "make_ready")
    assert "It is ready for you to see." in family.open(f"/my/{ref}").text
    family.post(f"/my/{ref}/approve", revision=_revision(family))
    assert "You have said yes." in family.text
    desk(house, ref, "publish")
    assert "It is published for those you chose." in family.open(f"/my/{ref}").text
    assert Family_visitor(family).open(_address(house, ref)).status == 200


def Family_visitor(family):
    """Somebody else's browser."""
    return Family(family.client.application, family.lang)


def test_nothing_is_published_before_the_family_has_said_yes(house, family):
    ref, _ = family.send("testimony")
    desk(house, ref, "take", "make_ready")
    from memorial.domain.errors import NotPermitted

    with pytest.raises(NotPermitted, match="proof_approved"):
        desk(house, ref, "publish")


def test_the_proof_is_the_page_that_visitors_get_later(house, family):
    ref, _ = family.send("remembrance")
    desk(house, ref, "take", "make_ready")
    proof = family.open(f"/my/{ref}/proof")
    assert proof.status == 200
    assert "This is how visitors will see it." in proof.text
    heart = proof.page.split('<main id="main"', 1)[1].split("</main>")[0]
    publish_rest(house, family, ref)
    visitor = Family_visitor(family).open(_address(house, ref))
    assert visitor.status == 200
    for words in ("Synthetic Person", "Sintetik Şəxs", "A synthetic life.", "about 1950", "Died"):
        assert words in heart
        assert words in visitor.page


def publish_rest(house, family, ref):
    family.open(f"/my/{ref}")
    family.post(f"/my/{ref}/approve", revision=_revision(family))
    desk(house, ref, "publish")


def test_a_yes_to_an_older_proof_does_not_count(house, family):
    ref, _ = family.send("testimony")
    desk(house, ref, "take", "make_ready")
    family.open(f"/my/{ref}")
    family.post(f"/my/{ref}/approve", revision="999999")
    assert family.status == 409
    assert "Please look at it once more." in family.text


def test_a_question_and_its_answer_are_read_by_both_sides(house, family):
    ref, _ = family.send("testimony")
    desk(house, ref, "take")
    desk(house, ref, "ask", note="Which synthetic street was it?")
    family.open(f"/my/{ref}")
    assert "We have a question for you." in family.text
    assert "Which synthetic street was it?" in family.text
    family.post(f"/my/{ref}/write", words="The synthetic one.\nBy the well.")
    assert "It is being read." in family.text
    assert "The synthetic one.\nBy the well." in family.page
    with house.session(house.keeper()) as session:
        contribution = session.get_one(Contribution, _contribution_id(house, ref))
        from memorial.services.family import messages_of

        assert [m.to_family for m in messages_of(session, house.keys, contribution)] == [True, False]


def test_a_wish_for_a_change_takes_the_proof_back_to_the_desk(house, family):
    ref, _ = family.send("testimony")
    desk(house, ref, "take", "make_ready")
    family.open(f"/my/{ref}")
    family.post(f"/my/{ref}/write", words="Please leave out the synthetic street.")
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Item)).one().state == "in_review"


def test_an_empty_message_is_refused_in_words(family):
    ref, _ = family.send("testimony")
    family.open(f"/my/{ref}")
    family.post(f"/my/{ref}/write", words=" ")
    assert family.status == 422
    assert "Write what you want to tell us." in family.text


def test_hidden_now_means_hidden_everywhere_with_the_next_request(house, family):
    ref, _ = family.send("testimony")
    publish(house, family, ref)
    path = _address(house, ref)
    visitor = Family_visitor(family)
    page = visitor.open(path)
    tag = page.answer.headers["ETag"]
    assert page.status == 200
    assert "Synthetic Real Name" in visitor.open("/testimonies").page
    family.open(f"/my/{ref}")
    family.post(f"/my/{ref}/hide")
    assert "It is hidden." in family.text
    assert visitor.open(path).status == 404
    asked = visitor.client.get(f"/en{path}", headers={"If-None-Match": tag})
    assert asked.status_code == 404
    assert "Synthetic Real Name" not in visitor.open("/testimonies").page
    assert "Synthetic Real Name" not in visitor.open("/search?q=synthetic").page
    family.open(f"/my/{ref}")
    family.post(f"/my/{ref}/show")
    assert visitor.open(path).status == 200


def test_a_notice_stands_at_the_address_where_the_family_wished_one(house, family):
    ref, _ = family.send("testimony")
    publish(house, family, ref)
    family.open(f"/my/{ref}")
    family.post(f"/my/{ref}/hide", notice="yes")
    visitor = Family_visitor(family).open(_address(house, ref))
    assert visitor.status == 410
    assert "Synthetic Real Name" not in visitor.page


def test_a_change_goes_back_through_the_same_pages_and_the_published_page_stands_meanwhile(house, family):
    ref, _ = family.send("testimony")
    publish(house, family, ref)
    family.open("/contribute/check")
    family.open("/contribute/words?then=check")
    assert "Synthetic words, told by nobody." in family.page
    family.post("/contribute/words", words="Other synthetic words.", title="", then="check")
    assert "You have changes that are not sent yet." in family.open(f"/my/{ref}").text
    family.open("/contribute/check")
    family.post("/contribute/send", send_key=family.send_key)
    visitor = Family_visitor(family)
    assert "Synthetic words, told by nobody." in visitor.open(_address(house, ref)).text
    assert "Other synthetic words." in family.open(f"/my/{ref}/proof").text
    assert "This is about the change that you sent." in family.open(f"/my/{ref}").text
    publish(house, family, ref)
    assert "Other synthetic words." in visitor.open(_address(house, ref)).text


def test_removing_asks_once_hides_at_once_waits_and_can_be_called_off(house, family):
    ref, _ = family.send("testimony")
    publish(house, family, ref)
    family.open(f"/my/{ref}/remove")
    assert "For 14 days you can call it off." in family.text
    family.post(f"/my/{ref}/remove")
    assert "will be erased after 6 December 2026" in family.text
    assert Family_visitor(family).open(_address(house, ref)).status == 404
    family.post(f"/my/{ref}/keep")
    family.post(f"/my/{ref}/show")
    assert Family_visitor(family).open(_address(house, ref)).status == 200


def test_after_erasure_the_code_opens_a_receipt_and_nothing_else(house, family, clock):
    ref, code = family.send("testimony")
    family.open(f"/my/{ref}")
    family.post(f"/my/{ref}/remove")
    clock.forward(timedelta(days=15))
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, _contribution_id(house, ref))
        withdrawal.erase(session, Actor.system(), contribution, now=house.now())
    again = Family(family.client.application)
    again.come_back(code)
    assert "It has been removed" in again.text
    assert "7 March 2027" in again.text
    assert "Synthetic words" not in again.page
    assert again.open("/contribute/check").at == f"/en/my/{ref}"
    assert again.open(f"/my/{ref}/proof").status == 404


def test_another_familys_page_was_never_there(app, family):
    mine, _ = family.send("testimony")
    other = Family(app)
    theirs, _ = other.send("remembrance")
    for path in (f"/my/{theirs}", f"/my/{theirs}/proof", f"/my/{theirs}/remove"):
        assert family.open(path).status == 404, path
        never = family.open(path.replace(theirs, "0" * 13))
        assert never.status == 404
    family.open(f"/my/{mine}")
    assert family.post(f"/my/{theirs}/hide").status == 404
    assert "It is hidden" not in other.open(f"/my/{theirs}").text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "these are 0"),
        ("1234 5678", "these are 8"),
        ("1" * 30, "these are 30"),
        ("abcd efgh", "The code has digits only."),
        ("1234 5678 9012 3456 7892", "One digit is not right"),
    ],
)
def test_a_wrong_code_is_refused_in_words_with_what_was_typed_still_there(family, typed, words):
    family.come_back(typed)
    assert family.status == 422
    assert family.title.startswith("Error:")
    assert words in family.text
    assert f'value="{typed}"' in family.page


def test_a_code_that_opens_nothing_and_a_wrong_secret_get_the_same_answer(family, app):
    from memorial.domain.ids import ReturnCode

    _, code = family.send("testimony")
    visitor = Family(app)
    pages = set()
    for wrong in (
        ReturnCode("12345678", "12345678901"),
        ReturnCode(code.replace(" ", "")[:8], "00000000000"),
    ):
        visitor.come_back(wrong.printed)
        pages.add((visitor.status, visitor.text.replace(wrong.printed, "")))
    assert len(pages) == 1
    assert "This code opens nothing." in pages.pop()[1]


def test_a_code_tried_too_often_is_refused_for_a_while_even_when_right(family, app):
    from memorial.domain.ids import ReturnCode

    _, code = family.send("testimony")
    visitor = Family(app)
    wrong = ReturnCode(code.replace(" ", "")[:8], "00000000000").printed
    for _ in range(10):
        visitor.come_back(wrong)
    visitor.come_back(code)
    assert visitor.status == 429
    assert visitor.answer.headers["Retry-After"] == "3600"
    assert "tried too often" in visitor.text


def test_acts_without_the_forms_token_change_nothing(house, family):
    ref, _ = family.send("testimony")
    family.open(f"/my/{ref}")
    assert family.post(f"/my/{ref}/hide", token=False).status == 400
    assert "It is hidden" not in family.open(f"/my/{ref}").text
    assert family.post(f"/my/{ref}/no-such-act").status == 404


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_family_takes_a_copy_of_its_own_and_of_nobody_elses(app, house, family):
    mine, _ = family.send("testimony")
    other = Family(app)
    theirs, _ = other.send("remembrance")
    family.open(f"/my/{mine}")
    assert "Take a copy with you" in family.page
    assert family.post(f"/my/{theirs}/copy").status == 404
    family.open(f"/my/{mine}")
    assert family.post(f"/my/{mine}/copy", token=False).status == 400
    family.open(f"/my/{mine}")
    answer = family.client.post(f"/en/my/{mine}/copy", data={"csrf_token": family.token})
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert "no-store" in answer.headers["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        text = archive.read("data.json").decode()
    assert "Synthetic words, told by nobody." in text
    assert "A synthetic life." not in text
    with house.session(house.keeper()) as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.verb == "subject_export"))
        assert (entry.actor, entry.thing) == (f"family:{mine}", f"contribution:{mine}")
