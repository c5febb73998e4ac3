"""Whom people can speak to, by country: a setting of the archive (`support`), shown where reading or writing is hard.

    countries(site_values.get("support"), "ru")      # what templates receive as `site.support`

A row of the setting is {"country": "AZ", "name": …, "telephone": …, "hours": …, "language": ["az", "ru"],
"address": "https://…"}; all but the name may be missing, and each value may be an object with one
text for each language. `country` is an ISO 3166 code, or words. An older row has `label` for `name`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError

from memorial.domain.markup import is_allowed_address


@dataclass(frozen=True, slots=True)
class Support:
    """One place to turn to, in one language. `call` and `link` are addresses for a link, or empty."""

    name: str
    telephone: str = ""
    call: str = ""
    hours: str = ""
    languages: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Country:
    """The places of one country, in the order in which the archive lists them; the first may have no name."""

    name: str
    places: Sequence[Support]


def countries(rows: Any, language: str) -> tuple[Country, ...]:
    """The setting as it is shown in a language; what is not such a row is left out."""
    found: dict[str, list[Support]] = {}
    listed = rows if isinstance(rows, Sequence) else ()
    for row in (each for each in listed if isinstance(each, Mapping)):
        said = {key: in_language(value, language) for key, value in row.items()}
        if place := _place(said, language):
            found.setdefault(_country(str(said.get("country") or ""), language), []).append(place)
    return tuple(Country(name, tuple(places)) for name, places in found.items())


def in_language(value: Any, language: str) -> Any:
    """A value that is one for all languages, or the one for this language, else in English, else as there is."""
    if not isinstance(value, Mapping):
        return value
    return value.get(language) or value.get("en") or next((each for each in value.values() if each), "")


def _place(said: Mapping[str, Any], language: str) -> Support | None:
    name = str(said.get("name") or said.get("label") or "")
    telephone = str(said.get("telephone") or "")
    if not name and not telephone:
        return None
    return Support(
        name or telephone,
        telephone if name else "",
        _call(telephone),
        str(said.get("hours") or ""),
        _languages(said.get("language"), language),
        link_to(str(said.get("address") or "")),
    )


def link_to(address: str) -> str:
    """The address where a link may lead there, else nothing: a setting runs no script either."""
    return address if address.startswith("tel:") or is_allowed_address(address) else ""


def _call(telephone: str) -> str:
    digits = "".join(c for c in telephone if c.isascii() and c.isdigit())
    plus = "+" if telephone.strip().startswith("+") else ""
    return f"tel:{plus}{digits}" if digits else ""


def _languages(codes: Any, language: str) -> str:
    """The languages that are spoken there, by their own names."""
    listed = [codes] if isinstance(codes, str) else list(codes or ())
    return ", ".join(_own_name(str(code)) for code in listed if code)


def _own_name(code: str) -> str:
    try:
        return Locale.parse(code).get_display_name(code) or code
    except (UnknownLocaleError, ValueError):
        return code


def _country(country: str, language: str) -> str:
    return str(Locale.parse(language).territories.get(country.upper(), country)) if country else ""
