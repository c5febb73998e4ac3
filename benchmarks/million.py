"""The archive on which finding and the wall are measured: so many texts, and a great many names.

    with a_million(tell, kept=Path("there")) as made:
        made.house, made.words

Names are made of words that nobody bears, each said to be synthetic. With `kept`, a folder, it stays there (on
PostgreSQL in a database of the server, `bench_kept`), and the next run finds it; without, it goes when the block ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import wall
from benchmarks.archive import SEED, Made, empty_house, filled, house_in
from benchmarks.words import Words
from config import Settings
from memorial.house import House
from memorial.services import name_index

NAMES, TEXTS = 1_000_000, 20_000
AT_ONCE = 50_000  # names of a transaction
WHOLE = "whole"  # the file that says that everything is written


@contextmanager
def a_million(
    tell: Callable[[str], None], kept: Path | None = None, names: int = NAMES, texts: int = TEXTS
) -> Iterator[Made]:
    """`made.counts` says how many names a second were indexed, where they were just now."""
    if kept is None:
        with empty_house() as house:
            yield _written(house, tell, names, texts)
        return
    kept.mkdir(parents=True, exist_ok=True)
    with house_in(kept, "bench_kept" if Settings().database_url.startswith("postgres") else "") as house:
        if (kept / WHOLE).exists():
            tell(f"  as it was kept in {kept}")
            yield Made(house, Words(SEED))
            return
        made = _written(house, tell, names, texts)
        (kept / WHOLE).touch()
        yield made


def _written(house: House, tell: Callable[[str], None], names: int, texts: int) -> Made:
    made = filled(house, texts, tell=tell)
    for start in range(0, names, AT_ONCE):
        with house.writing(house.keeper()) as session:
            wall.fill(session, house, min(AT_ONCE, names - start), seed=SEED + start, unnamed=wall.UNNAMED)
        tell(f"  {min(start + AT_ONCE, names):,} of {names:,} names written")
    began = time.perf_counter()
    with house.writing(house.keeper()) as session:
        count = name_index.rebuild(session, lambda done, of: tell(f"  {done:,} of {of:,} names indexed"))
    made.counts["names"] = count
    made.counts["names a second"] = round(count / (time.perf_counter() - began))
    if house.engine.dialect.name == "postgresql":  # what its autovacuum would do after a while
        with house.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")
    house.engine.dispose()
    return made
