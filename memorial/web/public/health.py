"""For whoever watches the machine: /healthz (the process lives), /readyz (it can do its work), /metrics (in numbers)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import Response, jsonify

from memorial import jobs, schema
from memorial.domain.errors import NotOpen
from memorial.house import House
from memorial.services import watching
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


@door(machine, "/metrics", audience="machine")
def metrics() -> Response:
    """Numbers as Prometheus reads them, where a setting says so; nginx lets nobody ask from outside (deploy/nginx)."""
    if not house().settings.metrics:
        raise NotOpen
    lines = [f"memorial_{name}{_labels(labels)} {value:g}" for name, labels, value in _figures(house())]
    return Response("\n".join([*lines, ""]), mimetype="text/plain")


def _figures(archive: House) -> Iterator[watching.Figure]:
    for name, holds in checks(archive).items():
        yield "ready", {"part": name}, float(holds)
    queue = jobs.build(archive)
    reachable = _holds(lambda: queue.pending_count() >= 0)
    yield "queue_reachable", {}, float(reachable)
    if reachable:
        yield "queue_waiting", {}, queue.pending_count()
    with archive.session(archive.keeper()) as session:
        yield from watching.figures(session, now=archive.now())


def _labels(labels: dict[str, str]) -> str:
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}" if labels else ""


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
