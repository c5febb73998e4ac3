"""Finding among a million names and twenty thousand texts, through the page: the slowest twentieth beside hello's.

    memorial bench --only finding                # 1,000,000 synthetic names, 20,000 texts; takes a while

Names are made of words that nobody bears, each said to be synthetic. Searches go one after the other, each time another
name, so that nothing is answered from a cache.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median
from urllib.parse import quote

from sqlalchemy import func, select

from benchmarks import wall
from benchmarks.archive import Made, an_archive
from benchmarks.load import Load
from benchmarks.pages import HELLO
from benchmarks.report import Goal, Result, at_most
from benchmarks.serving import Server, serving
from benchmarks.words import RARE
from memorial.gate import Reader
from memorial.models import WrittenName
from memorial.services import name_index
from memorial.web_server import ARCHIVE

NAMES, TEXTS = 1_000_000, 20_000
ASKED = 40  # different names of each sort


def measure(
    rounds: int, seconds: float, tell: Callable[[str], None], names: int = NAMES, texts: int = TEXTS
) -> Iterator[Result]:
    with an_archive(texts, tell=tell) as made:
        house = made.house
        tell(f"  writing {names:,} names; this takes a while")
        with house.writing(house.keeper()) as session:
            wall.fill(session, house, names)
        with house.writing(house.keeper()) as session:
            began = time.perf_counter()
            count = name_index.rebuild(session, lambda done, of: tell(f"  {done:,} of {of:,} names indexed"))
            took = time.perf_counter() - began
        yield Result("finding-index", f"the index of {count:,} names made anew", count / took, "names/s")
        if house.engine.dialect.name == "postgresql":
            with house.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
        house.engine.dispose()
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
        for name, what, paths, goal in sorts:
            yield _beside(load, hello, archive, name, what, paths, goal, rounds, seconds)
        memory = archive.memory()
        if memory["pss"]:
            yield Result(
                "finding-memory", "memory of two workers after it", memory["pss"], "MB", at_most(500)
            )


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
    load.ask(archive.port, paths, seconds / 2, connections=1)
    ours, bare = [], []
    for _ in range(rounds):
        bare.append(load.ask(hello.port, ["/"], seconds, connections=1)["p95"])
        ours.append(load.ask(archive.port, paths, seconds, connections=1)["p95"])
    ratios = [mine / theirs for mine, theirs in zip(ours, bare, strict=True)]
    told = f"{median(ours):.1f} ms beside {median(bare):.2f} ms"
    return Result(
        name, f"p95 of a search: {what}", median(ratios), "× hello", goal, (min(ratios), max(ratios)), told
    )
