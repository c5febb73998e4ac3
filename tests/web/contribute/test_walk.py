"""All six tasks in a real browser at 390 px, scripts on and off. The wide matrix is tests/trial/test_walks.py."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from memorial.models import Contribution, Record
from memorial.web.contribute.flow import FLOW
from tests.services.test_contribute import begun, published, sent
from tests.walks import Walk

ABOUT = ("memory", "correction", "removal")
LISTED = {
    "task": "remembrance", "person": "Synthetic Listed", "born": "about 1950", "audience": "everyone",
    "keep": "yes", "show": "yes", "name_shown": "not_shown",
}  # fmt: skip


def a_listed_person(house) -> str:
    """The address of a published page of somebody who never was."""
    contribution_id, _ = begun(house, LISTED)
    sent(house, contribution_id)
    published(house, contribution_id)
    with house.session(house.keeper()) as session:
        wanted = select(Record.public_id).where(Record.contribution_id == contribution_id)
        return f"/people/{session.scalars(wanted).one()}"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("engine_name", "scripts"), [("sqlite", True), ("postgresql", False)], indirect=["engine_name"]
)
def test_every_task_is_walked_to_its_end_and_each_page_keeps_the_checks(house, browser, live_server, scripts):
    listed = a_listed_person(house)
    wrong = []
    for task in FLOW:
        with browser.new_context(
            base_url=live_server, java_script_enabled=scripts, viewport={"width": 390, "height": 844}
        ) as context:
            walk = Walk(context.new_page())
            assert walk.task(task, listed if task in ABOUT else "")
            wrong += walk.wrong
    assert sorted(set(wrong)) == []
    with house.session(house.keeper()) as session:
        tasks = set(session.scalars(select(Contribution.task).where(Contribution.sent_at.is_not(None))))
    assert tasks == set(FLOW)
