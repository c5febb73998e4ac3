"""Is this the file that the archive received? The browser makes the hash; the file itself is never sent."""

from __future__ import annotations

from flask import Response, request

from memorial.services import authenticity
from memorial.web.context import reading
from memorial.web.doors import door
from memorial.web.public.researchers import opened
from memorial.web.public.rooms import page, pages
from memorial.web.security import limiter

# Whoever looks up their own files asks a few times; nobody should try a list of hashes here.
SOME = "60 per minute"


@door(pages, "/<lang>/verify", audience="public")
@limiter.limit(SOME, exempt_when=lambda: not request.args.get("sha256"))
def verify() -> Response:
    asked = " ".join(request.args.get("sha256", "").split())[:200]
    sha256 = authenticity.digest_of(asked)
    found = authenticity.received(reading(), sha256) if sha256 else None
    if found is not None:
        opened(f"hash:{sha256[:12]}", found, lambda public: authenticity.received(public, sha256))
    answer = page("verify", asked=asked, sha256=sha256, found=found)
    if asked and not sha256:
        answer.status_code = 422
    return answer
