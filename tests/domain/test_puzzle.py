"""The small task of a flood: what solves it, and what does not."""

from __future__ import annotations

import hashlib
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorial.domain.puzzle import solves, zeros


@given(st.binary(min_size=32, max_size=32))
def test_zeros_are_counted_from_the_front(digest):
    written = "".join(f"{byte:08b}" for byte in digest)
    assert zeros(digest) == len(written) - len(written.lstrip("0"))


def test_a_number_solves_the_challenge_it_was_found_for_and_no_other():
    number = str(next(n for n in count() if solves("synthetic", str(n), 12)))
    digest = hashlib.sha256(f"synthetic:{number}".encode()).hexdigest()
    assert digest.startswith("000")
    assert not solves("another", number, 12)
    assert not solves("synthetic", number, 200)


@pytest.mark.parametrize("number", ["", "-1", "1.0", "١٢", "1" * 17, " 1", "1\n"])
def test_what_is_no_plain_number_solves_nothing(number):
    assert not solves("synthetic", number, 0)
