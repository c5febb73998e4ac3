"""A recording in a real browser: play, seek by line, follow, keys, captions; at two widths, by LOOK and by axe."""

from __future__ import annotations

import subprocess

import imageio_ffmpeg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from memorial.models import Cue
from tests.builders import a_testimony
from tests.voices import a_copy, a_recording, a_transcript
from tests.walks import MEASURE, SERIOUS

pytestmark = pytest.mark.browser
LENGTH = 120  # seconds
PATIENCE = 60_000


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


@pytest.fixture(scope="module")
def tone(tmp_path_factory) -> bytes:
    """Two minutes of a quiet tone."""
    path = tmp_path_factory.mktemp("tone") / "tone.ogg"
    asked = [
        "-f",
        "lavfi",
        "-i",
        f"sine=220:duration={LENGTH}",
        "-af",
        "volume=0.05",
        "-c:a",
        "libopus",
        "-b:a",
        "8k",
    ]
    subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *asked, str(path)], check=True, timeout=60
    )
    return path.read_bytes()


@pytest.fixture
def told(house, tone) -> str:
    """The path of a recording of thirty lines with a translation, and a film without a copy beside it."""
    made = a_testimony(house)
    recording = a_recording(house, made, length=LENGTH * 1000, content_note="0:20–0:40 synthetic harm")
    name = house.storage.put_derived("synthetic/tone.ogg", tone)
    a_copy(house, recording, storage_key=name, bytes=len(tone))
    original = a_transcript(house, recording, [f"Sintetik sətir {n}." for n in range(1, 31)], language="az")
    with house.writing(house.keeper()) as session:
        third = session.scalars(select(Cue).where(Cue.number == 3)).one()
        third.words = [["Sintetik", 8000, 9000], ["sətir", 9000, 11000], ["3.", 11000, 12000]]
    english = [
        f"A synthetic line of some length, so that it is not all too short, number {n}." for n in range(1, 31)
    ]
    a_transcript(house, recording, english, kind="translation", translates=original)
    return made.path


@pytest.fixture
def listening(page: Page, live_server: str, told: str):
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.set_viewport_size({"width": 1200, "height": 800})
    page.goto(f"{live_server}/en{told}?t=60")
    yield page
    assert errors == []


def current(page: Page):
    return page.locator('.lines p[aria-current="true"]')


def at(page: Page, seconds: float) -> None:
    page.wait_for_function(f"() => Math.abs(document.querySelector('audio').currentTime - {seconds}) < 3")


def paused(page: Page) -> bool:
    return bool(page.evaluate("document.querySelector('audio').paused"))


def test_a_line_plays_from_its_moment_and_is_followed_and_keys_lead_on(listening):
    page = listening
    expect(current(page)).to_have_attribute("id", "c-16")
    assert paused(page)  # an address starts nothing
    page.locator("#c-3 .t").click()
    expect(current(page)).to_have_attribute("id", "c-3")
    page.wait_for_function("() => !document.querySelector('audio').paused")
    at(page, 9)
    page.wait_for_function("() => [...CSS.highlights.get('word') ?? []].join() === 'sətir '")
    assert page.url.endswith("?t=8#c-3")
    page.evaluate("document.querySelector('audio').currentTime = 99.9")
    expect(current(page)).to_have_attribute("id", "c-26")  # the line that is being said, in view
    expect(current(page)).to_be_in_viewport()
    page.locator("summary", has_text="Speed").click()
    page.get_by_role("button", name="Follow the words").click()
    page.keyboard.press("k")
    page.wait_for_function("() => document.querySelector('audio').paused")
    for key, second in (("j", 92), ("l", 102), (",", 96), (".", 100)):
        page.keyboard.press(key)
        at(page, second)
    page.keyboard.press(">")
    assert page.evaluate("document.querySelector('audio').playbackRate") == 1.25
    page.get_by_role("button", name="Keys are on").click()
    page.keyboard.press("k")
    assert paused(page)
    page.locator("#find").focus()
    page.get_by_role("button", name="Keys are off").click()
    page.locator("#find").press_sequentially("jk")
    expect(page.locator("#find")).to_have_value("jk")
    assert paused(page)
    page.locator("#find").fill("line 7")
    page.locator("#find").press("Enter")
    page.locator(".found a").first.click()
    expect(current(page)).to_have_attribute("id", "c-7")
    page.get_by_role("button", name="Next hit").click()
    expect(page.locator("#c-7 .t")).to_be_focused()


def test_the_page_is_right_at_both_widths_and_without_scripts(browser, live_server, told):
    wrong = []
    for width, scheme, scripts in (
        (390, "light", True),
        (1200, "dark", True),
        (390, "dark", False),
        (320, "light", True),
    ):
        shape = {"width": width, "height": 850}
        with browser.new_context(viewport=shape, color_scheme=scheme, java_script_enabled=scripts) as context:
            page = context.new_page()
            page.goto(f"{live_server}/en{told}?t=60#c-16")
            expect(current(page)).to_have_attribute("id", "c-16")
            expect(current(page)).to_be_in_viewport()
            original, translated = (
                page.locator("#c-16").bounding_box(),
                page.locator("#c-16 + p").bounding_box(),
            )
            assert original
            assert translated
            beside = translated["x"] > original["x"] + original["width"]
            assert beside == (width == 1200), width
            page.locator("#c-18 .t").click()
            expect(current(page)).to_have_attribute("id", "c-18")
            if scripts:
                wrong += [f"{width} {scheme}: {each}" for each in page.evaluate(MEASURE)]
                told_by_axe = Axe().run(page).response["violations"]
                wrong += [
                    f"{width} {scheme} axe: {each['id']} {each['nodes'][0]['target']}"
                    for each in told_by_axe
                    if each["impact"] in SERIOUS
                ]
    assert not wrong, "\n".join(wrong)


def test_captions_of_a_film_are_read_by_the_browser(house, page, live_server):
    made = a_testimony(house)
    recording = a_recording(house, made, role="video")
    a_copy(house, recording, "video", mime="video/mp4", height=480)
    a_transcript(house, recording, ["Synthetic <i>caption</i>."], language="en")
    page.goto(f"{live_server}/en{made.path}")
    page.evaluate("document.querySelector('video').textTracks[0].mode = 'hidden'")
    page.wait_for_function("() => document.querySelector('video').textTracks[0].cues?.length === 1")
    assert "caption" in page.evaluate("document.querySelector('video').textTracks[0].cues[0].text")
