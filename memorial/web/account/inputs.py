"""What forms send, made harmless at the edge, and where a form may lead afterwards."""

from __future__ import annotations

import re
import unicodedata

from flask import request

from memorial.domain.lines import one_line

# Only our own pages that need signing in, and nothing that a browser could read as another host.
_OWN = re.compile(r"/(?:az|en|ru|tr)/(?:desk|account)(?:/[A-Za-z0-9_-]+)*(?:\?[A-Za-z0-9_=&.%-]*)?")


def line(name: str, most: int = 500) -> str:
    """One line as typed: no controls, no spaces around it."""
    return one_line(request.form.get(name, ""))[:most].strip()


def words(name: str, most: int = 20_000) -> str:
    """Several lines as typed; line ends and tabs stay, other controls go."""
    text = request.form.get(name, "").replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept)[:most].strip()


def password(name: str) -> str:
    """As typed, spaces and all; what no keyboard types goes."""
    return "".join(c for c in request.form.get(name, "") if unicodedata.category(c) not in ("Cc", "Cs"))[
        :1_000
    ]


def number(name: str) -> int | None:
    """A whole number, or None for anything else."""
    text = request.form.get(name, "")
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None


def next_path(usual: str) -> str:
    """Where to go afterwards: the page that was asked for, if it is one of ours, else the usual one."""
    wanted = request.values.get("next", "")
    return wanted if _OWN.fullmatch(wanted) else usual
