"""The whole collection, published, and every page of it that links lead to from the first one.

    def test_…(published): published.pages["/press"], published.home["fig-001"]

It is loaded once for a run, and each page rendered once, for whichever tests ask. SQLite only: what is tested is
the rendering, and no engine is in that. Without the shared material beside the checkout the fixture says so and
fails.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from config import Settings
from memorial.domain.addresses import address
from memorial.gate import Actor
from memorial.house import House, open_house
from memorial.models import Record, Source, Statement
from memorial.services.collection import finish, import_objects, in_order, open_file
from tests.pages import LANGUAGE, Block, Page

# Doors of families, of the desk and of accounts, and what has no end: links to them are tried, and not followed.
NOT_FOLLOWED = re.compile(r"/(contribute|return|leave|left|my|account|desk|research|search|cite)\b")
MOST_PAGES = 2_500

Object = dict[str, Any]


def _leads_on(path: str, onward: str) -> bool:
    """To a page, or to more of a list on this one; lists by other orders and filters are tried, not followed."""
    if "?" in onward:
        more = onward.partition("?")[0] == path.partition("?")[0] and "after=" in onward
        return more and onward.count("&") <= 1
    return not NOT_FOLLOWED.match(onward)


@dataclass(repr=False, eq=False)
class Published:
    """The pages, and where each object of the collection has its home."""

    house: House
    client: FlaskClient
    objects: dict[str, list[Object]]
    home: dict[str, str]  # id of an object -> its path, or "#s-…" of its row
    pages: dict[str, Page] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)  # of whatever was asked for and is no page

    def walk(self) -> None:
        waiting = ["/"]
        while waiting:
            path = waiting.pop(0)
            page = self.ask(path)
            if page is None or page.status != 200:
                continue
            for link, _, _ in page.links:
                onward = link.partition("#")[0]
                known = onward in self.pages or onward in self.answers or onward in waiting
                if not known and _leads_on(path, onward):
                    waiting.append(onward)
            assert len(self.pages) < MOST_PAGES, f"pages without end, the last of them {path}"

    def ask(self, path: str, *, keep: bool = True) -> Page | None:
        """A page by its path; None where what came is no page."""
        with self.client.get(LANGUAGE + path) as answer:
            if not answer.content_type.startswith("text/html"):
                self.answers[path] = answer.status_code
                return None
            page = Page(path, answer.status_code, answer.get_data(as_text=True))
        if keep:
            self.pages[path] = page
        return page

    def status(self, path: str) -> int:
        """What a link answers, asked once."""
        if path in self.pages:
            return self.pages[path].status
        if path not in self.answers:
            with self.client.get(LANGUAGE + path) as answer:
                self.answers[path] = answer.status_code
        return self.answers[path]

    @cached_property
    def under(self) -> dict[str, list[Page]]:
        """All pages of one thing: its own, the further ones of its lists, those beneath it."""
        found: dict[str, list[Page]] = defaultdict(list)
        for path, page in self.pages.items():
            steps = path.partition("?")[0].split("/")
            for depth in range(2, len(steps) + 1):
                found["/".join(steps[:depth])].append(page)
        return found

    @cached_property
    def rows(self) -> dict[str, list[tuple[Page, Block]]]:
        """Where each row with an address of its own stands: id -> (page, row)."""
        found: dict[str, list[tuple[Page, Block]]] = defaultdict(list)
        for page in self.pages.values():
            for block in page.blocks:
                for identity in block.ids:
                    if identity.startswith("s-"):
                        found[identity].append((page, block))
        return found

    def places_of(self, name: str) -> list[tuple[Page, Block]]:
        """Where an object stands: its page, or its rows, the one on its question's page first."""
        home = self.home.get(name, "")
        if home.startswith("#"):
            found = self.rows.get(home[1:], [])
            return sorted(found, key=lambda pair: not pair[0].path.startswith("/figures/"))
        return [(page, page.own) for page in self.under.get(home, []) if home]

    def names(self, path: str, name: str) -> bool:
        """Whether the pages at a path name an object: link to it, or hold its row."""
        home = self.home.get(name, "")
        for page in self.under.get(path, []):
            if home.startswith("#"):
                if home[1:] in page.own.ids or any(link.endswith(home) for link, _ in page.own.links):
                    return True
            elif home and page.own.leads_to(home):
                return True
        return False


def read(folder: Path, kind: str) -> list[Object]:
    lines = (folder / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def published(
    shared: Path, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Published]:
    """Everything of the collection, published and walked through."""
    from memorial.app import create_app

    folder = shared / "collection"
    house = _opened(sqlite_template, tmp_path_factory.mktemp("published"))
    _load(house, folder)
    application = create_app(house)
    application.testing = True
    objects = {path.stem: read(folder, path.stem) for path in sorted(folder.glob("*.jsonl"))}
    found = Published(house, application.test_client(), objects, _homes(house))
    found.walk()
    yield found
    house.engine.dispose()


def _opened(template: Path, folder: Path) -> House:
    (folder / "var").mkdir()
    (folder / "keys").mkdir()
    shutil.copy(template, folder / "var" / "memorial.sqlite")
    settings = Settings(
        _env_file=None,
        data=folder / "var",
        storage_url=str(folder / "media"),
        database_url=f"sqlite:///{folder / 'var' / 'memorial.sqlite'}",
        key_file=folder / "keys" / "archive.key",
        second_place=str(folder / "second"),
        secret_key="a test's own secret",
        hosts="localhost,127.0.0.1",
        starter=False,
        page_cache=0,
    )
    return open_house(settings, wall=lambda: datetime(2026, 11, 22, 9, 0, tzinfo=UTC), monotonic=lambda: 0.0)


def _load(house: House, folder: Path) -> None:
    signed: dict[str, Any] = {"publish": True, "second": "command:other", "note_hash": "signed"}
    with house.writing(house.keeper()) as session:
        for path in in_order(folder.glob("*.jsonl")):
            kind, rows = open_file(path)
            import_objects(session, Actor.command("one"), kind, rows, now=house.now(), **signed)
        finish(session)


def _homes(house: House) -> dict[str, str]:
    """The address that each object was given; whether it leads anywhere is for the tests to see."""
    homes: dict[str, str] = {}
    with house.session(house.keeper()) as session:
        for table in (Record, Source, Statement):
            for row in session.scalars(select(table).where(table.external_id.is_not(None))):
                kind = getattr(row, "kind", "source") if table is Record else "source"
                homes[row.external_id] = (
                    f"#s-{row.public_id}" if table is Statement else address(kind, row.public_id)
                )
    return homes
