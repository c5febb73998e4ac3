"""Every place in which a word of a recording can stand: its lines, drafts and their steps, chapters, the page beside it.

    for field in fields(session, medium): field.text, field.put("…")

What others sent for the same page is theirs: taken out under one family's key, it would go with that family's removal.
A field knows its address (`place`), which stays the same when rows are written anew, as releasing and applying
a revision do. `line` joins the fields of one line, and `version` marks what stood there before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from memorial.gate import GatedSession
from memorial.models import (
    Cue,
    Draft,
    DraftCue,
    DraftStep,
    Interview,
    Media,
    Record,
    Revision,
    Segment,
    Statement,
    Testimony,
    Text,
    Transcript,
    Tribute,
)

HEARD = ("audio", "video")
CAPTIONS = ("alt", "credit", "content_note", "captured_words", "file_name")
OF_INTERVIEW = ("others_present", "place", "equipment", "summary", "agreed", "date_words", "date_note")
OF_SEGMENT = ("title", "synopsis", "excerpt", "keywords", "subjects", "persons", "places", "spots", "links")
OF_TESTIMONY = ("stood_words", "told_at", "date_words", "date_note")
OF_STATEMENT = ("value_text", "stated_by", "source_as_given")
# What of a content is words about others; a page's own names have parts of their own, and are no third person's.
OF_CONTENT = ("texts", "statements", "tributes", "links", "detail", "content_note", "date_words")
STEERING = ("language", "role", "part", "kind", "script", "form", "property", "point", "zoom", "address", "other",
            "relation", "stood", "medium", "as_of_edtf", "certainty", "corroboration")  # fmt: skip

Whose = tuple[int | None, ...]  # the contributions whose rows are meant; None: the archive's own


@dataclass(slots=True)
class Field:
    """One text and how it is written. `what` is a key that the desk's page puts into words."""

    place: str
    what: str
    text: str
    put: Callable[[str], None]
    body: bool = False
    language: str = ""
    line: str = ""
    title: str = ""
    starts: int | None = None
    ends: int | None = None
    times: list[Any] = field(default_factory=list)
    put_times: Callable[[list[Any]], None] | None = None
    version: bool = False
    media_id: int = 0  # of the recording whose line it is


def fields(session: GatedSession, medium: Media) -> list[Field]:
    """All of them; a keeper's session. The recording's lines come first, then those of the record's others."""
    session.flush()
    record = session.get_one(Record, medium.record_id)
    others = select(Media).where(Media.record_id == record.id, Media.id != medium.id).order_by(Media.id)
    whose = (None, medium.contribution_id)
    heard = [
        medium,
        *(each for each in session.scalars(others) if each.role in HEARD and each.contribution_id in whose),
    ]
    found = [field for each in heard for field in _spoken(session, each)]
    return [each for each in (*found, *_page(session, record, whose)) if each.text]


def _spoken(session: GatedSession, medium: Media) -> Iterator[Field]:
    for source in (_released, _drafts, _chapters):
        for found in source(session, medium):
            found.media_id = medium.id
            yield found


# -- lines ------------------------------------------------------------------------------------


def _released(session: GatedSession, medium: Media) -> Iterator[Field]:
    rows = session.scalars(
        select(Transcript).where(Transcript.media_id == medium.id).order_by(Transcript.id)
    ).all()
    for row in rows:
        wanted = select(Cue).where(Cue.transcript_id == row.id).order_by(Cue.position, Cue.id)
        for cue in session.scalars(wanted):
            yield from _line(
                cue, f"line:{row.public_id}:{cue.number}", f"{row.public_id}#{cue.number}", row, "line"
            )


def _drafts(session: GatedSession, medium: Media) -> Iterator[Field]:
    drafts = session.scalars(select(Draft).where(Draft.media_id == medium.id).order_by(Draft.id)).all()
    for draft in drafts:
        wanted = (
            select(DraftCue).where(DraftCue.draft_id == draft.id).order_by(DraftCue.position, DraftCue.id)
        )
        for cue in session.scalars(wanted):
            line = f"{draft.public_id}#{cue.number}"
            yield from _line(cue, f"draft:{draft.public_id}:{cue.number}", line, draft, "draft")
        for path, text, put in _strings(draft, "chapters"):
            yield Field(f"chapters:{draft.public_id}:{path}", "chapter", text, put, title=draft.kind)
    steps = (
        select(DraftStep).where(DraftStep.draft_id.in_([draft.id for draft in drafts])).order_by(DraftStep.id)
    )
    names = {draft.id: draft for draft in drafts}
    for step in session.scalars(steps) if drafts else ():
        yield from _step(step, names[step.draft_id])


def _line(row: Any, place: str, line: str, of: Any, what: str) -> Iterator[Field]:
    common = {"language": of.language, "line": line, "title": of.kind, "starts": row.starts, "ends": row.ends}
    times = [list(each) for each in row.words]
    yield Field(
        place,
        what,
        row.body,
        _column(row, "body"),
        body=True,
        times=times,
        put_times=_column(row, "words"),
        **common,
    )
    yield Field(f"{place}:speaker", "speaker", row.speaker, _column(row, "speaker"), **common)


def _step(step: DraftStep, draft: Draft) -> Iterator[Field]:
    """[number, before, after]; a line as it was is [position, starts, ends, speaker, body, words]."""
    for at, change in enumerate(step.changes):
        for side, was in enumerate(change[1:], 1) if isinstance(change, list) else ():
            place = f"step:{step.id}:{at}.{side}"
            if not _is_line(was):
                for path, text, put in _walk(was, lambda: flag_modified(step, "changes")):
                    yield Field(f"{place}.{path}", "version", text, put, title=draft.kind, version=True)
                continue
            common: dict[str, Any] = {
                "language": draft.language, "line": f"{draft.public_id}#{change[0]}", "title": draft.kind,
                "starts": was[-5], "ends": was[-4], "version": True,
            }  # fmt: skip
            put, put_times = _item(step, was, -2), _item(step, was, -1)
            yield Field(
                place, "version", was[-2], put, body=True, times=list(was[-1]), put_times=put_times, **common
            )
            yield Field(f"{place}:speaker", "version", was[-3], _item(step, was, -3), **common)


def _is_line(was: Any) -> bool:
    return (
        isinstance(was, list) and len(was) >= 5 and isinstance(was[-1], list)
        and isinstance(was[-2], str) and isinstance(was[-3], str) and isinstance(was[-5], int)
    )  # fmt: skip


def _item(step: DraftStep, was: list[Any], at: int) -> Callable[[Any], None]:
    def put(value: Any) -> None:
        was[at] = value
        flag_modified(step, "changes")

    return put


# -- chapters, interview, captions, the page ----------------------------------------------------


def _chapters(session: GatedSession, medium: Media) -> Iterator[Field]:
    rows = session.scalars(
        select(Segment)
        .where(Segment.media_id == medium.id)
        .order_by(Segment.position, Segment.language, Segment.id)
    )
    seen = _Counter()
    for row in rows:
        place = seen(f"segment:{medium.public_id}:{row.position}:{row.language}")
        for name in OF_SEGMENT:
            for found in _of_column(row, name, f"{place}:{name}", "chapter"):
                found.language, found.starts, found.ends = row.language, row.starts, row.ends
                yield found


def _page(session: GatedSession, record: Record, whose: Whose) -> Iterator[Field]:
    """What stands on the page besides, and what stood there."""
    for medium in _rows(session, Media, record, whose):
        yield from _columns(medium, CAPTIONS, f"media:{medium.public_id}", "caption")
    for row in _rows(session, Interview, record, whose):
        yield from _columns(row, (*OF_INTERVIEW, "interviewers"), f"interview:{row.public_id}", "interview")
    seen = _Counter()
    for text in _rows(session, Text, record, whose, Text.position):
        if text.role == "notice":
            continue
        place = seen(f"text:{text.contribution_id or 0}:{text.role}:{text.language}")
        for found in _columns(text, ("body", "author", "translator", "note"), place, "text"):
            found.language, found.title = text.language, text.role
            yield found
    for said in _rows(session, Statement, record, whose, Statement.position):
        place = seen(f"statement:{said.contribution_id or 0}:{said.property}")
        yield from _columns(said, OF_STATEMENT, place, "statement")
    for memory in _rows(session, Tribute, record, whose):
        yield from _columns(memory, ("body", "signed"), f"tribute:{memory.public_id}", "memory")
    testimony = session.get(Testimony, record.id) if record.kind == "testimony" else None
    if record.contribution_id in whose:
        yield from _columns(record, ("content_note",), "record", "note")
        if testimony is not None:
            yield from _columns(testimony, OF_TESTIMONY, "testimony", "note")
    for revision in _rows(session, Revision, record, whose):
        if revision.thing:
            continue
        for name in OF_CONTENT:
            for path, words, put in _strings(revision, "content", name):
                yield Field(f"revision:{revision.id}:{path}", "version", words, put, version=True)


def _rows(session: GatedSession, table: Any, record: Record, whose: Whose, *order: Any) -> list[Any]:
    rows = session.scalars(select(table).where(table.record_id == record.id).order_by(*order, table.id))
    return [row for row in rows if row.contribution_id in whose]


class _Counter:
    """The address of each row among those that are alike."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = defaultdict(int)

    def __call__(self, place: str) -> str:
        self._seen[place] += 1
        return f"{place}:{self._seen[place]}"


def _columns(row: Any, names: Sequence[str], place: str, what: str) -> Iterator[Field]:
    for name in names:
        yield from _of_column(row, name, f"{place}:{name}", what)


def _of_column(row: Any, name: str, place: str, what: str) -> Iterator[Field]:
    if isinstance(getattr(row, name), str):
        yield Field(place, what, getattr(row, name), _column(row, name))
        return
    for path, text, put in _strings(row, name):
        yield Field(f"{place}.{path}", what, text, put)


def _column(row: Any, name: str) -> Callable[[Any], None]:
    return lambda value: setattr(row, name, value)


def _strings(row: Any, name: str, inner: str = "") -> Iterator[tuple[str, str, Callable[[str], None]]]:
    """Every text in a column that holds an object or a list, by its path; what steers is none."""
    value = getattr(row, name)
    if not inner:
        yield from _walk(value, lambda: flag_modified(row, name))
    elif inner in value:
        held = {inner: value[inner]}
        for path, text, put in _walk(held, lambda: flag_modified(row, name)):
            yield path, text, put if isinstance(value[inner], list | dict) else _key(row, name, inner)


def _key(row: Any, name: str, inner: str) -> Callable[[str], None]:
    def put(text: str) -> None:
        getattr(row, name)[inner] = text
        flag_modified(row, name)

    return put


def _walk(
    value: Any, changed: Callable[[], None], path: str = ""
) -> Iterator[tuple[str, str, Callable[[str], None]]]:
    pairs: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, each in list(pairs):
        at = f"{path}.{key}" if path else str(key)
        if isinstance(each, str) and key not in STEERING:
            yield at, each, _put(value, key, changed)
        elif isinstance(each, list | dict):
            yield from _walk(each, changed, at)


def _put(value: Any, key: Any, changed: Callable[[], None]) -> Callable[[str], None]:
    def put(text: str) -> None:
        value[key] = text
        changed()

    return put
