"""Two hundred requests a second of forged beginnings, from many networks, and one honest family that gets through.

The forgers keep their cookie and post the first form again and again; every eighth of them also
solves the small task each time. The family begins in the midst of it, twice: with scripts (it
solves the task) and without (it waits). Run by `make trial`; the seconds go into docs/trials/.
"""

from __future__ import annotations

import hashlib
import http.client
import itertools
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from config import Settings
from memorial.house import open_house
from memorial.models import Contribution, Item
from tests.trial.test_kills import _free_port, _wait_until_up

ROOT = Path(__file__).resolve().parents[2]
RATE = int(os.environ.get("MEMORIAL_TRIAL_RATE", "200"))
SECONDS = int(os.environ.get("MEMORIAL_TRIAL_SECONDS", "60"))
FORGERS = 24
WAIT = 20  # seconds without scripts, in place of the usual two minutes
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')

pytestmark = pytest.mark.trial


@dataclass
class Browser:
    """Cookies, hidden fields and a network of its own."""

    port: int
    network: str
    cookies: dict[str, str] = field(default_factory=dict)
    page: str = ""

    def ask(self, method: str, path: str, values: dict[str, str] | None = None) -> int:
        body = urllib.parse.urlencode(values).encode() if values is not None else None
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-Forwarded-For": self.network,
            "X-Forwarded-Proto": "http",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, body, headers)
            with connection.getresponse() as answer:
                self.page = answer.read().decode("utf-8", "replace")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        return answer.status

    def hidden(self) -> dict[str, str]:
        return dict(_HIDDEN.findall(self.page))

    def post(self, path: str, **values: str) -> int:
        return self.ask("POST", path, {**self.hidden(), **values})


def solution(page: str) -> str:
    challenge = re.search(r'data-challenge="([^"]+)"', page)[1]
    bits = int(re.search(r'data-bits="(\d+)"', page)[1])
    for number in itertools.count():
        digest = hashlib.sha256(f"{challenge}:{number}".encode()).digest()
        if int.from_bytes(digest, "big") >> (256 - bits) == 0:
            return str(number)
    raise AssertionError


@dataclass
class Count:
    asked: int = 0
    begun: int = 0
    held: int = 0
    failed: int = 0


def forge(port: int, number: int, count: Count, ended: threading.Event) -> None:
    """As fast as its share of the rate allows; it never waits for a ticket."""
    chance = random.Random(number)
    pause, solves = FORGERS / RATE, number % 8 == 0
    browser = Browser(port, f"203.0.{number}.1")
    due = time.monotonic()
    while not ended.is_set():
        due += pause
        ended.wait(max(0.0, due - time.monotonic()))
        browser.network = f"203.0.{number}.{chance.randrange(256)}"
        try:
            if not browser.hidden().get("csrf_token"):
                browser.ask("GET", "/en/contribute")
            more = {"number": solution(browser.page)} if solves and "data-challenge" in browser.page else {}
            status = browser.post("/en/contribute", task="testimony", **more)
            count.begun += status == 303
            count.held += status == 429
        except (OSError, http.client.HTTPException):
            count.failed += 1
        count.asked += 1


def honest(port: int, *, scripts: bool) -> float:
    """Seconds from the first page to "sent"."""
    began = time.monotonic()
    family = Browser(port, "198.51.100.7" if scripts else "198.51.100.8")
    family.ask("GET", "/en/contribute")
    status = family.post("/en/contribute", task="testimony")
    while status != 303:
        assert status == 429, status
        if scripts:
            status = family.post("/en/contribute", number=solution(family.page))
        else:
            threading.Event().wait(WAIT)
            status = family.post("/en/contribute")
    answers = {
        "words": {"words": "Synthetic words in a flood."},
        "audience": {"audience": "everyone"},
        "consents": {"keep": "yes", "show": "yes", "reuse": "no"},
    }
    for name, values in answers.items():
        assert family.ask("GET", f"/en/contribute/{name}") == 200, name
        assert family.post(f"/en/contribute/{name}", **values) == 303, name
    assert family.ask("GET", "/en/contribute/check") == 200
    assert family.post("/en/contribute/send") == 303
    return time.monotonic() - began


def _until(condition) -> None:
    """The flood is on; for two minutes at most."""
    pause = threading.Event()
    assert any(condition() or pause.wait(0.2) for _ in range(600))


def _settings(folder: Path) -> dict[str, str]:
    return {
        "MEMORIAL_DATA": str(folder / "var"),
        "MEMORIAL_STORAGE_URL": str(folder / "media"),
        "MEMORIAL_KEY_FILE": str(folder / "key" / "archive.key"),
        "MEMORIAL_SECOND_PLACE": str(folder / "second"),
        "MEMORIAL_SECRET_KEY": "a trial's own secret",
        "MEMORIAL_STARTER": "false",
        "MEMORIAL_BEHIND_PROXY": "1",
        "MEMORIAL_PROOF_WAIT": str(WAIT),
        "MEMORIAL_LOG_LEVEL": "ERROR",
    }


def test_an_honest_family_gets_through_a_flood(tmp_path, monkeypatch):
    (tmp_path / "key").mkdir()
    values, port = _settings(tmp_path), _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "memorial.cli", "serve", "--port", str(port)],
        cwd=ROOT, env={**os.environ, **values}, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    count, ended = Count(), threading.Event()
    try:
        _wait_until_up(port, server)
        quiet = honest(port, scripts=True)
        forgers = [
            threading.Thread(target=forge, args=(port, number, count, ended), daemon=True)
            for number in range(FORGERS)
        ]
        began = time.monotonic()
        for forger in forgers:
            forger.start()
        _until(lambda: count.held > FORGERS)
        with_scripts = honest(port, scripts=True)
        without = honest(port, scripts=False)
        threading.Event().wait(max(0.0, SECONDS - (time.monotonic() - began)))
        lasted = time.monotonic() - began
        ended.set()
        for forger in forgers:
            forger.join(90)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    house = open_house(Settings(_env_file=None))
    with house.session(house.keeper()) as session:
        begun = session.scalar(select(func.count()).select_from(Contribution)) or 0
        sent = session.scalars(select(Item.flags).where(Item.state == "submitted")).all()
    house.engine.dispose()
    _write_down(
        {
            "forged requests": count.asked,
            "forged requests a second": round(count.asked / lasted, 1),
            "of these held back": count.held,
            "forged beginnings that got in": begun - 3,
            "requests that failed": count.failed,
            "seconds of an honest family before the flood": round(quiet, 1),
            "in the flood, with scripts": round(with_scripts, 1),
            f"in the flood, without scripts (a wait of {WAIT} s among them)": round(without, 1),
        }
    )
    assert len(sent) == 3
    assert [("flood" in flags) for flags in sent] == [False, True, True]
    assert begun < count.asked / 2


def _write_down(report: dict[str, object]) -> None:
    folder = ROOT / "docs" / "trials"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"# A flood of forged beginnings, {datetime.now(UTC):%Y-%m-%d}", ""]
    lines += [f"- {name}: {value}" for name, value in report.items()]
    path = folder / f"{datetime.now(UTC):%Y-%m-%d}-flood.md"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
