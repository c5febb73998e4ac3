"""Several machines over one archive: one key, one turn at a time, no newer database, nothing of the second place lost."""

import sys
import threading

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from memorial import first_start, schema, second_place, server, turns
from memorial.domain.errors import Invalid
from memorial.house import open_house
from memorial.keys import KeyMissing, make_key_file
from memorial.storage import Storage
from memorial.web.security import limiter
from tests.builders import a_testimony
from tests.conftest import application_over
from tests.web.public.test_stored import _a_copy


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_machine_without_the_archive_s_key_makes_no_other_one(house):
    a_testimony(house)
    path = house.settings.archive_key_file
    path.unlink()
    with pytest.raises(KeyMissing, match="has a key"):
        open_house(house.settings)
    assert not path.exists()
    make_key_file(path)
    with pytest.raises(KeyMissing, match="another archive's"):
        open_house(house.settings)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_what_web_workers_alone_say_at_their_start_holds_no_key(house):
    said: list[str] = []
    first_start.prepare(house, said.append, to_a_person=False)
    assert "archive's key" in said[0]
    assert "AGE-SECRET-KEY" not in "\n".join(said)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_program_leaves_the_database_of_a_newer_one_alone(house):
    with house.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Invalid) as refused:
        open_house(house.settings)
    assert refused.value.key == "database_is_newer"
    assert schema.current(house.engine) == "9999"


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_turn_is_one_machine_s_until_it_ends_or_its_connection_does(house):
    with turns.taken(house, "minute") as first, turns.taken(house, "minute") as second:
        with turns.taken(house, "another") as other:
            assert (first, second, other) == (True, False, True)
    with turns.taken(house, "minute") as again:
        assert again
        house.engine.dispose()
        with house.engine.connect() as killer:
            killer.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database ="
                " (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        with turns.taken(house, "minute") as somebody_else:
            assert somebody_else


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_page_after_postgresql_was_away_finds_its_way_by_itself(house):
    """Its connections were closed by the server while they lay idle: nobody is answered with an error for that."""
    before = _two_backends(house)
    url = house.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as killer:
        closed = killer.execute("SELECT pg_terminate_backend(pid, 10000) FROM unnest(%s) AS pid", [before])
        assert closed.fetchall() == [(True,), (True,)]
    assert set(_two_backends(house)).isdisjoint(before)


def _two_backends(house) -> list[int]:
    with house.reading_engine.connect() as one, house.reading_engine.connect() as two:
        return [each.exec_driver_sql("SELECT pg_backend_pid()").scalar_one() for each in (one, two)]


def test_a_worker_that_ends_by_itself_is_started_again_until_it_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(server, "AGAIN_AFTER", 0.01)
    path, pause = tmp_path / "starts", threading.Event()
    worker = server.Worker([sys.executable, "-c", f"open({str(path)!r}, 'a').write('x')"])
    assert any((path.exists() and path.stat().st_size > 1) or pause.wait(0.05) for _ in range(600))
    worker.stop()
    assert worker._process.poll() is not None


def test_machines_that_share_the_second_place_write_a_file_each_and_are_read_in_order(tmp_path):
    for machine, at in (("one", 1), ("two/../x", 2), ("one", 3), ("", 4)):
        second_place.append_lines(tmp_path, [{"kind": "hidden", "at": f"2026-11-28T0{at}"}], machine)
    assert [line["at"][-1] for line in second_place.lines(tmp_path)] == ["1", "2", "3", "4"]
    assert {path.name for path in tmp_path.iterdir()} == {
        "second-place.jsonl", "second-place-one.jsonl", "second-place-two----x.jsonl",
    }  # fmt: skip


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_while_the_database_is_away_nothing_kept_is_shown_and_the_answer_says_when_to_come_back(
    house, client, monkeypatch
):
    house.settings.page_cache = 100
    page = f"/en{a_testimony(house).path}"
    assert client.get(page).status_code == 200

    def away(*_):
        raise OperationalError("synthetic: no database", {}, Exception())

    monkeypatch.setattr("memorial.web.cache.StateReader.__call__", away)
    monkeypatch.setattr(house.engine.pool, "connect", away)
    for path in (page, "/", "/en/", "/en/contribute"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), path
        assert "The archive is busy" in answer.get_data(as_text=True)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_an_object_store_that_does_not_answer_is_a_matter_of_time(house, client, monkeypatch, tmp_path):
    _made, picture = _a_copy(house)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    for name in ("AWS_ALLOW_HTTP", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "true")
    house.storage = Storage("s3://nowhere/archive", scratch=tmp_path / "scratch")
    answer = client.get(picture)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_limits_are_counted_in_redis_where_there_is_one(house):
    house.settings.redis_url = "redis://127.0.0.1:1/0"
    try:
        app = application_over(house)
        assert type(limiter.storage).__name__ == "RedisStorage"
        for _ in range(2):  # nobody is there: each process counts by itself
            assert app.test_client().get("/en/account/sign-in").status_code == 200
            answer = app.test_client().post("/en/account/sign-in")
            assert answer.status_code == 400  # no token; the limit was asked
    finally:
        house.settings.redis_url = ""
        application_over(house)
    assert type(limiter.storage).__name__ == "MemoryStorage"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_when_every_connection_is_taken_the_answer_says_when_to_come_back(client, monkeypatch):
    def none_left(_house):
        raise NoConnection("synthetic: the pool is empty")

    monkeypatch.setattr("memorial.web.public.health.checks", none_left)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
