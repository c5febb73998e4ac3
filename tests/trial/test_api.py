"""Schemathesis asks every address of the API many times, of the starter collection and of synthetic testimonies.

What was asked is written to docs/trials/. A few examples of each address are asked in every run (tests/web/exchange/test_api.py).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.web.exchange.described import try_out
from tests.web.exchange.test_api import ROOMS, Archive, archive

__all__ = ["archive"]  # the fixture
pytestmark = pytest.mark.trial
TRIALS = Path(__file__).resolve().parents[2] / "docs" / "trials"
EXAMPLES = 20


def test_no_5xx_and_no_undocumented_answer_whatever_is_asked(archive: Archive) -> None:
    known = {room: archive.get(f"/{room}?limit=1")["items"][0]["id"] for room in ROOMS}
    known |= {"people": archive.living.public_id, "testimonies": archive.told.public_id}
    tried = try_out(archive.app, known, archive.transcript, examples=EXAMPLES)
    _write_down(tried)
    assert all(tried.values())


def _write_down(tried: dict[str, int]) -> None:
    now = datetime.now(UTC)
    lines = [
        f"# The API by schemathesis, {now:%Y-%m-%d}", "",
        "Valid and invalid requests made from /api/v1/openapi.json, of what is there and of what is not; each answer held against",
        "the description: status, type, schema and headers, no 5xx, what is invalid refused, what is valid taken.", "",
        f"- operations (GET and HEAD): {len(tried)}",
        f"- requests: {sum(tried.values())}",
        "- answers with 5xx, and answers that are not described: 0", "",
        "| operation | requests |", "|---|---|",
        *(f"| `{label}` | {count} |" for label, count in sorted(tried.items())), "",
    ]  # fmt: skip
    (TRIALS / f"{now:%Y-%m-%d}-api.md").write_text("\n".join(lines), encoding="utf-8")
