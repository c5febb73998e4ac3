"""Staff alone can only narrow what a party allowed; evidence and a second person are needed for more."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorial.domain import consent as rules
from memorial.domain.consent import Policy, Window, is_narrower
from memorial.domain.errors import NotPermitted
from memorial.gate import Actor
from memorial.models import Record
from memorial.services import consent
from memorial.services.consent import Said
from tests.builders import ALL_MAY_VIEW, a_testimony, public

STAFF = Actor("account:1", frozenset({"moderator"}), account_id=1)
VIEW = {rules.EVERY_PART: ALL_MAY_VIEW}
MORE = {rules.EVERY_PART: rules.chosen(["public"], ["view", "reuse"])}


def _say(house, made, will, **values):
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        party = consent.party_of(session, "contributor", made.contribution_id)
        consent.append(session, record, Said(party, "will", will, **values), by=STAFF, at=house.now())


def _is_public(house, made):
    with house.session(public(house)) as session:
        return session.get(Record, made.record_id) is not None


def test_staff_can_take_a_family_s_yes_back(house):
    made = a_testimony(house)
    _say(house, made, {})
    assert not _is_public(house, made)


@pytest.mark.parametrize("will", [VIEW, MORE])
def test_staff_cannot_say_yes_for_a_family(house, will):
    made = a_testimony(house, contributor={})
    with pytest.raises(NotPermitted, match="only_narrow"):
        _say(house, made, will)
    assert not _is_public(house, made)


def test_staff_cannot_widen_what_a_family_allowed(house):
    made = a_testimony(house)
    with pytest.raises(NotPermitted, match="only_narrow"):
        _say(house, made, MORE)
    with pytest.raises(NotPermitted, match="only_narrow"):
        _say(house, made, MORE, evidence="a hash", second="")
    with pytest.raises(NotPermitted, match="only_narrow"):
        _say(house, made, MORE, evidence="", second="account:2")
    with pytest.raises(NotPermitted, match="only_narrow"):
        _say(house, made, MORE, evidence="a hash", second="account:1")


def test_evidence_and_a_second_person_let_staff_enter_a_yes(house):
    made = a_testimony(house, contributor={})
    _say(house, made, VIEW, evidence="a hash", second="account:2")
    assert _is_public(house, made)


def test_staff_alone_cannot_let_a_needed_party_go(house):
    made = a_testimony(house, contributor=None)
    with pytest.raises(NotPermitted, match="only_narrow"), house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        party = consent.party_of(session, "contributor", made.contribution_id)
        gone = Said(party, "release", parts=frozenset({rules.EVERY_PART}))
        consent.append(session, record, gone, by=STAFF, at=house.now())
    assert not _is_public(house, made)


moments = st.datetimes(timezones=st.just(rules.BEGIN.tzinfo))
windows = st.builds(Window, moments, moments)
policies = st.dictionaries(
    st.tuples(st.sampled_from(rules.AUDIENCES), st.sampled_from(rules.USES)), windows, max_size=3
).map(Policy)


@settings(max_examples=300)
@given(policies, policies, moments)
def test_a_narrower_policy_never_allows_what_the_wider_did_not(new, old, at):
    moment = rules.Moment.exactly(at)
    if is_narrower(new, old):
        for key in new.windows:
            assert not new.allows(*key, moment) or old.allows(*key, moment)
    assert is_narrower(new, new)
    assert is_narrower(Policy(), old)
