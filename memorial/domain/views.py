"""Plain views: what `gate.shown` hands to templates and formats.

A view holds only what its reader may see, already chosen (the name or else the
pseudonym, the day or else the year). Templates and formats receive nothing else, so
they cannot tell more than the gate did. No view holds a role, a policy or a state.

Languages are BCP 47 tags; `und` means not known. Dates of the published record are
`When`: the words as given, EDTF, and the earliest and latest day they can mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from memorial.domain.rights import Label
from memorial.domain.voices import Recording


@dataclass(frozen=True, slots=True)
class When:
    """A date that may be uncertain. `words` is what the source gave, never reworded."""

    edtf: str = ""
    words: str = ""
    earliest: date | None = None
    latest: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    """One text. `body` is plain text, or allow-listed markup when `markup` is set."""

    role: str
    body: str
    language: str = "und"
    markup: bool = False
    author: str = ""
    translator: str = ""
    translates: str = ""  # language of the text this one translates, "" for an original
    note: str = ""
    cites: Sequence[Cite] = ()  # where a translation is printed


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to another page of the archive; `address` is "" where there is none."""

    label: str
    address: str = ""
    language: str = "und"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Kin:
    """Somebody related to a person: what they are to them (a key of domain/relations.py), and the words of the source."""

    label: str
    role: str = ""  # parent, child, spouse …; "" where the words are no kinship that we know
    words: str = ""
    address: str = ""
    language: str = "und"
    unnamed: bool = False


@dataclass(frozen=True, slots=True)
class Cite:
    """Where a statement or record is supported: the work, and the place in it."""

    label: str  # "The Washington Post, 28 February 1992"
    address: str = ""  # the source's page, "" where it has none
    locator: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written somewhere; `kind` is full, birth, married, nickname, patronymic, printed, described, pseudonym."""

    text: str
    language: str = "und"
    script: str = ""
    kind: str = "full"
    cites: Sequence[Cite] = ()


@dataclass(frozen=True, slots=True)
class Assertion:
    """A statement as shown: who says what, counting what, as of when, in which source.

    `value` is what is printed in the table ("613", "500 to 700", "at least 161", or words);
    `low` and `high` are for plots and sorting, never for sums.
    """

    public_id: str
    property: str  # key: killed_total, fate, coordinates, term, account …
    value: str
    stated_by: str
    scope: str = ""  # what exactly it counts or covers
    qualifier: str = ""  # exact, at_least, about … ("" when not a number)
    low: float | None = None
    high: float | None = None
    unit: str = ""
    said: When = field(default_factory=When)
    as_of: When = field(default_factory=When)
    cites: Sequence[Cite] = ()
    as_printed: str = ""
    form: str = ""  # direct speech, reported speech, text of a document, paraphrase
    certainty: str = ""
    corroboration: str = ""  # confirmed, uncorroborated, disputed, pending, rejected
    language: str = "und"
    note: str = ""
    via: str = ""  # who reported the words (a journalist, an author)
    rivals: Sequence[Link] = ()
    question: str = ""  # where it stands beside what others answer; "" on that page itself
    reading: str = ""  # of a fate: the key of domain/fates.py that the words are read as
    about: Link | None = None  # the page or question it speaks of, where that is not the page it stands on


@dataclass(frozen=True, slots=True)
class Copy:
    """One stored copy of a medium, by its address."""

    address: str
    width: int
    height: int
    bytes: int
    mime: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph or scan. With `graphic` nothing is loaded before the reader asks."""

    public_id: str
    alt: str
    copies: Sequence[Copy] = ()  # smallest first; empty while copies are being made
    credit: str = ""
    rights: str = ""
    captured: When = field(default_factory=When)
    content_note: str = ""
    graphic: bool = False
    role: str = "photograph"  # photograph, portrait, scan


@dataclass(frozen=True, slots=True)
class Paper:
    """A scan that is no picture, to be kept and opened elsewhere; `address` is "" while its copy is being made."""

    public_id: str
    alt: str
    address: str = ""
    bytes: int = 0
    credit: str = ""
    rights: str = ""
    captured: When = field(default_factory=When)
    content_note: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named; `address` only where they have a remembrance the reader may see."""

    public_id: str
    name: str
    address: str = ""
    language: str = "und"
    names: Sequence[Name] = ()
    roles: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a recording: milliseconds, what follows the page's address, and the language of what is said."""

    at: int
    where: str
    language: str = "und"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list or of search results."""

    kind: str
    public_id: str
    address: str
    title: str
    language: str = "und"
    when: When = field(default_factory=When)
    where: str = ""
    line: str = ""  # one short neutral line: publication, body, birth and home
    snippet: str = ""  # search only: plain text around the hit, hits between U+0002 and U+0003
    moment: Moment | None = None  # search only: where in a recording the hit is said
    specimen: bool = False  # made by the archive to show how a page looks; nobody's testimony
    picture: Picture | None = None
    contested: bool = False
    named_in: Sequence[Link] = ()  # of a person without a page: the works that name them


@dataclass(frozen=True, slots=True)
class Memory:
    """What somebody left on a page: words with photographs, or a quiet sign. `form` is memory, candle or blossom."""

    public_id: str
    form: str
    sent: date
    text: Prose | None = None
    signed: str = ""
    pictures: Sequence[Picture] = ()


@dataclass(frozen=True, slots=True)
class Memories:
    """Some of what was left on a page, in the order of the day it was sent; `after` is "" where that is all."""

    shown: Sequence[Memory] = ()
    after: str = ""


@dataclass(frozen=True, slots=True)
class RecordView:
    """One record as its reader may see it. `detail` holds the kind's own plain facts."""

    kind: str
    public_id: str
    address: str  # path without language prefix: /people/…
    title: str
    language: str = "und"
    detail: Mapping[str, str] = field(default_factory=dict)  # key -> value, see gate/kinds
    when: When = field(default_factory=When)
    names: Sequence[Name] = ()
    texts: Sequence[Prose] = ()
    pictures: Sequence[Picture] = ()
    papers: Sequence[Paper] = ()  # scans as PDF
    recordings: Sequence[Recording] = ()  # their lines come by themselves (gate/voices.py)
    statements: Sequence[Assertion] = ()  # about this record
    supports: Sequence[Assertion] = ()  # statements this record is the source of
    told: Sequence[Assertion] = ()  # of an event: what is said of it elsewhere, in the order it was said
    people: Sequence[Person] = ()
    family: Sequence[Kin] = ()  # to whom a person is related, as sources say
    disagree: Sequence[str] = ()  # properties of a person of which two statements cannot both be so
    described: bool = False  # the source describes somebody and does not name them
    places: Sequence[Link] = ()
    related: Sequence[Link] = ()
    cites: Sequence[Cite] = ()
    content_notes: Sequence[str] = ()
    contested: bool = False
    revision: int = 1
    changed: datetime | None = None
    memories: Memories = field(default_factory=Memories)
    signs: Memories = field(default_factory=Memories)
    proof: bool = False
    rights_statement: str = ""  # its address
    labels: Sequence[Label] = ()  # of communities
    read_with: Sequence[str] = ()  # public ids of the other pages whose person is read as one with this one's

    def text(self, role: str) -> Prose | None:
        """The first text of a role, the original before its translations."""
        found = [t for t in self.texts if t.role == role]
        return next((t for t in found if not t.translates), found[0] if found else None)


@dataclass(frozen=True, slots=True)
class QuestionView:
    """Rival statements that answer one question, in the order they were said."""

    slug: str
    title: str
    address: str
    measure: str = ""
    statements: Sequence[Assertion] = ()
    note: str = ""
    events: Sequence[Entry] = ()  # of the timeline, of which these statements speak


@dataclass(frozen=True, slots=True)
class Use:
    """A page, a person or a work that rests on another work, and the places in it."""

    entry: Entry
    locators: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SourceView:
    """A work: CSL terms in `fields`, and what in the archive rests on it, as far as a page has room.

    `more` has a cursor for each of `uses`, `statements` and `also` that goes on.
    """

    public_id: str
    address: str
    title: str
    fields: Mapping[str, str] = field(default_factory=dict)
    authors: Sequence[str] = ()
    editors: Sequence[str] = ()
    when: When = field(default_factory=When)  # when it came out
    accessed: When = field(default_factory=When)  # when its address was last read
    own: Link | None = None  # the press account that is this work
    cites: Sequence[Cite] = ()  # where the archive knows the work from
    uses: Sequence[Use] = ()
    statements: Sequence[Assertion] = ()  # found in it
    also: Sequence[Assertion] = ()  # found elsewhere first, and in it too
    listed: bool = False  # it is a list of names, with a page of its lines
    more: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    language: str = "und"


@dataclass(frozen=True, slots=True)
class Page:
    """A keyset page of a list: cursors are opaque, "" where there is no such page."""

    entries: Sequence[Entry]
    after: str = ""
    before: str = ""
    total: int | None = None  # None when more than is counted
    filters: Mapping[str, str] = field(default_factory=dict)
