"""The log of decisions, the log of what was opened, and both as files that can be checked elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain import workflow
from memorial.gate import GatedSession, may
from memorial.models import AuditEntry, CustodyEvent
from memorial.services import desk, desk_buttons, desk_log, log_export, reckonings
from memorial.services.desk_log import Source, Wanted
from memorial.web.account import identity
from memorial.web.context import house
from memorial.web.desk import guard, pages
from memorial.web.doors import door

_LABEL = re.compile(r"[a-z_]+(?::[\w .@/-]{1,120})?")
_VERB = re.compile(r"[a-z_]{1,40}")
MIMES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}
# What can be chosen; an address may name any other.
DECIDED = tuple(
    sorted(
        {"amend", *workflow.VERBS, *desk_buttons.BESIDES, *(f"asked_{verb}" for verb in workflow.ALWAYS_TWO)}
        | {
            "check",
            "hide",
            "show_again",
            "ask_erasure",
            "import",
            "enter_yes",
            "require_party",
            "remove_party",
        }
        | {
            "approve_form",
            "account_added",
            "account_disabled",
            "account_reset",
            "change_site",
            "export_log",
            "subject_export",
            "succession",
        }
    )
)
OPENED = (
    "contact_shown", "contact_used", "sealed_read", "research_read", "evidence_shown", "enclosure_opened",
    "code_matched", "received", "checked", "copied", "copy_checked", "mended", "copy_mended", "remade", "moved",
    "exported", "seal", "unseal", "erased", "subject_export",
)  # fmt: skip


@door(pages, "/<lang>/desk/log", audience="desk")
def log() -> str:
    return _page(AuditEntry, "desk/log.html", DECIDED)


@door(pages, "/<lang>/desk/log/custody", audience="desk")
def custody_log() -> str:
    """Contacts that were opened, sealed words that were read, originals received and checked."""
    return _page(CustodyEvent, "desk/log_custody.html", OPENED)


def _page(source: Source, template: str, verbs: tuple[str, ...]) -> str:
    session, actor, now, wanted = guard.session(), identity.actor(), house().now(), said(request.args)
    page = desk_log.log(session, actor, wanted, now=now, before=_before(), source=source)
    sees_all = bool(may(session, actor, "see_log", now=now))
    labels = {line.actor for line in page.lines} | {line.second for line in page.lines if line.second}
    labels |= {wanted.actor} if wanted.actor else set()
    return render_template(
        template,
        page=page,
        wanted=wanted,
        query=query_of(wanted),
        names=desk.names_of(session, labels),
        things=desk_log.rows_about(session, actor, page.lines, now=now),
        verbs=verbs,
        accounts=desk_log.accounts(session) if sees_all else {},
        sees_all=sees_all,
        may_export=may(session, actor, "export_log", now=now),
        chains=reckonings.kept(session, "chains"),
        own=wanted.actor == actor.label,
    )


def said(asked: Any) -> Wanted:
    """The filters of an address or a form; what cannot be one counts as not said."""
    return Wanted(
        actor=_matching(_LABEL, asked.get("actor", "")),
        verb=_matching(_VERB, asked.get("verb", "")),
        thing=_matching(_LABEL, asked.get("thing", "")),
        first_day=_day(asked.get("from", "")),
        last_day=_day(asked.get("to", "")),
        two=bool(asked.get("two")),
    )


def _matching(pattern: re.Pattern[str], text: str) -> str:
    text = text.strip()
    return text if pattern.fullmatch(text) and _label_of_account(text) else ""


def _label_of_account(text: str) -> bool:
    """Whatever calls itself an account has a number that a database can hold."""
    return not text.startswith("account:") or bool(re.fullmatch(r"account:[0-9]{1,15}", text, re.ASCII))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _before() -> int | None:
    before = request.args.get("before", type=int)
    return before if before is not None and 0 < before < 2**62 else None


def query_of(wanted: Wanted) -> dict[str, str]:
    """The filters as they stand in an address."""
    days = {"from": wanted.first_day, "to": wanted.last_day}
    found = {name: day.isoformat() for name, day in days.items() if day}
    found |= {name: text for name in ("actor", "verb", "thing") if (text := getattr(wanted, name))}
    return {**found, "two": "1"} if wanted.two else found


@door(pages, "/<lang>/desk/log/export", audience="desk", methods=("POST",))
def log_file() -> Answer:
    """The log has it before the first line leaves."""
    wanted, source = said(request.form), CustodyEvent if request.form.get("custody") else AuditEntry
    back = "desk.custody_log" if source is CustodyEvent else "desk.log"
    actor = identity.actor()
    if may(guard.session(), actor, "export_log", now=house().now()).reason == "stepped_up":
        return redirect(url_for("account.step_up", next=url_for(back, **query_of(wanted))))  # type: ignore[arg-type]
    with house().writing(house().keeper()) as session:
        form = request.form.get("form", "")
        extent = log_export.begin(session, actor, wanted, form, now=house().now(), source=source)
    opened, at = _opening(), house().now()
    answer = Response(_bytes(log_export.written(extent, opened, at)), content_type=MIMES[form])
    answer.headers.set("Content-Disposition", "attachment", filename=extent.name)
    return answer


def _opening() -> Callable[[], AbstractContextManager[GatedSession]]:
    """Sessions for the time after the request's own are closed."""
    running, reader = house(), house().keeper()
    return lambda: running.session(reader)


def _bytes(pieces: Iterator[str]) -> Iterator[bytes]:
    """Some kilobytes at a time."""
    gathered: list[str] = []
    for piece in pieces:
        gathered.append(piece)
        if len(gathered) == 200:
            yield "".join(gathered).encode()
            gathered.clear()
    yield "".join(gathered).encode()
