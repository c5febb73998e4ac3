"""Whoever stole a code, or guesses one, tries everything to have a family's words erased.

    forged = Forged(house, clock, families=20)
    forged.attack(1000)
    forged.assert_nothing_is_erased(); forged.assert_holders_get_it_back()

The desk does what it must not: one of its people presses "remove for good" whenever an item is
there. Time passes between the attacks, but never the fourteen days that two people wait for.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from memorial.domain.errors import Invalid, MemorialError, TooMany
from memorial.domain.ids import new_return_code
from memorial.house import House
from memorial.models import Contribution, DestroyedKey, Item, Record, Text
from memorial.services import codes, contribute, family, handing_on, review
from memorial.services.codes import Attempts, CodeReplaced
from tests.builders import public
from tests.canary_life import Life, a_remembrance_of_canaries
from tests.services.colleagues import an_actor


class Forged:
    """The families, the codes a thief has by now, and the attacks."""

    def __init__(self, house: House, clock: Any, families: int) -> None:
        self.house, self.clock, self.chance = house, clock, random.Random(1992)
        self.lives = [a_remembrance_of_canaries(house, f"zqforged{number}") for number in range(families)]
        self.codes = {life.contribution_id: life.code for life in self.lives}
        self.desk = an_actor(house, "careless", "moderator", "specialist")
        self.attempts = Attempts()
        self.done = 0

    def attack(self, times: int) -> None:
        pause = timedelta(days=13) / times
        for _ in range(times):
            self.clock.forward(pause)
            with suppress(MemorialError):
                self.chance.choice(self._ways())(self.chance.choice(self.lives))
            self.done += 1

    def _ways(self) -> list[Callable[[Life], None]]:
        return [self._guess, self._hide, self._ask_removal, self._hand_on, self._press_erase, self._again]

    # -- ways --

    def _guess(self, life: Life) -> None:
        """A wrong code: it opens nothing, whether its first digits are somebody's or nobody's."""
        wrong = new_return_code()
        locator = self.chance.choice([life.code.replace(" ", "")[:8], wrong.locator])
        with self.house.session(self.house.keeper()) as session:
            try:
                codes.opened(
                    session, self.house.keys, self.attempts, type(wrong)(locator, wrong.secret).printed
                )
            except (Invalid, TooMany):
                return
        raise AssertionError("a wrong code opened something")

    def _stolen(self, session: Any, life: Life) -> Contribution:
        """The right code, as the thief has it by now."""
        return codes.opened(session, self.house.keys, Attempts(), self.codes[life.contribution_id])

    def _hide(self, life: Life) -> None:
        with self.house.writing(self.house.keeper()) as session:
            family.hide(session, self._stolen(session, life), now=self.house.now())

    def _ask_removal(self, life: Life) -> None:
        with self.house.writing(self.house.keeper()) as session:
            family.ask_removal(session, self._stolen(session, life), now=self.house.now())

    def _hand_on(self, life: Life) -> None:
        with self.house.writing(self.house.keeper()) as session:
            found = self._stolen(session, life)
            made = handing_on.replace(
                session, self.house.keys, found, codes.issue(self.house.keys), handing_on.HANDED_ON,
                by=family.actor_of(found), now=self.house.now(),
            )  # fmt: skip
        self.codes[life.contribution_id] = made.code.printed

    def _press_erase(self, life: Life) -> None:
        """One person of the desk, again and again."""
        for verb in ("take", "erase"):
            with self.house.writing(self.house.keeper()) as session:
                wanted = select(Item).where(
                    Item.kind == "erasure",
                    Item.contribution_id == life.contribution_id,
                    Item.ended_at.is_(None),
                )
                item = session.scalars(wanted).first()
                if item is not None:
                    review.advance(session, self.desk, item, verb, now=self.house.now(), keys=self.house.keys)

    def _again(self, life: Life) -> None:
        """Called off and asked for anew, so that the desk loses track."""
        with self.house.writing(self.house.keeper()) as session:
            found = self._stolen(session, life)
            family.call_off_removal(session, self.house.keys, found, now=self.house.now())
            family.ask_removal(session, found, now=self.house.now())

    # -- afterwards --

    def assert_nothing_is_erased(self) -> None:
        with self.house.session(self.house.keeper()) as session:
            assert session.scalar(select(func.count()).select_from(DestroyedKey)) == 0
            for life in self.lives:
                found = session.get_one(Contribution, life.contribution_id)
                assert found.erased_at is None
                assert contribute.read(self.house.keys, found).sent["life"] == f"{life.mark}life"
                words = select(Text.body).where(Text.contribution_id == found.id, Text.role == "life")
                assert session.scalars(words).one() == f"{life.mark}life"

    def assert_holders_get_it_back(self) -> None:
        """With the code that they wrote down on the first day."""
        for life in self.lives:
            with self.house.writing(self.house.keeper()) as session:
                found = self._with_the_first_code(session, life)
                family.call_off_removal(session, self.house.keys, found, now=self.house.now())
                family.show_again(session, self.house.keys, found, now=self.house.now())
            with self.house.session(public(self.house)) as session:
                assert session.get(Record, life.record_id) is not None
        with self.house.session(self.house.keeper()) as session:
            still = (
                select(func.count()).select_from(Item).where(Item.kind == "erasure", Item.ended_at.is_(None))
            )
            assert session.scalar(still) == 0

    def _with_the_first_code(self, session: Any, life: Life) -> Contribution:
        try:
            return codes.opened(session, self.house.keys, Attempts(), life.code)
        except CodeReplaced as replaced:
            return handing_on.take_back(session, self.house.keys, replaced.former_id, now=self.house.now())
