"""Every object of a collection goes in, comes out equal, and changes nothing when it comes again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from memorial.domain.consent import of_its_own, will_to_json
from memorial.domain.content import Content
from memorial.domain.names import fold
from memorial.gate import Actor, Reader
from memorial.house import House
from memorial.models import (
    AuditEntry,
    Citation,
    ImportedObject,
    Item,
    LedgerEntry,
    Person,
    PersonName,
    Place,
    Press,
    Question,
    Record,
    RecordLink,
    Relation,
    Revision,
    Rival,
    SearchEntry,
    Source,
    Statement,
    Text,
)
from memorial.services import audit, consent, describe
from memorial.services.collection import (
    KINDS,
    Report,
    finish,
    import_objects,
    in_order,
    load_starter,
    objects,
    open_file,
)

COUNTS = {
    "press_accounts": 31, "figures": 217, "recognitions": 57, "timeline": 55, "people": 73, "places": 52,
    "memorial_sites": 9, "films": 6, "sources": 34, "terminology": 17, "accounts": 95,
}  # fmt: skip
# What has no home in the tables: words that only check a reference. Everything else is mapped.
LEFTOVERS = {"timeline": {"anchor"}, "sources": {"anchor"}, "films": {"anchor"}, "memorial_sites": {"anchor"},
             "terminology": {"anchor"}}  # fmt: skip
ONE, OTHER = Actor.command("one"), "command:other"
SIGNED: dict[str, Any] = {"publish": True, "second": OTHER, "note_hash": "signed"}
COUNTED = (
    Record, Text, Statement, Citation, Source, Person, PersonName, Relation, Rival, RecordLink, Question, Revision,
    Item, LedgerEntry, AuditEntry, SearchEntry, ImportedObject,
)  # fmt: skip


def load(house: House, folder: Path, **signed: Any) -> dict[str, Report]:
    reports = {}
    with house.writing(house.keeper()) as session:
        for path in in_order(folder.glob("*.jsonl")):
            kind, rows = open_file(path)
            reports[kind] = import_objects(session, ONE, kind, rows, now=house.now(), **signed)
        finish(session)
    return reports


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def given_back(house: House, kind: str) -> list[dict[str, Any]]:
    with house.session(house.keeper()) as session:
        return list(objects(session, kind, everything=True))


def rows_of(house: House, *tables: Any) -> Sequence[int]:
    with house.session(house.keeper()) as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_the_whole_collection_comes_out_equal_and_a_second_run_changes_nothing(
    house: House, shared: Path
) -> None:
    folder = shared / "collection"
    reports = load(house, folder, **SIGNED)
    assert {kind: report.added for kind, report in reports.items()} == COUNTS
    assert [str(fault) for report in reports.values() for fault in report.faults] == []
    for kind in COUNTS:
        assert given_back(house, kind) == read(folder / f"{kind}.jsonl"), kind
    before = rows_of(house, *COUNTED)
    again = load(house, folder, **SIGNED)
    assert {kind: report.unchanged for kind, report in again.items()} == COUNTS
    assert rows_of(house, *COUNTED) == before


def test_what_has_no_home_is_only_what_checks_a_reference(house: House, shared: Path) -> None:
    reports = load(house, shared / "collection")
    housed = {kind: set(report.leftovers) for kind, report in reports.items() if report.leftovers}
    assert {
        kind: fields for kind, fields in housed.items() if kind not in ("people", "press_accounts")
    } == LEFTOVERS


def test_the_starter_collection_comes_out_equal_too(house: House) -> None:
    from memorial.services.collection.starter import STARTER

    with house.writing(house.keeper()) as session:
        load_starter(session, keys=house.keys, now=house.now())
    for kind in COUNTS:
        assert given_back(house, kind) == read(STARTER / f"{kind}.jsonl"), kind


def test_the_full_collection_replaces_the_starter_on_the_same_addresses(house: House, shared: Path) -> None:
    with house.writing(house.keeper()) as session:
        load_starter(session, keys=house.keys, now=house.now())
    with house.session(house.keeper()) as session:
        before = dict(session.execute(select(Record.external_id, Record.public_id)).all())
        figures = dict(
            session.execute(
                select(Statement.external_id, Statement.public_id).where(Statement.external_id.is_not(None))
            ).all()
        )
    load(house, shared / "collection", **SIGNED)
    for kind in COUNTS:
        assert given_back(house, kind) == read(shared / "collection" / f"{kind}.jsonl"), kind
    with house.session(house.keeper()) as session:
        after = dict(session.execute(select(Record.external_id, Record.public_id)).all())
        assert {name: after.get(name) for name in before} == before
        now = dict(session.execute(select(Statement.external_id, Statement.public_id)).all())
        assert {name: now.get(name) for name in figures} == figures
        assert set(session.scalars(select(Text.role).where(Text.role.in_(("fragment", "summary"))))) == set()
        assert list(audit.broken_at(session)) == []
        assert list(consent.broken_at(session)) == []


def test_without_a_signature_everything_waits_at_the_desk(house: House, shared: Path) -> None:
    load(house, shared / "collection")
    with house.session(Reader.public(house.moment())) as session:
        for table in (Record, Text, Statement, Source, Person, PersonName, Question, SearchEntry, Citation):
            assert session.scalars(select(table)).all() == [], table
    with house.session(house.keeper()) as session:
        assert session.scalar(select(func.count()).select_from(LedgerEntry)) == 0
        states = set(session.scalars(select(Item.state).where(Item.kind == "import")))
        assert states == {"submitted"}


def test_a_signed_collection_is_public_and_its_chains_hold(house: House, shared: Path) -> None:
    load(house, shared / "collection", **SIGNED)
    with house.session(Reader.public(house.moment())) as session:
        kinds = dict(session.execute(select(Record.kind, func.count()).group_by(Record.kind)).all())
        assert (kinds["press"], kinds["document"], kinds["event"], kinds["place"]) == (31, 57, 55, 61)
        assert session.scalar(select(func.count()).select_from(Statement)) > 312
    with house.session(house.keeper()) as session:
        assert list(audit.broken_at(session)) == []
        assert list(consent.broken_at(session)) == []
        assert set(session.scalars(select(Item.state).where(Item.kind == "import"))) == {"done"}
        signed = session.scalars(select(AuditEntry).where(AuditEntry.verb == "publish")).all()
        assert {(act.actor, act.second, act.note_hash) for act in signed} == {(ONE.label, OTHER, "signed")}


def test_publishing_what_waited_makes_it_public_once(house: House, shared: Path) -> None:
    load(house, shared / "collection")
    reports = load(house, shared / "collection", **SIGNED)
    assert sum(report.published for report in reports.values()) >= 31 + 57 + 55 + 61
    with house.session(Reader.public(house.moment())) as session:
        assert session.scalar(select(func.count()).select_from(Press)) == 31
        assert session.scalar(select(func.count()).select_from(Question)) > 50


def test_what_a_public_reader_exports_has_no_leftovers_and_nobody_accused(house: House, shared: Path) -> None:
    load(house, shared / "collection", **SIGNED)
    accused = [one for one in read(shared / "collection" / "people.jsonl") if one["accused"]]
    with house.session(Reader.public(house.moment(), "reuse")) as session:
        people = list(objects(session, "people", everything=False))
        accounts = list(objects(session, "accounts", everything=False))
        timeline = list(objects(session, "timeline", everything=False))
    assert len(people) == 73 - len(accused)
    assert not any("accused_speaker" in one for one in accounts)
    assert not any("anchor" in one for one in timeline)
    assert len(accounts) == 95


def test_what_waits_at_the_desk_is_not_exported_for_the_public(house: House, shared: Path) -> None:
    load(house, shared / "collection")
    with house.session(Reader.public(house.moment(), "reuse")) as session:
        assert [list(objects(session, kind, everything=False)) for kind in KINDS] == [[] for _ in KINDS]


def test_references_find_what_they_mean(house: House, shared: Path) -> None:
    load(house, shared / "collection", **SIGNED)
    with house.session(house.keeper()) as session:
        unmatched = session.scalars(select(ImportedObject).where(ImportedObject.unmatched != [])).all()
        assert unmatched == []
        figure = session.scalars(select(Statement).where(Statement.external_id == "fig-018")).one()
        source = session.get_one(Source, figure.source_id)
        assert session.get_one(Record, source.record_id).external_id == "press-001"
        killed = session.scalars(select(Question).where(Question.slug == "killed")).one()
        assert len(session.scalars(select(Statement).where(Statement.question_id == killed.id)).all()) == 36
        place = session.scalars(
            select(Place)
            .join(Record, Record.id == Place.record_id)
            .where(Record.external_id == "place-khojaly")
        ).one()
        assert (place.latitude, place.longitude) == (39.91, 46.79)
        assert not session.scalars(select(Rival).where(Rival.other_id.is_(None))).all()


def test_files_loaded_in_the_wrong_order_are_matched_at_the_end(house: House, shared: Path) -> None:
    folder = shared / "collection"
    with house.writing(house.keeper()) as session:
        for path in reversed(in_order(folder.glob("*.jsonl"))):
            kind, rows = open_file(path)
            import_objects(session, ONE, kind, rows, now=house.now())
        assert finish(session) == []
    with house.session(house.keeper()) as session:
        assert not session.scalars(select(Citation).where(Citation.source_id.is_(None))).all()
        figure = session.scalars(select(Statement).where(Statement.external_id == "fig-018")).one()
        assert session.get_one(Source, figure.source_id).container_title == "The Washington Post"
        assert session.scalars(select(Statement).where(Statement.speaker_id.is_not(None))).all()
    for kind in COUNTS:
        assert given_back(house, kind) == read(folder / f"{kind}.jsonl"), kind


def test_a_later_file_resolves_what_an_earlier_one_left_unmatched(house: House, shared: Path) -> None:
    with house.writing(house.keeper()) as session:
        kind, rows = open_file(shared / "collection" / "timeline.jsonl")
        import_objects(session, ONE, kind, rows, now=house.now())
        left = finish(session)
    assert ["source", "src-seed-000"] in [pair for *_, pairs in left for pair in pairs]
    with house.writing(house.keeper()) as session:
        for name in ("sources", "accounts"):
            kind, rows = open_file(shared / "collection" / f"{name}.jsonl")
            import_objects(session, ONE, kind, rows, now=house.now())
        left = finish(session)
    assert {pair[0] for file, _, pairs in left for pair in pairs if file == "timeline"} == set()


def test_a_changed_object_comes_after_what_a_family_has_proposed_for_its_page(
    house: House, shared: Path, tmp_path: Path
) -> None:
    file = tmp_path / "press_accounts.jsonl"
    objects_ = read(shared / "collection" / "press_accounts.jsonl")
    for headline in ("A synthetic headline", "Another synthetic headline"):
        file.write_text(json.dumps({**objects_[0], "headline": headline}) + "\n", encoding="utf-8")
        with house.writing(house.keeper()) as session:
            kind, rows = open_file(file)
            import_objects(session, ONE, kind, rows, now=house.now(), **SIGNED)
            record = session.scalars(select(Record).where(Record.external_id == objects_[0]["id"])).one()
            describe.propose(session, record, Content(), by=ONE, now=house.now(), contribution_id=None)
    with house.session(house.keeper()) as session:
        record = session.scalars(select(Record).where(Record.external_id == objects_[0]["id"])).one()
        numbers = session.scalars(select(Revision.number).where(Revision.record_id == record.id)).all()
        assert sorted(numbers) == [1, 2, 3, 4]
        assert record.revision == 3


def test_nobody_marked_accused_is_found(house: House, shared: Path) -> None:
    load(house, shared / "collection", **SIGNED)
    accused = [one for one in read(shared / "collection" / "people.jsonl") if one["accused"]]
    spellings = {name["spelling"] for one in accused for name in one["names"]}
    assert accused
    with house.session(house.keeper()) as session:
        ids = {one["id"] for one in accused}
        assert not session.scalars(select(Person).where(Person.external_id.in_(ids))).all()
        assert not session.scalars(select(Person).where(Person.listed == "never")).all()
        assert not session.scalars(select(PersonName).where(PersonName.text.in_(spellings))).all()
        assert not any(set(named) & spellings for named in session.scalars(select(Press.persons_named)))
        assert not session.scalars(select(Relation).where(Relation.other_as_given.in_(spellings))).all()
        told = select(Statement).where(Statement.speaker_accused, Statement.speaker_id.is_not(None))
        assert not session.scalars(told).all()
        found = select(SearchEntry.body).where(SearchEntry.kind.in_(("person", "remembrance")))
        bodies = session.scalars(found).all()
        folded = {fold(spelling) for spelling in spellings}
        assert bodies
        assert not [body for body in bodies if any(name in body for name in folded)]


def test_all_but_training_is_what_the_archive_says_of_what_it_alone_answers_for(
    house: House, shared: Path
) -> None:
    load(house, shared / "collection", **SIGNED)
    with house.session(house.keeper()) as session:
        wills = set(session.scalars(select(LedgerEntry.will)))
        assert wills == {will_to_json({"page": of_its_own()})}
        bases = set(session.scalars(select(LedgerEntry.basis)))
        assert bases == {"quotation_right", "public_record"}
