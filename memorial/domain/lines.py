"""One line of text as people may send it, safe to stand beside other words.

one_line("photo\\u202egpj.exe")      # "photogpj.exe": a name reads as it ends
"""

from __future__ import annotations

import unicodedata

# Marks that turn the reading order of all that follows in a line; no keyboard types them. Those that only say
# how one sign is read (U+200E, U+200F, U+061C) and joiners stay.
TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


def one_line(text: str) -> str:
    """Without controls, line ends, halves of characters, and marks that turn the reading order."""
    kept = (sign for sign in text.translate(TURNING) if unicodedata.category(sign) not in ("Cc", "Cs"))
    return "".join(kept)
