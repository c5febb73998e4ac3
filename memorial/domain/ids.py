"""Public ids and return codes: strings that people copy by hand, with a check in them.

`new_public_id()` makes the permanent, opaque id in an address; `is_public_id(text)` tells
whether a text can be one at all. `new_return_code()` makes what a family keeps on paper,
`parse_return_code(text)` reads it back however it was typed.

Public ids follow NOID (Nice Opaque Identifiers, California Digital Library, as used for
ARKs): 29 "extended digits" without vowels and look-alikes, and the NOID Check Digit
Algorithm, which finds every single wrong character and every swap of two characters.
Return codes end in a Damm check digit (H. M. Damm, "Total anti-symmetrische Quasigruppen",
Marburg 2004): every single wrong digit and every swap of neighbours is found at once.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass, field
from itertools import count
from operator import mul

from memorial.domain.errors import Invalid

ALPHABET = "0123456789bcdfghjkmnpqrstvwxz"
ID_LENGTH = 13  # twelve drawn (58 bits) and one that checks
LOCATOR_DIGITS = 8
SECRET_DIGITS = 11
CODE_DIGITS = LOCATOR_DIGITS + SECRET_DIGITS + 1

# One draw for the whole id, written two characters at a time: an import makes many ids.
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_DRAWS = len(ALPHABET) ** (ID_LENGTH - 1)
_VALUE = {character: value for value, character in enumerate(ALPHABET)}

# The totally anti-symmetric quasigroup of order 10 printed in Damm's thesis, page 111.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)

# Letters that hands write for a digit: Latin, Cyrillic, Armenian and Azerbaijani ones.
_LOOK_ALIKE = dict.fromkeys("OoОоՕօ", "0") | dict.fromkeys("IilıІіӀӏ", "1")


class BadCode(Invalid):
    """Not a return code. `reason`: too_short, too_long, character or check; `digits`: how many were read."""

    def __init__(self, reason: str, digits: int) -> None:
        super().__init__(f"return_code_{reason}", field="code", reason=reason, digits=digits)
        self.reason = reason
        self.digits = digits


def new_public_id() -> str:
    """A fresh opaque id. About 58 random bits: a collision is for the unique index to refuse."""
    number = secrets.randbelow(_DRAWS)
    pairs = []
    for _ in range((ID_LENGTH - 1) // 2):
        number, rest = divmod(number, len(_PAIRS))
        pairs.append(_PAIRS[rest])
    drawn = "".join(pairs)
    return drawn + _noid_check(drawn)


def is_public_id(text: str) -> bool:
    """Whether the text has the form of a public id, its check character included."""
    if len(text) != ID_LENGTH or not all(character in _VALUE for character in text):
        return False
    return _noid_check(text[:-1]) == text[-1]


def _noid_check(text: str) -> str:
    return ALPHABET[sum(map(mul, map(_VALUE.__getitem__, text), count(1))) % len(ALPHABET)]


@dataclass(frozen=True, slots=True)
class ReturnCode:
    """Twenty digits: the locator finds the contribution, the secret opens it, one checks."""

    locator: str
    secret: str = field(repr=False)  # a log or a traceback that prints the code stays harmless

    @property
    def check(self) -> str:
        return _damm(self.locator + self.secret)

    @property
    def printed(self) -> str:
        """ "1234 5678 9012 3456 7890": as it stands on paper."""
        digits = self.locator + self.secret + self.check
        return " ".join(digits[start : start + 4] for start in range(0, CODE_DIGITS, 4))


def new_return_code() -> ReturnCode:
    """A fresh code. The locator may be taken already: the caller looks, and draws again."""
    return ReturnCode(_random_digits(LOCATOR_DIGITS), _random_digits(SECRET_DIGITS))


def parse_return_code(text: str) -> ReturnCode:
    """The code as a person typed it: any digits of Unicode, any spaces and marks between them.

    Raises BadCode. Whether the code opens anything is not known here.
    """
    digits = _digits(text)
    if len(digits) < CODE_DIGITS:
        raise BadCode("too_short", len(digits))
    if len(digits) > CODE_DIGITS:
        raise BadCode("too_long", len(digits))
    if _damm(digits) != "0":
        raise BadCode("check", len(digits))
    return ReturnCode(digits[:LOCATOR_DIGITS], digits[LOCATOR_DIGITS:-1])


def _digits(text: str) -> str:
    kept: list[str] = []
    for character in text:
        value = unicodedata.decimal(character, None)
        if value is not None:
            kept.append(str(value))
        elif character in _LOOK_ALIKE:
            kept.append(_LOOK_ALIKE[character])
        elif unicodedata.category(character)[0] == "L":
            raise BadCode("character", len(kept))
    return "".join(kept)


def _damm(digits: str) -> str:
    """The check digit of the digits; "0" when they end in the right one."""
    interim = "0"
    for digit in digits:
        interim = _DAMM[int(interim)][int(digit)]
    return interim


def _random_digits(count: int) -> str:
    return f"{secrets.randbelow(10**count):0{count}d}"
