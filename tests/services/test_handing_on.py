"""A new code in place of the old one: the family is never locked out of what is theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from memorial.domain.errors import Invalid, NotOpen
from memorial.gate import Actor
from memorial.models import AuditEntry, Contribution, FormerCode, Item
from memorial.services import audit, codes, contribute, family, handing_on
from memorial.services.codes import Attempts, CodeReplaced
from tests.services.test_contribute import TOLD, begun, sent

SECOND = timedelta(seconds=1)


def opened(house, code):
    """The contribution's id, or the number of the replaced code."""
    with house.session(house.keeper()) as session:
        try:
            return codes.opened(session, house.keys, Attempts(), code).id, None
        except CodeReplaced as replaced:
            return None, replaced.former_id


def hand_on(house, contribution_id, why=handing_on.HANDED_ON):
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        by = Actor.family(contribution.public_id, contribution_id)
        issued = codes.issue(house.keys)
        return handing_on.replace(
            session, house.keys, contribution, issued, why, by=by, now=house.now()
        ).code.printed


def take_back(house, code):
    _, former = opened(house, code)
    with house.writing(house.keeper()) as session:
        return handing_on.take_back(session, house.keys, former, now=house.now()).id


def doors(house, contribution_id):
    with house.session(house.keeper()) as session:
        return contribute.read(house.keys, session.get_one(Contribution, contribution_id)).doors


def test_the_new_code_opens_and_the_old_one_does_not(house):
    contribution_id, old = begun(house, TOLD)
    new = hand_on(house, contribution_id)
    assert opened(house, new) == (contribution_id, None)
    assert opened(house, old)[0] is None
    assert doors(house, contribution_id) == 1
    with house.session(house.keeper()) as session, pytest.raises(Invalid) as refused:
        codes.opened(session, house.keys, Attempts(), old)
    assert refused.value.key == "return_code_unknown"


def test_a_wrong_secret_with_the_old_locator_is_no_replaced_code(house):
    contribution_id, old = begun(house, TOLD)
    hand_on(house, contribution_id)
    from memorial.domain.ids import ReturnCode

    wrong = ReturnCode(old.replace(" ", "")[:8], "00000000000").printed
    with house.session(house.keeper()) as session, pytest.raises(Invalid) as refused:
        codes.opened(session, house.keys, Attempts(), wrong)
    assert not isinstance(refused.value, CodeReplaced)


def test_the_old_code_takes_it_back_within_fourteen_days_and_the_new_one_ends(house, clock):
    contribution_id, old = begun(house, TOLD)
    new = hand_on(house, contribution_id)
    clock.forward(handing_on.TAKES_BACK_FOR - SECOND)
    assert take_back(house, old) == contribution_id
    assert opened(house, old) == (contribution_id, None)
    assert opened_or_unknown(house, new) == "unknown"
    assert doors(house, contribution_id) == 2


def opened_or_unknown(house, code):
    with house.session(house.keeper()) as session:
        try:
            codes.opened(session, house.keys, Attempts(), code)
        except CodeReplaced:
            return "replaced"
        except Invalid:
            return "unknown"
        return "opens"


def test_after_fourteen_days_the_old_code_is_worth_nothing(house, clock):
    contribution_id, old = begun(house, TOLD)
    new = hand_on(house, contribution_id)
    clock.forward(handing_on.TAKES_BACK_FOR)
    with pytest.raises(NotOpen):
        take_back(house, old)
    with house.writing(house.keeper()) as session:
        assert handing_on.forget(session, house.now()) == 1
    assert opened_or_unknown(house, old) == "unknown"
    assert opened(house, new) == (contribution_id, None)


def test_a_removal_that_a_thief_asked_for_is_called_off_however_late_the_family_comes(house, clock):
    contribution_id, old = begun(house, TOLD)
    sent(house, contribution_id)
    hand_on(house, contribution_id)
    clock.forward(timedelta(days=13))
    with house.writing(house.keeper()) as session:
        family.ask_removal(session, session.get_one(Contribution, contribution_id), now=house.now())
    clock.forward(timedelta(days=20))
    with house.writing(house.keeper()) as session:
        assert handing_on.forget(session, house.now()) == 0
    take_back(house, old)
    with house.session(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        assert contribution.erase_asked_at is None
        assert contribution.hidden_at is not None
        states = session.scalars(select(Item.state).where(Item.kind == "erasure")).all()
        assert states == ["taken_back"]


def test_a_removal_that_the_family_asked_for_itself_before_stays(house):
    contribution_id, old = begun(house, TOLD)
    sent(house, contribution_id)
    with house.writing(house.keeper()) as session:
        family.ask_removal(
            session, session.get_one(Contribution, contribution_id), now=house.now() - timedelta(days=1)
        )
    hand_on(house, contribution_id)
    take_back(house, old)
    with house.session(house.keeper()) as session:
        assert session.get_one(Contribution, contribution_id).erase_asked_at is not None


def test_a_thief_who_hands_on_again_and_again_shuts_nobody_out(house, clock):
    contribution_id, first = begun(house, TOLD)
    later = [hand_on(house, contribution_id) for _ in range(4) if not clock.forward(timedelta(days=1))]
    assert take_back(house, first) == contribution_id
    assert [opened_or_unknown(house, code) for code in later] == ["unknown"] * 4
    with house.session(house.keeper()) as session:
        assert session.scalar(select(func.count()).select_from(FormerCode)) == 0


def test_taking_back_leaves_older_codes_their_own_days(house, clock):
    contribution_id, first = begun(house, TOLD)
    second = hand_on(house, contribution_id)
    clock.forward(timedelta(days=5))
    hand_on(house, contribution_id)
    take_back(house, second)
    assert opened_or_unknown(house, first) == "replaced"
    take_back(house, first)
    assert opened_or_unknown(house, second) == "unknown"
    assert opened_or_unknown(house, first) == "opens"


def test_a_fresh_code_never_gets_the_place_of_one_that_was_replaced(house, monkeypatch):
    contribution_id, old = begun(house, TOLD)
    hand_on(house, contribution_id)
    from memorial.domain.ids import ReturnCode

    same = codes.Issued(ReturnCode(old.replace(" ", "")[:8], "12345678901"), "")
    with house.session(house.keeper()) as session:
        assert codes.free(session, house.keys, same).code.locator != same.code.locator


def test_who_changed_the_code_and_when_stands_in_the_audit_without_a_digit_of_it(house):
    contribution_id, old = begun(house, TOLD)
    new = hand_on(house, contribution_id)
    take_back(house, old)
    with house.session(house.keeper()) as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [row.verb for row in rows] == ["code_handed_on", "code_taken_back"]
        for code in (old, new):
            assert code.replace(" ", "")[:8] not in repr([vars(row) for row in rows])
        assert not [*audit.broken_at(session)]


def test_what_was_erased_gets_no_new_code(house):
    contribution_id, _ = begun(house, TOLD)
    with house.writing(house.keeper()) as session:
        session.get_one(Contribution, contribution_id).erased_at = house.now()
    with pytest.raises(NotOpen):
        hand_on(house, contribution_id)
