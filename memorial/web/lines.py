"""A line of a transcript as markup, and moments of a recording as people read them.

said(line, words, withheld, reasons)     # "He said <i>yes</i> and [withheld]", hits marked
clock(724000)                            # 12:04
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from memorial.domain.transcript import Run
from memorial.domain.voices import Line
from memorial.services.snippets import END, HIT, marked
from memorial.web.language_tags import language_tag


def clock(milliseconds: int) -> str:
    """12:04 or 1:02:03, as far as it has begun."""
    minutes, seconds = divmod(max(0, milliseconds) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def said(line: Line, words: Sequence[str], withheld: str, known: Mapping[str, str]) -> Markup:
    """The line, safe: its own marks and those of a search. `known` are the reasons why something was taken out."""
    if (
        "<" not in line.body and "&" not in line.body and not words
    ):  # most lines; what they hold is their words
        return escape(line.body).replace("\n", Markup("<br>"))
    return Markup("").join(_run(run, words, withheld, known) for run in line.runs)


def _run(run: Run, words: Sequence[str], withheld: str, known: Mapping[str, str]) -> Markup:
    if run.withheld:
        return _withheld(run.withheld, withheld, known)
    text = escape(marked(run.text, words, begins=True) if words else run.text)
    text = text.replace(HIT, Markup("<mark>")).replace(END, Markup("</mark>")).replace("\n", Markup("<br>"))
    for tag, is_set in (("i", run.italic), ("b", run.bold)):
        text = Markup("<{0}>{1}</{0}>").format(tag, text) if is_set else text
    return Markup("<span{}>{}</span>").format(language_tag(run.language), text) if run.language else text


def _withheld(name: str, words: str, known: Mapping[str, str]) -> Markup:
    if name not in known:
        return Markup('<span class="withheld">[{}]</span>').format(words)
    return Markup('<a class="withheld" href="#w-{}" title="{}">[{}]</a>').format(name, known[name], words)
