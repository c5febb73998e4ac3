"""Where a text gives an e-mail address, a telephone number or a postal address: hints for somebody who reads.

    emails(text), telephones(text), postal(words_of(text), phrases)      # each yields (start, end)

They look at each character a bounded number of times, whatever stands there: a text of 300 pages that is
all digits, or all letters, takes no longer than another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from memorial.domain.phrases import Found, Phrases, Words

Span = tuple[int, int]

LONGEST_LOCAL, LONGEST_HOST = 64, 255
_LOCAL = re.compile(r"[\w.+%-]+\Z")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")

# One line's digits with the signs that people put between them.
_NUMBER = re.compile(r"[+(]?\d(?:[ \u00a0().\-–‑/]{0,3}\d){6,}")
# Day and month in either order: 200-00-00 is the end of a number and no date.
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_DATE = re.compile(
    rf"(?<!\d)(?:{_DAY}[./\-–‑]{_DAY}[./\-–‑](?:\d\d)?\d\d|\d{{4}}[./\-–‑]{_DAY}[./\-–‑]{_DAY})(?!\d)"
)
_YEARS = re.compile(r"\(?(?:1[5-9]|20)\d\d\D{1,3}(?:1[5-9]|20)\d\d")
_SPELT = re.compile(
    r"\d{2,3}[ \-–‑]\d{2}[ \-–‑]\d{2}\b"
)  # how the last figures are written from Baku to Ankara
_AREA = re.compile(r"\(\d{2,5}\)")
_CALLED = re.compile(
    r"(?:tel|phone|mob|nömrə|zəng|whatsapp|call|тел|моб|звони|номер|cep|numara)\w*[^\n\d]{0,12}\Z", re.I
)
FEWEST_DIGITS, MOST_DIGITS = 7, 15  # E.164 knows no longer number

NEAR = 3  # words between a street and its number
_HOUSE = re.compile(r"[0-9]{1,4}[a-z]?")
_YEAR = re.compile(r"1[5-9][0-9]{2}|20[0-9]{2}")


def emails(text: str) -> Iterator[Span]:
    """From each @ outward, no further than an address can reach."""
    at = text.find("@")
    while at >= 0:
        local = _LOCAL.search(text[max(0, at - LONGEST_LOCAL) : at])
        host = _HOST.match(text, at + 1, at + 1 + LONGEST_HOST) if local else None
        if local and host:
            yield at - len(local[0]), host.end()
        at = text.find("@", at + 1)


def telephones(text: str) -> Iterator[Span]:
    """Numbers that are written, or announced, as one telephones them; no date, sum or span of years."""
    for number in _NUMBER.finditer(text):
        if _is_telephone(number[0], text[max(0, number.start() - 30) : number.start()]):
            yield number.span()


def _is_telephone(written: str, before: str) -> bool:
    digits = sum(character.isdigit() for character in written)
    if not FEWEST_DIGITS <= digits <= MOST_DIGITS or before[-1:].isalnum():
        return False
    if written.startswith(("+", "00")) or _CALLED.search(before):
        return True
    if _YEARS.fullmatch(written) or _DATE.search(written):
        return False
    begun = written[0] == "0" and digits >= 9
    return begun or _AREA.match(written) is not None or _SPELT.search(written) is not None


def postal(text: Words, streets: Phrases) -> Iterator[Span]:
    """A word of an address with the number of a house or flat near it, from the one to the other."""
    free = 0
    for street in streets.find(text):
        place = _number_near(text, street)
        if place is None:
            continue
        first, last = min(place, street.first), max(place, street.last)
        if first >= free:
            yield text.starts[first], text.ends[last]
            free = last + 1


def _number_near(text: Words, street: Found) -> int | None:
    """The nearest number that is none of a year; the one after the word before the one ahead of it."""
    ahead = range(street.last + 1, min(len(text.words), street.last + 1 + NEAR))
    behind = range(street.first - 1, max(-1, street.first - 1 - NEAR), -1)
    places: list[int] = [*ahead, *behind]
    for place in places:
        if _is_a_house(text.words[place]):
            return place
    return None


def _is_a_house(word: str) -> bool:
    return _HOUSE.fullmatch(word) is not None and _YEAR.fullmatch(word) is None
