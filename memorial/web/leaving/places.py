"""Where each page and file of the archive lies in a copy of it, and which are in one at all.

    places = Places(app)
    places.of("/en/press?after=x")      # "en/press~1f…9.html", or None: only the living archive has it

Names are made of what the program itself puts into addresses, and of hashes; nothing that anybody typed becomes a name.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

WORDS = "index-of-words"
# What needs the living archive: questions that are typed, and what is sent.
LIVING = frozenset(
    {"public.begin", "public.search", "public.suggestions", "public.cite", "public.cite_any", "public.cite_file",
     "public.verify", "public.all_works"}
)  # fmt: skip
# What may be asked of a page besides going on: orders and narrowings that links offer, each by itself.
ASKED = ({"by"}, {"letter"}, {"unnamed"}, {"read"}, {"age"}, {"place"}, {"recording"}, {"play"}, set[str]())
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")


class Places:
    def __init__(self, app: Flask) -> None:
        self._map = app.url_map.bind("localhost")
        self._offered: frozenset[str] = frozenset()

    def of(self, address: str) -> str | None:
        """A page's file. Media are asked for elsewhere: their ending is their row's."""
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path.startswith("/"):
            return None
        endpoint = self._endpoint(parts.path)
        if not endpoint.startswith("public.") or endpoint in LIVING:
            return self._of_words(parts.path)
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        asked.pop(
            "t", None
        )  # a moment of a recording: the page is the same, and what follows # leads to the line
        if asked.keys() - {"after"} not in ASKED:
            return None
        steps = parts.path.strip("/").split("/")
        if not all(_NAME.fullmatch(step) for step in steps):
            return None
        return _file(steps, urlencode(sorted(asked.items())))

    def _of_words(self, path: str) -> str | None:
        """The index of words is a page that only copies have."""
        steps = path.strip("/").split("/")
        if len(steps) not in (2, 3) or steps[1] != WORDS or not all(_NAME.fullmatch(step) for step in steps):
            return None
        return f"{'/'.join(steps)}.html"

    def _endpoint(self, path: str) -> str:
        try:
            return str(self._map.match(path, method="GET")[0])
        except (HTTPException, RequestRedirect):
            return ""


def _file(steps: list[str], query: str) -> str:
    if len(steps) == 1:
        steps = [*steps, "index"]
    mark = f"~{hashlib.sha256(query.encode()).hexdigest()[:16]}" if query else ""
    name, _, ending = steps[-1].rpartition(".")
    if name and ending in ("vtt", "srt", "txt", "csv", "json"):
        return "/".join([*steps[:-1], f"{name}{mark}.{ending}"])
    return "/".join([*steps[:-1], f"{steps[-1]}{mark}.html"])
