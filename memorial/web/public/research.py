"""What is kept for researchers, and the conditions under which they read it: the archive's own words, else ours."""

from __future__ import annotations

from flask import Response, current_app
from flask_babel import gettext as _

from memorial.domain.views import Prose
from memorial.services.site import Section, Site
from memorial.web.context import language
from memorial.web.doors import door
from memorial.web.public.rooms import page, pages


@door(pages, "/<lang>/research", audience="public")
def research() -> Response:
    chosen = [*_site().research, *_own()]
    first: dict[str, Section] = {}
    for section in chosen:
        first.setdefault(section.id, section)
    sections = [(each.id, each.heading, Prose("section", each.body, language())) for each in first.values()]
    return page("research", sections=sections, conditions=conditions())


def conditions() -> Prose:
    """In this language. Whoever changes the words below gives services/site.py OWN_CONDITIONS another value."""
    return Prose("section", _site().research_conditions or _own_conditions(), language())


def _site() -> Site:
    site: Site = current_app.extensions["site"](language())
    return site


def _own() -> list[Section]:
    return [
        Section("kept", _("What is kept for researchers"), _(
            "Some people have told us what they lived through, and want it read by those who study it and not by everyone. We keep their wish: these pages, and these parts of pages, open only to readers whom the archive has approved.\n\n"
            "Nothing here was kept back to hide it. Whoever told it decided who reads it, and can change that at any time."
        )),
        Section("how", _("How to ask"), _(
            "Tell us who you are, where you work, and what you want to read it for. A person reads your request and decides. If the answer is yes, you get an invitation, and you read until the day that was agreed. After it you can ask again."
        )),
        Section("log", _("What is written down"), _(
            "When you open something that is not public, we write down that you opened it and when. We keep this for the people whose words they are. Nothing else about your reading is kept."
        )),
    ]  # fmt: skip


def _own_conditions() -> str:
    return _(
        "I read for the purpose that I have named, and for no other.\n\n"
        "I do not publish or pass on what is not public: no copy, no picture, no recording. I ask the archive before I quote from it.\n\n"
        "I do not try to find out who somebody is whose name is not shown, and I do not write to people I found here.\n\n"
        "I do not let a program learn from it, and I do not put it into one that sends it elsewhere.\n\n"
        "If somebody takes back their words, I stop using them and delete what I noted of them.\n\n"
        "My account is mine alone. What I open is written down."
    )
