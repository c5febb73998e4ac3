"""Items of every kind, from the queue to their end, by keyboard alone; every page measured, and by axe.

MEMORIAL_DESK_ITEMS is how many of each kind (10). All of it is synthetic.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from memorial.domain import workflow
from memorial.domain.ids import new_public_id
from memorial.models import Contribution, Item
from memorial.services import applications, contribute, lost_codes, withdrawal
from tests.desk_walks import Hands
from tests.services.colleagues import an_actor
from tests.services.published import changing
from tests.services.test_duplicates import flagged, somebody
from tests.services.test_reports import asked
from tests.services.test_tributes import a_page
from tests.web.desk.people import Work, a_colleague, an_item, family, move

pytestmark = pytest.mark.trial
HOW_MANY = int(os.environ.get("MEMORIAL_DESK_ITEMS", "10"))


@pytest.fixture
def pair(house, clock, browser, live_server):
    """Two colleagues, each with a browser and a keyboard."""
    contexts, both = [], []
    for name in ("Synthetic First", "Synthetic Second"):
        colleague = a_colleague(house, "moderator", "consent_officer", "admin", name=name)
        contexts.append(browser.new_context(viewport={"width": 1200, "height": 900}))
        hands = Hands(contexts[-1].new_page(), house, clock, colleague, live_server)
        hands.sign_in()
        both.append(hands)
    yield both
    for context in contexts:
        context.close()


# -- what comes to the desk ---------------------------------------------------------------------


def _of(kind: str) -> Callable:
    def make(house, number: int) -> Work:
        what = "remembrance" if kind == "tribute" else "testimony"
        return an_item(house, what, item_kind=kind, mark=f"{kind} {number}")

    return make


def _erasure(house, number: int) -> Work:
    work = an_item(house, mark=f"erasure {number}")
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, work.made.contribution_id)
        asked_at = house.now() - workflow.ERASURE_WAITS - timedelta(days=1)
        item = withdrawal.ask_erasure(session, family(work), contribution, now=asked_at)
        session.get_one(Item, work.item_id).state = workflow.TAKEN_BACK
        return Work(item.public_id, item.id, work.made)


def _lost_code(house, _number: int) -> Work:
    made = a_page(house)
    with house.writing(house.keeper()) as session:
        item = lost_codes.request(session, house.keys, "Synthetic words.", "", "en", now=house.now())
        return Work(item.public_id, item.id, made)


def _case(task: str) -> Callable:
    def make(house, _number: int) -> Work:
        made = a_page(house)
        contribution = asked(house, task, made)
        with house.session(house.keeper()) as session:
            item = contribute.item_of(session, contribution)
            return Work(item.public_id, item.id, made)

    return make


def _nothing_behind(kind: str) -> Callable:
    def make(house, _number: int) -> Work:
        from memorial.services import review

        with house.writing(house.keeper()) as session:
            item = review.new_item(session, kind, now=house.now(), facts={"thing": new_public_id()})
            return Work(item.public_id, item.id, None)

    return make


def _pair(house, number: int) -> Work:
    one, other = somebody(house, f"Synthetic Person {number}"), somebody(house, f"Synthetic Person {number}")
    item_id = flagged(house, an_actor(house, f"one {number}", "editor"), one.path, other.path)
    with house.session(house.keeper()) as session:
        return Work(session.get_one(Item, item_id).public_id, item_id, one)


def _amendment(house, number: int) -> Work:
    editor = an_actor(house, f"editor {number}", "editor")
    work = {"title": f"A synthetic work {number}"}
    public_id = changing.change(house, editor, "sources", f"src-synthetic-{number}", work)
    changing.act(house, editor, public_id, "return")
    with house.session(house.keeper()) as session:
        item = session.query(Item).filter_by(public_id=public_id).one()
        return Work(public_id, item.id, None)


def _application(house, number: int) -> Work:
    wish = applications.Wish(
        "Synthetic Researcher", "synthetic@example.org", "Synthetic", "A synthetic study"
    )
    values = {"language": "en", "conditions": "any", "send_key": f"key {number}", "now": house.now()}
    with house.writing(house.keeper()) as session:
        item = applications.apply(session, house.keys, wish, **values)
        return Work(item.public_id, item.id, None)


# -- and how it ends ------------------------------------------------------------------------------


def _published(first: Hands, _second: Hands, house, work: Work) -> None:
    first.press("take")
    first.all_checks()
    first.press("make_ready")
    move(house, work, family(work), "approve")
    first.open_from_queue(_kind(house, work))
    first.press("publish")


def _decided(verb: str) -> Callable:
    def end(first: Hands, _second: Hands, _house, _work: Work) -> None:
        first.press("take")
        first.write("note", "Synthetic reason of one line.")
        first.press(verb)

    return end


def _by_two(verb: str, ready: Callable | None = None) -> Callable:
    def end(first: Hands, second: Hands, house, work: Work) -> None:
        for hands in (first, second):
            hands.go(f"/en/desk/items/{work.public_id}")
            if hands is first:
                hands.press("take")
                if ready:
                    ready(hands, house, work)
            hands.proves_presence()
            hands.write("note", "Synthetic word of how it was made sure.")
            hands.press(verb)

    return end


def _found(hands: Hands, house, work: Work) -> None:
    with house.session(house.keeper()) as session:
        number = session.get_one(Contribution, work.made.contribution_id).public_id
    hands.write("number", number)
    hands.page.keyboard.press("Tab")
    with hands.page.expect_navigation():
        hands.page.keyboard.press("Enter")


def _kind(house, work: Work) -> str:
    with house.session(house.keeper()) as session:
        return session.get_one(Item, work.item_id).kind


LIVES: Mapping[str, tuple[Callable, tuple[Callable, ...]]] = {
    "contribution": (_of("contribution"), (_published, _decided("decline"))),
    "revision": (_of("revision"), (_published, _decided("decline"))),
    "tribute": (_of("tribute"), (_published, _decided("decline"))),
    "import": (_of("import"), (_decided("decline"),)),
    "amendment": (_amendment, (_decided("publish"), _decided("decline"))),
    "erasure": (_erasure, (_by_two("erase"),)),
    "lost_code": (_lost_code, (_by_two("new_code", _found),)),
    "report": (_case("correction"), (_decided("close"), _decided("decline"))),
    "take_down": (_case("removal"), (_decided("close"), _decided("decline"))),
    "duplicate": (_pair, tuple(map(_decided, ("same", "different", "cannot_tell")))),
    "renewal": (_of("renewal"), (_decided("close"), _decided("decline"))),
    "promise": (_of("promise"), (_decided("close"), _decided("decline"))),
    "job": (_nothing_behind("job"), (_decided("close"), _decided("decline"))),
    "fixity": (_nothing_behind("fixity"), (_decided("close"), _decided("decline"))),
    "application": (_application, (_decided("decline"),)),
    "alert": (_nothing_behind("alert"), (_decided("close"),)),
}


def test_every_kind_has_its_life_here():
    assert set(LIVES) == set(workflow.KINDS)


@pytest.mark.parametrize("kind", list(LIVES))
def test_items_of_this_kind_go_from_the_queue_to_their_end_by_keyboard_alone(kind, pair, house):
    if house.engine.dialect.name != "sqlite":
        return
    first, second = pair
    make, ends = LIVES[kind]
    for number in range(HOW_MANY):
        work = make(house, number)
        first.open_from_queue(kind)
        assert work.public_id in first.page.url
        ends[number % len(ends)](first, second, house, work)
        with house.session(house.keeper()) as session:
            assert session.get_one(Item, work.item_id).state in workflow.ENDED_STATES, (kind, number)
    assert first.wrong == []
    assert second.wrong == []
