"""One whole life of a testimony, in a real browser, with scripts and without.

Contribute with a photograph → code → queue → question → answer → proof → publish → public
page and search → hide → gone by every door and conditional request.
"""

from __future__ import annotations

import io
import re

import pyotp
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from memorial import jobs
from tests.web.desk.people import PASSWORD, a_colleague

WORDS = "Synthetic words of nobody. The almond was in flower when the lanterns went out."
SUMMER = "A synthetic orchard in summer"
PATIENCE = 60_000  # milliseconds, for a machine that does much else besides
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def scripts(engine_name: str) -> bool:
    """The life is lived twice: with scripts on one engine, without them on the other."""
    return engine_name == "sqlite"


class Window:
    """One person's browser."""

    def __init__(self, browser: Browser, base: str, scripts: bool) -> None:
        self.context: BrowserContext = browser.new_context(
            base_url=base, java_script_enabled=scripts, viewport={"width": 390, "height": 844}
        )
        self.scripts = scripts
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on(
            "console",
            lambda said: self.wrong.append(f"{said.text} {said.location}") if said.type == "error" else None,
        )
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def press(self, name: str) -> None:
        self.sends(self.page.get_by_role("button", name=name, exact=True).first)

    def sends(self, button: Locator) -> None:
        """Press it and wait for the page it leads to: a click alone does not, and what is written
        meanwhile is written on the page that is about to go."""
        with self.page.expect_navigation():
            button.click()

    def choose(self, field: str, value: str) -> None:
        self.tick(self.page.locator(f'input[name="{field}"][value="{value}"]'))

    def tick(self, box: Locator) -> None:
        """By its label, as a finger does: the label lies over the box."""
        self.page.locator(f'label[for="{box.get_attribute("id")}"]').click()
        expect(box).to_be_checked()

    def write(self, field: str, words: str) -> None:
        self.page.locator(f'[name="{field}"]').fill(words)

    def status(self, path: str, **headers: str) -> tuple[int, str]:
        answer = self.context.request.get(path, headers=headers, max_redirects=0)
        return answer.status, answer.text()


@pytest.fixture
def windows(browser, live_server, scripts):
    made: list[Window] = []

    def window() -> Window:
        made.append(Window(browser, live_server, scripts))
        return made[-1]

    yield window
    for each in made:
        each.context.close()
        assert each.wrong == []


def _photograph() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "canary of the camera"
    Image.new("RGB", (1400, 1000), "darkseagreen").save(out, "JPEG", exif=exif)
    return out.getvalue()


def _contributes(family: Window) -> str:
    """From the first page to "sent"; returns the return code."""
    page = family.page
    page.goto("/en/contribute")
    assert page.locator("input[type=radio]:checked").count() == 0
    family.choose("task", "testimony")
    family.press("Continue")
    family.choose("way", "write")
    family.press("Continue")
    code = re.search(r"\d{4} \d{4} \d{4} \d{4} \d{4}", page.locator("main").inner_text())
    assert code, page.locator("main").inner_text()
    family.press("I have written it down. Continue")
    family.write("words", WORDS)
    family.press("Continue")
    family.write("told_where", "A synthetic town")
    family.press("Continue")
    family.choose("stood", "survivor")
    family.press("Continue")
    _gives_a_photograph(family)
    family.press("Continue")  # no recording
    family.press("Continue")  # nobody who might mind
    family.write("your_name", "Synthetic Narrator")
    family.choose("name_shown", "full")
    family.press("Continue")
    family.write("contact", "a synthetic neighbour")
    family.press("Continue")
    assert page.locator("input[type=radio]:checked").count() == 0
    family.choose("audience", "everyone")
    family.press("Continue")
    family.press("Continue")  # every part for the same people
    assert page.locator("input[type=radio]:checked").count() == 0
    for field, answer in (("keep", "yes"), ("show", "yes"), ("reuse", "no")):
        family.choose(field, answer)
    family.press("Continue")
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    family.press("Send to the archive")
    assert code[0] in page.locator("main").inner_text()
    return code[0]


def _gives_a_photograph(family: Window) -> None:
    page = family.page
    picture = {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": _photograph()}
    page.locator("input[type=file]").set_input_files([picture])
    if not family.scripts:  # with them the file goes by itself, and the button goes as soon as they have come
        family.press("Add these photographs")
    expect(page.get_by_role("heading", name="Photograph 1", exact=True)).to_be_visible()
    page.locator('input[name^="alt-"]').fill(SUMMER)
    family.tick(page.locator('input[name^="show-"][value="yes"]'))
    family.press("Continue")


def _signs_in(window: Window, house, colleague) -> None:
    page = window.page
    page.goto("/en/desk")
    if page.locator('[name="email"]').count() == 0:
        page.goto("/en/account/sign-in")
    window.write("email", colleague.email)
    window.write("password", PASSWORD)
    window.sends(page.locator("main form button[type=submit]").first)
    window.write("code", pyotp.TOTP(colleague.secret).at(house.clock.wall()))
    window.sends(page.locator("main form button[type=submit]").first)


def _opens_the_item(desk: Window) -> None:
    desk.page.goto("/en/desk")
    desk.sends(desk.page.locator('main a[href*="/desk/items/"]').first)


def _is_hers(desk: Window, verb: str, note: str = "") -> None:
    """Press the desk's button for a verb, with words where it wants them."""
    if note:
        desk.page.locator("#acts textarea[name=note]").fill(note)
    button = desk.page.locator(f'button[formaction$="/{verb}"]')
    if not button.is_visible():
        desk.page.locator("#acts details summary").click()
    desk.sends(button)


def _comes_back(windows, code: str) -> Window:
    family = windows()
    family.page.goto("/en/return")
    family.write("code", code)
    family.sends(family.page.locator("main form button[type=submit]").first)
    expect(family.page).to_have_url(re.compile("/en/my/"))
    return family


def test_one_whole_life_of_a_testimony(windows, house, app):
    code = _contributes(windows())
    assert jobs.sweep(house) == 1
    desk = windows()
    _signs_in(desk, house, a_colleague(house, "moderator"))
    _opens_the_item(desk)
    _is_hers(desk, "take")
    _is_hers(desk, "ask", "Dear family, in which year was the photograph taken?")

    family = _comes_back(windows, code)
    main = family.page.locator("main")
    expect(main).to_contain_text("in which year was the photograph taken?")
    family.write("words", "In a synthetic year.")
    family.press("Send this message")

    _opens_the_item(desk)
    expect(desk.page.locator("main")).to_contain_text("In a synthetic year.")
    _is_hers(desk, "take")
    for box in desk.page.locator('input[name="check"]').all():
        desk.tick(box)
    desk.press("Save the checks")
    _is_hers(desk, "go_through_form", "Read aloud on the telephone; nothing was unclear.")
    _is_hers(desk, "make_ready")

    family = _comes_back(windows, code)
    family.sends(family.page.get_by_role("link", name="See it as visitors will"))
    expect(family.page.locator("body")).to_contain_text("The almond was in flower")
    family.page.go_back()
    family.press("Yes, it may be published like this")
    visitor = windows()
    assert WORDS not in visitor.status("/en/testimonies")[1]

    _opens_the_item(desk)
    _is_hers(desk, "publish")
    address, photograph = _is_published(visitor)
    seen = {path: visitor.context.request.get(path).headers["etag"] for path in (address, photograph)}
    for path, etag in seen.items():
        assert visitor.status(path, **{"If-None-Match": etag})[0] == 304

    family = _comes_back(windows, code)
    family.press("Hide it now")
    _is_gone(visitor, address, photograph, seen)


def _is_published(visitor: Window) -> tuple[str, str]:
    """Found by list and search, read, looked at; returns the addresses of page and photograph."""
    page = visitor.page
    page.goto("/en/testimonies")
    page.get_by_role("link", name="Synthetic Narrator").first.click()
    expect(page.locator("h1")).to_contain_text("Synthetic Narrator")
    expect(page.locator("main")).to_contain_text("The almond was in flower when the lanterns went out.")
    address = re.sub(r"^https?://[^/]+", "", page.url)
    photograph = page.get_by_alt_text(SUMMER).first
    expect(photograph).to_be_visible()
    source = photograph.get_attribute("src")
    assert source
    answer = visitor.context.request.get(source)
    assert answer.status == 200
    assert b"canary" not in answer.body()
    page.goto("/en/search?q=lanterns")
    expect(page.locator("main")).to_contain_text("Synthetic Narrator")
    expect(page.locator("main")).to_contain_text("lanterns")
    return address, source


def _is_gone(visitor: Window, address: str, photograph: str, seen: dict[str, str]) -> None:
    never = visitor.status("/en/testimonies/" + "0" * 13)
    assert visitor.status(address)[0] == 404
    assert never[0] == 404
    for path, etag in seen.items():
        status, body = visitor.status(path, **{"If-None-Match": etag})
        assert (status, "almond" in body) == (404, False)
        assert visitor.status(path, Range="bytes=0-9")[0] == 404
    for path in ("/en/testimonies", "/en/search?q=lanterns", "/en/search?q=Narrator", "/en/", "/en/people"):
        body = visitor.status(path)[1]
        assert "Synthetic Narrator" not in body
        assert "almond was in flower" not in body
    assert visitor.status(photograph)[0] == 404
