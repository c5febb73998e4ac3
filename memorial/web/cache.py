"""Whole public pages kept in memory, in front of Flask, for readers without a session cookie.

    app.wsgi_app = PageCache(app.wsgi_app, house)

Every request reads the archive's state from the primary database first: the publication
epoch, which moves in the same transaction as any publication or withdrawal, and the next
opening and the next closing moment. A page is kept under that state and given out only
while it is the same, so a withdrawal counts from the next request and an embargo ends on
time. If-None-Match is answered after that reading. When the state cannot be read, nothing
is given out from here.

A view says that its answer may be kept with `keep(answer)`.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from flask import Response, g, request
from sqlalchemy import Engine, event

from memorial.db import PATIENCE
from memorial.domain.consent import Moment
from memorial.formats.json_ld import MEDIA_TYPE as LINKED_DATA
from memorial.house import House
from memorial.web.security import SESSION_COOKIE

Environ = dict[str, Any]
Start = Callable[..., Callable[[bytes], object]]
Headers = list[tuple[str, str]]

STATE = "memorial.state"
KEEP = "memorial.keep"
# Besides the number of pages: together they may fill so many bytes in each worker.
ROOM = 24 * 1024 * 1024
LARGEST = 512 * 1024


class State(NamedTuple):
    """Two readings that are equal mean: what the public may see has not changed in between."""

    epoch: int
    opens: str  # the next moment at which something may open, for the trusted clock's lesser reading
    closes: str  # and close, for the greater one
    day: str  # pages carry today's date, and one person of the day


class StateReader:
    """Reads the state by one tiny query, on connections of its own: as many as read at once, whichever threads they are."""

    def __init__(self, engine: Engine, moment: Callable[[], Moment]) -> None:
        self._engine, self._moment = engine, moment
        self._idle: deque[Any] = deque()
        self._sqlite = engine.dialect.name == "sqlite"
        mark = "?" if self._sqlite else "%s"
        self._query = (
            f"SELECT epoch, (SELECT min(at) FROM boundaries WHERE at > {mark}),"
            f" (SELECT min(at) FROM boundaries WHERE at > {mark}) FROM heads WHERE id = 1"
        )
        event.listen(engine, "engine_disposed", self._close)

    def __call__(self) -> State:
        try:
            return self._read()
        except Exception:
            # A server that was started anew has closed them all.
            self._close()
            return self._read()

    def _read(self) -> State:
        now = self._moment()
        connection = self._take()
        try:
            row = connection.execute(self._query, (self._bound(now.low), self._bound(now.high))).fetchone()
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        epoch, opens, closes = row
        return State(int(epoch), str(opens), str(closes), now.low.astimezone(UTC).date().isoformat())

    def _bound(self, at: datetime) -> object:
        # As SQLAlchemy stores instants in SQLite: text that sorts as time does (memorial.db.Utc).
        return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if self._sqlite else at

    def _take(self) -> Any:
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _connect(self) -> Any:
        names, options = self._engine.dialect.create_connect_args(self._engine.url)
        options.update({"check_same_thread": False} if self._sqlite else {**PATIENCE, "autocommit": True})
        connection = self._engine.dialect.loaded_dbapi.connect(*names, **options)
        if self._sqlite:
            connection.isolation_level = None
        return connection

    def _close(self, _engine: Engine | None = None) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer, as it goes out."""

    state: State
    headers: Headers
    short: Headers  # for 304: without type and length
    etag: str
    body: bytes


class PageCache:
    """The WSGI middleware. `pages` is how many it keeps; 0 keeps none and still reads the state."""

    def __init__(self, app: Callable[..., Iterable[bytes]], house: House) -> None:
        self._app = app
        self._state = StateReader(house.engine, house.moment)
        self._pages = house.settings.page_cache
        self._kept: OrderedDict[tuple[str, ...], Kept] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        try:
            state = self._state()
        except Exception:
            return self._app(environ, start)
        environ[STATE] = state
        if not self._pages or not _asks_for_a_page(environ):
            return self._app(environ, start)
        key = _key(environ)
        kept = self._kept.get(key)
        if kept is not None and kept.state == state:
            return _give(kept, environ, start)
        return self._render(key, state, environ, start)

    def _render(self, key: tuple[str, ...], state: State, environ: Environ, start: Start) -> Iterable[bytes]:
        """Ask the application, and keep its answer if the state is still the same afterwards."""
        said: list[Any] = []

        def remember(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            said[:] = [status, headers]
            return start(status, headers, exc_info) if exc_info else start(status, headers)

        answer = self._app(environ, remember)
        if not environ.get(KEEP) or environ["REQUEST_METHOD"] != "GET" or not said[0].startswith("200"):
            return answer
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        if len(body) <= LARGEST and self._state() == state:
            self._keep(key, _kept(state, said[1], body))
        return [body]

    def _keep(self, key: tuple[str, ...], page: Kept) -> None:
        with self._lock:
            old = self._kept.pop(key, None)
            self._kept[key] = page
            self._bytes += len(page.body) - (len(old.body) if old else 0)
            while len(self._kept) > self._pages or self._bytes > ROOM:
                _, gone = self._kept.popitem(last=False)
                self._bytes -= len(gone.body)


def _asks_for_a_page(environ: Environ) -> bool:
    """Not for linked data: at a page's address it is had as well (web/exchange/heads.py), and both have one key here."""
    return (
        environ["REQUEST_METHOD"] in ("GET", "HEAD")
        and SESSION_COOKIE not in environ.get("HTTP_COOKIE", "")
        and LINKED_DATA not in environ.get("HTTP_ACCEPT", "").lower()
    )


def _key(environ: Environ) -> tuple[str, ...]:
    # The path holds the language. Absolute addresses in a page name scheme and host.
    return (
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        environ.get("HTTP_HOST", ""),
        environ.get("wsgi.url_scheme", ""),
    )


def _kept(state: State, headers: Headers, body: bytes) -> Kept:
    etag = next((value for name, value in headers if name == "ETag"), "")
    short = [pair for pair in headers if pair[0] not in ("Content-Type", "Content-Length")]
    return Kept(state, headers, short, etag, body)


def _give(page: Kept, environ: Environ, start: Start) -> Iterable[bytes]:
    asked = environ.get("HTTP_IF_NONE_MATCH")
    if asked and page.etag and _matches(asked, page.etag):
        start("304 NOT MODIFIED", page.short)
        return []
    start("200 OK", page.headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [page.body]


def _matches(asked: str, etag: str) -> bool:
    bare = etag.removeprefix("W/")
    return any(each.strip().removeprefix("W/") in (bare, "*") for each in asked.split(","))


def keep(answer: Response) -> Response:
    """Give a public page its ETag, answer a conditional request, and let the cache keep the page.

    Called after the view, so that what the gate refuses now is never "not modified".
    """
    digest = hashlib.blake2b(answer.get_data(), digest_size=16).hexdigest()
    answer.headers["ETag"] = f'"{digest}"'
    # An approved reader's page may hold what the public may not see.
    answer.headers["Cache-Control"] = "no-store" if "reader" in g else "no-cache"
    answer.headers["Vary"] = "Cookie"
    request.environ[KEEP] = "reader" not in g and SESSION_COOKIE not in request.cookies
    if "HTTP_IF_NONE_MATCH" in request.environ:
        return answer.make_conditional(request)  # type: ignore[return-value]
    return answer


def epoch_of(environ: Environ) -> int:
    """The epoch this request began with; -1 where nobody has read it."""
    state = environ.get(STATE)
    return state.epoch if state is not None else -1
