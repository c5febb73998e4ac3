"""The program's own files under one fingerprint, so that browsers may keep them for a year.

`static("css/memorial.css")` is `/static/<fingerprint>/css/memorial.css`. The fingerprint
is of all files together and stands in the path, so that addresses inside style sheets and
modules (`url(../fonts/…)`) carry it too. An address with another fingerprint still answers
with today's file, but must be asked for again.
"""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

from flask import Flask, Response, send_from_directory

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


def fingerprint(root: Path) -> str:
    """Sixteen hexadecimal digits that change when any file does."""
    digest = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def set_up(app: Flask, root: Path = ROOT) -> None:
    """Serve `root`; `app.extensions["static"]` is the function that gives addresses."""
    mark = fingerprint(root)

    def static(name: str) -> str:
        return f"/static/{mark}/{name}"

    def file(filename: str) -> Response:
        first, _, rest = filename.partition("/")
        fixed = first == mark
        name = rest if fixed or _is_mark(first) else filename
        answer = send_from_directory(root, name, mimetype=_mime(name), max_age=A_YEAR if fixed else None)
        answer.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if fixed else "no-cache"
        return answer

    app.extensions["static"] = static
    app.add_url_rule("/static/<path:filename>", "static", file)


def _is_mark(text: str) -> bool:
    return len(text) == 16 and all(c in "0123456789abcdef" for c in text)


def _mime(name: str) -> str:
    suffix = Path(name).suffix
    return MIMES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
