"""Finding among a million names and twenty thousand texts, through the page: the slowest twentieth beside hello's.

    memorial bench --only finding                          # 1,000,000 synthetic names, 20,000 texts; takes a while
    memorial bench --only finding --only wall --kept there # keeps them for the next time

Searches go one after the other, each time another name, so that nothing is answered from a cache. Both engines are warm.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from urllib.parse import quote

from sqlalchemy import func, select

from benchmarks.archive import Made
from benchmarks.load import Load
from benchmarks.million import a_million
from benchmarks.pages import HELLO, bare_queries, p95, timed
from benchmarks.report import Goal, Result, at_most
from benchmarks.serving import Server, serving
from benchmarks.words import RARE
from memorial.gate import Reader
from memorial.models import WrittenName
from memorial.services import search
from memorial.web_server import ARCHIVE

ASKED = 40  # different names of each sort
WARM = 3.0  # seconds before each sort


def measure(
    rounds: int, seconds: float, tell: Callable[[str], None], kept: Path | None = None, **size: int
) -> Iterator[Result]:
    with a_million(tell, kept, **size) as made:
        if "names" in made.counts:
            count, rate = made.counts["names"], made.counts["names a second"]
            yield Result("finding-index", f"the index of {count:,} names made anew", rate, "names/s")
        yield from _searches(made, rounds, seconds)


def _searches(made: Made, rounds: int, seconds: float) -> Iterator[Result]:
    words = made.words
    some = _names(made)
    sorts: list[tuple[str, str, list[str], Goal]] = [
        ("finding-name", "a whole name", [f"/en/people?q={quote(' '.join(each))}" for each in some], at_most(15)),
        ("finding-family", "a family name", [f"/en/people?q={quote(each[1])}" for each in some], at_most(15)),
        ("finding-wrong", "a name with a letter wrong", [f"/en/people?q={quote(each[1][:-1] + 'x')}" for each in some], at_most(15)),
        ("finding-typing", "suggestions", [f"/en/people/suggestions?q={quote(each[1][:3])}" for each in some], at_most(15)),
        ("finding-rare", "a rare word", [f"/en/search?q={RARE}"], at_most(25)),
        ("finding-common", "a word in every text", [f"/en/search?q={words.common}"], at_most(83)),
    ]  # fmt: skip
    with (
        Load() as load,
        serving(HELLO) as hello,
        serving(ARCHIVE, made.house.settings, page_cache="0") as archive,
    ):
        if made.house.engine.dialect.name == "postgresql":
            yield _buffers(made)
        for name, what, paths, goal in sorts:
            _warm(load, hello, archive, paths)
            yield _beside(load, hello, archive, name, what, paths, goal, rounds, seconds)
        if made.house.engine.dialect.name == "sqlite":
            yield from _beside_ranking(load, archive, made, rounds, seconds)
        yield from _memory(archive)


def _warm(load: Load, hello: Server, archive: Server, paths: list[str]) -> None:
    """Each worker of both has answered each address some times: what it reads is in memory, and what it asks is prepared."""
    load.ask(hello.port, ["/"], WARM, connections=4)
    load.ask(archive.port, paths, WARM, connections=4)


def _buffers(made: Made) -> Result:
    """A server whose buffers are smaller than what searches read measures the disk."""
    with made.house.engine.connect() as connection:
        asked = (
            "SELECT pg_size_bytes(current_setting('shared_buffers')), pg_database_size(current_database())"
        )
        buffers, size = connection.exec_driver_sql(asked).one()
    made.house.engine.dispose()
    told = f"the database has {size / 1e6:,.0f} MB"
    return Result("finding-buffers", "shared buffers of PostgreSQL", buffers / 1e6, "MB", None, None, told)


def _memory(archive: Server) -> Iterator[Result]:
    """What each worker holds; pages of the database's file that are mapped are the system's to take back."""
    held = [archive.memory_of(pid) for pid in archive.workers]
    if not all(each["pss"] for each in held):
        return
    own = max(each["pss"] - each["file"] for each in held)
    most = max(each["pss"] for each in held)
    told = f"of its own {own:.0f} MB, the rest files that are mapped"
    yield Result("finding-memory", "memory of a worker after it", most, "MB", at_most(250), None, told)


def _beside_ranking(load: Load, archive: Server, made: Made, rounds: int, seconds: float) -> Iterator[Result]:
    """The search, with its facets, lines and snippets, beside the bare `bm25` of all hits of the same word; and the page."""
    word = made.words.common
    searches, pages = list[float](), list[float]()
    with (
        closing(sqlite3.connect(made.house.settings.data / "memorial.sqlite")) as connection,
        made.house.session(Reader.public(made.house.moment())) as session,
    ):
        for _ in range(rounds):
            bare = p95(bare_queries(connection, word, seconds))
            ours = p95(timed(lambda: search.search(session, word), seconds))
            page = load.ask(archive.port, [f"/en/search?q={word}"], seconds, connections=1)["p95"]
            searches.append(ours / bare)
            pages.append(page / bare)
            told = f"{ours:.1f} ms and {page:.1f} ms beside {bare:.0f} ms"
    made.house.engine.dispose()
    for name, what, ratios, goal in (
        ("finding-ranked", "p95 of the search itself for that word, beside the bare ranking of all its hits", searches, at_most(0.15)),
        ("finding-ranked-page", "  the whole page, with names, beside the same", pages, None),
    ):  # fmt: skip
        spread = (min(ratios), max(ratios))
        yield Result(name, what, median(ratios), "× bare bm25", goal, spread, told)


def _names(made: Made) -> list[list[str]]:
    """Names that there are, from all over the archive: given name and family name."""
    with made.house.session(Reader.public(made.house.moment())) as session:
        last = session.scalar(select(func.max(WrittenName.id))) or 0
        spread = [1 + last * number // ASKED for number in range(ASKED)]
        texts = session.scalars(select(WrittenName.text).where(WrittenName.id.in_(spread))).all()
    made.house.engine.dispose()
    return [text.split()[:2] for text in texts]


def _beside(
    load: Load,
    hello: Server,
    archive: Server,
    name: str,
    what: str,
    paths: list[str],
    goal: Goal,
    rounds: int,
    seconds: float,
) -> Result:
    ours, bare, work = list[float](), list[float](), list[float]()
    for _ in range(rounds):
        slowest, hello_work = _asked(load, hello, ["/"], seconds)
        bare.append(slowest)
        slowest, our_work = _asked(load, archive, paths, seconds)
        ours.append(slowest)
        work += [our_work / hello_work] if hello_work else []
    ratios = [mine / theirs for mine, theirs in zip(ours, bare, strict=True)]
    told = f"{median(ours):.1f} ms beside {median(bare):.2f} ms"
    told += f"; by processor time {median(work):.1f} ×, which other work disturbs less" if work else ""
    return Result(
        name, f"p95 of a search: {what}", median(ratios), "× hello", goal, (min(ratios), max(ratios)), told
    )


def _asked(load: Load, server: Server, paths: list[str], seconds: float) -> tuple[float, float]:
    """The p95, and seconds of the workers' processors for each answer."""
    before = server.worker_seconds()
    got = load.ask(server.port, paths, seconds, connections=1)
    return got["p95"], (server.worker_seconds() - before) / max(1, got["requests"])
