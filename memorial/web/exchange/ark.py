"""Permanent addresses that name no language and no kind: /ark:/NAAN/id, an ARK (Archival Resource Key).

The id is the public id, which ends in the check character of NOID; here it is worked out over the id alone, so that ids stay what
they are when an archive is given its number (NAAN), or another one with its successor. Without `MEMORIAL_NAAN` there are no
ARKs, and the address that stays is the page's own.
"""

from __future__ import annotations

from flask import Response, g, make_response, request
from flask_babel import gettext as _

from memorial.domain.addresses import address
from memorial.domain.errors import NotOpen
from memorial.domain.ids import ID_LENGTH, is_public_id
from memorial.services.reading import Withdrawn
from memorial.web import errors
from memorial.web.context import house, root_address
from memorial.web.doors import door
from memorial.web.exchange.rooms import exchange
from memorial.web.languages import preferred


def permanent(kind: str, public_id: str) -> str:
    """The address to cite: the ARK where the archive has a number, else the page in English."""
    return ark_of(public_id) or f"{root_address()}/en{address(kind, public_id)}"


def ark_of(public_id: str) -> str:
    """ "" where the archive has no number."""
    naan = house().settings.naan
    return f"{root_address()}/ark:/{naan}/{public_id}" if naan else ""


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
    answer.headers["Location"] = f"/{g.lang}{thing.address}"
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
