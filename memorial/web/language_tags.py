"""Language and direction of a piece of text, as attributes of its element."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from markupsafe import Markup


@lru_cache(maxsize=1024)
def language_tag(language: str) -> Markup:
    """The attributes lang and dir of an element; "und" becomes lang="" (unknown)."""
    if not language or language == "und":
        return Markup(' lang=""')
    return Markup(' lang="{}" dir="{}"').format(language, text_direction(language))


@lru_cache(maxsize=1024)
def text_direction(tag: str) -> str:
    try:
        return str(Locale.parse(tag, sep="-").text_direction)
    except (UnknownLocaleError, ValueError):
        return "ltr"
