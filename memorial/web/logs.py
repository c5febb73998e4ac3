"""One line of JSON per request: id, method, endpoint, status, milliseconds. Nothing about who asked.

No address, no query string, no IP: whoever reads the log cannot tell which page of a family
was opened. Answers from the page cache leave no line.
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, request

log = logging.getLogger("memorial.web")


class JsonLines(logging.Formatter):
    """Message and the fields given as `extra={"facts": {…}}`, one object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "what": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["trace"] = self._places(record)
        return json.dumps(line, ensure_ascii=False)

    @staticmethod
    def _places(record: logging.LogRecord) -> list[str]:
        """Where it went wrong and the kind of error; its message may hold what somebody typed."""
        kind, _, trace = record.exc_info or (None, None, None)
        lines = []
        while trace is not None:
            code = trace.tb_frame.f_code
            lines.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        return [*lines, kind.__name__ if kind else ""]


def configure(level: str) -> None:
    """Send the archive's log to standard error, once per process."""
    root = logging.getLogger("memorial")
    if not root.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        root.addHandler(handler)
        root.propagate = False
    root.setLevel(level.upper())


def set_up(app: Flask) -> None:
    @app.before_request
    def _begin() -> None:
        g.request_id = secrets.token_hex(8)
        g.began = time.perf_counter()

    @app.after_request
    def _line(answer: Response) -> Response:
        if log.isEnabledFor(logging.INFO) and request.endpoint != "static":
            log.info("request", extra={"facts": _facts(answer.status_code)})
        return answer


def _facts(status: int) -> dict[str, object]:
    began = g.get("began")
    spent = round((time.perf_counter() - began) * 1000, 1) if began is not None else None
    return {
        "id": g.get("request_id", ""),
        "method": request.method if request.method.isalpha() and len(request.method) < 10 else "?",
        "endpoint": request.endpoint or "",
        "status": status,
        "ms": spent,
    }
