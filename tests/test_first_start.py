"""The first start shows a real memorial, prints the key once, and says what is not yet in order."""

from datetime import timedelta

from sqlalchemy import func, select

from memorial import first_start
from memorial.keys import printable
from memorial.models import AuditEntry, Item, Record
from memorial.services import site
from tests.builders import public


def _start(house):
    told: list[str] = []
    house.settings.starter = True
    first_start.prepare(house, told.append)
    return "\n".join(told)


def _counts(house, reader):
    with house.session(reader) as session:
        counted = select(Record.kind, func.count()).group_by(Record.kind)
        return {row[0]: row[1] for row in session.execute(counted)}


def test_the_first_start_publishes_the_starter_collection_and_signs_it_in_the_log(house):
    _start(house)
    seen = _counts(house, public(house))
    assert (seen["press"], seen["document"], seen["event"]) == (31, 57, 55)
    assert seen["place"] == 52 + 9
    assert "testimony" not in seen
    with house.session(house.keeper()) as session:
        assert set(session.scalars(select(Item.state))) == {"done"}
        signed = session.execute(
            select(AuditEntry.actor, AuditEntry.second).where(AuditEntry.verb == "publish").distinct()
        ).all()
        assert len(signed) == 1
        assert signed[0].actor
        assert signed[0].second
        assert signed[0].actor != signed[0].second


def test_the_key_is_printed_at_the_first_start_and_not_at_the_second(house):
    assert printable(house.keys) in _start(house)
    before = _counts(house, house.keeper())
    assert "AGE-SECRET-KEY" not in _start(house)
    assert _counts(house, house.keeper()) == before


def test_the_archive_is_called_by_its_name_in_four_languages(house, client):
    _start(house)
    with house.session(house.keeper()) as session:
        chosen = site.chosen(session)
    assert set(chosen["name"]) == {"az", "en", "ru", "tr"}
    for code, name in chosen["name"].items():
        assert name in client.get(f"/{code}/").get_data(as_text=True)


def test_an_archive_that_wants_no_starter_collection_is_empty(house):
    first_start.prepare(house, lambda words: None)
    assert _counts(house, house.keeper()) == {}


def test_a_clock_that_jumped_is_said_at_the_start(house, clock):
    house.settings.second_place = ""
    clock.jump(timedelta(days=-400))
    house.clock.beat()
    told = _start(house)
    assert "memorial confirm-time" in told
    assert "MEMORIAL_SECOND_PLACE" in told
