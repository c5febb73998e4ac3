"""The wall of names, on pages and as a list to print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlencode

from flask import Response, request

from memorial.domain import wall as rules
from memorial.domain.names import fold, headings
from memorial.domain.views import Page
from memorial.services import wall, wall_numbers
from memorial.services.cursors import Asked, asked
from memorial.services.wall import IN_PRINT, Stretch, Wanted
from memorial.services.wall_numbers import Numbers
from memorial.web.context import language, reading
from memorial.web.doors import door
from memorial.web.public import names
from memorial.web.public.rooms import page, pages

NOBODY = Page([], "", "")


def _wanted() -> Wanted:
    """What the address asks for; what the alphabet or the rules do not know is left out."""
    given, code = request.args, language()
    letter = given.get("letter", "")
    letter = letter if letter in dict(headings(code)) else ""
    if place := fold(given.get("place", "")[: 4 * rules.LONGEST_PLACE])[: rules.LONGEST_PLACE]:
        return Wanted(code, "name", "place", place, letter)
    if given.get("age") in rules.BANDS:
        return Wanted(code, "name", "age", given["age"], letter)
    return Wanted(code, "family" if given.get("by") == "family" else "name", letter=letter)


def _asked() -> Asked:
    return asked(request.args.get("after", ""), request.args.get("before", ""))


def query_of(wanted: Wanted, letter: str = "") -> str:
    """What stays in an address from page to page."""
    kept: dict[str, str] = {"by": "family"} if wanted.way == "family" else {}
    if wanted.narrowing:
        kept[wanted.narrowing] = wanted.value
    return urlencode({**kept, "letter": letter} if letter else kept)


@door(pages, "/<lang>/people", audience="public")
def people() -> Response:
    """The wall, or who bears a name (`?q=`); whoever has no name to show stands at its end, and on pages of their own where they are many."""
    if names.asked_for():
        return names.found()
    if request.args.get("unnamed"):
        return _wall(
            Wanted(language()), Stretch([], []), wall.unnamed(reading(), _asked()), only_unnamed=True
        )
    if request.args.get("by") in rules.NARROWINGS:
        return _values(request.args["by"])
    wanted = _wanted()
    found = wall.names(reading(), wanted, _asked())
    at_the_end = not (found.after or wanted.letter or wanted.narrowing)
    return _wall(wanted, found, wall.unnamed(reading(), Asked()) if at_the_end else NOBODY)


def _wall(wanted: Wanted, found: Stretch, unnamed: Page, *, only_unnamed: bool = False) -> Response:
    numbers = None if only_unnamed else _numbers(wanted, found)
    there = () if only_unnamed else _letters(wanted, found, numbers)
    whole = query_of(wanted)
    return page(
        "people",
        wanted=wanted,
        found=found,
        unnamed=unnamed,
        only_unnamed=only_unnamed,
        numbers=numbers,
        letters=[
            (letter, letter in there, f"{whole}{'&' if whole else ''}letter={quote(letter)}")
            for letter in _shown(wanted.language, there)
        ],
        following=_following(wanted, there) if wanted.letter and not found.after else "",
        query=query_of(wanted, wanted.letter),
        whole=whole,
    )


def _numbers(wanted: Wanted, found: Stretch) -> Numbers | None:
    return None if wanted.narrowing else wall_numbers.of_page(reading(), wanted.shelf, found.row_ids)


def _letters(wanted: Wanted, found: Stretch, numbers: Numbers | None) -> Iterable[str]:
    """The headings that lead to somebody. An empty wall has none, and nobody looks."""
    if numbers is not None:
        return numbers.letters
    return wall.letters(reading(), wanted) if found.row_ids or wanted.letter or request.args else ()


def _shown(code: str, there: Iterable[str]) -> list[str]:
    """The alphabet, and of what it lacks what somebody stands under."""
    own = set(rules.alphabet(code))
    return [letter for letter, _ in headings(code) if letter in own or letter in there] if there else []


def _following(wanted: Wanted, there: Iterable[str]) -> str:
    after = [letter for letter, _ in headings(wanted.language)]
    after = after[after.index(wanted.letter) + 1 :]
    return next((letter for letter in after if letter in there), "")


def _values(narrowing: str) -> Response:
    """The places or ages that somebody on the wall can be found by."""
    found: Mapping[str, str] = dict(wall.values(reading(), language(), narrowing))
    return page("people_by", narrowing=narrowing, found=found, bands=list(rules.BANDS), most=wall.MOST_VALUES)


@door(pages, "/<lang>/people/print", audience="public")
def people_in_print() -> Response:
    """The same list for paper, some hundreds of names a page."""
    wanted = _wanted()
    found = wall.names(reading(), wanted, _asked(), IN_PRINT)
    return page(
        "people_print",
        wanted=wanted,
        found=found,
        numbers=_numbers(wanted, found),
        query=query_of(wanted, wanted.letter),
        wrong_page="",
    )
