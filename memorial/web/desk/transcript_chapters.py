"""The chapters of a recording as a form: twenty at a time and one more to fill in, each in the languages there are.

Names of its fields: `c-N-begin`, `c-N-end`, and `c-N-LANGUAGE-title` and so on. A chapter whose every word was taken
out goes. What a file brought and no field shows (places on the map, addresses) stays with its chapter.
"""

from __future__ import annotations

import re
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import Invalid, NotPermitted
from memorial.domain.transcript import LANGUAGE, UNKNOWN
from memorial.gate import GatedSession
from memorial.models import Draft, Media
from memorial.services.transcripts import chaptering, drafts, editing
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, revisions, transcript_forms
from memorial.web.desk.transcript_page import about, here
from memorial.web.languages import NAMES

Page = str | Answer | tuple[str, int]
SHOWN = 20
LINES = ("title", "synopsis")
LISTS = ("keywords", "persons", "places")


def shown(page: dict[str, Any], status: int = 200, **said: Any) -> tuple[str, int]:
    draft: Draft = page["draft"]
    first = max(0, revisions.number("first"))
    languages = _languages(guard.session(), draft)
    here = [
        (n, _typed(draft.chapters[n], languages))
        for n in range(first, min(first + SHOWN, len(draft.chapters)))
    ]
    if first + SHOWN >= len(draft.chapters):
        here.append((len(draft.chapters), _typed({"begin": None, "tellings": []}, languages)))
    page = {
        **page, "chapters": here, "told_in": languages, "seen": chaptering.mark(draft.chapters),
        "first": first, "more": first + SHOWN if first + SHOWN < len(draft.chapters) else 0,
        "before": max(0, first - SHOWN), "other": "", "lines": LINES, "lists": LISTS, **said,
    }  # fmt: skip
    return render_template("desk/transcript_chapters.html", **page), status


def _languages(session: GatedSession, draft: Draft) -> list[str]:
    """Those in which something is told, those of the recording's transcripts, and one that was asked for."""
    told = [one["language"] for chapter in draft.chapters for one in chapter["tellings"]]
    wanted = [row.language for row in _beside(session, draft)]
    asked = [each for each in (request.values.get("language", ""),) if LANGUAGE.fullmatch(each)]
    found = dict.fromkeys([*told, *wanted, *asked])
    found.pop(UNKNOWN, None) if len(found) > 1 and UNKNOWN not in told else None
    return list(found) or [next(iter(NAMES))]


def _beside(session: GatedSession, draft: Draft) -> list[Draft]:
    there = drafts.of_recordings(session, [session.get_one(Media, draft.media_id)])
    return [row for row in there.get(draft.media_id, []) if row.kind != drafts.CHAPTERS]


def _typed(chapter: dict[str, Any], languages: list[str]) -> dict[str, Any]:
    """As it stands in its fields."""
    told = {one["language"]: one for one in chapter["tellings"]}
    moments = {
        name: "" if chapter.get(name) is None else transcript_forms.shown_moment(chapter[name])
        for name in ("begin", "end")
    }
    return {
        **moments,
        "told": {
            language: {name: told.get(language, {}).get(name, "") for name in LINES}
            | {name: "; ".join(told.get(language, {}).get(name, ())) for name in LISTS}
            for language in languages
        },
    }


def save(public_id: str) -> Page:
    try:
        with house().writing(house().keeper()) as session:
            draft = drafts.find(session, public_id, lock=True)
            change = {"do": "chapters", "seen": inputs.line("seen"), "chapters": _wanted(session, draft)}
            saved = editing.save(session, identity.actor(), draft, [change], now=house().now())
    except (Invalid, NotPermitted) as wrong:
        status = 403 if isinstance(wrong, NotPermitted) else 422
        return _again(public_id, status, wrong.key, wrong.field)
    if saved.clashes:
        return _again(public_id, 409, "stale", "chapters")
    first = revisions.number("first")
    language = inputs.line("language", 40)
    address = url_for(
        "desk.transcript", public_id=public_id, first=first, done="saved", language=language or None
    )
    return redirect(address)


def _again(public_id: str, status: int, error: str, at: str) -> Page:
    """With everything as it was typed."""
    guard.session().rollback()
    draft, medium = here(public_id)
    languages = _languages(guard.session(), draft)
    typed = [(number, _as_sent(number, languages)) for number in _numbers()]
    return shown(about(draft, medium) | {"error": error, "error_at": at}, status, chapters=typed)


def _numbers() -> list[int]:
    return [
        int(text)
        for text in request.form.getlist("chapter")[: SHOWN + 1]
        if re.fullmatch(r"[0-9]{1,4}", text)
    ]


def _as_sent(number: int, languages: list[str]) -> dict[str, Any]:
    def of(name: str) -> str:
        return inputs.words(f"c-{number}-{name}", chaptering.LONGEST)

    told = {language: {name: of(f"{language}-{name}") for name in (*LINES, *LISTS)} for language in languages}
    return {"begin": of("begin"), "end": of("end"), "told": told}


def _wanted(session: GatedSession, draft: Draft) -> list[dict[str, Any]]:
    """All chapters with those of this page as they were typed."""
    languages = _languages(session, draft)
    chapters: list[dict[str, Any]] = [dict(chapter) for chapter in draft.chapters]
    for number in _numbers():
        new = number >= len(draft.chapters)
        chapter = _chapter(number, {} if new else draft.chapters[number], _as_sent(number, languages))
        if new:
            chapters.extend([chapter] if chapter["tellings"] else [])
        else:
            chapters[number] = chapter
    return chapters


def _chapter(number: int, stands: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    before = {one["language"]: one for one in stands.get("tellings", ())}
    tellings = []
    for language, typed in sent["told"].items():
        words = {name: typed[name] for name in LINES}
        words |= {
            name: [word.strip() for word in re.split(r"[;\n]", typed[name]) if word.strip()] for name in LISTS
        }
        if any(words.values()):
            tellings.append({**before.get(language, {}), "language": language, **words})
    if not tellings:
        return {**stands, "begin": stands.get("begin", 0), "tellings": []}
    try:
        begin = transcript_forms.moment_of(sent["begin"] or "0:00")
        end = transcript_forms.moment_of(sent["end"]) if sent["end"] else None
    except Invalid as wrong:
        raise Invalid(wrong.key, field=f"c-{number}-begin") from wrong
    return {**stands, "begin": begin, "end": end, "tellings": tellings}
