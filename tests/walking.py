"""Walking through the doors: every route's addresses filled in, and clients of every kind of reader.

for rule in routes(app, "public"): for path in addresses(rule, {"public_id": ["…"]}): …
client = signed_in(app, house, "approved_reader")
whole(answer)        # status, headers and body as one text, without what differs by nature
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from memorial.gate import Actor
from memorial.house import House
from memorial.models import AccountSession
from memorial.services import account_sessions, accounts, site
from memorial.web.doors import DOORS

# Headers that differ from answer to answer and tell nothing.
BY_NATURE = frozenset({"date", "x-request-id"})
# What is filled in where a test has nothing better; unknown names fail in `addresses`.
DEFAULTS: dict[str, list[str]] = {
    "lang": ["en"],
    "code": ["en"],
    "naan": ["99999"],
    "room": ["testimonies", "press", "people", "documents", "timeline", "places"],
    "filename": ["css/memorial.css"],
    "token": ["no-such-token"],
    "number": ["1", "999"],
    "turn": ["begin", "take_back", "read", "show"],
    "first": ["1992-02-25", "no-day"],
    "last": ["1992-03-02"],
    "ending": ["bib", "ris", "csl.json"],
    "kind": ["figures"],
    "external_id": ["fig-001"],
    "slug": ["no-such-question"],
    "media_id": ["no-such-recording"],
    "transcript_id": ["no-such-transcript"],
    "form": ["vtt", "srt", "txt"],
    "region": ["full"],
    "size": ["max"],
    "rotation": ["0"],
    "quality": ["default"],
    "extension": ["jpg"],
}


def routes(app: Flask, *audiences: str, method: str = "GET") -> list[Rule]:
    """The routes of these audiences, all audiences where none is named."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ()) and (not audiences or DOORS[rule.endpoint].audience in audiences)
    ]


def addresses(rule: Rule, values: Mapping[str, Iterable[str]]) -> list[str]:
    """Every address of a route, for every combination of the values of its names."""
    known = {**DEFAULTS, **values}
    names = sorted(rule.arguments)
    missing = [name for name in names if name not in known]
    assert not missing, f"{rule.rule}: teach the tests what {', '.join(missing)} may be"
    found = []
    for chosen in itertools.product(*(list(known[name]) for name in names)):
        built = rule.build(dict(zip(names, chosen, strict=True)), append_unknown=False)
        if built is not None:
            found.append(built[1])
    return found


def signed_in(app: Flask, house: House, *roles: str, stepped_up: bool = False, name: str = "") -> FlaskClient:
    """A browser in which somebody with these roles has given both factors."""
    email = f"{name or roles[0]}@example.org"
    now = house.now()
    with house.writing(house.keeper()) as session:
        account, _ = accounts.add(session, Actor.system(), email, roles, now=now)
        account.totp_confirmed_at = now
        account.conditions_agreed = site.conditions_mark(site.chosen(session))
        half = account_sessions.begin(session, account, now=now)
        opened, _ = _found(account_sessions.find(session, half, now=now))
        token = account_sessions.confirm(session, opened, now=now)
        if stepped_up:
            account_sessions.step_up(_found(account_sessions.find(session, token, now=now))[0], now=now)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    return client


def _found(pair: tuple[AccountSession, Any] | None) -> tuple[AccountSession, Any]:
    assert pair is not None
    return pair


def whole(answer: TestResponse) -> str:
    """Everything a reader can tell from an answer."""
    headers = sorted((name.lower(), value) for name, value in answer.headers if name.lower() not in BY_NATURE)
    return "\n".join(
        [answer.status, *(f"{name}: {value}" for name, value in headers), answer.get_data(as_text=True)]
    )
