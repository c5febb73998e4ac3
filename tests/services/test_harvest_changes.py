"""What changed since a day: all of it, in the order of the changes, found along indexes and not by reading the archive."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from memorial.domain import consent as rules
from memorial.gate import Actor, Reader
from memorial.models import Record
from memorial.services import consent, harvest, harvest_changes
from memorial.services.consent import Said
from memorial.services.harvest import Asked
from tests.builders import a_press_account, a_testimony

HOUR = timedelta(hours=1)


def taking(house):
    return house.session(Reader.public(house.moment(), "reuse"))


def walked(house, asked: Asked, most: int) -> list[tuple[str, bool]]:
    found, after, more = [], None, True
    with taking(house) as session:
        while more:
            page = harvest_changes.changed(session, asked, after=after, most=most)
            found += page.headers
            more = page.more
            assert not more or len(page.headers) == most
            after = harvest_changes.place(page.headers[-1]) if page.headers else None
    assert [each.stamp for each in found] == sorted(each.stamp for each in found)
    return [(each.public_id, each.gone) for each in found]


def looked_through(house, asked: Asked) -> set[tuple[str, bool]]:
    """The same, by reading everything."""
    with taking(house) as session:
        everything = harvest.some(session, Asked(), most=1_000).headers
    return {
        (each.public_id, each.gone)
        for each in everything
        if each.stamp >= asked.since
        and (asked.until is None or each.stamp <= asked.until)
        and asked.kind in ("", each.kind)
    }


def between(opens, closes) -> dict:
    return {rules.EVERY_PART: {pair: rules.Window(opens, closes) for pair in rules.everything()}}


def taken_back(house, made) -> None:
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        said = Said(consent.archive_party(session), "will", {})
        consent.append(session, record, said, by=Actor.system(), at=house.now())


def test_each_change_is_given_once_however_it_came_and_whatever_the_pages(house, clock, monkeypatch):
    monkeypatch.setattr(harvest_changes, "READING", 3)
    begun = house.now()
    press = [a_press_account(house) for _ in range(5)]  # one moment for all of them
    for number in range(4):
        clock.forward(HOUR)
        opens = house.now() + number * HOUR
        a_testimony(house, contributor=between(opens, opens + timedelta(hours=5)))
    clock.forward(HOUR)
    taken_back(house, press[0])
    taken_back(house, press[3])
    clock.forward(3 * HOUR)
    a_press_account(house)
    for hours in range(10):
        for asked in (
            Asked(begun + hours * HOUR),
            Asked(begun + hours * HOUR, begun + (hours + 3) * HOUR),
            Asked(begun + hours * HOUR, kind="press"),
        ):
            found = walked(house, asked, most=2)
            assert len(found) == len(set(found))
            assert set(found) == looked_through(house, asked), (hours, asked)
    assert len(walked(house, Asked(begun), most=50)) == 10


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_what_did_not_change_is_not_read(house):
    plans: list[str] = []

    def plan(_connection, cursor, statement, parameters, *_rest) -> None:
        if "records" in statement or "harvest_marks" in statement:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.append("\n".join(row[-1] for row in cursor.fetchall()))

    a_press_account(house)
    gone = a_press_account(house)
    taken_back(house, gone)
    with taking(house) as session:
        event.listen(house.engine, "before_cursor_execute", plan)
        harvest_changes.changed(session, Asked(rules.BEGIN))
        harvest_changes.changed(session, Asked(house.now(), house.now() + HOUR, language="en"))
    assert len(plans) == 2 * 11, "six kinds, three moments of marks, and whatever the marks lead to"
    for words in plans:
        assert not re.search(r"SCAN (records|harvest_marks|policy_windows)|TEMP B-TREE", words), words
    assert sum("(kind=? AND changed_at>?" in words for words in plans) == 12, plans
    assert sum(bool(re.search(r"harvest_marks_\w+_record_id \((at|opens|closes)>", w)) for w in plans) == 6, (
        plans
    )
