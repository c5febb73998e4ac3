"""Phrases are found however they are typed, where they stand, and in one walk however long the text is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorial.domain import phrases
from memorial.domain.names import fold
from memorial.domain.phrases import Phrases, letters_in, phrases_of, words_of

TEXTS = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("aıİIiəşğ ёЖх՚'-—.,@*#0189\n")), max_size=200
)


def found_in(text: str, *listed: str) -> list[str]:
    return [text[found.start : found.end] for found in phrases_of(listed).find(words_of(text))]


@pytest.mark.parametrize(
    ("phrase", "text", "there"),
    [
        ("işıq", "IŞIQ gəldi", ["IŞIQ"]),
        ("işıq", "isiq geldi", ["isiq"]),
        ("İşıq", "ışıq və İŞIQ", ["ışıq", "İŞIQ"]),
        ("diri diri", "diri-diri yandırdılar", ["diri-diri"]),
        ("öldür*", "Özümü öldürəcəyəm.", ["öldürəcəyəm"]),
        ("пытк*", "Под ПЫТКАМИ, говорят", ["ПЫТКАМИ"]),
        ("ёлка", "Елка и ёлка", ["Елка", "ёлка"]),
        ("dont go", "Don’t\n go!", ["Don’t\n go"]),
        ("çocuğu", "ÇOCUĞU gördüm", ["ÇOCUĞU"]),
        ("# yaş*", "qızım, 7 yaşında idi", ["7 yaşında"]),
        ("all * are", "all of are, all people here are", ["all of are"]),
        ("two words", "two, words; two other words", ["two, words"]),
        ("стол", "Столица", []),
    ],
)
def test_it_is_found_as_the_text_has_it_however_it_is_typed(phrase, text, there):
    assert found_in(text, phrase) == there


def test_the_longer_of_two_is_taken_and_none_within_another():
    assert found_in(
        "by their very nature, by their house", "by their", "by their very nature", "very nature"
    ) == [
        "by their very nature",
        "by their",
    ]


def test_what_is_not_meant_stands_in_the_way_of_nothing():
    finder, text = phrases_of(("son #", "# year* old")), words_of("my son 7 years old, my son 9")
    assert [found.phrase for found in finder.find(text)] == ["son #", "son #"]
    assert [
        found.phrase for found in finder.find(text, lambda found: found.number == 7 and found.first == 2)
    ] == ["# year* old"]


def test_a_sign_for_any_word_begins_and_ends_nothing():
    assert found_in("one two three", "* two *") == ["two"]
    assert [found_in("one two three", phrase) for phrase in ("", "*", "* *", "—", "!")] == [[]] * 5


def test_the_number_that_stood_there_comes_along():
    (found,) = phrases_of(("aged #",)).find(words_of("aged 12 or so"))
    assert found.number == 12
    (long,) = phrases_of(("aged #",)).find(words_of("aged " + "9" * 5_000))
    assert long.number is None


def test_letters_that_are_looked_for_are_counted_without_signs():
    assert [letters_in(phrase) for phrase in ("a*", "a", "* ab *", "ev #", "ş-ə", "")] == [1, 1, 2, 2, 2, 0]


@given(TEXTS)
def test_words_are_those_of_the_fold_and_their_places_are_the_text_s_own(text):
    words = words_of(text)
    assert " ".join(words.words) == fold(text)
    for word, start, end in zip(words.words, words.starts, words.ends, strict=True):
        assert 0 <= start < end <= len(text)
        assert word in fold(text[start:end]).split()
    assert words.starts == sorted(words.starts)


@given(TEXTS, st.lists(TEXTS, max_size=5))
def test_no_text_and_no_phrase_breaks_it_and_what_is_found_is_there(text, listed):
    finder = Phrases(listed)
    for found in finder.find(words_of(text)):
        assert found.phrase in listed
        again = [each.phrase for each in finder.find(words_of(text[found.start : found.end]))]
        assert found.phrase in again


def test_a_long_text_is_walked_over_once(monkeypatch):
    """Twice the text is at most twice the work, however often its words begin a phrase."""
    asked = 0

    def counted(phrase, words, place):
        nonlocal asked
        asked += 1
        return fits(phrase, words, place)

    fits = phrases._fits
    monkeypatch.setattr(phrases, "_fits", counted)
    finder = Phrases(["a b c d", "a b c*", "a * c e", "# a", "zz*"])
    counts = []
    for times in (2_000, 4_000):
        asked = 0
        assert list(finder.find(words_of("a b x 7 b " * times))) == []
        counts.append(asked)
    assert counts[1] <= 2 * counts[0] <= 2 * 2_000 * 5
