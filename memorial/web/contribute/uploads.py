"""Files over a bad line: tus 1.0.0 (https://tus.io/protocols/resumable-upload), core, creation and termination.

`POST …/files` announces a file, `HEAD …/files/<id>` says how much of it is safe, `PATCH` brings more,
`DELETE` gives it up. All of it under the family's session and its token (the header X-CSRFToken).

What is answered with 204 is on disk, fsynced, encrypted under the contribution's key, and known to a
committed row. What arrived before a line broke is kept too, so that a bad line gets on a little with
every try. Refusals are plain text in the reader's language, for the page to show.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import IO

from flask import Response, make_response, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from memorial import jobs
from memorial.derivatives import HEAD
from memorial.domain.errors import Invalid, MemorialError, NotOpen, Stale, TooMany
from memorial.domain.ids import is_public_id
from memorial.keys import ContributionKey
from memorial.models import Media, Upload
from memorial.services import contribute, photographs, uploads
from memorial.services.custody import contribution_key
from memorial.services.uploads import Piece, Wanted
from memorial.storage import NoRoom, Stored
from memorial.web.context import house
from memorial.web.contribute import forms, pages, visit
from memorial.web.contribute.fields import clean
from memorial.web.contribute.file_words import limits, no_room, refusal
from memorial.web.contribute.visit import Visit
from memorial.web.doors import door
from memorial.web.security import limiter

VERSION = "1.0.0"
EXTENSIONS = "creation,termination"
BODY = "application/offset+octet-stream"
MOST = 8 << 20  # bytes of a piece as it is stored: a longer body becomes several
PAGES = ("photographs", "recording")
FINGERPRINT = 200  # characters


def at(label: str) -> None:
    """piece-stored, piece-kept. Does nothing; tests replace it."""


class Told(Exception):
    """What the protocol answers: a status, words, headers."""

    def __init__(self, status: int, words: str = "", **headers: str) -> None:
        super().__init__(status)
        self.status, self.words = status, words
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def _limit() -> str:
    return house().settings.limit_pieces


def _protocol(view: Callable[..., Told]) -> Callable[..., Response]:
    """Version, session and token first; then the view; every refusal as plain words."""

    @wraps(view)
    def answered(**values: str) -> Response:
        try:
            if request.method == "OPTIONS":
                return _answer(_abilities())
            if request.headers.get("Tus-Resumable") != VERSION:
                raise Told(412, Tus_Version=VERSION)
            request.max_content_length = house().settings.upload_bytes  # of a stream, not of a form
            return _answer(view(_family(), **values))
        except Told as told:
            return _answer(told)
        except NotOpen as error:
            return _answer(_over() if error.key == "session_over" else Told(404))

    return answered


def _family() -> Visit:
    here = visit.here()
    if here is None:
        raise _over()
    if not here.answerable:
        raise Told(404)
    if request.method != "HEAD" and not forms.right_token():
        raise Told(403, forms.stale_form())
    return here


def _over() -> Told:
    return Told(
        401,
        _(
            "You have been away for a while. What was saved is safe: come back with your code and choose the "
            "same file again."
        ),
    )


def _abilities() -> Told:
    largest = str(house().settings.upload_bytes)
    return Told(204, Tus_Version=VERSION, Tus_Extension=EXTENSIONS, Tus_Max_Size=largest)


def _answer(told: Told) -> Response:
    answer = make_response(told.words)
    answer.status_code = told.status
    answer.headers["Content-Type"] = "text/plain; charset=utf-8"
    answer.headers["Tus-Resumable"] = VERSION
    answer.headers.update(told.headers)
    return answer


def _number(header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Told(400, f"{header}?")
    return int(text)


# -- announcing -----------------------------------------------------------------------------


@door(pages, "/<lang>/contribute/files", audience="family", methods=("POST", "OPTIONS"))
@limiter.limit(_limit, methods=["POST"])
@_protocol
def files(here: Visit) -> Told:
    """A place for one file, or why there is none."""
    length, said = _number("Upload-Length"), _metadata()
    page = said.get("page", PAGES[0])
    wanted = Wanted(
        clean(said.get("filename", "")),
        length,
        page if page in PAGES else PAGES[0],
        clean(said.get("fingerprint", ""))[:FINGERPRINT],
    )
    with _words_for_refusals(), visit.changing(here) as work:
        contribute.record_of(work.session, work.contribution)  # a task that has nothing to hang it on: 404
        upload = uploads.begin(work.session, work.contribution, wanted, limits(), now=house().now())
        address = url_for("contribute.file", public_id=upload.public_id)
    return Told(201, Location=address, Upload_Offset="0")


def _metadata() -> dict[str, str]:
    """Upload-Metadata: names and Base64 values, with commas."""
    found = {}
    for pair in filter(None, request.headers.get("Upload-Metadata", "").split(",")):
        name, _space, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError) as wrong:
            raise Told(400, "Upload-Metadata?") from wrong
    return found


class _words_for_refusals:
    """Limits and full disks as the words of the page."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (TooMany, Invalid)):
            words, status = refusal(error)
            raise Told(status, words) from error
        if isinstance(error, NoRoom):
            raise Told(507, no_room()) from error


# -- one file -------------------------------------------------------------------------------


@door(
    pages,
    "/<lang>/contribute/files/<public_id>",
    audience="family",
    methods=("HEAD", "PATCH", "DELETE", "POST", "OPTIONS"),
)
@limiter.limit(_limit, methods=["HEAD", "PATCH", "DELETE", "POST"])
@_protocol
def file(here: Visit, public_id: str) -> Told:
    """How much is safe; more of it; or none of it."""
    if not is_public_id(public_id):
        raise NotOpen("no_upload")
    upload = uploads.find(visit.family_session(here), here.contribution_id, public_id)
    method = request.method
    if method == "POST":  # for lines that let nothing else through
        method = request.headers.get("X-HTTP-Method-Override", "")
    if method == "HEAD":
        return Told(200, Upload_Offset=str(upload.bytes_safe), Upload_Length=str(upload.bytes_wanted))
    if method == "PATCH":
        return _more(here, upload)
    if method == "DELETE":
        return _give_up(here, public_id)
    raise Told(405, Allow="HEAD, PATCH, DELETE, POST, OPTIONS")


def _give_up(here: Visit, public_id: str) -> Told:
    with visit.changing(here) as work:
        upload = uploads.find(work.session, here.contribution_id, public_id)
        medium = work.session.get(Media, upload.media_id) if upload.media_id else None
        if medium is None:
            uploads.drop(work.session, upload)
        elif medium.public_id in work.draft.sent.get("photos", {}):
            raise Told(403, _("This file was sent already. Take it out on the page, and send the change."))
        else:
            work.draft.photos.pop(medium.public_id, None)
            photographs.discard(work.session, medium)
            work.keep()
    return Told(204)


def _more(here: Visit, upload: Upload) -> Told:
    """PATCH: piece after piece of the body is stored and committed, whatever ends it."""
    if request.mimetype != BODY:
        raise Told(415, f"Content-Type: {BODY}")
    offset, public_id, wanted = _number("Upload-Offset"), upload.public_id, upload.bytes_wanted
    if offset != upload.bytes_safe:
        raise Told(409, Upload_Offset=str(upload.bytes_safe))
    if request.content_length is None:
        raise Told(411)
    end = offset + request.content_length
    if end > wanted:
        raise Told(400, "Upload-Length?")
    key = contribution_key(house().keys, contribute.by_id(visit.family_session(here), here.contribution_id))
    body = request.stream
    visit.let_go()  # a body may take minutes to come
    while offset < end:
        piece = _Arriving(body, min(MOST, end - offset))
        came = _take(here, key, public_id, Place(offset, wanted), piece)
        offset += came
        if piece.cut or not came:
            break
    return Told(204, Upload_Offset=str(offset))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece belongs: its first byte in the file, and how long the file is."""

    offset: int
    wanted: int


class _Arriving:
    """The next stretch of a body, as it comes. Where the line breaks it ends; what came before is good."""

    def __init__(self, body: IO[bytes], most: int) -> None:
        self._body, self._left = body, most
        self.head = b""
        self.cut = False

    def read(self, size: int = -1, /) -> bytes:
        most = min(self._left, size) if size > 0 else self._left
        try:
            chunk = self._body.read(min(most, 1 << 16)) if most else b""
        except (OSError, HTTPException):
            self.cut, chunk = True, b""
        self._left -= len(chunk)
        if len(self.head) < HEAD:
            self.head += chunk[: HEAD - len(self.head)]
        return chunk


def _take(here: Visit, key: ContributionKey, public_id: str, place: Place, arriving: _Arriving) -> int:
    """Store a piece while it comes, then let its row know; returns how many bytes that were."""
    with _words_for_refusals():
        stored = house().storage.put_original(arriving, key)  # type: ignore[arg-type]
    at("piece-stored")
    try:
        medium = _keep(here, public_id, key, place, stored, arriving.head) if stored.bytes_plain else 0
    except (MemorialError, Told) as refused:
        house().storage.delete(stored.storage_key)  # no row knows it
        if isinstance(refused, Stale):
            raise Told(409) from refused
        raise
    at("piece-kept")
    if not stored.bytes_plain:
        house().storage.delete(stored.storage_key)
    if medium:
        jobs.enqueue(house(), "assemble", medium)
    return stored.bytes_plain


def _keep(
    here: Visit, public_id: str, key: ContributionKey, place: Place, stored: Stored, head: bytes
) -> int:
    """One commit: the piece is the upload's, and with the last one the file is a medium, whose id this is."""
    if place.offset + stored.bytes_plain == place.wanted:
        earlier = uploads.find(visit.family_session(here), here.contribution_id, public_id)
        head = uploads.head_of(visit.family_session(here), house().storage, key, earlier, head)
    with _words_for_refusals(), visit.changing(here) as work:
        record = contribute.record_of(work.session, work.contribution)
        upload = uploads.keep(
            work.session, work.contribution, record, public_id, Piece(place.offset, stored, head), limits(),
            now=house().now(),
        )  # fmt: skip
        medium = work.session.get(Media, upload.media_id) if upload.media_id else None
        if medium is not None:
            remember(work, medium, upload.page)
        return medium.id if medium is not None else 0


def remember(work: visit.Work, medium: Media, page: str, form: str = "") -> None:
    """The sheet learns of a new file: its part, the page it is asked about on, the key of the form it came by."""
    said = {"part": photographs.PARTS[medium.role], "page": page}
    work.draft.photos[medium.public_id] = said | ({"form": form[:64]} if form else {})
    work.keep()
