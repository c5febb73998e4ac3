"""Return codes: what is kept of them, and what a wrong one gets. Nothing here waits or measures time."""

from __future__ import annotations

import pytest

from memorial.domain.errors import Invalid, TooMany
from memorial.domain.ids import BadCode, ReturnCode
from memorial.models import Contribution
from memorial.services import codes
from memorial.services.codes import Attempts
from tests.services.test_contribute import TOLD, begun


def test_the_code_opens_its_contribution_however_it_is_typed(house):
    contribution_id, printed = begun(house, TOLD)
    with house.session(house.keeper()) as session:
        for typed in (printed, printed.replace(" ", ""), printed.replace(" ", " - "), f"  {printed}\n"):
            assert codes.opened(session, house.keys, Attempts(), typed).id == contribution_id


def test_a_code_is_kept_as_a_slow_hash_and_nowhere_in_the_clear(house):
    contribution_id, printed = begun(house, TOLD)
    digits = printed.replace(" ", "")
    with house.session(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        assert contribution.code_hash.startswith("$argon2id$")
        assert contribution.locator == digits[:8]
        assert digits[8:19] not in repr(vars(contribution))


def test_a_right_secret_with_another_contributions_locator_opens_nothing(house):
    _, mine = begun(house, TOLD)
    _, other = begun(house, TOLD)
    mixed = ReturnCode(other.replace(" ", "")[:8], mine.replace(" ", "")[8:19]).printed
    with house.session(house.keeper()) as session, pytest.raises(Invalid) as refused:
        codes.opened(session, house.keys, Attempts(), mixed)
    assert refused.value.key == "return_code_unknown"


def test_a_code_that_finds_nothing_is_hashed_all_the_same(house, monkeypatch):
    tried = []
    real = codes._hasher.verify

    class Counting:
        def verify(self, stored, given):
            tried.append(stored)
            return real(stored, given)

        hash = staticmethod(codes._hasher.hash)

    monkeypatch.setattr(codes, "_hasher", Counting())
    with house.session(house.keeper()) as session, pytest.raises(Invalid):
        codes.opened(session, house.keys, Attempts(), ReturnCode("12345678", "12345678901").printed)
    assert len(tried) == 1
    assert tried[0].startswith("$argon2id$")


def test_the_limit_comes_before_the_hash_for_codes_that_exist_and_that_do_not(house, monkeypatch):
    _, printed = begun(house, TOLD)
    locator = printed.replace(" ", "")[:8]
    for where in (locator, "12345678"):
        attempts = Attempts(tries="2/hour")
        wrong = ReturnCode(where, "00000000000").printed
        with house.session(house.keeper()) as session:
            for _ in range(2):
                with pytest.raises(Invalid):
                    codes.opened(session, house.keys, attempts, wrong)
            monkeypatch.setattr(codes, "_is_right", lambda *_: pytest.fail("it was hashed"))
            with pytest.raises(TooMany) as refused:
                codes.opened(session, house.keys, attempts, wrong)
            assert refused.value.details["wait"] == 3600
            monkeypatch.undo()


def test_the_right_code_makes_earlier_slips_of_the_pen_forgotten(house):
    contribution_id, printed = begun(house, TOLD)
    attempts = Attempts(tries="2/hour")
    wrong = ReturnCode(printed.replace(" ", "")[:8], "00000000000").printed
    with house.session(house.keeper()) as session:
        for _ in range(3):
            with pytest.raises(Invalid):
                codes.opened(session, house.keys, attempts, wrong)
            assert codes.opened(session, house.keys, attempts, printed).id == contribution_id


@pytest.mark.parametrize("typed", ["", "1234", "1" * 21, "abcd efgh", "1234 5678 9012 3456 7892\x00"])
def test_what_is_no_code_at_all_is_refused_before_anything_is_looked_up(house, typed):
    with house.session(house.keeper()) as session, pytest.raises(BadCode):
        codes.opened(session, house.keys, Attempts(), typed)


def test_a_code_whose_locator_is_taken_is_drawn_again(house):
    _, printed = begun(house, TOLD)
    taken = codes.Issued(ReturnCode(printed.replace(" ", "")[:8], "00000000000"), "hash")
    with house.session(house.keeper()) as session:
        assert codes.free(session, house.keys, taken).code.locator != taken.code.locator
