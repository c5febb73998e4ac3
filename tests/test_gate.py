"""Reader × state × consent × every route: what each door says of a record in each state.

Hidden and never-was are the same answer, header for header. A notice of withdrawal stands
at its record's own address and nowhere else. Every role replays every other role's addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from memorial.app import create_app
from memorial.domain import consent as rules
from memorial.domain.addresses import ROOMS
from memorial.house import House, open_house
from memorial.models import Record
from tests.builders import a_record
from tests.conftest import ENGINES, Wall, a_clock, application_over, migrated, settings_in
from tests.states import DAY, KINDS, OPEN_TO, STATES, Subject, a_subject, take_back
from tests.walking import addresses, routes, signed_in, whole


@dataclass
class Town:
    """An archive with each state in one kind, the states in which something is shown in three more, and who reads it."""

    house: House
    app: Flask
    subjects: list[Subject]
    clients: dict[str, FlaskClient]


def a_town(house: House, app: Flask) -> Town:
    pairs = [(KINDS[at % len(KINDS)], state) for at, state in enumerate(STATES)]
    pairs += [("remembrance", "published"), ("press", "withdrawn"), ("place", "embargoed")]
    subjects = [a_subject(house, kind, state, number) for number, (kind, state) in enumerate(pairs)]
    clients = {
        "nobody": app.test_client(),
        "approved_reader": signed_in(app, house, "approved_reader"),
        "moderator": signed_in(app, house, "moderator"),
        "consent_officer": signed_in(app, house, "consent_officer", stepped_up=True),
        "family": family(app, subjects[0]),
    }
    return Town(house, app, subjects, clients)


@pytest.fixture(scope="module", params=ENGINES)
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One on each engine for all who only look. It is the same when the last of them has gone."""
    folder, clock = tmp_path_factory.mktemp("town"), a_clock()
    for url in migrated(request.param, folder, request):
        house = open_house(settings_in(folder, url), wall=clock.wall, monotonic=clock.monotonic)
        made = a_town(house, application_over(house))
        before = heads(house)
        yield made
        assert heads(house) == before
        house.engine.dispose()


def family(app: Flask, subject: Subject) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["family"] = {"ref": subject.made.ref, "doors": 0}
    return client


def own(subject: Subject) -> list[str]:
    """Where this record is itself asked for."""
    made = subject.made
    return [
        f"/en{made.path}",
        f"/az{made.path}",
        f"/en/cite/{made.kind}/{made.public_id}",
        f"/en/cite?record={made.public_id}",
    ]


NEVER = "00000000000000"


def never_was(address: str, subject: Subject) -> str:
    return address.replace(subject.made.public_id, NEVER).replace(subject.copy, NEVER)


def test_each_reader_finds_at_each_records_own_address_what_its_state_says(town: Town) -> None:
    clients, subjects = town.clients, town.subjects
    for who, client in clients.items():
        for subject in subjects:
            for address in own(subject):
                answer = client.get(address)
                if subject.state in OPEN_TO[who]:
                    assert answer.status_code == 200, (who, address, subject.state)
                    assert subject.word in answer.text, (who, address)
                elif subject.state == "withdrawn":
                    assert answer.status_code == 410, (who, address)
                    assert f"Withdrawn, says {subject.word}." in answer.text
                else:
                    assert whole(answer) == whole(client.get(never_was(address, subject))), (
                        who,
                        subject.state,
                        address,
                    )
                    assert answer.status_code == 404


def test_hidden_is_never_was_for_head_ranges_and_conditions_too(town: Town) -> None:
    clients, subjects = town.clients, town.subjects
    for who in ("nobody", "approved_reader", "moderator"):
        client = clients[who]
        for subject in subjects:
            if subject.state in OPEN_TO[who]:
                continue
            for address in (f"/media/{subject.copy}", f"/en{subject.made.path}"):
                if subject.state == "withdrawn" and not address.startswith("/media/"):
                    continue
                tag = f'"{subject.word}"'
                asked = [("GET", {"If-None-Match": "*"}), ("GET", {"If-None-Match": tag}), ("HEAD", {})]
                asked += [("GET", {"Range": "bytes=2-"}), ("HEAD", {"Range": "bytes=2-", "If-Range": tag})]
                for method, headers in asked:
                    answer = client.open(address, method=method, headers=headers)
                    twin = client.open(never_was(address, subject), method=method, headers=headers)
                    assert answer.status_code == 404, (who, subject.state, address, headers)
                    assert whole(answer) == whole(twin), (who, subject.state, address, headers)


def test_a_copy_is_given_whole_in_ranges_and_as_not_modified_where_its_photograph_is_open(town: Town) -> None:
    clients, subjects = town.clients, town.subjects
    for subject in subjects:
        for who in ("nobody", "approved_reader"):
            if subject.state not in OPEN_TO[who]:
                continue
            address, client = f"/media/{subject.copy}", clients[who]
            first = client.get(address, buffered=True)
            assert first.data == f"{subject.word} as a picture".encode()
            assert client.get(address, headers={"Range": "bytes=0-5"}, buffered=True).data == b"zqword"
            tag = first.headers.get("ETag") or f'"{subject.word}"'
            again = client.get(address, headers={"If-None-Match": tag})
            assert (again.status_code, again.data) == (304, b"")
            beyond = client.get(address, headers={"Range": "bytes=9999-"})
            assert beyond.status_code == 416
            assert beyond.headers["Content-Range"] == f"bytes */{len(first.data)}"


def test_a_record_and_its_notice_are_at_their_own_address_and_at_no_other(town: Town) -> None:
    clients, subjects = town.clients, town.subjects
    client = clients["nobody"]
    for subject in subjects:
        for kind, room in ROOMS.items():
            if kind in (subject.made.kind, "question"):
                continue
            for address in (
                f"/en{room}/{subject.made.public_id}",
                f"/en/cite/{kind}/{subject.made.public_id}",
            ):
                answer = client.get(address)
                assert whole(answer) == whole(client.get(never_was(address, subject))), (
                    subject.state,
                    address,
                )
                assert answer.status_code == 404


def test_lists_searches_counts_and_the_map_know_only_what_is_open(town: Town) -> None:
    app, clients, subjects = town.app, town.clients, town.subjects
    values = {"public_id": [NEVER], "slug": ["never"], "kind": ["testimony"]}
    lists = [
        a for rule in routes(app, "public") if not rule.arguments - {"lang"} for a in addresses(rule, values)
    ]
    for who, client in clients.items():
        shown = {subject.word for subject in subjects if subject.state in OPEN_TO[who]}
        text = "".join(client.get(address, follow_redirects=True).text for address in lists)
        assert shown >= set(re.findall(r"zqword\d{4}", text)), who
        for subject in subjects:
            found = client.get(f"/en/search?q={subject.word}").text
            nothing = client.get("/en/search?q=zqword9999").text
            if subject.word in shown:
                assert subject.made.public_id in found, (who, subject)
            else:
                assert found.replace(subject.word, "zqword9999") == nothing, (who, subject.state)
        listed = "".join(client.get(f"/en{room}").text for kind, room in ROOMS.items() if kind in KINDS)
        assert set(re.findall(r"zqword\d{4}", listed)) == shown, who


def test_every_role_that_replays_every_other_roles_addresses_reads_nothing_of_theirs(
    town: Town,
) -> None:
    app, clients, subjects = town.app, town.clients, town.subjects
    values = {
        "public_id": [subject.item for subject in subjects] + [subject.copy for subject in subjects],
        "ref": [subject.made.ref for subject in subjects],
        "name": ["words"], "act": ["hide"], "verb": ["take"], "enclosure": [NEVER],
    }  # fmt: skip
    own_word = {"family": {subjects[0].word}}
    for rule in routes(app, "family", "desk"):
        for address in addresses(rule, values):
            for who in ("nobody", "approved_reader", "family"):
                answer = clients[who].get(address)
                words = set(re.findall(r"zqword\d{4}", whole(answer))) - own_word.get(who, set())
                open_words = {subject.word for subject in subjects if subject.state in OPEN_TO[who]}
                assert not words - open_words, (who, address)
                if rule.endpoint.startswith("desk."):
                    assert answer.status_code in (302, 303, 403, 404), (who, address)
    for who in ("moderator", "consent_officer"):
        for subject in subjects:
            assert clients[who].get(f"/en/my/{subject.made.ref}").status_code in (302, 303, 404), who


def test_nobody_sends_another_roles_forms(app: Flask, house: House) -> None:
    """Each form of family and desk, sent by whoever has no business there, changes nothing."""
    made = a_town(house, app)
    clients, subjects = made.clients, made.subjects
    app.config["WTF_CSRF_ENABLED"] = False
    other = subjects[3]
    values = {"public_id": [other.item], "ref": [other.made.ref], "name": ["words"],
              "act": ["hide", "show", "change", "remove", "approve"], "verb": ["take", "publish", "hold", "note"],
              "enclosure": [NEVER]}  # fmt: skip
    before = heads(house)
    for rule in routes(app, "desk", method="POST"):
        for address in addresses(rule, values):
            for who in ("nobody", "approved_reader", "family"):
                answer = clients[who].post(address, data={"note": "x", "version": "1"})
                assert answer.status_code in (302, 303, 400, 401, 403, 404), (who, address, answer.status)
    for rule in routes(app, "family", method="POST"):
        if "ref" not in rule.arguments:
            continue
        for address in addresses(rule, values):
            for who, client in clients.items():
                answer = client.post(address, data={})
                assert answer.status_code in (302, 303, 400, 401, 403, 404, 422), (
                    who,
                    address,
                    answer.status,
                )
    assert heads(house) == before


def heads(house: House) -> tuple[int, int]:
    """How long the audit and the ledgers are."""
    from memorial.models import Head

    with house.session(house.keeper()) as session:
        head = session.query(Head).one()
        return head.audit_count, head.ledger_count


def test_the_desk_does_not_see_sealed_rows_but_through_the_consent_officer(
    town: Town,
) -> None:
    from memorial.gate import Reader

    house, subjects = town.house, town.subjects
    sealed = [subject for subject in subjects if subject.state == "sealed"]
    assert sealed
    for subject in sealed:
        with house.session(Reader.desk(house.moment())) as session:
            assert session.query(Record).filter(Record.id == subject.made.record_id).first() is None
        with house.session(Reader.desk(house.moment(), consent_officer=True)) as session:
            assert session.query(Record).filter(Record.id == subject.made.record_id).first() is not None


@pytest.mark.parametrize("pages", [0, 200])
def test_a_withdrawal_between_two_requests_is_gone_from_everywhere(house: House, pages: int) -> None:
    """With and without pages kept in memory: conditional requests and ranges too."""
    house.settings.page_cache = pages
    client = create_app(house).test_client()
    subject = a_subject(house, "testimony", "published", 1)
    doors = [
        *own(subject),
        "/en/testimonies",
        "/en/",
        f"/en/search?q={subject.word}",
        f"/media/{subject.copy}",
    ]
    for _ in range(2):
        tags = {address: client.get(address, buffered=True).headers["ETag"] for address in doors}
    for address, tag in tags.items():
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304, address
    part = client.get(f"/media/{subject.copy}", headers={"Range": "bytes=0-3"}, buffered=True)
    assert part.status_code == 206
    take_back(house, subject.made, "hidden")
    for address, tag in tags.items():
        answer = client.get(address, headers={"If-None-Match": tag})
        assert answer.status_code != 304 or address == "/en/", address
        said = whole(answer)
        if "search" in address:  # what was asked for stands in the box, and in the ways to ask elsewhere
            said = answer.text.split("</form>")[-1].replace(f"?q={subject.word}", "")
        assert subject.word not in said, address
        assert subject.made.public_id not in said, address
    rest = {"Range": "bytes=4-", "If-Range": tags[f"/media/{subject.copy}"]}
    assert client.get(f"/media/{subject.copy}", headers=rest).status_code == 404
    assert all(client.get(address).status_code == 404 for address in own(subject))
    if pages:
        house.settings.page_cache = 0


@pytest.mark.parametrize("pages", [0, 200])
def test_an_embargo_opens_and_a_limited_yes_ends_by_the_clock_alone(
    house: House, clock: Wall, pages: int
) -> None:
    house.settings.page_cache = pages
    client = create_app(house).test_client()
    now = house.now()
    window = {rules.EVERY_PART: rules.chosen(["public"], ["view"], opens=now + DAY, closes=now + 2 * DAY)}
    made = a_record(house, "testimony", contributor=window, archive={rules.EVERY_PART: rules.everything()})
    doors = [f"/en{made.path}", f"/en/cite/testimony/{made.public_id}"]
    lists = ["/en/testimonies", "/en/search?q=synthetic"]

    def assert_open(shown: bool) -> None:
        for _ in range(2):
            for address in doors:
                assert client.get(address).status_code == (200 if shown else 404), address
            for address in lists:
                assert (made.public_id in client.get(address).text) is shown, address

    assert_open(False)
    clock.forward(DAY - timedelta(microseconds=1))
    assert_open(False)
    clock.forward(timedelta(microseconds=1))
    assert_open(True)
    clock.forward(DAY - timedelta(microseconds=1))
    assert_open(True)
    clock.forward(timedelta(microseconds=1))
    assert_open(False)
