"""The web server and how it is set: for the archive, and for the bare page that `memorial bench` holds it to.

    of(ARCHIVE, "127.0.0.1", 8000, workers=2, threads=16).serve()

Imports nothing of the archive, so that the bare page's processes hold nothing of it.
"""

from __future__ import annotations

from granian import Granian
from granian.constants import Interfaces

ARCHIVE = "memorial.server:application"
STOPS_WITHIN = 20  # seconds: a request that is being answered may end


def of(target: str, host: str, port: int, *, workers: int, threads: int) -> Granian:
    return Granian(
        target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=workers,
        blocking_threads=threads,
        websockets=False,
        log_access=False,
        log_level="warning",  # type: ignore[arg-type]
        respawn_failed_workers=True,
        workers_kill_timeout=STOPS_WITHIN,
    )
