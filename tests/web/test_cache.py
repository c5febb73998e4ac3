"""The page cache: fast for everyone, and never a moment behind the ledger."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from memorial.app import create_app
from memorial.domain import consent as rules
from memorial.gate import Actor
from memorial.models import Contribution, Record
from memorial.services import consent, withdrawal
from memorial.services.consent import Said
from memorial.web.cache import KEEP, PageCache, StateReader
from tests.builders import a_press_account, a_testimony
from tests.web.test_security import _with


@pytest.fixture
def cached(house):
    app = create_app(_with(house, page_cache=50))
    app.testing = True
    return app.test_client()


def _hide(house, made) -> None:
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        withdrawal.hide(session, Actor.family(made.ref, made.contribution_id), contribution, now=house.now())


def test_the_second_visitor_costs_no_query(house, cached, count_queries):
    made = a_testimony(house)
    first = cached.get(f"/en{made.path}")
    count_queries()
    second = cached.get(f"/en{made.path}")
    assert count_queries() == 0
    assert second.data == first.data
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


def test_whoever_takes_any_json_but_linked_data_is_given_the_page_that_is_kept(house, cached, count_queries):
    made = a_testimony(house)
    page = cached.get(f"/en{made.path}")
    for asked in ("application/json", "text/html, application/json;q=0.9, */*", "application/problem+json"):
        count_queries()
        assert cached.get(f"/en{made.path}", headers={"Accept": asked}).data == page.data
        assert count_queries() == 0, asked


def test_a_withdrawal_counts_from_the_next_request_everywhere(house, cached):
    made = a_testimony(house)
    paths = [
        f"/en{made.path}",
        "/en/testimonies",
        "/en/search?q=synthetic",
        f"/en/cite?record={made.public_id}",
    ]
    etags = {path: cached.get(path).headers["ETag"] for path in paths}
    _hide(house, made)
    for path in paths:
        for headers in ({}, {"If-None-Match": etags[path]}):
            answer = cached.get(path, headers=headers)
            assert answer.status_code in (200, 404), path
            assert made.public_id not in answer.get_data(as_text=True), path


def test_a_publication_shows_at_once(house, cached):
    assert "synthetic press" not in cached.get("/en/press").get_data(as_text=True)
    a_press_account(house)
    assert "synthetic press" in cached.get("/en/press").get_data(as_text=True)


def test_an_embargo_ends_without_a_transaction(house, cached, clock):
    opens = clock.at + timedelta(hours=2)
    made = a_testimony(house, contributor={rules.EVERY_PART: rules.chosen(["public"], ["view"], opens=opens)})
    listed = made.public_id.encode()
    assert listed not in cached.get("/en/testimonies").data
    clock.forward(timedelta(hours=1, minutes=59))
    assert listed not in cached.get("/en/testimonies").data
    clock.forward(timedelta(minutes=2))
    assert listed in cached.get("/en/testimonies").data


def test_a_limited_yes_ends_without_a_transaction(house, cached, clock):
    closes = clock.at + timedelta(hours=2)
    will = {rules.EVERY_PART: rules.chosen(["public"], ["view"], closes=closes)}
    made = a_testimony(house, contributor=will)
    assert cached.get(f"/en{made.path}").status_code == 200
    clock.forward(timedelta(hours=2))
    assert cached.get(f"/en{made.path}").status_code == 404


def test_a_wall_clock_that_jumps_opens_nothing_and_keeps_nothing_open(house, cached, clock):
    opens = clock.at + timedelta(days=300)
    closes = clock.at + timedelta(days=200)
    early = a_testimony(
        house, contributor={rules.EVERY_PART: rules.chosen(["public"], ["view"], opens=opens)}
    )
    late = a_testimony(
        house, contributor={rules.EVERY_PART: rules.chosen(["public"], ["view"], closes=closes)}
    )
    assert cached.get(f"/en{late.path}").status_code == 200
    clock.jump(timedelta(days=365))
    assert cached.get(f"/en{early.path}").status_code == 404
    assert cached.get(f"/en{late.path}").status_code == 404


def test_languages_queries_and_hosts_are_kept_apart(house, cached):
    a_press_account(house)
    pages = {path: cached.get(path).data for path in ("/en/press", "/ru/press", "/en/press?city=Nowhere")}
    assert len(set(pages.values())) == 3
    for path, body in pages.items():
        assert cached.get(path).data == body
    elsewhere = cached.get("/en/press", headers={"Host": "evil.example"})
    assert elsewhere.status_code == 400


def test_conditional_and_head_requests_are_answered_from_the_cache(house, cached, count_queries):
    made = a_testimony(house)
    etag = cached.get(f"/en{made.path}").headers["ETag"]
    count_queries()
    for asked in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = cached.get(f"/en{made.path}", headers={"If-None-Match": asked})
        assert (answer.status_code, answer.data) == (304, b"")
    head = cached.head(f"/en{made.path}")
    assert (head.status_code, head.data) == (200, b"")
    assert count_queries() == 0


def test_whoever_is_signed_in_gets_nothing_from_the_cache(house, cached, count_queries):
    made = a_testimony(house)
    cached.get(f"/en{made.path}")
    count_queries()
    cached.set_cookie("memorial_session", "anything")
    assert cached.get(f"/en{made.path}").status_code == 200
    assert count_queries() > 0


def test_errors_and_pages_of_families_are_not_kept(house, cached, count_queries):
    for path in ("/en/nothing", "/en/contribute"):
        first = cached.get(path)
        assert first.headers["Cache-Control"] == "no-store"
    made = a_testimony(house, published=False)
    assert cached.get(f"/en{made.path}").status_code == 404
    with house.writing(house.keeper()) as session:
        said = Said(consent.archive_party(session), "will", {rules.EVERY_PART: rules.everything()})
        consent.append(
            session, session.get_one(Record, made.record_id), said, by=Actor.system(), at=house.now()
        )
    assert cached.get(f"/en{made.path}").status_code == 200


def test_the_day_changes_the_page_that_carries_it(house, cached, clock):
    before = cached.get("/en/").get_data(as_text=True)
    clock.forward(timedelta(days=1))
    after = cached.get("/en/").get_data(as_text=True)
    assert "22 November 2026" in before
    assert "23 November 2026" in after


def test_what_was_made_while_the_ledger_moved_is_not_kept(house):
    moved = []

    def application(environ, start):
        environ[KEEP] = True
        if not moved:
            moved.append(a_press_account(house))
        start("200 OK", [("ETag", '"old"')])
        return [b"old" if len(moved) == 1 else b"new"]

    cache = PageCache(application, _with(house, page_cache=5))
    _ask(cache)
    moved.append("again")
    assert _ask(cache) == b"new"


def test_the_oldest_pages_make_room(house):
    asked = []

    def application(environ, start):
        asked.append(environ["PATH_INFO"])
        environ[KEEP] = True
        start("200 OK", [("ETag", '"x"')])
        return [environ["PATH_INFO"].encode()]

    cache = PageCache(application, _with(house, page_cache=2))
    for path in ("/a", "/b", "/c", "/c", "/a"):
        _ask(cache, path)
    assert asked == ["/a", "/b", "/c", "/a"]


def test_when_the_state_cannot_be_read_nothing_is_given_out(house, cached, monkeypatch):
    made = a_testimony(house)
    cached.get(f"/en{made.path}")
    monkeypatch.setattr(
        "memorial.web.cache.StateReader._read", lambda _self: (_ for _ in ()).throw(OSError())
    )
    answer = cached.get(f"/en{made.path}")
    assert answer.status_code == 200
    _hide(house, made)
    assert cached.get(f"/en{made.path}").status_code == 404


def _ask(cache: PageCache, path: str = "/en/x") -> bytes:
    from werkzeug.test import EnvironBuilder

    environ = EnvironBuilder(path=path, base_url="http://localhost").get_environ()
    return b"".join(cache(environ, lambda *_args: None))


def test_threads_that_come_and_go_share_the_connections_that_read_the_state(house, monkeypatch):
    reader, opened = StateReader(house.engine, house.moment), []
    connect = reader._connect
    monkeypatch.setattr(reader, "_connect", lambda: opened.append(1) or connect())
    for _ in range(20):
        thread = threading.Thread(target=reader)
        thread.start()
        thread.join()
    assert reader().epoch >= 0
    assert len(opened) == 1
