"""What is said about files: how much fits, why one was not taken, how large things are.

limits()                       # services/uploads.Limits, from the settings
refusal(error, name)           # why a file was not taken, and the status that says so
largest(), together()          # "4 GB", "20 GB"
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from memorial.derivatives import Refused
from memorial.derivatives.decoder import Limits as Decoding
from memorial.derivatives.refusal import ACCEPTED, REASONS
from memorial.domain.errors import Invalid, MemorialError
from memorial.services.uploads import Limits
from memorial.web.context import house, language
from memorial.web.templating import size, unit


def limits() -> Limits:
    settings = house().settings
    return Limits(
        file=settings.upload_bytes,
        contribution=settings.contribution_bytes,
        day=settings.day_bytes,
        count=settings.upload_count,
    )


def in_words(bytes_: int) -> str:
    """4 GB, 40 MB, as people say it: settings count in powers of two."""
    for power, name in ((30, "GB"), (20, "MB")):
        if bytes_ >= 1 << power and not bytes_ % (1 << power):
            return f"{bytes_ >> power} {unit(language(), name)}"
    return size(language(), bytes_)


def refusal(error: MemorialError) -> tuple[str, int]:
    """Why a file was not taken, in the reader's language, and the status."""
    limit = int(str(error.details.get("limit", 0)))
    if isinstance(error, Invalid):
        return why("refused.empty"), 422
    said = {
        "file_too_large": too_large(limit),
        "too_many_files": _(
            "Files in one contribution: %(count)s at most. You can send more as a second contribution.",
            count=limit,
        ),
        "contribution_full": _(
            "All files of one contribution together: %(limit)s at most. You can send more as a second "
            "contribution.",
            limit=in_words(limit),
        ),
        "day_full": _(
            "The archive has taken as many files today as it can. What is saved stays saved; please go on "
            "tomorrow."
        ),
    }
    return said[error.key], {"file_too_large": 413, "day_full": 429}.get(error.key, 422)


def no_room() -> str:
    return _("There is no room left to store files now. What was stored before is kept; try again later.")


def too_large(limit: int) -> str:
    return _(
        "This file is larger than %(limit)s, which is the most we can take. Please send a smaller copy, and "
        "tell us that you keep a larger one.",
        limit=in_words(limit),
    )


def refused_words(refused: Refused) -> str:
    """Why a stream was not taken."""
    if refused.reason_code == "too_large_bytes":
        return too_large(int(refused.details["limit"]))
    return why(refused.message_key, refused.details)


def why(message_key: str, details: Mapping[str, Any] | None = None) -> str:
    """Why a file is not taken, or why no copy could be made of it."""
    known = {"accepted": ACCEPTED, "limit": Decoding().pixels // 1_000_000, **(details or {})}
    return _(REASONS[message_key]).format_map(known) if message_key in REASONS else ""


def no_copy(message_key: str, mime: str) -> str:
    """Why a file that is kept has no copy to be shown."""
    if message_key == "refused.too_large_bytes":
        return _(
            "Copies to be shown are made of pictures up to %(limit)s, and this one is larger. To have it shown, "
            "please send a smaller copy as well.",
            limit=in_words(Decoding().file_bytes),
        )
    return why(message_key, {"format": mime.rpartition("/")[2].upper()})
