"""The wall's rules: alphabets, family words, places and ages. Every name here is made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorial.domain import wall
from memorial.domain.families import family_key, family_word, word_by_word
from memorial.domain.names import ALPHABETS, OTHER, first_letter, heading_of, headings, sort_key


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Sınaqov Əli Məmməd oğlu", "Sınaqov"),
        ("Əli Sınaqov", "Sınaqov"),
        ("Sinagov, Ali", "Sinagov"),
        ("Сынагов Али Мамедович", "Сынагов"),
        ("Сынагова Лейла Али кызы", "Сынагова"),
        ("Zeynəb Qurban qızı Sınaqova", "Sınaqova"),
        ("Nümunəzadə Rəşid", "Nümunəzadə"),
        ("Sınaqlı Elşən Vəli oğlu", "Sınaqlı"),
        ("Heydərəli Sınaqov", "Sınaqov"),
        ("Əli Məmməd oğlu", "Əli"),
        ("Օրինակ Փորձյան", "Փորձյան"),
        ("Mustafa Örnekoğlu", "Örnekoğlu"),
        ("Nobody Example (synthetic 7)", "Example"),
        ("Vəli", "Vəli"),
        ("oğlu", "oğlu"),
        ("", ""),
    ],
)
def test_the_family_s_word_of_a_name(name: str, family: str) -> None:
    assert family_word(name) == family


def test_the_same_family_stands_together_whichever_word_came_first() -> None:
    names = ["Vəli Sınaqov", "Əli Abadov", "Sınaqov Əli", "Zeynəb Abadova"]
    assert sorted(names, key=lambda name: family_key(name, "az")) == [
        "Əli Abadov", "Zeynəb Abadova", "Sınaqov Əli", "Vəli Sınaqov",
    ]  # fmt: skip


@pytest.mark.parametrize("language", sorted(ALPHABETS))
@pytest.mark.parametrize(
    "name", ["Əli", "Ёлкин", "Яблоков", "Սևակ", "Եւա", "366th", "…", "Wagner", "İlham", "ılıq"]
)
def test_a_key_stands_under_the_heading_of_its_name(language: str, name: str) -> None:
    key = sort_key(name, language)
    heading = first_letter(name, language)
    assert heading_of(key, language) == heading
    first, beyond = wall.opened(heading, language)
    assert first <= key < beyond
    inside = [letter for letter, _ in headings(language) if _holds(wall.opened(letter, language), key)]
    assert inside == [heading]


def _holds(span: tuple[str, str], key: str) -> bool:
    return span[0] <= key < span[1]


@given(st.text(max_size=30), st.sampled_from(sorted(ALPHABETS)))
def test_a_key_made_word_by_word_is_the_key_of_the_name(name: str, language: str) -> None:
    assert word_by_word(name, language) == sort_key(name, language)


def test_armenian_has_its_thirty_nine_letters_and_the_sign_for_yev_is_the_one_before_o() -> None:
    assert len(ALPHABETS["hy"]) == 39
    assert wall.alphabet("hy")[0] == "Ա"
    assert wall.alphabet("hy")[-3:] == ["Եւ", "Օ", "Ֆ"]
    assert sort_key("Սեք", "hy") < sort_key("Սքա", "hy") < sort_key("Սևակ", "hy") < sort_key("Սօ", "hy")
    assert first_letter("Եւա", "hy") == first_letter("Եվա", "hy") == "Ե"


def test_a_letter_of_another_alphabet_opens_nothing() -> None:
    assert wall.opened("Ж", "az") is None
    assert wall.opened(OTHER, "az") is not None


@pytest.mark.parametrize(
    ("of", "words", "found"),
    [
        ("lived", "Sınaqkənd, Uydurma bölgəsi", ("place", "sinaqkend", "Sınaqkənd")),
        ("residence", "  Образцово ", ("place", "obraztsovo", "Образцово")),
        ("lived", "Sınaqkənd şəhəri (of old)", ("place", "sinaqkend seheri", "Sınaqkənd şəhəri")),
        ("lived", "in the house beside the school", None),
        ("lived", "12 Synthetic Street", None),
        ("lived", "Synthetic Street, Sınaqkənd", ("place", "sinaqkend", "Sınaqkənd")),
        ("lived", "x" * 61, None),
        ("lived", ", ", None),
        ("age", "51", ("age", "middle", "")),
        ("age", "about 7 years", ("age", "child", "")),
        ("age", "about 16", None),
        ("age", "30 to 35", ("age", "young", "")),
        ("age", "16 or 18", None),
        ("age", "a child", ("age", "child", "")),
        ("age", "an old man", None),
        ("age", "999", None),
        ("fate", "killed", None),
    ],
)  # fmt: skip
def test_what_a_statement_lets_people_be_found_by(of: str, words: str, found: object) -> None:
    assert wall.narrows(of, words) == found
