"""The form of one object of the published record. Nothing typed into it is lost, whatever the answer is.

Names of its fields: `v-KEY` a value, `c-KEY` which reading stands where two changed the same words, `q-KEY` and
`at-KEY` what is looked for in a picker. `do` says what the button wants: save, look, preview, find:KEY, use:KEY:ID.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.domain.ids import new_public_id
from memorial.gate import GatedSession
from memorial.services.published import checks, history, near, objects, picking, proposing
from memorial.services.published.forms import Made, ObjectForm, Problems
from memorial.services.published.merged import merged
from memorial.services.published.objects import There
from memorial.services.published.spelling import Problem
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import amend_page, amend_shown, edtf, guard, pages, published
from memorial.web.desk.amend_page import BEGINS, ID, SMALL, Alike, Page, Pick, Sent
from memorial.web.doors import door
from memorial.web.security import framing

Reply = str | Answer | tuple[str, int] | tuple[Answer, int]


@door(pages, "/<lang>/desk/amend/<kind>", audience="desk")
def amend_new(kind: str) -> Reply:
    """A new object begins with its id: the one that is asked for, or one that is made."""
    published.allowed()
    known = objects.kind_of(kind).name
    asked = published.plain(request.args.get("id", "")).strip()
    external_id = asked if ID.fullmatch(asked) else f"{BEGINS[known]}-{new_public_id()}"
    return redirect(url_for("desk.amend", kind=known, external_id=external_id))


@door(pages, "/<lang>/desk/amend/<kind>/<path:external_id>", audience="desk")
def amend(kind: str, external_id: str) -> Reply:
    published.allowed()
    session = guard.session()
    there = _place(session, kind, external_id)
    return _answer(_page(session, there, {}, proposing.seen(there, proposing.open_for(session, there))))


@door(pages, "/<lang>/desk/amend/<kind>/<path:external_id>", audience="desk", methods=("POST",))
def amend_send(kind: str, external_id: str) -> Reply:
    published.allowed()
    session, sent = guard.session(), amend_page.sent(external_id)
    there = _place(session, kind, external_id)
    base = sent.base or proposing.head(there, proposing.open_for(session, there))
    sent.typed.update(_chosen(ObjectForm(there.kind, base), sent))
    if sent.do.startswith(("find:", "use:")):
        return _answer(_picked(session, there, base, sent))
    made, problems = _made(session, there, base, sent)
    if sent.do == "preview":
        return amend_shown.shown(there, made.value, problems)
    page = replace(_page(session, there, sent.typed, sent.seen, base), why=sent.why, said=sent.said,
                   problems=problems, chosen=sent.chosen)  # fmt: skip
    if problems or sent.do != "save":
        return _answer(page, 422 if problems else 200)
    if alike := _alike(session, there, made, sent):
        return _answer(replace(page, near=alike), 422)
    return _save(there, base, made, sent, page)


def _place(session: GatedSession, kind: str, external_id: str) -> There:
    """Raises NotOpen where a new object cannot have this id."""
    there = objects.place_of(session, kind, external_id)
    if there.value is None and not ID.fullmatch(external_id):
        raise NotOpen("object")
    return there


def _save(there: There, base: Mapping[str, Any], made: Made, sent: Sent, page: Page) -> Reply:
    change = proposing.Change(there.kind.name, there.id, base, sent.seen, made.value, sent.why)
    try:
        with house().writing(house().keeper()) as writing:
            item = proposing.save(writing, identity.actor(), change, keys=house().keys, now=house().now())
            address = url_for("desk.item", public_id=item.public_id, done="edit")
    except Stale:
        return _overtaken(there, base, sent)
    except NotPermitted as refused:
        return _answer(replace(page, error=refused.key), 403)
    except Invalid as wrong:
        return _answer(replace(page, error=wrong.key), 422)
    return redirect(address)


def _overtaken(there: There, base: Mapping[str, Any], sent: Sent) -> Reply:
    """Somebody was faster: the form of what there is now, with everything that was typed."""
    session = guard.session()
    session.rollback()
    there = objects.place_of(session, there.kind.name, there.id)
    proposal = proposing.open_for(session, there)
    versions = proposing.behind(there, proposal, base, sent.seen)
    if versions is None:  # what the proposal rests on changed while this was read
        versions = base, proposing.head(there, proposal)
    started, stands = versions
    own = proposal is not None and objects.same(base, proposing.head(there, proposal))
    # What was proposed before is mine as well where what stands moved under it.
    mine = {**ObjectForm(there.kind, base).values(), **sent.typed} if own else sent.typed
    form = ObjectForm(there.kind, stands)
    three = merged(form, started, mine)
    seen = proposing.mark(there.value) if own or proposal is None else proposing.seen(there, proposal)
    typed = {key: each.merged for key, each in three.items()}
    shown = proposing.head(there, proposal) if own else stands
    page = _page(session, there, typed, seen, shown)
    return _answer(replace(page, versions=three, why=sent.why, said=sent.said, error="stale"), 409)


def small(kind: str, external_id: str) -> Page:
    """The form of a statement beside its rivals: what the page of its question shows of it."""
    session = guard.session()
    there = objects.find(session, kind, external_id)
    page = _page(session, there, {}, proposing.seen(there, proposing.open_for(session, there)))
    groups = [group for group in page.groups if group.name in SMALL[kind]]
    return replace(page, groups=groups, picks=False)


# -- parts of an answer -----------------------------------------------------------------------


def _page(
    session: GatedSession, there: There, typed: Mapping[str, str], seen: str, base: Mapping[str, Any] | None = None
) -> Page:  # fmt: skip
    proposal = proposing.open_for(session, there)
    value = base if base is not None else proposing.head(there, proposal)
    form = ObjectForm(there.kind, value)
    groups = form.groups(typed)
    now = house().now()
    return Page(
        there.kind.name,
        there.id,
        proposing.title_of(value) if len(value) > 1 else "",
        there.value is None,
        groups,
        json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        seen,
        others=form.others(),
        understood=edtf.all_of(there.kind.name, groups),
        item=proposal.item.public_id if proposal else "",
        taken_by=proposing.who_has(session, proposal.item, now=now) if proposal else "",
        mine=proposal is not None and proposal.item.taken_by_id == identity.actor().account_id,
    )


def _answer(page: Page, status: int = 200) -> Reply:
    return framing(make_response(render_template("desk/amend.html", page=page))), status


def _made(session: GatedSession, there: There, base: Mapping[str, Any], sent: Sent) -> tuple[Made, Problems]:
    form = ObjectForm(there.kind, base)
    made = form.rebuilt(sent.typed)
    problems = {**made.problems, **checks.look(session, form, made, sent.said)}
    for key in sent.clashing:
        if sent.chosen.get(key) not in ("mine", "stands"):
            problems[key] = Problem("choose_reading")
    return made, problems


def _chosen(form: ObjectForm, sent: Sent) -> dict[str, str]:
    """Where what stands was chosen, it is what the field says."""
    stands = form.values()
    return {key: stands.get(key, "") for key, choice in sent.chosen.items() if choice == "stands"}


def _alike(session: GatedSession, there: There, made: Made, sent: Sent) -> list[Alike]:
    """Objects that may be the same, until somebody says that it is another one."""
    told = there.value is not None and not made.changed & set(near.SAME[there.kind.name].words)
    if told or sent.said.get("another"):
        return []
    return [
        Alike(each.kind, each.id, history.changes(there.kind, each.value, made.value))
        for each in near.near(session, there, made.value)
    ]


def _picked(session: GatedSession, there: There, base: Mapping[str, Any], sent: Sent) -> Page:
    """What answers to the picker's words; or the field with what was chosen in it."""
    what, key, *chosen = sent.do.split(":", 2)
    form = ObjectForm(there.kind, base)
    entries = {entry.key: entry for group in form.groups(sent.typed) for row in group.rows for entry in row}
    entry, place = entries.get(key), inputs.line(f"at-{key}")
    pick, problems = None, dict[str, Problem]()
    if entry is not None and what == "find":
        words = inputs.line(f"q-{key}")
        pick = Pick(key, words, place, picking.offered(session, entry.field.to, words))
    elif entry is not None and chosen:
        cites = entry.what in ("places", "place")
        line = picking.cited(chosen[0], place) if cites else chosen[0]
        many = entry.what in ("places", "works", "ids")
        sent.typed[key] = picking.with_line(sent.typed.get(key, entry.value), line, many=many)
        if cites and not place:
            problems[key] = Problem("locator_missing", line)
    page = _page(session, there, sent.typed, sent.seen, base)
    return replace(page, why=sent.why, said=sent.said, chosen=sent.chosen, pick=pick, problems=problems)
