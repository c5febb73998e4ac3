"""Administrators and the accounts of others: inviting by mail or paper, roles, ending. All people here are synthetic."""

from __future__ import annotations

import re

import pytest

from memorial.gate import Actor
from memorial.gate.permission import GENERAL
from memorial.models import Account, AuditEntry
from memorial.services import account_sessions, accounts
from memorial.services.roles import roles
from tests.services.postbox import Postbox
from tests.web.desk.people import PASSWORD, a_colleague, send, signed_in, step_up

ACCOUNTS = "/en/desk/accounts"
NEW = "synthetic.second@example.org"


@pytest.fixture
def admin(app, house):
    client = signed_in(app, house, a_colleague(house, "admin", name="Synthetic Administrator"))
    step_up(client)
    return client


def stored(house, email) -> Account:
    with house.session(house.keeper()) as session:
        return accounts.find(session, email)


def test_a_second_reader_is_invited_by_a_printed_code_that_is_typed_once(app, admin, house):
    page = send(admin, ACCOUNTS, email=NEW, role="second_reader", language="az", how="paper")
    text = page.get_data(as_text=True)
    code = re.search(r'class="secret">([0-9a-z]{4}(?:-[0-9a-z]{4}){5})<', text)[1]
    assert "<svg" in text
    assert code not in admin.get(ACCOUNTS).get_data(as_text=True)
    made = stored(house, NEW)
    assert (made.roles, made.languages) == (["second_reader"], ["az"])
    assert code.replace("-", "") not in made.invitation_hash
    other = app.test_client()
    typed = code.upper().replace("-", " ")
    wrong = send(other, "/en/account/invitation", code=typed[:-1])
    assert wrong.status_code == 422
    right = send(other, "/en/account/invitation", code=typed)
    taken_up = send(other, right.location, name="Synthetic Second", password=PASSWORD)
    assert taken_up.location.endswith("/account/enrol")
    assert send(other, "/en/account/invitation", code=typed).status_code == 422


def test_a_code_from_paper_is_not_guessed_for_long(client):
    answers = [send(client, "/en/account/invitation", code="7777 7777 7777").status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


@pytest.mark.parametrize("arrives", [True, False])
def test_a_letter_takes_the_link_and_one_that_does_not_go_becomes_a_page_to_print(admin, house, arrives):
    with Postbox() as box:
        port = box.port if arrives else 1
        settings = {"mail_host": "127.0.0.1", "mail_port": port, "mail_tls": "none", "mail_from": "archive@example.org"}  # fmt: skip
        for name, value in {**settings, "public_url": "http://localhost"}.items():
            setattr(house.settings, name, value)
        page = send(admin, ACCOUNTS, email=NEW, role="editor", how="mail").get_data(as_text=True)
        if not arrives:
            assert "could not be sent" in page
            assert 'class="secret"' in page
            return
        assert 'class="secret"' not in page
        letter = box.letters[0]
    link = re.search(r"http://localhost/en/account/invitation/\S+", letter.text)[0]
    assert letter.to == [NEW]
    assert admin.application.test_client().get(link.removeprefix("http://localhost")).status_code == 200


def test_other_roles_and_disabling_end_what_is_signed_in_and_are_written_down(app, admin, house):
    colleague = a_colleague(house, "moderator")
    one = f"{ACCOUNTS}/{colleague.account_id}"
    for act, form in (("roles", {"role": "editor"}), ("disable", {})):
        with house.writing(house.keeper()) as session:
            account = session.get_one(Account, colleague.account_id)
            token = account_sessions.begin(session, account, now=house.now())
        assert send(admin, f"{one}/{act}", page=one, **form).status_code == 302
        with house.session(house.keeper()) as session:
            assert account_sessions.find(session, token, now=house.now()) is None
    with house.session(house.keeper()) as session:
        verbs = [verb for (verb,) in session.query(AuditEntry.verb).order_by(AuditEntry.id)]
    assert verbs[-2:] == ["account_roles", "account_disabled"]


@pytest.mark.parametrize(("act", "form"), [("disable", {}), ("roles", {"role": "editor"})])
def test_one_administrator_remains(admin, house, act, form):
    """Neither an invitation that nobody took up nor a disabled one counts as another."""
    with house.writing(house.keeper()) as session:
        accounts.add(session, Actor.command("test"), NEW, ["admin"], now=house.now())
    me = accounts_of(house, "admin")[0]
    one = f"{ACCOUNTS}/{me}"
    answer = send(admin, f"{one}/{act}", page=one, **form)
    assert answer.status_code == 422
    assert "Make another administrator first" in answer.get_data(as_text=True)
    a_colleague(house, "admin", name="Another Synthetic")
    assert send(admin, f"{one}/{act}", page=one, **form).status_code == 302


def accounts_of(house, role) -> list[int]:
    with house.session(house.keeper()) as session:
        return [each.id for each in accounts.everyone(session) if role in each.roles and each.password_hash]


def test_what_cannot_be_used_keeps_what_was_typed(admin):
    page = send(admin, ACCOUNTS, email="nobody", name="Synthetic Name", language="ru")
    text = page.get_data(as_text=True)
    assert page.status_code == 422
    assert 'value="Synthetic Name"' in text
    assert re.search(r'value="ru" checked', text)
    assert not re.search(r'name="role"[^>]* checked', text)


def test_nobody_else_manages_accounts_and_an_administrator_shows_first_that_it_is_them(app, house):
    moderator = signed_in(app, house, a_colleague(house, "moderator", "consent_officer"))
    step_up(moderator)
    assert moderator.get(ACCOUNTS).status_code == 403
    absent = signed_in(app, house, a_colleague(house, "admin"))
    assert "/account/step-up" in absent.get(ACCOUNTS).location


def test_the_page_of_roles_says_of_each_what_the_tables_say(app, house):
    listed = {role.name: {each.verb: each for each in role.general} for role in roles()}
    for verb, (who, presence) in GENERAL.items():
        assert {name for name, powers in listed.items() if verb in powers} == who & set(listed)
        assert {powers[verb].presence for powers in listed.values() if verb in powers} <= {presence}
    steps = {role.name: {each.verb: each for each in role.steps} for role in roles()}
    assert steps["second_reader"]["erase"].confirms
    assert steps["moderator"]["erase"].two == "always"
    assert steps["moderator"]["publish"].two == "sometimes"
    assert not steps["approved_reader"]
    page = signed_in(app, house, a_colleague(house, "editor")).get("/en/desk/roles").get_data(as_text=True)
    assert all(f'id="{role.name}"' in page for role in roles())
    assert "_" not in re.sub(r"<[^>]+>", "", page.split('<main id="main"')[1].split("</main>")[0])
