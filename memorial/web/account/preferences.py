"""How somebody works here: what they read, a limit of their own, pause, keys, the daily letter and its quiet hours."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import Invalid
from memorial.models import Account
from memorial.services import preferences
from memorial.web.account import identity, inputs, pages
from memorial.web.context import house
from memorial.web.doors import door
from memorial.words import NAMES

Page = str | Answer | tuple[str, int]
SWITCHES = ("alternate", "paused", "keys", "digest")
NUMBERS = ("graphic_a_day", "quiet_from", "quiet_until")


@door(pages, "/<lang>/account/preferences", audience="account", endpoint="preferences")
def preferences_page() -> Page:
    user = identity.me()
    if user is None or not user.whole:
        return redirect(url_for("account.sign_in", next=request.path))
    with house().session(house().keeper()) as session:
        account = session.get_one(Account, user.account_id)
        mine, read = preferences.of(account), [str(code) for code in account.languages]
    said = {name: str(getattr(mine, name)) for name in (*NUMBERS, "zone")}
    return _show(said, {name for name in SWITCHES if getattr(mine, name)}, read)


@door(pages, "/<lang>/account/preferences", audience="account", methods=("POST",))
def preferences_save() -> Page:
    user = identity.me()
    if user is None or not user.whole:
        return redirect(url_for("account.sign_in"))
    said = {name: inputs.line(name, 60) for name in (*NUMBERS, "zone")}
    switched = {name for name in SWITCHES if request.form.get(name)}
    others = inputs.line("others", 200).replace(",", " ").split()
    read = list(dict.fromkeys([*request.form.getlist("languages"), *others]))
    try:
        chosen = preferences.Preferences(
            **{name: _number(name, said[name]) for name in NUMBERS},
            **{name: name in switched for name in SWITCHES},
            zone=said["zone"] or "UTC",
        )
        with house().writing(house().keeper()) as session:
            account = session.get_one(Account, user.account_id, with_for_update=True)
            preferences.save(account, chosen)
            preferences.read_these(account, read)
    except Invalid as wrong:
        return _show(said, switched, read, error=wrong.field), 422
    return redirect(url_for("account.preferences", done=1))


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 5):
        raise Invalid("number", field=name)
    return int(text)


def _show(said: dict[str, str], switched: set[str], read: list[str], error: str = "") -> Any:
    return render_template(
        "account/preferences.html",
        said=said,
        switched=switched,
        read=read,
        others=" ".join(code for code in read if code not in NAMES),
        known=NAMES,
        error=error,
        most=preferences.MOST_A_DAY,
        saved=bool(request.args.get("done")) and not error,
    )
