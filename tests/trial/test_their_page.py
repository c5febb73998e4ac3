"""The family's own page at every stage and in every language, measured by LOOK's checks, on a telephone and wide.

What stands in the pictures of a walk is measured here where it can be: sizes, targets, lines, sideways scroll, one
heading, one blossom, nothing chosen beforehand, and axe. MEMORIAL_WALK_LANGUAGES narrows the languages.
"""

from __future__ import annotations

import pytest

from memorial.models import Contribution
from tests.services.test_contribute import TOLD, begun, sent
from tests.services.test_renewals import FOR_FIVE
from tests.trial.test_walks import LANGUAGES
from tests.walks import Walk
from tests.web.contribute.test_my import desk

pytestmark = [pytest.mark.trial, pytest.mark.browser]
# The stage, what the desk does to come there, and the pages that are looked at then.
STAGES = [
    ("draft", (), ("", "/remove")),
    ("received", None, ("",)),
    ("read", ("take",), ("",)),
    ("question", ("ask",), ("",)),
    ("ready", ("answered", "make_ready"), ("", "/proof")),
    ("published", ("approved", "publish"), ("", "/renew", "/hand-on", "/remove")),
    ("hidden", ("hidden",), ("",)),
    ("removing", ("removed",), ("",)),
]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "light"), (390, "dark"), (1200, "light"), (1200, "dark")]
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_stage_of_their_page_keeps_the_checks(house, browser, live_server, lang, width, scheme):
    contribution_id, code = begun(house, {**TOLD, **FOR_FIVE}, language=lang)
    with house.session(house.keeper()) as session:
        ref = session.get_one(Contribution, contribution_id).public_id
    with browser.new_context(
        base_url=live_server, viewport={"width": width, "height": 844}, color_scheme=scheme
    ) as context:
        walk = Walk(context.new_page(), lang, axe=True)
        walk.open("/return", "return")
        walk.press("[name=code]", code)
        for stage, acts, pages in STAGES:
            if acts is None:
                sent(house, contribution_id, language=lang)
            for act in acts or ():
                _act(house, walk, ref, act)
            for page in pages:
                walk.open(f"/my/{ref}{page}", f"{stage}{page}")
        walk.open("/return/lost", "lost")
        walk.open("/contribute/agreed", "agreed")
        assert len(walk.seen) == sum(len(pages) for _, _, pages in STAGES) + 3
    assert sorted(set(walk.wrong)) == []


def _act(house, walk, ref, act):
    """The desk's, or the family's own through its page."""
    mine = {"answered": "write", "approved": "approve", "hidden": "hide", "removed": "remove"}
    if act not in mine:
        desk(house, ref, act, note="A synthetic question?" if act == "ask" else "")
        return
    page = "/remove" if act == "removed" else ""
    walk.page.goto(f"/{walk.lang}/my/{ref}{page}")
    if act == "answered":
        walk.page.fill("[name=words]", "A synthetic answer.")
    walk.page.locator(f"form[action$='/{mine[act]}'] button").click()
    walk.page.wait_for_load_state()
