"""Invitations, passwords, second factors and sessions. All people here are synthetic."""

from __future__ import annotations

import json
from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner
from sqlalchemy import select

from memorial.cli_account import account as commands
from memorial.domain.errors import Invalid, NotOpen
from memorial.gate import Actor
from memorial.models import Account, AccountSession, AuditEntry
from memorial.services import account_sessions, accounts, audit, second_factor

PASSWORD = "four plain synthetic words"
EMAIL = "synthetic.moderator@example.org"


def invite(house, roles=("moderator",), email=EMAIL):
    with house.writing(house.keeper()) as session:
        made, token = accounts.add(session, Actor.command("test"), email, roles, now=house.now())
        return made.id, token


def open_account(house, token):
    with house.writing(house.keeper()) as session:
        return accounts.accept(session, token, "Synthetic Moderator", PASSWORD, now=house.now()).id


def enrol(house, account_id):
    """The secret and the recovery codes of a fresh second factor."""
    with house.writing(house.keeper()) as session:
        account = session.get_one(Account, account_id)
        secret = second_factor.begin(account, house.keys)
        code = pyotp.TOTP(secret).at(house.clock.wall())
        codes = second_factor.confirm(
            session, account, code, house.keys, now=house.clock.wall(), at=house.now()
        )
        return secret, codes


def verify(house, account_id, code):
    with house.writing(house.keeper()) as session:
        account = session.get_one(Account, account_id)
        times = {"now": house.clock.wall(), "at": house.now()}
        return second_factor.verify(session, account, code, house.keys, **times)


def test_an_invitation_opens_an_account_once(house):
    account_id, token = invite(house)
    assert open_account(house, token) == account_id
    with pytest.raises(NotOpen):
        open_account(house, token)


def test_an_invitation_ends_after_seven_days(house, clock):
    _, token = invite(house)
    clock.forward(timedelta(days=7))
    with pytest.raises(NotOpen):
        open_account(house, token)


def test_the_database_holds_neither_the_invitation_nor_the_password_nor_a_session_token(house):
    account_id, token = invite(house)
    open_account(house, token)
    with house.writing(house.keeper()) as session:
        account = session.get_one(Account, account_id)
        cookie = account_sessions.begin(session, account, now=house.now())
        opened = session.scalars(select(AccountSession)).one()
        assert token not in account.invitation_hash
        assert account.password_hash.startswith("$argon2id$")
        assert cookie not in opened.token_hash


def test_a_second_account_with_the_same_address_is_refused_whatever_its_case(house):
    invite(house)
    with pytest.raises(Invalid) as refused:
        invite(house, email=EMAIL.upper())
    assert refused.value.key == "account_exists"


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "a b@example.org", "x@example.org\x00", "<x@example.org>"]
)
def test_what_is_no_address_is_refused_with_its_field(house, email):
    with pytest.raises(Invalid) as refused:
        invite(house, email=email)
    assert refused.value.field == "email"


@pytest.mark.parametrize(
    ("password", "key"),
    [
        ("elevenchars", "password_short"),
        ("aaaaaaaaaaaaaaaa", "password_plain"),
        ("Synthetic.Moderator@example.org", "password_plain"),
        ("x" * 100 + "abcdefgh" * 20, "password_long"),
    ],
)
def test_a_weak_password_is_refused_and_the_invitation_stays_good(house, password, key):
    _, token = invite(house)
    with pytest.raises(Invalid) as refused, house.writing(house.keeper()) as session:
        accounts.accept(session, token, "Synthetic", password, now=house.now())
    assert refused.value.key == key
    assert open_account(house, token)


def test_the_same_password_typed_on_another_keyboard_is_the_same(house):
    _, token = invite(house)
    with house.writing(house.keeper()) as session:
        accounts.accept(session, token, "Synthetic", "gül bağı ve su yolu é", now=house.now())
    with house.session(house.keeper()) as session:
        assert accounts.by_password(session, f" {EMAIL.upper()} ", "gül bağı ve su yolu e\u0301")


def test_unknown_address_wrong_password_invited_and_disabled_are_one_answer(house):
    account_id, token = invite(house)
    with house.session(house.keeper()) as session:
        assert accounts.by_password(session, EMAIL, "") is None
    open_account(house, token)
    with house.session(house.keeper()) as session:
        assert accounts.by_password(session, EMAIL, PASSWORD).id == account_id
        assert accounts.by_password(session, EMAIL, PASSWORD + "x") is None
        assert accounts.by_password(session, "nobody@example.org", PASSWORD) is None
    with house.writing(house.keeper()) as session:
        accounts.disable(session, Actor.command("t"), session.get_one(Account, account_id), now=house.now())
    with house.session(house.keeper()) as session:
        assert accounts.by_password(session, EMAIL, PASSWORD) is None


def test_every_answer_to_a_password_costs_one_hash(house, monkeypatch):
    _, token = invite(house)
    open_account(house, token)
    hashed, real = [], accounts.HASHER

    class Counting:
        def verify(self, known, text):
            hashed.append(known)
            return real.verify(known, text)

    monkeypatch.setattr(accounts, "HASHER", Counting())
    with house.session(house.keeper()) as session:
        for email in (EMAIL, "nobody@example.org"):
            assert accounts.by_password(session, email, "wrong all the way") is None
    assert len(hashed) == 2


def test_an_old_hash_is_renewed_when_its_password_is_right(house):
    account_id, token = invite(house)
    open_account(house, token)
    with house.writing(house.keeper()) as session:
        account = session.get_one(Account, account_id)
        account.password_hash = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
        accounts.freshen(account, PASSWORD)
        assert not accounts.HASHER.check_needs_rehash(account.password_hash)
        assert accounts.right_password(account, PASSWORD)


def test_a_code_of_the_telephone_counts_once(house, clock):
    account_id, token = invite(house)
    open_account(house, token)
    secret, _ = enrol(house, account_id)
    clock.forward(timedelta(seconds=60))
    code = pyotp.TOTP(secret).at(house.clock.wall())
    assert verify(house, account_id, f" {code[:3]} {code[3:]}")
    assert not verify(house, account_id, code)
    clock.forward(timedelta(seconds=30))
    assert verify(house, account_id, pyotp.TOTP(secret).at(house.clock.wall()))


def test_a_code_of_a_clock_that_is_off_by_more_than_a_step_is_refused(house, clock):
    account_id, token = invite(house)
    open_account(house, token)
    secret, _ = enrol(house, account_id)
    clock.forward(timedelta(minutes=5))
    for off in (-90, -60, 60, 90):
        assert not verify(
            house, account_id, pyotp.TOTP(secret).at(house.clock.wall() + timedelta(seconds=off))
        )


def test_ten_recovery_codes_open_once_each(house):
    account_id, token = invite(house)
    open_account(house, token)
    _, codes = enrol(house, account_id)
    assert len(set(codes)) == 10
    assert verify(house, account_id, codes[3].upper().replace("-", " "))
    assert not verify(house, account_id, codes[3])
    assert verify(house, account_id, codes[4])
    with house.session(house.keeper()) as session:
        account = session.get_one(Account, account_id)
        assert len(account.recovery_hashes) == 8
        assert not set(codes) & set(account.recovery_hashes)


def test_the_secret_of_the_second_factor_lies_encrypted(house):
    account_id, token = invite(house)
    open_account(house, token)
    secret, _ = enrol(house, account_id)
    with house.session(house.keeper()) as session:
        stored = session.get_one(Account, account_id).totp_secret
        assert secret.encode() not in stored
        assert house.keys.decrypt(stored).decode() == secret


@pytest.mark.parametrize(
    "code", ["", "12345", "abcdef", "１２３４５６", "0" * 500, "\u0660\u0661\u0662\u0663\u0664\u0665"]
)
def test_odd_codes_are_simply_wrong(house, code):
    account_id, token = invite(house)
    open_account(house, token)
    enrol(house, account_id)
    assert not verify(house, account_id, code)


def test_a_session_ends_when_revoked_idle_old_or_when_its_account_is_disabled(house, clock):
    account_id, token = invite(house)
    open_account(house, token)

    def begin():
        with house.writing(house.keeper()) as session:
            account = session.get_one(Account, account_id)
            half = account_sessions.begin(session, account, now=house.now())
            opened, _ = account_sessions.find(session, half, now=house.now())
            return account_sessions.confirm(session, opened, now=house.now()), half

    def stands(cookie):
        with house.session(house.keeper()) as session:
            return account_sessions.find(session, cookie, now=house.now()) is not None

    first, half = begin()
    second, _ = begin()
    assert stands(first)
    assert not stands(half)
    with house.writing(house.keeper()) as session:
        opened, _account = account_sessions.find(session, first, now=house.now())
        assert account_sessions.revoke(session, account_id, opened.id, now=house.now())
        assert not account_sessions.revoke(session, account_id + 1, opened.id, now=house.now())
    assert not stands(first)
    assert stands(second)
    clock.forward(timedelta(hours=2))
    assert not stands(second)
    third, _ = begin()
    with house.writing(house.keeper()) as session:
        accounts.disable(session, Actor.command("t"), session.get_one(Account, account_id), now=house.now())
    assert not stands(third)


def test_signing_in_is_no_proof_of_presence_and_a_proof_holds_ten_minutes(house, clock):
    account_id, token = invite(house)
    open_account(house, token)
    with house.writing(house.keeper()) as session:
        cookie = account_sessions.begin(session, session.get_one(Account, account_id), now=house.now())
        opened, _ = account_sessions.find(session, cookie, now=house.now())
        assert not account_sessions.is_stepped_up(opened, now=house.now())
        account_sessions.step_up(opened, now=house.now())
        assert account_sessions.is_stepped_up(opened, now=house.now())
        clock.forward(timedelta(minutes=10))
        assert not account_sessions.is_stepped_up(opened, now=house.now())


def test_a_reset_leaves_nothing_of_the_old_way_in(house):
    account_id, token = invite(house)
    open_account(house, token)
    _, codes = enrol(house, account_id)
    with house.writing(house.keeper()) as session:
        account = session.get_one(Account, account_id)
        cookie = account_sessions.begin(session, account, now=house.now())
        fresh = accounts.reset(session, Actor.command("t"), account, now=house.now())
        assert account_sessions.find(session, cookie, now=house.now()) is None
    assert not verify(house, account_id, codes[0])
    with house.session(house.keeper()) as session:
        assert accounts.by_password(session, EMAIL, PASSWORD) is None
    assert open_account(house, fresh) == account_id


def test_what_happens_to_accounts_stands_in_the_audit_without_their_addresses(house):
    account_id, token = invite(house)
    open_account(house, token)
    enrol(house, account_id)
    with house.session(house.keeper()) as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [row.verb for row in rows] == ["account_added", "invitation_accepted", "second_factor_set"]
        assert not any("example.org" in row.details + row.thing + row.actor for row in rows)
        assert list(audit.broken_at(session)) == []


def test_the_command_invites_lists_resets_and_disables(house, settings):
    run = CliRunner()
    added = run.invoke(commands, ["add", EMAIL, "--role", "moderator", "--json"], obj=settings)
    assert added.exit_code == 0, added.output
    assert "/en/account/invitation/" in json.loads(added.output)["invitation"]
    again = run.invoke(commands, ["add", EMAIL, "--role", "moderator"], obj=settings)
    assert again.exit_code == 1
    assert "already" in again.output
    assert "invited" in run.invoke(commands, ["list"], obj=settings).output
    assert run.invoke(commands, ["disable", EMAIL], obj=settings).exit_code == 0
    assert "disabled" in run.invoke(commands, ["list"], obj=settings).output
    assert "invitation" in run.invoke(commands, ["reset", EMAIL], obj=settings).output.lower()
    assert run.invoke(commands, ["reset", "nobody@example.org"], obj=settings).exit_code == 1
    assert run.invoke(commands, ["add", "x@example.org", "--role", "king"], obj=settings).exit_code == 2
