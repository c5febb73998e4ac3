"""What of BagIt 1.0 (RFC 8493) is words: tag files, lines of manifests, and which paths may stand in one.

    manifest_line(digest, "data/records/press/abc/record.json")
    info([("Source-Organization", "…"), …])         # bag-info.txt, folded lines and all
    listed(stream)                                  # (digest, path, starred) of a manifest
    unsafe("data/../../etc/passwd")                 # why it may not be written anywhere, else ""

A path that is dangerous on any system is refused on every system: a bag travels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
ALGORITHMS = ("sha256", "sha512")
_ESCAPED = str.maketrans({"%": "%25", "\n": "%0A", "\r": "%0D"})
_DRIVE = re.compile(r"[A-Za-z]:")
# What Windows takes for a device, whatever ending follows.
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def info(pairs: Iterable[tuple[str, str]]) -> str:
    """bag-info.txt. A value is one line: whatever breaks lines in it becomes a space."""
    return "".join(f"{name}: {' '.join(value.split())}\n" for name, value in pairs if value.strip())


def manifest_line(digest: str, path: str) -> str:
    return f"{digest}  {encoded(path)}\n"


def encoded(path: str) -> str:
    """A path may not break its line (RFC 8493, 2.1.3)."""
    return path.translate(_ESCAPED)


def decoded(path: str) -> str:
    for sign, escape in (("\n", "%0A"), ("\r", "%0D"), ("\n", "%0a"), ("\r", "%0d"), ("%", "%25")):
        path = path.replace(escape, sign)
    return path


def listed(lines: Iterable[str]) -> Iterator[tuple[str, str, bool]]:
    """Digest, path and whether md5sum and its like wrote the line; a line that is neither is left to others to name."""
    for line in lines:
        parts = line.lstrip("\ufeff").strip().split(None, 1)
        if len(parts) == 2 and not parts[0].startswith("#"):
            yield parts[0].lower(), decoded(parts[1].removeprefix("*")), parts[1].startswith("*")


def fetched(lines: Iterable[str]) -> Iterator[str]:
    """The paths that fetch.txt would fill."""
    for line in lines:
        parts = line.strip().split(None, 2)
        if len(parts) == 3:
            yield decoded(parts[2])


def unsafe(path: str) -> str:
    """absolute, home, device, outside, character, or nothing: what makes a path dangerous on some system."""
    steps = path.replace("\\", "/").split("/")
    if path.startswith(("/", "\\")) or _DRIVE.match(path):
        return "absolute"
    if path.startswith("~") or re.match(r"%[A-Za-z_]+%|\$", path):
        return "home"
    if ".." in steps:
        return "outside"
    if any(_DEVICE.fullmatch(step) for step in steps):
        return "device"
    return "character" if "\x00" in path or not path else ""


def within(path: str) -> str:
    """A path without the dots that say nothing: ./data/a is data/a."""
    return "/".join(step for step in path.split("/") if step not in ("", "."))


def twice(paths: Iterable[str], fold: Iterable[str]) -> Iterator[str]:
    """Those of `paths` whose folded form (given beside it, in the same order) was there before."""
    seen: set[str] = set()
    for path, folded in zip(paths, chain(fold), strict=True):
        if folded in seen:
            yield path
        seen.add(folded)
