"""A recording of four hours, 6,000 lines and its translation, opened and scrolled in a real browser.

What was measured is written to docs/trials/.
"""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.builders import a_testimony
from tests.voices import a_copy, a_recording, a_transcript

pytestmark = [pytest.mark.trial, pytest.mark.browser]
TRIALS = Path(__file__).resolve().parents[2] / "docs" / "trials"
LINES = 6_000
SCROLL = """() => new Promise((done) => {
  const times = [], end = document.scrollingElement.scrollHeight;
  let before = performance.now();
  const step = (now) => {
    times.push(now - before);
    before = now;
    scrollBy(0, 1500);
    if (scrollY + innerHeight < end - 10 && times.length < 400) requestAnimationFrame(step);
    else done(times.slice(1));
  };
  requestAnimationFrame(step);
})"""


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


def test_four_hours_open_and_scroll_without_delay(house, page: Page, live_server: str) -> None:
    made = a_testimony(house)
    recording = a_recording(house, made, length=4 * LINES * 1000)
    a_copy(house, recording)
    words = [
        "ev",
        "yol",
        "qar",
        "gecə",
        "uşaqlar",
        "ana",
        "meşə",
        "səhər",
        "danışırdı",
        "getdik",
        "sonra",
        "heç",
        "kim",
        "bilmirdi",
    ]
    said = [" ".join(words[(n * k) % len(words)] for k in range(1, 9)) + f" {n}." for n in range(LINES)]
    original = a_transcript(house, recording, said, language="az")
    a_transcript(house, recording, said, kind="translation", translates=original)
    page.set_viewport_size({"width": 390, "height": 850})
    page.goto(f"{live_server}/en/testimonies")  # templates are compiled once, not for each visitor
    page.goto(f"{live_server}/en{made.path}?t=1")
    answer = page.goto(f"{live_server}/en{made.path}?t=12000")
    assert answer is not None
    opened = answer.body()
    timing = page.evaluate("() => performance.getEntriesByType('navigation')[0].toJSON()")
    frames = sorted(page.evaluate(SCROLL))
    whole = page.goto(f"{live_server}/en{made.path}/transcript")
    assert whole is not None
    measured = {
        "lines in the transcript": LINES,
        "the page, KB compressed": len(gzip.compress(opened)) / 1000,
        "the server's answer, ms": timing["responseEnd"] - timing["requestStart"],
        "until the page stands, ms": timing["domContentLoadedEventEnd"],
        "until everything is loaded, ms": timing["loadEventEnd"],
        "frames while scrolling to the end": len(frames),
        "the slowest frame but one in twenty, ms": frames[int(len(frames) * 0.95)],
        "the words alone, all of them, KB compressed": len(gzip.compress(whole.body())) / 1000,
    }
    now = datetime.now(UTC)
    lines = [f"# A recording of 6,000 lines in a browser, {now:%Y-%m-%d}", ""]
    lines += [f"- {name}: {value:,.0f}" for name, value in measured.items()]
    (TRIALS / f"{now:%Y-%m-%d}-long-voices.md").write_text("\n".join([*lines, ""]), encoding="utf-8")
    assert measured["the page, KB compressed"] < 120
    assert len(frames) > 5
