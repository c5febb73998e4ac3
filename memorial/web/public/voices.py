"""The words of a recording beside its page: as text alone, as captions, and as files to keep.

The page itself is `records.testimony`.
"""

from __future__ import annotations

from flask import Response, make_response, request
from sqlalchemy import select

from memorial.domain import transcript as words_of
from memorial.domain.errors import Invalid, NotOpen
from memorial.domain.ids import is_public_id
from memorial.domain.transcript import Word
from memorial.formats import srt, transcript_text, vtt
from memorial.gate import GatedSession, Reader
from memorial.models import Cue, Derivative, Record, Transcript
from memorial.services import reading as service
from memorial.services import voice_page
from memorial.services.reading import Withdrawn
from memorial.web.cache import keep
from memorial.web.context import moment, reader, reading
from memorial.web.doors import door
from memorial.web.public import records
from memorial.web.public.researchers import opened
from memorial.web.public.rooms import media, page, pages
from memorial.web.public.stored import name_of, serve
from memorial.web.voice import set_in

WRITERS = {"vtt": vtt.write, "srt": srt.write, "txt": transcript_text.write}
TYPES = {"vtt": "text/vtt", "srt": "application/x-subrip", "txt": "text/plain"}
HEARD = ("audio/ogg", "audio/mp4", "video/mp4")


@door(pages, "/<lang>/testimonies/<public_id>/transcript", audience="public")
def transcript(public_id: str) -> Response:
    """All the words of a recording by themselves, in one language: for reading, printing and keeping."""
    try:
        record = service.record_view(reading(), "testimony", public_id)
    except Withdrawn as error:
        return records.withdrawn(error)
    text = voice_page.alone(reading(), record, voice_page.asked(request.args))
    if text is None:
        raise NotOpen
    opened(f"record:{public_id}", (record, text), lambda public: _alone(public, public_id))
    return page(
        "transcript", record=record, text=text, said=set_in(text.recording), citation=records.citation(record),
        wrong_page=record.address,
    )  # fmt: skip


def _alone(session: GatedSession, public_id: str) -> object:
    record = service.record_view(session, "testimony", public_id)
    return record, voice_page.alone(session, record, voice_page.asked(request.args))


@door(pages, "/<lang>/testimonies/<public_id>/<transcript_id>.vtt", audience="public")
def captions(public_id: str, transcript_id: str) -> Response:
    """For the player, so it is asked of the gate for looking at."""
    return file_of(public_id, transcript_id, "vtt", reader())


@door(
    pages,
    "/<lang>/testimonies/<public_id>/<transcript_id>/words.<any('vtt', 'srt', 'txt'):form>",
    audience="public",
)
def words(public_id: str, transcript_id: str, form: str) -> Response:
    """To be kept, so it is asked of the gate for downloading."""
    answer = file_of(public_id, transcript_id, form, reader().for_use("download"))
    answer.headers.set("Content-Disposition", "attachment", filename=f"{transcript_id}.{form}")
    return answer


ROWS = (
    select(Transcript.kind, Transcript.language, Cue.starts, Cue.ends, Cue.body, Cue.speaker, Cue.words)
    .join(Record, Record.id == Transcript.record_id)
    .join(Cue, Cue.transcript_id == Transcript.id)
    .where(Record.kind == "testimony")
    .order_by(Cue.position)
)


def file_of(public_id: str, transcript_id: str, ending: str, who: Reader) -> Response:
    """A transcript as a file, asked of the gate for what this reader wants it for."""
    if not (is_public_id(public_id) and is_public_id(transcript_id)):
        raise NotOpen
    wanted = ROWS.where(Record.public_id == public_id, Transcript.public_id == transcript_id)
    found = reading(who).execute(wanted).all()
    if not found:
        raise NotOpen
    public = Reader.public(moment(), who.use)
    opened(f"transcript:{transcript_id}", found, lambda _: reading(public).execute(wanted).all())
    cues = [
        words_of.Cue(row.starts, row.ends, row.body, row.speaker, tuple(Word(*word) for word in row.words))
        for row in found
    ]
    try:
        written = WRITERS[ending](words_of.Transcript(tuple(cues), found[0].language, found[0].kind)).text
    except Invalid as error:
        raise NotOpen from error  # no line has a time
    answer = make_response(written)
    answer.headers["Content-Type"] = f"{TYPES[ending]}; charset=utf-8"
    return keep(answer)


@door(media, "/media/<public_id>/recording", audience="public")
def recording(public_id: str) -> Response:
    """A copy of a recording to keep, where that is granted."""
    wanted = select(Derivative.storage_key, Derivative.mime, Derivative.sha256).where(
        Derivative.public_id == public_id, Derivative.mime.in_(HEARD)
    )
    found = reading(reader().for_use("download")).execute(wanted).first()
    if found is None:
        raise NotOpen
    public = Reader.public(moment(), "download")
    opened(f"media:{public_id}", found, lambda _: reading(public).execute(wanted).first())
    answer = serve(found.storage_key, found.mime, found.sha256, public_id)
    answer.headers.set("Content-Disposition", "attachment", filename=name_of(public_id, found.mime))
    return answer
