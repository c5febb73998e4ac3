"""Who is included, what each status means, and what is spared children and the living: one page, with its edition.

The vocabularies are domain/fates.py and domain/sparing.py, the edition domain/codebook.py; here are their words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response
from flask_babel import gettext as _

from memorial.domain import codebook
from memorial.domain.fates import CORROBORATIONS, FATES
from memorial.domain.sparing import RULES
from memorial.web.doors import door
from memorial.web.public.rooms import page, pages


@dataclass(frozen=True, slots=True)
class Part:
    """A section: paragraphs, then terms with what they mean. `labels` says which macro names the terms."""

    id: str
    heading: str
    paragraphs: Sequence[str] = ()
    terms: Sequence[tuple[str, str]] = ()
    labels: str = ""


@door(pages, "/<lang>/about/criteria", audience="public")
def criteria() -> Response:
    changes = [(each, _changes()[each.key]) for each in reversed(codebook.CHANGES)]
    return page("criteria", parts=parts(), edition=codebook.EDITION, changes=changes)


def parts() -> list[Part]:
    return [_included(), _fates(), _corroboration(), _apart(), _spared()]


def _included() -> Part:
    return Part("included", _("Who is included"), [
        _("A person has a page when a source or a family says that they were killed, died, are missing, or are among the victims. Who survived is named where a source names them, and has a page when a family writes one."),
        _("Somebody whom a source describes and does not name has a page like everyone else, headed by the source’s own words and marked so. We do not guess who it was."),
        _("Nobody who is accused of a crime has a page or stands in a list or an index. What is said by them and about them stays with its source."),
        _("No page is made from an estimate, and the number of pages is no count of the dead."),
    ])  # fmt: skip


def _fates() -> Part:
    meaning: Mapping[str, str] = {
        "killed": _("The source says that somebody killed them."),
        "died_of_cold": _("The source names cold or exposure as the cause."),
        "died_in_captivity": _("The source says that they died while held."),
        "died": _("The source says that they died, and not how. A family’s “They died” is read so."),
        "missing": _(
            "The source says that they are missing. It says nothing of death or life, and neither do we."
        ),
        "released": _("The source says that they were held and let go or exchanged."),
        "survived": _("The source says that they lived through it. What came later is not said."),
        "found_alive": _("They were named as missing or dead, and a later source says that they live."),
        "not_known": _(
            "The source says that it is not known. Where no source says anything, the page says that."
        ),
    }
    return Part("fates", _("What became of somebody"), [
        _("Each source has a row of its own: its words, who says so, when, and where they stand. We say in a word of ours what the words say, and only where they say one thing without a doubt; else their own words stand alone."),
    ], [(key, meaning[key]) for key in FATES], "fates")  # fmt: skip


def _corroboration() -> Part:
    meaning: Mapping[str, str] = {
        "confirmed": _("At least two sources that do not rest on each other say the same, and none that we know says otherwise."),
        "uncorroborated": _("One source says so. We looked for another and found none."),
        "disputed": _("Another source says what cannot be so at the same time. Both stand beside each other."),
        "pending": _("Somebody is comparing the sources."),
        "rejected": _("The sources that we found show that it cannot be so. It stays, marked, for whoever meets it elsewhere."),
    }  # fmt: skip
    return Part("corroboration", _("What other sources say of a statement"), [
        _("A status belongs to one statement of one source, never to a person. A person at the desk gives it with a reason, which is kept with the history of the page; the program gives none. Without one, nobody has compared it yet."),
    ], [(key, meaning[key]) for key in CORROBORATIONS], "corroboration")  # fmt: skip


def _apart() -> Part:
    return Part("apart", _("Where two statements cannot both be so"), [
        _("An age that does not fit a year of birth, two years of birth, or a death beside a survival: both stay as their sources give them, and the page says that they do not agree. We work nothing out from them. An age is compared only where its source says when it was said, and “about” is taken as five years on either side."),
    ])  # fmt: skip


def _spared() -> Part:
    words: Mapping[str, str] = {
        "living_day": _("Who lives: the year of birth without the day. A full date opens accounts and finds people."),
        "living_home": _("Who lives: the town or village where they lived, and nothing narrower. Somebody may live there today."),
        "living_photograph": _("Who lives: a photograph only when it was agreed to by itself, not with the page."),
        "child_day": _("Children: the year of birth without the day. A child cannot say yes."),
        "child_school": _("Children: no school. It leads to brothers, sisters and classmates."),
        "child_photograph": _("Children: a photograph only when it was agreed to by itself, by a guardian where there must be one."),
    }  # fmt: skip
    return Part("spared", _("Children and the living"), [
        _("Somebody counts as living when a source says that they survived, were released or were found alive, and none says that they died; as a child when a source or the family gives an age under 18. For them less is shown than consent would allow:"),
    ], [("", words[rule.key]) for rule in RULES])  # fmt: skip


def _changes() -> Mapping[str, str]:
    return {"first": _("The first edition.")}
