"""How much? `shown(session, record)` turns the rows that came through the gate into a plain view.

It chooses among those rows (the name, else the pseudonym; the finer date, else the coarser)
and reads nothing else. Templates, formats, lists and cursors get no more than this.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from memorial.domain import consent as rules
from memorial.domain.addresses import address
from memorial.domain.consent import Entry
from memorial.domain.dates import parse
from memorial.domain.markup import clean
from memorial.domain.rights import shown_labels
from memorial.domain.views import (
    Assertion,
    Cite,
    Copy,
    Link,
    Memories,
    Memory,
    Name,
    Paper,
    Person,
    Picture,
    Prose,
    RecordView,
    When,
)
from memorial.gate import persons, voices
from memorial.gate.left import FEW, beside, sent_by, with_sent
from memorial.gate.loading import load, load_all
from memorial.gate.policies import folded
from memorial.gate.rows import Cited, Rows, keep
from memorial.gate.sessions import GatedSession
from memorial.models import (
    Citation,
    Guarded,
    Media,
    PersonName,
    Record,
    Source,
    Statement,
    Text,
    Tribute,
)

PAPER = "application/pdf"
# Columns of a detail row that its page shows, by kind. Everything else stays at the desk.
DETAILS = {
    "testimony": ("stood", "stood_words", "told_at", "medium"),
    "press": (
        "form", "publication", "byline", "byline_doubt", "dateline", "time_as_printed", "city", "country",
        "page", "edition", "medium", "medium_general_knowledge", "attribution",
    ),
    "document": (
        "body", "jurisdiction", "country_code", "scope", "form", "number", "term_used", "term_basis", "excerpt_is",
    ),
    "event": ("phase", "place_words", "claimants"),
    "place": ("form", "within", "country", "status", "stated_by", "initiator"),
}  # fmt: skip


def shown(session: GatedSession, record: Record, without: Collection[str] = ()) -> RecordView:
    """The record as this session's reader may see it.

    What stands in `without` (words of `loading.MADE_OF`) is not read, for a page that shows only a little
    of it: the view's revision then tells nothing.
    """
    return view_of(load(session, record, without))


def shown_all(
    session: GatedSession, records: Sequence[Record], without: Collection[str] = ()
) -> list[RecordView]:
    """The same of many records, in their order, by about as many statements as for one."""
    return [view_of(rows) for rows in load_all(session, records, without)]


def proof(session: GatedSession, record: Record, contribution_id: int | None = None) -> RecordView:
    """What a visitor would see if the archive said yes now: loaded in custody, then narrowed to that.

    Yes to the page with whatever belongs to it, and to what `contribution_id` sent for it. What
    others have left there is in it as far as it is public already. The same view goes through
    the same public templates, so a proof cannot flatter.
    """
    rows = load(session, record)
    if contribution_id is not None and contribution_id != record.contribution_id:
        rows = with_sent(session, rows, contribution_id)
    return view_of(
        keep(rows, _would_be_public(session, record.id, {record.contribution_id, contribution_id}))
    )


def proof_of_sent(session: GatedSession, record_id: int, contribution_id: int) -> list[Memory]:
    """What of this contribution visitors would find on somebody else's page if the archive said yes now."""
    sent = sent_by(session, record_id, contribution_id)
    allowed = _would_be_public(session, record_id, {contribution_id})
    media = [medium for medium in beside(session, sent) if allowed(medium)]
    return [memory(row, media, True) for row in sent if allowed(row)]


def _would_be_public(session: GatedSession, record_id: int, owners: set[int | None]) -> Callable[[Any], bool]:
    """Judges rows: those of the owners as if the archive had said yes, all others as things stand."""
    yes = Entry(2**31, rules.ARCHIVE, "will", will={rules.EVERY_PART: rules.everything()})
    asked, stands = folded(session, record_id, [yes]), folded(session, record_id)
    moment = session.reader.moment

    def allowed(row: Any) -> bool:
        policy = (asked if row.contribution_id in owners else stands).get(row.part_id)
        return policy is not None and policy.allows("public", "view", moment)

    return allowed


def view_of(rows: Rows) -> RecordView:
    record = rows.record
    texts = [prose(text, rows.texts, rows.text_citations.get(text.id, ())) for text in rows.texts]
    names = [name_view(name, rows.name_citations.get(name.id, ())) for name in rows.names]
    revision, changed = told(rows)
    view = RecordView(
        kind=record.kind,
        public_id=record.public_id,
        address=address(record.kind, record.public_id),
        title=title_of(record.kind, texts, names, rows.detail),
        language=record.language,
        detail=_detail(record.kind, rows.detail) | _authors(rows),
        when=when_of(rows.detail),
        names=names,
        texts=[text for text in texts if text.role not in ("title", rules.NOTICE)],
        pictures=[picture(medium, bool(rows.proof)) for medium in rows.media if is_picture(medium)],
        papers=[paper(medium, bool(rows.proof)) for medium in rows.media if is_paper(medium)],
        recordings=voices.recordings(rows.media, rows.heard, bool(rows.proof)),
        statements=[_said(s, rows) for s in rows.statements],
        supports=[_said(s, rows) for s in rows.supports],
        told=[_under(_said(s, rows), rows.told_under.get(s.id)) for s in rows.told],
        people=_people(rows),
        places=[Link(name) for name in getattr(rows.detail, "places_named", ())],
        related=list(_related(rows)),
        cites=[cite(citation, source) for citation, source in rows.citations],
        content_notes=[record.content_note] if record.content_note else [],
        contested=bool(getattr(rows.detail, "contested", False)),
        revision=revision,
        changed=changed,
        memories=memories(rows.memories, rows.beside, bool(rows.proof)),
        signs=memories(rows.signs, (), bool(rows.proof)),
        proof=rows.proof,
        rights_statement=record.rights_statement,
        labels=shown_labels(record.labels),
    )
    return persons.finished(view, rows) if record.kind == "remembrance" else view


def told(rows: Rows) -> tuple[int, datetime]:
    """The revision's number and day for this reader: changes of the page and of the parts that are here."""
    record = rows.record
    words: list[Guarded] = [*rows.texts, *rows.names, *rows.statements, *(link for link, _ in rows.links)]
    here = {str(row.part_id) for row in words}
    counted = [value for part, value in record.part_changes.items() if part in here]
    released = rows.heard.transcripts  # each release of a transcript changes the page
    number = record.revision - record.skipped + sum(value[0] for value in counted)
    days = [*(datetime.fromisoformat(value[1]) for value in counted), *(row.released_at for row in released)]
    return number + sum(row.version for row in released), max(filter(None, [record.changed_at, *days]))


def title_of(kind: str, texts: Sequence[Prose], names: Sequence[Name], detail: Any) -> str:
    """What stands at the head of the page: a title, else the name that may be shown, else what is known."""
    if kind in ("remembrance", "testimony") and names:
        return names[0].text
    titles = [text for text in texts if text.role == "title"]
    if titles:
        return titles[0].body
    return str(getattr(detail, "publication", "") or getattr(detail, "body", "") or "")


def _detail(kind: str, detail: Any) -> dict[str, str]:
    if detail is None:
        return {}
    values = {name: getattr(detail, name) for name in DETAILS.get(kind, ())}
    return {
        name: "; ".join(map(str, value)) if isinstance(value, list) else value
        for name, value in values.items()
    }


def _authors(rows: Rows) -> dict[str, str]:
    """Who wrote a press account: they stand on the work that it is, the byline on the account."""
    work = rows.statement_sources.get(rows.detail.source_id or 0) if rows.record.kind == "press" else None
    return {"authors": "; ".join(map(str, work.authors))} if work is not None and work.authors else {}


def when_of(dated: Any) -> When:
    """The date columns of a row as one value."""
    if dated is None or not hasattr(dated, "date_edtf"):
        return When()
    return When(dated.date_edtf, dated.date_words, dated.date_earliest, dated.date_latest, dated.date_note)


def prose(text: Text, among: Iterable[Text], cited: Iterable[Cited] = ()) -> Prose:
    original = next((t for t in among if t.id == text.translates_id), None) if text.translates_id else None
    return Prose(
        role=text.role,
        # Templates trust it, so it is cleaned here, whoever stored it.
        body=clean(text.body) if text.markup else text.body,
        language=text.language,
        markup=text.markup,
        author=text.author,
        translator=text.translator,
        translates=original.language if original else "",
        note=text.note,
        cites=[cite(*each) for each in cited],
    )


def name_view(name: PersonName, cited: Iterable[Cited] = ()) -> Name:
    """A name with the places where it is written so."""
    return Name(name.text, name.language, name.script, name.kind, together(cite(*each) for each in cited))


def memories(rows: Sequence[Tribute], beside: Sequence[Media], in_custody: bool = False) -> Memories:
    """What was left on a page, and where the next ones begin if there are more."""
    shown = rows[:FEW]
    after = place_of(shown[-1]) if len(rows) > FEW else ""
    return Memories([memory(row, beside, in_custody) for row in shown], after)


def place_of(row: Tribute) -> str:
    """Where it stands in the order, by nothing but what it shows: the day and its address."""
    return f"{row.created_at:%Y-%m-%d}.{row.public_id}"


def memory(row: Tribute, beside: Sequence[Media], in_custody: bool = False) -> Memory:
    """One memory with the photographs that came with it, or one quiet sign."""
    words = Prose("memory", row.body, row.language) if row.body else None
    mine = [m for m in beside if not row.quiet and m.contribution_id == row.contribution_id and is_picture(m)]
    pictures = [picture(medium, in_custody) for medium in mine]
    return Memory(row.public_id, row.form, row.created_at.date(), words, row.signed, pictures)


def is_picture(medium: Media) -> bool:
    """Whether there is something to look at: not a recording, nor a file that is only kept."""
    if medium.role == "scan" and (medium.mime == PAPER or not medium.derivatives):
        return False
    return medium.role in ("photograph", "portrait", "scan") and not medium.damaged_at


def is_paper(medium: Media) -> bool:
    """Whether it is a PDF to be kept: the archive's own, also while its copy is made; of families' there is none."""
    whole = medium.role == "scan" and medium.mime == PAPER and not medium.damaged_at
    return whole and (medium.contribution_id is None or bool(medium.derivatives))


def paper(medium: Media, in_custody: bool = False) -> Paper:
    copy = next(iter(medium.derivatives), None)
    where = "/media-proof/{}" if in_custody else "/media/{}/scan.pdf"
    return Paper(
        medium.public_id, medium.alt, where.format(copy.public_id) if copy else "", copy.bytes if copy else medium.bytes,
        medium.credit, medium.rights, parse(medium.captured_edtf, medium.captured_words), medium.content_note,
    )  # fmt: skip


def picture(medium: Media, in_custody: bool = False) -> Picture:
    """A photograph with the addresses of its copies; in custody they come by the custody route."""
    room = "/media-proof" if in_custody else "/media"
    return Picture(
        public_id=medium.public_id,
        alt=medium.alt,
        copies=[
            Copy(f"{room}/{copy.public_id}", copy.width, copy.height, copy.bytes, copy.mime)
            for copy in medium.derivatives
        ],
        credit=medium.credit,
        rights=medium.rights,
        captured=parse(medium.captured_edtf, medium.captured_words),
        content_note=medium.content_note,
        graphic=medium.graphic,
        role=medium.role,
    )


def source_label(source: Source) -> str:
    return source.label or source.title or source.container_title


def cite(citation: Citation, source: Source | None) -> Cite:
    if source is None:
        return Cite(citation.as_given, "", citation.locator)
    return Cite(source_label(source), address("source", source.public_id), citation.locator)


def together(cites: Iterable[Cite]) -> list[Cite]:
    """One line for each work, with every place in it."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in cites:
        places = found.setdefault((each.label, each.address), [])
        if each.locator and each.locator not in places:
            places.append(each.locator)
    return [Cite(label, where, ", ".join(places)) for (label, where), places in found.items() if label]


def assertion(statement: Statement, sources: Mapping[int, Source], cited: Iterable[Cite] = ()) -> Assertion:
    """One row of a table of statements: who says what, counting what, as of when, in which source.

    `cited` are further places that support it.
    """
    source = sources.get(statement.source_id or 0)
    if source is not None:
        own = [Cite(source_label(source), address("source", source.public_id), statement.locator)]
    else:
        own = [Cite(statement.source_as_given, "", statement.locator)] if statement.source_as_given else []
    cites = together([*own, *cited])
    return Assertion(
        public_id=statement.public_id,
        property=statement.property,
        value=value_words(statement),
        stated_by=statement.stated_by,
        scope=statement.scope,
        qualifier=statement.qualifier,
        low=statement.value_low if statement.value_low is not None else statement.value_number,
        high=statement.value_high if statement.value_high is not None else statement.value_number,
        unit=statement.unit,
        said=When(statement.said_edtf, "", statement.said_earliest, None),
        as_of=parse(statement.as_of_edtf),
        cites=cites,
        as_printed=statement.as_printed,
        form=statement.form,
        certainty=statement.certainty,
        corroboration=statement.corroboration,
        language=statement.language,
        note=statement.note,
        via=statement.via,
        reading=persons.reading_of(statement),
    )


def _said(statement: Statement, rows: Rows) -> Assertion:
    return assertion(
        statement,
        rows.statement_sources,
        (cite(*each) for each in rows.statement_citations.get(statement.id, ())),
    )


def _under(said: Assertion, slug: str | None) -> Assertion:
    """With the way to what others answer to the same question."""
    return replace(said, question=address("question", slug)) if slug else said


def value_words(statement: Statement) -> str:
    """The value as printed in a table: the words, else the number, else the range. Nothing is reckoned."""
    if statement.value_text:
        return statement.value_text
    if statement.value_number is not None:
        return plain_number(statement.value_number)
    ends = [statement.value_low, statement.value_high]
    return "–".join(plain_number(end) for end in ends if end is not None)


def plain_number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _people(rows: Rows) -> list[Person]:
    return [Person("", str(name)) for name in getattr(rows.detail, "persons_named", ())]


def _related(rows: Rows) -> Iterable[Link]:
    for link, other in rows.links:
        if other is not None:
            yield Link(link.as_given, address(other.kind, other.public_id), note=link.relation)
        elif link.other_id is None:
            yield Link(link.as_given, note=link.relation)
