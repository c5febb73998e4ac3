"""The order of a search says nothing of what the reader may not see, and is the same on both engines."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, event, text

from memorial.domain import consent as rules
from memorial.domain.content import NameContent, TextContent
from memorial.gate import Actor, Reader
from memorial.models import Contribution, SearchEntry
from memorial.services import search as service
from memorial.services import search_index, withdrawal
from memorial.services.search import search
from tests.builders import (
    ALL_MAY_VIEW,
    Made,
    a_press_account,
    a_record,
    a_remembrance,
    a_testimony,
    public,
    some_content,
)

VOCABULARY = ("apricot", "apricots", "quince", "pear", "almond")
QUERIES = ("apricot", "quince pear", "almon", "apricot apricot", "synthetic")
SORTS = ("open", "open", "unpublished", "embargoed", "ended", "research", "sealed")


def _made(house, sort: str, body: str) -> Made:
    content = replace(some_content("testimony"), texts=[TextContent("testimony", body, part="text")])
    day = timedelta(days=1)
    grants = {
        "embargoed": rules.chosen(["public"], ["view"], opens=house.now() + day),
        "ended": rules.chosen(["public"], ["view"], closes=house.now() - day),
        "research": rules.chosen(["research"], ["view"]),
    }.get(sort, ALL_MAY_VIEW)
    made = a_testimony(
        house,
        content=content,
        published=sort != "unpublished",
        contributor={rules.EVERY_PART: grants},
    )
    if sort == "sealed":
        with house.writing(house.keeper()) as session:
            contribution = session.get_one(Contribution, made.contribution_id)
            actor = Actor.family(made.ref, made.contribution_id)
            withdrawal.seal(session, actor, contribution, now=house.now())
    return made


def _prose(chance: random.Random) -> str:
    return " ".join(chance.choices(VOCABULARY, k=chance.randint(1, 12)))


def _answers(house) -> list[tuple]:
    """All that a visitor is told of each query, page by page."""
    told = []
    with house.session(public(house)) as session:
        for query in QUERIES:
            for offset in (0, 3):
                found = search(session, query, offset=offset)
                lines = [(entry.public_id, entry.title, entry.snippet) for entry in found.entries]
                told.append((query, lines, found.total, found.facets, found.next_offset, found.partly))
    return told


def _forget(house, hidden: list[Made]) -> None:
    """As if these had never been written."""
    with house.writing(house.keeper()) as session:
        ids = [made.record_id for made in hidden]
        search_index._forget(session, "record_id", ids)
        left = delete(SearchEntry).where(SearchEntry.record_id.in_(ids))
        session.execute(left, execution_options={"projection": True})


@pytest.mark.parametrize("most", [1_000, 6])
@pytest.mark.parametrize("seed", range(3))
def test_what_is_hidden_changes_no_place_no_count_and_no_snippet(house, monkeypatch, seed, most):
    monkeypatch.setattr(service, "MOST", most)
    monkeypatch.setattr(service, "PER_PAGE", 3)
    chance = random.Random(seed)
    sorts = [*SORTS, *chance.choices(SORTS, k=8)]
    chance.shuffle(sorts)
    made = [(sort, _made(house, sort, _prose(chance))) for sort in sorts]
    # Words that are rare among the open and common among the hidden weigh otherwise in bm25.
    made += [(sort, _made(house, sort, "apricot almond")) for sort in ("embargoed", "ended")]
    beside_hidden = _answers(house)
    shown = {line[0] for answer in beside_hidden for line in answer[1]}
    hidden = [each for sort, each in made if sort != "open"]
    assert shown <= {each.public_id for sort, each in made if sort == "open"}
    assert shown
    _forget(house, hidden)
    assert _answers(house) == beside_hidden


@pytest.mark.parametrize("sort", ["embargoed", "ended", "sealed", "research", "unpublished"])
def test_a_word_that_is_common_among_the_hidden_weighs_no_less_among_the_shown(house, sort):
    """With `bm25` the first of these two changes places with the second."""
    mostly_quince = _made(house, "open", "quince quince quince pear almond")
    mostly_pear = _made(house, "open", "pear pear pear quince almond")
    for _ in range(3):
        _made(house, "open", "pear almond")
    before = _order(house, "quince pear")
    for _ in range(8):
        _made(house, sort, "quince almond")
    assert _order(house, "quince pear") == before
    assert set(before) == {mostly_quince.public_id, mostly_pear.public_id}


def _order(house, query: str) -> list[str]:
    with house.session(public(house)) as session:
        return [entry.public_id for entry in search(session, query).entries]


def _press(house, body: str) -> Made:
    texts = [TextContent("title", "A synthetic account"), TextContent("quotation", body)]
    return a_press_account(house, content=replace(some_content("press"), texts=texts))


def test_a_name_comes_before_a_text_that_says_it_often_and_that_before_one_that_says_it_once(house):
    once = _press(house, "quince " + "word " * 40)
    often = _press(house, "quince word " * 20)
    content = replace(some_content("remembrance"), names=[NameContent("Quince Sintetik")])
    named = a_remembrance(house, content=content)
    assert _order(house, "quince") == [named.public_id, often.public_id, once.public_id]


def test_among_equals_what_was_there_first_comes_first(house):
    made = [_press(house, "quince and nothing else") for _ in range(4)]
    assert _order(house, "quince") == [each.public_id for each in made]


def test_a_longer_word_is_not_counted_as_the_word(house):
    begun = _press(house, "pear pearls pearls pearls pearls")
    whole = _press(house, "pear and pear and nothing")
    assert _order(house, "pear") == [whole.public_id, begun.public_id]


def test_where_words_are_read_as_beginnings_all_that_begin_so_are_counted(house):
    once = _press(house, "almonds but much else besides")
    often = _press(house, "almonds almondlike almonding but besides")
    assert _order(house, "almo") == [often.public_id, once.public_id]


def test_a_word_typed_twice_is_one_word(house):
    made = [_press(house, "quince and pear"), _press(house, "pear and pear and quince")]
    assert _order(house, "pear pear quince") == _order(house, "pear quince") != []
    assert len(made) == 2


def test_what_is_too_long_to_be_counted_follows_by_length(house, monkeypatch):
    monkeypatch.setattr(service, "COUNTED", 2)
    service._statement.cache_clear()
    longest = _press(house, "quince word " * 30)
    longer = _press(house, "quince " + "word " * 40)
    short = [_press(house, "quince and word"), _press(house, "quince word quince")]
    found = _order(house, "quince")
    service._statement.cache_clear()
    assert found == [each.public_id for each in (short[1], short[0], longer, longest)]


def test_an_archive_with_more_hits_than_are_looked_at_says_so_even_where_things_have_many_parts(
    house, monkeypatch
):
    monkeypatch.setattr(service, "MOST", 3)
    for _ in range(2):
        a_testimony(house)  # two entries of each say "synthetic"
    with house.session(public(house)) as session:
        assert search(session, "synthetic").total is None


@pytest.mark.parametrize("reader", ["public", "research", "family", "desk"])
def test_the_gate_s_condition_stands_inside_the_cut_and_nothing_is_read_past_the_gate(house, reader):
    made = a_record(house, contributor={rules.EVERY_PART: ALL_MAY_VIEW}, archive={})
    moment = house.moment()
    readers = {
        "public": (Reader.public(moment), "public_from <="),
        "research": (Reader.research(moment), "EXISTS"),
        "family": (Reader.family(made.contribution_id, moment), "contribution_id ="),
        "desk": (Reader.desk(moment), "sealed"),
    }
    chosen, condition = readers[reader]
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    event.listen(house.engine, "before_cursor_execute", note)
    with house.session(chosen) as session:
        search(session, "synthetic")
    event.remove(house.engine, "before_cursor_execute", note)
    asked = next(each for each in seen if "MATERIALIZED" in each)
    assert condition in asked.split("LIMIT")[0]


def _many_that_do_not_match(house) -> None:
    """Rows enough that reading them all costs more than the index, and known to the planner."""
    with house.engine.connect() as connection:
        columns = [
            row.name for row in connection.execute(text("SELECT * FROM search_entries")).cursor.description
        ]
        kept = [name for name in columns if name not in ("id", "thing", "body", "fts_words")]
        connection.execute(
            text(
                f"INSERT INTO search_entries (id, thing, body, {', '.join(kept)}) "
                f"SELECT 100000 + number, 'synthetic:' || number, 'almond ' || number, {', '.join(kept)} "
                "FROM generate_series(1, 20000) AS number, (SELECT * FROM search_entries LIMIT 1) AS one"
            )
        )
        connection.execute(text("ANALYZE search_entries"))
        connection.commit()


def test_both_engines_begin_with_the_full_text_index(house):
    for number in range(30):
        _press(house, f"quince number {number}")
    if house.engine.dialect.name == "postgresql":
        _many_that_do_not_match(house)
    plans: list[str] = []

    def note(_connection, cursor, statement, parameters, *_rest) -> None:
        if (
            "search_entries" in statement
            and "MATERIALIZED" in statement
            and not statement.startswith("EXPLAIN")
        ):
            sqlite = house.engine.dialect.name == "sqlite"
            cursor.execute(("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ") + statement, parameters)
            plans.append("\n".join(str(row[-1]) for row in cursor.fetchall()))

    event.listen(house.engine, "before_cursor_execute", note)
    found = _order(house, "quince")
    event.remove(house.engine, "before_cursor_execute", note)
    assert len(found) == 20
    # Everything here is public: to PostgreSQL its two indexes are alike.
    assert "fts_public" in plans[0] or "Bitmap Index Scan on fts_desk" in plans[0], plans[0]
    if house.engine.dialect.name == "sqlite":
        lines = [line for line in plans[0].splitlines() if line.startswith(("SCAN", "SEARCH"))]
        assert "fts_public" in lines[0], lines


def test_entries_of_an_old_backup_learn_how_many_words_they_have(house):
    made = _press(house, "quince and pear")
    with house.writing(house.keeper()) as session:
        before = session.query(SearchEntry.tokens).filter_by(record_id=made.record_id).scalar()
        session.connection().exec_driver_sql("UPDATE search_entries SET tokens = 0")
        search_index.rebuild(session)
    with house.session(house.keeper()) as session:
        entry = session.query(SearchEntry).filter_by(record_id=made.record_id).one()
        assert entry.tokens == before == len(entry.body.split()) > 3
    assert _order(house, "quince") == [made.public_id]
