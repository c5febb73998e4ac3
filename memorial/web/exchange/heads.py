"""What a record's page says to programs beside its words: linked data in it, links and reservations in the head of the answer.

Of a record that may not be reused it says no more than its permanent address and that it is reserved. `Signposting`
(https://signposting.org/FAIR/) is the order of the links; the reservation is the W3C's TDM Reservation Protocol, and follows
what everyone said of training (`ai_training`). Whoever asks at a page's address for linked data gets it there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, g, request
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from memorial.domain.addresses import ROOMS
from memorial.formats.catalogue_xml import Card
from memorial.formats.json_ld import MEDIA_TYPE, TYPES, described
from memorial.gate.training import trains
from memorial.services import harvest
from memorial.web.cache import KEEP
from memorial.web.context import root_address
from memorial.web.exchange.cards import card, oai_name
from memorial.web.exchange.linked import answer_for
from memorial.web.exchange.rooms import exchange, taking, viewing
from memorial.web.permanent import ark_of, permanent

# The pages of records, by their endpoints, and the kind that each shows.
PAGES: Mapping[str, str] = {
    f"public.{name}": kind
    for name, kind in (
        ("testimony", "testimony"), ("press_account", "press"), ("remembrance", "remembrance"),
        ("document", "document"), ("event", "event"), ("place", "place"),
    )
}  # fmt: skip
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")  # nothing else may stand in a header
RESERVED = {"TDM-Reservation": "1", "X-Robots-Tag": "noai, noimageai"}
FREE = {"TDM-Reservation": "0", "X-Robots-Tag": "all"}


@dataclass(frozen=True, slots=True)
class Told:
    """Of one record that may be reused."""

    card: Card
    oai: str


@exchange.before_app_request
def negotiated() -> Response | None:
    """Linked data at a page's own address. Only for those who name it: a browser takes anything."""
    kind = PAGES.get(request.endpoint or "")
    if kind is None or not _asks_for_linked_data():
        return None
    public_id = _asked_for()
    answer = answer_for(ROOMS[kind].lstrip("/"), public_id)
    answer.headers["Content-Location"] = f"{ROOMS[kind]}/{public_id}.jsonld"
    answer.vary.add("Accept")
    request.environ[KEEP] = False  # the page cache knows this address as that of the page
    return answer


def _asks_for_linked_data() -> bool:
    named = MEDIA_TYPE in request.headers.get("Accept", "").lower()
    return named and request.accept_mimetypes.best_match(["text/html", MEDIA_TYPE]) == MEDIA_TYPE


def _asked_for() -> str:
    return str((request.view_args or {}).get("public_id", ""))


@exchange.app_context_processor
def _for_templates() -> dict[str, Any]:
    return {"linked_data": linked_data, "permanent_address": ark_of}


def linked_data() -> Markup:
    """For the head of a record's page: a block of data, which no browser runs, and the link to the same as a file."""
    told = _told()
    if told is None:
        return Markup("")
    words = htmlsafe_json_dumps(described(told.card), separators=(",", ":"))
    block = Markup('<script type="{}">{}</script>\n').format(MEDIA_TYPE, words)
    link = Markup('<link rel="alternate" type="{}" href="{}">\n').format(MEDIA_TYPE, _file())
    return link + block


def _file() -> str:
    return f"{ROOMS[PAGES[str(request.endpoint)]]}/{_asked_for()}.jsonld"


def _told() -> Told | None:
    """What the public may take away of this page's record; asked for once a request."""
    if "told" not in g:
        g.told = _look() if request.endpoint in PAGES and not g.get("failed") else None
    found: Told | None = g.told
    return found


def _look() -> Told | None:
    header = harvest.one(taking(), _asked_for())
    if header is None or header.gone:
        return None
    said = harvest.described(taking(), [header]).get(header.record_id)
    return Told(card(header, said), oai_name(header.public_id)) if said else None


@exchange.after_app_request
def headed(answer: Response) -> Response:
    shown = request.endpoint in PAGES and answer.status_code == 200
    if shown and answer.mimetype == "text/html":
        answer.vary.add("Accept")
        answer.headers["Link"] = ", ".join(_links())
    free = shown and trains(viewing(), _asked_for())
    for name, value in (FREE if free else RESERVED).items():
        answer.headers.setdefault(name, value)
    return answer


def _links() -> list[str]:
    kind = PAGES[str(request.endpoint)]
    found = [_link(permanent(kind, _asked_for()), "cite-as"), _link("https://schema.org/AboutPage", "type")]
    if (told := _told()) is None:
        return found
    found.append(_link(f"https://schema.org/{TYPES[kind]}", "type"))
    if _ADDRESS.fullmatch(told.card.rights):
        found.append(_link(told.card.rights, "license"))
    found.append(_link(root_address() + _file(), "describedby", MEDIA_TYPE))
    for prefix in ("oai_dc", "mods"):
        where = f"{root_address()}/oai?verb=GetRecord&metadataPrefix={prefix}&identifier={told.oai}"
        found.append(_link(where, "describedby", "text/xml"))
    return found


def _link(address: str, relation: str, media_type: str = "") -> str:
    return f'<{address}>; rel="{relation}"' + (f'; type="{media_type}"' if media_type else "")
