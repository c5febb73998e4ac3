"""What every template has at hand besides what its view hands it.

One Jinja environment per language: `_`, `lang`, `address`, `when` and their like are plain
globals bound to it, so that macros need no context and a page costs no look-ups. Whatever
changes with the request (`site`, `languages`, `page_address`, `dated`, `signed_in`) comes from
one context processor.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask, g, request
from flask.templating import Environment
from markupsafe import Markup

from memorial.domain import moments, rights
from memorial.domain.views import When
from memorial.services.collection.questions import OURS
from memorial.web import languages
from memorial.web.compiling import Settled, Templates, inserted
from memorial.web.context import COPIED, moment, root_address
from memorial.web.language_tags import language_tag, text_direction
from memorial.web.languages import NAMES
from memorial.web.when import in_words
from memorial.web.work_labels import label_parts


class Archive(Flask):
    """Flask with one template environment for each language."""

    jinja_environment = Templates

    jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    _by_language: dict[str, Environment]

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Nothing here is asynchronous, and Flask would look anew at each function of each request."""
        return func

    @property
    def jinja_env(self) -> Environment:  # type: ignore[override]
        if "_base" not in self.__dict__:
            self.__dict__["_base"] = self.create_jinja_environment()
            self._by_language = {}
        base: Environment = self.__dict__["_base"]
        if not self._got_first_request:
            return base
        code = languages.current()
        if code not in self._by_language:
            self._by_language[code] = _bound(base, code, self.extensions["static"])
        return self._by_language[code]


def _bound(base: Environment, code: str, static: Any) -> Environment:
    environment = base.overlay()
    environment.known = {}
    environment.globals = {**base.globals, **language_globals(code), "static": static}
    environment.filters = {
        **base.filters,
        "when": environment.globals["when"],
        "capital": partial(capital, code),
    }
    return environment


def language_globals(code: str) -> dict[str, Any]:
    """The names templates may use anywhere, for one language."""
    words = languages.words(code)

    def gettext(message: str, **variables: Any) -> Markup:
        safe = Markup(words.gettext(message))  # noqa: S704  (our own words)
        return safe % variables if variables or "%" in safe else safe

    def ngettext(one: str, many: str, num: int, **variables: Any) -> Markup:
        return Markup(words.ngettext(one, many, num)) % {"num": num, **variables}  # noqa: S704

    return {
        "words": words,
        "_": gettext,
        "gettext": gettext,
        "ngettext": ngettext,
        "lang": code,
        "address": partial(address, code),
        "when": partial(_when, code),
        "number": partial(number, code),
        "bytes": partial(size, code),
        "day": partial(day_in_words, code),
        "minute": partial(minute_in_words, code),
        "language_name": partial(language_name, code),
        "text_direction": text_direction,
        "language_tag": language_tag,
        "titled": partial(titled, code),
        "title_tag": title_tag,
        "dotted": dotted,
        "longest_word": longest_word,
        "label_parts": label_parts,
        "clock": moments.clock,
        "rights_key": rights.key_of,
    }


def titled(code: str, title: str) -> str:
    """A question's title, or what a figure counts, in this language if the words are ours, else as they were given."""
    return str(languages.words(code).gettext(title)) if title in OURS else title


def title_tag(title: str) -> Markup:
    """The attribute of an element that holds it: nobody told us the language of a title that is not ours."""
    return Markup("") if not title or title in OURS else language_tag("und")


def dotted(*words: str) -> Markup:
    """What is there of several short texts, with dots between."""
    return Markup(" · ".join([inserted(word) for each in words if (word := each.strip())]))  # noqa: S704


def longest_word(text: str) -> int:
    """How many characters it has: the size of a name's letters follows it."""
    return max(map(len, text.split()), default=0)


def _when(code: str, value: When | None) -> str:
    return in_words(value, code) if value else ""


def address(code: str, path: str) -> str:
    """A path of the archive in this language; copies of media have one address for all."""
    if path.startswith("/media"):
        return path
    return f"/{code}{path}"


@lru_cache(maxsize=4096)
def number(code: str, value: float) -> str:
    """1,324 as the language writes it; no more places than the number has."""
    return format_decimal(value, format="#,##0.###", locale=code)


UNITS = {"ru": {"KB": "КБ", "MB": "МБ", "GB": "ГБ"}}


@lru_cache(maxsize=4096)
def size(code: str, value: int) -> str:
    """84 KB, 3.1 MB: what a reader pays for before loading it."""
    if value < 1_000_000:
        return f"{number(code, max(1, round(value / 1000)))} {unit(code, 'KB')}"
    return f"{number(code, round(value / 1_000_000, 1))} {unit(code, 'MB')}"


def unit(code: str, name: str) -> str:
    """KB, MB or GB as the language writes it."""
    return UNITS.get(code, {}).get(name, name)


def capital(code: str, words: str) -> str:
    """Words that begin a line. In Azerbaijani and Turkish the capital of i is İ."""
    first = "İ" if code in ("az", "tr") and words[:1] == "i" else words[:1].upper()
    return type(words)(first) + words[1:]


@lru_cache(maxsize=1024)
def language_name(code: str, tag: str) -> str:
    """The name of a language in another; the tag itself where nobody knows it."""
    known = Locale.parse(code).languages
    return str(known.get(tag.replace("-", "_")) or known.get(tag.split("-", maxsplit=1)[0]) or tag)


def switch() -> str:
    """What follows the language in this page's address, its query included; an error page leads to the first page."""
    if g.get("failed") or request.view_args is None:
        return ""
    rest = request.full_path if request.query_string else request.path
    return rest.lstrip("/").partition("/")[2]


@lru_cache(maxsize=1024)
def day_in_words(code: str, day: date) -> str:
    return format_date(day, "d MMMM y", locale=code)


def minute_in_words(code: str, at: datetime) -> str:
    """A moment to the minute, in UTC: "5 Nov 2026, 18:01"."""
    return format_datetime(at, "d MMM y, HH:mm", locale=code)


def set_up(app: Archive) -> None:
    """The settling of templates, and one context processor for what changes with the request."""
    app.jinja_env.add_extension(Settled)

    @app.context_processor
    def _request_names() -> dict[str, Any]:
        code, same_page = languages.current(), switch()
        return {
            "site": app.extensions["site"](code),
            "languages": [(each, NAMES[each], f"/{each}/{same_page}") for each in languages.offered()],
            "page_address": "" if g.get("failed") else root_address() + request.path,
            "dated": day_in_words(code, moment().low.date()),
            "signed_in": bool(g.get("account")),
            "research": g.get("research"),
            "copied": app.config.get(COPIED),
        }
