"""Records as linked data, beside their pages: /press/<id>.jsonld, without a language because it has all of them."""

from __future__ import annotations

from flask import Response, json

from memorial.domain.addresses import KIND_OF, ROOMS
from memorial.domain.errors import NotOpen
from memorial.formats.json_ld import MEDIA_TYPE, described
from memorial.services import harvest
from memorial.services.reading import is_withdrawn
from memorial.web.cache import keep
from memorial.web.doors import door
from memorial.web.exchange.cards import card
from memorial.web.exchange.rooms import POLITE, exchange, taking, viewing
from memorial.web.problems import TakenBack
from memorial.web.security import limiter

OF = ", ".join(
    f"'{ROOMS[kind].lstrip('/')}'"
    for kind in ("testimony", "press", "remembrance", "document", "event", "place")
)


@door(exchange, f"/<any({OF}):room>/<public_id>.jsonld", audience="public")
@limiter.limit(POLITE)
def linked(room: str, public_id: str) -> Response:
    return answer_for(room, public_id)


def answer_for(room: str, public_id: str) -> Response:
    """Raises TakenBack where the page says that it was withdrawn, NotOpen for all else."""
    header, kind = harvest.one(taking(), public_id), KIND_OF[f"/{room}"]
    if header is None or header.gone or header.kind != kind:
        raise TakenBack if is_withdrawn(viewing(), public_id, kind) else NotOpen
    said = harvest.described(taking(), [header]).get(header.record_id)
    if said is None:
        raise NotOpen
    return keep(Response(json.dumps(described(card(header, said))), content_type=MEDIA_TYPE))
