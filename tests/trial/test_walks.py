"""Every task in every language, scripts on and off, with the finger and by the keyboard alone; axe finds nothing serious.

MEMORIAL_WALK_LANGUAGES narrows it: "ru" or "az,tr".
"""

from __future__ import annotations

import os

import pytest

from memorial.web.contribute.flow import FLOW
from memorial.web.languages import NAMES
from tests.walks import Walk
from tests.web.contribute.test_walk import ABOUT, a_listed_person

pytestmark = [pytest.mark.trial, pytest.mark.browser]
LANGUAGES = os.environ.get("MEMORIAL_WALK_LANGUAGES", ",".join(NAMES)).split(",")
WAYS = {
    "scripts": (True, False, 390),
    "no scripts": (False, False, 390),
    "keyboard": (True, True, 390),
    "keyboard, no scripts": (False, True, 1200),
}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("task", FLOW)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_task_is_walked_to_its_end(house, browser, live_server, lang, task, way):
    scripts, by_keyboard, width = WAYS[way]
    about = a_listed_person(house) if task in ABOUT else ""
    with browser.new_context(
        base_url=live_server, java_script_enabled=scripts, viewport={"width": width, "height": 844}
    ) as context:
        # axe is a script itself: where scripts are off, the measurements alone are taken.
        walk = Walk(context.new_page(), lang, by_keyboard=by_keyboard, axe=scripts)
        assert walk.task(task, about)
    assert sorted(set(walk.wrong)) == []
