"""The lists of words that hints go by: one form for each list and language.

What was typed stays where a phrase cannot be used, and where somebody else was faster.
"""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from memorial.domain import word_lists as rules
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.gate import may
from memorial.services import word_lists
from memorial.web import languages
from memorial.web.account import identity, inputs
from memorial.web.context import house
from memorial.web.desk import guard, pages
from memorial.web.doors import door

Page = Answer | tuple[str, int]
LONGEST = rules.MOST_PHRASES * (rules.LONGEST_PHRASE + 2)


@door(pages, "/<lang>/desk/word-lists", audience="desk", endpoint="word_lists")
def show() -> Page:
    return _page(200)


def _page(status: int, **said: Any) -> tuple[str, int]:
    """All of it; `said` is what a form that was not taken wants to say again."""
    verdict = may(guard.session(), identity.actor(), word_lists.VERB, now=house().now())
    if not verdict:
        raise NotPermitted(verdict.reason)
    lists = word_lists.all_lists(guard.session(), languages.offered())
    asked = request.args.get("list", "")
    kept = {"error": "", "at": "", "typed": "", "phrase": "", **said}
    return render_template(
        "desk/word_lists.html",
        lists=lists,
        names=rules.NAMES,
        done=asked if asked in rules.NAMES else "",
        most=rules.MOST_PHRASES,
        longest=rules.LONGEST_PHRASE,
        **kept,
    ), status


@door(pages, "/<lang>/desk/word-lists", audience="desk", methods=("POST",), endpoint="word_lists_save")
def save() -> Page:
    name, code = inputs.line("list", 40), inputs.line("language", 20)
    typed, seen = inputs.words("phrases", LONGEST), inputs.line("seen", 64)
    said = {"at": f"{name}-{code}", "typed": typed}
    try:
        _save(name, code, typed, seen)
    except Stale:
        guard.session().rollback()
        return _page(409, error="list_changed", **said)
    except Invalid as wrong:
        return _page(422, error=wrong.key, phrase=wrong.details["phrase"], **said)
    return redirect(f"{url_for('desk.word_lists', list=name)}#{name}")


def _save(name: str, code: str, typed: str, seen: str) -> None:
    if code not in {*languages.offered(), *rules.LANGUAGES}:
        raise NotOpen("language")
    actor, now = identity.actor(), house().now()
    with house().writing(house().keeper()) as session:
        if request.form.get("act") == "reset":
            word_lists.reset(session, actor, name, code, expected=seen, now=now)
        else:
            word_lists.save(session, actor, name, code, typed, expected=seen, now=now)
