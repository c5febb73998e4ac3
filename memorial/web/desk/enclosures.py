"""Files with a message, at the desk: sent along with words to a family, or opened from theirs."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import Response, request

from memorial.derivatives import Refused
from memorial.domain.errors import Invalid, NotOpen
from memorial.models import Contribution, Item
from memorial.services import custody, desk_item, enclosures
from memorial.services.photographs import Received
from memorial.storage import Damaged, Missing
from memorial.web.account import identity
from memorial.web.context import house
from memorial.web.contribute.enclosures import as_download
from memorial.web.desk import guard, items, pages
from memorial.web.doors import door


def received(item: Item) -> list[Received]:
    """The files of this form, safely stored. Raises Invalid where one cannot be taken."""
    files = [file for file in request.files.getlist("files") if file.filename]
    if not files:
        return []
    if item.contribution_id is None or len(files) > enclosures.MOST:
        raise Invalid("files_not_taken", field="files")
    contribution = guard.session().get_one(Contribution, item.contribution_id)
    key = custody.contribution_key(house().keys, contribution)
    try:
        return [
            enclosures.receive(house().storage, key, cast(BinaryIO, file.stream), file.filename or "")
            for file in files
        ]
    except Refused as refused:
        raise Invalid("files_not_taken", field="files") from refused


@door(pages, "/<lang>/desk/items/<public_id>/files/<enclosure>", audience="desk", methods=("POST",))
def enclosure(public_id: str, enclosure: str) -> Response:
    """A file as it came, to be kept and looked at elsewhere. The log has it before it is opened."""
    desk_item.with_words(guard.session(), identity.actor(), items.readable(public_id), now=house().now())
    with house().writing(house().keeper()) as session:
        item = desk_item.find(session, public_id)
        found = enclosures.of_item(session, identity.actor(), item, enclosure, now=house().now())
        try:
            opened, name = enclosures.open_file(session, house().keys, house().storage, found)
        except (Damaged, Missing) as broken:
            raise NotOpen from broken
    return as_download(opened, name)
