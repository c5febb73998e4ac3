"""What holds on every answer: headers, hosts, cookies, errors in words, logs that tell on nobody."""

from __future__ import annotations

import json
import logging
import re

import pytest
from sqlalchemy.exc import OperationalError

from config import Settings
from memorial.app import create_app
from memorial.services import lists
from memorial.web import errors
from memorial.web.logs import JsonLines
from memorial.web.security import CONTENT_POLICY, hosts
from tests.builders import a_testimony

EVERYWHERE = [
    "/", "/en/", "/en/people", "/en/nothing", "/xx/", "/healthz", "/en/contribute", "/en/account/sign-in",
    "/static/css/memorial.css", "/media/nothing", "/en/press/%00", "/%ff",
]  # fmt: skip


def test_every_answer_carries_the_headers(client):
    for path in EVERYWHERE:
        answer = client.get(path)
        assert answer.headers["Content-Security-Policy"] == CONTENT_POLICY
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Permissions-Policy" in answer.headers
        assert answer.headers["Cache-Control"]
        assert answer.status_code < 500


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    assert "default-src 'none'" in CONTENT_POLICY
    assert "unsafe" not in CONTENT_POLICY
    assert "http" not in CONTENT_POLICY


def test_public_pages_set_no_cookie_and_carry_no_token(client):
    for path in ["/en/", "/en/people", "/en/search?q=x", "/en/about", "/en/nothing"]:
        answer = client.get(path)
        assert "Set-Cookie" not in answer.headers
        assert "csrf" not in answer.get_data(as_text=True)


def test_pages_of_families_and_accounts_are_never_stored(client):
    for path in ["/en/contribute", "/en/return", "/en/account/sign-in"]:
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_another_host_is_refused(client):
    for host in ["evil.example", "localhost.evil.example", "localhost:99999", "", "a b", "[::1"]:
        answer = client.get("/en/people", headers={"Host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.get_data(as_text=True)
        assert "MEMORIAL_HOSTS" in answer.get_data(as_text=True)


def test_our_hosts_are_answered_on_any_port(client):
    for host in ["localhost", "localhost:8000", "127.0.0.1:1234"]:
        assert client.get("/en/people", headers={"Host": host}).status_code == 200


def test_the_public_address_is_one_of_our_hosts():
    assert "memory.example" in hosts(Settings(_env_file=None, public_url="https://memory.example"))


def test_redirects_stay_in_the_archive(client):
    for path in ("//evil.example", "/\\evil.example", "/en//evil.example", "/?next=https://evil.example"):
        answer = client.get(path)
        assert not answer.headers.get("Location", "/").startswith(("//", "http", "/\\")), path


def test_a_cookie_is_for_this_site_alone_and_out_of_reach_of_scripts(app):
    with app.test_request_context("/", base_url="https://localhost"):
        assert app.session_interface.get_cookie_secure(app)
    assert app.config["SESSION_COOKIE_HTTPONLY"]
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Lax"


def test_https_is_remembered_by_the_browser_only_where_there_is_https(client):
    assert "Strict-Transport-Security" not in client.get("/en/").headers
    assert "Strict-Transport-Security" in client.get("/en/", base_url="https://localhost").headers


def test_forwarded_headers_count_only_behind_a_proxy_of_ones_own(house):
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
    plain = create_app(house).test_client().get("/en/", headers=headers)
    assert "Strict-Transport-Security" not in plain.headers
    behind = create_app(_with(house, behind_proxy=1)).test_client().get("/en/", headers=headers)
    assert behind.status_code == 200
    assert "Strict-Transport-Security" in behind.headers
    assert "evil.example" not in behind.get_data(as_text=True)


def _with(house, **values):
    from dataclasses import replace

    return replace(house, settings=house.settings.model_copy(update=values))


# -- errors ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.NotOpen(), 404), (errors.NotPermitted("role"), 403), (errors.Invalid("form", field="name"), 422),
        (errors.Stale(), 409), (errors.TooMany(wait=7), 429), (errors.NoRoom(), 507), (ValueError("canary"), 500),
        (OperationalError("SELECT canary", {}, Exception("database is locked")), 503),
    ],
)  # fmt: skip
def test_a_refusal_becomes_a_page_in_the_readers_language(app, monkeypatch, error, code):
    def fail(*_args, **_values):
        raise error

    monkeypatch.setattr(lists, "shelf", fail)
    app.testing = False
    answer = app.test_client().get("/ru/testimonies")
    assert answer.status_code == code
    page = answer.get_data(as_text=True)
    assert '<html lang="ru"' in page
    assert "canary" not in page
    if code == 429:
        assert answer.headers["Retry-After"] == "7"
    if code == 503:
        assert answer.headers["Retry-After"]


def test_a_broken_address_is_answered_in_the_preferred_language(client):
    page = client.get("/nowhere/at/all", headers={"Accept-Language": "tr"}).get_data(as_text=True)
    assert '<html lang="tr"' in page


def test_a_wrong_method_names_the_right_ones(client):
    answer = client.delete("/en/people")
    assert answer.status_code in (400, 405)
    assert client.open("/en/people", method="PROPFIND").status_code in (400, 405)


def test_a_body_that_is_too_large_is_refused_in_words(app):
    app.config["MAX_CONTENT_LENGTH"] = 1_000
    app.config["WTF_CSRF_ENABLED"] = False
    answer = app.test_client().post("/en/return", data={"code": "1" * 5_000})
    assert answer.status_code == 413
    assert "<h1>" in answer.get_data(as_text=True)


def test_a_form_without_its_token_is_refused_in_words(client):
    answer = client.post("/en/return", data={"code": "1"})
    assert answer.status_code == 400
    assert "<h1>" in answer.get_data(as_text=True)


def test_the_error_page_takes_nothing_from_the_address(client):
    page = client.get("/en/press/canary-in-the-address?q=canary").get_data(as_text=True)
    assert "canary" not in page


def test_machines_that_ask_for_json_get_json(client):
    answer = client.get("/en/nothing", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.get_json()["error"] == 404


# -- logs -----------------------------------------------------------------------------------


def test_the_log_names_no_address_no_visitor_and_no_words(app, house, caplog):
    made = a_testimony(house)
    with caplog.at_level(logging.INFO, "memorial.web"):
        logging.getLogger("memorial").propagate = True
        app.test_client().get(
            f"/en{made.path}?q=canary",
            headers={"User-Agent": "canary"},
            environ_base={"REMOTE_ADDR": "203.0.113.9"},
        )
    lines = [JsonLines().format(record) for record in caplog.records if record.name == "memorial.web"]
    assert lines
    for line in lines:
        assert "canary" not in line
        assert "203.0.113.9" not in line
        assert made.public_id not in line
        assert json.loads(line)["endpoint"] == "public.testimony"


def test_an_unexpected_error_is_logged_by_its_place_without_its_words(app, monkeypatch, caplog):
    def fail(*_args, **_values):
        raise ValueError("canary of a family")

    monkeypatch.setattr(lists, "shelf", fail)
    app.testing = False
    with caplog.at_level(logging.ERROR, "memorial.web"):
        logging.getLogger("memorial").propagate = True
        app.test_client().get("/en/testimonies")
    lines = [JsonLines().format(record) for record in caplog.records]
    assert any("ValueError" in line for line in lines)
    assert not any("canary" in line for line in lines)


# -- health and static files ----------------------------------------------------------------


def test_the_machine_can_be_watched(client):
    assert client.get("/healthz").get_json() == {"alive": True}
    assert client.get("/readyz").get_json() == {"database": True, "storage": True, "key": True}


def test_the_archive_in_numbers_is_for_those_who_watch_it_and_says_no_word(house, client):
    a_testimony(house)
    lines = client.get("/metrics").get_data(as_text=True).splitlines()
    assert {
        'memorial_ready{part="database"} 1',
        "memorial_queue_reachable 1",
        'memorial_files_waiting{work="copies"} 0',
    } <= set(lines)
    house.settings.metrics = False
    assert client.get("/metrics").status_code == 404
    assert all(re.fullmatch(r'memorial_[a-z_]+(\{[a-z]+="[a-z]+"\})? -?[\d.e+-]+', line) for line in lines)


def test_a_missing_key_is_not_ready(house, client):
    house.settings.archive_key_file.rename(house.settings.archive_key_file.with_suffix(".away"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["key"]) == (503, False)


def test_static_files_may_be_kept_for_a_year_under_their_fingerprint(app, client):
    address = app.extensions["static"]("css/memorial.css")
    assert address in client.get("/en/").get_data(as_text=True)
    answer = client.get(address)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_type.startswith("text/css")
    old = client.get("/static/0123456789abcdef/css/memorial.css")
    assert (old.status_code, old.headers["Cache-Control"]) == (200, "no-cache")


def test_static_files_lead_nowhere_else(client):
    for path in ["/static/../config.py", "/static/%2e%2e/config.py", "/static//etc/passwd", "/static/"]:
        assert client.get(path).status_code == 404
