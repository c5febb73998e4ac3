"""A small task for a browser while very many begin at once: find a number whose hash begins with zeros.

solves("the challenge", "48213", bits=15)

SHA-256 of "challenge:number" must begin with so many zero bits; about 2**bits numbers are tried
(after Back, Hashcash, 2002). It slows a machine that begins thousands and costs a person seconds.
"""

from __future__ import annotations

import hashlib

LONGEST = 16  # digits


def solves(challenge: str, number: str, bits: int) -> bool:
    """Whether this number answers this challenge."""
    if not (number.isascii() and number.isdecimal()) or len(number) > LONGEST:
        return False
    digest = hashlib.sha256(f"{challenge}:{number}".encode()).digest()
    return zeros(digest) >= bits


def zeros(digest: bytes) -> int:
    """How many zero bits it begins with."""
    return len(digest) * 8 - int.from_bytes(digest, "big").bit_length()
