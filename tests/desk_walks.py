"""Somebody at the desk with a keyboard and nothing else, in a real browser.

    hands = Hands(page, house, colleague)
    hands.sign_in()
    hands.open_from_queue(kind="contribution")     # by Tab and Enter, from the queue
    hands.write("note", "Synthetic words.")
    hands.press("take")                            # the button of a verb

Every page is measured by LOOK's checks and by axe once for each address's shape (`hands.wrong`).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pyotp
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.walks import FOCUS, MEASURE, PATIENCE, SERIOUS
from tests.web.desk.people import PASSWORD, Colleague

FURTHEST = 250  # presses of Tab before something counts as out of reach
# A desk's page is a tool: a queue is a table, and a hash has no words to break at.
NOT_OF_THE_DESK = ("10 a line",)


class Hands:
    """One person's browser, moved by keys alone."""

    def __init__(self, page: Page, house: Any, clock: Any, colleague: Colleague, base: str) -> None:
        self.page, self.house, self.clock, self.colleague, self.base = page, house, clock, colleague, base
        self.wrong: list[str] = []
        self.measured: set[str] = set()
        self.axe = Axe()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))

    # -- moving -------------------------------------------------------------------------------

    def go(self, path: str) -> None:
        """An address is typed by keys too."""
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status < 400, (path, answer.status)
        self.measure()

    def to(self, selector: str) -> None:
        """Tab until the focus is there; what has it must be seen to have it."""
        for _ in range(FURTHEST):
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                focus = self.page.evaluate(FOCUS)
                if focus["outline"] < 3 or focus["covered"]:
                    self.wrong.append(f"14 {self.page.url}: {focus}")
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} is not reached by the keyboard on {self.page.url}")

    def enter(self, selector: str) -> None:
        """Reach it, press Enter, and be on the next page."""
        self.to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.measure()

    def write(self, name: str, words: str) -> None:
        self.to(f'[name="{name}"]:not(#hints *)')
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(words)

    def tick(self, selector: str) -> None:
        self.to(selector)
        if not self.page.evaluate("s => document.activeElement.checked", selector):
            self.page.keyboard.press("Space")

    # -- the desk -----------------------------------------------------------------------------

    def sign_in(self) -> None:
        self.go("/en/account/sign-in")
        self.write("email", self.colleague.email)
        self.write("password", PASSWORD)
        self.enter("main form button[type=submit]")
        self.write("code", self._code())
        self.enter("main form button[type=submit]")

    def _code(self) -> str:
        """The next one: a code counts once."""
        self.clock.forward(timedelta(seconds=31))
        self.house.clock.beat()
        return pyotp.TOTP(self.colleague.secret).at(self.house.clock.wall())

    def open_from_queue(self, kind: str) -> None:
        """The one that waits longest of its kind."""
        self.go(f"/en/desk?kind={kind}")
        self.enter("a.queue-title")

    def press(self, verb: str) -> None:
        """The button of a verb; where it lies folded away, the fold is opened first."""
        button = f'button[formaction$="/{verb}"]'
        if not self.page.locator(button).is_visible():
            self.to("#acts details summary")
            self.page.keyboard.press("Enter")
        self.enter(button)

    def all_checks(self) -> None:
        boxes = self.page.locator('input[name="check"]')
        for number in range(boxes.count()):
            self.tick(f"#{boxes.nth(number).get_attribute('id')}")
        self.enter('button[formaction$="/checks"]')

    def proves_presence(self) -> None:
        """The step before contacts, removals and codes."""
        if self.page.locator('#acts a[href*="/account/step-up"]').count() == 0:
            return
        self.enter('#acts a[href*="/account/step-up"]')
        self.write("proof", PASSWORD)
        self.enter("main form button[type=submit]")

    # -- measuring ----------------------------------------------------------------------------

    def measure(self) -> None:
        """LOOK's measured checks and axe, once for each shape of address and its state."""
        shape = re.sub(r"/[0-9a-z]{13}(?=/|$)", "/…", self.page.url.removeprefix(self.base))
        shape = re.sub(r"kind=\w+", "", shape)
        if shape in self.measured:
            return
        self.measured.add(shape)
        said = [each for each in self.page.evaluate(MEASURE) if not each.startswith(NOT_OF_THE_DESK)]
        for violation in self.axe.run(self.page).response["violations"]:
            if violation["impact"] in SERIOUS:
                where = violation["nodes"][0]["html"][:200]
                said.append(f"axe {violation['id']}: {where}")
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": 320, "height": 700})
        if self.page.evaluate("document.scrollingElement.scrollWidth > innerWidth"):
            said.append("12 sideways scroll at 320")
        self.page.set_viewport_size(size or {"width": 1200, "height": 900})
        self.wrong += [f"{shape}: {each}" for each in said]
