"""Pages beside the bare one: from the cache, not cached, first and far page of a list, search.

Every round asks the bare page and the measured page one after the other; a figure is the median
of the rounds' ratios of whole answers a second. Beside it stands the ratio of the workers'
processor time, which other work on the machine disturbs less.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from statistics import quantiles
from urllib.parse import quote

from sqlalchemy import select

from benchmarks.archive import Made
from benchmarks.load import Load
from benchmarks.report import Goal, Pairs, Result, at_least, at_most
from benchmarks.serving import Server, serving
from benchmarks.words import RARE
from memorial.gate import Reader
from memorial.models import SearchEntry
from memorial.services import lists
from memorial.services.cursors import PER_PAGE, Place, asked, write_cursor
from memorial.services.search import MOST
from memorial.web_server import ARCHIVE

HELLO = "benchmarks.hello:application"
BARE = "benchmarks.bare_record:application"
FAR = 800  # which page of a list is the far one


@dataclass
class Bench:
    """What page measurements share: three servers, one load, one archive."""

    made: Made
    load: Load
    hello: Server
    cached: Server
    uncached: Server
    rounds: int
    seconds: float

    def beside_hello(self, name: str, what: str, server: Server, path: str, goal: Goal | None) -> Result:
        """The rate of a page over the rate of the bare page."""
        rate, work = Pairs(), Pairs()
        self.load.ask(server.port, [path], self.seconds / 2)
        for _ in range(self.rounds):
            bare, bare_work = self._rate(self.hello, "/")
            page, page_work = self._rate(server, path)
            rate.add(page, bare)
            if bare_work and page_work:
                work.add(bare_work, page_work)
        told = f"{page:,.0f}/s beside {bare:,.0f}/s"
        told += f"; by processor time {work.median:.3f}" if work.ratios else ""
        return Result(name, what, rate.median, "× hello", goal, rate.spread, told)

    def _rate(self, server: Server, path: str) -> tuple[float, float]:
        """Answers a second, and seconds of the workers' processors for each."""
        before = server.worker_seconds()
        got = self.load.ask(server.port, [path], self.seconds)
        if not got["requests"]:
            raise RuntimeError(
                f"{path}: not one answer within {self.seconds:g} s, so there is no rate to compare"
            )
        return got["requests"] / got["seconds"], (server.worker_seconds() - before) / got["requests"]

    def beside(self, name: str, what: str, path: str, other: str) -> Result:
        """The rate of one uncached page over that of another."""
        pairs = Pairs()
        for _ in range(self.rounds):
            other_rate, _ = self._rate(self.uncached, other)
            rate, _ = self._rate(self.uncached, path)
            pairs.add(rate, other_rate)
        return Result(name, what, pairs.median, "×", None, pairs.spread)


def measure(made: Made, rounds: int, seconds: float, wanted: Callable[[str], bool]) -> Iterator[Result]:
    """All that are wanted, one after the other."""
    settings = made.house.settings
    deep = far_page(made)
    made.house.engine.dispose()
    with (
        Load() as load,
        serving(HELLO) as hello,
        serving(ARCHIVE, settings) as cached,
        serving(ARCHIVE, settings, page_cache="0") as uncached,
    ):
        bench = Bench(made, load, hello, cached, uncached, rounds, seconds)
        for name, what, path, goal in _pages(made, deep):
            if wanted(name):
                yield bench.beside_hello(name, what, cached if name == "cache" else uncached, path, goal)
        if wanted("record-bare"):
            with serving(BARE, settings) as bare:
                yield bench.beside_hello(
                    "record-bare",
                    "  the same rows by bare Flask and SQLAlchemy",
                    bare,
                    f"/{made.long_testimony}",
                    None,
                )
        if wanted("keyset"):
            yield bench.beside("keyset", f"page {deep[0]} beside page 1", deep[1], "/en/testimonies")
        for name, word in (("search-rare-p95", RARE), ("search-common-p95", made.words.common)):
            if wanted(name) and made.house.engine.dialect.name == "sqlite":
                yield _beside_bare_query(bench, name, word)
        if wanted("memory"):
            yield from _memory(bench)


def _pages(made: Made, deep: tuple[int, str]) -> list[tuple[str, str, str, Goal | None]]:
    """Name, words, path and goal of each page."""
    short, long = f"/en/testimonies/{made.testimony}", f"/en/testimonies/{made.long_testimony}"
    rare, common = (f"/en/search?q={quote(word)}" for word in (RARE, made.words.common))
    return [
        ("cache", "public page from the cache", short, at_least(1.4)),
        ("record", "a 2,000-word testimony, not cached", long, at_least(0.18)),
        ("press", "a press account, not cached", f"/en/press/{made.press}", None),
        ("list", "a list of 24, not cached", "/en/testimonies", at_least(0.12)),
        ("people", "the wall of names, not cached", "/en/people", None),
        ("home", "the first page, not cached", "/en/", None),
        ("far", f"page {deep[0]} of the list, not cached", deep[1], at_least(0.12)),
        ("search-rare", "search, a rare word", rare, at_least(0.15)),
        ("search-common", "search, a word in every text", common, at_least(0.012)),
    ]


def far_page(made: Made) -> tuple[int, str]:
    """The number and address of page 800, or of the last whole page of a smaller archive."""
    page = max(2, min(FAR, made.counts["testimony"] // PER_PAGE))
    shelf = lists.SHELVES["testimony"]
    with made.house.session(Reader.public(made.house.moment())) as session:
        wanted = lists.statement_of("testimony").order_by(shelf.order.column, shelf.order.id)
        row = session.execute(wanted.offset((page - 1) * PER_PAGE - 1).limit(1)).one()
    cursor = write_cursor(Place(row.place.isoformat(), row.id))
    asked(cursor, "")  # fails here, and not in the load, if it is no cursor
    return page, f"/en/testimonies?after={cursor}"


def _beside_bare_query(bench: Bench, name: str, word: str) -> Result:
    """The page's p95 less the p95 of the bare ranked query over all hits, one after the other."""
    path = f"/en/search?q={quote(word)}"
    pages: list[float] = []
    bare: list[float] = []
    with closing(sqlite3.connect(bench.made.house.settings.data / "memorial.sqlite")) as connection:
        for _ in range(bench.rounds):
            bare += bare_queries(connection, word, bench.seconds)
            pages.append(bench.load.ask(bench.uncached.port, [path], bench.seconds, connections=1)["p95"])
    ours, other = sorted(pages)[len(pages) // 2], p95(bare)
    told = f"{ours:.1f} ms beside {other:.1f} ms of the bare ranked query"
    return Result(name, f"  p95 of {word!r} less the bare query's", ours - other, "ms", at_most(3.0), None, told)  # fmt: skip


def bare_queries(connection: sqlite3.Connection, word: str, seconds: float) -> list[float]:
    """Milliseconds of each bare ranked query, asked again and again for so long."""
    ranked = "SELECT rowid FROM fts_public WHERE fts_public MATCH ? ORDER BY bm25(fts_public) LIMIT 20"
    return timed(lambda: connection.execute(ranked, (f'"{word}"',)).fetchall(), seconds)


def timed(once: Callable[[], object], seconds: float) -> list[float]:
    """Milliseconds of each time it is done, again and again for so long."""
    took: list[float] = []
    begin = time.perf_counter()
    while (start := time.perf_counter()) - begin < seconds or len(took) < 3:
        once()
        took.append((time.perf_counter() - start) * 1000)
    return took


def p95(took: list[float]) -> float:
    return quantiles(took, n=20)[-1] if len(took) > 1 else took[0]


def _memory(bench: Bench) -> Iterator[Result]:
    """After every kind of page, many different ones among them, from a server with its cache on."""
    made = bench.made
    paths = ["/en/", "/en/testimonies", "/en/press", "/en/people", "/en/about", f"/en/search?q={RARE}"]
    with made.house.session(Reader.public(made.house.moment())) as session:
        entries = session.scalars(
            select(SearchEntry.record_id).where(SearchEntry.kind == "testimony").limit(MOST)
        )
        found = lists.entries(session, {number: "testimony" for number in entries if number})
    made.house.engine.dispose()
    paths += [f"/en{entry.address}" for entry in found.values()]
    bench.load.ask(bench.cached.port, paths, bench.seconds * 4)
    memory, whole = bench.cached.memory(), bench.cached.memory(parent=True)
    if not memory["pss"]:
        return
    told = (
        f"shared pages divided among those who share them; with the parent {whole['pss']:.0f} MB; shared pages"
        f" counted in each worker {memory['rss']:.0f} MB, the bare page's {bench.hello.memory()['rss']:.0f} MB"
    )
    yield Result(
        "memory", "memory of two web workers after load", memory["pss"], "MB", at_most(130), None, told
    )
