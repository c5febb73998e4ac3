"""Search and names through the API. Somebody who is only named in sources is found here and has no page of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields, validate

from memorial.domain.errors import Invalid
from memorial.domain.views import Entry
from memorial.formats import record_json
from memorial.services import name_search, search_facets
from memorial.services import search as service
from memorial.services.cursors import Place, read_cursor, write_cursor
from memorial.services.name_search import Named
from memorial.web.exchange.api.queries import MOST, Count, Cursor, Query, query, sparse, words
from memorial.web.exchange.api.records import entry_of
from memorial.web.exchange.api.rooms import leading_to, listing, narrowed, said_in, taken
from memorial.web.exchange.rooms import taking

KINDS = {"people": name_search.PEOPLE, "places": ("place",)}
ASKED = words(
    'What is looked for; words, "phrases" and -exclusions.', most=service.LONGEST_QUERY, required=True
)
NARROWED = {
    "kind": "kind of page", "language": "language", "place": "city, or place of an event", "publication": "publication",
    "source": "id of a work",
}  # fmt: skip

Search = query(
    Query,
    q=ASKED,
    fields=sparse(Entry),
    by=fields.String(
        validate=validate.OneOf([service.BY_DATE]),
        metadata={"description": "By day, and not the best first."},
    ),
    after=Cursor(metadata={"description": "Hits that follow this place, as `next` has it."}),
    year=fields.String(
        validate=validate.Regexp("^(?!0000)[0-9]{4}$", error="Not a year of four digits."),
        metadata={"description": "Only of this year.", "example": "1992"},
    ),
    **{name: words(f"Only of this {said}.") for name, said in NARROWED.items()},
)


@taken("/search", Search, "Hits", "Pages, people and works that hold the words asked for", named="search")
def search(given: dict[str, Any]) -> Response:
    where = said_in(given["lang"])
    offset = _offset(given.get("after", ""))
    found = service.search(
        taking(), given["q"], narrowed=search_facets.chosen(given), order=given.get("by", ""), offset=offset
    )
    items = [entry_of(each, given.get("fields"), where) for each in found.entries]
    following = leading_to(after=_place(found.next_offset)) if found.next_offset else ""
    previous = leading_to(after=_place(offset - service.PER_PAGE)) if offset else ""
    more = {"total": found.total, "partly": found.partly, "instead": list(found.instead)}
    said = {name: value for name, value in more.items() if value not in (None, [])}
    return listing(items, given["lang"], following=following, previous=previous, **said)


def _place(offset: int) -> str:
    return write_cursor(Place(None, offset))


def _offset(cursor: str) -> int:
    """How many hits of the bounded set went before: a cursor here is no more than that."""
    at = read_cursor(cursor).id if cursor else 0
    if at % service.PER_PAGE or at > service.MOST:
        raise Invalid("cursor", field="cursor")
    return at


Names = query(
    Query,
    q=words("A name, in any spelling or script.", most=name_search.LONGEST_QUERY, required=True),
    of=fields.String(
        load_default="people",
        validate=validate.OneOf(list(KINDS)),
        metadata={"description": "Of whom or what it is the name."},
    ),
    limit=Count(load_default=name_search.PER_PAGE, validate=validate.Range(1, MOST)),
    fields=sparse(Entry, "written", "degree", "found_in"),
)


@taken("/names", Names, "Names", "People or places that bear a name like this, best first", named="names")
def names(given: dict[str, Any]) -> Response:
    where = said_in(given["lang"])
    found = name_search.find(taking(), given["q"], kinds=KINDS[given["of"]], most=given["limit"])
    items = [_named(each, given.get("fields"), where) for each in found.names]
    return listing(items, given["lang"], more=found.more, partly=found.partly)


def _named(each: Named, wanted: list[str] | None, where: Mapping[str, str]) -> dict[str, Any]:
    said = {**entry_of(each.entry, None, where), "written": each.written, "degree": each.match.degree}
    if each.source is not None:
        said["found_in"] = record_json.link(each.source, **where)
    return narrowed(Entry, said, wanted)
