"""From the invitation's link to a whole account: name and password, the second factor, recovery codes."""

from __future__ import annotations

from flask import current_app, redirect, render_template, url_for
from flask_babel import gettext as _

from memorial.domain.errors import Invalid, NotOpen
from memorial.models import Account, AccountSession
from memorial.services import account_sessions, accounts, second_factor
from memorial.services.printed_codes import bare
from memorial.web.account import identity, inputs, limits, pages
from memorial.web.account.pictures import picture
from memorial.web.account.sign_in import Page, front, per_network
from memorial.web.context import house, language
from memorial.web.doors import door
from memorial.web.security import limiter, network


@door(pages, "/<lang>/account/invitation", audience="account")
def invitation_code() -> Page:
    """Where a code from paper is typed."""
    return render_template("account/invitation_code.html", errors={}, code="")


@door(pages, "/<lang>/account/invitation", audience="account", methods=("POST",))
@limiter.limit(per_network)
def invitation_code_send() -> Page:
    limits.check("invitation", network())
    code = inputs.line("code", 60)
    with house().session(house().keeper()) as session:
        try:
            accounts.invited(session, code, now=house().now())
        except NotOpen:
            limits.missed("invitation", network())
            wrong = _(
                "This code opens no invitation. Look at it once more; it is good once and for seven days."
            )
            return render_template("account/invitation_code.html", errors={"code": wrong}, code=code), 422
    return redirect(url_for("account.invitation", token=bare(code)))


@door(pages, "/<lang>/account/invitation/<token>", audience="account")
@limiter.limit(per_network)
def invitation(token: str) -> Page:
    with house().session(house().keeper()) as session:
        try:
            account = accounts.invited(session, token, now=house().now())
        except NotOpen:
            return render_template("account/invitation_gone.html"), 404
        return render_template("account/invitation.html", errors={}, email=account.email, name=account.name)


@door(pages, "/<lang>/account/invitation/<token>", audience="account", methods=("POST",))
@limiter.limit(per_network)
def invitation_send(token: str) -> Page:
    name, password = inputs.line("name", 200), inputs.password("password")
    try:
        with house().writing(house().keeper()) as session:
            account = accounts.accept(session, token, name, password, now=house().now())
            opened = account_sessions.begin(session, account, now=house().now())
    except NotOpen:
        return render_template("account/invitation_gone.html"), 404
    except Invalid as wrong:
        return _again(token, name, wrong)
    identity.enter(opened)
    return redirect(url_for("account.enrol"))


def _again(token: str, name: str, wrong: Invalid) -> Page:
    with house().session(house().keeper()) as session:
        email = accounts.invited(session, token, now=house().now()).email
    errors = {wrong.field: advice(wrong)}
    return render_template("account/invitation.html", errors=errors, email=email, name=name), 422


def advice(wrong: Invalid) -> str:
    """What to do about an input that cannot be used."""
    known = {
        "name_missing": _("Please give your name. Your colleagues see it beside what you decide."),
        "password_short": _("Please choose at least 12 characters. Three or four unrelated words do well."),
        "password_long": _("Please choose at most 200 characters."),
        "password_plain": _("This one is too easy to guess. Three or four unrelated words do well."),
        "code_wrong": _("That code is not right. Wait for the next one and type it at once."),
    }
    return known.get(wrong.key, _("This cannot be used."))


@door(pages, "/<lang>/account/enrol", audience="account")
def enrol() -> Page:
    user = identity.me()
    if user is None:
        return redirect(url_for("account.sign_in"))
    if user.enrolled:
        return redirect(front() if user.whole else url_for("account.second_factor"))
    return _enrolment(user, {})


def _enrolment(user: identity.SignedIn, errors: dict[str, str]) -> str:
    with house().writing(house().keeper()) as session:
        account = session.get_one(Account, user.account_id)
        secret = second_factor.begin(account, house().keys)
        told = second_factor.address(account, secret, _archive_name())
    shown = {"secret": second_factor.grouped(secret), "picture": picture(told)}
    page: str = render_template("account/enrol.html", errors=errors, **shown)
    return page


def _archive_name() -> str:
    return str(current_app.extensions["site"](language()).name)


@door(pages, "/<lang>/account/enrol", audience="account", methods=("POST",))
@limiter.limit(per_network)
def enrol_send() -> Page:
    user = identity.me()
    if user is None or user.enrolled:
        return redirect(url_for("account.sign_in"))
    limits.check("second-factor", str(user.account_id))
    try:
        with house().writing(house().keeper()) as session:
            account = session.get_one(Account, user.account_id)
            times = {"now": house().clock.wall(), "at": house().now()}
            codes = second_factor.confirm(session, account, inputs.line("code", 20), house().keys, **times)
            opened = session.get_one(AccountSession, user.session_id)
            token = account_sessions.confirm(session, opened, now=house().now())
    except Invalid as wrong:
        limits.missed("second-factor", str(user.account_id))
        return _enrolment(user, {"code": advice(wrong)}), 422
    identity.enter(token)
    return render_template("account/recovery_codes.html", codes=codes, front=front())
