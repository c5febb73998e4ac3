"""What went wrong, for programs: problem details (RFC 9457) at the addresses of the API, in English whatever a page would say.

    problem(422, [Fault("query", "limit", "…", "…")])

`detail` says what, `advice` what can be done, `errors` where in what was asked. Nothing in it comes from the address, so that
hidden and never-was are the same bytes. web/errors.py alone makes answers of errors, and asks here which form they have.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, request

from memorial.domain.errors import Invalid, NotOpen

MEDIA_TYPE = "application/problem+json"
ROOM = "/api/"
WORDS: Mapping[int, tuple[str, str]] = {
    400: ("The request could not be understood.", "Compare it with /api/v1/openapi.json."),
    403: ("This is not open to you.", "Ask for something else, or ask the archive's keepers."),
    404: ("Nothing is published at this address.", "Begin at /api/v1/openapi.json or at a list."),
    405: ("This address does not take this method.", "Use one that the header Allow names; nothing is changed here."),
    410: ("This page was withdrawn at the family’s request.", "Take down what you keep of it, and ask for it no more."),
    413: ("This is too large.", "Send no body: everything is asked by the address."),
    414: ("The address is too long.", "Ask for less at once."),
    422: ("A parameter cannot be used.", "Look at errors, change what is named there, and ask again."),
    429: ("Too many requests in a short time.", "Wait as many seconds as the header Retry-After says, then go on."),
    500: ("Something went wrong on the archive's side; it has been written down.", "Ask again later."),
    503: ("The archive is busy.", "Ask again after as many seconds as the header Retry-After says."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing in what was asked: where it stands (`query`), its name, what is wrong, what to do."""

    where: str
    name: str
    detail: str
    advice: str


class TakenBack(NotOpen):
    """The page at this address says that it was withdrawn, so programs are told it too."""


class Faulty(Invalid):
    """What was asked cannot be used; says where and why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("query", field=faults[0].name if faults else "")
        self.faults = tuple(faults)


def asked() -> bool:
    """Whether this request is a program's, by its address alone."""
    return request.path.startswith(ROOM)


def faults_of(error: Exception | None) -> Sequence[Fault]:
    if isinstance(error, Faulty):
        return error.faults
    if isinstance(error, Invalid) and error.field in ("cursor", "after", "before", "of"):
        advice = "Follow `next` and `previous` of an answer, or begin the list anew without a cursor."
        return [Fault("query", "after", "The cursor leads to no place of this list.", advice)]
    return ()


def said(code: int, faults: Sequence[Fault] = ()) -> dict[str, Any]:
    known = code if code in WORDS else 400 if 400 <= code < 500 else 500
    detail, advice = WORDS[known]
    return {
        "type": "about:blank",
        "title": HTTPStatus(code).phrase,
        "status": code,
        "detail": detail,
        "advice": advice,
        **({"errors": [asdict(fault) for fault in faults]} if faults else {}),
    }


def problem(code: int, faults: Sequence[Fault] = ()) -> Response:
    return Response(json.dumps(said(code, faults)), code, content_type=MEDIA_TYPE)
