"""A server's own process, TARGET PORT WORKERS THREADS: the archive's is the one that `memorial serve` runs.

The bare page's imports nothing of the archive and is set alike (`memorial/web_server.py`).
"""

from __future__ import annotations

import sys

from memorial import web_server

HOST = "127.0.0.1"


def main() -> None:
    target, port, workers, threads = sys.argv[1], *map(int, sys.argv[2:])
    if target == web_server.ARCHIVE:
        from config import Settings
        from memorial import server

        server.web(Settings(), HOST, port).serve()
        return
    web_server.of(target, HOST, port, workers=workers, threads=threads).serve()


if __name__ == "__main__":
    main()
