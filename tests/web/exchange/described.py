"""Schemathesis over the description of the API: whatever it asks must be answered as described, and never with a 5xx.

tried = try_out(app, {"press": "n4nh…"}, transcript, examples=2)        # {"GET /api/v1/press": 4, …}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance

from memorial.web.security import limiter

MODES = tuple(schemathesis.GenerationMode)
# A cursor is opaque: no schema can say which of all texts are places of a list.
PLACES = {"after", "before"}


def try_out(app: Flask, known: Mapping[str, str], transcript: str, *, examples: int) -> dict[str, int]:
    """How often each operation was asked, of what is there (`known`: its id by its room) and of what is made up."""
    load_all_checks()
    limiter.enabled = False
    try:
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
        operations = [found.ok() for found in schema.get_all_operations()]
        return {each.label: _try(each, _there(each.path, known, transcript), examples) for each in operations}
    finally:
        limiter.enabled = True


def _there(path: str, known: Mapping[str, str], transcript: str) -> dict[str, str]:
    """What to put into the path, so that something is found."""
    room = path.removeprefix("/api/v1/").partition("/")[0]
    values = {"public_id": known.get(room, ""), "slug": known.get(room, ""), "transcript_id": transcript}
    return {name: value for name, value in values.items() if f"{{{name}}}" in path}


def _try(operation: Any, there: Mapping[str, str], examples: int) -> int:
    asked = 0

    @settings(
        max_examples=examples, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.data())
    def hold(data: st.DataObject) -> None:
        nonlocal asked
        for mode in MODES:
            case = data.draw(operation.as_strategy(generation_mode=mode))
            _ask(case)
            asked += 1
            if there and mode is schemathesis.GenerationMode.POSITIVE:
                case.path_parameters = dict(there)
                _ask(case)
                asked += 1

    hold()
    return asked


def _ask(case: Any) -> None:
    by_place = PLACES & set(case.query or {})
    case.call_and_validate(excluded_checks=[positive_data_acceptance] if by_place else None)
