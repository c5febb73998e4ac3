"""The files of an object as the desk looks at them: each covered, with what is proposed of it and whether it stands.

files_of(session, record_id, entries(value))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from memorial.domain.dates import parse
from memorial.domain.views import Paper, Picture
from memorial.gate import GatedSession
from memorial.gate.shown import paper, picture
from memorial.models import Media
from memorial.services.published.attached import Entry
from memorial.services.published.standing_files import all_of


@dataclass(frozen=True, slots=True)
class DeskFile:
    """`picture` and `paper` are both None where the file is not in this archive."""

    entry: Entry
    stands: bool = False
    failed: str = ""
    picture: Picture | None = None
    paper: Paper | None = None


def files_of(session: GatedSession, record_id: int | None, among: Sequence[Entry]) -> list[DeskFile]:
    known = {medium.public_id: medium for medium in all_of(session, record_id or 0)} if among else {}
    return [_desk_file(entry, known.get(entry.id)) for entry in among]


def _desk_file(entry: Entry, medium: Media | None) -> DeskFile:
    if medium is None or medium.sha256 != entry.sha256:
        return DeskFile(entry)
    told = {
        "alt": entry.alt, "credit": entry.credit, "rights": entry.rights_and_basis,
        "captured": parse(entry.date), "content_note": entry.content_note,
    }  # fmt: skip
    found = DeskFile(entry, medium.position >= 0, medium.failed)
    if medium.mime == "application/pdf":
        return replace(found, paper=replace(paper(medium, True), **told))  # type: ignore[arg-type]
    return replace(found, picture=replace(picture(medium, True), graphic=True, **told))  # type: ignore[arg-type]
