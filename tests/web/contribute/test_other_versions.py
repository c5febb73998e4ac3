"""A contribution that another version of the program began: kept, explained, and still its family's to take back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from memorial.models import Contribution
from memorial.services import contribute
from tests.walking import addresses, routes
from tests.web.contribute.helpers import Family

SAID = "The questions it was written with are no longer asked here"


def _begun_elsewhere(house, *, task: str, answer: str, photos: object) -> None:
    """As a later or an earlier version may have left it."""
    with house.writing(house.keeper()) as session:
        contribution = session.scalars(select(Contribution)).one()
        draft = contribute.read(house.keys, contribution)
        contribution.task = task
        draft.answers |= {"task": answer, "photos": photos}
        contribute.keep(session, house.keys, contribution, draft, now=house.now())


@pytest.mark.parametrize(
    ("task", "answer", "photos", "sent"),
    [
        ("", "press", {}, True), ("diary", "diary", {}, False), ("testimony", "diary", {}, True),
        ("testimony", "testimony", ["of another form"], True),
    ],
)  # fmt: skip
def test_a_task_that_is_not_known_here_is_kept_told_of_and_can_be_taken_back(
    house, app, task, answer, photos, sent
):
    family = Family(app)
    if sent:
        ref, _ = family.send("testimony")
    else:
        family.answer_all("testimony")
        family.open("/contribute")
        ref = family.ref
    _begun_elsewhere(house, task=task, answer=answer, photos=photos)
    names = ["words", "find", "life", "photographs", "recording", "check", "never"]
    for rule in routes(app, "family"):
        if rule.endpoint == "contribute.leave":
            continue
        values = {
            "ref": [ref],
            "name": names,
            "public_id": ["never"],
            "act": ["hide"],
            "enclosure": ["never"],
        }
        for address in addresses(rule, values):
            assert family.client.get(address).status_code < 500, address
    assert family.open("/contribute/words").at == f"/en/my/{ref}"
    assert SAID in family.text
    assert "Go on with it" not in family.text
    assert "/contribute/check" not in family.page
    assert f"/my/{ref}" in family.open("/contribute").page
    family.open(f"/my/{ref}")
    for path, fields in (
        ("words", {"words": "x"}),
        ("send", {"send_key": "k"}),
        ("check", {}),
        ("find", {"looked": "x"}),
    ):
        assert family.post(f"/contribute/{path}", **fields).status < 500
    family.open(f"/my/{ref}")
    assert "Synthetic question" in family.post(f"/my/{ref}/write", words="Synthetic question").text
    if sent:
        assert "It is hidden." in family.post(f"/my/{ref}/hide").text
        assert family.post(f"/my/{ref}/remove").status == 200
    else:
        assert family.post(f"/my/{ref}/remove").status == 200
        assert family.open(f"/my/{ref}").text.count(SAID) == 0
