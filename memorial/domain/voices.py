"""Plain views of recordings and of what is said in them, as `gate.shown` hands them to pages.

A `Recording` stands on the view of its record with everything but its lines, which may be thousands: those of the
transcripts that a page opens come by themselves (`gate.voices.lines`). Times are milliseconds from its start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from memorial.domain.transcript import Run, plain, runs

if TYPE_CHECKING:
    from memorial.domain.views import When

TRANSLATION, DESCRIPTION = "translation", "audio_description"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transcript. `number` is its address: #c-118."""

    number: int
    starts: int
    ends: int
    body: str
    speaker: str = ""
    spelled: bool = False  # each of its words has a time of its own

    @property
    def runs(self) -> tuple[Run, ...]:
        return runs(self.body)

    @property
    def words(self) -> str:
        """Bare, with […] for what is withheld."""
        return plain(self.body)


@dataclass(frozen=True, slots=True)
class Spoken:
    """The released words of a recording in one language; `machine`: made by one, and read by nobody yet."""

    public_id: str
    kind: str = "verbatim"
    language: str = "und"
    made_by: str = ""
    machine: bool = False
    translates: str = ""  # public id, "" for an original
    version: int = 1  # counts its releases
    released: date | None = None
    download: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What a chapter holds, in one language."""

    language: str
    title: str
    synopsis: str = ""
    keywords: Sequence[str] = ()
    persons: Sequence[str] = ()
    places: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    starts: int
    tellings: Sequence[Told]
    ends: int | None = None

    def told(self, language: str) -> Told:
        """In this language, else as it was told first."""
        return next((each for each in self.tellings if each.language == language), self.tellings[0])


@dataclass(frozen=True, slots=True)
class Withheld:
    """A span that was taken out, and why."""

    public_id: str
    starts: int
    ends: int
    reason: str = ""
    sound: str = ""  # silence or tone; "" where it stays
    picture: bool = False


@dataclass(frozen=True, slots=True)
class Sitting:
    """One session of telling: who asked, who was there, where, when, and what was agreed."""

    public_id: str
    when: When
    interviewers: Sequence[str] = ()
    others_present: str = ""
    place: str = ""
    languages: Sequence[str] = ()
    equipment: str = ""
    summary: str = ""
    agreed: str = ""


@dataclass(frozen=True, slots=True)
class Playable:
    """A copy that a browser plays."""

    address: str
    kind: str  # audio or video
    mime: str
    bytes: int
    height: int = 0
    keep: str = ""  # where it is downloaded from; "" where that is not granted
    width: int = 0


@dataclass(frozen=True, slots=True)
class Recording:
    public_id: str
    role: str  # audio or video
    length: int | None = None
    language: str = ""
    content_note: str = ""
    graphic: bool = False
    credit: str = ""
    rights: str = ""
    copies: Sequence[Playable] = ()  # empty while they are being made
    poster: str = ""
    peaks: str = ""
    sha256: str = ""  # of the original as it was received
    received: datetime | None = None  # UTC
    transcripts: Sequence[Spoken] = ()
    chapters: Sequence[Chapter] = ()
    withheld: Sequence[Withheld] = ()
    sitting: Sitting | None = None
    proof: bool = field(default=False, compare=False)

    def of(self, kind: str) -> list[Playable]:
        return [copy for copy in self.copies if copy.kind == kind]
