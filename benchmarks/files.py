"""Plain file servers, to measure the media door beside: the same Flask and server without a gate, and the system's own way.

`application` is bare Flask in the same granian: `send_file` with its own ranges. `python -m benchmarks.files PORT FILE`
answers ranges of one file by sendfile(2), a thread for each connection: about what a web server made for files does.
"""

from __future__ import annotations

import os
import re
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path

from flask import Flask, Response, send_file

HOST = "127.0.0.1"
FILE = "MEMORIAL_BENCH_FILE"  # the one file, for `application`
_RANGE = re.compile(rb"\r\nRange: bytes=(\d+)-(\d+)\r\n", re.I)


def application() -> Flask:
    app = Flask("files", static_folder=None)
    path = os.environ[FILE]

    @app.get("/file")
    def file() -> Response:
        return send_file(path, "video/mp4", conditional=True, etag=True)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    return app


def main() -> None:
    port, path = int(sys.argv[1]), Path(sys.argv[2])
    with socket.create_server((HOST, port)) as listening:
        while True:
            line, _ = listening.accept()
            threading.Thread(target=_answer, args=(line, path), daemon=True).start()


def _answer(line: socket.socket, path: Path) -> None:
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with line, suppress(OSError):
        while asked := _request(line):
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                found = _RANGE.search(asked)
                begin, end = (int(found[1]), min(int(found[2]), size - 1)) if found else (0, size - 1)
                status = b"206 Partial Content" if found else b"200 OK"
                head = b"HTTP/1.1 %s\r\nContent-Type: video/mp4\r\nContent-Length: %d\r\n" % (
                    status,
                    end + 1 - begin,
                )
                line.sendall(head + b"Content-Range: bytes %d-%d/%d\r\n\r\n" % (begin, end, size))
                while begin <= end:
                    begin += os.sendfile(line.fileno(), file.fileno(), begin, end + 1 - begin)


def _request(line: socket.socket) -> bytes:
    asked = b""
    while not asked.endswith(b"\r\n\r\n"):
        piece = line.recv(4096)
        if not piece:
            return b""
        asked += piece
    return asked


if __name__ == "__main__":
    main()
