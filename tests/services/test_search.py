"""Search: any spelling, both engines alike, and hidden rows neither found, counted nor ranked."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from memorial.domain import consent as rules
from memorial.domain.content import NameContent, TextContent
from memorial.domain.names import fold
from memorial.gate import Actor, Reader
from memorial.models import Contribution
from memorial.services import search as service
from memorial.services import search_index, withdrawal
from memorial.services.search import search
from memorial.services.snippets import snippet
from tests.builders import a_press_account, a_remembrance, a_testimony, public, some_content


def _press(house, body: str, **values):
    texts = [
        TextContent("title", "A synthetic account", language="en"),
        TextContent("quotation", body, language="en"),
    ]
    return a_press_account(house, content=replace(some_content("press"), texts=texts), **values)


def _find(house, query: str, **values):
    with house.session(public(house)) as session:
        return search(session, query, **values)


def test_a_word_is_found_in_any_spelling(house):
    made = _press(house, "Something about Xocalı, made up.")
    for query in ["Xocalı", "xocali", "XOCALI", "Хоҹалы", "khocali"]:
        assert [entry.public_id for entry in _find(house, query).entries] == [made.public_id]


def test_every_word_must_occur(house):
    both = _press(house, "apricot and quince")
    _press(house, "apricot alone")
    assert [entry.public_id for entry in _find(house, "quince apricot").entries] == [both.public_id]


def test_a_part_of_a_name_is_enough_where_no_whole_word_is_found(house):
    content = replace(some_content("remembrance"), names=[NameContent("Zümrüdlükanar Sintetik")])
    made = a_remembrance(house, content=content)
    found = _find(house, "zumrudluk")
    assert [entry.public_id for entry in found.entries] == [made.public_id]
    assert found.partly
    assert found.entries[0].title == "Zümrüdlükanar Sintetik"


def test_what_is_hidden_is_neither_found_nor_counted(house):
    for _ in range(5):
        _press(house, "apricot apricot apricot", published=False)
    shown = _press(house, "one apricot among many other words that make it rank last")
    found = _find(house, "apricot")
    assert [entry.public_id for entry in found.entries] == [shown.public_id]
    assert (found.total, [(each.value, each.count) for each in found.facets["kind"]]) == (1, [("press", 1)])


def test_a_hidden_part_is_not_found_through_its_record(house):
    content = replace(
        some_content("testimony"),
        names=[
            NameContent("Quincename", part="name"),
            NameContent("Someone", part="pseudonym", kind="pseudonym"),
        ],
    )
    will = {rules.EVERY_PART: rules.chosen(["public"], ["view"]), "name": {}}
    a_testimony(house, content=content, contributor=will)
    assert not _find(house, "Quincename").entries
    assert len(_find(house, "someone").entries) == 1


def test_a_withdrawn_testimony_is_gone_from_search(house):
    made = a_testimony(house)
    assert _find(house, "testimony").entries
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        withdrawal.hide(session, Actor.family(made.ref, made.contribution_id), contribution, now=house.now())
    assert not _find(house, "testimony").entries


def test_one_thing_is_one_result_however_many_of_its_parts_match(house):
    a_testimony(house)
    assert _find(house, "synthetic").total == 1


def test_the_snippet_shows_the_words_around_the_hit(house):
    _press(house, "Before it came the apricot, and after it the rest.")
    entry = _find(house, "apricot").entries[0]
    assert "\u0002apricot\u0003" in entry.snippet


def test_results_come_in_pages_and_may_be_narrowed_to_a_kind(house):
    for number in range(23):
        _press(house, f"apricot number {number}")
    a_testimony(house, content=replace(some_content("testimony"), texts=[
        TextContent("testimony", "an apricot", part="text")]))  # fmt: skip
    first = _find(house, "apricot")
    assert (len(first.entries), first.total, first.next_offset) == (20, 24, 20)
    second = _find(house, "apricot", offset=20)
    assert (len(second.entries), second.next_offset) == (4, None)
    ids = [entry.public_id for entry in [*first.entries, *second.entries]]
    assert len(set(ids)) == 24
    assert _find(house, "apricot", narrowed={"kind": "testimony"}).total == 1


def test_more_than_are_counted_are_not_counted(house, monkeypatch):
    monkeypatch.setattr(service, "MOST", 3)
    for _ in range(4):
        _press(house, "apricot")
    found = _find(house, "apricot")
    assert found.total is None
    assert len(found.entries) == 3


def test_signs_in_a_query_are_only_signs(house):
    _press(house, "apricot")
    for query in [
        '"',
        "' OR 1=1 --",
        "zq AND",
        "NOT",
        "NEAR(zq zz)",
        "*",
        "zq*",
        "zq:zz",
        "body:zq",
        "(",
        "\x00",
        "%",
        "🌸",
        "-",
        "zq & !zz",
        "<->",
        "x" * 5000,
    ]:
        assert not _find(house, query).entries, query


def test_an_empty_result_says_what_was_tried(house):
    found = _find(house, "Əliağa Nobody")
    assert (found.total, list(found.tried)) == (0, ["eliaga nobody"])


def test_each_reader_finds_what_that_reader_may_see(house):
    researchers = {rules.EVERY_PART: rules.chosen(["research"], ["view"])}
    a_testimony(house, contributor=researchers)
    assert not _find(house, "synthetic").entries
    with house.session(Reader.research(house.moment())) as session:
        assert search(session, "synthetic").total == 1
    with house.session(Reader.desk(house.moment())) as session:
        assert search(session, "synthetic").total == 1


def test_a_family_finds_its_own_alone(house):
    mine, _other = a_testimony(house, published=False), a_testimony(house, published=False)
    with house.session(Reader.family(mine.contribution_id, house.moment())) as session:
        assert [entry.public_id for entry in search(session, "synthetic").entries] == [mine.public_id]


def test_the_index_may_be_made_anew_at_any_time(house):
    made = _press(house, "apricot")
    with house.writing(house.keeper()) as session:
        search_index.index_records(session, [made.record_id])
    assert _find(house, "apricot").total == 1


def test_a_search_costs_few_queries_however_many_there_are(house, count_queries):
    for _ in range(3):
        _press(house, "apricot")
    count_queries()
    _find(house, "apricot")
    few = count_queries()
    for _ in range(17):
        _press(house, "apricot")
    count_queries()
    _find(house, "apricot")
    assert count_queries() == few <= 7


def test_an_empty_search_leads_on(client):
    page = client.get("/en/search?q=nobody-at-all").get_data(as_text=True)
    assert "/en/contribute" in page
    assert "/en/help" in page


def test_a_search_page_marks_hits_and_escapes_the_rest(house, client):
    _press(house, "<b>bold</b> apricot <script>alert(1)</script>")
    page = client.get("/en/search?q=apricot").get_data(as_text=True)
    assert "<mark>apricot</mark>" in page
    assert "<script>alert" not in page


def test_a_made_up_page_of_results_is_refused(client):
    for after in ["7", "-20", "x", "99999", "1e1"]:
        assert client.get(f"/en/search?q=x&after={after}").status_code == 422


def test_a_snippet_of_a_long_text_is_short_and_whole_words():
    body = "word " * 500 + "Хоҹалы " + "word " * 500
    cut = snippet(body, ["xocali"])
    assert "\u0002Хоҹалы\u0003" in cut
    assert len(cut) < 300
    assert cut.startswith("… word")
    assert cut.endswith("word …")


FAR = " zz" * 100  # more than a snippet holds
PIECES = st.sampled_from(["ab", "ab'", "'ab", "’ab’", "bab", "abb", "b'ab", "ab.ab", "Ab", "xab", FAR, "\n"])


@given(st.lists(PIECES, max_size=12))
def test_a_snippet_is_of_the_first_whole_word_that_is_a_hit(pieces):
    """Also where the same letters stand within a longer word before, or behind an apostrophe."""
    body = " ".join(pieces)
    cut = snippet(body, ["ab"])
    before, sign, rest = cut.partition("\u0002")
    assert bool(sign) == bool(cut) == ("ab" in _words(body))
    if cut:
        assert fold(rest.partition("\u0003")[0]) == "ab"
        assert "ab" not in _words(before)
        plain = cut.replace("\u0002", "").replace("\u0003", "").strip("… ")
        assert "ab" not in _words(" ".join(body.split()).partition(plain)[0])


def _words(text: str) -> list[str]:
    return [fold(each) for each in re.findall(r"\w[\w'’]*", text)]
