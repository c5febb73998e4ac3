"""Places: what their pages say and what leads to them, the map without scripts. Everything here is made up."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from memorial import schema
from memorial.domain import consent as rules
from memorial.domain.cartography import SHAPES
from memorial.domain.content import Content, NameContent, StatementContent, TextContent
from memorial.formats.jsonl import Row
from memorial.gate import Actor
from memorial.models import Record
from memorial.services import consent, site
from memorial.services.collection import finish, import_objects
from memorial.services.consent import Said
from memorial.services.place_links import places_named
from tests.builders import a_remembrance, a_testimony, public

ONE = Actor.command("one")
# What is drawn and worded is the same on either engine.
on_one_engine = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SEED = "009_synthetic.txt"
SOURCE = {"id": "src-seed-009", "title": "A synthetic work", "kind": "book"}
OPEN = {rules.EVERY_PART: rules.everything()}


def seen(ref: str, lines: int) -> dict[str, Any]:
    return {"seed": SEED, "occurrences_on_lines": lines, "first_ref": f"{SEED}:{ref}"}


def a_place(name: str, *others: str, **values: Any) -> dict[str, Any]:
    variants = [{"spelling": spelling, "seeds": [seen("L7-L7", 3)]} for spelling in (name, *others)]
    return {"id": f"place-{name}", "label": name, "variants": variants, "kind": "town", **values}


def at(latitude: float, longitude: float) -> dict[str, Any]:
    return {"lat": latitude, "lon": longitude, "coordinates_source": "general knowledge, approximate"}


def load(house, **kinds: list[dict[str, Any]]) -> None:
    """A collection of these objects, published with two names."""
    with house.writing(house.keeper()) as session:
        for kind, values in {"sources": [SOURCE], **kinds}.items():
            rows = [Row(f"{kind}.jsonl", line, value) for line, value in enumerate(values, 1)]
            signed = {"publish": True, "second": "command:other", "note_hash": "signed"}
            report = import_objects(session, ONE, kind, rows, now=house.now(), **signed)
            assert not report.faults, [str(fault) for fault in report.faults]
        finish(session)


def path_of(house, name: str) -> str:
    with house.session(house.keeper()) as session:
        wanted = select(Record.public_id).where(Record.external_id == f"place-{name}")
        return f"/places/{session.scalars(wanted).one()}"


def read(client, path: str) -> str:
    answer = client.get(f"/en{path}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def section(page: str, name: str) -> str:
    """What stands under one heading of a place's page, "" where there is no such heading."""
    found = re.search(rf'<section[^>]*aria-labelledby="{name}-heading".*?</section>', page, re.S)
    return found[0] if found else ""


def hide(house, external_id: str) -> None:
    with house.writing(house.keeper()) as session:
        record = session.scalars(select(Record).where(Record.external_id == external_id)).one()
        consent.append(
            session, record, Said(consent.archive_party(session), "will", {}), by=ONE, at=house.now()
        )


def a_town(house) -> str:
    """Synthville with all that a place can have; Other Synthville is another place."""
    load(
        house,
        places=[a_place("Synthville", "Sıntvil", **at(39.91, 46.79)), a_place("Other Synthville")],
        timeline=[
            {"id": "e1", "title": "A later event", "place": "near Sintvil", "date": "1992-03-02"},
            {"id": "e2", "title": "An earlier event", "place": "Synthville", "date": "1992-02-02", "contested": True},
            {"id": "e3", "title": "Elsewhere", "place": "Other Synthville", "summary": "Far from Synthville."},
        ],
        press_accounts=[
            {"id": "p1", "kind": "mention_only", "publication": "Synthetic Paper", "headline": "It names it",
             "places_named": ["Sintvil", "Nowhere"], "summary": "Of Synthville."},
            {"id": "p2", "kind": "mention_only", "publication": "Synthetic Post", "headline": "It does not",
             "places_named": ["Other Synthville"], "summary": "Not of Synthville."},
        ],
        memorial_sites=[{"id": "m1", "kind": "monument", "name": "A synthetic monument", "place": "Synthville"}],
        figures=[
            {"id": "f1", "measure": "killed_by_place", "value": 7, "claimant": "a synthetic author", "note": "Place: Sintvil road."},
            {"id": "f2", "measure": "killed_by_place", "value": 9, "claimant": "a synthetic author", "note": "Place: elsewhere."},
        ],
    )  # fmt: skip
    return path_of(house, "Synthville")


@on_one_engine
def test_a_place_has_every_spelling_with_who_uses_it_and_where(house, client):
    names = section(read(client, a_town(house)), "names")
    assert re.findall(r'class="value".*?<span[^>]*>([^<]+)</span></div>', names) == ["Synthville", "Sıntvil"]
    assert names.count("A synthetic work (book)</a>") == 2
    assert "line 7 · on 3 lines" in names
    assert "Latin script" in names


@on_one_engine
def test_a_position_says_whose_it_is_and_how_finely_it_is_given(house, client):
    where = section(read(client, a_town(house)), "position")
    assert "39.91° north, 46.79° east" in where
    assert "To about 1 km, by its figures" in where
    assert "general knowledge, approximate" in where
    assert 'class="sheet-region"' in where
    assert re.findall(r"<text[^>]*>([^<]+)</text>", where) == ["Synthville", "Synthville"]


def test_what_names_a_place_stands_on_its_page_by_date_and_only_that(house, client):
    page = read(client, a_town(house))
    events = section(page, "event")
    assert re.findall(r">([^<]+)</a></h3>", events) == ["An earlier event", "A later event"]
    assert events.index("An earlier event") < events.index("Sources disagree") < events.index("A later event")
    assert "It names it" in section(page, "press")
    assert "It does not" not in page
    assert "A synthetic monument" in section(page, "site")
    assert section(page, "counted").count('<tr role="row" id="s-') == 1
    assert "Place: Sintvil road." in section(page, "counted")


def test_who_lived_there_and_which_voices_mention_it(house, client):
    a_town(house)
    life = Content(
        language="en",
        names=[NameContent("Synthetic Person", part="name")],
        statements=[StatementContent("lived", "Sıntvil, a street", stated_by="a synthetic relative")],
    )
    other = Content(language="en", names=[NameContent("Synthetic Stranger", part="name")],
                    texts=[TextContent("life", "They once saw Synthville.")])  # fmt: skip
    made = a_remembrance(house, content=life)
    a_remembrance(house, content=other)
    voice = Content(language="en", texts=[TextContent("testimony", "I walked from Synthville.", part="text")],
                    names=[NameContent("Synthetic Narrator", part="name")])  # fmt: skip
    a_testimony(house, content=voice)
    page = read(client, path_of(house, "Synthville"))
    assert "Sıntvil, a street" in section(page, "remembrance")
    assert "Stranger" not in page
    assert "Synthetic Narrator" in section(page, "testimony")
    assert f'href="/en{path_of(house, "Synthville")}">Sıntvil</a>' in read(client, made.path)


@on_one_engine
def test_an_event_and_a_press_account_lead_to_the_places_they_name(house, client):
    path = a_town(house)
    page = read(client, path)
    for other in re.findall(r'href="/en(/(?:timeline|press)/[^"]+)"', page):
        assert f'href="/en{path}"' in read(client, other), other
    press = read(client, re.search(r"/press/[a-z0-9]{8,}", page)[0])
    assert '<li><span lang="">Nowhere</span></li>' in re.sub(r' dir="[a-z]+"', "", press)


def test_what_is_hidden_is_neither_linked_nor_listed(house, client):
    path = a_town(house)
    hide(house, "e2")
    hide(house, "m1")
    page = read(client, path)
    assert "An earlier event" not in page
    assert "monument" not in page
    hide(house, "place-Synthville")
    event = re.search(r"/timeline/[a-z0-9]+", section(page, "event"))[0]
    assert path not in read(client, event)
    with house.session(public(house)) as session:
        assert places_named(session, ["Synthville", "Other Synthville"]).keys() == {"Other Synthville"}


def test_a_spelling_of_two_places_leads_to_neither(house):
    load(house, places=[a_place("Synthville"), a_place("Synthdorf", "Synthville")])
    with house.session(public(house)) as session:
        assert places_named(session, ["synthville", "Synthdorf"]).keys() == {"Synthdorf"}


@on_one_engine
def test_a_claimed_street_and_its_denial_stand_side_by_side(house, client):
    claim = {"id": "place-street", "kind": "street", "name": "A claimed street", "status": "claimed as planned",
             "claimant": "a synthetic society", "seed_refs": [f"{SEED}:L1-L1"],
             "rival_accounts": [{"claimant": "a synthetic mayor", "account": "there is none", "seed_refs": [f"{SEED}:L2-L2"]}]}  # fmt: skip
    load(house, memorial_sites=[claim])
    told = section(read(client, path_of(house, "street")), "accounts")
    assert told.count('<div class="accounts">') == 1
    assert re.findall(r'class="who">([^<]+)<', told) == ["a synthetic society", "a synthetic mayor"]
    assert re.findall(r'<p lang="">([^<]+)<', told) == ["claimed as planned", "there is none"]
    assert "Photographs" not in told


@on_one_engine
def test_nought_by_nought_is_kept_as_given_and_not_drawn(house, client):
    load(house, places=[a_place("Nullville", **at(0, 0)), a_place("Synthville", **at(39.9, 46.8))])
    page = read(client, path_of(house, "Nullville"))
    assert "Given as 0° 0′. It is kept as it was given, and not drawn on a map." in page
    assert "<svg" not in section(page, "position")
    places = read(client, "/places")
    assert re.findall(r"<title>([^<]+)</title>", places)[1:] == ["Synthville"]


@on_one_engine
def test_places_are_listed_by_the_alphabet_also_those_of_an_older_database(house, client):
    names = ["Djville", "Dville", "Eville", "Khville", "Kville", "Yville", "Zhville"]
    load(house, places=[a_place(name) for name in reversed(names)])
    for revision in ("0012", "head"):
        schema.migrate(house.engine, revision)
        listed = re.findall(r'entry-title"[^>]*><a href="[^"]+">([^<]+)</a>', read(client, "/places"))
        assert (listed == names) == (revision == "head")


def many(house) -> None:
    """One place of every kind, some close together, one far away."""
    kinds = {
        "town": "town",
        "village": "village",
        "region": "region",
        "ground": "road",
        "memorial": "museum",
        "other": "?",
    }
    spots = [at(39.9 + n / 50, 46.8 + n / 40) for n in range(6)]
    rows = [a_place(f"Synth {key}", **spots[n], kind=form) | {"kind": form} for n, (key, form) in enumerate(kinds.items())]  # fmt: skip
    load(house, places=[*rows, a_place("Synthport", **at(40.4, 49.9)), a_place("Farville", **at(52.1, 4.3))])


@on_one_engine
def test_the_map_is_in_the_page_and_says_everything_without_colour_or_scripts(house, client):
    many(house)
    page = read(client, "/places")
    assert page.count('class="sheet-') == 3
    legend = re.search(r'<ul class="legend">.*?</ul>', page, re.S)[0]
    signs = re.findall(r'<svg viewBox="-10[^>]*>(.*?)</svg>', legend)
    assert len(signs) == len(set(signs)) == len(SHAPES)
    assert all(f"</title>{sign}" in page for sign in signs)
    listed = re.search(r'<ol class="map-list">.*?</ol>', page, re.S)[0]
    for path, name in re.findall(r'href="([^"]+)">([^<]+)</a>', listed):
        assert f'<a href="{path}"><title>{name}</title>' in page
    assert 'class="boundary"' in page
    assert "as of 2018" in page
    assert "The archive takes no position" in page
    assert " style=" not in page
    assert len(page) < 60_000


@on_one_engine
def test_a_region_that_no_file_covers_is_drawn_with_coasts_alone(house, client):
    load(house, places=[a_place("Synthtown", **at(-33.5, 151.2)), a_place("Synthport", **at(-34.5, 150.9))])
    page = read(client, "/places")
    assert 'class="land"' in page
    assert "boundary" not in page.partition("map-beside")[0]
    assert "No boundaries are drawn." in page


@on_one_engine
def test_a_community_chooses_the_region_of_its_map(house, client):
    many(house)
    with house.writing(house.keeper()) as session:
        site.change(session, {"map_box": [3, 51, 6, 53]})
    region = read(client, "/places").partition("sheet-world")[0]
    assert re.findall(r"<title>([^<]+)</title>", region)[1:] == ["Farville"]
    with house.writing(house.keeper()) as session, pytest.raises(Exception, match="another_shape"):
        site.change(session, {"map_box": [6, 51, 3, 53]})


def test_a_place_costs_the_same_however_much_names_it(house, client, count_queries):
    path = a_town(house)
    client.get(f"/en{path}")
    count_queries()
    client.get(f"/en{path}")
    few = count_queries()
    load(
        house,
        timeline=[{"id": f"event{n}", "title": f"Event {n}", "place": "Synthville"} for n in range(60)],
        memorial_sites=[{"id": f"site{n}", "kind": "monument", "place": "Synthville"} for n in range(30)],
    )
    page = read(client, path)
    count_queries()
    client.get(f"/en{path}")
    assert count_queries() == few <= 25
    assert section(page, "event").count("<li>") == 48
    assert "Search for more that names this place" in section(page, "event")
    assert 'Also written: <span lang="">Sıntvil</span>' in read(client, "/places?form=town")
    assert count_queries() <= 5


@pytest.mark.browser
@on_one_engine
def test_the_map_is_zoomed_without_a_word_to_anybody_else(house, live_server, page):
    many(house)
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{live_server}/en/places")
    assert not [url for url in asked if "leaflet" in url or "/map/" in url]
    page.get_by_role("button", name="Zoom the map").click()
    page.wait_for_selector(".leaflet-marker-icon")
    assert page.locator(".leaflet-marker-icon").count() == 8
    assert page.locator(".sheets").is_hidden()
    page.locator(".leaflet-marker-icon[title=Farville]").focus()
    page.keyboard.press("Enter")
    assert page.locator(".leaflet-popup-content a").get_attribute("href").startswith("/en/places/")
    page.get_by_role("button", name="Back to the drawn map").click()
    assert page.locator(".sheets").is_visible()
    assert page.locator(".zoomed").count() == 0
    assert all(url.startswith(live_server) for url in asked)
    assert said == []
