"""The program's own files under one fingerprint, so that browsers may keep them for a year.

`static("css/memorial.css")` is `/static/<fingerprint>/css/memorial.css`. The fingerprint
is of all files together and stands in the path, so that addresses inside style sheets and
modules (`url(../fonts/…)`) carry it too. An address with another fingerprint still answers
with today's file, but must be asked for again. The files are read once, at the start.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

ROOT = Path(__file__).resolve().parent.parent.parent / "static"
A_YEAR = 31_536_000
# What the machine's own table may lack or say otherwise.
MIMES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True, slots=True)
class File:
    body: bytes
    mime: str
    digest: str


def read(root: Path) -> dict[str, File]:
    """Every file below a folder by its name with slashes."""
    found = {}
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        body = path.read_bytes()
        found[path.relative_to(root).as_posix()] = File(body, _mime(path), hashlib.sha256(body).hexdigest())
    return found


def fingerprint(files: Mapping[str, File]) -> str:
    """Sixteen hexadecimal digits that change when any file does."""
    lines = "\n".join(f"{name} {file.digest}" for name, file in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def set_up(app: Flask, root: Path = ROOT) -> None:
    """Serve `root`; `app.extensions["static"]` is the function that gives addresses, `files` the names there are."""
    files = read(root)
    mark = fingerprint(files)

    def static(name: str) -> str:
        return f"/static/{mark}/{name}"

    def file(filename: str) -> Response:
        first, _, rest = filename.partition("/")
        found = files.get(rest if _is_mark(first) else filename)
        if found is None:
            raise NotFound
        answer = Response(found.body, mimetype=found.mime)
        answer.set_etag(found.digest)
        kept = f"public, max-age={A_YEAR}, immutable" if first == mark else "no-cache"
        answer.headers["Cache-Control"] = kept
        return answer.make_conditional(request)  # type: ignore[return-value]

    app.extensions["static"], app.extensions["files"] = static, tuple(files)
    app.add_url_rule("/static/<path:filename>", "static", file)


def _is_mark(text: str) -> bool:
    return len(text) == 16 and all(c in "0123456789abcdef" for c in text)


def _mime(path: Path) -> str:
    return MIMES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
