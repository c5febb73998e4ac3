"""Where in a recording the words of a hit are said: a line or a chapter, with the moment it begins.

    said(session, {part id: entry id}, words, begins=False)     # {entry id: Said("… ⟦apricot⟧ …", Moment(…))}

Only the first `MOST` lines of the transcripts on one page of results are looked through; a hit beyond them has no words
under its title, and its page finds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from memorial.domain.transcript import plain
from memorial.domain.views import Moment
from memorial.gate import GatedSession
from memorial.models import Cue, Segment, Transcript
from memorial.models.statements import among
from memorial.services.snippets import snippet

MOST = 8_000
LINES = (
    select(Cue.part_id, Transcript.public_id, Transcript.language, Cue.number, Cue.starts, Cue.ends, Cue.body)
    .join(Transcript, Transcript.id == Cue.transcript_id)
    .where(among(Cue.part_id, "ids"))
    .order_by(Cue.transcript_id, Cue.position)
    .limit(MOST)
)
CHAPTERS = (
    select(Segment).where(among(Segment.part_id, "ids")).order_by(Segment.position, Segment.id).limit(MOST)
)


class Said(NamedTuple):
    words: str
    moment: Moment


def said(
    session: GatedSession, by_part: Mapping[int, int], words: Sequence[str], begins: bool
) -> dict[int, Said]:
    found: dict[int, Said] = {}
    for sort, statement in ((_line, LINES), (_chapter, CHAPTERS)):
        wanted = [part for part, entry in by_part.items() if entry not in found]
        if wanted:
            rows: Iterable[Any] = session.execute(statement, {"ids": wanted})
            _first(rows, sort, by_part, words, begins, found)
    return found


def _first(
    rows: Iterable[Any], sort: Any, by_part: Mapping[int, int], words: Sequence[str], begins: bool,
    found: dict[int, Said],
) -> None:  # fmt: skip
    """The first of each part that has one of the words."""
    for row in rows:
        part_id, text, moment = sort(row)
        if by_part[part_id] not in found and (cut := snippet(text, words, begins)):
            found[by_part[part_id]] = Said(cut, moment())


def _line(row: Any) -> tuple[int, str, Any]:
    def moment() -> Moment:
        when = f"t={row.starts // 1000}" if row.ends else f"line={row.number}"
        return Moment(row.starts, f"?read={row.public_id}&{when}#c-{row.number}", row.language)

    return row.part_id, plain(row.body) if "<" in row.body or "&" in row.body else row.body, moment


def _chapter(row: Any) -> tuple[int, str, Any]:
    told: Segment = row[0]
    text = " ".join([told.title, told.synopsis, *map(str, (*told.persons, *told.places, *told.keywords))])
    return (
        told.part_id,
        text,
        lambda: Moment(told.starts, f"?t={told.starts // 1000}#h-{told.starts}", told.language),
    )
