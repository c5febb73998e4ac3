"""Every page for families, also one that is added later: the way out, a neutral title, kept by nobody, nothing from elsewhere."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from memorial.models import Contribution
from memorial.services import contribute
from memorial.web.doors import DOORS
from tests.services.test_contribute import TOLD
from tests.walking import addresses, routes
from tests.web.contribute.helpers import Family

# Words that a stranger who glances at a tab, or at the list of visited pages, shall not read there.
TELLING = re.compile(
    r"memorial|archive|testimon|remembr|massacre|victim|death|died|missing|witness|survivor|contribut|synthetic",
    re.I,
)
# What is no page: it answers with a file, or leads elsewhere.
NO_PAGE = {"contribute.media_proof", "contribute.leave"}
WITHOUT_EXIT = {"contribute.left"}  # where the exit leads


def values_of(ref):
    from memorial.web.contribute import steps

    return {
        "ref": [ref],
        "name": sorted(steps.STEPS),
        "public_id": ["never"],
        "act": ["never"],
        "step": ["never"],
        "token": ["never"],
        "upload": ["never"],
    }


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


@pytest.fixture
def families(house, app):
    """One that has begun, one that has sent."""
    return a_family(house, app), a_family(house, app, send=True)


def a_family(house, app, *, send=False):
    family = Family(app)
    family.begin("testimony")
    family.known = family.open("/contribute").ref
    with house.writing(house.keeper()) as session:
        wanted = select(Contribution).where(Contribution.public_id == family.known)
        contribution = session.scalars(wanted).one()
        draft = contribute.read(house.keys, contribution)
        draft.answers.update(TOLD)
        contribute.keep(session, house.keys, contribution, draft, now=house.now())
    if send:
        family.open("/contribute/check")
        family.post("/contribute/send", send_key=family.send_key)
        assert family.at.endswith("/contribute/sent"), family.text
    return family


def pages_of(app, family):
    for rule in routes(app, "family"):
        if rule.endpoint in NO_PAGE or DOORS[rule.endpoint].audience != "family":
            continue
        for address in addresses(rule, values_of(family.known)):
            answer = family.client.get(address)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                yield rule.endpoint, address, answer


def test_every_page_has_the_way_out_a_neutral_title_and_loads_nothing_from_elsewhere(app, families):
    seen = set()
    for family in families:
        for endpoint, address, answer in pages_of(app, family):
            seen.add(endpoint)
            page = answer.get_data(as_text=True)
            title = re.search(r"<title>(.*?)</title>", page, re.S)[1].strip()
            assert title, address
            assert not TELLING.search(title), (address, title)
            assert answer.headers["Cache-Control"] == "no-store", address
            assert answer.headers["Referrer-Policy"] == "no-referrer", address
            assert not re.findall(r'(?:src|action|srcset|poster)="(?:https?:)?//', page), address
            assert not re.findall(r'<link[^>]+href="(?:https?:)?//', page), address
            if endpoint not in WITHOUT_EXIT:
                assert page.count("data-quick-exit") == 2, address
                assert re.search(r'<a class="skip"[^>]+data-quick-exit', page), address
                assert "js/quick-exit.js" in page, address
    assert {
        "contribute.start",
        "contribute.step",
        "contribute.check",
        "contribute.my",
        "contribute.sent",
    } <= seen


def test_the_start_says_that_the_history_is_not_erased(app):
    page = Family(app).open("/contribute").text
    assert "history of this browser is not erased" in page
