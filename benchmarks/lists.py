"""Lists with a form: 100,000 synthetic press accounts and documents beside 100 of each, for each way of looking at them.

Both are asked in turns, in this process, through the whole application without the page cache.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select

from benchmarks.archive import FIRST_DAY, an_archive
from benchmarks.desk import know_the_rows
from benchmarks.report import Pairs, Result, at_most
from memorial.app import create_app
from memorial.domain.ids import new_public_id
from memorial.house import House
from memorial.models import Document, Part, Press, Record

FEW, MANY = 100, 100_000
CHUNK = 5_000
PAPERS, CITIES, COUNTRIES, FORMS = 150, 60, 40, 8
WAYS = {
    "list-press": ("press accounts by date", "/en/press"),
    "list-documents": ("documents by date", "/en/documents"),
    "list-documents-country": ("  by country", "/en/documents?sort=country"),
    "list-documents-kind": ("  by kind", "/en/documents?sort=kind"),
}


def measure(rounds: int, tell: Callable[[str], None], wanted: Callable[[str], bool]) -> Iterator[Result]:
    with an_archive(FEW, tell=lambda _words: None) as small, an_archive(FEW, tell=tell) as large:
        few = _filled(small.house, FEW)
        tell(f"  writing {MANY:,} synthetic press accounts and documents")
        many = _filled(large.house, MANY)
        for name, (what, path) in WAYS.items():
            if wanted(name):
                yield _beside(few, many, name, what, path, rounds)


def _beside(few: Any, many: Any, name: str, what: str, path: str, rounds: int) -> Result:
    pairs, took = Pairs(), ([], [])
    for turn in range(rounds * 5 + 1):
        once = _answer(few, path), _answer(many, path)
        if turn:  # the first one warms both
            pairs.add(once[1], once[0])
            for kept, each in zip(took, once, strict=True):
                kept.append(each * 1000)
    least = [min(each) for each in took]
    told = f"at best {least[1]:.1f} ms beside {least[0]:.1f} ms of {FEW}"
    return Result(name, what, least[1] / least[0], f"× {FEW} rows", at_most(1.5), pairs.spread, told)


def _answer(client: Any, path: str) -> float:
    begin = time.perf_counter()
    page = client.get(path, base_url="http://127.0.0.1")
    took = time.perf_counter() - begin
    if page.status_code != 200:
        raise RuntimeError(f"{path} was answered with {page.status_code}")
    return took


def _filled(house: House, count: int) -> Any:
    chance = random.Random(1992)
    with house.writing(house.keeper()) as session:
        like = session.scalars(select(Record).where(Record.kind == "press").order_by(Record.id)).first()
        assert like is not None
        guard = {
            name: getattr(like, name) for name in ("policy_id", "public_from", "public_until", "contribution_id", "sealed")
        }  # fmt: skip
        now = {"created_at": like.created_at, "changed_at": like.changed_at}
        for kind, table, detail in (("press", Press, _press), ("document", Document, _document)):
            for start in range(0, count, CHUNK):
                first = _next(session, Record), _next(session, Part)
                numbers = range(min(CHUNK, count - start))
                session.execute(insert(Record), [
                    {"id": first[0] + n, "public_id": new_public_id(), "kind": kind, "part_id": first[1] + n,
                     "language": chance.choice(("az", "en", "ru", "tr", "fr")),
                     "sort_day": FIRST_DAY + timedelta(days=chance.randrange(9_000)), **guard, **now}
                    for n in numbers
                ])  # fmt: skip
                session.execute(insert(Part), [
                    {"id": first[1] + n, "record_id": first[0] + n, "kind": "page", "key": "page", "added": 0,
                     "policy_id": guard["policy_id"]} for n in numbers
                ])  # fmt: skip
                session.execute(insert(table), [
                    {"record_id": first[0] + n, "part_id": first[1] + n, **guard, **detail(chance)} for n in numbers
                ])  # fmt: skip
    know_the_rows(house)
    uncached = replace(house, settings=house.settings.model_copy(update={"page_cache": 0}))
    return create_app(uncached).test_client()


def _next(session: Any, table: Any) -> int:
    return int(session.scalar(select(func.max(table.id))) or 0) + 1


def _press(chance: random.Random) -> dict[str, Any]:
    return {
        "publication": f"Synthetic Paper {chance.randrange(PAPERS)}",
        "city": f"Madeuptown {chance.randrange(CITIES)}",
        "country": f"Synthetic Land {chance.randrange(COUNTRIES)}",
    }


def _document(chance: random.Random) -> dict[str, Any]:
    return {
        "body": f"Synthetic body {chance.randrange(1_000)}",
        "jurisdiction": f"Synthetic Land {chance.randrange(COUNTRIES)}",
        "form": f"kind {chance.randrange(FORMS)}",
    }
