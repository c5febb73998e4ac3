"""Every object of the whole collection has its page or its row, its words, its sources, and its links both ways.

All eleven files are walked through, as a visitor would (tests/published.py, tests/pages.py). Statements (figures,
accounts, names of the event) have a row on their question's page, with an address of its own; people whom a
source only names have an entry that a search finds; everything else has a page. A failure lists which object
lacks what.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from urllib.parse import quote_plus

import pytest

from tests.collection_words import WORDS, says
from tests.pages import Block, Page, plain, words_of
from tests.published import Object, Published

COUNTS = {
    "press_accounts": 31, "figures": 217, "recognitions": 57, "timeline": 55, "people": 73, "places": 52,
    "memorial_sites": 9, "films": 6, "sources": 34, "terminology": 17, "accounts": 95,
}  # fmt: skip
ROOMS = {
    "press_accounts": "/press", "recognitions": "/documents", "timeline": "/timeline", "places": "/places",
    "memorial_sites": "/places", "films": "/sources", "sources": "/sources", "figures": "/figures",
    "accounts": "/figures", "terminology": "/figures",
}  # fmt: skip
ROWS = ("figures", "accounts", "terminology")
REFERENCE = re.compile(r"^(\d{3})_[0-9a-f]+\.txt(?::L(\d+)-L(\d+))?$")
of_records = pytest.mark.parametrize("kind", list(ROOMS))


def nothing_lacks(lacking: list[str]) -> None:
    assert not lacking, f"{len(lacking)} lacking:\n" + "\n".join(lacking)


# -- what there is --------------------------------------------------------------------------------------------------


def test_the_files_hold_what_their_readme_counts(published: Published) -> None:
    assert {kind: len(objects) for kind, objects in published.objects.items()} == COUNTS


@of_records
def test_every_object_has_its_page_or_its_row_and_links_lead_there(published: Published, kind: str) -> None:
    nothing_lacks([one["id"] for one in published.objects[kind] if not _at_home(published, kind, one)])


def _at_home(published: Published, kind: str, one: Object) -> list[tuple[Page, Block]]:
    return [
        (page, block)
        for page, block in published.places_of(one["id"])
        if page.status == 200 and page.path.startswith(ROOMS[kind] + "/")
    ]


@pytest.mark.parametrize("kind", [kind for kind in ROOMS if kind not in ROWS])
def test_every_page_is_in_the_list_of_its_room(published: Published, kind: str) -> None:
    room = ROOMS[kind]
    lists = [page for path, page in published.pages.items() if path.partition("?")[0] == room]
    listed = {link.partition("#")[0] for page in lists for link, _, _ in page.links}
    nothing_lacks([one["id"] for one in published.objects[kind] if published.home[one["id"]] not in listed])


@pytest.mark.parametrize("kind", ROWS)
def test_every_row_can_be_reached_from_the_list_of_questions(published: Published, kind: str) -> None:
    lists = [page for path, page in published.pages.items() if path.partition("?")[0] == "/figures"]
    listed = {link.partition("#")[0] for page in lists for link, _, _ in page.links}
    nothing_lacks(
        [
            one["id"]
            for one in published.objects[kind]
            if not any(_own_path(page) in listed for page, _ in _at_home(published, kind, one))
        ]
    )


def _own_path(page: Page) -> str:
    return "/".join(page.path.partition("?")[0].split("/")[:3])


# -- its words ------------------------------------------------------------------------------------------------------


@of_records
def test_the_words_of_every_object_are_on_its_page(published: Published, kind: str) -> None:
    lacking = []
    for one in published.objects[kind]:
        said = " ".join(_read(page, block) for page, block in _at_home(published, kind, one))
        lacking += [
            f"{one['id']}: {name} {getattr(value, 'pattern', value)!r}"
            for name, value in WORDS[kind](one)
            if not says(said, value)
        ]
    nothing_lacks(lacking)


def _read(page: Page, block: Block) -> str:
    """A page also as it reads without one or the other of two wordings that are set into each other."""
    if block.tag != "page":
        return block.text
    return " ".join([block.text, *(words_of(page.main, without=each) for each in ("del", "ins"))])


def test_the_doubts_about_a_press_account_are_told_on_its_page(published: Published) -> None:
    nothing_lacks(
        [
            f"{one['id']}: {note!r}"
            for one in published.objects["press_accounts"]
            for note in one["notes"]
            if not any(says(block.text, note) for _, block in published.places_of(one["id"]))
        ]
    )


# -- its sources, and the way back ----------------------------------------------------------------------------------


def _references(value: Any) -> set[tuple[str, str, str]]:
    """(source, first line, last line) of every reference in an object, however deep."""
    if isinstance(value, str):
        found = REFERENCE.match(value)
        return {(f"src-seed-{found[1]}", found[2] or "", found[3] or "")} if found else set()
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {reference for each in inner for reference in _references(each)}


def _cites(blocks: list[Block], path: str, first: str, last: str) -> bool:
    """One block leads to the source and says where in it."""
    lines = first if first == last else rf"{first} ?- ?L?{last}"
    where = re.compile(rf"(?<![\d-]){lines}(?![\d-])")
    return any(block.leads_to(path) and (not first or where.search(block.text)) for block in blocks)


def _blocks_of(published: Published, kind: str, one: Object) -> list[Block]:
    if kind in ROWS:
        return [block for _, block in _at_home(published, kind, one)]
    return [block for page in published.under[published.home[one["id"]]] for block in page.blocks]


@of_records
def test_every_reference_leads_to_the_page_of_its_source_and_says_where(
    published: Published, kind: str
) -> None:
    lacking = []
    for one in published.objects[kind]:
        blocks = _blocks_of(published, kind, one)
        lacking += [
            f"{one['id']}: {source} {first}-{last}"
            for source, first, last in sorted(_references(one))
            if published.home[source] != published.home[one["id"]]
            and not _cites(blocks, published.home[source], first, last)
        ]
    nothing_lacks(lacking)


@of_records
def test_the_page_of_a_source_names_everything_that_rests_on_it(published: Published, kind: str) -> None:
    nothing_lacks(
        [
            f"{source} does not name {one['id']}"
            for one in published.objects[kind]
            for source in sorted({source for source, _, _ in _references(one)} - {one["id"]})
            if not published.names(published.home[source], one["id"])
        ]
    )


# -- press, figures, accounts, rivals, events -----------------------------------------------------------------------


def _pairs(published: Published, kind: str, field: str) -> set[tuple[str, str]]:
    """(press account, statement), whichever of the two files says so."""
    theirs = {
        (one["press_account_id"], one["id"]) for one in published.objects[kind] if one["press_account_id"]
    }
    return theirs | {(one["id"], said) for one in published.objects["press_accounts"] for said in one[field]}


@pytest.mark.parametrize(("kind", "field"), [("figures", "figure_ids"), ("accounts", "account_ids")])
def test_a_press_account_and_what_it_states_lead_to_each_other(
    published: Published, kind: str, field: str
) -> None:
    lacking = []
    for press, said in sorted(_pairs(published, kind, field)):
        if not published.names(published.home[press], said):
            lacking.append(f"{press} does not name {said}")
        rows = _at_home(published, kind, {"id": said})
        if not any(_leads_to_press(published, block, published.home[press]) for _, block in rows):
            lacking.append(f"{said} does not lead to {press}")
    nothing_lacks(lacking)


def _leads_to_press(published: Published, block: Block, path: str) -> bool:
    """Straight, or by the page of the work that the press account is."""
    works = [link.partition("#")[0] for link, _ in block.links if link.startswith("/sources/")]
    return block.leads_to(path) or any(
        page.own.leads_to(path) and len(_records_on(page)) == 1
        for work in works
        for page in published.under.get(work, [])
    )


def _records_on(page: Page) -> set[str]:
    return {link for link, _ in page.own.links if link.startswith("/press/")}


def test_press_accounts_that_point_to_each_other_do_so_both_ways(published: Published) -> None:
    lacking = []
    for one in published.objects["press_accounts"]:
        for other in one["see_also"]:
            for here, there in ((one["id"], other), (other, one["id"])):
                if not published.names(published.home[here], there):
                    lacking.append(f"{here} does not lead to {there}")
    nothing_lacks(lacking)


def test_rival_accounts_lead_to_each_other(published: Published) -> None:
    """Or stand on one page."""
    lacking = []
    for one in published.objects["accounts"]:
        for other in one["rival_accounts"]:
            for here, there in ((one["id"], other), (other, one["id"])):
                if not _beside(published, here, there):
                    lacking.append(f"{here} does not lead to {there}")
    nothing_lacks(sorted(set(lacking)))


def _beside(published: Published, here: str, there: str) -> bool:
    target = published.home[there]
    return any(
        target[1:] in page.own.ids or any(link.endswith(target) for link, _ in block.links)
        for page, block in _at_home(published, "accounts", {"id": here})
    )


def test_an_event_and_the_accounts_of_it_lead_to_each_other(published: Published) -> None:
    lacking = []
    for event in published.objects["timeline"]:
        path = published.home[event["id"]]
        for said in event["account_ids"]:
            if not published.names(path, said):
                lacking.append(f"{event['id']} does not name {said}")
            rows = _at_home(published, "accounts", {"id": said})
            if not any(block.leads_to(path) or page.own.leads_to(path) for page, block in rows):
                lacking.append(f"{said} does not lead to {event['id']}")
    nothing_lacks(lacking)


# -- people and places ----------------------------------------------------------------------------------------------


def _spellings(published: Published, kind: str) -> dict[str, set[str]]:
    """spelling -> ids of those who have a page."""
    found: dict[str, set[str]] = {}
    for one in published.objects[kind]:
        if one["id"] in published.home:
            for name in one.get("names") or one.get("variants"):
                found.setdefault(name["spelling"], set()).add(one["id"])
    return found


@pytest.mark.parametrize(("kind", "field"), [("people", "persons_named"), ("places", "places_named")])
def test_whom_and_what_a_press_account_names_it_leads_to_and_they_lead_back(
    published: Published, kind: str, field: str
) -> None:
    known, lacking = _spellings(published, kind), []
    for press in published.objects["press_accounts"]:
        for named in press[field]:
            for one in sorted(known.get(named, ())):
                if not published.names(published.home[press["id"]], one):
                    lacking.append(f"{press['id']} does not lead to {one}")
                if not published.names(published.home[one], press["id"]):
                    lacking.append(f"{one} does not lead to {press['id']}")
    nothing_lacks(lacking)


def _people(published: Published, *, accused: bool) -> list[Object]:
    return [one for one in published.objects["people"] if one["accused"] is accused]


def test_everybody_who_is_remembered_has_a_page_that_says_who_tells_of_them(published: Published) -> None:
    lacking = []
    for one in _people(published, accused=False):
        if path := published.home.get(one["id"]):
            pages = published.under.get(path, [])
            text, blocks = (
                " ".join(page.own.text for page in pages),
                [each for page in pages for each in page.blocks],
            )
            words = [name["spelling"] for name in one["names"]]
            words += [words for relation in one["relations"] for words in relation.values()]
            lacking += [f"{one['id']}: {said!r}" for said in words if not says(text, said)]
            for source, first, last in sorted(_references(one)):
                if not _cites(blocks, published.home[source], first, last):
                    lacking.append(f"{one['id']}: {source} {first}-{last}")
                if not published.names(published.home[source], one["id"]):
                    lacking.append(f"{source} does not name {one['id']}")
    nothing_lacks(lacking)


def test_everybody_else_who_is_named_is_found_by_every_spelling(published: Published) -> None:
    lacking = []
    for one in _people(published, accused=False):
        spellings = [name["spelling"] for name in one["names"]]
        lacking += [f"{one['id']}: {name}" for name in spellings if not _entries(published, name, spellings)]
    nothing_lacks(lacking)


@cache
def _found(published: Published, words: str, kind: str) -> Page:
    page = published.ask(f"/search?q={quote_plus(words)}&kind={kind}", keep=False)
    assert page is not None
    return page


def test_whoever_is_only_named_can_be_followed_to_a_page_that_names_them(published: Published) -> None:
    lacking = []
    for one in _people(published, accused=False):
        if one["id"] not in published.home:
            spellings = [name["spelling"] for name in one["names"]]
            links = {
                link for block in _entries(published, spellings[0], spellings) for link, _ in block.links
            }
            pages = [
                page
                for path in links
                if (page := published.pages.get(path) or published.ask(path, keep=False))
            ]
            if not any(says(page.own.text, spelling) for page in pages for spelling in spellings):
                lacking.append(one["id"])
    nothing_lacks(lacking)


def _entries(published: Published, spelling: str, known_as: list[str]) -> list[Block]:
    """Entries of people that come for this spelling, under any of theirs."""
    return [
        block
        for kind in ("person", "remembrance")
        for block in _found(published, spelling, kind).blocks
        if block.tag == "li" and any(says(block.text, name) for name in known_as)
    ]


def test_nobody_marked_accused_has_an_entry_a_link_or_a_term_of_an_index(published: Published) -> None:
    spellings = [name["spelling"] for one in _people(published, accused=True) for name in one["names"]]
    assert spellings
    listed = [f"found by search: {name}" for name in spellings if _entries(published, name, [name])]
    folded = {plain(name).casefold() for name in spellings}
    for page in published.pages.values():
        listed += [
            f"{page.path}: a page of their own" for words in page.headings if words.casefold() in folded
        ]
        listed += [
            f"{page.path}: a link, {words}" for _, words, _ in page.links if words.casefold() in folded
        ]
        listed += [
            f"{page.path}: an entry, {block.text}"
            for block in page.blocks
            if block.tag in ("li", "dl") and block.text.casefold() in folded
        ]
    nothing_lacks(listed)


# -- every page -----------------------------------------------------------------------------------------------------


def test_every_link_of_every_page_leads_to_something(published: Published) -> None:
    """Of the pages in one language; those of families are asked once, whatever page they are about."""
    dead, asked = [], set()
    for page in list(published.pages.values()):
        for link, words, _ in page.links:
            path = link.partition("#")[0]
            path = path.partition("?")[0] if path.startswith("/contribute") else path
            if path not in asked and published.status(path) not in (200, 302, 303):
                dead.append(f"{page.path}: {words!r} leads to {path}, {published.status(path)}")
            asked.add(path)
    nothing_lacks(dead)


def test_every_link_to_a_place_in_a_page_finds_it(published: Published) -> None:
    dead = []
    for page in published.pages.values():
        for link, words, _ in page.links:
            path, _, fragment = link.partition("#")
            target = published.pages.get(path)
            if fragment and target and f'id="{fragment}"' not in target.html:
                dead.append(f"{page.path}: {words!r} leads to {link}")
    nothing_lacks(sorted(set(dead)))


def test_every_page_has_one_heading_and_a_title_of_its_own(published: Published) -> None:
    lacking = []
    for page in published.pages.values():
        if len(page.headings) != 1 or not page.heading:
            lacking.append(f"{page.path}: headings {page.headings}")
        if not page.title.partition("·")[0].strip():
            lacking.append(f"{page.path}: title {page.title!r}")
    nothing_lacks(lacking)


@of_records
def test_every_page_of_an_object_says_how_to_cite_it(published: Published, kind: str) -> None:
    pages = {page.path: page for one in published.objects[kind] for page, _ in _at_home(published, kind, one)}
    nothing_lacks(
        [
            path
            for path, page in sorted(pages.items())
            if "?" not in path
            and not any("citation" in (each.get("class") or "").split() for each in page.main.iter())
        ]
    )
