"""Where the sources disagree, a visitor sees every version, each with whose it is, one beside the other.

One case for each row of the table "Conflicts found" in the collection's README, named after the row. A version is
visible when one block of a page (a row, an entry, an article, a figure with its caption, a term with its value,
the head of the page) holds its words and whose they are; a matter is visible when all its versions are on one
page. Pages are found by their words among all that links lead to from the first page: tests/published.py, tests/pages.py.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conflicts import MATTERS, Question, Version
from tests.pages import Page
from tests.published import Published


def _rows(readme: Path) -> list[str]:
    table = readme.read_text(encoding="utf-8").partition("## Conflicts found")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (.+?) \|", table, re.M)
    return [cell for cell in cells if cell != "Matter"]


def test_every_row_of_the_table_of_conflicts_has_its_case(shared: Path) -> None:
    assert list(MATTERS) == _rows(shared / "collection" / "README.md")


@pytest.mark.parametrize("matter", MATTERS)
def test_every_version_stands_beside_the_others_with_whose_it_is(published: Published, matter: str) -> None:
    faults = [fault for question in MATTERS[matter] for fault in _faults(question, published)]
    assert not faults, "\n" + "\n".join(faults)


def _faults(question: Question, published: Published) -> list[str]:
    pages = list(question.pages(published))
    if not pages:
        return [f"no page about /{question.about}/"]
    lacking = {page.path: [each for each in question.versions if not _on(page, each)] for page in pages}
    if question.apart:
        return [str(each) for each in question.versions if all(each in left for left in lacking.values())]
    nearest = min(lacking, key=lambda path: len(lacking[path]))
    return [f"{nearest}: {each}{_elsewhere(published, each)}" for each in lacking[nearest]]


def _on(page: Page, version: Version) -> bool:
    return any(version.stands_in(block) for block in page.blocks)


def _elsewhere(published: Published, version: Version) -> str:
    found = [page.path for page in published.pages.values() if _on(page, version)]
    return f" (stands on {', '.join(found[:3])})" if found else " (on no page)"
