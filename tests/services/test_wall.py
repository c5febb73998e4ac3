"""The wall of names: its order in each alphabet, what of it is whose to see, its numbers, and what a page of it costs.

Everybody here is synthetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from benchmarks.wall import deep_cursor, fill
from memorial import jobs
from memorial.domain import consent as rules
from memorial.domain.content import Content, NameContent, StatementContent, TextContent
from memorial.gate import Actor, Reader
from memorial.models import Contribution, Derivative, Media, Part, WallAnchor, WallCount, WallName
from memorial.services import consent, describe, reckonings, wall, wall_index, wall_numbers, withdrawal
from memorial.services.cursors import asked
from memorial.services.wall import PER_PAGE, Wanted
from tests.builders import a_remembrance, record_of
from tests.importing import publish

MAY = {rules.EVERY_PART: rules.chosen(["public", "research"], ["view"])}
NOT_ITS_NAME = {**MAY, "name": {}}


def a_person(house, *names, pseudonym="", lived="", age="", home_part="page", **values):
    told = [
        StatementContent(of, words, home_part, stated_by="a synthetic relative")
        for of, words in (("lived", lived), ("age", age))
        if words
    ]
    called = [NameContent(name, part="name") for name in names]
    if pseudonym:
        called.append(NameContent(pseudonym, part="pseudonym", kind="pseudonym"))
    texts = [TextContent("life", "A synthetic life.", part="text", language="en")]
    content = Content(language="en", texts=texts, names=called, statements=told)
    return a_remembrance(house, content=content, **values)


def public(house) -> Reader:
    return Reader.public(house.moment())


@contextmanager
def reading(house, who=None):
    with house.session(who or public(house)) as session:
        yield session


def shown(house, language="en", way="name", narrowing="", value="", letter="", who=None) -> list[str]:
    with reading(house, who) as session:
        found = wall.names(session, Wanted(language, way, narrowing, value, letter), asked("", ""))
        return [entry.title for entry in found.entries]


def test_each_language_has_its_own_order_and_headings(house):
    for name in ("Çinar", "Xanım", "Irmaq", "İlham", "Qəmbər", "Hüsn", "Əli", "Zal", "Ёлкин", "Яблоков"):
        a_person(house, name)
    assert shown(house, "az") == [
        "Çinar", "Ёлкин", "Əli", "Hüsn", "Xanım", "Irmaq", "İlham", "Qəmbər", "Яблоков", "Zal",
    ]  # fmt: skip
    assert shown(house, "ru")[:2] == ["Ёлкин", "Яблоков"]
    assert (
        shown(house, "tr").index("Hüsn")
        < shown(house, "tr").index("Qəmbər")
        < shown(house, "tr").index("Xanım")
    )
    with reading(house) as session:
        found = wall.names(session, Wanted("ru"), asked("", ""))
        assert [letter for letter, _ in found.groups][:3] == ["Ё", "Я", "C"]
        assert wall.letters(session, Wanted("az")) == set("ÇEƏHXIİQYZ")


def test_by_family_the_names_of_one_family_stand_together(house):
    for name in ("Əli Sınaqov", "Sınaqova Zeynəb Vəli qızı", "Vəli Abadov"):
        a_person(house, name)
    assert shown(house, "az", "family") == ["Vəli Abadov", "Əli Sınaqov", "Sınaqova Zeynəb Vəli qızı"]
    assert shown(house, "az", "family", letter="S") == ["Əli Sınaqov", "Sınaqova Zeynəb Vəli qızı"]


def test_a_hidden_name_shows_in_no_letter_number_place_or_age_and_its_pseudonym_stands_in_for_it(house):
    a_person(
        house, "Mənsur Gizli", pseudonym="Təxəllüs", lived="Sınaqkənd", age="7", contributor=NOT_ITS_NAME
    )
    a_person(house, "Qorxmaz Gizli", lived="Gizliyer", age="70", contributor=NOT_ITS_NAME)
    a_person(house, "Zal Açıq", lived="Sınaqkənd", age="30")
    jobs.count_wall(house)
    assert shown(house, "az") == ["Təxəllüs", "Zal Açıq"]
    for way in ("name", "family"):
        with reading(house) as session:
            wanted = Wanted("az", way)
            rows = wall.names(session, wanted, asked("", "")).row_ids
            numbers = wall_numbers.of_page(session, wanted.shelf, rows)
            assert (numbers.total, numbers.letters) == (2, wall.letters(session, wanted))
            assert numbers.letters == ({"T", "Z"} if way == "name" else {"T", "A"})
    with reading(house) as session:
        assert wall.values(session, "az", "place") == [("sinaqkend", "Sınaqkənd")]
        assert [value for value, _ in wall.values(session, "az", "age")] == ["child", "young"]
        assert len(session.scalars(select(WallCount)).all()) == len(list(wall_numbers.shelves()))
    assert shown(house, "az", narrowing="place", value="sinaqkend") == ["Təxəllüs", "Zal Açıq"]
    assert shown(house, "az", narrowing="place", value="gizliyer") == []


def test_of_several_names_that_are_shown_the_leading_one_stands_there_once(house):
    a_person(house, "Synthetic Leading", "Synthetic Otherspelling", pseudonym="Synthetic Nym")
    assert shown(house) == ["Synthetic Leading"]
    with reading(house) as session:
        assert wall.letters(session, Wanted("en", "family")) == {"L"}


def test_an_import_puts_people_on_the_wall_and_a_changed_object_moves_them(house):
    person = {
        "id": "person-synthetic-1", "label": "", "names": [{"spelling": "Synthetic Imported"}, {"spelling": "Synthetic Second"}],
        "roles": [], "fate": "killed", "relations": [], "accused": False, "seed_refs": [],
    }  # fmt: skip
    accused = {
        **person,
        "id": "person-synthetic-2",
        "names": [{"spelling": "Synthetic Accused"}],
        "accused": True,
    }
    named = {
        **person,
        "id": "person-synthetic-3",
        "names": [{"spelling": "Synthetic Witness"}],
        "fate": "survived",
    }
    publish(house, "people", person, accused, named)
    assert shown(house) == ["Synthetic Imported"]
    publish(house, "people", {**person, "names": [{"spelling": "Altered Synthetic"}]})
    assert shown(house) == ["Altered Synthetic"]
    before = _rows(house)
    with house.writing(house.keeper()) as session:
        wall_index.rebuild(session)
    assert _rows(house) == before


def test_a_home_that_is_not_shown_narrows_nothing_and_one_said_twice_lists_once(house):
    said = [
        StatementContent("lived", "Sınaqkənd", part, stated_by="a synthetic relative")
        for part in ("page", "text")
    ]
    names = [NameContent("Synthetic Twice")]
    a_remembrance(house, content=Content(names=names, statements=said))
    a_remembrance(house, content=Content(names=[NameContent("Synthetic Untold")], statements=said[1:]), contributor={**MAY, "text": {}})  # fmt: skip
    assert shown(house, narrowing="place", value="sinaqkend") == ["Synthetic Twice"]


def test_what_a_withdrawal_and_an_erasure_take_leaves_the_wall_and_the_table(house):
    made = a_person(house, "Synthetic Gone", lived="Sınaqkənd", age="8")
    a_person(house, "Synthetic Staying")
    jobs.count_wall(house)
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        withdrawal.hide(session, Actor.system(), contribution, now=house.now())
    assert shown(house) == ["Synthetic Staying"]
    with reading(house) as session:
        assert wall_numbers.of_page(session, "en/name", [1]) is None, "what was counted no longer stands"
        assert wall.values(session, "en", "place") == []
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        withdrawal.erase(session, Actor.system(), contribution, now=house.now())
    with house.session(house.keeper()) as session:
        assert session.scalars(select(WallName.id).where(WallName.record_id == made.record_id)).all() == []


def test_a_name_that_changes_moves_and_the_rows_are_those_that_a_rebuild_makes(house):
    made = a_person(
        house, "Synthetic Before", "Synthetic Otherspelling", pseudonym="Synthetic Nym", lived="Sınaqkənd"
    )
    with house.writing(house.keeper()) as session:
        changed = Content(language="en", names=[NameContent("Altered Synthetic")])
        revision = describe.propose(
            session, record_of(session, made), changed, by=Actor.system(), now=house.now(), contribution_id=made.contribution_id,
        )  # fmt: skip
        describe.apply(session, revision, now=house.now())
    a_person(house, "Second Synthetic", "Second Otherspelling", lived="Образцово", age="51")
    assert shown(house) == ["Altered Synthetic", "Second Synthetic"]
    before = _rows(house)
    with house.writing(house.keeper()) as session:
        assert wall_index.rebuild(session) == len(before)
    assert _rows(house) == before


def _rows(house) -> list[tuple]:
    columns = [column for column in WallName.__table__.columns if column.name != "id"]
    with house.session(house.keeper()) as session:
        rows = session.execute(select(*(getattr(WallName, column.name) for column in columns))).all()
    return sorted(map(tuple, rows), key=str)


@pytest.mark.parametrize(("fate", "own", "there"), [
    ("Survived", False, False), ("Survived", True, True), ("Died", False, True),
])  # fmt: skip
def test_a_portrait_stands_on_the_wall_where_its_page_shows_it(house, fate, own, there):
    content = Content(names=[NameContent("Synthetic Person")], statements=[StatementContent("fate", fate)])
    made = a_remembrance(house, content=content)
    with house.writing(house.keeper()) as session:
        record = record_of(session, made)
        part = session.get_one(Part, record.part_id)
        part = consent.add_part(session, record, "photograph:x", "photograph") if own else part
        guard = consent.guard_of(session, part)
        face = Media(
            public_id="synthetic", record_id=record.id, role="portrait", sha256="0" * 64, bytes=1, due="",
            mime="image/jpeg", storage_key="synthetic", received_at=house.now(), alt="a synthetic face", **guard,
        )  # fmt: skip
        session.add(face)
        session.flush()
        copy = {"public_id": "copy", "width": 320, "height": 400, "bytes": 1, "mime": "image/jpeg"}
        session.add(Derivative(media_id=face.id, storage_key="copy", sha256="0" * 64, **copy, **guard))
    with reading(house, house.keeper()) as session:
        (entry,) = wall.names(session, Wanted("en"), asked("", "")).entries
        assert (entry.picture is not None) is there


# -- numbers --------------------------------------------------------------------------------


@pytest.fixture
def many(house):
    with house.writing(house.keeper()) as session:
        fill(session, house, 3 * PER_PAGE + 7)
    jobs.count_wall(house)
    return house


def test_every_page_knows_its_numbers_wherever_it_begins(many):
    with reading(many) as session:
        wanted = select(WallName.id).where(WallName.shelf == "en/name")
        everybody = list(session.scalars(wanted.order_by(WallName.sort_key, WallName.id)))
        letters = sorted(wall.letters(session, Wanted("en")))
        for letter in ["", *letters]:
            for found in _pages(session, Wanted("en", letter=letter)):
                numbers = wall_numbers.of_page(session, "en/name", found.row_ids)
                assert everybody[numbers.first - 1 : numbers.last] == list(found.row_ids)
                assert numbers.total == len(everybody)
                assert sorted(numbers.letters) == letters
        anchors = session.scalars(select(WallAnchor).where(WallAnchor.shelf == "en/name")).all()
        assert len(anchors) <= len(everybody) // PER_PAGE + 2 * len(letters)


def _pages(session, wanted) -> Iterator[wall.Stretch]:
    cursor, there = "", []
    while True:
        found = wall.names(session, wanted, asked(cursor, ""))
        there.append(found.row_ids)
        yield found
        if not found.after:
            break
        cursor = found.after
    if found.before:
        before = wall.names(session, wanted, asked("", found.before))
        assert before.row_ids == there[-2], "back is where one came from"


def test_numbers_end_with_the_epoch_with_an_opening_and_are_for_the_public_alone(many, clock):
    def numbers(who=None):
        with reading(many, who) as session:
            found = wall.names(session, Wanted("en"), asked("", ""))
            return wall_numbers.of_page(session, "en/name", found.row_ids)

    assert numbers() is not None
    assert numbers(Reader.research(many.moment())) is None
    soon = many.now() + timedelta(days=1)
    later = {rules.EVERY_PART: {("public", "view"): rules.Window(soon, rules.FOREVER)}}
    a_person(many, "Aaa Embargoed", contributor=later)
    assert numbers() is None, "the epoch has moved"
    assert jobs.count_wall(many)
    assert numbers() is not None
    assert not jobs.count_wall(many), "nothing is left to count"
    clock.forward(timedelta(days=2))
    assert shown(many)[0] == "Aaa Embargoed"
    assert numbers() is None, "somebody's name has opened"
    assert jobs.count_wall(many)
    assert numbers().total == 3 * PER_PAGE + 8


def test_the_worker_rests_after_it_counted_long(many):
    with many.writing(many.keeper()) as session:
        reckonings.keep(session, "wall", {"took": 60}, at=many.now())
        consent.move_epoch(session)
    assert not jobs.count_wall(many)


# -- what a page costs ----------------------------------------------------------------------


def test_a_page_deep_in_the_wall_reads_no_more_than_the_first(house):
    """Steps of SQLite's machine, rows of PostgreSQL's plan; on more names both engines walk the same index."""
    lite = house.engine.dialect.name == "sqlite"
    count = 2_400 if lite else 8_000  # of fewer PostgreSQL rightly reads all and sorts them
    with house.writing(house.keeper()) as session:
        fill(session, house, count, homes=20)
    with house.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
    deep = deep_cursor(house, count // 2)
    cost = {}
    home = Wanted("en", "name", "place", "synthville ba")
    for name, wanted, cursor in (
        ("first", Wanted("en"), ""), ("deep", Wanted("en"), deep), ("letter", Wanted("en", letter="S"), ""),
        ("home", home, ""),
    ):  # fmt: skip
        with _costs(house, lite) as costs, reading(house) as session:
            assert len(wall.names(session, wanted, asked(cursor, "")).row_ids) == PER_PAGE
        cost[name] = sum(costs)
    for name, wanted in (("letters", Wanted("en")), ("letters of a home", home)):
        with _costs(house, lite) as costs, reading(house) as session:
            assert len(wall.letters(session, wanted)) > 10
        cost[name] = sum(costs)
    with _costs(house, lite) as costs, reading(house) as session:
        assert len(wall.values(session, "en", "place")) == 20
    cost["values"] = sum(costs)
    assert all(cost.values()), cost
    assert cost["deep"] <= cost["first"] * 1.1
    assert cost["letter"] <= cost["first"] * 1.1
    assert cost["home"] <= cost["first"] * 2
    assert cost["letters"] <= cost["first"] * 3
    assert cost["letters of a home"] <= cost["first"] * 2
    assert cost["values"] <= cost["first"] * 2
    assert cost["first"] < (20_000 if lite else 1_000)


@contextmanager
def _costs(house, lite):
    costs, sent = [], []

    def note(connection, _cursor, statement, parameters, _context, _many):
        if not statement.startswith(("SELECT", "WITH")):
            return
        sent.append((statement, parameters))
        if lite:
            costs.append(0)
            driver = connection.connection.driver_connection
            driver.set_progress_handler(lambda: costs.__setitem__(-1, costs[-1] + 1), 1)

    event.listen(house.engine, "before_cursor_execute", note)
    try:
        yield costs
    finally:
        event.remove(house.engine, "before_cursor_execute", note)
    with house.engine.connect() as connection:
        if lite:
            connection.connection.driver_connection.set_progress_handler(None, 1)
            return
        for statement, parameters in sent:
            plan = connection.exec_driver_sql(
                "EXPLAIN (ANALYZE, FORMAT JSON) " + statement, parameters
            ).scalar()
            costs.append(_rows_read(plan[0]["Plan"]))


def _rows_read(node) -> int:
    own = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return own * ("Relation Name" in node) + sum(map(_rows_read, node.get("Plans", ())))
