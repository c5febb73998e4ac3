"""Passkeys: what holds, and each way in which an answer does not. Devices and people are synthetic."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from webauthn.helpers import bytes_to_base64url

from memorial.domain.errors import Invalid, NotOpen
from memorial.gate import Actor
from memorial.models import Account, AccountSession, AuditEntry, Passkey
from memorial.services import account_sessions, accounts, passkeys
from memorial.services.passkeys import Site
from tests.services.authenticator import PRESENT, Device

SITE = Site("archive.example.org", "https://archive.example.org", "A synthetic archive")


@pytest.fixture
def engine_name() -> str:
    """What is refused has nothing to do with the database; signing in through pages runs on both."""
    return "sqlite"


class Somebody:
    """A synthetic account signed in in one browser."""

    def __init__(self, house: Any, name: str) -> None:
        self.house = house
        with house.writing(house.keeper()) as session:
            account, _ = accounts.add(
                session, Actor.command("test"), f"{name}@example.org", ["moderator"], now=house.now()
            )
            account.totp_confirmed_at = house.now()
            account_sessions.begin(session, account, now=house.now())
            self.account_id = account.id

    def _do(self, function: Any, *values: Any) -> Any:
        with self.house.writing(self.house.keeper()) as session:
            wanted = select(AccountSession).where(AccountSession.account_id == self.account_id)
            opened = session.scalars(wanted).one()
            account = session.get_one(Account, self.account_id)
            return function(session, opened, account, *values, now=self.house.now())

    def asked(self, purpose: str) -> str:
        return self._do(passkeys.challenge, SITE, purpose)

    def registers(self, device: Device, answer: str = "", name: str = "telephone") -> bool:
        return bool(
            self._do(passkeys.register, answer or device.register(self.asked("register")), name, SITE)
        )

    def proves(self, answer: str, purpose: str = "step_up") -> bool:
        return self._do(passkeys.prove, answer, SITE, purpose)


@pytest.fixture
def somebody(house) -> Somebody:
    return Somebody(house, "synthetic")


@pytest.fixture
def device(somebody) -> Device:
    made = Device()
    assert somebody.registers(made)
    made.count += 1
    return made


def test_a_passkey_proves_presence_and_is_said_to_have_been_used(somebody, device, house):
    assert somebody.proves(device.sign(somebody.asked("step_up")))
    with house.session(house.keeper()) as session:
        key = session.scalars(select(Passkey)).one()
        assert (key.sign_count, key.used_at) == (2, house.now())
        assert b"telephone" not in key.public_key


def test_the_same_answer_counts_once_and_only_for_the_challenge_that_was_asked_last(somebody, device):
    device.count = 0  # many devices count nothing: the challenge alone must hold
    with somebody.house.writing(somebody.house.keeper()) as session:
        session.scalars(select(Passkey)).one().sign_count = 0
    first = somebody.asked("step_up")
    answer = device.sign(first)
    assert somebody.proves(answer)
    assert not somebody.proves(answer)
    somebody.asked("step_up")
    assert not somebody.proves(answer)
    older, newer = somebody.asked("step_up"), somebody.asked("step_up")
    assert not somebody.proves(device.sign(older))
    assert not somebody.proves(device.sign(newer)), "a wrong answer spends the challenge too"


FAULTS = {
    "another origin": lambda device, options: device.sign(options, origin="https://archive.example.net"),
    "another challenge": lambda device, options: device.sign(options, challenge="AAAA"),
    "the answer of a registration": lambda device, options: device.sign(options, type="webauthn.create"),
    "no JSON": lambda device, options: "{",
    "a list": lambda device, options: "[]",
    "nothing in it": lambda device, options: "{}",
    "nested without end": lambda device, options: "[" * 15_000,
    "very long": lambda device, options: device.sign(options, extra="x" * 30_000),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_answer_that_does_not_hold_is_refused(somebody, device, fault):
    assert not somebody.proves(FAULTS[fault](device, somebody.asked("step_up")))
    assert somebody.proves(device.sign(somebody.asked("step_up")))


def test_another_host_a_foreign_key_and_a_counter_that_went_back_are_refused(somebody, device, house):
    other = Somebody(house, "other")
    assert not other.proves(device.sign(other.asked("step_up"))), "the key of another account"
    stranger = Device()
    stranger.credential = device.credential
    assert not somebody.proves(stranger.sign(somebody.asked("step_up"))), "signed by another key"
    device.host = "archive.example.net"
    assert not somebody.proves(device.sign(somebody.asked("step_up")))
    device.host, device.count = SITE.host, 1
    assert not somebody.proves(device.sign(somebody.asked("step_up"))), "a copied key that lags behind"


def test_presence_needs_the_devices_own_check_and_a_password_just_given_does_not(somebody, device):
    device.flags = PRESENT
    assert not somebody.proves(device.sign(somebody.asked("step_up")))
    assert somebody.proves(device.sign(somebody.asked("second_factor")), "second_factor")


def test_a_challenge_is_good_for_its_purpose_its_time_and_its_session_alone(somebody, device, house, clock):
    assert not somebody.proves(device.sign(somebody.asked("second_factor")), "step_up")
    asked = somebody.asked("step_up")
    clock.forward(passkeys.GOOD_FOR)
    assert not somebody.proves(device.sign(asked))
    asked = somebody.asked("step_up")
    with house.writing(house.keeper()) as session:
        account_sessions.revoke_all(session, session.get_one(Account, somebody.account_id), now=house.now())
    assert not somebody.proves(device.sign(asked))


def test_the_same_key_is_taken_once_and_an_account_has_no_more_than_ten(somebody, device, house):
    assert not somebody.registers(device)
    assert not Somebody(house, "other").registers(device)
    assert [somebody.registers(Device()) for _ in range(10)] == [True] * 9 + [False]


@pytest.mark.parametrize("wrong", [{"origin": "https://archive.example.net"}, {"challenge": "AAAA"}, {"type": "webauthn.get"}])  # fmt: skip
def test_a_registration_that_does_not_hold_is_refused(somebody, wrong, house):
    device = Device()
    assert not somebody.registers(device, device.register(somebody.asked("register"), **wrong))
    answer = device.register(somebody.asked("register"))
    assert somebody.registers(device, answer)
    assert not somebody.registers(Device(), answer)


def test_a_passkey_is_renamed_and_removed_by_its_owner_and_the_last_second_factor_stays(
    somebody, device, house
):
    other = Somebody(house, "other")
    with house.writing(house.keeper()) as session:
        mine, theirs = (session.get_one(Account, each.account_id) for each in (somebody, other))
        key = passkeys.of_account(session, mine.id)[0]
        for act in (passkeys.rename, lambda *values: passkeys.remove(*values[:3], now=house.now())):
            with pytest.raises(NotOpen):
                act(session, theirs, key.id, "theirs")
        passkeys.rename(session, mine, key.id, "an old telephone")
        mine.totp_confirmed_at = None
        with pytest.raises(Invalid):
            passkeys.remove(session, mine, key.id, now=house.now())
        mine.totp_confirmed_at = house.now()
        passkeys.remove(session, mine, key.id, now=house.now())
        assert not passkeys.of_account(session, mine.id)
        wanted = (
            select(AuditEntry.verb).where(AuditEntry.thing == f"account:{mine.id}").order_by(AuditEntry.id)
        )
        assert list(session.scalars(wanted)) == ["account_added", "passkey_added", "passkey_removed"]


def test_inviting_anew_ends_passkeys_too(somebody, device, house):
    with house.writing(house.keeper()) as session:
        accounts.reset(session, Actor.command("test"), session.get_one(Account, somebody.account_id), now=house.now())  # fmt: skip
    assert not somebody.proves(device.sign(somebody.asked("step_up")))


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://archive.example.org", "archive.example.org"),
        ("http://localhost:8000/", "localhost"),
        ("", None),
        ("http://127.0.0.1:8000", None),
        ("http://[::1]:8000", None),
    ],
)
def test_passkeys_are_for_a_named_host_only(address, host):
    site = Site.of(address, "A synthetic archive")
    assert (site and site.host) == host
    assert site is None or site.origin == address.rstrip("/")


def test_the_challenge_names_the_account_by_nothing_that_is_its_own(somebody):
    asked = somebody.asked("register")
    assert bytes_to_base64url(b"synthetic") not in asked
    assert somebody.asked("register") != asked
