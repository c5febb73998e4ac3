"""The blueprints of the public face, and how its pages are answered."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from memorial.web.cache import keep
from memorial.web.machine import machine_for

pages = Blueprint("public", __name__)
media = Blueprint("media", __name__)
machine = Blueprint("machine", __name__)


def page(template: str, **values: Any) -> Response:
    """A public page: rendered, with its ETag, fit for the page cache.

    `wrong_page` is what "Something wrong?" at its end is about; "" where the page asks that itself. `machine`
    is what it says of itself to reference managers: any page with one record, source or question has it.
    """
    values.setdefault("machine", machine_for(values))
    values.setdefault("wrong_page", "/" + request.path.lstrip("/").partition("/")[2])
    return keep(make_response(render_template(f"public/{template}.html", **values)))
