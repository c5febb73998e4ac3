"""The page of one item at the desk, with 5 revisions and with 500 of them: queries, and the time of both in turns.

Its revisions, the entries of its ledger and the lines of its audit grow together, as they do when
a family and the desk go back and forth for years. Everything is synthetic.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from benchmarks.archive import empty_house
from benchmarks.report import Pairs, Result, at_most
from memorial.app import create_app
from memorial.domain import consent as rules
from memorial.domain.content import Content, NameContent, TextContent
from memorial.domain.ids import new_public_id, new_return_code
from memorial.gate import Actor, GatedSession
from memorial.house import House
from memorial.models import Account, Contribution
from memorial.services import account_sessions, consent, describe, review
from memorial.services.audit import Act, record_act
from memorial.services.consent import Said

FEW, MANY = 5, 500
HERE = "http://127.0.0.1"


def measure(rounds: int) -> Iterator[Result]:
    with empty_house() as house:
        few, many = (_an_item(house, count) for count in (FEW, MANY))
        browser = _signed_in(house)
        for path in (few, many):
            browser.get(path, base_url=HERE)
        costs = [_queries(house, lambda path=path: browser.get(path, base_url=HERE)) for path in (few, many)]
        pairs = Pairs()
        for _ in range(rounds):
            pairs.add(_seconds(browser, many), _seconds(browser, few))
    told = f"{costs[0]} queries with {FEW} revisions, {costs[1]} with {MANY}"
    yield Result("desk-item-queries", f"more queries of an item with {MANY} revisions", costs[1] - costs[0], "", at_most(0), told=told)  # fmt: skip
    yield Result(
        "desk-item", "  and its time", pairs.median, f"× {FEW} revisions", at_most(1.5), pairs.spread
    )


def _seconds(browser: Any, path: str) -> float:
    begin = time.perf_counter()
    for _ in range(5):
        answer = browser.get(path, base_url=HERE)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
    return (time.perf_counter() - begin) / 5


def _queries(house: House, act: Callable[[], object]) -> int:
    with _counting(house) as seen:
        act()
    return len(seen)


@contextmanager
def _counting(house: House) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(house.engine, "before_cursor_execute", note)
    yield seen
    event.remove(house.engine, "before_cursor_execute", note)


def _signed_in(house: House) -> Any:
    """A browser whose account has given both its factors."""
    with house.writing(house.keeper()) as session:
        account = Account(email="synthetic@example.org", roles=["moderator"], created_at=house.now())
        account.totp_confirmed_at = house.now()
        session.add(account)
        session.flush()
        half = account_sessions.begin(session, account, now=house.now())
        found = account_sessions.find(session, half, now=house.now())
        assert found is not None
        token = account_sessions.confirm(session, found[0], now=house.now())
    browser = create_app(house).test_client()
    with browser.session_transaction(base_url=HERE) as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    return browser


def _an_item(house: House, count: int) -> str:
    """A synthetic testimony that was changed and agreed to `count` times; its address at the desk."""
    with house.writing(house.keeper()) as session:
        contribution = _contribution(house, session)
        family = Actor.family(contribution.public_id, contribution.id)
        record = describe.create_record(
            session, "testimony", now=house.now(), contribution_id=contribution.id
        )
        item = review.new_item(
            session, "contribution", now=house.now(), record=record, contribution=contribution
        )
        party = consent.party_of(session, "contributor", contribution.id)
        for number in range(count):
            revision = describe.propose(
                session, record, _content(number), by=family, now=house.now(), contribution_id=contribution.id
            )
            if not number:
                describe.apply(session, revision, now=house.now())
            item.revision_id = revision.id
            will = {rules.EVERY_PART: rules.chosen(["public"], ["view"])}
            consent.append(session, record, Said(party, "will", will), by=family, at=house.now())
            record_act(session, family, Act("change", f"item:{item.public_id}"), house.now())
        return f"/en/desk/items/{item.public_id}"


def _contribution(house: House, session: GatedSession) -> Contribution:
    contribution = Contribution(
        public_id=new_public_id(),
        locator=new_return_code().locator,
        code_hash="",
        wrapped_key=house.keys.wrap(house.keys.new_contribution_key()),
        language="en",
        created_at=house.now(),
        changed_at=house.now(),
    )
    session.add(contribution)
    session.flush()
    return contribution


def _content(number: int) -> Content:
    words = " ".join(f"synthetic sentence {each} of many." for each in range(100))
    return Content(
        language="en",
        texts=[TextContent("testimony", f"{words} Changed {number} times.", "text", "en")],
        names=[NameContent("Synthetic Narrator", language="en")],
    )
