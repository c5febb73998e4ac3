"""The languages of the interface: which there are, which one a request gets, and their words.

Addresses begin with a language (`/en/people`). The words themselves are read by memorial/words.py.

    set_up(app)                  # routes with <lang>, Flask-Babel for Python code
    words("ru").gettext("People")
"""

from __future__ import annotations

from typing import Any, cast

from babel.support import NullTranslations
from flask import Flask, Request, current_app, g, has_request_context, request
from flask_babel import Babel, Domain
from werkzeug.exceptions import NotFound

from memorial.words import CATALOGUES, DEFAULT, NAMES, catalogue, words

__all__ = [
    "CATALOGUES",
    "DEFAULT",
    "NAMES",
    "catalogue",
    "current",
    "offered",
    "preferred",
    "set_up",
    "words",
]


def current() -> str:
    """The language of this request."""
    return cast(str, g.get("lang", DEFAULT)) if has_request_context() else DEFAULT


def offered() -> tuple[str, ...]:
    """The languages this archive shows, in the order of `NAMES`; its settings may narrow them."""
    offered: tuple[str, ...] = current_app.extensions["site"].offered()
    return offered


def preferred(asked: Request) -> str:
    """The language for a request whose address names none, or none that is offered."""
    codes = offered()
    first = asked.path.split("/", 2)[1]
    if first in codes:
        return first
    fallback = DEFAULT if DEFAULT in codes else codes[0]
    return asked.accept_languages.best_match(codes, fallback) or fallback


class _Words(Domain):
    """What `flask_babel.gettext` uses: the same words as the templates."""

    def get_translations(self) -> NullTranslations:
        return words(current())


def set_up(app: Flask) -> None:
    """Take `<lang>` out of every address, refuse languages that are not offered, wire Flask-Babel."""
    babel = Babel(app, default_locale=DEFAULT, locale_selector=current, configure_jinja=False)
    babel.domain_instance = _Words()
    app.url_map.merge_slashes = False  # "//elsewhere" is an address that is not there, not a way to it

    @app.url_value_preprocessor
    def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if "\x00" in request.path or b"%00" in request.query_string:
            raise NotFound  # no address of ours holds one, and PostgreSQL cannot be asked for it
        if values is None or "lang" not in values:
            return
        code = values.pop("lang")
        if code not in offered():
            raise NotFound
        g.lang = code

    @app.url_defaults
    def _add_language(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = current()


def begin_path() -> str:
    """Where `/` leads for this visitor."""
    return f"/{preferred(request)}/"
