"""Accounts: who is invited, with which roles, who no longer may. For administrators who have proved their presence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from memorial.domain import workflow
from memorial.domain.errors import Invalid, NotOpen, NotPermitted
from memorial.gate import GatedSession, may
from memorial.models import Account
from memorial.services import account_sessions, accounts
from memorial.services.audit import Act, record_act
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, pages
from memorial.web.desk.invitations import Invitation, hand_over
from memorial.web.doors import door
from memorial.words import NAMES

Page = str | Answer | tuple[str, int]


def _closed() -> Answer | None:
    """Who may not manage accounts is told so; who has not proved their presence is asked for it."""
    verdict = may(guard.session(), identity.actor(), "manage_accounts", now=house().now())
    if verdict.reason == "stepped_up":
        here = request.path if request.method == "GET" else url_for("desk.accounts")
        return redirect(url_for("account.step_up", next=here))
    if not verdict:
        raise NotPermitted(verdict.reason)
    return None


@contextmanager
def _managing() -> Iterator[GatedSession]:
    """One change; the administrator is looked at anew inside it."""
    with house().writing(house().keeper()) as session:
        accounts.lock_all(session)
        verdict = may(session, identity.actor(), "manage_accounts", now=house().now())
        if not verdict:
            raise NotPermitted(verdict.reason)
        yield session


@door(pages, "/<lang>/desk/accounts", audience="desk", endpoint="accounts")
def accounts_list() -> Page:
    return _closed() or _list()


def _list(
    typed: dict[str, Any] | None = None, errors: dict[str, str] | None = None, status: int = 200
) -> Page:
    with house().session(house().keeper()) as session:
        found = [(each, accounts.state_of(each, house().now())) for each in accounts.everyone(session)]
    kept = {"email": "", "name": "", "roles": [], "languages": [], "how": "", **(typed or {})}
    return (
        render_template("desk/accounts.html", found=found, typed=kept, errors=errors or {}, **_choices()),
        status,
    )


def _choices() -> dict[str, Any]:
    return {"roles": workflow.ROLES, "speech": NAMES, "mails": house().settings.mails}


@door(pages, "/<lang>/desk/accounts", audience="desk", methods=("POST",))
def accounts_invite() -> Page:
    if (closed := _closed()) is not None:
        return closed
    typed = {
        "email": inputs.line("email", 254),
        "name": inputs.line("name", 200),
        "roles": request.form.getlist("role"),
        "languages": _languages(),
        "how": inputs.line("how", 10),
    }
    try:
        with _managing() as session:
            made, code = accounts.add(
                session,
                identity.actor(),
                typed["email"],
                typed["roles"],
                now=house().now(),
                name=typed["name"],
                languages=typed["languages"],
            )
            invitation = Invitation(made.email, code, typed["how"] == "mail")
    except Invalid as wrong:
        return _list(typed, {wrong.field: _advice(wrong.key)}, 422)
    return hand_over(invitation)


def _languages() -> list[str]:
    return [code for code in NAMES if code in request.form.getlist("language")]


def _advice(key: str) -> str:
    known = {
        "email": _("This is not an e-mail address."),
        "account_exists": _("There is an account with this address already."),
        "roles": _("Choose at least one role."),
        "last_admin": _("Nobody else could manage accounts then. Make another administrator first."),
    }
    return known.get(key, _("This cannot be used."))


@door(pages, "/<lang>/desk/accounts/<int:number>", audience="desk")
def account(number: int) -> Page:
    return _closed() or _one(number)


def _one(number: int, error: str = "", status: int = 200) -> Page:
    now = house().now()
    with house().session(house().keeper()) as session:
        found = _found(session, number)
        signed_in = len(account_sessions.open_ones(session, number, now=now))
        state = accounts.state_of(found, now)
    shown = {"account": found, "state": state, "signed_in": signed_in, "error": error}
    return render_template("desk/account.html", **shown, **_choices()), status


def _found(session: GatedSession, number: int) -> Account:
    account = session.get(Account, number) if number < 2**62 else None
    if account is None:
        raise NotOpen("account")
    return account


@door(pages, "/<lang>/desk/accounts/<int:number>/<act>", audience="desk", methods=("POST",))
def account_act(number: int, act: str) -> Page:
    """roles, disable, invite (anew) or sessions."""
    if (closed := _closed()) is not None:
        return closed
    invitation = None
    try:
        with _managing() as session:
            found = _found(session, number)
            code = _do(session, found, act)
            if code:
                invitation = Invitation(found.email, code, inputs.line("how", 10) == "mail")
    except Invalid as wrong:
        return _one(number, _advice(wrong.key), 422)
    if invitation is not None:
        return hand_over(invitation)
    return redirect(url_for("desk.account", number=number))


def _do(session: GatedSession, found: Account, act: str) -> str:
    """Returns the code of a fresh invitation, else nothing."""
    actor, now = identity.actor(), house().now()
    if act == "roles":
        roles = request.form.getlist("role")
        accounts.change_roles(session, actor, found, roles, _languages(), now=now)
    elif act == "disable":
        accounts.disable(session, actor, found, now=now)
    elif act == "sessions":
        account_sessions.revoke_all(session, found, now=now)
        record_act(session, actor, Act("sessions_ended", f"account:{found.id}"), now)
    elif act == "invite":
        return accounts.reset(session, actor, found, now=now)
    else:
        raise NotOpen("act")
    return ""
