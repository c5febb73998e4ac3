"""Taking a list of names back as one act: what it brought goes, the log stays, what somebody built on is left and named.

    take_back(session, actor, list_, "Why", expected=3, keys=keys, now=now)      # then, each in its own transaction,
    while undo_next(session, list_id, keys=keys, now=now): …

A person goes with names, statements and citations, the pairs that the list put before the desk as long as nobody
took one up, and at last the list's own record. What is in the ledger cannot go: a page that was public is hidden, and
so is a list that was published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, or_, select, true

from memorial.domain import workflow
from memorial.domain.errors import NotPermitted, Stale
from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey
from memorial.models import (
    BulkLine,
    Citation,
    Confirmation,
    Document,
    Event,
    ImportedObject,
    Item,
    ItemCheck,
    ItemPass,
    LedgerEntry,
    Media,
    Message,
    NameList,
    Part,
    Person,
    Place,
    Press,
    Record,
    RecordLink,
    Recusal,
    Relation,
    Remembrance,
    Revision,
    SameAs,
    Source,
    Statement,
    Testimony,
)
from memorial.services import archive_word, consent, name_index, search_index, withdrawal
from memorial.services.collection.collection_record import COLLECTION
from memorial.services.collection.former import changed_at_desk, clear, clear_persons, formers
from memorial.services.custody import hash_note
from memorial.services.name_lists.keeping import DONE, MATCHING, RUNNING, UNDOING, UNDONE, allowed, file_of
from memorial.services.name_lists.running import actor_of, objects_of, record

AT_ONCE = 200
MOST_KEPT = 1_000
_GONE = {"projection": True}
# Why a line stays; the desk's page says it in the reader's language.
REASONS: Mapping[str, str] = {
    "changed_at_desk": "it was changed at the desk since",
    "proposed_at_desk": "a change of it waits at the desk",
    "joined": "it was read as one with somebody else",
    "related": "somebody is related to this person",
    "speaks": "a testimony or a statement is this person's",
    "has_page": "somebody made a remembrance of it",
    "built_on": "a family or a page refers to it",
    "pair_taken_up": "somebody looks whether it is another person of the archive",
    "was_public": "it had a page that was public; the page is hidden",
}


def take_back(
    session: GatedSession,
    actor: Actor,
    list_: NameList,
    note: str,
    *,
    expected: int,
    keys: ArchiveKey,
    now: datetime,
) -> None:
    """From now on all of it goes. Raises NotPermitted without a reason, Stale where it stands otherwise."""
    allowed(session, actor, now)
    if not note.strip():
        raise NotPermitted("note")
    session.refresh(list_, with_for_update=True)
    if list_.version != expected or list_.state not in (DONE, RUNNING, MATCHING):
        raise Stale("name_list_changed", found=list_.version, expected=expected)
    list_.state, list_.version, list_.place, list_.kept = UNDOING, list_.version + 1, 0, []
    list_.account_id, list_.note_hash = actor.account_id or None, hash_note(session, keys, None, note)
    if list_.account_id is None:
        list_.made_by = actor.label
    file_of(session, list_).note = keys.encrypt(note.strip().encode())
    record(session, actor, list_, "list_taken_back", now)


def undo_next(session: GatedSession, list_id: int, *, keys: ArchiveKey, now: datetime) -> bool:
    """The next lines; False when all are gone, or left where they are."""
    list_ = session.get_one(NameList, list_id, with_for_update=True, populate_existing=True)
    if list_.state != UNDOING:
        return False
    actor = actor_of(session, list_)
    allowed(session, actor, now)
    became, last = objects_of(session, list_, keys, list_.place, AT_ONCE)
    if not last:
        _end(session, actor, list_, now)
        return False
    by_thing = {each.thing: line for line, each in became.items()}
    why = _built_on(session, list_, became)
    _persons(session, [each for line, each in became.items() if line not in why and _is(each, "person")])
    hidden = _pages(
        session,
        actor,
        [each for line, each in became.items() if line not in why and _is(each, "record")],
        now,
    )
    why |= {by_thing[thing]: "was_public" for thing in hidden}
    list_.kept = [*list_.kept, *([line, reason] for line, reason in sorted(why.items()))][:MOST_KEPT]
    list_.place, list_.added = last, list_.added - len(became) + len(why)
    consent.move_epoch(session)
    return True


def _is(told: ImportedObject, kind: str) -> bool:
    return told.thing.startswith(f"{kind}:")


def _number(told: ImportedObject) -> int:
    return int(told.thing.partition(":")[2] or 0)


# -- what somebody has built on --------------------------------------------------------------


def _built_on(session: GatedSession, list_: NameList, became: Mapping[int, ImportedObject]) -> dict[int, str]:
    """Lines that stay, each with the reason."""
    persons = {_number(each): line for line, each in became.items() if _is(each, "person")}
    pages = {_number(each): line for line, each in became.items() if _is(each, "record")}
    mine = select(Remembrance.person_id, Remembrance.record_id).where(Remembrance.record_id.in_(pages))
    persons |= {row[0]: pages[row[1]] for row in session.execute(mine)}
    found: dict[int, str] = {}
    names = {f"{each.file}:{each.external_id}": line for line, each in became.items()}
    for thing in changed_at_desk(session, list(names)):
        found[names[thing]] = "changed_at_desk"
    pending = select(Revision.thing).where(Revision.thing.in_(names), Revision.applied_at.is_(None))
    found |= {names[thing]: "proposed_at_desk" for thing in session.scalars(pending)}
    changed = select(Revision.record_id).where(Revision.record_id.in_(pages), Revision.number > 1)
    found |= {pages[number]: "changed_at_desk" for number in session.scalars(changed)}
    for reason, column, wanted in _links(list(persons)):
        for number in session.scalars(wanted.with_only_columns(column)):
            if number in persons:
                found.setdefault(persons[number], reason)
    if list_.plan.get("listed", "remembrance") == "authority":  # somebody made a remembrance of the line
        found |= dict.fromkeys(pages.values(), "has_page")
    for column, theirs in _given_to_pages(pages):
        given: Any = select(column).where(column.in_(pages), theirs)
        found |= {pages[number]: "built_on" for number in session.scalars(given) if number in pages}
    found |= {persons[number]: "pair_taken_up" for number in _pairs(session, list_, persons)}
    return found


def _links(persons: Sequence[int]) -> Iterable[tuple[str, Any, Select[Any]]]:
    """What else may point at a person, and what it means."""
    column: Any
    for column in (SameAs.person_id, SameAs.other_id):
        yield "joined", column, select(SameAs).where(column.in_(persons))
    for column in (Relation.person_id, Relation.other_id):
        yield "related", column, select(Relation).where(column.in_(persons))
    yield "speaks", Statement.speaker_id, select(Statement).where(Statement.speaker_id.in_(persons))
    yield "speaks", Testimony.person_id, select(Testimony).where(Testimony.person_id.in_(persons))
    yield (
        "built_on",
        Statement.person_id,
        select(Statement).where(
            Statement.person_id.in_(persons),
            or_(Statement.contribution_id.is_not(None), Statement.external_id.is_not(None)),
        ),
    )


def _given_to_pages(pages: Collection[int]) -> Iterable[tuple[Any, ColumnElement[bool]]]:
    """What a family gave to a page, and what points at one or at the work that it is."""
    yield Media.record_id, true()
    yield RecordLink.other_id, true()
    works = select(Source.id).where(Source.record_id.in_(pages))
    cited = select(Citation.source_id).where(Citation.source_id.in_(works))
    rests = select(Statement.source_id).where(Statement.source_id.in_(works))
    yield Source.record_id, or_(Source.id.in_(cited), Source.id.in_(rests))
    yield Statement.record_id, Statement.contribution_id.is_not(None)


def _pairs(session: GatedSession, list_: NameList, persons: Mapping[int, int]) -> set[int]:
    """Persons of whom somebody has looked whether they are another; the pairs that nobody took up go."""
    kept: set[int] = set()
    untouched = []
    for item in session.scalars(select(Item).where(Item.kind == "duplicate")):
        one, _, other = str(item.facts.get("pair", "")).partition("-")
        here = {int(number) for number in (one, other) if number.isdecimal()} & persons.keys()
        if not here:
            continue
        if item.state == workflow.SUBMITTED and item.version == 1 and "list" in item.facts:
            untouched.append(item.id)
        else:
            kept |= here
    _forget_items(session, untouched)
    return kept


def _forget_items(session: GatedSession, ids: Sequence[int]) -> None:
    for table in (Confirmation, ItemCheck, ItemPass, Message, Recusal, BulkLine):
        session.execute(delete(table).where(table.item_id.in_(ids)))
    session.execute(delete(Item).where(Item.id.in_(ids)))


# -- what goes -------------------------------------------------------------------------------


def _persons(session: GatedSession, told: Sequence[ImportedObject]) -> None:
    ids = [_number(each) for each in told]
    if not ids:
        return
    search_index.forget(session, "person_id", ids)
    name_index.forget(session, "person_id", ids)
    clear_persons(session, ids)
    _delete(session, Person, Person.id.in_(ids))
    _forget(session, told)


def _forget(session: GatedSession, told: Sequence[ImportedObject]) -> None:
    for each in told:
        session.delete(each)
    session.flush()


def _pages(session: GatedSession, actor: Actor, told: Sequence[ImportedObject], now: datetime) -> list[str]:
    """Pages of persons go as if they had never been; those that were public are hidden. Returns the latter."""
    ids = [_number(each) for each in told]
    if not ids:
        return []
    said = select(LedgerEntry.record_id).where(LedgerEntry.record_id.in_(ids))
    public = set(session.scalars(said.distinct()))
    for page in session.scalars(select(Record).where(Record.id.in_(public)).order_by(Record.id)):
        _hide(session, actor, page, now)
    gone = [each for each in told if _number(each) not in public]
    numbers = [_number(each) for each in gone]
    if numbers:
        _forget_pages(session, gone, numbers)
    return [each.thing for each in told if _number(each) in public]


def _forget_pages(session: GatedSession, gone: Sequence[ImportedObject], ids: Sequence[int]) -> None:
    search_index.forget(session, "record_id", ids)
    name_index.forget(session, "record_id", ids)
    clear(session, list(formers(session, [each.thing for each in gone]).values()))
    _forget_items(session, list(session.scalars(select(Item.id).where(Item.record_id.in_(ids)))))
    for table in (Remembrance, Press, Document, Event, Place):
        _delete(session, table, table.record_id.in_(ids))
    _delete(session, Source, Source.record_id.in_(ids))
    _delete(session, Person, Person.record_id.in_(ids))
    session.execute(delete(Revision).where(Revision.record_id.in_(ids)))
    _forget(session, gone)
    _delete(session, Part, Part.record_id.in_(ids))
    _delete(session, Record, Record.id.in_(ids))


def _delete(session: GatedSession, table: Any, which: Any) -> None:
    session.execute(delete(table).where(which), execution_options={**_GONE, "synchronize_session": False})


def _hide(session: GatedSession, actor: Actor, page: Record, now: datetime) -> None:
    if archive_word.standing(session, page.id):
        archive_word.hide(session, page, [archive_word.PAGE], by=actor, at=now)
        withdrawal.second_place(session, kind="hidden", record=page.public_id, at=now.isoformat())


def _end(session: GatedSession, actor: Actor, list_: NameList, now: datetime) -> None:
    """The list's own record goes with its last line; one that was public, or has lines left, stays."""
    name = f"{COLLECTION}:{list_.name}"
    page = session.scalars(select(Record).where(Record.external_id == name)).first()
    if page is not None:
        left = session.scalar(select(Person.id).where(Person.part_id == page.part_id).limit(1))
        said = session.scalar(select(LedgerEntry.record_id).where(LedgerEntry.record_id == page.id).limit(1))
        if left is None and said is None:
            _forget_collection(session, page)
        elif left is None:
            _hide(session, actor, page, now)
            _waits_again(session, page, now)
    list_.state, list_.ended_at, list_.version = UNDONE, now, list_.version + 1
    record(session, actor, list_, "list_undone", now, kept=len(list_.kept))


def _forget_collection(session: GatedSession, page: Record) -> None:
    _forget_items(session, list(session.scalars(select(Item.id).where(Item.record_id == page.id))))
    session.execute(delete(Revision).where(Revision.record_id == page.id))
    _delete(session, Part, Part.record_id == page.id)
    _delete(session, Record, Record.id == page.id)


def _waits_again(session: GatedSession, page: Record, now: datetime) -> None:
    """If the same list comes again, it is decided again."""
    wanted = select(Item).where(Item.record_id == page.id, Item.kind == "import", Item.state == workflow.DONE)
    for item in session.scalars(wanted):
        item.state, item.ended_at, item.version = workflow.SUBMITTED, None, item.version + 1
        item.waiting_since = now
