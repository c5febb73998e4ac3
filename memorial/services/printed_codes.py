"""Codes that people type from paper: without vowels and look-alikes, in groups of four.

code = printed(6)      # "7bkm-…": 114 random bits
bare(code)             # what is hashed: capitals, spaces and dashes count for nothing
"""

from __future__ import annotations

import re
import secrets

LETTERS = "23456789bcdfghjkmnpqrstvwxz"
LENGTH = 4


def printed(groups: int) -> str:
    """A fresh code; each group of four has 19 random bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(groups))


def bare(code: str) -> str:
    return re.sub(r"[^0-9a-z]", "", code.lower())
