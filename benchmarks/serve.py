"""A server's own process, TARGET PORT WORKERS: the archive's is the one that `memorial serve` runs.

The bare page's imports nothing of the archive; options are those of `memorial/server.py`.
"""

from __future__ import annotations

import sys

from granian import Granian
from granian.constants import Interfaces

ARCHIVE = "memorial.server:application"
HOST = "127.0.0.1"


def main() -> None:
    target, port, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if target == ARCHIVE:
        from config import Settings
        from memorial import server

        server.web(Settings(), HOST, port).serve()
        return
    Granian(
        target,
        address=HOST,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=workers,
        blocking_threads=1,
        websockets=False,
        log_access=False,
        log_level="warning",  # type: ignore[arg-type]
    ).serve()


if __name__ == "__main__":
    main()
