"""Errors with names. Services raise them; `web/errors.py` and `cli.py` alone turn them into words.

`key` is a stable identifier that the faces translate; `field` names the input it concerns.
"""

from __future__ import annotations


class MemorialError(Exception):
    """Base of everything the archive refuses on purpose."""

    def __init__(self, key: str = "", *, field: str = "", **details: object) -> None:
        super().__init__(key or type(self).__name__)
        self.key = key or type(self).__name__
        self.field = field
        self.details = details


class NotPermitted(MemorialError):
    """The actor may not do this; `key` carries the reason that `may` gave."""


class NotOpen(MemorialError):
    """The thing is not there for this reader. Hidden and never-was are the same answer."""


class Invalid(MemorialError):
    """Input that cannot be used; `field` says which, `key` says what to do."""


class Stale(MemorialError):
    """Somebody else changed the thing since it was read; nothing was overwritten."""


class Damaged(MemorialError):
    """A stored file or chain is not what was written; it is not served."""


class TooMany(MemorialError):
    """A limit was reached; `details['wait']` is in seconds where waiting helps."""
