"""What stands on a press account's page besides the account itself.

    about(session, view)            # Around: other wordings, where it is reproduced, whom it names, what is alike

A fixed number of statements, each through the gate and each capped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from memorial.domain.views import Assertion, Cite, Entry, Link, Person, RecordView
from memorial.domain.wordings import Comparison, compared
from memorial.gate import GatedSession
from memorial.gate.shown import assertion, cite
from memorial.models import Citation, Press, Record, RecordLink, Source, Statement, Text
from memorial.services.lists import entries
from memorial.services.press_naming import people_named, said_in_notes

MOST_WORDINGS = 12
MOST_LINKED = 12
MOST_STATEMENTS = 200


@dataclass(frozen=True, slots=True)
class Found:
    """One work in which the account is found: where its words stand, and where its caption."""

    work: Cite
    words: Sequence[str] = ()
    caption: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """The same passage in another work; without its words only what differs is told."""

    body: str
    language: str
    attributed_as: str
    differs: str
    cites: Sequence[Cite]
    comparison: Comparison | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the quotation, where something else runs through it in the work it is read in."""

    begins: str
    ends: str
    where: Cite | None


@dataclass(frozen=True, slots=True)
class Alike:
    """Another press account that has the same text."""

    entry: Entry
    publication: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Around:
    authors: Sequence[str] = ()
    in_byline: bool = True  # whether the byline says all of them
    media_cited: Sequence[str] = ()
    reproduced: Sequence[Found] = ()
    mentioned: Sequence[Found] = ()
    further: Sequence[Found] = ()
    pieces: Sequence[Piece] = ()
    wordings: Sequence[Wording] = ()
    same_text: Sequence[Alike] = ()
    see_also: Sequence[Entry] = ()
    people: Sequence[Person] = ()
    given: Sequence[Assertion] = ()
    said_in_notes: Sequence[tuple[str, Link]] = ()  # what the notes call a work, and the work


NOTHING = Around()


def about(session: GatedSession, view: RecordView) -> Around:
    row = session.execute(
        select(Record.id, Press, Source.authors)
        .join(Press, Press.record_id == Record.id)
        .outerjoin(Source, Source.id == Press.source_id)
        .where(Record.public_id == view.public_id)
    ).first()
    if row is None:
        return NOTHING
    number, press, authors = row.id, row.Press, [str(name) for name in row.authors or ()]
    quotation = view.text("quotation")
    words = quotation.body if quotation and not quotation.markup else ""
    variants = _variants(session, number)
    cited = _cited(session, number, [text.id for text in variants])
    own = [pair for pair in cited if pair[0].record_id == number]
    alike, others = _linked(session, number, words)
    return Around(
        authors=authors,
        in_byline=all(name.casefold() in press.byline.casefold() for name in authors),
        media_cited=[str(name) for name in press.media_cited],
        pieces=_pieces(press.segments, words, own),
        wordings=[_wording(text, words, cited) for text in variants],
        same_text=alike,
        see_also=others,
        people=people_named(session, press, (citation.source_id for citation, _ in own)),
        given=_given(session, press, view),
        said_in_notes=said_in_notes(session, view),
        **_found(own),
    )


# -- where it is read -------------------------------------------------------------------------

Cited = tuple[Citation, Source | None]


def _variants(session: GatedSession, number: int) -> Sequence[Text]:
    wanted = select(Text).where(Text.record_id == number, Text.role.in_(("variant", "difference")))
    return session.scalars(wanted.order_by(Text.position, Text.id).limit(MOST_WORDINGS)).all()


def _cited(session: GatedSession, number: int, texts: Sequence[int]) -> list[Cited]:
    wanted = (
        select(Citation, Source)
        .outerjoin(Source, Source.id == Citation.source_id)
        .where(or_(Citation.record_id == number, Citation.text_id.in_(texts)))
        .order_by(Citation.position, Citation.id)
    )
    return [(row[0], row[1]) for row in session.execute(wanted)]


def _found(own: Sequence[Cited]) -> dict[str, list[Found]]:
    """Works by what they do with the account, each with all places in it; a work stands once."""
    works: dict[str, tuple[Cite, dict[str, list[str]]]] = {}
    for citation, source in own:
        line = cite(citation, source)
        key = line.address or line.label
        _, places = works.setdefault(key, (Cite(line.label, line.address), {}))
        where = places.setdefault(citation.relation, [])
        if line.locator and line.locator not in where:
            where.append(line.locator)
    parted: dict[str, list[Found]] = {"reproduced": [], "mentioned": [], "further": []}
    for work, places in works.values():
        caption = places.get("caption", [])
        words = [each for each in places.get("supports", []) if each not in caption]
        named = "mentioned" if "mentioned_in" in places else "further"
        parted["reproduced" if "reproduced_in" in places else named].append(Found(work, words, caption))
    return parted


def _pieces(segments: Sequence[Sequence[Any]], words: str, own: Sequence[Cited]) -> list[Piece]:
    if len(segments) < 2 or not words:
        return []
    places = {citation.as_given: cite(citation, source) for citation, source in own}
    return [
        Piece(" ".join(words[begins:ends].split()[:6]), " ".join(words[begins:ends].split()[-6:]), places.get(ref))
        for begins, ends, ref in segments
    ]  # fmt: skip


# -- other wordings ---------------------------------------------------------------------------


def _wording(text: Text, words: str, cited: Sequence[Cited]) -> Wording:
    mine = [cite(citation, source) for citation, source in cited if citation.text_id == text.id]
    # "reproduced in" names the work, "supports" the lines: the lines say both.
    exact = [each for each in mine if each.locator] or mine
    if text.role == "difference":
        return Wording("", text.language, text.author, text.body, exact)
    comparison = compared(words, text.body) if words and not text.markup else None
    return Wording(text.body, text.language, text.author, text.note, exact, comparison)


def _linked(session: GatedSession, number: int, words: str) -> tuple[list[Alike], list[Entry]]:
    """Accounts that this one points to or that point to it: those with the same text, and the others."""
    wanted = (
        select(RecordLink.record_id, RecordLink.other_id)
        .where(RecordLink.relation == "see_also", RecordLink.other_id.is_not(None))
        .where(or_(RecordLink.record_id == number, RecordLink.other_id == number))
        .order_by(RecordLink.id)
        .limit(MOST_LINKED)
    )
    pairs = session.execute(wanted).all()
    ids = list(dict.fromkeys(other if mine == number else mine for mine, other in pairs if other))
    if not ids:
        return [], []
    lines = entries(session, dict.fromkeys(ids, "press"))
    texts = _quotations(session, lines) if words else {}
    alike, others = [], []
    for each, entry in sorted(lines.items(), key=lambda pair: ids.index(pair[0])):
        found = compared(words, texts[each], whole_there=False) if each in texts else None
        if found is not None and found.alike:
            alike.append(Alike(entry, entry.line or entry.title, found))
        else:
            others.append(entry)
    return alike, others


def _quotations(session: GatedSession, ids: Iterable[int]) -> dict[int, str]:
    wanted = select(Text.record_id, Text.body).where(
        Text.record_id.in_(list(ids)),
        Text.role == "quotation",
        Text.translates_id.is_(None),
        Text.markup.is_(False),
    )
    return {
        row.record_id: row.body for row in session.execute(wanted.order_by(Text.position.desc(), Text.id.desc()))
    }  # fmt: skip


# -- what it states ---------------------------------------------------------------------------


def _given(session: GatedSession, press: Press, view: RecordView) -> list[Assertion]:
    """Statements that it is said to make although each rests on another work."""
    ids = [str(name) for name in (*press.figure_ids, *press.account_ids)][:MOST_STATEMENTS]
    known = {said.public_id for said in view.supports}
    if len(ids) <= len(known) or not ids:
        return []
    wanted = (
        select(Statement, Source)
        .outerjoin(Source, Source.id == Statement.source_id)
        .where(Statement.external_id.in_(ids), Statement.public_id.not_in(known))
        .order_by(Statement.position, Statement.id)
    )
    return [
        assertion(said, {source.id: source} if source else {}) for said, source in session.execute(wanted)
    ]
