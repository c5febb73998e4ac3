"""The real tus-js-client in a real browser: over a line that breaks, after a closed page, and to the same hash."""

from __future__ import annotations

import hashlib
import random

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from memorial import jobs
from memorial.models import Contribution, Media, Upload
from tests.services.test_contribute import TOLD, begun
from tests.web.contribute.helpers import a_photograph

pytestmark = pytest.mark.browser


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


@pytest.fixture
def family(app, house, live_server, page):
    """A page whose session belongs to a draft."""
    contribution_id, _ = begun(house, TOLD)
    with house.session(house.keeper()) as session:
        ref = session.get_one(Contribution, contribution_id).public_id
    sign = app.session_interface.get_signing_serializer(app)
    cookie = sign.dumps({"family": {"ref": ref, "doors": 0}})
    page.context.add_cookies([{"name": "memorial_session", "value": cookie, "url": live_server}])
    page.set_default_timeout(60_000)
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    yield page
    assert page.errors == []


def media(house):
    with house.session(house.keeper()) as session:
        return session.scalars(select(Media).order_by(Media.id)).all()


def safe(house):
    with house.session(house.keeper()) as session:
        return session.scalars(select(Upload.bytes_safe).order_by(Upload.id.desc())).first() or 0


def file_of(content, name="film.mp4"):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def stuck_at_the_third_piece(family):
    """A line that lets two pieces through and then hangs, until somebody does something."""
    pieces = []

    def line(route):
        pieces.append(route.request.method == "PATCH")
        if not (pieces[-1] and sum(pieces) > 2):
            route.continue_()

    family.route("**/contribute/files/*", line)


def choose(family, *files):
    family.locator("input[type=file]").set_input_files(list(files))


def test_a_recording_over_a_line_that_breaks_again_and_again_arrives_whole_and_once(
    house, live_server, family
):
    content = b"\0\0\0\x20ftypisom" + random.Random(3).randbytes(6_000_000)
    chance = random.Random(4)

    def line(route):
        if route.request.method == "PATCH" and chance.random() < 0.4:
            route.abort("connectionreset")
        else:
            route.continue_()

    family.route("**/contribute/files/*", line)
    family.goto(f"{live_server}/en/contribute/recording")
    # The page waits longer after each failure; here it need not.
    family.evaluate(
        "() => { const real = setTimeout; window.setTimeout = (f, ms, ...more) => real(f, Math.min(ms ?? 0, 20), ...more); }"
    )
    choose(family, file_of(content))
    expect(family.get_by_text("Uploaded, not yet sent.")).to_be_visible(timeout=60_000)
    expect(family.get_by_role("heading", name="Recording 1")).to_be_visible()
    jobs.sweep(house)
    (medium,) = media(house)
    assert medium.sha256 == hashlib.sha256(content).hexdigest()


def test_paused_then_closed_then_chosen_again_it_goes_on_where_it_stopped(
    house, live_server, family, tmp_path
):
    content = b"\0\0\0\x20ftypisom" + random.Random(5).randbytes(6_000_000)
    film = tmp_path / "film.mp4"
    film.write_bytes(content)
    family.goto(f"{live_server}/en/contribute/recording")
    stuck_at_the_third_piece(family)
    family.locator("input[type=file]").set_input_files(film)
    expect(family.locator("[data-list] [role=status]")).not_to_contain_text("0 MB of")
    family.get_by_role("button", name="Pause").click()
    expect(family.locator("[data-list] [role=status]")).to_contain_text("Stopped for now.")
    family.unroute("**/contribute/files/*")
    family.goto("about:blank")
    before = safe(house)
    assert 0 < before < len(content)
    asked = []
    family.goto(f"{live_server}/en/contribute/recording")
    expect(family.get_by_text("Not whole yet")).to_be_visible()
    family.on("request", lambda request: asked.append(request.method) if "/files" in request.url else None)
    family.locator("input[type=file]").set_input_files(film)
    expect(family.get_by_text("Uploaded, not yet sent.")).to_be_visible()
    assert asked[0] == "HEAD"
    assert "POST" not in asked
    jobs.sweep(house)
    (medium,) = media(house)
    assert medium.sha256 == hashlib.sha256(content).hexdigest()
    assert family.evaluate("() => localStorage.length + sessionStorage.length") == 0


def test_several_photographs_go_at_once_and_what_was_typed_meanwhile_stays(house, live_server, family):
    family.goto(f"{live_server}/en/contribute/photographs")
    choose(family, file_of(a_photograph(), "one.jpg"))
    expect(family.get_by_role("heading", name="Photograph 1")).to_be_visible()
    family.get_by_label("Who and what is in it?").fill("A synthetic street")
    choose(family, *(file_of(a_photograph("PNG"), f"{number}.png") for number in range(3)))
    expect(family.get_by_role("heading", name="Photograph 4")).to_be_visible()
    assert family.get_by_label("Who and what is in it?").first.input_value() == "A synthetic street"
    family.get_by_role("button", name="Continue").click()
    family.wait_for_url(lambda address: "photographs" not in address)
    family.goto(f"{live_server}/en/contribute/photographs")
    assert family.get_by_label("Who and what is in it?").first.input_value() == "A synthetic street"
    assert len(media(house)) == 4


def test_a_file_that_is_too_large_or_empty_is_said_before_a_byte_goes(
    house, live_server, family, monkeypatch
):
    monkeypatch.setattr(house.settings, "upload_bytes", 100_000)
    family.goto(f"{live_server}/en/contribute/recording")
    choose(family, file_of(b"", "empty.mp3"), file_of(bytes(100_001), "large.mp3"))
    expect(family.get_by_text("This file is empty.")).to_be_visible()
    expect(family.get_by_text("This file is larger than")).to_be_visible()
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Upload)).all() == []


def test_a_file_removed_on_its_way_is_gone_from_the_archive(house, live_server, family):
    family.goto(f"{live_server}/en/contribute/recording")
    stuck_at_the_third_piece(family)
    choose(family, file_of(random.Random(6).randbytes(12_000_000)))
    expect(family.locator("[data-list] [role=status]")).not_to_contain_text("0 MB of")
    family.get_by_role("button", name="Remove").click()
    expect(family.locator("[data-list] li")).to_have_count(0)
    family.wait_for_load_state("networkidle")
    assert list(house.storage.listing("originals")) == []


def test_continue_while_files_are_on_their_way_says_so_first_and_obeys_the_second_time(
    house, live_server, family
):
    family.goto(f"{live_server}/en/contribute/recording")
    family.route("**/contribute/files", lambda route: None)  # never answered
    choose(family, file_of(bytes(1_000_000)))
    family.get_by_role("button", name="Continue").click()
    expect(family.get_by_text("Not everything is saved yet.")).to_be_visible()
    assert family.url.endswith("/contribute/recording")
    family.get_by_role("button", name="Continue").click()
    family.wait_for_url(lambda address: "recording" not in address)
