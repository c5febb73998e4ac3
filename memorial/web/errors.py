"""Errors become pages here and nowhere else, in the reader's language.

What is hidden and what never was are one answer, byte for byte: nothing on the page
comes from the address. An unexpected error is logged by its place in the program alone.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestedRangeNotSatisfiable, SecurityError

from memorial.domain.errors import Damaged, Invalid, MemorialError, NotOpen, NotPermitted, Stale, TooMany
from memorial.storage import NoRoom, Unreachable
from memorial.web import problems
from memorial.web.languages import preferred

log = logging.getLogger("memorial.web")

STATUS: Mapping[type[Exception], int] = {
    problems.TakenBack: 410,
    NotOpen: 404,
    NotPermitted: 403,
    Invalid: 422,
    Stale: 409,
    TooMany: 429,
    Damaged: 503,
    NoRoom: 507,
}
WAIT_FOR_A_LOCK = 5


def words(code: int) -> tuple[str, str]:
    """Heading and text of an error page: what happened and what can be done."""
    known = {
        400: (_("This request could not be understood"), _("Go back and try once more.")),
        403: (_("This is not open to you"), _("If you think it should be, ask us.")),
        404: (_("There is no page here"), _("Nothing is published at this address.")),
        405: (_("This cannot be done here"), _("Go back and use the form on the page.")),
        409: (
            _("Somebody else changed this meanwhile"),
            _("Nothing was overwritten. Go back, load the page again and look at what changed."),
        ),
        410: (_("Withdrawn"), _("This page was withdrawn at the family’s request.")),
        413: (
            _("This is too large"),
            _("Send less at once, or smaller files. What was sent before is kept."),
        ),
        422: (_("Something in it cannot be used"), _("Go back and look at the field once more.")),
        429: (_("Too many attempts"), _("Wait a little and try once more. Nothing is lost.")),
        500: (_("Something went wrong on our side"), _("It has been written down. Try once more later.")),
        503: (_("The archive is busy"), _("Try once more in a moment. Nothing is lost.")),
        507: (
            _("There is no room left to store this"),
            _("Nothing was stored. Please keep your text and try again later; reading still works."),
        ),
    }
    return known.get(code) or known[400 if 400 <= code < 500 else 500]


def page(
    code: int, text: str = "", headers: Mapping[str, str] | None = None, error: Exception | None = None
) -> Response:
    """The error page. Machines that ask for JSON get JSON, and at the API what they know how to read."""
    g.failed = True
    g.setdefault("lang", preferred(request))
    heading, usual = words(code)
    if problems.asked():
        answer = problems.problem(code, problems.faults_of(error))
    elif _wants_json():
        answer = jsonify(error=code, heading=heading, text=text or usual)
    else:
        answer = make_response(
            render_template("public/error.html", code=code, heading=heading, text=text or usual)
        )
    answer.status_code = code
    answer.headers.update(headers or {})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def set_up(app: Flask) -> None:
    app.register_error_handler(MemorialError, _refused)
    app.register_error_handler(NoRoom, _refused)
    app.register_error_handler(CSRFError, _old_form)
    app.register_error_handler(RateLimitExceeded, _too_many)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(NoConnection, _busy)
    app.register_error_handler(Unreachable, _busy)
    if app.config["RATELIMIT_STORAGE_URI"].startswith("redis"):
        from redis.exceptions import RedisError  # an archive on one machine need not load it

        app.register_error_handler(RedisError, _busy)
    app.register_error_handler(Exception, _unexpected)


def _refused(error: Exception) -> Response:
    kind = next((kind for kind in type(error).__mro__ if kind in STATUS), None)
    code = STATUS[kind] if kind else 400
    wait = error.details.get("wait") if isinstance(error, MemorialError) else None
    text = ""
    if isinstance(error, Invalid) and error.field == "cursor":
        text = _("The address leads to a place in a list that is not there. Begin the list anew.")
    return page(code, text, headers={"Retry-After": str(wait)} if wait else None, error=error)


def _old_form(_error: CSRFError) -> Response:
    return page(
        400,
        _(
            "This form was opened too long ago or in another browser. Go back, load it again and send it once more."
        ),
    )


def _too_many(error: RateLimitExceeded) -> Response:
    if error.response is not None:
        return error.response  # a door with a way of its own (web/exchange/oai.py)
    wait = error.limit.limit.get_expiry() if error.limit else 60
    return page(429, headers={"Retry-After": str(wait)})


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())  # a redirect of the router
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    if isinstance(error, RequestedRangeNotSatisfiable) and error.length is not None:
        headers["Content-Range"] = f"{error.units} */{error.length}"
    text = ""
    if isinstance(error, SecurityError):
        text = _(
            "This archive does not answer under the name in your address bar."
            " Whoever runs it says in MEMORIAL_HOSTS under which names it does."
        )
    return page(error.code, text, headers=headers)


def _database(error: DBAPIError) -> Response:
    if isinstance(error, DataError):
        return page(422)  # a sign or a size that the database cannot hold
    if isinstance(error, OperationalError):
        log.warning("database", extra={"facts": {"kind": type(error.orig).__name__}})
        return _busy(error)
    return _unexpected(error)


def _busy(_error: Exception) -> Response:
    return page(503, headers={"Retry-After": str(WAIT_FOR_A_LOCK)})


def _unexpected(error: Exception) -> Response:
    log.error(
        "unexpected",
        exc_info=(type(error), error, error.__traceback__),
        extra={"facts": {"id": g.get("request_id", ""), "endpoint": request.endpoint or ""}},
    )
    return page(500)
