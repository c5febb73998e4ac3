"""While very many begin at once: a person gets in, with scripts or without, and a machine is slowed. People are synthetic."""

from __future__ import annotations

import hashlib
import itertools
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from memorial.models import Contribution, Item
from tests.services.test_desk import queue
from tests.web.contribute.helpers import Family
from tests.web.desk.people import a_colleague

BITS = 8


@pytest.fixture
def flooded(house, app):
    """Limits so low that three beginnings are a flood."""
    house.settings.attack_drafts, house.settings.proof_bits = 2, BITS
    for _ in range(3):
        begin(Family(app))
    return app


def begin(family, **more):
    family.open("/contribute")
    return family.post("/contribute", task="testimony", **more)


def asked(family):
    return 'name="ticket"' in family.page


def ticket(family):
    return re.search(r'name="ticket" value="([^"]+)"', family.page)[1]


def solution(family):
    challenge = re.search(r'data-challenge="([^"]+)"', family.page)[1]
    bits = int(re.search(r'data-bits="(\d+)"', family.page)[1])
    for number in itertools.count():
        digest = hashlib.sha256(f"{challenge}:{number}".encode()).digest()
        if int.from_bytes(digest, "big") >> (256 - bits) == 0:
            return str(number)


def again(family, **more):
    return family.post("/contribute", task="testimony", ticket=ticket(family), **more)


def drafts(house):
    with house.session(house.keeper()) as session:
        return session.scalar(select(func.count()).select_from(Contribution))


def test_usually_nothing_is_asked(app):
    family = begin(Family(app))
    assert not asked(family)
    assert "/contribute/" in family.at


def test_in_a_flood_the_page_says_what_to_do_and_begins_nothing_yet(house, flooded):
    family = begin(Family(flooded))
    assert asked(family)
    assert (family.status, family.answer.headers["Retry-After"]) == (429, "120")
    assert "wait 2 minutes" in family.text
    assert family.title.strip() == "Form"
    assert drafts(house) == 3


def test_a_browser_that_solves_the_task_goes_on_at_once(house, flooded):
    family = begin(Family(flooded))
    again(family, number=solution(family))
    assert not asked(family)
    assert drafts(house) == 4


def test_somebody_without_scripts_waits_and_goes_on(house, flooded, clock):
    family = begin(Family(flooded))
    clock.forward(timedelta(seconds=90))
    again(family)
    assert asked(family)
    assert "wait 1 minute and" in family.text
    clock.forward(timedelta(seconds=30))
    again(family)
    assert not asked(family)
    assert drafts(house) == 4


def test_what_led_here_is_carried_through(house, flooded):
    family = begin(Family(flooded), passage="Synthetic passage", sign="candle")
    assert 'name="passage" value="Synthetic passage"' in family.page
    assert 'name="task" value="testimony"' in family.page


def test_one_ticket_begins_one_contribution(house, flooded):
    family = begin(Family(flooded))
    number, used = solution(family), ticket(family)
    again(family, number=number)
    other = begin(Family(flooded))
    other.post("/contribute", task="testimony", ticket=used, number=number)
    assert asked(other)
    assert ticket(other) != used
    assert drafts(house) == 4


@pytest.mark.parametrize("forged", ["", "x", "WyJhIiwwLDBd.x", "null"])
def test_a_ticket_of_one_s_own_making_is_worth_nothing(house, flooded, forged):
    family = begin(Family(flooded))
    family.post("/contribute", task="testimony", ticket=forged, number="1")
    assert asked(family)
    assert drafts(house) == 3


def test_a_ticket_does_not_last_for_ever(flooded, clock):
    family = begin(Family(flooded))
    number, old = solution(family), ticket(family)
    # The flood goes on meanwhile.
    clock.forward(timedelta(minutes=50))
    house_of(flooded).settings.attack_drafts = -1
    clock.forward(timedelta(minutes=20))
    family.post("/contribute", task="testimony", ticket=old, number=number)
    assert asked(family)


def house_of(app):
    return app.extensions["house"]


def test_it_ends_by_itself(flooded, clock):
    clock.forward(timedelta(minutes=61))
    assert not asked(begin(Family(flooded)))


def test_a_network_that_began_very_much_today_is_asked_and_others_are_not(house, app):
    house.settings.limit_drafts = "2/day"
    for _ in range(2):
        assert not asked(begin(Family(app)))
    assert asked(begin(Family(app)))
    elsewhere = Family(app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert not asked(begin(elsewhere))


def test_a_network_that_asks_again_and_again_waits_longer_each_time(flooded):
    waits = [int(begin(Family(flooded)).answer.headers["Retry-After"]) for _ in range(6)]
    assert waits == [120, 120, 120, 240, 360, 480]


def test_what_was_begun_in_a_flood_is_read_last_and_never_dropped(house, flooded):
    house.settings.proof_bits = 1
    colleague = a_colleague(house, "moderator")
    late = Family(flooded)
    begin(late)
    again(late, number=solution(late))
    with house.writing(house.keeper()) as session:
        items = session.scalars(select(Item).order_by(Item.id)).all()
        assert [item.flags for item in items] == [[], [], [], ["flood"]]
        for item in items:
            item.state = "submitted"
        items[0].waiting_since = house.now() + timedelta(hours=1)
        first, last = items[0].public_id, items[3].public_id
    rows = [row.public_id for row in queue(house, colleague).rows]
    assert rows[2:] == [first, last]


def test_two_hundred_forged_beginnings_and_one_honest_family(house, app, clock):
    """The forged ones come without scripts and without patience; the family comes in their midst."""
    house.settings.attack_drafts, house.settings.proof_bits = 20, BITS
    family, begun = Family(app), 0
    for number in range(200):
        forged = app.test_client()
        forged.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        page = forged.get("/en/contribute").get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        answer = forged.post("/en/contribute", data={"csrf_token": token, "task": "testimony"})
        begun += answer.status_code == 303
        if number == 150:
            begin(family)
            assert asked(family)
            again(family, number=solution(family))
            assert not asked(family)
    assert begun == 21
    assert drafts(house) == 22
    clock.forward(timedelta(minutes=61))
    assert not asked(begin(Family(app)))
