"""The editor of a transcript: fifty lines at a time as a form, or two hundred with scripts, saved as one writes.

`first` in the address is the place of the first line; `moment` asks for the line that is said then. What is sent as
JSON (`changes`) is answered as JSON, so that nothing that was typed leaves the page.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain import difference
from memorial.domain.errors import Invalid, MemorialError, NotOpen, NotPermitted, Stale
from memorial.domain.transcript import plain
from memorial.domain.transcript_lines import Line, legible, mark
from memorial.gate import GatedSession
from memorial.models import Draft, Media
from memorial.services.transcripts import drafts, editing, exchange
from memorial.services.transcripts.drafts import CHAPTERS, Window
from memorial.services.transcripts.editing import Saved
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, pages, recordings, revisions, transcript_chapters, transcript_forms
from memorial.web.desk.transcript_forms import Typed, shown_moment
from memorial.web.desk.transcript_page import about, here
from memorial.web.doors import door

Page = str | Answer | tuple[str, int]
LINES, MORE_LINES = 50, 200
LARGEST = 2_000_000  # bytes of one save: it holds the lines that changed since the last


@door(pages, "/<lang>/desk/transcripts/<public_id>", audience="desk")
def transcript(public_id: str) -> Page:
    draft, medium = here(public_id)
    if draft.kind == CHAPTERS:
        return transcript_chapters.shown(about(draft, medium))
    return shown(draft, medium)


def shown(draft: Draft, medium: Media, status: int = 200, **said: Any) -> tuple[str, int]:
    session = guard.session()
    first = revisions.number("first", 1)
    if request.args.get("moment"):
        first = max(1, drafts.place_of(session, draft, revisions.number("moment")) - 2)
    most = MORE_LINES if request.args.get("most") == str(MORE_LINES) else LINES
    window = drafts.window(session, draft, first=first, most=most)
    page = about(draft, medium) | {"typed": {}, "clashes": {}} | said
    return render_template(
        "desk/transcript.html",
        **page,
        window=window,
        originals=_originals(session, page["original"], window),
        speakers=drafts.speakers_of(session, draft),
        behind=drafts.behind_original(session, draft),
        shown_line=lambda line: (
            page["typed"].get(line.number) or transcript_forms.typed_of(line, legible(line.body))
        ),
    ), status


def _originals(session: GatedSession, original: Draft | None, window: Window) -> dict[int, str]:
    """What is translated, in bare words, by the number of the line."""
    if original is None:
        return {}
    rows = drafts.by_number(session, original, [line.number for line in window.lines])
    return {number: plain(row.body) for number, row in rows.items()}


# -- saved as a form ------------------------------------------------------------------------


@door(pages, "/<lang>/desk/transcripts/<public_id>", audience="desk", methods=("POST",))
def transcript_save(public_id: str) -> Page:
    """Everything typed is kept first; then the button's own act is done, if nothing clashed."""
    if here(public_id)[0].kind == CHAPTERS:
        return transcript_chapters.save(public_id)
    typed = transcript_forms.typed_lines()
    try:
        with house().writing(house().keeper()) as session:
            saved = _kept(session, drafts.find(session, public_id, lock=True), typed)
    except (Invalid, NotPermitted) as wrong:
        return _again(public_id, typed, wrong)
    if saved.clashes:
        return _clashing(public_id, typed, saved)
    first = revisions.number("first", 1)
    asked = transcript_forms.asked_for()
    place = f"line-{asked[1]}" if asked else "lines"
    return redirect(url_for("desk.transcript", public_id=public_id, first=first, done="saved", _anchor=place))


def _kept(session: GatedSession, draft: Draft, typed: dict[int, Typed]) -> Saved:
    lines = {number: drafts.line(row) for number, row in drafts.by_number(session, draft, typed).items()}
    changes = transcript_forms.changed(typed, lines)
    if (name := inputs.line("made_by")) != request.form.get("made_by_seen", ""):
        changes.append({"do": "made_by", "seen": request.form.get("made_by_seen", ""), "value": name})
    actor, now = identity.actor(), house().now()
    saved = editing.save(session, actor, draft, changes, now=now)
    asked = transcript_forms.asked_for()
    if asked is None or saved.clashes:
        return saved
    act = _act(session, draft, *asked)
    return editing.save(session, actor, draft, [act] if act else [], now=now)


def _act(session: GatedSession, draft: Draft, what: str, number: int) -> dict[str, Any] | None:
    """What the button means, of lines as they are after everything typed was kept."""
    if what == "follow":
        return {"do": "follow"}
    if what != "shift":
        return transcript_forms.act_change(what, number, drafts.with_next(session, draft, number))
    first, last, by = transcript_forms.shift_asked()
    ends = [drafts.window(session, draft, first=place, most=1).lines for place in (first, last)]
    if not all(ends):
        raise Invalid("no_such_line", field="shift_first")
    return {"do": "shift", "first": ends[0][0].number, "last": ends[1][0].number, "by": by}


def _again(public_id: str, typed: dict[int, Typed], wrong: MemorialError) -> Page:
    guard.session().rollback()
    status = 403 if isinstance(wrong, NotPermitted) else 422
    return shown(*here(public_id), status, typed=typed, error=wrong.key, error_at=wrong.field)


def _clashing(public_id: str, typed: dict[int, Typed], saved: Saved) -> Page:
    """What is there now, and what was typed over it: that stays in its field, and sent again it is meant."""
    guard.session().rollback()
    clashes = {}
    for clash in saved.clashes:
        if clash.line is not None and (mine := typed.get(clash.line.number)) is not None:
            clashes[clash.line.number] = differs(clash.line, mine.body)
            typed[clash.line.number] = transcript_forms.stale_kept(mine, clash.line)
    wanted = {number: one for number, one in typed.items() if number in clashes}
    return shown(*here(public_id), 409, typed=wanted, clashes=clashes, error="stale", error_at="lines")


def differs(line: Line, mine: str) -> Sequence[difference.Run]:
    return difference.runs(plain(line.body), plain(mine))


# -- saved as one writes --------------------------------------------------------------------


@door(pages, "/<lang>/desk/transcripts/<public_id>/changes", audience="desk", methods=("POST",))
def transcript_changes(public_id: str) -> Answer:
    here(public_id)
    try:
        changes = _sent()
        with house().writing(house().keeper()) as session:
            draft = drafts.find(session, public_id, lock=True)
            saved = editing.save(session, identity.actor(), draft, changes, now=house().now())
            answer = _told(saved)
    except (Invalid, NotPermitted, Stale) as wrong:
        status = 403 if isinstance(wrong, NotPermitted) else 422
        words = render_template("desk/_transcript_error.html", key=wrong.key).strip()
        return _json({"error": words, "field": wrong.field}, status)
    return _json(answer)


def _sent() -> list[dict[str, Any]]:
    given = request.get_json(silent=True) if (request.content_length or 0) <= LARGEST else None
    changes = given.get("changes") if isinstance(given, dict) else None
    if not isinstance(changes, list) or not all(isinstance(one, dict) for one in changes):
        raise Invalid("no_such_change")
    return changes


def _told(saved: Saved) -> dict[str, Any]:
    clashes = [
        {
            "number": clash.change.get("number"),
            "line": _line(clash.line) if clash.line else None,
            "differs": render_template(
                "desk/_transcript_clash.html", runs=differs(clash.line, str(clash.change.get("body", "")))
            )
            if clash.line and "body" in clash.change
            else "",
        }
        for clash in saved.clashes
    ]
    return {
        "version": saved.version, "lines": [_line(line) for line in saved.lines], "gone": saved.gone,
        "clashes": clashes,
    }  # fmt: skip


def _line(line: Line) -> dict[str, Any]:
    return {
        "number": line.number, "seen": mark(line), "starts": shown_moment(line.starts),
        "ends": shown_moment(line.ends), "speaker": line.speaker, "body": legible(line.body),
    }  # fmt: skip


def _json(value: dict[str, Any], status: int = 200) -> Answer:
    return Response(json.dumps(value, ensure_ascii=False), status, content_type="application/json")


# -- out of here ----------------------------------------------------------------------------


@door(pages, "/<lang>/desk/transcripts/<public_id>.<form>", audience="desk")
def transcript_file(public_id: str, form: str) -> Page:
    draft, medium = here(public_id)
    if form not in exchange.ENDINGS or draft.kind == CHAPTERS:
        raise NotOpen("form")
    try:
        written = exchange.written(guard.session(), draft, form)
    except Invalid as wrong:
        return shown(draft, medium, 422, error=wrong.key, error_at="take-out")
    return recordings.as_file(written.text, f"{draft.public_id}.{form}", exchange.ENDINGS[form])
