"""The published record at the desk: its objects by kind, one object with its history, a question's statements."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.gate import may
from memorial.services import desk
from memorial.services.collection.kinds import KINDS
from memorial.services.published import attached, by_question, history, objects, proposing
from memorial.services.published.desk_files import files_of
from memorial.services.published.forms import ObjectForm
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, pages, revisions
from memorial.web.doors import door

Page = str | Answer | tuple[str, int]
LONGEST_SEARCH = 200


def allowed() -> None:
    """Raises NotPermitted for whoever does not work on the published record."""
    verdict = may(guard.session(), identity.actor(), "amend", now=house().now())
    if not verdict:
        raise NotPermitted(verdict.reason)


@door(pages, "/<lang>/desk/published", audience="desk")
def published() -> Page:
    allowed()
    kind = request.args.get("kind", "")
    words = plain(request.args.get("q", ""))
    page = None
    if kind:
        page = objects.listed(guard.session(), kind, words, plain(request.args.get("after", "")))
    return render_template(
        "desk/published.html",
        kinds=list(KINDS),
        kind=kind,
        words=words,
        page=page,
        questions=[] if kind else by_question.listed(guard.session()),
    )


def plain(text: str) -> str:
    return text[:LONGEST_SEARCH].replace("\x00", "")


@door(pages, "/<lang>/desk/published/<kind>/<path:external_id>", audience="desk")
def published_object(kind: str, external_id: str) -> Page:
    return _show(kind, external_id)


def _show(kind: str, external_id: str, status: int = 200, **said: str) -> Page:
    """How it stands, every content it had, and what any two of them differ by."""
    allowed()
    session = guard.session()
    if status >= 400:
        session.rollback()
    there = objects.find(session, kind, external_id)
    told = history.history(session, there, keys=house().keys, before=revisions.number("before"))
    proposal = proposing.open_for(session, there)
    chosen = revisions.number("number", -1)
    older = history.content_of(session, there, chosen) if chosen >= 0 else None
    form = ObjectForm(there.kind, there.value or {})
    return render_template(
        "desk/published_object.html",
        kind=kind,
        there=there,
        title=objects.titles_of(session, [there.thing]).get(there.thing, ""),
        values=form.values(),
        others=form.others(),
        takes_files=attached.KINDS.get(kind, "") if there.thing.startswith("record:") else "",
        files=files_of(session, there.record_id, attached.entries(proposing.head(there, proposal))),
        shown_at=objects.shown_at(session, there.thing),
        told=told,
        names=desk.names_of(session, {line.by for line in told.lines}),
        item=proposal.item.public_id if proposal else "",
        seen=proposing.mark(proposing.head(there, proposal)),
        chosen=chosen,
        changes=history.changes(there.kind, there.value or {}, older) if older else [],
        **{"why": "", "error": "", **said},
    ), status


@door(pages, "/<lang>/desk/published/<kind>/<path:external_id>", audience="desk", methods=("POST",))
def published_back(kind: str, external_id: str) -> Page:
    """An older content is proposed again. It stands when somebody has published it."""
    why, wanted = inputs.words("why", revisions.LONGEST_WHY), inputs.number("number")
    try:
        with house().writing(house().keeper()) as session:
            there = objects.find(session, kind, external_id)
            if wanted is None:
                raise NotOpen("revision")
            item = history.go_back(
                session, identity.actor(), there, wanted,
                why=why, seen=inputs.line("seen"), keys=house().keys, now=house().now(),
            )  # fmt: skip
            address = url_for("desk.item", public_id=item.public_id, done="go_back")
    except Stale:
        return _show(kind, external_id, 409, why=why, error="stale")
    except NotPermitted as refused:
        return _show(kind, external_id, 403, why=why, error=refused.key)
    except Invalid as wrong:
        return _show(kind, external_id, 422, why=why, error=wrong.key)
    return redirect(address)


@door(pages, "/<lang>/desk/published-questions/<slug>", audience="desk")
def published_question(slug: str) -> Page:
    """The statements that answer one question, each with its form beside it."""
    from memorial.web.desk import amend

    allowed()
    page = by_question.statements(guard.session(), slug, after=revisions.number("after"))
    forms = [amend.small(kind, external_id) for kind, external_id in page.objects]
    return render_template("desk/published_question.html", slug=slug, page=page, forms=forms)
