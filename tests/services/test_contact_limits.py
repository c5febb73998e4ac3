"""Opening many contacts: a day's share, and one item for those who answer for it. Everybody here is synthetic."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from memorial.domain.errors import TooMany
from memorial.gate import may
from memorial.models import CustodyEvent, Item
from memorial.services import contact_limits, desk_acts
from tests.services.colleagues import an_actor
from tests.web.desk.people import an_item, leave_contact


def alerts(house) -> list[Item]:
    with house.session(house.keeper()) as session:
        return list(session.scalars(select(Item).where(Item.kind == "alert")))


@pytest.fixture
def work(house):
    made = an_item(house)
    leave_contact(house, made, "canary street 1")
    return made


def read(house, actor, work, an_hour=2) -> None:
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        desk_acts.contacts(session, actor, item, keys=house.keys, now=house.now(), an_hour=an_hour)


def test_more_than_so_many_in_an_hour_are_told_once_a_day_and_without_a_contact(house, clock, work):
    actor = an_actor(house, "one", "moderator", "consent_officer")
    for _ in range(2):
        read(house, actor, work)
    clock.forward(timedelta(hours=1))
    read(house, actor, work)
    assert alerts(house) == []
    for _ in range(3):
        read(house, actor, work)
    (alert,) = alerts(house)
    assert alert.facts == {"account": actor.account_id, "why": "hour", "number": 3}
    clock.forward(timedelta(hours=24))
    for _ in range(3):
        read(house, actor, work)
    assert len(alerts(house)) == 2


def test_a_days_share_is_told_too_and_the_next_is_refused(house, clock, work, monkeypatch):
    monkeypatch.setattr(contact_limits, "CONTACTS_A_DAY", 3)
    actor = an_actor(house, "one", "moderator")
    for _ in range(3):
        read(house, actor, work, an_hour=100)
    with pytest.raises(TooMany):
        read(house, actor, work, an_hour=100)
    assert [each.facts["why"] for each in alerts(house)] == ["day"]
    with house.session(house.keeper()) as session:
        assert session.query(CustodyEvent).filter(CustodyEvent.verb == "contact_shown").count() == 3
    clock.forward(timedelta(days=1))
    read(house, actor, work)


def test_it_is_closed_by_those_who_answer_for_it_and_never_by_the_one_it_is_about(house, work):
    one = an_actor(house, "one", "moderator", "consent_officer")
    for _ in range(3):
        read(house, one, work)
    (alert,) = alerts(house)
    asked = {
        name: an_actor(house, name, name) for name in ("moderator", "editor", "consent_officer", "admin")
    }
    with house.session(house.keeper()) as session:
        reasons = {
            name: may(session, actor, "take", alert, now=house.now()).reason for name, actor in asked.items()
        }
        assert may(session, one, "read", alert, now=house.now()).reason == "recused"
        assert contact_limits.alert_of(session, alert).who == "one@synthetic.example"
    assert reasons == {"moderator": "officers", "editor": "officers", "consent_officer": "", "admin": ""}
