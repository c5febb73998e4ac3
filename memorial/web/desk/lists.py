"""The queue, and what imports left unmatched."""

from __future__ import annotations

import re

from flask import render_template, request

from memorial.domain import workflow
from memorial.gate import may
from memorial.services import desk, desk_log
from memorial.services.desk import Filters
from memorial.web.account import identity
from memorial.web.context import house
from memorial.web.desk import guard, pages
from memorial.web.doors import door

ROOMS = (
    "open_desk",
    "see_log",
    "see_leftovers",
    "see_reports",
    "see_readers",
    "see_roles",
    "manage_accounts",
    "bulk",
    "edit_replies",
    "edit_word_lists",
)
SWITCHES = ("mine", "text_only", "without_graphic", "returned", "late", "passed")


@door(pages, "/<lang>/desk", audience="desk")
def queue() -> str:
    filters = wanted()
    session, actor, now = guard.session(), identity.actor(), house().now()
    page = desk.queue(session, actor, filters, now=now, after=request.args.get("after", ""))
    return render_template(
        "desk/queue.html",
        page=page,
        filters=filters,
        switches=SWITCHES,
        kinds=sorted({kind for kind, _ in page.counts}),
        states=workflow.OPEN_STATES,
        query=_query(filters),
        now=now,
        keeps_settings=may(session, actor, "change_settings", now=now).reason != "role",
    )


def wanted() -> Filters:
    """The filters of the query string; what is unknown counts as not said."""
    asked = request.args
    kind, state, language = (asked.get(name, "") for name in ("kind", "state", "language"))
    return Filters(
        kind=kind if kind in workflow.KINDS else "",
        state=state if state in workflow.OPEN_STATES else "",
        language=language if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", language) else "",
        **{name: bool(asked.get(name)) for name in SWITCHES},
    )


def _query(filters: Filters) -> dict[str, str]:
    """The filters as they stand in an address."""
    said = {name: getattr(filters, name) for name in ("kind", "state", "language", *SWITCHES)}
    return {name: "1" if value is True else value for name, value in said.items() if value}


@door(pages, "/<lang>/desk/leftovers", audience="desk")
def leftovers() -> str:
    file, external_id = (_plain(request.args.get(name, "")) for name in ("file", "id"))
    after = (file, external_id) if file else None
    found, more = desk_log.leftovers(guard.session(), identity.actor(), now=house().now(), after=after)
    return render_template("desk/leftovers.html", objects=found, more=more)


def _plain(text: str) -> str:
    return text[:200].replace("\x00", "")


def verdicts() -> dict[str, bool]:
    """Which rooms of the desk this account may enter, for its navigation."""
    return {verb: identity.opens(verb) for verb in ROOMS}


@pages.app_context_processor
def _desk_names() -> dict[str, object]:
    """For the frame of the desk's and the account's pages; other pages pay nothing for it."""
    if request.blueprint not in ("desk", "account"):
        return {}
    user = identity.me()
    return {
        "me": user,
        "mails": house().settings.mails,
        "rooms": verdicts() if user is not None and user.whole else {},
    }
