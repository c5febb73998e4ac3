"""A family walks a whole task in a real browser, and every page it meets is measured by LOOK's checks.

    walk = Walk(page, "ru", by_keyboard=True)
    walk.task("media")                      # from the start to "sent"; returns the return code
    walk.seen                               # the pages it met

What is typed comes from tests/web/contribute/helpers.py. Numbers are those of LOOK, "Thirty checks".
"""

from __future__ import annotations

import re
from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.contribute.helpers import JOURNEYS

PATIENCE = 60_000  # milliseconds
LONGEST_WALK = 40  # pages
SERIOUS = ("serious", "critical")

MEASURE = """() => {
  const shown = (e) => { const box = e.getBoundingClientRect(); return box.width > 1 && box.height > 1 && getComputedStyle(e).visibility !== "hidden" && !e.closest(".visually-hidden") && !(e.closest("details:not([open])") && e.tagName !== "SUMMARY"); };
  const main = document.querySelector("main"), wrong = [];
  if (parseFloat(getComputedStyle(main).fontSize) < 18) wrong.push("11 body is smaller than 18 px");
  for (const e of main.querySelectorAll("*")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (own && shown(e) && parseFloat(getComputedStyle(e).fontSize) < 16) wrong.push("11 under 16 px: " + e.textContent.trim().slice(0, 40));
  }
  for (const e of main.querySelectorAll("button, .button, .action, .choice, input.input, textarea, summary")) {
    if (shown(e) && Math.round(e.getBoundingClientRect().height) < 48) wrong.push("13 target " + Math.round(e.getBoundingClientRect().height) + " px: " + (e.textContent.trim().slice(0, 40) || e.name));
  }
  if (main.querySelectorAll("h1").length !== 1) wrong.push("25 headings: " + main.querySelectorAll("h1").length);
  const range = document.createRange();
  for (const e of main.querySelectorAll("p, li, dd, .hint")) {
    const walker = document.createTreeWalker(e, NodeFilter.SHOW_TEXT);
    let top = null, right = 0, count = 0, node, longest = 0;
    while ((node = walker.nextNode()) && shown(e)) for (let i = 0; i < node.data.length && i < 400 && !node.parentElement.closest(".visually-hidden"); i++) {
      range.setStart(node, i); range.setEnd(node, i + 1);
      const box = range.getBoundingClientRect();
      if (!box.width) continue;
      // A new line, or another column beside it.
      if (top === null || Math.abs(box.top - top) > 8 || box.left - right > 40) { top = box.top; count = 0; }
      right = box.right;
      longest = Math.max(longest, ++count);
    }
    if (longest > 75) wrong.push("10 a line of " + longest + " characters: " + e.textContent.trim().slice(0, 40));
  }
  if (document.querySelectorAll("svg.blossom, .blossom svg").length > 1) wrong.push("3 more than one blossom");
  if (document.scrollingElement.scrollWidth > innerWidth) wrong.push("12 sideways scroll at " + innerWidth);
  return wrong;
}"""

FOCUS = """() => {
  const e = document.activeElement, style = getComputedStyle(e);
  const ringed = e.matches("input[type=radio], input[type=checkbox]") ? getComputedStyle(e.nextElementSibling || e) : style;
  const outline = Math.max(parseFloat(style.outlineWidth) || 0, parseFloat(ringed.outlineWidth) || 0);
  const box = (e.matches("input[type=radio], input[type=checkbox]") ? (e.nextElementSibling || e) : e).getBoundingClientRect();
  const top = document.elementFromPoint(Math.min(box.left + box.width / 2, innerWidth - 1), box.top + Math.min(box.height / 2, 20));
  const owner = e.closest(".choice") || e;
  return {name: (e.name || e.textContent.trim().slice(0, 30)), outline, covered: !(top && (owner.contains(top) || top.contains(e)))};
}"""


class Walk:
    """One browser page. `look(page, name)` is called on every page before anything is typed."""

    def __init__(
        self,
        page: Page,
        lang: str = "en",
        *,
        by_keyboard: bool = False,
        axe: bool = False,
        look: Callable[[Page, str], None] | None = None,
    ) -> None:
        self.page, self.lang, self.by_keyboard = page, lang, by_keyboard
        self.axe = Axe() if axe else None
        self.look = look
        self.seen: list[str] = []
        self.wrong: list[str] = []
        page.set_default_timeout(PATIENCE)

    def task(self, task: str, about: str = "") -> str:
        """The whole of a task; `about` is the address of the page that leads to it."""
        self.page.goto(f"/{self.lang}/contribute" + (f"?task={task}&page={about}" if about else ""))
        self._check("start", preselected=bool(about))
        self._answer({"task": task})
        self._continue()
        code = ""
        for _ in range(LONGEST_WALK):
            name = re.sub(r"[?#].*", "", self.page.url).rsplit("/", 1)[-1]
            self._check(name)
            found = re.search(r"\d{4} \d{4} \d{4} \d{4} \d{4}", self.page.locator("main").inner_text())
            code = found[0] if found else code
            if name == "sent":
                self._thanks(code)
                return code
            self._answer(JOURNEYS[task].get(name, {}))
            self._continue()
        raise AssertionError(f"{task} does not end: {self.seen[-5:]}")

    def open(self, path: str, name: str) -> None:
        """A page by its address, measured: of those that ask nothing in an order."""
        self.page.goto(f"/{self.lang}{path}")
        self._check(name, asks=False)

    def press(self, field: str, value: str) -> None:
        """One field filled in, and its form sent."""
        self.page.fill(field, value)
        with self.page.expect_navigation():
            self.page.locator("main form button[type=submit]").first.click()

    def _thanks(self, code: str) -> None:
        """28: the code, what happens next and how to take it back stand on "sent"."""
        main = self.page.locator("main")
        expect(main).to_contain_text(code)
        assert main.locator("ol.steps-list li").count() >= 2
        assert main.locator('a[href*="/my/"]').count() == 1

    # -- answering ----------------------------------------------------------------------------

    def _answer(self, fields: dict[str, str]) -> None:
        for name, value in fields.items():
            controls = self.page.locator(f'main [name="{name}"]')
            if not value or name == "act" or controls.count() == 0:
                continue
            if controls.first.get_attribute("type") == "radio":
                self._choose(name, value)
            elif self.by_keyboard:
                self._tab_to(f'[name="{name}"]')
                self.page.keyboard.type(value)
            else:
                controls.first.fill(value)

    def _choose(self, name: str, value: str) -> None:
        box = self.page.locator(f'main input[name="{name}"][value="{value}"]')
        if not self.by_keyboard:
            self.page.locator(f'label[for="{box.get_attribute("id")}"]').click()
        else:
            self._tab_to(f'input[name="{name}"]')
            for _ in range(self.page.locator(f'main input[name="{name}"]').count()):
                if self.page.evaluate("document.activeElement.value") == value:
                    break
                self.page.keyboard.press("ArrowDown")
            self.page.keyboard.press("Space")
        expect(box).to_be_checked()

    def _continue(self) -> None:
        """The last button of the page's form; on "find" it stands after "Look"."""
        if not self.by_keyboard:
            self.page.locator("main form button[type=submit]").last.click()
        else:
            self.page.evaluate(
                "[...document.querySelectorAll('main form button[type=submit]')].pop().dataset.walk = 'on'"
            )
            self._tab_to("[data-walk=on]")
            with self.page.expect_navigation():
                self.page.keyboard.press("Enter")
        self.page.wait_for_load_state()

    def _tab_to(self, selector: str) -> None:
        for _ in range(120):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                focus = self.page.evaluate(FOCUS)
                if focus["outline"] < 3 or focus["covered"]:
                    self.wrong.append(f"14 {self.seen[-1]}: {focus}")
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} is not reached by the keyboard on {self.page.url}")

    # -- measuring ----------------------------------------------------------------------------

    def _check(self, name: str, *, preselected: bool = False, asks: bool = True) -> None:
        self.seen.append(name)
        if self.look:
            self.look(self.page, name)
        said = [f"{name}: {wrong}" for wrong in self.page.evaluate(MEASURE)]
        if not preselected and self.page.locator("main input:checked").count():
            said.append(f"{name}: 26 something is preselected")
        asks = asks and name not in ("start", "code", "check", "sent")
        if asks and self.page.locator("main a", has_text="←").count() != 1:
            said.append(f"{name}: 25 no Back")
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": 320, "height": 700})
        said += [f"{name}: {wrong}" for wrong in self.page.evaluate(MEASURE) if wrong.startswith("12")]
        if size:
            self.page.set_viewport_size(size)
        if self.axe:
            said += [f"{name}: axe {each}" for each in self._serious()]
        self.wrong += said

    def _serious(self) -> list[str]:
        assert self.axe is not None
        violations = self.axe.run(self.page).response["violations"]
        return [
            f"{each['id']}: {[node['target'] for node in each['nodes']][:3]}"
            for each in violations
            if each["impact"] in SERIOUS
        ]
