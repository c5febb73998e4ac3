"""Somebody's own account: where it is signed in, its passkeys, its password, fresh recovery codes, proof of presence."""

from __future__ import annotations

from flask import current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _

from memorial.domain.errors import Invalid, NotOpen, NotPermitted
from memorial.gate import GatedSession
from memorial.models import Account, AccountSession
from memorial.services import account_sessions, accounts, passkeys, second_factor
from memorial.web.account import identity, inputs, limits, pages
from memorial.web.account.enrolment import advice
from memorial.web.account.sign_in import Page, front, per_network
from memorial.web.context import house, language
from memorial.web.doors import door
from memorial.web.security import limiter


@door(pages, "/<lang>/account/sessions", audience="account", endpoint="sessions")
def sessions_page() -> Page:
    user = identity.me()
    if user is None or not user.whole:
        return redirect(url_for("account.sign_in"))
    return own_page(user)


def own_page(
    user: identity.SignedIn, errors: dict[str, str] | None = None, status: int = 200
) -> tuple[str, int]:
    with house().session(house().keeper()) as session:
        shown = {
            "sessions": account_sessions.open_ones(session, user.account_id, now=house().now()),
            "left": len(session.get_one(Account, user.account_id).recovery_hashes),
            "passkeys": passkeys.of_account(session, user.account_id),
        }
    said = {"errors": errors or {}, "user": user, "mine": user.session_id}
    more = {"offered": offered() is not None, "most": passkeys.MOST}
    return render_template("account/sessions.html", **shown, **said, **more), status


def offered() -> passkeys.Site | None:
    """For whom passkeys are made; None where this archive has no public address."""
    name = str(current_app.extensions["site"](language()).name)
    return passkeys.Site.of(house().settings.public_url, name)


@door(pages, "/<lang>/account/password", audience="account", methods=("POST",))
@limiter.limit(per_network)
def password_change() -> Page:
    """Another password; every other browser is signed out."""
    user = present()
    try:
        with house().writing(house().keeper()) as session:
            account = session.get_one(Account, user.account_id)
            wanted = inputs.password("password")
            accounts.change_password(session, account, wanted, now=house().now(), but=user.session_id)
    except Invalid as wrong:
        return own_page(user, {"password": advice(wrong)}, 422)
    return redirect(url_for("account.sessions"))


def present() -> identity.SignedIn:
    """Whoever is signed in and has proved their presence lately. Raises NotPermitted."""
    user = identity.me()
    if user is None or not user.whole:
        raise NotPermitted("role")
    if not user.stepped_up:
        raise NotPermitted("stepped_up")
    return user


@door(pages, "/<lang>/account/sessions", audience="account", methods=("POST",))
def sessions_end() -> Page:
    """Ends one session (`session`) or all the others."""
    user = identity.me()
    if user is None or not user.whole:
        return redirect(url_for("account.sign_in"))
    wanted = inputs.number("session")
    with house().writing(house().keeper()) as session:
        if wanted is None:
            account = session.get_one(Account, user.account_id)
            account_sessions.revoke_all(session, account, now=house().now(), but=user.session_id)
        elif not account_sessions.revoke(session, user.account_id, wanted, now=house().now()):
            raise NotOpen("session")
    return redirect(url_for("account.sessions"))


@door(pages, "/<lang>/account/step-up", audience="account")
def step_up() -> Page:
    user = identity.me()
    if user is None or not user.whole:
        return redirect(url_for("account.sign_in"))
    return _step_up_page(user, inputs.next_path(front()))


def _step_up_page(
    user: identity.SignedIn, wanted: str, errors: dict[str, str] | None = None, status: int = 200
) -> tuple[str, int]:
    with house().session(house().keeper()) as session:
        keys = offered() is not None and bool(passkeys.of_account(session, user.account_id))
    shown = {"errors": errors or {}, "next": wanted, "keys": keys}
    return render_template("account/step_up.html", **shown), status


@door(pages, "/<lang>/account/step-up", audience="account", methods=("POST",))
@limiter.limit(per_network)
def step_up_send() -> Page:
    user = identity.me()
    if user is None or not user.whole:
        return redirect(url_for("account.sign_in"))
    limits.check("second-factor", str(user.account_id))
    wanted = inputs.next_path(front())
    if not _is_present(user, inputs.password("proof")):
        limits.missed("second-factor", str(user.account_id))
        errors = {"proof": _("That is neither your password nor a code that is good now.")}
        return _step_up_page(user, wanted, errors, 422)
    limits.forget("second-factor", str(user.account_id))
    return redirect(wanted)


@door(pages, "/<lang>/account/step-up/passkey", audience="account", methods=("POST",))
@limiter.limit(per_network)
def step_up_passkey() -> Page:
    user, site = identity.me(), offered()
    if user is None or not user.whole or site is None:
        return redirect(url_for("account.sign_in"))
    limits.check("second-factor", str(user.account_id))
    wanted, token = inputs.next_path(front()), ""
    with house().writing(house().keeper()) as session:
        opened, account = _rows(session, user)
        answer = request.form.get("answer", "")
        if passkeys.prove(session, opened, account, answer, site, "step_up", now=house().now()):
            token = _stepped_up(opened)
    if not token:
        limits.missed("second-factor", str(user.account_id))
        errors = {"proof": _("The passkey did not answer as it should. Try once more, or use your password.")}
        return _step_up_page(user, wanted, errors, 422)
    limits.forget("second-factor", str(user.account_id))
    identity.renew(token)
    return redirect(wanted)


def _rows(session: GatedSession, user: identity.SignedIn) -> tuple[AccountSession, Account]:
    return session.get_one(AccountSession, user.session_id), session.get_one(Account, user.account_id)


def _stepped_up(opened: AccountSession) -> str:
    """Presence is this browser's alone: a copy of its cookie made before is worth nothing any more."""
    account_sessions.step_up(opened, now=house().now())
    return account_sessions.renew_token(opened)


def _is_present(user: identity.SignedIn, proof: str) -> bool:
    with house().session(house().keeper()) as reading:
        known = accounts.right_password(reading.get(Account, user.account_id), proof)
    with house().writing(house().keeper()) as session:
        right = known or _right_code(session, user, proof)
        token = _stepped_up(session.get_one(AccountSession, user.session_id)) if right else ""
    if token:
        identity.renew(token)
    return right


def _right_code(session: GatedSession, user: identity.SignedIn, proof: str) -> bool:
    account = session.get_one(Account, user.account_id)
    times = {"now": house().clock.wall(), "at": house().now()}
    return second_factor.verify(session, account, proof, house().keys, **times)


@door(pages, "/<lang>/account/recovery-codes", audience="account", methods=("POST",))
def recovery_codes() -> Page:
    user = present()
    with house().writing(house().keeper()) as session:
        account = session.get_one(Account, user.account_id)
        codes = second_factor.new_recovery_codes(session, account, at=house().now())
    return render_template("account/recovery_codes.html", codes=codes, front=front())
