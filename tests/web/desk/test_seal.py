"""Sealing at the desk: the consent officer keeps a contribution dark, and two of them take the seal off."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from memorial import second_place
from memorial.models import AuditEntry, Confirmation, Contribution
from tests.builders import some_content
from tests.web.desk.people import (
    a_colleague,
    an_item,
    change,
    leave_contact,
    made_ready,
    signed_in,
    step_up,
    token_in,
)
from tests.web.desk.test_desk import form_of, is_public, press, text_of

WHY = "The synthetic family asked for it on paper."


@pytest.fixture
def officer(house):
    return a_colleague(house, "consent_officer", name="Synthetic Officer")


@pytest.fixture
def seat(app, house, officer):
    """The consent officer, with presence proved."""
    client = signed_in(app, house, officer)
    step_up(client)
    return client


@pytest.fixture
def moderator(house):
    return a_colleague(house, "moderator", name="Synthetic Moderator")


def is_sealed(house, work) -> bool:
    with house.session(house.keeper()) as session:
        return session.get_one(Contribution, work.made.contribution_id).sealed_at is not None


def test_a_sealed_item_is_closed_to_the_desk_and_open_to_the_consent_officer(app, house, seat, moderator):
    work = an_item(house)
    leave_contact(house, work, "canary street 1")
    made_ready(house, work, moderator)
    desk = signed_in(app, house, moderator)
    press(desk, work, "publish")
    press(desk, work, "note", note="canary among colleagues")
    assert is_public(house, work)
    assert press(seat, work, "seal").status_code == 422  # without a reason
    assert not is_sealed(house, work)
    assert press(seat, work, "seal", note=WHY).status_code == 302
    assert is_sealed(house, work)
    assert not is_public(house, work)
    step_up(desk)
    for path in ("", "/proof", "/beside", "/history", "/difference", "/contact"):
        answer = desk.get(work.path + path)
        assert answer.status_code in (403, 404), path
        assert "canary" not in text_of(answer)
        assert "synthetic words" not in text_of(answer)
    story = f"/en/desk/records/{work.made.public_id}/story"
    assert desk.get(story).status_code in (403, 404)
    assert "sealed it" in text_of(seat.get(story))
    assert story in text_of(seat.get(work.path))
    plain = signed_in(app, house, a_colleague(house, "consent_officer", name="Synthetic Second Officer"))
    assert "/account/step-up" in plain.get(story).location
    assert "Synthetic synthetic Narrator" not in text_of(desk.get("/en/desk"))
    for verb in ("note", "take", "hold", "seal", "unseal"):
        sent = {"csrf_token": token_in(desk.get("/en/desk")), "note": WHY}
        assert desk.post(f"{work.path}/{verb}", data=sent).status_code == 403, verb
    page = text_of(seat.get(work.path))
    assert "It is sealed." in page
    assert "These are synthetic words" in page
    assert "sealed it" in page
    kinds = [line["kind"] for line in second_place.lines(house.settings.second_folder)]
    assert kinds == ["hidden", "sealed"]


def test_presence_is_proved_before_it_is_sealed_and_before_its_words_are_read(app, house, officer, clock):
    work = an_item(house)
    client = signed_in(app, house, officer)
    assert "Show first that it is you." in text_of(client.get(work.path))
    assert press(client, work, "seal", note=WHY).status_code == 403
    assert not is_sealed(house, work)
    step_up(client)
    press(client, work, "seal", note=WHY)
    clock.forward(timedelta(minutes=1))  # a code of the second factor is good once
    again = signed_in(app, house, officer)
    for path in ("", "/difference"):
        assert "These are synthetic words" not in text_of(again.get(work.path + path)), path
    assert again.get(f"{work.path}/difference").status_code == 403


def test_two_people_take_the_seal_off_and_nothing_is_shown_by_it(app, house, seat, officer):
    work = an_item(house)
    press(seat, work, "seal", note=WHY)
    assert press(seat, work, "unseal").status_code == 422
    for _ in range(2):  # the same person twice is one person
        answer = press(seat, work, "unseal", note="The synthetic family asked again.")
        assert answer.location.endswith("done=waits")
        assert is_sealed(house, work)
    other = signed_in(app, house, a_colleague(house, "consent_officer", name="Synthetic Second"))
    step_up(other)
    assert "Synthetic Officer has asked for it. Yours is the second word." in text_of(other.get(work.path))
    answer = press(other, work, "unseal", note="Agreed.")
    assert answer.location.endswith("done=unseal")
    assert not is_sealed(house, work)
    assert not is_public(house, work)
    with house.session(house.keeper()) as session:
        wanted = select(AuditEntry).where(AuditEntry.verb == "unseal", AuditEntry.thing.startswith("item:"))
        assert session.scalars(wanted).one().second == officer.actor.label
        assert session.scalars(select(Confirmation)).all() == []
    desk = signed_in(app, house, a_colleague(house, "moderator", name="Synthetic Third"))
    assert "These are synthetic words" in text_of(desk.get(work.path))


def test_a_seal_is_set_once_and_taken_off_where_there_is_one(house, seat):
    work = an_item(house)
    page = text_of(seat.get(work.path))
    assert f"{work.path}/seal" in page
    assert f"{work.path}/unseal" not in page
    fields = form_of(seat, work)
    assert press(seat, work, "unseal", note=WHY).status_code == 403
    press(seat, work, "seal", note=WHY)
    assert press(seat, work, "seal", fields=fields, note=WHY).status_code == 409  # what was seen has changed
    assert press(seat, work, "seal", note=WHY).status_code == 403
    page = text_of(seat.get(work.path))
    assert f"{work.path}/unseal" in page
    assert f"{work.path}/seal" not in page


def test_who_confirms_a_removal_of_what_is_sealed_reads_none_of_it(app, house, seat, moderator):
    work = an_item(house, item_kind="erasure")
    press(seat, work, "note", note="canary among colleagues")
    press(seat, work, "seal", note=WHY)
    desk = signed_in(app, house, moderator)
    page = text_of(desk.get(work.path))
    assert "Remove for good" not in page or "disabled" in page
    assert "It is sealed." in page
    assert "canary" not in page
    assert "These are synthetic words" not in page
    assert press(desk, work, "take").status_code == 302


def stale(client, work, verb="take"):
    """A form of the first version and content: the answer tells what changed since."""
    sent = {"csrf_token": token_in(client.get("/en/desk")), "version": "1", "revision": "1"}
    return client.post(f"{work.path}/{verb}", data=sent)


@pytest.mark.parametrize("kind", ["contribution", "erasure"])
def test_a_stale_form_tells_no_words_of_what_is_sealed(app, house, seat, moderator, clock, kind):
    work = an_item(house, item_kind=kind)
    change(house, work, some_content("testimony", "canary"))
    assert "canary" in text_of(stale(seat, work))
    press(seat, work, "seal", note=WHY)
    clock.forward(timedelta(minutes=1))
    second = a_colleague(house, "consent_officer", name="Synthetic Second")
    for client in (signed_in(app, house, moderator), signed_in(app, house, second)):
        answers = [stale(client, work, verb) for verb in ("take", "checks")]
        assert {answer.status_code for answer in answers} <= {403, 409}
        assert not any("canary" in text_of(answer) for answer in answers)


def test_a_file_of_what_is_sealed_opens_for_the_consent_officer_in_person(app, house, seat, moderator, clock):
    work = an_item(house)
    desk = signed_in(app, house, moderator)
    press(desk, work, "note", note="With a file.", files=(BytesIO(b"synthetic file"), "a.txt"))
    file = re.search(rf"{work.path}/files/\w+", text_of(desk.get(work.path)))[0]
    press(seat, work, "seal", note=WHY)
    clock.forward(timedelta(minutes=1))
    plain = signed_in(app, house, a_colleague(house, "consent_officer", name="Synthetic Second"))
    for client, status in ((desk, 403), (plain, 403), (seat, 200)):
        assert client.post(file, data={"csrf_token": token_in(client.get("/en/desk"))}).status_code == status
