"""Search, with an address of its own for every query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, request
from flask_babel import gettext as _

from memorial.domain.errors import Invalid
from memorial.domain.views import Page
from memorial.services import name_search, search_facets
from memorial.services import search as service
from memorial.services.search import Found
from memorial.services.search_facets import Choice
from memorial.web.context import language, reading
from memorial.web.doors import door
from memorial.web.public import names
from memorial.web.public.rooms import page, pages


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One way to narrow a search; `address` asks for it, or for the search without it where it is `chosen`."""

    choice: Choice
    address: str
    chosen: bool


@door(pages, "/<lang>/search", audience="public")
def search() -> Response:
    query = names.asked_for()
    if not query:
        return page("search", query="", page=None, found=Found(), named=name_search.Names(), narrowings={})
    narrowed, order = search_facets.chosen(request.args), request.args.get("by", "")
    offset = _offset()
    found = service.search(reading(), query, narrowed=narrowed, order=order, offset=offset)
    named = name_search.Names()
    if not narrowed and not offset:
        named = name_search.find(reading(), query, kinds=names.EVERY_KIND, most=names.IN_SEARCH, same=True)
    kept = {**narrowed, **({"by": order} if order == service.BY_DATE else {})}
    return page(
        "search", query=query, found=found, named=named, page=_page(found, kept, offset, named),
        narrowings=_narrowings(found, query, kept), orders=_orders(query, kept),
    )  # fmt: skip


def _offset() -> int:
    """How many hits of the bounded set went before; a cursor here is no more than that."""
    text = request.args.get("after") or request.args.get("before") or "0"
    # Python refuses to make a number of thousands of digits.
    if not text.isdecimal() or len(text) > 9 or int(text) % service.PER_PAGE or int(text) > service.MOST:
        raise Invalid("cursor", field="after")
    return int(text)


def _page(found: Found, kept: Mapping[str, str], offset: int, named: name_search.Names) -> Page:
    above = {each.entry.public_id for each in named.names}  # who stands there by name is not said twice
    entries = [entry for entry in found.entries if entry.public_id not in above]
    before = str(offset - service.PER_PAGE) if offset else ""
    after = str(found.next_offset) if found.next_offset else ""
    return Page(entries, after, before, found.total, dict(kept))


def _narrowings(found: Found, query: str, kept: Mapping[str, str]) -> dict[str, list[Narrowing]]:
    """The ways to narrow that change something, and those that are chosen, which can be taken back."""
    ways: dict[str, list[Narrowing]] = {}
    for name in search_facets.NAMES:
        choices = list(found.facets.get(name, ()))
        if name in kept:
            mine = [each for each in choices if each.value == kept[name]]
            chosen = mine[0] if mine else Choice(kept[name], kept[name], 0)
            ways[name] = [Narrowing(chosen, _address(query, kept, without=name), chosen=True)]
        elif len(choices) > 1:
            ways[name] = [
                Narrowing(each, _address(query, {**kept, name: each.value}), chosen=False) for each in choices
            ]
    return ways


def _orders(query: str, kept: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """(words, address, whether it is this one)"""
    by_date = "by" in kept
    return [
        (_("Best first"), _address(query, kept, without="by"), not by_date),
        (_("By date"), _address(query, {**kept, "by": service.BY_DATE}), by_date),
    ]


def _address(query: str, kept: Mapping[str, str], without: str = "") -> str:
    said = {"q": query, **{name: value for name, value in kept.items() if name != without}}
    return f"/{language()}/search?{urlencode(said)}"
