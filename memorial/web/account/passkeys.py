"""Passkeys in the browser: what the device is asked, and what it answers. Without scripts the code on a telephone remains."""

from __future__ import annotations

from flask import Response, make_response, redirect, request, url_for
from flask_babel import gettext as _

from memorial.domain.errors import Invalid, NotOpen, NotPermitted
from memorial.models import Account, AccountSession
from memorial.services import account_sessions, passkeys
from memorial.services.passkeys import Site
from memorial.web.account import identity, inputs, limits, pages
from memorial.web.account.sessions import offered, own_page, present
from memorial.web.account.sign_in import Page, front, onward, per_network, second_factor_again
from memorial.web.context import house
from memorial.web.doors import door
from memorial.web.security import limiter


def _site() -> Site:
    site = offered()
    if site is None:
        raise NotOpen("passkeys")
    return site


@door(pages, "/<lang>/account/passkeys/options", audience="account", methods=("POST",))
@limiter.limit(per_network)
def passkey_options() -> Response:
    """What the script hands to the device. Each asking makes a new challenge, good once and for three minutes."""
    user, site = identity.me(), _site()
    purpose = request.form.get("purpose", "")
    if user is None or user.whole is (purpose == "second_factor"):
        raise NotPermitted("role")
    if purpose not in ("register", "second_factor", "step_up"):
        raise NotOpen("purpose")
    if purpose == "register":
        present()
    with house().writing(house().keeper()) as session:
        opened = session.get_one(AccountSession, user.session_id)
        account = session.get_one(Account, user.account_id)
        asked = passkeys.challenge(session, opened, account, site, purpose, now=house().now())  # type: ignore[arg-type]
    answer = make_response(asked)
    answer.mimetype = "application/json"
    return answer


@door(pages, "/<lang>/account/passkeys", audience="account", methods=("POST",))
@limiter.limit(per_network)
def passkey_add() -> Page:
    user, site = present(), _site()
    name = inputs.line("name", 100) or _("My passkey")
    with house().writing(house().keeper()) as session:
        opened = session.get_one(AccountSession, user.session_id)
        account = session.get_one(Account, user.account_id)
        answer = request.form.get("answer", "")
        made = passkeys.register(session, opened, account, answer, name, site, now=house().now())
    if made is None:
        return own_page(user, {"passkey": _("This passkey could not be added. Try once more.")}, 422)
    return redirect(f"{url_for('account.sessions')}#passkeys")


@door(pages, "/<lang>/account/passkeys/rename", audience="account", methods=("POST",))
def passkey_rename() -> Page:
    user = present()
    try:
        with house().writing(house().keeper()) as session:
            account = session.get_one(Account, user.account_id)
            passkeys.rename(session, account, inputs.number("passkey") or 0, inputs.line("name", 100))
    except Invalid:
        return own_page(user, {"passkey": _("Please give it a name.")}, 422)
    return redirect(f"{url_for('account.sessions')}#passkeys")


@door(pages, "/<lang>/account/passkeys/remove", audience="account", methods=("POST",))
def passkey_remove() -> Page:
    user = present()
    try:
        with house().writing(house().keeper()) as session:
            account = session.get_one(Account, user.account_id)
            passkeys.remove(session, account, inputs.number("passkey") or 0, now=house().now())
    except Invalid:
        wrong = _("Nothing else would stand beside your password. Add another second factor first.")
        return own_page(user, {"passkey": wrong}, 422)
    return redirect(f"{url_for('account.sessions')}#passkeys")


@door(pages, "/<lang>/account/second-factor/passkey", audience="account", methods=("POST",))
@limiter.limit(per_network)
def second_factor_passkey() -> Page:
    """The passkey in place of the code, after the password."""
    user, site = identity.me(), _site()
    if user is None or user.whole:
        return redirect(url_for("account.sign_in") if user is None else onward(user.enrolled, whole=True))
    limits.check("second-factor", str(user.account_id))
    token = ""
    with house().writing(house().keeper()) as session:
        opened = session.get_one(AccountSession, user.session_id)
        account = session.get_one(Account, user.account_id)
        answer = request.form.get("answer", "")
        if passkeys.prove(session, opened, account, answer, site, "second_factor", now=house().now()):
            token = account_sessions.confirm(session, opened, now=house().now())
    if not token:
        limits.missed("second-factor", str(user.account_id))
        return second_factor_again(
            user, _("The passkey did not answer as it should. Try once more, or use the code.")
        )
    limits.forget("second-factor", str(user.account_id))
    identity.enter(token)
    return redirect(inputs.next_path(front()))
