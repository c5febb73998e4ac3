"""What the page of one item receives: plain values, made by `services/desk_item.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from memorial.domain.difference import FieldChange
from memorial.domain.views import Picture
from memorial.domain.workflow import Verdict
from memorial.models import ImportedObject
from memorial.services.desk import Row
from memorial.services.desk_assigning import Choice
from memorial.services.desk_hiding import Hideable
from memorial.services.desk_hint_views import HintsView
from memorial.services.enclosures import Enclosed
from memorial.services.pairs import Beside
from memorial.services.published.showing import Amendment
from memorial.services.reports import Case
from memorial.services.take_downs import Stage


@dataclass(frozen=True, slots=True)
class Button:
    """An act as the page offers it. `reason` says why not; `second` that another person has to agree."""

    verb: str
    reason: str = ""
    wants_note: bool = False
    second: bool = False
    asked_by: str = ""
    to_family: bool = False  # whoever is behind the item's code reads the words
    besides: bool = False  # no step of the workflow: the item stays where it is


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the checklist: who looked at it for this content, and when."""

    name: str
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A piece of what was sent. `key` names it ("text:testimony", "detail:stood"); `part` it belongs to."""

    key: str
    text: str
    language: str = "und"
    part: str = "page"


@dataclass(frozen=True, slots=True)
class Will:
    """What one party said last: for which parts, for whom, to do what, from when until when."""

    party: str
    needed: bool
    at: datetime | None = None
    form: str = ""
    form_approved: bool = True
    language: str = ""
    grants: Sequence[tuple[str, str, str, datetime | None, datetime | None]] = ()
    parts_kept_back: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened, for the history."""

    id: int
    at: datetime
    actor: str
    verb: str
    from_state: str = ""
    to_state: str = ""
    second: str = ""
    thing: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    worded: bool = False  # words went with it; they lie in the messages


@dataclass(frozen=True, slots=True)
class Said:
    """A message in words; `gone` where its key was destroyed."""

    direction: str
    author: str
    text: str
    at: datetime
    gone: bool = False
    files: Sequence[Enclosed] = ()


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it was received. `role` "file" is one that nobody knows: kept, never decoded, never shown."""

    name: str
    role: str
    mime: str
    bytes: int
    sha256: str  # "" until its pieces are put together
    about: str = ""
    others: str = ""  # is somebody seen or heard who did not agree: no, yes, not_sure
    language: str = ""
    length: str = ""
    due: str = ""
    failed: str = ""
    recording: Any = None  # services/desk_recordings.Recording, where it is one


@dataclass(frozen=True, slots=True)
class Applied:
    """Who asks to read what is kept for researchers, and what for. `gone`: the words were forgotten."""

    name: str
    email: str
    institution: str
    purpose: str
    agreed_at: datetime
    asked_before: int = 0  # other applications with the same address
    reads_until: datetime | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Alert:
    """Who has opened how many contacts: `why` is hour or day. No contact is in it."""

    who: str
    why: str
    number: int


@dataclass(frozen=True, slots=True)
class ItemView:
    """Everything the page of one item shows."""

    row: Row
    version: int
    revision: int  # number of the content it is about, 0 for none
    last_line: int
    shows: Sequence[str]
    buttons: Sequence[Button]
    checks: Sequence[Check]
    sent: Sequence[Field] = ()
    pictures: Sequence[Picture] = ()
    files: Sequence[SentFile] = ()
    wills: Sequence[Will] = ()
    messages: Sequence[Said] = ()
    history: Sequence[Line] = ()
    case: Case | None = None
    stages: Sequence[Stage] = ()
    stage: str = ""  # what comes next
    way: str = ""  # by which a case came that the desk entered
    pair: Beside | None = None
    same: Sequence[tuple[str, str]] = ()  # with whom the person is read as one: (name, address)
    others: Sequence[Row] = ()
    parts: Sequence[Hideable] = ()
    changes: Sequence[FieldChange] = ()
    edit: Verdict | None = None  # may this account change the content; None where there is none to change
    leftovers: Sequence[ImportedObject] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    approved: bool = False
    hints: HintsView = field(default_factory=HintsView)
    held: bool = False
    form_gone_through: str = ""
    record_address: str = ""
    has_contribution: bool = False
    waiting: int = 0  # acts with particulars that want a second person (services/proposals.py)
    holder: str = ""  # the contribution that a lost code was for, by its number
    people: Sequence[Choice] = ()  # colleagues whom an act can be about
    fault: Mapping[str, Any] = field(default_factory=dict)
    sealed: bool = False
    application: Applied | None = None
    alert: Alert | None = None
    amendment: Amendment | None = None
    dark: str = ""  # why the words of a sealed contribution are not here
