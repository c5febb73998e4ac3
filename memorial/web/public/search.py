"""Search, with an address of its own for every query."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, request
from flask_babel import gettext as _

from memorial.domain.errors import Invalid
from memorial.domain.views import Page
from memorial.services import name_search
from memorial.services import search as service
from memorial.services.search import Found
from memorial.web.context import language, reading
from memorial.web.doors import door
from memorial.web.public import names
from memorial.web.public.rooms import page, pages


@door(pages, "/<lang>/search", audience="public")
def search() -> Response:
    query = names.asked_for()
    if not query:
        return page("search", query="", page=None, tried=[], kinds=[], named=name_search.Names())
    kind = request.args.get("kind", "")
    offset = _offset()
    found = service.search(reading(), query, kind=kind, offset=offset)
    named = name_search.Names()
    if not kind and not offset:
        named = name_search.find(reading(), query, kinds=names.EVERY_KIND, most=names.IN_SEARCH, same=True)
    return page(
        "search", query=query, page=_page(found, kind, offset, named), tried=found.tried, kinds=_kinds(found, query),
        named=named,
    )  # fmt: skip


def _offset() -> int:
    """How many hits of the bounded set went before; a cursor here is no more than that."""
    text = request.args.get("after") or request.args.get("before") or "0"
    # Python refuses to make a number of thousands of digits.
    if not text.isdecimal() or len(text) > 9 or int(text) % service.PER_PAGE or int(text) > service.MOST:
        raise Invalid("cursor", field="after")
    return int(text)


def _page(found: Found, kind: str, offset: int, named: name_search.Names) -> Page:
    above = {each.entry.public_id for each in named.names}  # who stands there by name is not said twice
    entries = [entry for entry in found.entries if entry.public_id not in above]
    before = str(offset - service.PER_PAGE) if offset else ""
    after = str(found.next_offset) if found.next_offset else ""
    return Page(entries, after, before, found.total, {"kind": kind} if kind else {})


def _kinds(found: Found, query: str) -> list[tuple[str, str, int, str]]:
    """(kind, words, count, address) for each kind among the hits."""
    names = {
        "testimony": _("Testimonies"),
        "press": _("Press"),
        "remembrance": _("People remembered"),
        "document": _("Documents"),
        "event": _("Events"),
        "place": _("Places"),
        "person": _("People named in sources"),
        "source": _("Sources"),
    }
    path = f"/{language()}/search"
    return [
        (kind, names.get(kind, kind), count, f"{path}?{urlencode({'q': query, 'kind': kind})}")
        for kind, count in found.kinds.items()
    ]
