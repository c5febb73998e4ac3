"""Permanent addresses that name no language and no kind: /ark:/NAAN/id, an ARK (Archival Resource Key).

The id is the public id, which ends in the check character of NOID; here it is worked out over the id alone, so that ids stay what
they are when an archive is given its number (NAAN), or another one with its successor. Without `MEMORIAL_NAAN` there are no
ARKs, and the address that stays is the page's own (web/permanent.py). What follows it, such as a moment of a recording, is handed on
to the page.
"""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, g, make_response, request
from flask_babel import gettext as _

from memorial.domain.errors import NotOpen
from memorial.domain.ids import ID_LENGTH, is_public_id
from memorial.services.reading import Withdrawn
from memorial.web import errors
from memorial.web.context import house
from memorial.web.doors import door
from memorial.web.exchange.rooms import exchange
from memorial.web.languages import preferred


@door(exchange, "/ark:/<naan>/<public_id>", audience="public")
def ark(naan: str, public_id: str) -> Response:
    return _answer(naan, public_id)


@door(exchange, "/ark:<naan>/<public_id>", audience="public")
def ark_as_written_since(naan: str, public_id: str) -> Response:
    """Without the first slash, as ARKs are written since 2019."""
    return _answer(naan, public_id)


def _answer(naan: str, public_id: str) -> Response:
    """To the page, in the reader's language. Hidden and never-was are one; a slip of the pen says so, whatever there is."""
    from memorial.web.public.citing import found_anywhere
    from memorial.web.public.records import withdrawn

    g.lang = preferred(request)
    if naan != house().settings.naan:
        raise NotOpen
    name = public_id.replace("-", "").lower()  # hyphens mean nothing in an ARK
    if not is_public_id(name):
        return errors.page(404, _mistyped(name))
    try:
        thing = found_anywhere(name)
    except Withdrawn as error:
        return withdrawn(error)
    answer = make_response("", 302)
    asked = urlencode(list(request.args.items(multi=True)))
    answer.headers["Location"] = f"/{g.lang}{thing.address}" + (f"?{asked}" if asked else "")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Vary"] = "Accept-Language"
    return answer


def _mistyped(name: str) -> str:
    if len(name) != ID_LENGTH:
        return _(
            "A permanent address ends in %(number)s letters and digits. Please compare it once more.",
            number=ID_LENGTH,
        )
    return _(
        "There is a slip of the pen in this address: its last sign does not fit the others. Please compare it once more."
    )
