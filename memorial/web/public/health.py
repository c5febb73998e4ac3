"""For whoever watches the machine: /healthz (the process lives), /readyz (it can do its work)."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, jsonify

from memorial import schema
from memorial.house import House
from memorial.web.context import house
from memorial.web.doors import door
from memorial.web.public.rooms import machine


@door(machine, "/healthz", audience="machine")
def healthz() -> Response:
    return jsonify(alive=True)


@door(machine, "/readyz", audience="machine")
def readyz() -> Response:
    """503 until all holds. Says only which, nothing of the machine."""
    found = checks(house())
    answer = jsonify(found)
    answer.status_code = 200 if all(found.values()) else 503
    return answer


def checks(archive: House) -> dict[str, bool]:
    return {
        "database": _holds(lambda: schema.current(archive.engine) == schema.head()),
        "storage": _holds(lambda: archive.storage.put_derived("ready", b"ready")),
        "key": archive.settings.archive_key_file.exists(),
    }


def _holds(check: Callable[[], object]) -> bool:
    try:
        return bool(check())
    except Exception:
        return False
