"""Public ids and return codes survive being copied by hand."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorial.domain.ids import (
    ALPHABET,
    ID_LENGTH,
    BadCode,
    ReturnCode,
    is_public_id,
    new_public_id,
    new_return_code,
    parse_return_code,
)

digits = st.text(alphabet="0123456789", min_size=19, max_size=19)
codes = digits.map(lambda text: ReturnCode(text[:8], text[8:]))
places = st.integers(0, 19)
public_ids = st.builds(new_public_id)


def _plain(code: ReturnCode) -> str:
    return code.printed.replace(" ", "")


def _reason(text: str) -> str:
    with pytest.raises(BadCode) as caught:
        parse_return_code(text)
    return caught.value.reason


def test_a_new_public_id_is_one() -> None:
    drawn = {new_public_id() for _ in range(500)}
    assert len(drawn) == 500
    assert all(is_public_id(each) and len(each) == ID_LENGTH for each in drawn)


def test_the_check_character_is_that_of_noid() -> None:
    # The worked example of the NOID manual: 13030/xf93gt2 has the check character q.
    values = [ALPHABET.find(c) if c in ALPHABET else 0 for c in "13030/xf93gt2"]
    assert ALPHABET[sum(n * v for n, v in enumerate(values, 1)) % 29] == "q"
    assert is_public_id("0000000000000")
    assert is_public_id("1000000000001")
    assert is_public_id("0200000000004")


@given(public_ids, st.integers(0, ID_LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_in_a_public_id_is_found(right: str, place: int, other: str) -> None:
    wrong = right[:place] + other + right[place + 1 :]
    assert is_public_id(wrong) == (wrong == right)


@given(public_ids, st.integers(0, ID_LENGTH - 1), st.integers(0, ID_LENGTH - 1))
def test_two_characters_of_a_public_id_that_changed_places_are_found(right: str, a: int, b: int) -> None:
    characters = list(right)
    characters[a], characters[b] = characters[b], characters[a]
    wrong = "".join(characters)
    assert is_public_id(wrong) == (wrong == right)


@given(st.text(max_size=20))
def test_any_text_may_be_asked_about(text: str) -> None:
    assert is_public_id(text) in (True, False)


def test_capitals_line_ends_and_other_digits_are_not_a_public_id() -> None:
    right = "1000000000001"
    assert not is_public_id(right + "\n")
    assert not is_public_id(right.replace("0", "٠"))
    assert not is_public_id("b" * 12 + "B")
    assert not is_public_id("")


@given(codes)
def test_a_printed_code_reads_back_the_same(code: ReturnCode) -> None:
    assert parse_return_code(code.printed) == code


def test_a_code_is_printed_as_five_groups_of_four() -> None:
    printed = new_return_code().printed
    assert [len(group) for group in printed.split(" ")] == [4, 4, 4, 4, 4]


def test_new_codes_differ() -> None:
    assert len({new_return_code() for _ in range(500)}) == 500


def test_the_check_digit_is_that_of_damm() -> None:
    # The known example 572 -> 4, behind leading zeros, which do not change a Damm digit.
    assert ReturnCode("00000000", "00000000572").check == "4"


@given(codes, places, st.sampled_from("0123456789"))
def test_one_wrong_digit_is_found(code: ReturnCode, place: int, other: str) -> None:
    right = _plain(code)
    wrong = right[:place] + other + right[place + 1 :]
    if wrong != right:
        assert _reason(wrong) == "check"


@given(codes, st.integers(0, 18))
def test_two_neighbours_that_changed_places_are_found(code: ReturnCode, place: int) -> None:
    right = _plain(code)
    wrong = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    if wrong != right:
        assert _reason(wrong) == "check"


@given(codes, st.integers(0, 19))
def test_a_missing_digit_is_said_with_the_number_read(code: ReturnCode, length: int) -> None:
    with pytest.raises(BadCode) as caught:
        parse_return_code(_plain(code)[:length])
    assert (caught.value.reason, caught.value.digits) == ("too_short", length)


@given(codes, st.text(alphabet="0123456789", min_size=1, max_size=5))
def test_digits_too_many_are_said(code: ReturnCode, more: str) -> None:
    assert _reason(_plain(code) + more) == "too_long"


SEPARATORS = " -–—.,·/_:;|\u00a0\u202f\u2009\t\n\u200e\u200f\u2060'"


@given(codes, st.lists(st.sampled_from(SEPARATORS), min_size=20, max_size=20))
def test_any_space_dash_or_dot_may_stand_between(code: ReturnCode, between: list[str]) -> None:
    typed = "".join(a + b for a, b in zip(_plain(code), between, strict=True))
    assert parse_return_code(typed) == code


@pytest.mark.parametrize("zero", ["٠", "۰", "０", "०"])
@given(code=codes)
def test_digits_of_other_scripts_are_read(zero: str, code: ReturnCode) -> None:
    typed = "".join(chr(ord(zero) + int(digit)) for digit in _plain(code))
    assert unicodedata.decimal(typed[0]) == int(_plain(code)[0])
    assert parse_return_code(typed) == code


@given(codes, st.sampled_from("OoОо"), st.sampled_from("lI"))
def test_letters_that_look_like_a_digit_are_read_as_it(code: ReturnCode, nought: str, one: str) -> None:
    assert parse_return_code(code.printed.replace("0", nought).replace("1", one)) == code


@pytest.mark.parametrize("typed", ["my return slip", "1234 5678 9012 3456 789B", "Ş"])
def test_a_letter_that_is_no_digit_is_said(typed: str) -> None:
    assert _reason(typed) == "character"


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_code_or_a_bad_code(text: str) -> None:
    try:
        code = parse_return_code(text)
    except BadCode:
        return
    assert parse_return_code(code.printed) == code


def test_a_code_that_lands_in_a_log_hides_its_secret() -> None:
    assert "98765432109" not in repr(ReturnCode("12345678", "98765432109"))
