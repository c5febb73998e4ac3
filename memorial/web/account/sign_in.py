"""Sign in: e-mail and password, then the second factor; and out again."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import NotPermitted
from memorial.gate import GatedSession
from memorial.models import Account, AccountSession
from memorial.services import account_sessions, accounts, passkeys, second_factor
from memorial.web.account import identity, inputs, limits, pages
from memorial.web.context import house
from memorial.web.doors import door
from memorial.web.security import limiter

Page = str | Answer | tuple[str, int]


def per_network() -> str:
    return house().settings.limit_signin


def front() -> str:
    """Where somebody without a wish of their own arrives: at the desk, or, as a reader, on the first page."""
    return url_for("desk.queue") if identity.opens("open_desk") else url_for("public.home")


@door(pages, "/<lang>/account/sign-in", audience="account")
def sign_in() -> Page:
    user = identity.me()
    if user is not None:
        return redirect(onward(user.enrolled, user.whole))
    return render_template("account/sign_in.html", errors={}, email="", next=inputs.next_path(""))


@door(pages, "/<lang>/account/sign-in", audience="account", methods=("POST",))
@limiter.limit(per_network)
def sign_in_send() -> Page:
    email, password = inputs.line("email", 254).lower(), inputs.password("password")
    limits.check("sign-in", email)
    with house().session(house().keeper()) as session:
        account = accounts.by_password(session, email, password)
        known = (account.id, account.password_hash) if account else None
        over = account is not None and accounts.state_of(account, house().now()) == "ended"
    if known is None or over:
        limits.missed("sign-in", email)
        wrong = _("The e-mail address or the password is not right.")
        ended = _("Your time as an approved reader has ended. You can apply anew.")
        errors = {"email": ended if over else wrong}
        kept = {"email": email, "next": inputs.next_path("")}
        return render_template("account/sign_in.html", errors=errors, **kept), 422
    limits.forget("sign-in", email)
    enrolled = _begin(*known, password)
    return redirect(onward(enrolled, whole=False))


def _begin(account_id: int, password_hash: str, password: str) -> bool:
    """A half session; returns whether there is a second factor to ask for. Raises NotPermitted (`account_ended`)."""
    with house().writing(house().keeper()) as session:
        account = session.get_one(Account, account_id, with_for_update=True)
        if account.password_hash != password_hash or account.disabled_at is not None:
            raise NotPermitted("account_ended")  # reset or ended since the password was looked at
        accounts.freshen(account, password)
        token = account_sessions.begin(session, account, now=house().now())
        enrolled = account.totp_confirmed_at is not None
    identity.enter(token)
    return enrolled


def onward(enrolled: bool, whole: bool) -> str:
    if whole:
        return inputs.next_path(front())
    step = "account.second_factor" if enrolled else "account.enrol"
    wished = inputs.next_path("")
    return url_for(step, next=wished) if wished else url_for(step)


@door(pages, "/<lang>/account/second-factor", audience="account", endpoint="second_factor")
def second_factor_page() -> Page:
    user = identity.me()
    if user is None:
        return redirect(url_for("account.sign_in"))
    if user.whole or not user.enrolled:
        return redirect(onward(user.enrolled, user.whole))
    return second_factor_again(user, "", 200)


def second_factor_again(user: identity.SignedIn, wrong: str, status: int = 422) -> tuple[str, int]:
    """The page for the code, with a passkey beside it where there is one."""
    with house().session(house().keeper()) as session:
        keys = bool(house().settings.public_url and passkeys.of_account(session, user.account_id))
    shown = {"errors": {"code": wrong} if wrong else {}, "next": inputs.next_path(""), "keys": keys}
    return render_template("account/second_factor.html", **shown), status


@door(pages, "/<lang>/account/second-factor", audience="account", methods=("POST",))
@limiter.limit(per_network)
def second_factor_send() -> Page:
    user = identity.me()
    if user is None or user.whole:
        return redirect(url_for("account.sign_in"))
    limits.check("second-factor", str(user.account_id))
    with house().writing(house().keeper()) as session:
        token = _confirmed(session, user, inputs.line("code", 60))
    if token is None:
        limits.missed("second-factor", str(user.account_id))
        wrong = _("That code is not right, or it was used already. Wait for the next one.")
        return second_factor_again(user, wrong)
    limits.forget("second-factor", str(user.account_id))
    identity.enter(token)
    return redirect(inputs.next_path(front()))


def _confirmed(session: GatedSession, user: identity.SignedIn, code: str) -> str | None:
    account = session.get_one(Account, user.account_id)
    times = {"now": house().clock.wall(), "at": house().now()}
    if not second_factor.verify(session, account, code, house().keys, **times):
        return None
    opened = session.get_one(AccountSession, user.session_id)
    return account_sessions.confirm(session, opened, now=house().now())


@door(pages, "/<lang>/account/sign-out", audience="account", methods=("POST",))
def sign_out() -> Page:
    user = identity.me()
    if user is not None:
        with house().writing(house().keeper()) as session:
            account_sessions.revoke(session, user.account_id, user.session_id, now=house().now())
    identity.leave()
    return redirect(url_for("account.sign_in"))
