"""Where an account is signed in, ending that, proof of presence, and fresh recovery codes."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask_babel import gettext as _

from memorial.domain.errors import NotOpen, NotPermitted
from memorial.gate import GatedSession
from memorial.models import Account, AccountSession
from memorial.services import account_sessions, accounts, second_factor
from memorial.web.account import identity, inputs, limits, pages
from memorial.web.account.sign_in import Page, front, per_network
from memorial.web.context import house
from memorial.web.doors import door
from memorial.web.security import limiter


@door(pages, "/<lang>/account/sessions", audience="account", endpoint="sessions")
def sessions_page() -> Page:
    user = identity.me()
    if user is None or not user.whole:
        return redirect(url_for("account.sign_in"))
    with house().session(house().keeper()) as session:
        found = account_sessions.open_ones(session, user.account_id, now=house().now())
        left = len(session.get_one(Account, user.account_id).recovery_hashes)
        return render_template(
            "account/sessions.html", sessions=found, mine=user.session_id, left=left, user=user
        )


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
    return render_template("account/step_up.html", errors={}, next=inputs.next_path(front()))


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
        return render_template("account/step_up.html", errors=errors, next=wanted), 422
    limits.forget("second-factor", str(user.account_id))
    return redirect(wanted)


def _is_present(user: identity.SignedIn, proof: str) -> bool:
    with house().session(house().keeper()) as reading:
        known = accounts.right_password(reading.get(Account, user.account_id), proof)
    with house().writing(house().keeper()) as session:
        right = known or _right_code(session, user, proof)
        if right:
            account_sessions.step_up(session.get_one(AccountSession, user.session_id), now=house().now())
    return right


def _right_code(session: GatedSession, user: identity.SignedIn, proof: str) -> bool:
    account = session.get_one(Account, user.account_id)
    times = {"now": house().clock.wall(), "at": house().now()}
    return second_factor.verify(session, account, proof, house().keys, **times)


@door(pages, "/<lang>/account/recovery-codes", audience="account", methods=("POST",))
def recovery_codes() -> Page:
    user = identity.me()
    if user is None or not user.whole:
        return redirect(url_for("account.sign_in"))
    if not user.stepped_up:
        raise NotPermitted("stepped_up")
    with house().writing(house().keeper()) as session:
        account = session.get_one(Account, user.account_id)
        codes = second_factor.new_recovery_codes(session, account, at=house().now())
    return render_template("account/recovery_codes.html", codes=codes)
