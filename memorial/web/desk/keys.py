"""The keys of the desk: what each does, and the switch. None of them decides anything."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.models import Account
from memorial.services import preferences
from memorial.web.account import identity
from memorial.web.account.inputs import next_path
from memorial.web.context import house
from memorial.web.desk import pages
from memorial.web.doors import door


@door(pages, "/<lang>/desk/keys", audience="desk")
def keys() -> str:
    return render_template("desk/keys.html")


@door(pages, "/<lang>/desk/keys", audience="desk", methods=("POST",))
def keys_switch() -> Answer:
    """On or off for this account; whoever has them off finds the switch on the page of the keys."""
    with house().writing(house().keeper()) as session:
        account = session.get_one(Account, identity.actor().account_id, with_for_update=True)
        preferences.save(account, replace(preferences.of(account), keys=request.form.get("keys") == "on"))
    return redirect(next_path(url_for("desk.keys")))
