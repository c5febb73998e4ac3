"""A route that is not registered as a door, with its audience, fails."""

from __future__ import annotations

import pytest
from flask import Blueprint, Flask

from memorial.web.doors import DOORS, check
from tests.walking import addresses, routes

# Whose pages lie in which blueprint.
FACES = {
    "public": {"public"},
    "media": {"public"},
    "machine": {"machine"},
    "contribute": {"family"},
    "desk": {"desk"},
    "account": {"account"},
    "exchange": {"public"},
    "api": {"public"},
    "iiif": {"public"},
}


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


def test_every_route_is_a_door_and_every_door_is_as_its_blueprint_says(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert rule.endpoint in DOORS, f"{rule.rule} is not registered as a door"
        face, _, name = rule.endpoint.partition(".")
        if name:
            assert DOORS[rule.endpoint].audience in FACES[face], rule.rule


def test_a_door_takes_no_method_that_it_was_not_registered_with(app: Flask) -> None:
    by_tus = {"contribute.file": {"PATCH", "DELETE"}}  # the protocol of resumable uploads
    for rule in app.url_map.iter_rules():
        more = by_tus.get(rule.endpoint, set())
        assert (rule.methods or set()) - {"HEAD", "OPTIONS"} <= {"GET", "POST"} | more, rule.rule


def test_nothing_that_changes_something_is_reached_by_a_link(app: Flask) -> None:
    """Public pages are read only: no door of theirs takes a form. A harvester may ask by POST (OAI-PMH 2.0, 3.1.1)."""
    taking = {rule.rule for rule in routes(app, "public", "machine", "static", method="POST")}
    assert taking == {"/oai"}


def test_a_route_that_nobody_registered_keeps_the_archive_from_starting(app: Flask) -> None:
    extra = Flask("extra", static_folder=None)
    room = Blueprint("room", "extra")
    room.add_url_rule("/back-door", "back_door", lambda: "")
    extra.register_blueprint(room)
    with pytest.raises(RuntimeError, match=r"room\.back_door"):
        check(extra)


def test_every_family_desk_and_account_page_is_neither_stored_nor_told_to_others(app: Flask) -> None:
    client = app.test_client()
    values = {
        "public_id": ["never"],
        "ref": ["never"],
        "name": ["never"],
        "act": ["never"],
        "verb": ["never"],
    }
    for rule in routes(app, "family", "desk", "account"):
        for address in addresses(rule, values):
            answer = client.get(address)
            assert answer.status_code < 500, address
            assert answer.headers["Cache-Control"] == "no-store", address
            assert answer.headers["Referrer-Policy"] == "no-referrer", address
