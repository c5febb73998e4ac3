"""The first page, about, help, and the way from `/` to a language."""

from __future__ import annotations

from flask import Response, current_app, redirect
from flask_babel import gettext as _

from memorial.domain.views import Prose
from memorial.services import reading as service
from memorial.services.questions import first_questions, questions
from memorial.services.site import Section, Site
from memorial.web.context import language, moment, reading
from memorial.web.doors import door
from memorial.web.languages import begin_path
from memorial.web.public.rooms import page, pages


@door(pages, "/", audience="public")
def begin() -> Response:
    answer = redirect(begin_path(), 302)
    answer.headers["Vary"] = "Accept-Language"
    answer.headers["Cache-Control"] = "no-cache"
    return answer  # type: ignore[return-value]


@door(pages, "/<lang>/", audience="public")
def home() -> Response:
    session = reading()
    return page(
        "home",
        person=service.person_of_the_day(session, moment().low.date()),
        questions=first_questions(session),
        press=service.first_press(session),
    )


@door(pages, "/<lang>/about", audience="public")
def about() -> Response:
    return page("about", sections=_sections([*_site().about, *_method()]))


# The page that explains how the archive works, on an address of its own.
METHOD = ("method", "contested", "peoples", "corrections", "object")


@door(pages, "/<lang>/about/method", audience="public")
def method() -> Response:
    sections = [each for each in _sections([*_site().about, *_method()]) if each[0] in METHOD]
    return page("method", sections=sections)


@door(pages, "/<lang>/about/words", audience="public")
def about_words() -> Response:
    """The archive's own word for the event, and the names that others use, each with whose word it is."""
    sections = [each for each in _sections([*_site().about, *_method()]) if each[0] == "words"]
    terms = questions(reading(), ["term"])
    return page("words", sections=sections, terms=terms)


@door(pages, "/<lang>/help", audience="public")
def help_page() -> Response:
    return page("help", sections=_sections([*_site().help, *_how_to()]))


def _site() -> Site:
    site: Site = current_app.extensions["site"](language())
    return site


def _sections(sections: list[Section]) -> list[tuple[str, str, Prose]]:
    """The archive's own sections in its order, then those of the program that it has not written itself."""
    first: dict[str, Section] = {}
    for section in sections:
        first.setdefault(section.id, section)
    return [(each.id, each.heading, Prose("section", each.body, language())) for each in first.values()]


def _method() -> list[Section]:
    word = _site().event_word
    own_word = (
        _("On our own pages we say “%(word)s”. Every other name is the word of whoever uses it.", word=word) if word else
        _("Every name of the event is shown as the word of whoever uses it.")
    )  # fmt: skip
    return [
        Section("method", _("How we work"), _(
            "Every statement here has a source. What a newspaper, a document or a person says stays theirs: we say who said it, when and where. Where sources disagree, they stand side by side, and we do not choose among them.\n\n"
            "Nothing is published before a person has read it. Nothing is shown unless everyone whose yes it needs has said yes, and each of them can take it back."
        )),
        Section("contested", _("What is contested"), _(
            "Figures, dates and accounts on which sources disagree are shown together, each with who states it, when, and what exactly it counts. They stand in the order in which they were said. None is larger than another; nothing is added up or averaged.\n\n"
            "What an inquiry or a court has found is given as its finding. What somebody is accused of is given as the words of whoever says so. Nobody who is accused of a crime has a page here."
        )),
        Section("peoples", _("Persons and acts, never a people"), _(
            "We publish what is said of persons and of acts. A sentence about what a people is like is not published, whoever wrote it and whichever people it speaks of; where a source has such a sentence, we leave it out and say that something was left out."
        )),
        Section("words", _("The words we use"), own_word + "\n\n" + _(
            "Our own voice is neutral. The event has many names, and which one is used is itself contested; each document and each account is shown with the word it uses, and with whose word it is.\n\n"
            "Places and people are written as each source writes them. The spelling at the head of a page is one of them and claims nothing.\n\n"
            "A testimony is what somebody lived through or saw, in their own words. A remembrance is the page of a person who died or is missing. A statement is what a named source asserts."
        )),
        Section("safety", _("Safety and consent"), _(
            "Whoever contributes decides who may see it: everyone, researchers who ask, or nobody until a day they choose. They can hide it at once with their code, at any hour, and without giving a reason.\n\n"
            "Addresses and telephone numbers are never published. This site sets no counter, loads nothing from elsewhere and keeps no record of who reads."
        )),
        Section("corrections", _("Corrections"), _(
            "We make mistakes, and sources do too. Tell us of a wrong spelling, date or place. Each report is read by a person. What was wrong is corrected, and the citation of a page names the revision that was read."
        )),
        Section("object", _("How to object"), _(
            "At the end of every page you can ask us to correct something or to take it down. You need not give a reason, and you need no account. You get a code with which you can read our answer and write again.\n\n"
            "If a page is about you or somebody of your family, say so: it can be hidden for the time being, until a person has decided."
        )),
    ]  # fmt: skip


def _how_to() -> list[Section]:
    return [
        Section("find", _("Finding someone"), _(
            "Search in any spelling and any alphabet. Names were written down by many hands, so try a part of the name, the father’s name or the village. If you find no one, you can add the person or ask us."
        )),
        Section("code", _("Your code"), _(
            "Whoever contributes gets a code of twenty digits. With it you can come back, answer a question, see your page before others do, change it or hide it. Keep it like a key. If it is lost, ask us; a person will help you."
        )),
        Section("read", _("Reading these pages"), _(
            "All pages can be read without scripts and printed. No sound or film begins by itself. An image that is hard to look at is described first and shown only when you ask for it."
        )),
    ]  # fmt: skip
