"""The first start shows a real memorial, prints the key once, and says what is not yet in order."""

import re
from datetime import timedelta

from sqlalchemy import func, select

from memorial import first_start
from memorial.keys import printable
from memorial.models import AuditEntry, Item, Record, Source
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
    with house.session(public(house)) as session:
        told = session.scalars(select(Record.external_id).where(Record.kind == "testimony")).all()
    assert told == ["specimen-guide"]  # nobody's testimony is invented
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


def test_until_somebody_says_who_runs_the_archive_its_pages_and_its_start_say_so(house, client):
    told = _start(house)
    assert "memorial site FILE.json" in told
    for page in ("/en/", "/en/about", "/en/press"):
        assert "has not yet said here who they are" in client.get(page).get_data(as_text=True), page
    with house.writing(house.keeper()) as session:
        site.change(session, {"who": "Synthetic Keepers", "funding": "Nobody pays."})
    for page in ("/en/", "/en/about", "/en/press"):
        shown = client.get(page).get_data(as_text=True)
        assert "has not yet said" not in shown
        assert "Synthetic Keepers Nobody pays." in shown
    assert "memorial site FILE.json" not in _start(house)


def test_a_source_without_a_title_is_named_by_what_it_is_and_places_in_it_by_words(house, client):
    _start(house)
    assert "Campaign booklet without a title</a>" in client.get("/en/sources").get_data(as_text=True)
    with house.session(public(house)) as session:
        labels = set(session.scalars(select(Source.label)))
    assert "Memorial web page without a title" in labels
    assert not labels & {"Booklet", "Web page"}
    with house.session(public(house)) as session:
        [first, *_] = session.scalars(select(Record.public_id).where(Record.kind == "remembrance"))
    person = client.get(f"/en/people/{first}").get_data(as_text=True)
    assert re.search(r"\blines? \d+", person)
    assert not re.search(r"\bL\d+", person)


def test_the_first_page_says_once_according_to_whom_somebody_died(house, client):
    _start(house)
    page = client.get("/en/").get_data(as_text=True)
    line = page.partition('class="hero-line')[2].partition("</div>")[0]
    assert line.count("according to") <= 1
    assert "according to Campaign booklet" not in line
    assert "/en/sources/" in line


def test_a_statement_in_words_has_no_empty_column_beside_it(house, client):
    _start(house)
    with house.session(public(house)) as session:
        [first, *_] = session.scalars(select(Record.public_id).where(Record.kind == "remembrance"))
    page = client.get(f"/en/people/{first}").get_data(as_text=True)
    table = page.partition('<table class="rows in-words"')[2].partition("</table>")[0]
    assert re.findall(r'role="columnheader">([^<]+)<', table) == [
        "Statement",
        "Who says so",
        "When said",
        "Source",
    ]
    assert "–</div>" not in table
