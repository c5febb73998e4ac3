"""The wall of names as rows: under which shelves a name stands, and where in each.

    standing("Əli Hacıyev")                 # {"az/name": "01…", "az/family": "…", "ru/name": …}
    narrows("lived", "Xocalı, Azərbaycan")  # ("place", "xocali", "Xocalı")
    opened("M", "az")                       # the keys under a letter: ("24", "24:")

A shelf is one order of one language, whole or narrowed to a place or an age: "az/name", "az/family",
"az/name/place/xocali", "az/name/age/child". All of them are read alike, along one index.
"""

from __future__ import annotations

import re
from functools import lru_cache

from memorial.domain import ages
from memorial.domain.families import family_key, word_by_word
from memorial.domain.names import ALPHABETS, OTHER, fold, headings
from memorial.domain.sparing import YOUNG, place_alone

# Those the pages are in; another one has its alphabet in `names.ALPHABETS`, and needs `memorial reindex`.
LANGUAGES = ("az", "en", "ru", "tr")
WAYS = ("name", "family")
NARROWINGS = ("place", "age")
LONGEST_KEY = 160
LONGEST_PLACE, MOST_WORDS = 60, 4

# Bands alone, never a year: some of those remembered were children, and some may be alive.
BANDS = {"child": (0, 17), "young": (18, 39), "middle": (40, 59), "old": (60, 130)}


def alphabet(language: str) -> list[str]:
    """The headings of the language's own letters."""
    return [heading for heading, _ in headings(language)][: len(ALPHABETS[language])]


def shelf_of(language: str, way: str = "name", narrowing: str = "", value: str = "") -> str:
    whole = f"{language}/{way}"
    return f"{whole}/{narrowing}/{value}" if narrowing else whole


def standing(name: str) -> dict[str, str]:
    """Every shelf that holds the whole wall, with this name's key in it."""
    found = {}
    for language in LANGUAGES:
        found[shelf_of(language)] = word_by_word(name, language)[:LONGEST_KEY]
        found[shelf_of(language, "family")] = family_key(name, language)[:LONGEST_KEY]
    return found


def narrows(of: str, words: str) -> tuple[str, str, str] | None:
    """Where a statement about somebody lets them be found: narrowing, value, words for it."""
    if of in ("lived", "residence"):
        place = re.split(r"[,;(]", place_alone(words), maxsplit=1)[0].strip()
        key = fold(place)[:LONGEST_PLACE]
        return ("place", key, place) if key and _is_name(place) else None
    if of == "age":
        band = band_of(words)
        return ("age", band, "") if band else None
    return None


def _is_name(place: str) -> bool:
    """The name of a place and no sentence about a home."""
    return len(place) <= LONGEST_PLACE and len(place.split()) <= MOST_WORDS


NARROWING = ("lived", "residence", "age")  # the properties of statements that narrow


def band_of(words: str) -> str:
    """The band that an age falls into, with all that "about" leaves open; "" where it is none, or falls into several."""
    years = ages.age_of(words)
    if years is None:
        return "child" if YOUNG.search(words.replace("İ", "i").lower()) else ""
    found = [band for band, (low, high) in BANDS.items() if low <= years[0] and years[1] <= high]
    return found[0] if found else ""


@lru_cache(maxsize=512)
def opened(letter: str, language: str) -> tuple[str, str] | None:
    """The keys that stand under a heading: from the first of them, to before the second. None for no heading."""
    places = dict(headings(language))
    if letter not in places:
        return None
    if letter == OTHER:
        return "", min(place for place in places.values() if place)
    return places[letter], places[letter] + ":"  # keys are figures; ":" is the sign after 9
