"""How much? `shown(session, record)` turns the rows that came through the gate into a plain view.

It chooses among those rows (the name, else the pseudonym; the finer date, else the coarser)
and reads nothing else. Templates, formats, lists and cursors get no more than this.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from memorial.domain import consent as rules
from memorial.domain.addresses import address
from memorial.domain.consent import Entry
from memorial.domain.dates import parse
from memorial.domain.markup import clean
from memorial.domain.views import (
    Assertion,
    Cite,
    Copy,
    Link,
    Name,
    Person,
    Picture,
    Prose,
    RecordView,
    When,
)
from memorial.gate.policies import folded
from memorial.gate.rows import Rows, keep, load
from memorial.gate.sessions import GatedSession
from memorial.models import Citation, Media, PersonName, Record, Source, Statement, Text

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


def shown(session: GatedSession, record: Record) -> RecordView:
    """The record as this session's reader may see it."""
    return view_of(load(session, record))


def proof(session: GatedSession, record: Record) -> RecordView:
    """What a visitor would see if the archive said yes now: loaded in custody, then narrowed to that.

    The same view goes through the same public templates, so a proof cannot flatter.
    """
    entries = Entry(2**31, rules.ARCHIVE, "will", will={rules.EVERY_PART: rules.everything()})
    policies = folded(session, record.id, [entries])
    moment = session.reader.moment

    def allowed(row: Any) -> bool:
        policy = policies.get(row.part_id)
        return policy is not None and policy.allows("public", "view", moment)

    return view_of(keep(load(session, record), allowed))


def view_of(rows: Rows) -> RecordView:
    record = rows.record
    texts = [prose(text, rows.texts) for text in rows.texts]
    names = [name_view(name) for name in rows.names]
    return RecordView(
        kind=record.kind,
        public_id=record.public_id,
        address=address(record.kind, record.public_id),
        title=title_of(record.kind, texts, names, rows.detail),
        language=record.language,
        detail=_detail(record.kind, rows.detail),
        when=when_of(rows.detail),
        names=names,
        texts=[text for text in texts if text.role not in ("title", rules.NOTICE)],
        pictures=[picture(medium, bool(rows.proof)) for medium in rows.media if not medium.damaged_at],
        statements=[assertion(s, rows.statement_sources) for s in rows.statements],
        supports=[assertion(s, rows.statement_sources) for s in rows.supports],
        people=_people(rows),
        places=[Link(name) for name in getattr(rows.detail, "places_named", ())],
        related=list(_related(rows)),
        cites=[cite(citation, source) for citation, source in rows.citations],
        content_notes=[record.content_note] if record.content_note else [],
        contested=bool(getattr(rows.detail, "contested", False)),
        revision=record.revision,
        changed=record.changed_at,
        proof=rows.proof,
    )


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


def when_of(dated: Any) -> When:
    """The date columns of a row as one value."""
    if dated is None or not hasattr(dated, "date_edtf"):
        return When()
    return When(dated.date_edtf, dated.date_words, dated.date_earliest, dated.date_latest, dated.date_note)


def prose(text: Text, among: Iterable[Text]) -> Prose:
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
    )


def name_view(name: PersonName) -> Name:
    return Name(name.text, name.language, name.script, name.kind)


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


def assertion(statement: Statement, sources: dict[int, Source]) -> Assertion:
    """One row of a table of statements: who says what, counting what, as of when, in which source."""
    source = sources.get(statement.source_id or 0)
    if source is not None:
        cites = [Cite(source_label(source), address("source", source.public_id), statement.locator)]
    else:
        cites = [Cite(statement.source_as_given, "", statement.locator)] if statement.source_as_given else []
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
    )


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
