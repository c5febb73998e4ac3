"""The door of PDFs asks for `download`: what may be looked at alone stays where it is. Everything planted is synthetic."""

from __future__ import annotations

from itertools import product

import pytest

from tests.every_part import Canaries, plant
from tests.oracle_consent import ARCHIVE, AUDIENCES, FAR, MOMENTS, Event, Part


@pytest.mark.parametrize(("uses", "given"), [(("view",), 404), (("view", "download"), 200)])
def test_a_pdf_leaves_only_where_everyone_said_yes_to_its_download(house, client, clock, uses, given):
    clock.forward(MOMENTS[0] - clock.at)
    parts = [
        Part(id=key, kind=kind, root=None, added=0, page=key == "page", notice=False)
        for key, kind in (("page", "page"), ("p0", "scan"))
    ]
    yes = dict.fromkeys(product(AUDIENCES, uses), (MOMENTS[0], FAR))
    planted = plant(
        house, "press", parts, [Event(party=ARCHIVE, act="will", parts=[], grants={"*": yes})], Canaries()
    )
    kept = {path for path in planted.paths["p0"] if path.endswith(("/scan.pdf", "/recording"))}
    seen = {path for path in planted.paths["p0"] if path.startswith("/media/")} - kept
    assert any(path.endswith("/scan.pdf") for path in kept)
    assert {client.get(path, buffered=True).status_code for path in seen} == {200}
    assert {client.get(path, buffered=True).status_code for path in kept} == {given}
