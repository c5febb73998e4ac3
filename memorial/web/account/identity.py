"""Who is signed in. The session's own row is read on every request that brings a session cookie.

    me()                 # SignedIn or None
    require("read_…")    # Actor of whoever may do this, else a redirect or NotPermitted
    actor()              # the Actor for `may` and the audit; without a second factor it has no role
    desk_reader()        # how this account reads at the desk
    enter(token), leave()

An approved reader reads the public pages with both audiences: `g.reader` is set for the request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import Flask, Response, current_app, g, request, session
from flask_login import current_user, login_user, logout_user

from memorial.gate import Actor, Reader, may
from memorial.gate.standing import roles_now
from memorial.models import Account, AccountSession
from memorial.services import account_sessions, preferences
from memorial.web.context import house, moment, reading
from memorial.web.security import SESSION_COOKIE, login
from memorial.words import DEFAULT


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One signed-in browser, in the shape that Flask-Login asks for. `get_id` is the session's token."""

    account_id: int
    session_id: int
    name: str
    email: str
    roles: frozenset[str]
    languages: Sequence[str]
    enrolled: bool
    whole: bool  # the second factor was given
    stepped_up: bool
    seen_at: datetime
    keys: bool  # single keys act on the desk's pages: services/preferences.py
    token: str = field(repr=False)
    reads_until: date | None = None  # an approved reader's last day
    agreed: str = ""  # the mark of the conditions for researchers that they agreed to last

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.token


@dataclass(frozen=True, slots=True)
class Research:
    """What every page tells an approved reader: the last day of it, and whether they have agreed."""

    account_id: int
    until: date | None
    agreed: bool


def set_up(app: Flask) -> None:
    """Read who is there before each request, and keep what they are shown out of every cache."""
    login.user_loader(_load)
    app.before_request(_before)
    app.after_request(_after)


def _load(token: str) -> SignedIn | None:
    now = house().now()
    with house().session(house().keeper()) as keeper:
        found = account_sessions.find(keeper, token, now=now)
        return _signed_in(*found, token, now) if found else None


def _signed_in(opened: AccountSession, account: Account, token: str, now: datetime) -> SignedIn:
    return SignedIn(
        account.id,
        opened.id,
        account.name or account.email,
        account.email,
        roles_now(account.roles, account.ends_at, now),
        tuple(account.languages),
        account.totp_confirmed_at is not None,
        opened.second_factor_at is not None,
        account_sessions.is_stepped_up(opened, now=now),
        opened.seen_at,
        preferences.of(account).keys,
        token,
        account.last_day,
        account.conditions_agreed,
    )


def _before() -> None:
    if SESSION_COOKIE not in request.cookies or "_user_id" not in session:
        return
    user: Any = current_user._get_current_object()
    if not isinstance(user, SignedIn):
        return
    g.account = user
    if user.whole:
        g.reader = _reader_of(user)
    if house().now() - user.seen_at >= account_sessions.SEEN_EVERY:
        with house().writing(house().keeper()) as keeper:
            account_sessions.seen(keeper, user.session_id, now=house().now())


def _reader_of(user: SignedIn) -> Reader:
    """An approved reader reads as the public until they have agreed to the conditions as they are now."""
    found = Reader.of_signed_in(user.roles, moment())
    if "research" not in found.audiences:
        return found
    agreed = user.agreed == current_app.extensions["site"](DEFAULT).conditions_mark
    g.research = Research(user.account_id, user.reads_until, agreed)
    return found if agreed else Reader.public(moment())


def _after(answer: Response) -> Response:
    if g.get("account") is not None and request.endpoint != "static":
        answer.headers["Cache-Control"] = "no-store"
        answer.headers.pop("ETag", None)
    return answer


def me() -> SignedIn | None:
    """Who is signed in, perhaps by password alone."""
    found: SignedIn | None = g.get("account")
    return found


def actor() -> Actor:
    """Who acts in this request. Nobody, or somebody without a second factor, has no role."""
    user = me()
    if user is None:
        return Actor("nobody")
    roles = user.roles if user.whole else frozenset()
    return Actor(
        f"account:{user.account_id}",
        roles,
        user.account_id,
        stepped_up=user.whole and user.stepped_up,
        session_id=user.session_id,
    )


def desk_reader() -> Reader:
    """By custody; sealed rows open only to whoever may read them and has proved their presence."""
    plain = Reader.desk(moment())
    if may(reading(plain), actor(), "read_sealed", now=house().now()):
        return Reader.desk(moment(), consent_officer=True)
    return plain


def enter(token: str) -> None:
    """Begin anew under this token: nothing of the browser's session before survives."""
    session.clear()
    user = _load(token)
    if user is not None:
        login_user(user)
        g.account = user


def renew(token: str) -> None:
    """The same browser under a new token; forms that lie open in it stay good."""
    user = _load(token)
    if user is not None:
        login_user(user)
        g.account = user


def opens(verb: str) -> bool:
    """Whether whoever is signed in has this verb at all; a proof of presence may still be asked for."""
    return may(reading(Reader.desk(moment())), actor(), verb, now=house().now()).reason in ("", "stepped_up")


def leave() -> None:
    logout_user()
    session.clear()
    g.pop("account", None)
