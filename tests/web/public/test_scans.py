"""The door of PDFs asks for `download`: what may be looked at alone stays where it is. Everything planted is synthetic."""

from __future__ import annotations

import json
from itertools import product

import pytest

from tests.every_part import Canaries, Planted, plant
from tests.oracle_consent import ARCHIVE, AUDIENCES, FAR, MOMENTS, Event, Part


def with_scan(house, clock, uses) -> Planted:
    """A press account and its scan, of which everybody allows just this."""
    clock.forward(MOMENTS[0] - clock.at)
    parts = [
        Part(id=key, kind=kind, root=None, added=0, page=key == "page", notice=False)
        for key, kind in (("page", "page"), ("p0", "scan"))
    ]
    yes = dict.fromkeys(product(AUDIENCES, uses), (MOMENTS[0], FAR))
    return plant(
        house, "press", parts, [Event(party=ARCHIVE, act="will", parts=[], grants={"*": yes})], Canaries()
    )


@pytest.mark.parametrize(("uses", "given"), [(("view",), 404), (("view", "download"), 200)])
def test_a_pdf_leaves_only_where_everyone_said_yes_to_its_download(house, client, clock, uses, given):
    planted = with_scan(house, clock, uses)
    kept = {path for path in planted.paths["p0"] if path.endswith(("/scan.pdf", "/recording"))}
    seen = {path for path in planted.paths["p0"] if path.startswith("/media/")} - kept
    assert any(path.endswith("/scan.pdf") for path in kept)
    assert {client.get(path, buffered=True).status_code for path in seen} == {200}
    assert {client.get(path, buffered=True).status_code for path in kept} == {given}


@pytest.mark.parametrize(
    ("uses", "given"),
    [(("view", "download"), 404), (("view", "reuse"), 404), (("view", "reuse", "download"), 200)],
)
def test_other_houses_get_a_pdf_only_where_it_may_be_reused_and_downloaded(house, client, clock, uses, given):
    planted = with_scan(house, clock, uses)
    assert planted.papers
    assert {client.get(path, buffered=True).status_code for path in planted.papers} == {given}
    manifest = client.get(f"/iiif/{planted.made.public_id}/manifest")
    assert manifest.status_code == (200 if "reuse" in uses else 404)
    if "reuse" in uses:
        led_to = {
            each["id"].partition("localhost")[2] for each in json.loads(manifest.data).get("rendering", ())
        }
        assert bool(led_to & planted.papers) == (given == 200)
