"""Broken and hostile input of any kind at every door: a clear page, strict headers, never a 500."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import AnyConverter, IntegerConverter
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app
from werkzeug.wrappers import Response

from memorial.house import House
from memorial.services.lists import FILTERS
from memorial.web.doors import DOORS
from memorial.web.security import HEADERS
from tests.builders import Made, a_press_account, a_remembrance, a_testimony
from tests.walking import addresses, routes, signed_in

NAMES = ("public_id", "slug", "kind", "ref", "name", "act", "verb", "token", "lang", "filename", "enclosure")
# What stands where an id should: encoded, because it goes into an address as it is.
BROKEN = (
    "%00", "a%00b", "%C0%AF", "%F5%80%80%80", "%ED%A0%80", "%FF", "%25", "..%2F..%2Fetc%2Fpasswd", "%2e%2e",
    "%5C%5C", "%3Cscript%3E", "%22%27", "%E2%80%AE", "%F0%9F%92%80", "%0D%0ASet-Cookie:x=1", "%20", "x" * 3000,
    "1%27%20OR%201=1--", "%25s%25n", "null", "-1", "0", "٣", "notice-1", "{{7777*7}}",
)  # fmt: skip
ODD = ("x", "=", "%00", "AAAA", "é", "9" * 5000, "-24", "24.0", "٢٤", "%FF", "1e3", "NaN", " ")
CURSORS = (
    *ODD,
    *(
        base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
        for value in (
            [], {}, [1], [None], [None, None], ["1992-02-30", 1], ["\x00", 1], ["\ud800", 1], ["\udfff1992", 2],
            [None, -1], [None, 2**63], [None, 2**63 - 1], [None, 1.5], [None, True], [[], 1], ["x" * 200, 1],
            ["9999-12-31", 1], ["0001-01-01", 1], ["10000-01-01", 1], ["-0001-01-01", 1], "text", 7, None,
        )
    ),
)  # fmt: skip
VALUES = (
    "",
    "%00",
    "%C0%AF",
    "%FF%FE",
    "%ED%A0%80",
    "x" * 20_000,
    "%27%3B--",
    "%25",
    "%E2%80%AE",
    "*",
    "%22",
    "NEAR(",
    "a%22*",
    "🕯",
    "&",
    "%0d%0aX:1",
)
HEADERS_SENT: tuple[tuple[str, str], ...] = (
    ("Host", "evil.example"), ("Host", "localhost:99999999"), ("Host", "localhost\\@evil.example"), ("Host", ""),
    ("Host", "[::"), ("X-Forwarded-Host", "evil.example"), ("If-None-Match", "x" * 5000), ("If-None-Match", 'W/"'),
    ("If-None-Match", '"\xe9"'), ("If-Modified-Since", "yesterday"), ("If-Range", "garbage"),
    ("Range", "bytes=5-1"), ("Range", "bytes=-"), ("Range", "bytes=0-0,1-1,2-2"), ("Range", "lines=1-2"),
    ("Range", "bytes=99999999999999999999-"), ("Range", "bytes=" + "0-," * 2000), ("Accept-Language", "*;q=x"),
    ("Accept-Language", "az;q=9999999999, " * 200), ("Accept-Language", "\xff"), ("Accept", "*/"),
    ("Accept", "application/json;q=nan"), ("Cookie", "memorial_session="), ("Cookie", "memorial_session=.eJx.x.x"),
    ("Cookie", "memorial_session=" + "A" * 4000), ("Cookie", "=;;;=\x01"), ("Referer", "javascript:alert(1)"),
    ("Content-Length", "-1"), ("Content-Length", "x"), ("Content-Type", "multipart/form-data"),
    ("Content-Type", "multipart/form-data; boundary=" + "x" * 300), ("Content-Encoding", "gzip"),
    ("X-HTTP-Method-Override", "DELETE"), ("Authorization", "Basic !!!"), ("Origin", "null"),
)  # fmt: skip
# PostgreSQL is the stricter of the two in what it takes; of headers neither engine learns.
ON_POSTGRESQL = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
METHODS = (
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "TRACE",
    "OPTIONS",
    "CONNECT",
    "PROPFIND",
    "X" * 50,
    "HEAD",
)


@pytest.fixture
def made(house: House) -> list[Made]:
    return [a_testimony(house), a_remembrance(house), a_press_account(house)]


@pytest.fixture
def clients(app: Flask, house: House, made: list[Made]) -> dict[str, FlaskClient]:
    return {
        "nobody": app.test_client(),
        "moderator": signed_in(app, house, "moderator", stepped_up=True),
        "reader": signed_in(app, house, "approved_reader"),
    }


def for_door(clients: dict[str, FlaskClient], audience: str) -> list[FlaskClient]:
    """Desk doors are tried from inside too, where there is more to break."""
    return (
        [clients["nobody"], clients["moderator"]] if audience in ("desk", "account") else [clients["nobody"]]
    )


def assert_well(answer: TestResponse | Response, where: object, *, public: bool) -> None:
    """What every answer keeps to, errors too."""
    assert answer.status_code < 500, f"{where}: {answer.status}"
    in_a_frame = "/embed/" in str(where)  # the one page that other houses may frame
    elsewhere = in_a_frame or any(room in str(where) for room in ("/api/", "/iiif/", "/oembed"))
    for name, value in HEADERS.items():
        if in_a_frame and name == "X-Frame-Options":
            continue
        if elsewhere and name == "Cross-Origin-Resource-Policy":
            continue  # others' pages may ask for it, where the gate lets it out at all
        sent = answer.headers.get(name)
        if in_a_frame and name == "Content-Security-Policy":
            sent = str(sent).replace("frame-ancestors *", "frame-ancestors 'none'")
        assert sent == value or name == "Referrer-Policy", f"{where}: {name} is {sent}"
    assert answer.headers.get("Cache-Control") in (
        "no-cache", "no-store", "public, max-age=31536000, immutable",
    ), f"{where}: {answer.headers.get('Cache-Control')}"  # fmt: skip
    if answer.status_code >= 400:
        assert answer.headers["Cache-Control"] == "no-store", where
    if public:
        assert not answer.headers.getlist("Set-Cookie"), where
    target = answer.headers.get("Location", "")
    assert not target or target.startswith(("/", "http://localhost/")), f"{where} leads to {target}"
    assert not target.startswith("//"), where
    assert "\n" not in "".join(answer.headers.values())


def is_public(endpoint: str) -> bool:
    return DOORS[endpoint].audience in ("public", "machine", "static")


def filled(app: Flask, made: list[Made]) -> Iterator[tuple[str, str]]:
    """One good address for each GET route."""
    values = {name: ["never"] for name in NAMES if name != "filename"} | {
        "lang": ["en"], "public_id": [made[0].public_id], "kind": ["testimony"], "slug": ["killed_total"],
    }  # fmt: skip
    for rule in routes(app):
        yield rule.endpoint, addresses(rule, values)[0]


@ON_POSTGRESQL
def test_a_broken_id_is_an_ordinary_page_that_is_not_there(
    app: Flask, clients: dict[str, FlaskClient], made: list[Made]
) -> None:
    for rule in routes(app):
        for name in rule.arguments:
            good = {other: "testimony" if other == "kind" else made[0].public_id for other in rule.arguments}
            good |= {"lang": "en", "filename": "css/memorial.css"}
            for broken in BROKEN:
                # Of a number the router itself refuses anything else; it is put in afterwards.
                numbers = {n for n, kind in rule._converters.items() if isinstance(kind, IntegerConverter)}
                chosen = {
                    n: kind.items for n, kind in rule._converters.items() if isinstance(kind, AnyConverter)
                }
                # Of a few words likewise: one of them, in whose place something else is put.
                here = "987654321" if name in numbers else min(chosen.get(name, ("HERE",)))
                others = {n: min(words) for n, words in chosen.items() if n != name}
                built = rule.build(
                    {**good, **dict.fromkeys(numbers, "1"), **others, name: here}, append_unknown=False
                )
                assert built is not None
                address = broken.join(built[1].rsplit(here, 1))
                for client in for_door(clients, DOORS[rule.endpoint].audience):
                    answer = client.get(address)
                    assert_well(answer, address, public=is_public(rule.endpoint))
                    assert answer.status_code in (200, 302, 303, 308, 400, 401, 403, 404, 405, 422), address
                    assert (
                        "{{7777*7}}" not in address or "54439" not in answer.text or answer.status_code == 200
                    )


class Watched(ImmutableMultiDict):  # type: ignore[type-arg]
    """What stands in an address, noting which names somebody looks at. Whoever goes through them looks at all."""

    looked: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.looked.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.looked.add(str(name))
        return super().__contains__(name)

    def getlist(self, name: str, *how: Any, **more: Any) -> Any:
        self.looked.add(name)
        return super().getlist(name, *how, **more)

    def _all(self) -> Any:
        self.looked.update(dict.keys(self))
        return super()

    def __iter__(self) -> Any:
        return self._all().__iter__()

    def keys(self) -> Any:
        return self._all().keys()

    def items(self, *how: Any, **more: Any) -> Any:
        return self._all().items(*how, **more)

    def values(self) -> Any:
        return self._all().values()

    def lists(self) -> Any:
        return self._all().lists()

    def listvalues(self) -> Any:
        return self._all().listvalues()


# With words that are looked for, a list of its own answers, which has no cursor.
NOT_ASKED = {"public.people"}


def looks_at(client: FlaskClient, address: str, name: str, asked: str) -> bool:
    Watched.looked.clear()
    client.get(f"{address}?{asked}{name}=x")
    return name in Watched.looked


@ON_POSTGRESQL
def test_broken_cursors_filters_and_queries_are_refused_in_words(
    app: Flask, clients: dict[str, FlaskClient], made: list[Made]
) -> None:
    """What only looks odd once it is decoded goes to the doors that look at it, the rest to all."""
    app.request_class = type("Watched", (app.request_class,), {"parameter_storage_class": Watched})
    names, looking = {"after", "before"}, set()
    other = {"q", "kind", "record", "lang", "task", "about", "next", "from", "to", "state", "t", "page"}
    other |= {name for filters in FILTERS.values() for name in filters}
    for endpoint, address in filled(app, made):
        for client in for_door(clients, DOORS[endpoint].audience)[-1:]:
            asked = "" if endpoint in NOT_ASKED else "q=synthetic&"
            read = {name for name in names if looks_at(client, address, name, asked)}
            looking |= {endpoint} if read else set()
            for name, cursor in [*product(read, CURSORS), *product(names - read, ODD)]:
                answer = client.get(f"{address}?{asked}{name}={quote(cursor, safe='%')}")
                assert_well(answer, (address, name, cursor[:40]), public=is_public(endpoint))
            for value in VALUES:
                query = "&".join(f"{name}={value}" for name in sorted(other))
                answer = client.get(f"{address}?{query}"[:100_000])
                assert_well(answer, (address, value[:40]), public=is_public(endpoint))
    # Were nobody found to look, nothing would have been tried.
    assert {
        "public.press",
        "public.people",
        "public.timeline",
        "public.search",
        "desk.queue",
        "desk.log",
    } <= looking


def test_searches_may_hold_anything(clients: dict[str, FlaskClient]) -> None:
    @settings(
        max_examples=60,
        database=None,
    )
    @given(st.text(max_size=60), st.sampled_from(["", "press", "\x00", "no such kind"]))
    def hold(words: str, kind: str) -> None:
        said = words.encode("utf-8", "surrogatepass")
        answer = clients["nobody"].get(f"/en/search?q={quote(said)}&kind={quote(kind)}")
        assert_well(answer, words, public=True)
        assert answer.status_code in (200, 404, 422)

    hold()


@ON_SQLITE
def test_hostile_headers_change_nothing_but_the_answer(
    app: Flask, clients: dict[str, FlaskClient], made: list[Made]
) -> None:
    for endpoint, address in filled(app, made):
        for name, value in HEADERS_SENT:
            answer = sent(app, address, {name: value})
            assert_well(answer, (address, name, value[:40]), public=is_public(endpoint))
            assert "evil.example" not in answer.get_data(as_text=True), (address, value)
            if (name, value) == ("Host", "evil.example"):
                assert answer.status_code == 400, address


def sent(app: Flask, address: str, headers: dict[str, str], method: str = "GET") -> Response:
    """Past the client, which would put headers right."""
    builder = EnvironBuilder(address, method=method, base_url="http://localhost")
    environ = builder.get_environ()
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_LENGTH", "CONTENT_TYPE") else f"HTTP_{key}"] = value
    chunks, status, sent_back = run_wsgi_app(app, environ, buffered=True)
    return Response(chunks, status, sent_back)


def test_a_method_that_a_door_does_not_take_is_refused_with_those_that_it_does(
    app: Flask, made: list[Made]
) -> None:
    for endpoint, address in filled(app, made):
        for method in METHODS:
            answer = sent(app, address, {}, method)
            assert_well(answer, (method, address), public=is_public(endpoint))
            asked_so = method in ("HEAD", "OPTIONS") or (address == "/oai" and method == "POST")
            if is_public(endpoint) and not asked_so:
                assert answer.status_code in (400, 405), (method, address)
                assert answer.status_code == 400 or "GET" in answer.headers["Allow"], (method, address)


@ON_POSTGRESQL
def test_forms_with_anything_in_them_are_answered_in_words(
    app: Flask, clients: dict[str, FlaskClient], made: list[Made]
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    values = {name: ["never"] for name in NAMES} | {"lang": ["en"], "public_id": [made[0].public_id]}
    fields = ("note", "code", "email", "password", "task", "words", "person", "audience", "version", "next", "name",
              "session", "proof", "check", "csrf_token", "send_key", "title", "closed_until")  # fmt: skip
    said = ("\x00", "\ud83d", "x" * 10_000, "٣", "-1", "9" * 400, "//evil.example", "http://evil.example", "/\\evil.example",
            "javascript:alert(1)", "\r\nSet-Cookie: x=1", "")  # fmt: skip
    for rule in routes(app, method="POST"):
        for address in addresses(rule, values):
            for client in (clients["nobody"], clients["moderator"]):
                for value in said:
                    form = dict.fromkeys(fields, value.encode("utf-8", "surrogatepass"))
                    answer = client.post(f"{address}?next={quote(value, errors='replace')}", data=form)
                    assert_well(answer, (address, value[:30]), public=False)


def test_an_unknown_language_is_not_there_in_any_room(
    app: Flask, clients: dict[str, FlaskClient], made: list[Made]
) -> None:
    for rule in routes(app):
        if "lang" not in rule.arguments:
            continue
        values = {name: ["never"] for name in NAMES} | {"lang": ["xx", "EN", "en-GB", "%00"]}
        for address in addresses(rule, values):
            assert clients["nobody"].get(address).status_code == 404, address


def test_no_address_leads_to_another_house(app: Flask, clients: dict[str, FlaskClient]) -> None:
    targets = ("//evil.example", "https://evil.example", "/\\evil.example", "/%09/evil.example", "http:evil.example",
               "\\\\evil.example", "/en/../..//evil.example", "javascript:alert(1)")  # fmt: skip
    for target in targets:
        for path in (
            "/en/account/sign-in",
            "/en/account/second-factor",
            "/en/account/step-up",
            "/",
            "/en/leave",
            "/en/contribute",
        ):
            for client in clients.values():
                answer = client.get(f"{path}?next={quote(target)}&to={quote(target)}&url={quote(target)}")
                assert_well(answer, (path, target), public=False)
    for path in (
        "//evil.example",
        "//evil.example/..",
        "/\\evil.example",
        "/en//evil.example",
        "/%2F%2Fevil.example",
    ):
        answer = sent(app, path, {})
        assert_well(answer, path, public=True)
