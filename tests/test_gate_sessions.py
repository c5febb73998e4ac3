"""Which rows? Every kind of read that SQLAlchemy knows, held against the gate for every reader, at two moments.

The same code runs for each reader and moment in one process, so that a statement compiled for
one reader and handed to another would be found. What comes back is compared with a list
written by hand (`gate_world.SEEN`): a row too many is a leak, a row too few a wall.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from sqlalchemy import case, delete, exists, func, insert, literal, select, text, union_all, update
from sqlalchemy.orm import aliased
from sqlalchemy.orm.exc import ObjectDeletedError

from config import Settings
from memorial.domain import consent as rules
from memorial.domain.errors import NotPermitted
from memorial.gate import Actor, Reader, session_for
from memorial.house import House, open_house
from memorial.models import (
    Boundary,
    Contribution,
    Media,
    Part,
    Person,
    PersonName,
    Record,
    Revision,
    Text,
)
from memorial.services import consent, describe, withdrawal
from memorial.services.consent import Said
from tests.builders import a_contribution, a_testimony, will_of
from tests.conftest import ENGINES, Wall
from tests.gate_reads import COPIES, COUNTS, READS
from tests.gate_world import CUSTODY, NAMES, READERS, World, build, found, visible
from tests.oracle_consent import MOMENTS, allowed, histories

T, R = Text, Record


@pytest.fixture(scope="module", params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One archive per engine for all reads: nothing in this file changes it but what undoes itself."""
    import shutil
    from datetime import UTC, datetime

    from tests.conftest import _database, _on_server

    folder = tmp_path_factory.mktemp("gate")
    (folder / "var").mkdir()
    url = f"sqlite:///{folder}/var/memorial.sqlite"
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "var" / "memorial.sqlite")
    else:
        server = request.getfixturevalue("postgresql")
        name = f"gate_{folder.name}".replace("-", "_")
        _on_server(server, f"CREATE DATABASE {name} TEMPLATE template_memorial")
        url = _database(server, name)
    wall = Wall(datetime(2026, 11, 22, 9, 0, tzinfo=UTC))
    chosen = Settings(
        _env_file=None,
        data=folder / "var",
        storage_url=str(folder / "media"),
        database_url=url,
        key_file=folder / "archive.key",
        second_place=str(folder / "second"),
        starter=False,
    )
    house = open_house(chosen, wall=wall.wall, monotonic=wall.monotonic)
    yield build(house)
    house.engine.dispose()


def _for_everybody(world: World, check: Callable[[Any, str, bool], None]) -> None:
    """Public first, custody between, public again: one statement's cache serves them all."""
    for later in (False, True):
        for name in (*READERS, *reversed(READERS)):
            with world.session(name, later) as session:
                check(session, name, later)


@pytest.mark.parametrize("kind", READS)
def test_a_read_returns_exactly_what_its_reader_may_see(world, kind):
    def check(session, name, later):
        assert found(READS[kind](session)) == visible(name, later), (name, later)

    _for_everybody(world, check)


@pytest.mark.parametrize("kind", COPIES)
def test_a_collection_holds_only_the_children_its_reader_may_see(world, kind):
    def check(session, name, later):
        assert found(COPIES[kind](session)) == visible(name, later, dark=True), (name, later)

    _for_everybody(world, check)


@pytest.mark.parametrize("kind", COUNTS)
def test_a_count_counts_only_what_its_reader_may_see(world, kind):
    def check(session, name, later):
        assert COUNTS[kind](session) == len(visible(name, later)), (name, later)

    _for_everybody(world, check)


def test_whoever_copies_the_archive_gets_its_words_for_reuse_and_files_only_to_be_kept(world):
    with world.session("mirror") as session:
        assert found(session.scalars(select(Text)).all()) == {"reusable", "archives"}
        for kind, read in COPIES.items():
            assert found(read(session)) == {"archives"}, kind
        assert found(session.scalars(select(Media.alt)).all()) == {"archives"}
        for medium in session.scalars(select(Media)):
            session.expire(medium)
            assert medium.alt == "canary-archives"


def test_the_reads_are_many_and_of_every_sort():
    assert len(READS) + len(COPIES) + len(COUNTS) >= 80
    assert len(NAMES) == 9


# -- the very moments at which something opens and closes ---------------------------------------


@pytest.mark.parametrize("once", [False, True], ids=["", "planned_once"])
@pytest.mark.parametrize("readers", [Reader.public, Reader.research], ids=["public", "research"])
def test_what_closes_at_a_moment_is_gone_at_it_and_what_opens_at_it_is_there(world, readers, once):
    texts = select(Text).execution_options(planned_once=once)
    with world.session("keeper") as session:
        turning = session.get_one(Record, world.made["closing"].record_id).public_until
        assert turning == session.get_one(Record, world.made["embargo"].record_id).public_from
    instant = timedelta(microseconds=1)
    expected = {-instant: {"closing"}, timedelta(0): {"embargo"}, instant: {"embargo"}}
    for before, there in expected.items():
        with world.house.session(readers(rules.Moment.exactly(turning + before))) as session:
            seen = found(session.scalars(texts).all())
            assert seen & {"closing", "embargo"} == there, before


@pytest.mark.parametrize("once", [False, True], ids=["", "planned_once"])
def test_while_the_clock_is_in_doubt_across_a_moment_neither_side_of_it_is_shown(world, once):
    texts = select(Text).execution_options(planned_once=once)
    with world.session("keeper") as session:
        turning = session.get_one(Record, world.made["closing"].record_id).public_until
    doubt = rules.Moment(turning - timedelta(hours=1), turning + timedelta(hours=1))
    for reader in (Reader.public(doubt), Reader.research(doubt)):
        with world.house.session(reader) as session:
            assert not found(session.scalars(texts).all()) & {"closing", "embargo"}


def test_a_read_with_a_list_of_values_is_refused(world):
    with world.session("public") as session, pytest.raises(NotPermitted, match="read_past_the_gate"):
        session.execute(select(Text.id), [{"a": 1}, {"a": 2}])


# -- what is hidden by name: a point, an order, a condition ------------------------------------


def test_a_hidden_row_asked_for_by_name_is_as_if_it_never_was(world):
    def check(session, name, later):
        for word, made in world.made.items():
            seen = word in visible(name, later)
            assert (session.get(R, made.record_id) is not None) == seen
            there = session.query(session.query(R).filter(R.id == made.record_id).exists())
            assert there.scalar() == seen
            by_public_id = select(R).where(R.public_id == made.public_id)
            assert (session.scalars(by_public_id).one_or_none() is not None) == seen
            one = select(func.count()).select_from(T).where(T.body.contains(f"canary-{word}"))
            assert bool(session.scalar(one)) == seen

    _for_everybody(world, check)


def test_an_order_by_a_hidden_value_tells_nothing(world):
    hidden_first = case((T.body.contains("canary-closed"), 0), else_=1)
    with world.session("public") as session:
        rows = session.scalars(select(T.body).order_by(hidden_first, T.id)).all()
        plain = session.scalars(select(T.body).order_by(T.id)).all()
        assert rows == plain
        t = aliased(T)
        rank = select(func.count()).where(t.id < T.id).correlate(T).scalar_subquery()
        assert session.scalars(select(rank).select_from(T).order_by(T.id)).all() == list(range(len(plain)))


def test_merging_a_made_up_object_fetches_nothing_hidden(world):
    with world.session("public") as session, session.no_autoflush:
        hidden = world.made["closed"].record_id
        merged = session.merge(Record(id=hidden, public_id="made-up", kind="testimony"))
        assert merged.sort_key is None
        assert merged.testimony is None
        session.rollback()


def test_a_row_loaded_in_another_session_is_not_refreshed_here(world):
    with world.session("keeper") as custody:
        row = custody.get(T, _a_text_of(world, "closed"))
        custody.expunge(row)
    with world.session("public") as session:
        session.add(row)
        session.expire(row)
        with pytest.raises(ObjectDeletedError):
            _ = row.body


def test_merging_without_loading_does_not_open_what_follows(world):
    with world.session("keeper") as custody:
        record = custody.get(R, world.made["closed"].record_id)
        custody.expunge(record)
    with world.session("public") as session:
        merged = session.merge(record, load=False)
        assert merged.testimony is None


def _a_text_of(world: World, name: str) -> int:
    with world.session("keeper") as session:
        return session.scalars(select(T.id).where(T.record_id == world.made[name].record_id)).first()


# -- what the condition cannot reach is refused --------------------------------------------------

REFUSED_READS = {
    "text": lambda: text("SELECT body FROM texts"),
    "a core table": lambda: select(Text.__table__),
    "core columns": lambda: select(Text.__table__.c.body),
    "from_statement of text": lambda: select(T).from_statement(text("SELECT * FROM texts")),
    "from_statement of core": lambda: select(T).from_statement(select(Text.__table__)),
    "from_statement of a union": lambda: select(T).from_statement(union_all(select(T), select(T))),
    "a core union": lambda: union_all(select(Text.__table__.c.body), select(Media.__table__.c.alt)),
    "an exists without an entity": lambda: select(exists().where(R.id == 1)),
    "a function without an entity": lambda: select(func.count(R.id).filter(R.id > 0)),
    "a core insert": lambda: insert(Boundary.__table__).values(at=MOMENTS[0]),
    "a core update": lambda: update(Text.__table__).values(body=""),
    "a core delete": lambda: delete(Text.__table__),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", REFUSED_READS)
def test_text_and_core_are_refused_to_every_reader(world, kind, reader):
    with world.session(reader) as session:
        with pytest.raises(NotPermitted) as refused:
            session.execute(REFUSED_READS[kind]())
        assert refused.value.key == "read_past_the_gate"


def test_text_passes_where_it_says_why(world):
    with world.session("public") as session:
        options = {"past_the_gate": "a test of the option itself"}
        assert session.execute(text("SELECT 1"), execution_options=options).scalar() == 1


REFUSED_CHANGES = {
    "update": lambda: update(T).values(body="changed"),
    "update of some": lambda: update(R).where(R.id == 1).values(kind="press"),
    "delete": lambda: delete(T),
    "delete returning": lambda: delete(T).returning(T.body),
    "update returning": lambda: update(T).values(note="").returning(T.body),
    "insert from select": lambda: insert(T).from_select(["body", "role"], select(T.body, T.role)),
    "insert from select elsewhere": lambda: insert(Boundary).from_select(["at"], select(T.public_from)),
    "insert of a read value": lambda: insert(Boundary).values(
        at=select(func.min(T.public_from)).scalar_subquery()
    ),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", REFUSED_CHANGES)
def test_changes_past_the_projection_are_refused_to_every_reader(world, kind, reader):
    with session_for(world.house.engine, world.reader(reader), writes=True) as session:
        with pytest.raises(NotPermitted) as refused:
            session.execute(REFUSED_CHANGES[kind]())
        assert refused.value.key == "change_past_the_gate"
        session.rollback()


READING_CHANGES = {
    "update from a read value": lambda: update(Part).values(key=select(func.min(T.body)).scalar_subquery()),
    "update where it exists": lambda: (
        update(Part).where(exists().where(T.part_id == Part.id)).values(key=Part.key)
    ),
    "one of two subqueries": lambda: (
        update(Part)
        .where(Part.id.in_(select(Contribution.id)), Part.id.in_(select(T.part_id)))
        .values(key=Part.key)
    ),
    "delete where it exists": lambda: delete(Contribution).where(exists().where(T.contribution_id == 1)),
}


@pytest.mark.parametrize("reader", ["public", "public_reuse", "research", "family", "desk"])
@pytest.mark.parametrize("kind", READING_CHANGES)
def test_a_change_that_reads_guarded_rows_is_refused_to_a_reader_who_does_not_see_all(world, kind, reader):
    with session_for(world.house.engine, world.reader(reader), writes=True) as session:
        with pytest.raises(NotPermitted):
            session.execute(READING_CHANGES[kind]())
        session.rollback()


def test_rows_are_inserted_by_value_and_the_projection_may_change_guards(world):
    with session_for(world.house.engine, world.reader("keeper"), writes=True) as session:
        session.execute(insert(Boundary).values(at=MOMENTS[0]))
        for option in ("projection", "erasure"):
            session.execute(update(T).values(sealed=False), execution_options={option: True})
        session.rollback()


def test_rows_without_a_guard_are_changed_and_refreshed_by_every_reader(world):
    for name in READERS:
        with session_for(world.house.engine, world.reader(name), writes=True) as session:
            part = session.scalars(select(Part).order_by(Part.id)).first()
            session.execute(update(Part).where(Part.id == part.id).values(kind="synthetic"))
            session.expire(part)
            assert part.kind == "synthetic"
            session.refresh(part)
            session.execute(
                delete(Contribution).where(Contribution.id.in_(select(Part.id).where(Part.id < 0)))
            )
            session.rollback()


def test_a_session_that_writes_takes_its_lock_at_the_beginning(world):
    for writes in (False, True):
        with session_for(world.house.engine, world.reader("keeper"), writes=writes) as session:
            assert session.get_bind().get_execution_options().get("writes", False) == writes
            assert session.autoflush == writes


def test_a_public_session_does_not_flush_by_itself(world):
    with world.session("public") as session:
        assert not session.autoflush
        assert session.reader == world.reader("public")


# -- hiding ------------------------------------------------------------------------------------


def test_what_is_hidden_meanwhile_is_gone_from_collections_and_refreshes(house):
    made = a_testimony(house)
    with house.session(Reader.public(house.moment())) as session:
        record = session.get(Record, made.record_id)
        person_id = session.scalars(select(PersonName.person_id)).one()
        person = session.get(Person, person_id)
        assert record.testimony is not None
        assert len(person.names) == 1
        session.rollback()
        with house.writing(house.keeper()) as custody:
            contribution = custody.get_one(Contribution, made.contribution_id)
            withdrawal.hide(
                custody, Actor.family(made.ref, made.contribution_id), contribution, now=house.now()
            )
        with pytest.raises(ObjectDeletedError):
            _ = record.kind
        with pytest.raises(ObjectDeletedError):
            _ = person.names
        assert session.get(Record, made.record_id) is None
        assert session.scalars(select(PersonName)).all() == []


# -- random ledgers on real rows -----------------------------------------------------------------

PARTY_KINDS = ("contributor", "narrator", "guardian")


def _carry_out(house: House, parts, events) -> tuple[int, dict[str, int]]:
    """A drawn history as rows: the record, and one text for each part. Returns the texts' ids by part."""
    now = house.now()
    with house.writing(house.keeper()) as session:
        contribution = a_contribution(house, session)
        record = describe.create_record(session, "testimony", now=now, contribution_id=contribution.id)
        stored = {"page": session.get_one(Part, record.part_id)}
        texts: dict[str, int] = {}
        for held in range(len(events) + 1):
            for part in sorted((p for p in parts if p["added"] == held), key=lambda p: p["root"] is not None):
                _arrive(session, record, part, stored, texts)
            if held < len(events):
                consent.append(
                    session, record, _said(session, contribution.id, events[held]), by=Actor.system(), at=now
                )
        return record.id, texts


def _arrive(session, record, part, stored, texts):
    if part["id"] != "page":
        root = stored.get(part["root"])
        kind = rules.NOTICE if part["notice"] else part["kind"]
        stored[part["id"]] = consent.add_part(session, record, part["id"], kind, root=root)
    guard = consent.guard_of(session, stored[part["id"]])
    row = Text(
        public_id=f"{record.public_id}-{part['id']}",
        record_id=record.id,
        role="note",
        body=part["id"],
        **guard,
    )
    session.add(row)
    session.flush()
    texts[part["id"]] = row.id


def _said(session, contribution_id: int, event) -> Said:
    if event["party"] == rules.ARCHIVE:
        party = consent.archive_party(session)
    else:
        party = consent.party_of(session, event["party"], contribution_id)
    if event["act"] != "will":
        return Said(party, event["act"], parts=frozenset(event["parts"]))
    return Said(party, "will", will_of(event))


def _readers(at):
    moment = rules.Moment.exactly(at)
    for use in ("view", "reuse"):
        yield Reader.public(moment, use), {"public"}
        yield Reader.research(moment, use), {"public", "research"}
        yield Reader(frozenset({"research"}), use, moment), {"research"}


EXAMPLES = {"sqlite": 60, "postgresql": 15}


def test_a_row_is_seen_exactly_when_the_order_of_events_says_so(world):
    house = world.house

    @settings(
        max_examples=EXAMPLES[house.engine.dialect.name],
        database=None,
    )
    @given(histories())
    def holds(history):
        parts, events = history
        record_id, _texts = _carry_out(house, parts, events)
        for at in MOMENTS:
            for reader, audiences in _readers(at):
                with house.session(reader) as session:
                    got = set(session.scalars(select(Text.body).where(Text.record_id == record_id)))
                    page = session.get(Record, record_id) is not None
                wanted = {
                    part["id"]
                    for part in parts
                    if any(allowed(parts, events, part["id"], a, reader.use, at) for a in audiences)
                    # Nobody is handed what they may not look at.
                    and any(allowed(parts, events, part["id"], a, "view", at) for a in audiences)
                }
                assert got == wanted, (reader, at)
                assert page == ("page" in wanted)

    holds()


@pytest.mark.parametrize("once", [False, True], ids=["", "planned_once"])
def test_drafts_old_revisions_and_messages_are_nobodys_but_custodys(world, once):
    record_id = world.made["open"].record_id
    for name in READERS:
        with world.session(name) as session:
            numbers = session.scalars(select(Revision.number).where(Revision.record_id == record_id)).all()
            joined = session.execute(
                select(Part.id, Revision.content)
                .outerjoin(Revision, literal(True))
                .execution_options(planned_once=once)
            ).all()
            in_custody = name in CUSTODY
            assert bool(numbers) == in_custody
            assert bool(found([row[1] for row in joined])) == in_custody
