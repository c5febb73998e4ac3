"""What the rules of hints may know of an item, read in a number of queries that no text and no history changes.

seen = seen_of(session, item, now=now)            # domain/hints.py, Seen
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.domain.addresses import address
from memorial.domain.consent import Entry
from memorial.domain.content import Content, StatementContent
from memorial.domain.hints import File, Piece, Seen, Statement
from memorial.domain.moments import clock
from memorial.domain.names import ALPHABETS, sort_key
from memorial.domain.transcript import plain
from memorial.gate import GatedSession
from memorial.gate.policies import folded
from memorial.models import Cue, Item, Media, Part, PersonName, Record, Revision, Text, Transcript
from memorial.models import Statement as StatementRow
from memorial.services.desk_consent import wills_of
from memorial.services.desk_difference import pieces
from memorial.services.published import hinted

MOST_ROWS = 500  # of an imported page
MOST_CUES = 20_000
MOST_NAMES = 20
MOST_ALIKE = 10
OURS = frozenset(
    {"text:notice", "detail:stood", "detail:medium", "detail:form"}
)  # words and keys of the program


def seen_of(session: GatedSession, item: Item, *, now: datetime) -> Seen:
    """Everything of the item that is in custody now. Nothing where it has no record."""
    if item.record_id is None:
        return Seen()
    revision = _revision(session, item)
    if revision is None:
        return Seen(*_rows(session, item.record_id), files=[file for file, _ in _files(session, item)])
    if item.kind == "amendment":
        return Seen(hinted.pieces_of(revision.content), year=now.year)
    content = Content.from_json(revision.content)
    files = _files(session, item)
    kept_back, not_covered = _consent(session, item, content, {part for _, part in files})
    return Seen(
        pieces=[*_pieces(content), *_cues(session, item)],
        statements=list(_statements(content)),
        files=[file for file, _ in files],
        names_kept_back=kept_back,
        not_covered=not_covered,
        alike=_alike(session, item, content),
        year=now.year,
    )


def _revision(session: GatedSession, item: Item) -> Revision | None:
    """The content the item is about, else the latest of its contribution. Imported pages have rows alone."""
    if item.revision_id is not None:
        return session.get(Revision, item.revision_id)
    wanted = (
        select(Revision)
        .where(Revision.record_id == item.record_id)
        .where(Revision.contribution_id.is_not_distinct_from(item.contribution_id))
        .order_by(Revision.number.desc())
    )
    return session.scalars(wanted.limit(1)).first()


def _pieces(content: Content) -> list[Piece]:
    return [
        Piece(
            piece.key, piece.text, content.language if piece.language == "und" else piece.language, piece.part
        )
        for piece in pieces(content)
        if piece.key not in OURS
    ]


def _statements(content: Content) -> Iterator[Statement]:
    """Each under the name that its piece has on the page."""
    keys = [piece.key for piece in pieces(content) if piece.key.startswith("statement:")]
    said = [row for row in content.statements if row.value_text or row.stated_by]
    for key, row in zip(keys, said, strict=True):
        yield _statement(key, row)


def _statement(key: str, row: StatementContent | StatementRow) -> Statement:
    return Statement(key, row.property, row.value_text, row.stated_by, row.source_as_given)


def _rows(session: GatedSession, record_id: int) -> tuple[list[Piece], list[Statement]]:
    """The words of an imported page, as far as a person could read them at once."""
    texts = select(Text).where(Text.record_id == record_id, Text.role != rules.NOTICE)
    ordered = texts.order_by(Text.role, Text.position, Text.id).limit(MOST_ROWS)
    found = [Piece(f"text:{text.role}", text.body, text.language) for text in session.scalars(ordered)]
    wanted = select(StatementRow).where(StatementRow.record_id == record_id, StatementRow.source_id.is_(None))
    said = session.scalars(wanted.order_by(StatementRow.id).limit(MOST_ROWS))
    return found, [_statement(f"statement:{row.property}", row) for row in said]


def _files(session: GatedSession, item: Item) -> list[tuple[File, int]]:
    """Each file of the item's own, with the number of its part."""
    wanted = (
        select(Media)
        .where(Media.record_id == item.record_id, Media.role != "file")
        .where(Media.contribution_id.is_not_distinct_from(item.contribution_id))
        .order_by(Media.position, Media.id)
    )
    return [
        (
            File(
                row.file_name or row.alt or row.role,
                row.rights,
                row.credit,
                row.graphic,
                bool(row.content_note),
                row.others,
            ),
            row.part_id,
        )
        for row in session.scalars(wanted)
    ]


def _cues(session: GatedSession, item: Item) -> list[Piece]:
    """Transcripts as pieces that know when each line is said."""
    wanted = (
        select(Transcript.id, Transcript.language, Cue.starts, Cue.body)
        .join(Cue, Cue.transcript_id == Transcript.id)
        .where(Transcript.record_id == item.record_id)
        .where(Transcript.contribution_id.is_not_distinct_from(item.contribution_id))
        .order_by(Transcript.id, Cue.position)
        .limit(MOST_CUES)
    )
    lines: dict[tuple[int, str], list[tuple[int, str]]] = {}
    for number, language, starts, body in session.execute(wanted):
        lines.setdefault((number, language), []).append((starts, body))
    return [spoken(language, said) for (_, language), said in lines.items()]


def spoken(language: str, said: Sequence[tuple[int, str]]) -> Piece:
    """(when, body) of each line as one piece, in its bare words."""
    times, place, words = [], 0, [plain(body) for _, body in said]
    for (starts, _), line in zip(said, words, strict=True):
        times.append((place, clock(starts)))
        place += len(line) + 1
    return Piece("transcript", "\n".join(words), language, times=times)


def seen_of_draft(
    session: GatedSession, item: Item | None, language: str, said: Sequence[tuple[int, str]], *, now: datetime
) -> Seen:
    """What a transcript that is not released yet says, with the names that its family wants kept back."""
    kept_back = seen_of(session, item, now=now).names_kept_back if item is not None else ()
    return Seen([spoken(language, said[:MOST_CUES])], names_kept_back=kept_back, year=now.year)


# -- what was agreed ------------------------------------------------------------------------


def _consent(
    session: GatedSession, item: Item, content: Content, files: set[int]
) -> tuple[list[str], list[tuple[str, ...]]]:
    """Names that may not be shown, and kinds of parts that nobody could see if the archive said yes now."""
    assert item.record_id is not None
    yes = Entry(2**31, rules.ARCHIVE, "will", will={rules.EVERY_PART: rules.everything()})
    policies = folded(session, item.record_id, [yes])
    keys = select(Part.id, Part.key).where(Part.id.in_(policies))
    named = content.parts() | {"page"}
    there = {row.key: row.id for row in session.execute(keys) if row.key in named or row.id in files}
    seen_by = {
        audience: {key for key, number in there.items() if policies[number].window(audience, "view")}
        for audience in rules.AUDIENCES
    }
    names = [
        name.text
        for name in content.names
        if name.kind != "pseudonym"
        and any("page" in seen and name.part not in seen for seen in seen_by.values())
    ]
    shown = set().union(*seen_by.values())
    hidden = there.keys() - shown - _replaced(shown) if "page" in shown else {"page"}
    return names, _wanting(session, item.record_id, hidden)


def _replaced(shown: set[str]) -> set[str]:
    """What nobody misses: the notice of a withdrawal, and a name where another stands instead."""
    return {rules.NOTICE, *({"name"} if "pseudonym" in shown else ())}


def _wanting(session: GatedSession, record_id: int, hidden: set[str]) -> list[tuple[str, ...]]:
    if not hidden:
        return []
    wills = wills_of(session, record_id)
    silent = [will.party for will in wills if will.needed and will.party != rules.ARCHIVE and not will.grants]
    return [(kind, *dict.fromkeys(silent)) for kind in sorted({key.partition(":")[0] for key in hidden})]


# -- others of the same name ----------------------------------------------------------------


def _alike(session: GatedSession, item: Item, content: Content) -> list[tuple[str, str, str]]:
    """Pages of other records that have somebody of exactly one of these names; a person says who is who."""
    named = [
        piece for piece in pieces(content) if piece.key.split("#")[0] == "name" and piece.part != "pseudonym"
    ]
    keys: dict[str, tuple[str, str]] = {}
    for piece in named[:MOST_NAMES]:
        for language in ALPHABETS:  # a name is filed by the alphabet of whoever wrote it
            keys.setdefault(sort_key(piece.text, language)[:200], (piece.key, piece.text))
    keys.pop("", None)
    if not keys:
        return []
    wanted = (
        select(PersonName.sort_key, Record.kind, Record.public_id)
        .join(Record, Record.id == PersonName.record_id)
        .where(PersonName.sort_key.in_(keys), PersonName.record_id != item.record_id)
        .order_by(PersonName.id)
        .limit(MOST_ALIKE)
    )
    rows = session.execute(wanted).all()
    found: Mapping[tuple[str, str, str], None] = dict.fromkeys(
        (*keys[row.sort_key], address(row.kind, row.public_id)) for row in rows
    )
    return list(found)
