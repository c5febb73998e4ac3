"""Every way into the archive is a door, registered with its audience.

    @door(pages, "/<lang>/press/<public_id>", audience="public")
    def press_account(public_id): …

A route that was not registered here fails `check` at start and `tests/test_gate.py`; the
canary test walks over `DOORS` and looks behind each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from flask import Blueprint, Flask

Audience = Literal["public", "family", "desk", "account", "machine", "static"]
"""public: whoever comes. family: the holder of a code. desk: a signed-in desk account.
account: signing in itself. machine: /healthz and the like, no content. static: files of the program."""


@dataclass(frozen=True, slots=True)
class Door:
    endpoint: str
    rule: str
    audience: Audience
    methods: tuple[str, ...]


DOORS: dict[str, Door] = {"static": Door("static", "/static/<path:filename>", "static", ("GET",))}


def door(
    room: Blueprint, rule: str, *, audience: Audience, methods: tuple[str, ...] = ("GET",), **options: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a route and who it is for."""

    def register(view: Callable[..., Any]) -> Callable[..., Any]:
        endpoint = f"{room.name}.{options.pop('endpoint', view.__name__)}"
        DOORS.setdefault(endpoint, Door(endpoint, rule, audience, methods))
        room.add_url_rule(rule, endpoint.split(".", 1)[1], view, methods=methods, **options)
        return view

    return register


def check(app: Flask) -> None:
    """Refuse to start with a route that nobody registered as a door."""
    unknown = {rule.endpoint for rule in app.url_map.iter_rules()} - DOORS.keys()
    if unknown:
        raise RuntimeError(f"routes that are not registered as doors: {', '.join(sorted(unknown))}")
