"""What other houses show of a page: a picture for its preview, a frame of a recording, both only where that may be reused.

preview_of(record)        # title, words and picture of a link preview, for the head of the record's page
frame_of(record, at)      # the frame's markup, for the page and for oEmbed; "" where there is none to give

A picture that has a content note, or stands on a page that has one, is never among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup, escape
from sqlalchemy import select

from memorial.domain.views import RecordView
from memorial.domain.voices import Recording
from memorial.formats.iiif import quiet
from memorial.models import Derivative
from memorial.services import iiif as handed_on
from memorial.web.context import language, root_address, taking
from memorial.web.machine import heading

WIDTH, FILM, SOUND = 640, 560, 320  # points of a frame: as wide, as high with a picture, as high without
MOST_WORDS = 300  # signs of a description
LARGEST = 1280  # points: what previews are made of, and no more than that
LOCALES = {"az": "az_AZ", "en": "en_GB", "ru": "ru_RU", "tr": "tr_TR"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture with the address where it may be fetched for reuse."""

    address: str
    width: int
    height: int
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    title: str
    address: str
    words: str = ""
    locale: str = ""
    picture: Shown | None = None
    oembed: str = ""


def preview_of(record: RecordView, at: str = "") -> Preview:
    address = f"{root_address()}/{language()}{record.address}"
    asked = quote(f"{address}?t={at}" if at else address, safe="")
    return Preview(
        heading(record), address, described(record), LOCALES.get(language(), ""), picture_of(record),
        f"{root_address()}/oembed?url={asked}",
    )  # fmt: skip


def described(record: RecordView) -> str:
    """The archive's own summary, in the reader's language where there is one; nothing that others wrote or said."""
    own = [text for text in record.texts if text.role == "summary" and not text.markup]
    mine = [text for text in own if text.language == language()]
    words = " ".join((mine or own)[0].body.split()) if own else ""
    return words if len(words) <= MOST_WORDS else words[:MOST_WORDS].rpartition(" ")[0] + " …"


def picture_of(record: RecordView) -> Shown | None:
    """The first picture of the page that anybody may show elsewhere; a film's still is one."""
    if record.content_notes:
        return None
    mild = {each.public_id: each.alt for each in record.pictures if each.copies and not quiet(each)}
    for public_id, rows in handed_on.kept(taking(), list(mild)).items():
        row = [each for each in rows if each.width <= LARGEST or each is rows[0]][-1]
        size = f"{row.width},{row.height}"
        address = f"{root_address()}/iiif/image/{public_id}/full/{size}/0/default.jpg"
        return Shown(address, row.width, row.height, mild[public_id])
    stills = [each.poster for each in record.recordings if each.poster and not each.content_note]
    return _still(stills) if record.kind == "testimony" and stills else None


def _still(addresses: Sequence[str]) -> Shown | None:
    ids = [address.rpartition("/")[2] for address in addresses]
    wanted = select(Derivative.public_id, Derivative.width, Derivative.height)
    found = {row.public_id: row for row in taking().execute(wanted.where(Derivative.public_id.in_(ids)))}
    row = next((found[each] for each in ids if each in found), None)
    return Shown(f"{root_address()}/iiif/media/{row.public_id}", row.width, row.height) if row else None


# -- the frame ------------------------------------------------------------------------------


def may_be_framed(recording: Recording) -> bool:
    """Whether a copy of it may be shown elsewhere."""
    ids = [copy.address.rpartition("/")[2] for copy in recording.copies]
    wanted = select(Derivative.id).where(Derivative.public_id.in_(ids)).limit(1)
    return bool(ids) and taking().scalar(wanted) is not None


def frame(
    record: RecordView, recording: Recording, at: str = "", most: tuple[int, int] = (0, 0)
) -> tuple[Markup, int, int]:
    """The markup of a frame and its size in points, within `most` where that says something."""
    query = f"?t={quote(at, safe=':,.')}" if at else ""
    more = (
        f"{'&' if query else '?'}recording={recording.public_id}"
        if recording is not record.recordings[0]
        else ""
    )
    address = f"{root_address()}/{language()}/embed/{record.public_id}{query}{more}"
    high = FILM if recording.of("video") else SOUND
    wide, high = (min(own, limit or own) for own, limit in zip((WIDTH, high), most, strict=True))
    markup = Markup(
        '<iframe src="{}" width="{}" height="{}" title="{}" loading="lazy" allowfullscreen style="border:0"></iframe>'
    ).format(address, wide, high, escape(heading(record)))
    return markup, wide, high
