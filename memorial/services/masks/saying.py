"""Whether something that is about to be shown says what a mask withholds.

    for each in still_said(session, keys, draft): each.line, each.words, each.sure

A mask takes out what is there when it is placed; a transcript or translation that is imported or written later
brings the words again. Whoever releases it asks here first. `sure`: these very words are masked, and releasing
waits until they are (`masks.widen` finds them). Not sure: a line within a masked span that has no mark; a person looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from memorial.domain.masks import named_in, said_in
from memorial.domain.transcript import masks_in, plain
from memorial.gate import GatedSession
from memorial.keys import ArchiveKey
from memorial.models import Draft, DraftCue, Media
from memorial.services.masks.kept import Standing, read
from memorial.services.masks.places import fields

_FEWEST = 3  # letters of a word that is looked for wherever it stands


@dataclass(frozen=True, slots=True)
class Still:
    """A line (0: a chapter) that says it; `words` are empty where only the span says that something may be there."""

    line: int
    words: str
    mask: str  # its public id
    sure: bool


def still_said(session: GatedSession, keys: ArchiveKey, draft: Draft) -> list[Still]:
    """In the order of the lines. A keeper's session; nothing is changed, and nobody is told but whoever asks."""
    medium = session.get_one(Media, draft.media_id)
    standing = read(session, keys, medium.record_id)
    if not standing:
        return []
    known: dict[tuple[str, str], str] = {}
    wanted = select(DraftCue).where(DraftCue.draft_id == draft.id).order_by(DraftCue.position, DraftCue.id)
    found = [still for row in session.scalars(wanted) for still in _of_line(row, medium, standing, known)]
    own = (
        field for field in fields(session, medium) if field.place.startswith(f"chapters:{draft.public_id}:")
    )
    for field in own:
        found += [Still(0, words, mask, True) for mask, words in _said(field.text, standing, known)]
    return found


def says_masked(session: GatedSession, keys: ArchiveKey, record_id: int, text: str) -> bool:
    """Whether words that somebody is about to write say what a mask of the record withholds."""
    return bool(text and _said(text, read(session, keys, record_id), {}))


def _of_line(
    row: DraftCue, medium: Media, standing: Sequence[Standing], known: dict[tuple[str, str], str]
) -> list[Still]:
    text = plain(row.body)
    found = [
        Still(row.number, words, mask, True)
        for mask, words in _said(f"{row.speaker}\n{text}", standing, known)
    ]
    if found or masks_in(row.body):
        return found
    near = (each for each in standing if each.withholds(medium.id, row.starts, row.ends))
    return [Still(row.number, "", each.mask.public_id, False) for each in near]


def _said(
    text: str, standing: Sequence[Standing], known: dict[tuple[str, str], str]
) -> list[tuple[str, str]]:
    """(mask, words): the names and words that a mask was placed for, and what a mask without a span took out."""
    found = []
    for each in standing:
        ranges = [one for one in named_in(text, each.kept.names, known) if one.sure]
        taken = {marked.words for marked in each.kept.marks.values()} | {
            slot.words for slot in each.kept.slots
        }
        for words in [
            *each.kept.words,
            *(one for one in taken if len(one) >= _FEWEST and not each.kept.whole),
        ]:
            ranges += said_in(text, words)
        found += [(each.mask.public_id, text[one.begin : one.end]) for one in sorted(set(ranges))]
    return found
