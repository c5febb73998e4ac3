"""A line of a transcript as markup.

said(line, words, withheld, listed)      # "He said <i>yes</i> and [withheld]", hits marked
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from markupsafe import Markup, escape

from memorial.domain.transcript import Run, mask_of
from memorial.domain.voices import Line
from memorial.services.snippets import END, HIT, marked
from memorial.web.language_tags import language_tag


def said(line: Line, words: Sequence[str], withheld: str, listed: Collection[str]) -> Markup:
    """The line, safe: its own marks and those of a search. `listed` are the masks whose reason stands on the page."""
    if (
        "<" not in line.body and "&" not in line.body and not words
    ):  # most lines; what they hold is their words
        return escape(line.body).replace("\n", Markup("<br>"))
    return Markup("").join(_run(run, words, withheld, listed) for run in line.runs)


def _run(run: Run, words: Sequence[str], withheld: str, listed: Collection[str]) -> Markup:
    if run.withheld:
        return _withheld(mask_of(run.withheld), withheld, listed)
    text = escape(marked(run.text, words, begins=True) if words else run.text)
    text = text.replace(HIT, Markup("<mark>")).replace(END, Markup("</mark>")).replace("\n", Markup("<br>"))
    for tag, is_set in (("i", run.italic), ("b", run.bold)):
        text = Markup("<{0}>{1}</{0}>").format(tag, text) if is_set else text
    return Markup("<span{}>{}</span>").format(language_tag(run.language), text) if run.language else text


def _withheld(mask: str, words: str, listed: Collection[str]) -> Markup:
    if mask not in listed:
        return Markup('<span class="withheld">[{}]</span>').format(words)
    return Markup('<a class="withheld" href="#w-{}">[{}]</a>').format(mask, words)
