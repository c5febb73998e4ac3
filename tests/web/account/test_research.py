"""Approved readers, from the form to the last day. Everybody here is synthetic."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import func, select

from memorial import jobs
from memorial.domain import consent as rules
from memorial.gate import Actor
from memorial.models import Account, Application, AuditEntry, CustodyEvent, Item, Record
from memorial.services import accounts, applications, consent, site
from memorial.services.applications import Wish
from tests.builders import a_testimony
from tests.walking import signed_in as reader_of
from tests.walking import whole
from tests.web.desk.people import PASSWORD, a_colleague, send, signed_in, step_up, token_in
from tests.web.public.test_stored import _a_copy as a_copy

APPLY = "/en/research/apply"
FORM = {
    "name": "Synthetic Researcher",
    "email": "synthetic.researcher@example.org",
    "institution": "A synthetic university",
    "purpose": "canary purpose of a synthetic study",
}
FOR_RESEARCH = {rules.EVERY_PART: rules.chosen(["research"], ["view"])}


def filled(client, **more) -> dict[str, str]:
    """The form with its hidden fields, as a browser sends it."""
    page = client.get(APPLY)
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.get_data(as_text=True)))
    return {**hidden, **FORM, "agree": "yes", **more}


def count(house, model) -> int:
    with house.session(house.keeper()) as session:
        return session.scalar(select(func.count()).select_from(model))


def apply(client, **more) -> Any:
    answer = client.post(APPLY, data=filled(client, **more))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer


def item_of(house) -> Item:
    with house.session(house.keeper()) as session:
        return session.scalars(
            select(Item).where(Item.kind == "application").order_by(Item.id.desc())
        ).first()


@pytest.fixture
def officer(app, house):
    client = signed_in(app, house, a_colleague(house, "consent_officer", name="Synthetic Officer"))
    step_up(client)
    return client


def decide(client, house, verb: str, **form) -> Any:
    """Take the newest application, then decide."""
    path = f"/en/desk/items/{item_of(house).public_id}"
    client.post(f"{path}/take", data=_as_shown(client, path))
    return client.post(
        f"{path}/{verb}", data={**_as_shown(client, path), "note": "a synthetic reason", **form}
    )


def _as_shown(client, path: str) -> dict[str, str]:
    """What the form of the item carries: an act on another version than the one shown is stale."""
    page = client.get(path)
    version = re.search(r'name="version" value="(\d+)"', page.get_data(as_text=True))[1]
    return {"csrf_token": token_in(page), "version": version}


# -- asking -----------------------------------------------------------------------------------


def test_the_page_for_researchers_leads_to_a_form_in_which_nothing_is_chosen_for_anybody(client):
    page = client.get("/en/research").get_data(as_text=True)
    assert 'href="/en/research/apply"' in page
    assert "I do not try to find out who somebody is" in page
    form = client.get(APPLY).get_data(as_text=True)
    assert " checked" not in form.split("<main")[1]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"email": "nobody"}, "such as name@example.org"),
        ({"purpose": " "}, "what you want to read it for"),
        ({"purpose": "x" * 5_001}, "longer than 5000"),
        ({"agree": ""}, "Without your agreement"),
        ({"conditions": "others"}, "have changed meanwhile"),
        ({"csrf_token": "old"}, "open for too long"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, house, wrong, says):
    answer = client.post(APPLY, data=filled(client, **wrong))
    text = answer.get_data(as_text=True)
    assert answer.status_code in (400, 422)
    assert says in text
    assert 'value="Synthetic Researcher"' in text
    assert count(house, Application) == 0


def test_one_form_sent_many_times_is_one_application_and_its_words_are_ciphertext(client, house):
    form = filled(client)
    assert {client.post(APPLY, data=form).status_code for _ in range(3)} == {303}
    assert count(house, Application) == count(house, Item) == 1
    with house.session(house.keeper()) as session:
        stored = session.scalars(select(Application)).one()
        assert b"canary" not in stored.body
        assert "example.org" not in stored.email_hash
        assert "canary" not in str(session.scalars(select(AuditEntry.details)).all())


def test_a_network_sends_so_many_and_no_more(client, house):
    house.settings.limit_applications = "2/hour"
    assert [client.post(APPLY, data=filled(client)).status_code for _ in range(3)] == [303, 303, 429]


# -- deciding ---------------------------------------------------------------------------------


def test_those_who_decide_read_it_and_nobody_else_at_the_desk(app, client, house, officer):
    apply(client)
    path = f"/en/desk/items/{item_of(house).public_id}"
    assert "canary purpose" in officer.get(path).get_data(as_text=True)
    assert FORM["email"] in officer.get(path).get_data(as_text=True)
    admin = signed_in(app, house, a_colleague(house, "admin")).get(path).get_data(as_text=True)
    assert "canary purpose" in admin
    assert FORM["email"] not in admin  # a contact is read by whoever has shown that it is them
    moderator = signed_in(app, house, a_colleague(house, "moderator", "specialist", "editor"))
    for address in ("/en/desk", path, f"{path}/history"):
        page = moderator.get(address).get_data(as_text=True)
        assert "canary" not in page
        assert "Synthetic Researcher" not in page
    assert moderator.get(path).status_code == 403


@pytest.mark.parametrize("until", ["", "soon", "2026-11-22", "2020-01-01", "2028-11-22"])
def test_a_reader_is_approved_until_a_day_to_come_and_within_two_years(client, house, officer, until):
    apply(client)
    answer = decide(officer, house, "approve_reader", until=until)
    assert answer.status_code == 422
    assert "a synthetic reason" in answer.get_data(as_text=True)
    assert item_of(house).state == "in_review"


def approved(app, house, officer) -> tuple[Any, str]:
    """A reader who was approved until the last day of the month and has come by the printed code, and their secret."""
    apply(app.test_client())
    page = decide(officer, house, "approve_reader", until="2026-11-30").get_data(as_text=True)
    code = re.search(r'class="secret">([0-9a-z-]+)<', page)[1]
    client = app.test_client()
    link = send(client, "/en/account/invitation", code=code).location
    send(client, link, name="Synthetic Researcher", password=PASSWORD)
    enrol = client.get("/en/account/enrol").get_data(as_text=True)
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', enrol)[1].replace(" ", "")
    shown = send(client, "/en/account/enrol", code=pyotp.TOTP(secret).at(house.clock.wall()))
    assert 'href="/en/"' in shown.get_data(as_text=True)
    return client, secret


def test_from_the_form_to_the_last_day_with_what_was_opened_in_the_log(app, house, officer, clock):
    made, open_one = a_testimony(house, contributor=FOR_RESEARCH), a_testimony(house)
    (reader, secret), public = approved(app, house, officer), app.test_client()
    line = "You read as an approved researcher until 30 November 2026."
    for path in (made.path, made.path, open_one.path):
        page = reader.get(f"/en{path}")
        assert page.status_code == 200
        assert line in page.get_data(as_text=True)
    assert line in reader.get("/en/people").get_data(as_text=True)
    assert line not in public.get(f"/en{open_one.path}").get_data(as_text=True)
    with house.session(house.keeper()) as session:
        read = session.query(CustodyEvent).filter(CustodyEvent.verb == "research_read").all()
        assert [event.thing for event in read] == [f"record:{made.public_id}"]
        number = session.query(Application.account_id).scalar()
    log = officer.get(f"/en/desk/readers/{number}").get_data(as_text=True)
    assert made.public_id in log
    assert open_one.public_id not in log
    clock.forward(timedelta(days=8, hours=14))
    send(reader, "/en/account/sign-in", email=FORM["email"], password=PASSWORD)
    send(reader, "/en/account/second-factor", code=pyotp.TOTP(secret).at(house.clock.wall()))
    assert reader.get(f"/en{made.path}").status_code == 200
    clock.forward(timedelta(hours=1))
    for path in (made.path, open_one.path, "/people", "/", "/search?q=synthetic"):
        asked = f"/en{path}"
        assert whole(reader.get(asked)) == whole(public.get(asked)), path
    again = send(reader, "/en/account/sign-in", email=FORM["email"], password=PASSWORD)
    assert "time as an approved reader has ended" in again.get_data(as_text=True)


def test_one_who_was_approved_again_reads_on_with_the_same_password(app, house, officer, clock):
    approved(app, house, officer)
    apply(app.test_client())
    answer = decide(officer, house, "approve_reader", until="2027-05-03")
    assert answer.status_code == 302
    with house.session(house.keeper()) as session:
        account = accounts.find(session, FORM["email"])
        assert account.ends_at.date().isoformat() == "2027-05-04"
        assert account.password_hash
        assert applications.applied(session, house.keys, item_of(house)).asked_before == 1


def test_a_disabled_colleague_does_not_come_back_as_a_reader(app, house, officer):
    with house.writing(house.keeper()) as session:
        old, _ = accounts.add(session, Actor.command("test"), FORM["email"], ["moderator"], now=house.now())
        accounts.disable(session, Actor.command("test"), old, now=house.now())
    apply(app.test_client())
    answer = decide(officer, house, "approve_reader", until="2026-11-30")
    assert answer.status_code == 403
    assert "disabled account" in answer.get_data(as_text=True)
    assert item_of(house).state == "in_review"


def test_the_open_invitation_of_a_colleague_is_not_handed_to_whoever_approves_a_reader(app, house, officer):
    with house.writing(house.keeper()) as session:
        accounts.add(session, Actor.command("test"), FORM["email"], ["admin"], now=house.now())
    apply(app.test_client())
    answer = decide(officer, house, "approve_reader", until="2026-11-30")
    assert answer.location.endswith(
        "done=approve_reader"
    )  # and not the page with a code that opens an administrator's
    with house.session(house.keeper()) as session:
        assert accounts.find(session, FORM["email"]).roles == ["admin", "approved_reader"]


def test_nobody_approves_their_own_request(app, house, officer):
    with house.session(house.keeper()) as session:
        mine = next(each.email for each in accounts.everyone(session) if "consent_officer" in each.roles)
    apply(app.test_client(), email=mine)
    answer = decide(officer, house, "approve_reader", until="2026-11-30")
    assert answer.status_code == 403
    assert "your own request" in answer.get_data(as_text=True)
    assert item_of(house).state == "in_review"


@pytest.mark.parametrize("how", ["ended", "disabled"])
def test_an_ended_and_a_disabled_reader_gets_the_pages_of_the_public_byte_for_byte(app, house, officer, how):
    made, open_one = a_testimony(house, contributor=FOR_RESEARCH), a_testimony(house)
    reader, public = reader_of(app, house, "approved_reader"), app.test_client()
    assert reader.get(f"/en{made.path}").status_code == 200
    with house.session(house.keeper()) as session:
        number = accounts.find(session, "approved_reader@example.org").id
    if how == "ended":
        one = f"/en/desk/readers/{number}"
        assert send(officer, f"{one}/end", page=one).status_code == 302
    else:
        with house.writing(house.keeper()) as session:
            accounts.disable(
                session, Actor.command("test"), session.get_one(Account, number), now=house.now()
            )
    for path in (made.path, open_one.path, "/", "/testimonies", f"/cite/testimony/{made.public_id}"):
        assert whole(reader.get(f"/en{path}")) == whole(public.get(f"/en{path}")), path


def test_a_copy_kept_for_researchers_ends_with_their_reading_in_the_middle_of_a_range_too(
    app, house, officer
):
    made, path = a_copy(house)
    with house.writing(house.keeper()) as session:
        party = consent.party_of(session, "contributor", made.contribution_id)
        said = consent.Said(party, "will", FOR_RESEARCH)
        consent.append(
            session, session.get_one(Record, made.record_id), said, by=Actor.system(), at=house.now()
        )
    reader = reader_of(app, house, "approved_reader")
    with reader.get(path, headers={"Range": "bytes=0-9"}) as part:
        assert part.status_code == 206
        assert part.headers["Cache-Control"] == "no-store"
    with reader.get(path) as whole_copy:
        tag = f'"{hashlib.sha256(whole_copy.data).hexdigest()}"'
    assert app.test_client().get(path, headers={"If-None-Match": tag}).status_code == 404
    with house.session(house.keeper()) as session:
        number = accounts.find(session, "approved_reader@example.org").id
    send(officer, f"/en/desk/readers/{number}/end", page=f"/en/desk/readers/{number}")
    for headers in (
        {"Range": "bytes=10-19"},
        {"If-None-Match": tag},
        {"If-Range": tag, "Range": "bytes=10-19"},
    ):
        assert reader.get(path, headers=headers).status_code == 404, headers


def test_other_conditions_are_agreed_to_before_anything_more_is_read(app, house):
    made = a_testimony(house, contributor=FOR_RESEARCH)
    reader = reader_of(app, house, "approved_reader")
    assert reader.get(f"/en{made.path}").status_code == 200
    with house.writing(house.keeper()) as session:
        site.change(session, {"research_conditions": {"en": "I read with synthetic care."}})
    assert reader.get(f"/en{made.path}").status_code == 404
    assert "until you have agreed" in reader.get("/en/people").get_data(as_text=True)
    conditions = "/en/account/conditions"
    page = reader.get(conditions).get_data(as_text=True)
    assert "synthetic care" in page
    mark = re.search(r'name="conditions" value="(\w+)"', page)[1]
    assert send(reader, conditions, conditions=mark).status_code == 422
    assert send(reader, conditions, conditions="older", agree="yes").status_code == 409
    assert send(reader, conditions, conditions=mark, agree="yes").status_code == 302
    assert reader.get(f"/en{made.path}").status_code == 200


# -- forgetting -------------------------------------------------------------------------------


def test_who_was_declined_is_forgotten_after_ninety_days(client, house, officer, clock):
    apply(client)
    decide(officer, house, "decline")
    for days, known in ((89, True), (1, False)):
        clock.forward(timedelta(days=days))
        jobs.renewals_due(house)
        with house.session(house.keeper()) as session:
            assert applications.applied(session, house.keys, item_of(house)).gone is not known
    with house.session(house.keeper()) as session:
        stored = session.scalars(select(Application)).one()
        assert (stored.body, stored.email_hash) == (None, "")


def test_whoever_reads_on_is_not_forgotten(app, house, officer, clock):
    approved(app, house, officer)
    clock.forward(timedelta(days=200))
    with house.writing(house.keeper()) as session:
        assert applications.forget(session, now=house.now(), days=90) == 0


def test_the_same_form_at_the_same_moment_is_one_application(house):
    values = {"language": "en", "conditions": "x", "send_key": "the same", "now": house.now()}
    wish = Wish("A", "a@example.org", "", "")
    with house.writing(house.keeper()) as session:
        first = applications.apply(session, house.keys, wish, **values)
        assert applications.apply(session, house.keys, wish, **values).id == first.id
