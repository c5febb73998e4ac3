"""What happens at the same time: two who press at once, and an account, a lock or words that end while somebody acts.

Publishing against hiding is run in every order by `make trial`; here are the few orders that once went wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from memorial.domain.errors import NotPermitted, Stale
from memorial.domain.workflow import TAKEN_FOR
from memorial.gate import Actor
from memorial.models import Account, AuditEntry, Item
from memorial.services import accounts, desk_acts
from memorial.services.audit import broken_at
from tests.builders import some_content
from tests.hiding import a_case, seen_by_visitors
from tests.interleaving import run
from tests.services.colleagues import an_actor
from tests.web.desk.people import an_item, change, made_ready, move


@pytest.fixture
def colleagues(house):
    return [an_actor(house, name, "moderator") for name in ("first", "second")]


@pytest.mark.parametrize("how", ["hide", "hold for a report"])
def test_who_hides_a_page_while_a_change_of_it_is_published_has_hidden_it(house, colleagues, how):
    case = a_case(house, "a change", *colleagues)
    deeds = {"publish": case.publish, "hide": case.hiding(how)}
    # There the page's guards have been read, and the new rows are not written yet.
    ran = run(house, deeds, [("publish", "UPDATE texts"), ("hide", None)])
    assert ran.error("publish") is ran.error("hide") is None
    assert ran.blocked == 1
    assert seen_by_visitors(house, case) == {}


def both(house, work, *acts: tuple[Any, str]):
    """Both have opened the same page of an item and press at the same moment: each has read before either writes."""
    with house.session(house.keeper()) as session:
        seen = session.get_one(Item, work.item_id).version

    def pressing(actor: Any, verb: str) -> Callable[[], object]:
        def press() -> object:
            with house.writing(house.keeper()) as session:
                item = session.get_one(Item, work.item_id)
                return desk_acts.act(
                    session, actor, item, verb, now=house.now(), keys=house.keys, note="Synthetic words.", expected=seen
                )  # fmt: skip

        return press

    names = ("one", "other")
    deeds = {name: pressing(*act) for name, act in zip(names, acts, strict=True)}
    return run(house, deeds, [("one", 2), ("other", 2), ("one", None), ("other", None)])


@pytest.mark.parametrize("verb", ["take", "pass_on", "hold", "recuse"])
def test_of_two_who_press_at_the_same_moment_the_second_is_told_and_nothing_is_lost(house, colleagues, verb):
    work = an_item(house)
    if verb == "hold":
        made_ready_by(house, work, colleagues[0])
        move(house, work, colleagues[0], "publish")
    before = version_of(house, work)
    ran = both(house, work, (colleagues[0], verb), (colleagues[1], verb))
    assert ran.error("one") is None
    assert isinstance(ran.error("other"), Stale)
    assert version_of(house, work) == before + 1


def test_pressed_twice_by_the_same_person_it_is_done_once_and_no_error_of_ours(house, colleagues):
    work = an_item(house)
    ran = both(house, work, (colleagues[0], "recuse"), (colleagues[0], "recuse"))
    assert isinstance(ran.error("other"), Stale)
    assert verbs_of(house, work) == ["recuse"]


def test_words_that_come_while_a_lock_ends_are_not_written_over_the_next_persons_work(
    house, colleagues, clock
):
    first, second = colleagues
    work = an_item(house)
    move(house, work, first, "take")
    seen = version_of(house, work)
    clock.forward(TAKEN_FOR)
    act(house, work, first, "note", expected=seen)  # words for colleagues get lost by nothing
    move(house, work, second, "take")
    with pytest.raises(Stale):
        act(house, work, first, "ask", expected=seen)
    assert verbs_of(house, work) == ["take", "note", "take"]


def test_a_lock_that_ended_while_somebody_wrote_is_theirs_again_where_nobody_came_meanwhile(
    house, colleagues, clock
):
    work = an_item(house)
    move(house, work, colleagues[0], "take")
    clock.forward(TAKEN_FOR)
    act(house, work, colleagues[0], "ask", expected=version_of(house, work))
    assert verbs_of(house, work) == ["take", "ask"]


def test_a_decision_on_words_that_the_family_has_changed_since_is_not_made(house, colleagues):
    work = an_item(house)
    made_ready_by(house, work, colleagues[0])
    seen = version_of(house, work)
    change(house, work, some_content("testimony", "other"))
    for verb in ("publish", "decline"):
        with pytest.raises(Stale):
            act(house, work, colleagues[0], verb, expected=seen)
    with pytest.raises(NotPermitted) as refused:  # nor by somebody who has opened the page again
        act(house, work, colleagues[0], "publish", expected=seen + 1)
    assert refused.value.key == "checklist"
    with pytest.raises(Stale):
        with house.writing(house.keeper()) as session:
            item = session.get_one(Item, work.item_id)
            desk_acts.set_checks(session, colleagues[0], item, {"minors"}, seen_revision=1, now=house.now())


@pytest.mark.parametrize("stop", [0, "heads.audit_count", None])
def test_an_account_that_is_closed_while_it_acts_has_acted_before_or_not_at_all(house, colleagues, stop):
    work = an_item(house)

    def close() -> None:
        with house.writing(house.keeper()) as session:
            account = session.get_one(Account, colleagues[0].account_id)
            accounts.disable(session, Actor.command("test"), account, now=house.now())

    deeds = {"take": lambda: move(house, work, colleagues[0], "take"), "close": close}
    ran = run(house, deeds, [("take", stop), ("close", None)])
    assert ran.error("close") is None
    with house.session(house.keeper()) as session:
        chain = session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id)).all()[-2:]
    if ran.error("take") is None:
        assert chain == ["take", "account_disabled"]
    else:
        assert ran.error("take").key == "account_ended"
        assert (version_of(house, work), verbs_of(house, work)) == (1, [])
    with pytest.raises(NotPermitted) as refused:
        act(house, work, colleagues[0], "note")
    assert refused.value.key == "account_ended"


def made_ready_by(house, work, actor) -> None:
    """Read, checked, shown to the family and approved by it."""
    made_ready(house, work, SimpleNamespace(actor=actor))


def version_of(house, work) -> int:
    with house.session(house.keeper()) as session:
        return session.get_one(Item, work.item_id).version


def verbs_of(house, work) -> list[str]:
    with house.session(house.keeper()) as session:
        wanted = select(AuditEntry.verb).where(AuditEntry.thing == f"item:{work.public_id}")
        assert list(broken_at(session)) == []
        return list(session.scalars(wanted.order_by(AuditEntry.id)))


def act(house, work, actor, verb, **more):
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        return desk_acts.act(
            session, actor, item, verb, now=house.now(), keys=house.keys, note="Synthetic words.", **more
        )
