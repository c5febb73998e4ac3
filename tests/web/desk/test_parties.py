"""The desk asks for somebody's yes, lets them go, enters a yes with its evidence, replaces a lost code."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.models import Account, ConsentForm, CustodyEvent, Evidence, Item, Party, Proposal, Record
from memorial.services import consent, lost_codes, review
from memorial.services.codes import Attempts, opened
from memorial.services.consent import Said
from tests.builders import public
from tests.services.test_contribute import TOLD, begun
from tests.web.desk.people import a_colleague, an_item, family, signed_in, step_up, token_in

SPOKEN = b"A synthetic recording of somebody who says yes."


@pytest.fixture
def one(app, house):
    return at_the_desk(app, house, "moderator", name="Synthetic One")


@pytest.fixture
def two(app, house):
    return at_the_desk(app, house, "second_reader", name="Synthetic Two")


def at_the_desk(app, house, *roles, name):
    client = signed_in(app, house, a_colleague(house, *roles, name=name))
    step_up(client)
    return client


@pytest.fixture
def work(house):
    """A published testimony."""
    made = an_item(house)
    with house.writing(house.keeper()) as session:
        yes = Said(consent.archive_party(session), "will", {"*": rules.everything()})
        record = session.get_one(Record, made.made.record_id)
        consent.append(session, record, yes, by=family(made), at=house.now())
    return made


def is_public(house, work):
    with house.session(public(house)) as session:
        return session.get(Record, work.made.record_id) is not None


def press(client, work, act, **fields):
    page = client.get(f"{work.path}/parties")
    return client.post(f"{work.path}/parties", data={"csrf_token": token_in(page), "act": act, **fields})


def require(client, work, **fields):
    usual = {"kind": "third_person", "who": "A synthetic neighbour", "parts": "*", "note": "Named and alive."}
    return press(client, work, "require", **{**usual, **fields})


def waiting(house):
    with house.session(house.keeper()) as session:
        return session.scalars(select(Proposal.public_id).where(Proposal.outcome == "")).all()


def third_person(house):
    with house.session(house.keeper()) as session:
        return session.scalars(select(Party.id).where(Party.kind == "third_person")).one()


def the_form(client, work, house, **changed):
    content, name = changed.pop("evidence", (SPOKEN, "synthetic yes.ogg"))
    with house.session(house.keeper()) as session:
        form = session.scalars(select(ConsentForm.id).where(ConsentForm.language == "en")).first()
    return {
        "csrf_token": token_in(client.get(f"{work.path}/yes")), "party": third_person(house), "method": "interview",
        "agreed_on": "2026-11-22", "present": "Synthetic interviewer", "interpreter": "no", "form": form,
        "parts": ["*"], "audiences": ["public", "research"], "uses": ["view"], "ask_again": "never",
        "child": "no", "note": "", **changed, "evidence": (BytesIO(content), name),
    }  # fmt: skip


def test_the_way_from_asking_a_third_person_to_its_yes_with_two_people(house, one, two, work):
    assert "Whose yes is needed" in one.get(work.path).text
    assert require(one, work).status_code == 302
    assert not is_public(house, work)
    page = one.get(f"{work.path}/parties").text
    assert "A synthetic neighbour" in page
    assert "All of it" in page
    one.get(f"{work.path}/yes")
    answer = one.post(f"{work.path}/yes", data=the_form(one, work, house))
    assert answer.status_code == 302, answer.text
    assert not is_public(house, work)
    (proposal,) = waiting(house)
    assert press(one, work, "agree", proposal=proposal).status_code == 403
    assert not is_public(house, work)
    seen = two.get(f"{work.path}/parties").text
    for words in ("everyone may read it", "Said in an interview", "Synthetic One"):
        assert re.search(words, seen, re.I), words
    assert "1 act waits for a second person" in two.get(work.path).text
    assert press(two, work, "agree", proposal=proposal).status_code == 302
    assert is_public(house, work)


def test_the_evidence_is_fetched_as_a_file_and_the_log_has_it(house, one, two, work):
    require(one, work)
    one.get(f"{work.path}/yes")
    one.post(f"{work.path}/yes", data=the_form(one, work, house))
    page = two.get(f"{work.path}/parties")
    found = re.search(r'name="evidence" value="(\w+)"', page.text)[1]
    answer = two.post(
        f"{work.path}/evidence", data={"csrf_token": token_in(page), "evidence": found}, buffered=True
    )
    assert answer.data == SPOKEN
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    with house.session(house.keeper()) as session:
        assert "evidence_shown" in session.scalars(select(CustodyEvent.verb)).all()


def test_evidence_is_opened_only_after_proved_presence(app, house, one, work):
    require(one, work)
    one.get(f"{work.path}/yes")
    one.post(f"{work.path}/yes", data=the_form(one, work, house))
    stolen = signed_in(app, house, a_colleague(house, "specialist", name="Synthetic Stolen"))
    page = stolen.get(f"{work.path}/parties")
    with house.session(house.keeper()) as session:
        found = session.scalars(select(Evidence.public_id)).one()
    answer = stolen.post(f"{work.path}/evidence", data={"csrf_token": token_in(page), "evidence": found})
    assert "/account/step-up" in answer.location
    assert SPOKEN not in answer.data
    assert "/account/step-up" in stolen.get(f"{work.path}/yes").location


@pytest.mark.parametrize(("changed", "words"), [
    ({"party": ""}, "Choose who said it"),
    ({"agreed_on": ""}, "Enter the day"),
    ({"agreed_on": "yesterday"}, "This is no day"),
    ({"agreed_on": "2027-01-01"}, "still to come"),
    ({"interpreter": ""}, "whether somebody interpreted"),
    ({"form": ""}, "Choose the form"),
    ({"present": " "}, "Write who was there"),
    ({"parts": []}, "Choose for which parts"),
    ({"uses": ["view", "ai_training"], "ai_training_named": "no"}, "asked by that name"),
    ({"child": "yes"}, "on which day the child will be 18"),
    ({"evidence": (b"", "")}, "Attach the recording"),
    ({"evidence": (b"", "empty.ogg")}, "This file is empty"),
])  # fmt: skip
def test_what_is_wrong_is_said_in_words_and_what_was_typed_stays(house, one, work, changed, words):
    require(one, work)
    one.get(f"{work.path}/yes")
    answer = one.post(f"{work.path}/yes", data=the_form(one, work, house, **changed))
    assert answer.status_code == 422
    assert words in answer.text
    if "present" not in changed:
        assert "Synthetic interviewer" in answer.text
    assert waiting(house) == []
    assert list(house.storage.listing("originals")) == []


def test_nothing_on_the_page_is_chosen_beforehand(one, work):
    require(one, work)
    assert "checked" not in one.get(f"{work.path}/yes").text
    assert "checked" not in one.get(f"{work.path}/parties").text


def test_a_third_person_is_let_go_by_two_and_not_without_a_reason(house, one, two, work):
    require(one, work)
    party = third_person(house)
    assert press(one, work, "remove", party=party, note=" ").status_code == 422
    assert (
        press(one, work, "remove", party=party, note="A public official acting as such.").status_code == 302
    )
    (proposal,) = waiting(house)
    assert not is_public(house, work)
    assert press(two, work, "agree", proposal=proposal).status_code == 302
    assert is_public(house, work)


def test_what_somebody_asked_for_who_is_gone_by_now_is_asked_anew(house, one, two, work):
    require(one, work)
    press(one, work, "remove", party=third_person(house), note="Synthetic reason.")
    (proposal,) = waiting(house)
    with house.writing(house.keeper()) as session:
        asked_by = session.scalars(select(Proposal.asked_by)).one()
        session.get_one(Account, int(asked_by.partition(":")[2])).disabled_at = house.now()
    answer = press(two, work, "agree", proposal=proposal)
    assert answer.status_code == 403
    assert "ask anew" in answer.text
    assert not is_public(house, work)
    assert press(two, work, "drop", proposal=proposal).status_code == 302


def test_what_a_colleague_drops_never_happens(house, one, two, work):
    require(one, work)
    press(one, work, "remove", party=third_person(house), note="Synthetic reason.")
    (proposal,) = waiting(house)
    assert press(two, work, "drop", proposal=proposal).status_code == 302
    assert press(two, work, "agree", proposal=proposal).status_code == 403
    assert not is_public(house, work)


def test_a_decision_without_its_reason_keeps_what_was_typed(house, one, work):
    answer = require(one, work, note="")
    assert answer.status_code == 422
    assert "A synthetic neighbour" in answer.text
    assert is_public(house, work)


def test_an_editor_sees_who_is_asked_and_decides_nothing(app, house, one, work):
    require(one, work)
    editor = at_the_desk(app, house, "editor", name="Synthetic Editor")
    assert editor.get(f"{work.path}/parties").status_code == 200
    assert require(editor, work).status_code == 403
    assert press(editor, work, "remove", party=third_person(house), note="Why.").status_code == 403


# -- a lost code ------------------------------------------------------------------------------------


@pytest.fixture
def lost(house):
    contribution_id, code = begun(house, TOLD)
    with house.writing(house.keeper()) as session:
        item = lost_codes.request(session, house.keys, "Synthetic words.", "A street.", "en", now=house.now())
        from memorial.models import Contribution

        ref = session.get_one(Contribution, contribution_id).public_id
        return contribution_id, ref, f"/en/desk/items/{item.public_id}", code


def act(client, path, verb, **fields):
    page = client.get(path).text
    hidden = dict(
        re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)"', page[page.index('class="form acts"') :]
        )
    )
    return client.post(f"{path}/{verb}", data={**hidden, **fields})


def test_two_people_make_a_new_code_and_it_is_shown_once(house, one, two, lost):
    contribution_id, ref, path, _ = lost
    page = one.get(path)
    assert "Synthetic words." in page.text
    assert "A street." not in page.text
    answer = one.post(f"{path}/contact", data={"csrf_token": token_in(page)})
    assert "A street." in answer.text  # whoever opens it has shown that it is them, and the log knows
    with house.session(house.keeper()) as session:
        assert session.scalars(select(CustodyEvent).where(CustodyEvent.verb == "contact_shown")).one()
    assert ref not in page.text
    assert act(one, path, "take").status_code == 302
    assert act(one, path, "new_code", note="Called back.").status_code == 403
    assert (
        one.post(f"{path}/match", data={"csrf_token": token_in(page), "number": "nothing"}).status_code == 422
    )
    assert one.post(f"{path}/match", data={"csrf_token": token_in(page), "number": ref}).status_code == 302
    assert ref in one.get(path).text
    assert "waits" in act(one, path, "new_code", note="Called back.").location
    answer = act(two, path, "new_code", note="I heard it too.")
    code = re.search(r'class="return-code"[^>]*>([\d ]{24})<', answer.text)[1]
    assert answer.headers["Cache-Control"] == "no-store"
    assert code not in two.get(path).text
    with house.session(house.keeper()) as session:
        assert opened(session, house.keys, Attempts(), code).id == contribution_id
        assert session.scalars(select(Item.state).where(Item.kind == "lost_code")).all() == ["done"]


def test_the_button_of_a_new_code_says_what_is_missing(one, lost):
    *_, path, _ = lost
    act(one, path, "take")
    assert "Find first what the code was for." in one.get(path).text


def test_the_history_of_a_removal_tells_that_the_code_changed_hands(house, one, work):
    from memorial.models import Contribution
    from memorial.services import codes, contribute, handing_on

    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, work.made.contribution_id)
        contribute.keep(session, house.keys, contribution, contribute.Draft(), now=house.now())
        handing_on.replace(
            session, house.keys, contribution, codes.issue(house.keys), handing_on.HANDED_ON,
            by=family(work), now=house.now(),
        )  # fmt: skip
        record = session.get_one(Record, work.made.record_id)
        item = review.new_item(session, "erasure", now=house.now(), record=record, contribution=contribution)
        path = f"/en/desk/items/{item.public_id}"
    assert "handed the code on" in one.get(path).text
