"""What visitors would see of an object as it is written now: made to stand in a session that is never committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import make_response, render_template
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from memorial.domain.errors import Invalid, NotPermitted
from memorial.gate import GatedSession, proof, session_for
from memorial.models import Record, Source
from memorial.services import questions, sources
from memorial.services.collection.batch import Thing
from memorial.services.published import amending, objects
from memorial.services.published.forms import Problems
from memorial.services.published.objects import There
from memorial.web.account import identity
from memorial.web.context import house
from memorial.web.public.records import TEMPLATES
from memorial.web.security import framing
from memorial.web.voice import voice_of


def shown(there: There, value: Mapping[str, Any], problems: Problems) -> Answer:
    """The public page with the object on it, for a frame; or why there is nothing to show."""
    error = ""
    if not problems:
        try:
            return framing(make_response(_page(there, value)))
        except NotPermitted as refused:
            error = refused.key
        except Invalid as wrong:
            error = wrong.key
    page = render_template(
        "desk/amend_unseen.html",
        kind=there.kind.name,
        problems=problems,
        error=error,
        accused=False,
        names=(),
    )
    return framing(make_response(page))


def _page(there: There, value: Mapping[str, Any]) -> str:
    house_ = house()
    if there.thing.startswith("record:") and amending.becomes(there, value) != "record":
        raise NotPermitted("would_lose_page")
    # The gate's own reader of the desk, so that a seal holds here as well.
    with session_for(house_.engine, identity.desk_reader(), writes=True) as session:
        here = objects.place_of(session, there.kind.name, there.id)
        if here.value is None and objects.taken(session, here.kind, here.id):
            raise NotPermitted("id_taken")
        thing = amending.apply(session, identity.actor(), here, value, now=house_.now())
        session.expire_all()
        page = _rendered(session, thing)
        session.rollback()
    return page


def _rendered(session: GatedSession, thing: Thing) -> str:
    if thing.kind == "record":
        view = proof(session, session.get_one(Record, thing.id))
        view = replace(view, pictures=[replace(each, graphic=True) for each in view.pictures])
        return render_template(
            f"public/{TEMPLATES[view.kind]}.html",
            record=view,
            citation="",
            wrong_page="",
            **voice_of(session, view),
        )
    if thing.kind == "statement":
        slug = objects.shown_at(session, f"statement:{thing.id}").rsplit("/", 1)[-1]
        return render_template(
            "public/question.html", question=questions.question(session, slug), wrong_page=""
        )
    if thing.kind == "source":
        public_id = session.scalars(select(Source.public_id).where(Source.id == thing.id)).one()
        return render_template(
            "public/source.html", source=sources.source_view(session, public_id, "", ""), of="", wrong_page=""
        )
    names = [row["text"] for row in thing.names]
    return render_template(
        "desk/amend_unseen.html", kind=thing.file, problems={}, error="", accused=not thing.kind, names=names
    )
