"""A common word among a million short records: the service's search beside the bare `bm25` over all hits."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing

from benchmarks.archive import an_archive
from benchmarks.pages import bare_queries, p95
from benchmarks.report import Result, at_most
from memorial.gate import Reader
from memorial.house import House
from memorial.services.search import search

SHORT = 1_000_000


def measure(rounds: int, tell: Callable[[str], None]) -> Iterator[Result]:
    tell("  writing 1,000,000 short records; this takes a while")
    with an_archive(100, short_press=SHORT, tell=tell) as made:
        if made.house.engine.dialect.name != "sqlite":
            tell("  the bare bm25 is SQLite's; on PostgreSQL only ours is told")
        word, ours, bare = made.words.common, list[float](), list[float]()
        for _ in range(rounds):
            ours += searches(made.house, word, 2.0)
            if made.house.engine.dialect.name == "sqlite":
                with closing(sqlite3.connect(made.house.settings.data / "memorial.sqlite")) as connection:
                    bare += bare_queries(connection, word, 2.0)
        if not bare:
            yield Result("large", "a common word among 1,000,000 records, p95", p95(ours), "ms")
            return
        told = f"{p95(ours):.1f} ms beside {p95(bare):.0f} ms"
        yield Result("large", "a common word among 1,000,000 records, p95", p95(ours) / p95(bare), "× bare bm25", at_most(0.15), None, told)  # fmt: skip


def searches(house: House, word: str, seconds: float) -> list[float]:
    """Milliseconds of each search through gate, ranking, lines and snippets, each in a session of its own."""
    took: list[float] = []
    begin = time.perf_counter()
    while (start := time.perf_counter()) - begin < seconds or len(took) < 3:
        with house.session(Reader.public(house.moment())) as session:
            search(session, word)
        took.append((time.perf_counter() - start) * 1000)
    return took
