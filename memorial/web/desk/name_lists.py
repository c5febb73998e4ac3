"""Lists of names and tables of catalogues at the desk: sent and previewed, columns mapped, run, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial import jobs
from memorial.domain.errors import Invalid, NotPermitted, Stale
from memorial.domain.list_headings import ROLES
from memorial.domain.list_plan import LISTED
from memorial.domain.table_plan import SEPARATORS
from memorial.gate import GatedSession
from memorial.services import desk
from memorial.services.name_lists import keeping, reading, running, undoing
from memorial.services.name_lists.keeping import Wanted
from memorial.services.name_lists.opening import MOST_BYTES
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, pages
from memorial.web.doors import door

Page = Answer | tuple[str, int]
TURNS = ("plan", "begin", "take_back")
LONGEST_NOTE = 20_000
MOST_COLUMNS = 200
REMARKS = 200  # shown on the page; all of them are counted
WHOLE = ("language", "listed", "fate", "as_of", "heading", "separator")


@door(pages, "/<lang>/desk/name-lists", audience="desk")
def name_lists() -> Page:
    return _form(200, source=request.args.get("source", "")[:300].replace("\x00", ""))


def _form(status: int, **said: Any) -> tuple[str, int]:
    session, actor, now = guard.session(), identity.actor(), house().now()
    keeping.allowed(session, actor, now)
    lists = keeping.lately(session)
    shown = {
        "lists": lists,
        "names": desk.names_of(session, {list_.made_by for list_, _ in lists}),
        "kinds": reading.KINDS_READ,
        **{
            "kind": reading.PEOPLE,
            "source": "",
            "name": "",
            "encoding": "",
            "error": "",
            "field": "",
            **said,
        },
    }
    return render_template("desk/name_lists.html", **shown), status


@door(pages, "/<lang>/desk/name-lists", audience="desk", methods=("POST",))
def name_list_sent() -> Page:
    """The file itself is not kept where it is refused: a browser asks for it again."""
    typed = {name: inputs.line(name, 300) for name in ("source", "name", "encoding", "kind")}
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid("no_file", field="file")
        # An address of the source's page is as good as its id.
        source = typed["source"].split("?")[0].rstrip("/").rpartition("/")[2]
        map_ = {name: typed[name] for name in ("encoding", "kind") if typed[name]}
        wanted = Wanted(source, file.stream.read(MOST_BYTES + 1), file.filename, map_, typed["name"])
        with house().writing(house().keeper()) as session:
            actor, now = identity.actor(), house().now()
            made = keeping.prepare(session, actor, wanted, keys=house().keys, now=now)
            public_id = made.public_id
    except Invalid as wrong:
        return _form(422, **typed, error=wrong.key, field=wrong.field)
    return redirect(url_for("desk.name_list", public_id=public_id))


@door(pages, "/<lang>/desk/name-lists/<public_id>", audience="desk")
def name_list(public_id: str) -> Page:
    return _show(public_id, 200)


def _show(public_id: str, status: int, **said: Any) -> tuple[str, int]:
    session, actor, now = guard.session(), identity.actor(), house().now()
    if status >= 400:
        session.rollback()
    keeping.allowed(session, actor, now)
    list_ = keeping.find(session, public_id)
    previewed = list_.state == keeping.PREVIEWED
    kind = reading.kind_of(list_.plan)
    seen = keeping.look(session, list_, keys=house().keys, first=keeping.SHOWN if previewed else 1)
    shown = {
        "list": list_,
        "work": keeping.of(session, list_),
        "seen": seen,
        "remarks": seen.remarks[:REMARKS],
        "previewed": previewed,
        "mine": list_.made_by == actor.label,
        "at_work": list_.state in running.AT_WORK,
        "item": keeping.item_of(session, list_),
        "kind": kind,
        "roles": ROLES if kind == reading.PEOPLE else list(reading.forms_of(kind)),
        "title_of": reading.title_of,
        "separators": SEPARATORS,
        "forms": LISTED,
        "names": desk.names_of(session, {list_.made_by}),
        "typed": _as_kept(list_.plan, len(seen.head.titles)),
        **{"error": "", "field": "", "note": "", **said},
    }
    return render_template("desk/name_list.html", **shown), status


def _as_kept(plan: Mapping[str, Any], width: int) -> dict[str, Any]:
    """What the form of the columns begins with."""
    roles = [""] * width
    for role, columns in plan["columns"].items():
        for column in columns:
            if column < width:
                roles[column] = role
    whole = {name: "" if plan.get(name) is None else str(plan[name]) for name in WHOLE}
    return whole | {"roles": roles, "language": "" if whole["language"] == "und" else whole["language"]}


@door(pages, "/<lang>/desk/name-lists/<public_id>/<turn>", audience="desk", methods=("POST",))
def name_list_turn(public_id: str, turn: str) -> Page:
    """Read otherwise, begin, take back. What runs is enqueued after the commit; the sweep finds it too."""
    note = inputs.words("note", LONGEST_NOTE)
    try:
        with house().writing(house().keeper()) as session:
            number = _turned(session, public_id, turn, note)
    except Stale as late:
        return _show(public_id, 409, error=late.key, note=note)
    except NotPermitted as refused:
        return _show(public_id, 422 if refused.key == "note" else 403, error=refused.key, note=note)
    except Invalid as wrong:
        return _show(public_id, 422, error=wrong.key, field=wrong.field, typed=_typed())
    if turn != "plan":
        jobs.enqueue(house(), "name_list", number)
    return redirect(url_for("desk.name_list", public_id=public_id))


def _turned(session: GatedSession, public_id: str, turn: str, note: str) -> int:
    actor, now, keys = identity.actor(), house().now(), house().keys
    list_ = keeping.find(session, public_id)
    expected = inputs.number("version") or 0
    if turn not in TURNS:
        raise NotPermitted("no_such_step")
    if turn == "plan":
        keeping.plan_anew(session, actor, list_, _map(list_.plan), expected=expected, keys=keys, now=now)
    elif turn == "begin":
        running.begin(session, actor, list_, expected=expected, now=now)
    else:
        undoing.take_back(session, actor, list_, note, expected=expected, keys=keys, now=now)
    return list_.id


def _typed() -> dict[str, Any]:
    roles = [inputs.line(f"column-{n}", 40) for n in range(MOST_COLUMNS) if f"column-{n}" in request.form]
    return {"roles": roles, **{name: inputs.line(name, 2_000) for name in WHOLE}}


def _map(plan: Mapping[str, Any]) -> dict[str, Any]:
    """What was chosen, as a map. Other headings make other columns: then these are guessed anew."""
    typed = _typed()
    heading = inputs.number("heading") if typed["heading"] else None
    if typed["heading"] and heading is None:
        raise Invalid("no_such_line", field="heading")
    found: dict[str, Any] = {name: typed[name] for name in ("language", "fate", "as_of") if typed[name]}
    found |= {"listed": typed["listed"] or "authority", "heading": heading}
    if reading.kind_of(plan) != reading.PEOPLE:
        found = {"kind": plan["kind"], "heading": heading, "separator": typed["separator"]}
        found |= {"language": typed["language"]} if typed["language"] else {}
    if heading == plan.get("heading"):
        columns: dict[str, list[int]] = {}
        for number, role in enumerate(typed["roles"], 1):
            if role:
                columns.setdefault(role, []).append(number)
        found["columns"] = columns
    return found
