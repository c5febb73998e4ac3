"""A page about to be published, or published with a change about to be, and all the ways in which it can be hidden.

    case = a_case(house, "a change")
    run(house, {"publish": case.publish, "hide": case.hiding("hold")}, order)
    seen_by_visitors(house, case)      # what a visitor finds of it: nothing, once it is hidden

All of it is synthetic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from memorial.domain import consent as rules
from memorial.domain.workflow import CHECKLIST, READY, SUBMITTED
from memorial.gate import Actor
from memorial.house import House
from memorial.models import Contribution, Item, ItemCheck, Record
from memorial.services import consent, describe, desk_acts, review, withdrawal
from tests.builders import ALL_MAY_VIEW, Made, a_record, public, some_content

# What is published: a page for the first time, or a change of one that is shown.
PUBLICATIONS = ("a page", "a change")
# Who hides it, and how: the family by its code, or the desk.
HIDINGS = ("hide", "remove", "take_back", "seal", "hold", "hold for a report")
# The archive takes back only what it has said: a page that was never shown cannot be held.
APART = {("a page", "hold"), ("a page", "hold for a report")}
CASES = [(what, how) for what in PUBLICATIONS for how in HIDINGS if (what, how) not in APART]


@dataclass(frozen=True)
class Case:
    """One page with its piece of work, ready to be published by one of two people."""

    house: House
    made: Made
    item_id: int
    report_id: int
    publisher: Actor
    other: Actor

    def publish(self) -> str:
        return self._act(self.publisher, self.item_id, "publish")

    def hiding(self, how: str) -> Callable[[], str]:
        if how in ("hide", "remove"):
            return lambda: self._by_family(how)
        if how == "take_back":
            return self._taken_back
        item_id = self.report_id if how == "hold for a report" else self.item_id
        return lambda: self._act(self.other, item_id, how.split()[0])

    def _act(self, actor: Actor, item_id: int, verb: str) -> str:
        house = self.house
        with house.writing(house.keeper()) as session:
            item = session.get_one(Item, item_id)
            return desk_acts.act(
                session, actor, item, verb, now=house.now(), keys=house.keys, note="Synthetic words."
            ).state

    def _by_family(self, how: str) -> str:
        do = withdrawal.hide if how == "hide" else withdrawal.ask_erasure
        with self.house.writing(self.house.keeper()) as session:
            contribution = session.get_one(Contribution, self.made.contribution_id)
            do(session, self.family, contribution, now=self.house.now())
        return "hidden"

    def _taken_back(self) -> str:
        house = self.house
        with house.writing(house.keeper()) as session:
            item = session.get_one(Item, self.item_id)
            return review.advance(
                session, self.family, item, "take_back", now=house.now(), keys=house.keys
            ).state

    @property
    def family(self) -> Actor:
        return Actor.family(self.made.ref, self.made.contribution_id or 0)


def a_case(house: House, what: str, publisher: Actor, other: Actor) -> Case:
    """Everything that publishing needs is there: taken, checked, approved by the family.

    `other` is who hides it at the desk: a moderator, and to seal a consent officer too.
    """
    shown = {rules.EVERY_PART: rules.everything()} if what == "a change" else None
    made = a_record(house, contributor={rules.EVERY_PART: ALL_MAY_VIEW}, archive=shown)
    now = house.now()
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        contribution = session.get_one(Contribution, made.contribution_id)
        content = some_content("testimony", "changed")
        revision = describe.propose(session, record, content, by=Actor.system(), now=now, contribution_id=contribution.id)  # fmt: skip
        kind = "revision" if what == "a change" else "contribution"
        item = review.new_item(
            session, kind, now=now, state=READY, record=record, contribution=contribution, revision_id=revision.id,
            approved_revision_id=revision.id, taken_by_id=publisher.account_id, taken_until=now + timedelta(minutes=20),
        )  # fmt: skip
        session.add_all(
            ItemCheck(item_id=item.id, revision_id=revision.id, check=check, account_id=publisher.account_id, at=now)
            for check in CHECKLIST
        )  # fmt: skip
        report = review.new_item(session, "report", now=now, state=SUBMITTED, record=record)
        return Case(house, made, item.id, report.id, publisher, other)


def seen_by_visitors(house: House, case: Case) -> dict[str, int]:
    """How many rows of each table a visitor is given of this page."""
    found = {}
    with house.session(public(house)) as session:
        for table in consent.guarded_tables():
            column = Record.id if table is Record else getattr(table, "record_id", None)
            if column is None:
                continue
            count = session.scalar(select(func.count()).select_from(table).where(column == case.made.record_id))  # fmt: skip
            if count:
                found[table.__tablename__] = count
    return found
