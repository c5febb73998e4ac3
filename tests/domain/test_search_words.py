"""Quotation marks, a minus and a star mean what people expect; everything else is words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorial.domain.search_words import (
    MOST_WORDS,
    Asked,
    Term,
    in_postgresql,
    in_sqlite,
    one_letter_off,
    parse,
)


@pytest.mark.parametrize(
    ("query", "wanted", "unwanted"),
    [
        ("apricot quince", [Term(("apricot",)), Term(("quince",))], []),
        ('"hospital train" baku', [Term(("hospital", "train")), Term(("baku",))], []),
        ("«Ходжалы мир» −агдам", [Term(("xocali", "mir"))], [Term(("agdam",))]),
        ("refug*", [Term(("refug",), begins=True)], []),
        ('apricot -"two words"', [Term(("apricot",))], [Term(("two", "words"))]),
        ("well-known", [Term(("well",)), Term(("known",))], []),
        ('"unclosed phrase', [Term(("unclosed",)), Term(("phrase",))], []),
        ("apricot apricot", [Term(("apricot",))], []),
        ("x* ***", [Term(("x",))], []),
        ("- -- apricot", [Term(("apricot",))], []),
    ],
)
def test_how_a_question_is_read(query: str, wanted: list[Term], unwanted: list[Term]) -> None:
    assert parse(query) == Asked(tuple(wanted), tuple(unwanted))


@given(st.text(max_size=400))
def test_whatever_is_typed_is_read_as_a_bounded_number_of_plain_words(query: str) -> None:
    asked = parse(query)
    words = [word for term in (*asked.wanted, *asked.unwanted) for word in term.words]
    assert len(words) <= MOST_WORDS
    assert all(word.isascii() and word.isalnum() for word in words)
    if asked.wanted:
        assert set(in_sqlite(asked)) <= set('abcdefghijklmnopqrstuvwxyz0123456789"* ANDORNT()')
        assert set(in_postgresql(asked)) <= set("abcdefghijklmnopqrstuvwxyz0123456789:*&|!<-> ()")


def test_of_many_words_the_first_are_read() -> None:
    asked = parse(" ".join(f"w{number}" for number in range(20)))
    assert asked.words == tuple(f"w{number}" for number in range(MOST_WORDS))
    assert [len(term.words) for term in parse('"' + "a " * 20 + '" b').wanted] == [MOST_WORDS]


def test_a_phrase_keeps_its_words_together_on_both_engines() -> None:
    asked = parse('"two words" -one')
    assert in_sqlite(asked) == '("two words") NOT "one"'
    assert in_postgresql(asked) == "(two <-> words) & !one"


def test_which_words_are_forgiven_a_letter() -> None:
    assert one_letter_off("a" * 20)
    assert one_letter_off("abcd")
    assert not one_letter_off("a" * 21)
    assert not one_letter_off("abc")


def test_as_beginnings_a_phrase_stays_a_phrase() -> None:
    asked = parse('"two words" apricot a').as_beginnings()
    assert asked.wanted == (Term(("two", "words")), Term(("apricot",), begins=True), Term(("a",)))


def test_a_word_and_what_may_stand_for_it() -> None:
    others = one_letter_off("almond")
    assert {"almon", "almondd", "alomnd", "elmond"} <= set(others)
    assert "almond" not in others
    assert one_letter_off("old") == []
    assert in_sqlite(parse("old almond"), {"almond": ["almand"]}) == '"old" AND ("almond" OR "almand")'
    assert in_postgresql(parse("old almond"), {"almond": ["almand"]}) == "old & (almond | almand)"
