"""A draft's way to the page: what to look at, who has read it whole, shown and taken down; what was changed, and by whom."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from memorial.domain import difference
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.domain.hints import Hints, hints_of
from memorial.domain.transcript import plain
from memorial.domain.transcript_lines import LONGEST_NAME, from_kept
from memorial.gate import GatedSession
from memorial.models import Draft, DraftStep, Item
from memorial.services import desk, hint_facts, word_lists
from memorial.services.desk_hint_views import Open
from memorial.services.transcripts import drafts, editing, releasing, waiting
from memorial.services.transcripts.drafts import CHAPTERS
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, pages, revisions, transcript_page
from memorial.web.desk.transcript_forms import shown_moment
from memorial.web.desk.transcript_page import about, here
from memorial.web.desk.transcripts import MORE_LINES
from memorial.web.doors import door

Page = str | Answer | tuple[str, int]
TURNS = ("read", "show", "take_down", "discard")
STEPS = 20
MOST_SHOWN = 100  # lines of one step


@door(pages, "/<lang>/desk/transcripts", audience="desk")
def transcripts() -> Page:
    """Everything that is written and not shown as it is now."""
    session = guard.session()
    before = revisions.number("before") or None
    page = waiting.waiting(session, identity.actor(), now=house().now(), before=before)
    labels = {label for row in page.rows for label in (row.draft.begun_by, *row.read_by)}
    return render_template(
        "desk/transcripts.html",
        page=page,
        titles=desk.titles(session, {row.draft.record_id for row in page.rows}),
        names=desk.names_of(session, labels),
    )


@door(pages, "/<lang>/desk/transcripts/<public_id>/release", audience="desk")
def transcript_release(public_id: str) -> Page:
    return _shown(public_id)


def _shown(public_id: str, status: int = 200, **said: Any) -> Page:
    if status >= 400:
        guard.session().rollback()
    draft, medium = here(public_id)
    hints = _hints(guard.session(), draft)
    groups: dict[str, list[Open]] = {}
    for number, hint in enumerate(hints.kept, 1):
        groups.setdefault(hint.kind, []).append(Open(hint, "", number))
    page = about(draft, medium) | {"typed": {}} | said
    return render_template(
        "desk/transcript_release.html", **page, groups=groups, left_out=hints.left_out
    ), status


def _hints(session: GatedSession, draft: Draft) -> Hints:
    wanted = select(Item).where(
        Item.record_id == draft.record_id,
        Item.contribution_id.is_not_distinct_from(draft.contribution_id),
    )
    item = session.scalars(wanted.order_by(Item.id).limit(1)).first()
    if draft.kind == CHAPTERS:
        said = [(chapter["begin"], text) for chapter in draft.chapters for text in _words_of(chapter)]
    else:
        said = [(line.starts, line.body) for line in drafts.lines_of(session, draft)]
    seen = hint_facts.seen_of_draft(session, item, draft.language, said, now=house().now())
    return hints_of(seen, word_lists.chosen(session))


def _words_of(chapter: dict[str, Any]) -> list[str]:
    return [
        "\n".join(
            [told["title"], told.get("synopsis", ""), *told.get("persons", ()), *told.get("keywords", ())]
        )
        for told in chapter["tellings"]
    ]


@door(pages, "/<lang>/desk/transcripts/<public_id>/<turn>", audience="desk", methods=("POST",))
def transcript_turn(public_id: str, turn: str) -> Page:
    here(public_id)
    if turn not in TURNS:
        raise NotOpen("turn")
    actor, now, version = identity.actor(), house().now(), inputs.number("version") or 0
    name = inputs.line("name", LONGEST_NAME)
    try:
        with house().writing(house().keeper()) as session:
            draft = drafts.find(session, public_id)
            record = transcript_page.record_of(session, draft)
            if turn == "read":
                if request.form.get("whole") != "yes":
                    raise Invalid("whole_missing", field="whole")
                releasing.read_whole(session, actor, draft, version, name, keys=house().keys, now=now)
            elif turn == "show":
                releasing.release(session, actor, draft, version, keys=house().keys, now=now)
            elif turn == "take_down":
                releasing.take_down(session, actor, draft, now=now)
            else:
                drafts.discard(session, actor, draft, now=now)
    except Stale as stale:
        return _shown(public_id, 409, error="transcript_stale" if stale.key == "stale" else stale.key)
    except (Invalid, NotPermitted) as wrong:
        status = 403 if isinstance(wrong, NotPermitted) else 422
        return _shown(public_id, status, error=wrong.key, error_at=wrong.field, typed={"name": name})
    if turn == "discard":
        return redirect(url_for("desk.recordings", public_id=record))
    return redirect(url_for("desk.transcript_release", public_id=public_id, done=turn))


@door(pages, "/<lang>/desk/transcripts/<public_id>/history", audience="desk")
def transcript_history(public_id: str) -> Page:
    """Who changed what, the latest first, word by word."""
    draft, medium = here(public_id)
    session = guard.session()
    below = revisions.number("below") or None
    steps = editing.steps(session, draft, below=below, most=STEPS + 1)
    told = [(step, _changes(step)) for step in steps[:STEPS]]
    page = about(draft, medium)
    page["names"] = desk.names_of(session, {step.made_by for step in steps})
    more = told[-1][0].version if len(steps) > STEPS else 0
    return render_template("desk/transcript_history.html", **page, told=told, more=more, most=MOST_SHOWN)


def _changes(step: DraftStep) -> list[tuple[Any, str, list[difference.Run]]]:
    """(number, who speaks or what it is, the difference) of each line; its times and speaker are words as well."""
    found = []
    for key, before, after in step.changes[:MOST_SHOWN]:
        if isinstance(key, int):
            found.append((key, "", difference.runs(_as_text(key, before), _as_text(key, after))))
        elif key == CHAPTERS:
            old, new = (_told(chapters) for chapters in (before, after))
            found.append((0, CHAPTERS, difference.shortened(difference.runs(old, new))))
        else:
            found.append((0, key, difference.runs(str(before), str(after))))
    return found


def _as_text(number: int, values: Any) -> str:
    line = from_kept(number, values)
    if line is None:
        return ""
    times = f"{shown_moment(line.starts)} – {shown_moment(line.ends)}"
    return f"{times} {line.speaker}\n{plain(line.body)}".strip()


def _told(chapters: Any) -> str:
    return "\n".join("\n".join([shown_moment(chapter["begin"]), *_words_of(chapter)]) for chapter in chapters)


@door(pages, "/<lang>/desk/transcripts/<public_id>/versions/<int:number>", audience="desk")
def transcript_version(public_id: str, number: int) -> Page:
    """The lines as they were in an older version."""
    draft, medium = here(public_id)
    if draft.kind == CHAPTERS:
        raise NotOpen("version")
    lines = editing.at(guard.session(), draft, number)
    first = max(1, revisions.number("first", 1))
    page = about(draft, medium)
    most = MORE_LINES
    return render_template(
        "desk/transcript_version.html",
        **page,
        number_of=number,
        shown_moment=shown_moment,
        lines=[(line, plain(line.body)) for line in lines[first - 1 : first - 1 + most]],
        more=first + most if len(lines) >= first + most else 0,
    )
