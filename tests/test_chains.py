"""Ledger and audit are append-only and chained: nothing in them changes unseen, on either engine.

The database refuses changes by trigger. Where somebody takes the triggers away and changes a
row all the same, `broken_at` names it; where the tail is cut off, the head disagrees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Table, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from memorial import db, jobs, second_place
from memorial.domain import consent as rules
from memorial.gate import Actor, Reader
from memorial.house import House
from memorial.models import (
    AuditEntry,
    Boundary,
    ConsentForm,
    Contribution,
    CustodyEvent,
    DestroyedKey,
    LedgerEntry,
    Record,
)
from memorial.services import audit, check, consent, custody, heads, withdrawal
from memorial.services.consent import Said
from tests.builders import a_press_account, a_remembrance, a_testimony

APPEND_ONLY = {
    model.__tablename__: model for model in (LedgerEntry, AuditEntry, CustodyEvent, DestroyedKey, Boundary)
}


@contextmanager
def _raw(house: House) -> Iterator[Connection]:
    """The database without the gate, as somebody with its password has it."""
    engine = house.engine.execution_options(writes=True)
    with engine.begin() as connection:
        yield connection


def _is_sqlite(house: House) -> bool:
    return house.engine.dialect.name == "sqlite"


def _table(name: str) -> Table:
    table = APPEND_ONLY[name].__table__
    assert isinstance(table, Table)
    return table


def filled(house: House) -> None:
    """A row and more in each append-only table."""
    now = house.now()
    for _ in range(2):
        a_press_account(house)
    a_testimony(house, contributor={"*": rules.chosen(["public"], ["view"], now + timedelta(days=9))})
    erased = a_remembrance(house)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, 1)
        form = ConsentForm(name="synthetic", version=1, language="en", text="", sha256="")
        session.add(form)
        session.flush()
        party = consent.archive_party(session)
        consent.append(session, record, Said(party, "will", {}, form_id=form.id), by=Actor.system(), at=now)
        contribution = session.get_one(Contribution, erased.contribution_id)
        custody.log(session, Actor.system(), "received", "synthetic", contribution.id, now=now)
        withdrawal.erase(session, Actor.system(), contribution, now=now)
        for verb in ("one", "two", "three"):
            audit.record_act(session, Actor.system(), audit.Act(verb, "synthetic:1", details={"n": 1}), now)
    with _raw(house) as connection:
        for name in APPEND_ONLY:
            assert connection.scalar(text(f"SELECT count(*) FROM {name}")) > 0


def faults(house: House) -> list[str]:
    with house.session(house.keeper()) as session:
        return [*consent.broken_at(session), *audit.broken_at(session)]


def _refused(house: House, order: Any) -> None:
    with pytest.raises(DBAPIError, match="append-only"), _raw(house) as connection:
        connection.execute(order if not isinstance(order, str) else text(order))


# -- refused ------------------------------------------------------------------------------------


def test_a_chained_archive_verifies(house):
    assert faults(house) == []
    filled(house)
    assert faults(house) == []


@pytest.mark.parametrize("name", APPEND_ONLY)
def test_changing_and_deleting_are_refused(house, name):
    filled(house)
    for column in _table(name).columns:
        _refused(house, f'UPDATE {name} SET "{column.name}" = "{column.name}"')
    _refused(house, f"DELETE FROM {name}")
    assert faults(house) == []


@pytest.mark.parametrize("name", APPEND_ONLY)
def test_what_walks_past_a_row_s_trigger_is_refused_too(house, name):
    """INSERT OR REPLACE and ON CONFLICT DO UPDATE on SQLite, TRUNCATE on PostgreSQL."""
    filled(house)
    if _is_sqlite(house):
        for order in ("INSERT OR REPLACE INTO", "REPLACE INTO", "INSERT OR IGNORE INTO"):
            _refused(house, f"{order} {name} SELECT * FROM {name}")
        _refused(house, f"UPDATE OR REPLACE {name} SET rowid = rowid")
    else:
        _refused(house, f"TRUNCATE {name}")
        _refused(house, f"TRUNCATE {name} RESTART IDENTITY CASCADE")
        key = next(iter(_table(name).primary_key.columns)).name
        _refused(
            house,
            f"INSERT INTO {name} SELECT * FROM {name} ON CONFLICT ({key}) DO UPDATE SET {key} = excluded.{key}",
        )


@pytest.mark.parametrize(
    ("name", "key"), [("ledger", "record_id, position"), ("destroyed_keys", "contribution")]
)
def test_a_row_cannot_be_replaced_by_its_other_key_either(house, name, key):
    filled(house)
    others = ", ".join(f'"{c.name}"' for c in _table(name).columns if c.name != "id")
    if _is_sqlite(house):
        _refused(
            house, f"INSERT OR REPLACE INTO {name} (id, {others}) SELECT id + 1000, {others} FROM {name}"
        )
    else:
        own = key.split(", ")[0]
        _refused(
            house,
            f"INSERT INTO {name} (id, {others}) SELECT id + 1000, {others} FROM {name}"
            f" ON CONFLICT ({key}) DO UPDATE SET {own} = excluded.{own}",
        )


def test_emptying_records_does_not_empty_the_ledger(house):
    filled(house)
    if _is_sqlite(house):
        with pytest.raises(DBAPIError, match="FOREIGN KEY"), _raw(house) as connection:
            connection.execute(text("DELETE FROM records"))
    else:
        _refused(house, "TRUNCATE records CASCADE")
    assert faults(house) == []


def test_a_second_embargo_of_the_same_day_is_no_change_of_the_first(house):
    """Two policies may share a boundary, which is written down once."""
    until = house.now() + timedelta(days=9)
    for uses in (["view"], ["view", "reuse"]):
        a_testimony(house, contributor={"*": rules.chosen(["public"], uses, until)})
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Boundary.at)).all() == [until]


# -- changed all the same ---------------------------------------------------------------------


def _without_triggers(house: House) -> None:
    with _raw(house) as connection:
        if _is_sqlite(house):
            names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            for name in names:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for name in APPEND_ONLY:
                connection.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER ALL"))


def _other(value: Any, column: str) -> Any:
    if column in ("party_id", "form_id"):
        return None if column == "form_id" and value else 1 if value != 1 else 2
    if isinstance(value, bool):
        return not value
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, int):
        return value + 1000
    return f"{value}x"


FLIPPED = {
    "ledger": [column for column in consent.HASHED if column != "record_id"] + ["hash"],
    "audit": [*audit.HASHED, "hash"],
}


@pytest.mark.parametrize("name", FLIPPED)
def test_any_changed_value_of_any_row_is_named(house, name):
    filled(house)
    _without_triggers(house)
    table = _table(name)
    assert set(FLIPPED[name]) | {"id", "record_id"} >= {column.name for column in table.columns}
    with _raw(house) as connection:
        rows = connection.execute(select(table).order_by(table.c.id)).mappings().all()
    for row in (rows[0], rows[len(rows) // 2], rows[-1]):
        for column in FLIPPED[name]:
            _set(house, table, row["id"], column, _other(row[column], column))
            found = faults(house)
            assert found, (row["id"], column)
            assert all(name in each for each in found)
            where = f"record {row['record_id']}, entry" if name == "ledger" else "audit"
            assert where in found[0]
            changed_id = _other(row["id"], "id") if column == "id" else row["id"]
            _set(house, table, changed_id, column, row[column])
    assert faults(house) == []


def _set(house: House, table: Table, row_id: int, column: str, value: Any) -> None:
    with _raw(house) as connection:
        connection.execute(update(table).where(table.c.id == row_id).values({column: value}))


def test_an_entry_moved_to_another_record_is_named(house):
    filled(house)
    _without_triggers(house)
    with _raw(house) as connection:
        connection.execute(text("UPDATE ledger SET record_id = 2, position = 9 WHERE id = 1"))
    assert any("record 2, entry 9" in fault for fault in faults(house))


def test_an_entry_whose_own_hash_was_made_again_is_betrayed_by_the_next(house):
    filled(house)
    _without_triggers(house)
    with _raw(house) as connection:
        for table, hashed in ((LedgerEntry.__table__, consent), (AuditEntry.__table__, audit)):
            row = dict(connection.execute(select(table).where(table.c.id == 1)).mappings().one())
            words = "basis" if "basis" in row else "verb"
            row[words] = "made again"
            values = {words: "made again", "hash": hashed.entry_hash(row)}
            connection.execute(update(table).where(table.c.id == 1).values(values))
    found = faults(house)
    assert any(fault.startswith("ledger: record 1, entry 2") for fault in found)
    assert any(fault.startswith("audit 2") for fault in found)


def _cut(name: str, which: str) -> Callable[[House], None]:
    def cut(house: House) -> None:
        with _raw(house) as connection:
            connection.execute(text(f"DELETE FROM {name} WHERE {which}"))

    return cut


@pytest.mark.parametrize(("cut", "fault"), [
    (_cut("ledger", "id = (SELECT max(id) FROM ledger)"), "the head says"),
    (_cut("ledger", "record_id = 2"), "the head says"),
    (_cut("ledger", "record_id = 1 AND position = 1"), "record 1, entry 2: changed or missing before it"),
    (_cut("ledger", "1 = 1"), "ledger: 0 entries are there"),
    (_cut("audit", "id = (SELECT max(id) FROM audit)"), "audit: the chain ends at"),
    (_cut("audit", "id > 1"), "audit: the chain ends at 1"),
    (_cut("audit", "id = 2"), "audit 2: missing"),
    (_cut("audit", "1 = 1"), "audit: the chain ends at 0"),
])  # fmt: skip
def test_what_was_cut_out_or_off_is_seen(house, cut, fault):
    filled(house)
    _without_triggers(house)
    cut(house)
    assert any(fault in each for each in faults(house)), faults(house)


def test_a_forged_row_at_the_end_is_seen_by_the_head(house):
    filled(house)
    with house.writing(house.keeper()) as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        row = {c: getattr(last, c) for c in audit.HASHED} | {"id": last.id + 1, "prev_hash": last.hash}
        session.execute(insert(AuditEntry).values(**row, hash=audit.entry_hash(row)))
    assert [each.split(",")[0] for each in faults(house)] == ["audit: the chain ends at " + str(row["id"])]


def test_a_rebuilt_last_entry_of_the_audit_disagrees_with_the_head(house):
    filled(house)
    _without_triggers(house)
    with _raw(house) as connection:
        table = AuditEntry.__table__
        row = dict(connection.execute(select(table).order_by(table.c.id.desc()).limit(1)).mappings().one())
        row["verb"] = "made again"
        again = {"verb": "made again", "hash": audit.entry_hash(row)}
        connection.execute(update(table).where(table.c.id == row["id"]).values(again))
    assert len(faults(house)) == 1


# -- the heads kept elsewhere ----------------------------------------------------------------------


def _left(house: House) -> list[dict[str, Any]]:
    jobs.leave_heads(house)
    return list(second_place.lines(house.settings.second_folder))


def _against(house: House, lines: list[dict[str, Any]]) -> list[str]:
    with house.session(house.keeper()) as session:
        return list(check.check(session, house.storage, now=house.now(), elsewhere=lines))


def _made_again(house: House, row_id: int) -> None:
    """The entry says something else, and its own hash fits."""
    table = _table("ledger")
    with _raw(house) as connection:
        row = dict(connection.execute(select(table).where(table.c.id == row_id)).mappings().one())
        row["basis"] = "made again"
        again = {"basis": "made again", "hash": consent.entry_hash(row)}
        connection.execute(update(table).where(table.c.id == row_id).values(again))


def _last_of_each_record(house: House) -> list[int]:
    table = _table("ledger")
    with _raw(house) as connection:
        return list(connection.scalars(select(func.max(table.c.id)).group_by(table.c.record_id)).all())


def test_the_last_entry_of_any_record_written_anew_disagrees_with_the_head_kept_elsewhere(house):
    filled(house)
    lines = _left(house)
    assert _against(house, lines) == []
    _without_triggers(house)
    ends = _last_of_each_record(house)
    assert len(ends) == 4
    for row_id in ends:
        before = _stored(house, row_id)
        _made_again(house, row_id)
        assert faults(house) == []
        assert _against(house, lines) == [
            f"ledger: entries 1 to {lines[-1]['ledger'][1]} are not what the second place says they were"
            f" at {lines[-1]['at']}"
        ]
        for column in ("basis", "hash"):
            _set(house, _table("ledger"), row_id, column, before[column])
    assert _against(house, lines) == []


def _stored(house: House, row_id: int) -> Any:
    table = _table("ledger")
    with _raw(house) as connection:
        return connection.execute(select(table).where(table.c.id == row_id)).mappings().one()


def test_each_day_leaves_what_came_since_the_day_before_and_names_its_own_entries(house):
    filled(house)
    first = _left(house)[-1]["ledger"]
    assert _left(house)[-1]["ledger"][:2] == [first[1], first[1]]  # a day without an entry
    made = a_testimony(house)
    lines = _left(house)
    assert lines[-1]["ledger"][0] == first[1] < lines[-1]["ledger"][1]
    _without_triggers(house)
    with house.session(house.keeper()) as session:
        last = session.scalars(
            select(func.max(LedgerEntry.id)).where(LedgerEntry.record_id == made.record_id)
        ).one()
    _made_again(house, last)
    found = _against(house, lines)
    assert len(found) == 1
    assert f"entries {first[1] + 1} to {lines[-1]['ledger'][1]} are not" in found[0]


def test_a_record_s_ledger_that_vanished_whole_with_its_count_is_seen(house):
    filled(house)
    lines = _left(house)
    _without_triggers(house)
    with _raw(house) as connection:
        gone = connection.execute(text("DELETE FROM ledger WHERE record_id = 2")).rowcount
        connection.execute(text(f"UPDATE heads SET ledger_count = ledger_count - {gone}"))
    assert faults(house) == []
    assert any("second place" in fault for fault in _against(house, lines))


def test_a_writer_who_does_not_end_is_not_counted_and_waits_for_the_next_line(house, monkeypatch):
    """PostgreSQL numbers an entry before it is committed; SQLite has one writer at a time."""
    monkeypatch.setattr(db, "WRITERS_END", "10ms")
    filled(house)
    with house.session(house.keeper()) as session:
        before = heads.heads_line(session, [], now=house.now())["ledger"]
    with house.writing(house.keeper()) as writer:
        party = consent.archive_party(writer)
        said = Said(party, "will", {})
        consent.append(writer, writer.get_one(Record, 1), said, by=Actor.system(), at=house.now())
        line = _left(house)[-1]
    assert line.get("ledger") == (before if _is_sqlite(house) else None)
    lines = _left(house)
    assert lines[-1]["ledger"][1] > before[1]
    assert _against(house, lines) == []


# -- chains and erasure live together ---------------------------------------------------------------


def test_erasing_leaves_both_chains_whole_and_no_word_in_them(house):
    kept, gone = a_testimony(house), a_remembrance(house)
    with house.writing(house.keeper()) as session:
        hashes = select(LedgerEntry.hash).where(LedgerEntry.record_id == gone.record_id)
        hashes = hashes.order_by(LedgerEntry.position)
        before = session.scalars(hashes).all()
        contribution = session.get_one(Contribution, gone.contribution_id)
        withdrawal.erase(session, Actor.system(), contribution, now=house.now())
    assert faults(house) == []
    with house.session(Reader.keeper(house.moment())) as session:
        after = session.scalars(hashes).all()
        assert after[: len(before)] == before
        for table in (LedgerEntry, AuditEntry, CustodyEvent, DestroyedKey):
            for row in session.scalars(select(table)):
                assert "synthetic" not in str(
                    {key: value for key, value in vars(row).items() if key != "actor"}
                )
        assert session.get(Record, kept.record_id) is not None
