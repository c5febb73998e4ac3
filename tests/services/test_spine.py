from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.domain.consent import Moment
from memorial.gate import Actor, Reader, shown
from memorial.models import Record, Text
from memorial.services import audit, consent, withdrawal
from memorial.models import Contribution
from tests.builders import a_press_account, a_remembrance, a_testimony, public, record_of


def test_a_published_testimony_is_seen_and_a_hidden_one_is_not(house):
    made = a_testimony(house)
    waiting = a_testimony(house, published=False)
    with house.session(public(house)) as session:
        view = shown(session, record_of(session, made))
        assert view.title == "Synthetic synthetic Narrator"
        assert view.text("testimony").body == "These are synthetic words of a testimony."
        assert session.get(Record, waiting.record_id) is None
        assert session.scalars(select(Text.record_id).distinct()).all() == [made.record_id]


def test_hiding_ends_what_the_public_sees_with_the_commit_and_chains_still_hold(house):
    made = a_testimony(house)
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        withdrawal.hide(session, Actor.family(made.ref, made.contribution_id), contribution, now=house.now())
    with house.session(public(house)) as session:
        assert session.get(Record, made.record_id) is None
        assert session.scalars(select(Text)).all() == []
    with house.session(house.keeper()) as session:
        assert list(consent.broken_at(session)) == []
        assert list(audit.broken_at(session)) == []


def test_erasing_leaves_no_word_and_the_chains_still_hold(house):
    made, other = a_remembrance(house), a_press_account(house)
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        withdrawal.erase(session, Actor.system(), contribution, now=house.now())
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Text.record_id).distinct()).all() == [other.record_id]
        assert list(consent.broken_at(session)) == []
        assert list(audit.broken_at(session)) == []
