"""The queue, and what imports left unmatched."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import render_template, request
from flask import session as browser

from memorial.domain import workflow
from memorial.gate import may
from memorial.gate.permission import only_confirms
from memorial.models import Account
from memorial.services import desk, desk_counts, desk_log, preferences, saved_views
from memorial.services.desk_filters import SORTS, Filters
from memorial.web.account import identity
from memorial.web.context import house
from memorial.web.desk import guard, pages
from memorial.web.doors import door

ROOMS = (
    "open_desk",
    "amend",
    "see_log",
    "see_leftovers",
    "see_reports",
    "see_readers",
    "see_roles",
    "manage_accounts",
    "bulk",
    "import",
    "edit_replies",
    "edit_word_lists",
    "read_transcript",
)
SWITCHES = (
    "read", "without_graphic", "text_only", "mine", "assigned", "second", "returned", "late", "due", "passed",
)  # fmt: skip
CHOICES = ("kind", "state", "language", "sort")


@door(pages, "/<lang>/desk", audience="desk")
def queue() -> str:
    return show(request.args)


def show(asked: Mapping[str, str], **said: str) -> str:
    """The queue; `said` is what a form that was not taken wants to say again."""
    filters = wanted(asked)
    session, actor, now = guard.session(), identity.actor(), house().now()
    account = session.get_one(Account, actor.account_id)
    paused = preferences.of(account).paused
    if paused and not asked.get("all") and not query_of(filters):
        filters = Filters(mine=True)  # nothing is offered; what they had taken stays theirs
    browser["queue"] = query_of(filters)
    page = desk.queue(session, actor, filters, now=now, after=asked.get("after", ""))
    return render_template(
        "desk/queue.html",
        page=page,
        filters=filters,
        switches=SWITCHES,
        sorts=SORTS,
        kinds=sorted({kind for kind, _ in page.counts}),
        states=workflow.OPEN_STATES,
        most=desk_counts.MOST,
        query=query_of(filters),
        views=saved_views.listed(session, actor),
        paused=paused,
        reads=account.languages,
        confirms=only_confirms(actor),
        now=now,
        **{"error": "", "typed": "", "nothing": asked.get("nothing", ""), **said},
        keeps_settings=may(session, actor, "change_settings", now=now).reason != "role",
    )


def wanted(asked: Mapping[str, str]) -> Filters:
    """The filters of a query string; what is unknown counts as not said."""
    kind, state, language, sort = (asked.get(name, "") for name in CHOICES)
    return Filters(
        kind=kind if kind in workflow.KINDS else "",
        state=state if state in workflow.OPEN_STATES else "",
        language=language if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", language) else "",
        sort=sort if sort in SORTS[1:] else "",
        **{name: bool(asked.get(name)) for name in SWITCHES},
    )


def query_of(filters: Filters) -> dict[str, str]:
    """The filters as they stand in an address."""
    said = {name: getattr(filters, name) for name in (*CHOICES, *SWITCHES)}
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
