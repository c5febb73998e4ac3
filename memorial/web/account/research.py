"""Asking to read as a researcher, and agreeing to the conditions anew when they have changed."""

from __future__ import annotations

import re
import secrets

from flask import current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from memorial.domain.errors import Invalid
from memorial.models import Account
from memorial.services import applications
from memorial.services.accounts import checked_email
from memorial.services.applications import Wish
from memorial.web.account import identity, inputs, pages
from memorial.web.account.sign_in import Page
from memorial.web.context import house, language
from memorial.web.contribute.forms import right_token, shielded, stale_form
from memorial.web.doors import door
from memorial.web.public.research import conditions
from memorial.web.security import csrf, limiter

LONGEST = {"name": 200, "email": 254, "institution": 300, "purpose": 5_000}


def per_network() -> str:
    return house().settings.limit_applications


def mark() -> str:
    """Which conditions stand now."""
    return str(current_app.extensions["site"](language()).conditions_mark)


@door(pages, "/<lang>/research/apply", audience="account")
def apply() -> Page:
    return _form(dict.fromkeys(LONGEST, ""), {}, secrets.token_urlsafe(16))


@door(pages, "/<lang>/research/apply", audience="account", methods=("POST",))
@csrf.exempt
@limiter.limit(per_network)
def apply_send() -> Page:
    """What was typed stays, whatever is wrong; the same form twice is one application."""
    typed = {name: inputs.words(name, most + 1) for name, most in LONGEST.items()}
    key = request.form.get("key", "")
    key = key if re.fullmatch(r"[A-Za-z0-9_-]{22}", key) else secrets.token_urlsafe(16)
    if not right_token():
        return _form(typed, {"name": stale_form()}, key, 400)
    errors = _errors(typed)
    if errors:
        return _form(typed, errors, key, 422)
    try:
        with shielded() as failed, house().writing(house().keeper()) as session:
            applications.apply(
                session,
                house().keys,
                Wish(**typed),
                language=language(),
                conditions=mark(),
                send_key=key,
                now=house().now(),
            )
    except IntegrityError:
        pass  # the same form, at the same moment: the other one is kept
    if failed.status:
        return _form(typed, {"name": failed.words}, key, failed.status)
    return redirect(url_for("account.applied"), code=303)


def _errors(typed: dict[str, str]) -> dict[str, str]:
    missing = {
        "name": _("Write your name."),
        "email": _("Write your e-mail address, such as name@example.org."),
        "institution": _("Write where you work or study. If nowhere, write that."),
        "purpose": _("Write what you want to read it for."),
    }
    found = {name: words for name, words in missing.items() if not typed[name]}
    for name, most in LONGEST.items():
        if len(typed[name]) > most:
            found[name] = _("This is longer than %(most)s characters.", most=most)
    try:
        checked_email(typed["email"])
    except Invalid:
        found["email"] = missing["email"]
    if request.form.get("agree") != "yes":
        found["agree"] = _("Without your agreement to the conditions we cannot take the request.")
    elif request.form.get("conditions") != mark():
        found["agree"] = _("The conditions have changed meanwhile. Please read them as they are now.")
    return found


def _form(typed: dict[str, str], errors: dict[str, str], key: str, status: int = 200) -> Page:
    agreed = request.form.get("agree") == "yes" and "agree" not in errors
    shown = {"typed": typed, "errors": errors, "key": key, "mark": mark(), "agreed": agreed}
    return render_template("account/apply.html", conditions=conditions(), **shown), status


@door(pages, "/<lang>/research/received", audience="account")
def applied() -> Page:
    return render_template("account/applied.html")


@door(pages, "/<lang>/account/conditions", audience="account", endpoint="conditions")
def conditions_page() -> Page:
    return _conditions("")


def _conditions(error: str, status: int = 200) -> Page:
    user = identity.me()
    if user is None or not user.whole:
        return redirect(url_for("account.sign_in", next=request.path))
    return render_template(
        "account/conditions.html", conditions=conditions(), mark=mark(), error=error
    ), status


@door(pages, "/<lang>/account/conditions", audience="account", methods=("POST",))
def conditions_agree() -> Page:
    user = identity.me()
    if user is None or not user.whole:
        return redirect(url_for("account.sign_in"))
    if request.form.get("conditions") != mark():
        return _conditions(_("The conditions have changed meanwhile. Please read them as they are now."), 409)
    if request.form.get("agree") != "yes":
        return _conditions(_("Say that you agree, or leave the page: then you read as everybody does."), 422)
    with house().writing(house().keeper()) as session:
        account = session.get_one(Account, user.account_id)
        applications.agree(session, account, mark(), now=house().now())
    return redirect(url_for("public.home"))
