"""Why a picture was not accepted, in words a family can act on.

The code is for programs, the message key for the translations (`refused.<code>`, or a more exact one for
a format), and the English sentence below is its source text. Details fill its placeholders.
"""

from __future__ import annotations

from typing import Final

ACCEPTED: Final = "JPEG, PNG, WebP, HEIC, TIFF, GIF"

REASONS: Final[dict[str, str]] = {
    "refused.empty": "This file is empty. Perhaps it was still being copied; please choose it again.",
    "refused.not_an_image": "This file is not a picture. Please choose a photograph as {accepted}.",
    "refused.html": "This file is a web page, not a picture. Please save the picture itself and send that.",
    "refused.svg": "This file is a drawing (SVG). Please export it as PNG and send that.",
    "refused.format_not_accepted": (
        "Pictures of the kind {format} cannot be shown here yet. Please save a copy as JPEG or PNG and send "
        "that."
    ),
    "refused.format_not_accepted.pdf": "This is a PDF. Please send the page as a picture (JPEG or PNG).",
    "refused.paper_damaged": (
        "This PDF cannot be read: it is cut off or damaged. Please save it anew, or send its pages as pictures."
    ),
    "refused.paper_locked": (
        "This PDF is locked with a password. Please save a copy without one and send that."
    ),
    "refused.paper_runs": (
        "This PDF holds a program, a form that sends, or a file within the file, and is not taken. Please print it "
        "to a new PDF, or send its pages as pictures."
    ),
    "refused.truncated": (
        "The end of this picture is missing: it was cut off while being copied. Please copy it again and "
        "send that, or send another copy."
    ),
    "refused.damaged": "This picture cannot be read; the file is damaged. Please send another copy of it.",
    "refused.too_large_bytes": (
        "This file has {bytes} bytes; up to {limit} can be taken. Please send a smaller copy and tell us "
        "that you keep a larger one."
    ),
    "refused.too_large_pixels": (
        "This picture has more than {limit} million pixels. Please send a smaller copy and tell us that "
        "you keep a larger one."
    ),
    "refused.too_much_memory": (
        "Reading this picture takes more memory than one picture may. Please save it as JPEG and send that."
    ),
    "refused.too_slow": (
        "Reading this picture takes longer than one picture may. Please save it as JPEG and send that."
    ),
    "refused.decoder_failed": (
        "This picture stopped the program that reads pictures. Please open it, save a copy as JPEG and "
        "send that."
    ),
}


class Refused(Exception):
    """A file that will not be shown, with the reason. The service itself is well."""

    def __init__(self, reason_code: str, message_key: str = "", **details: str | int) -> None:
        self.reason_code = reason_code
        self.message_key = message_key or f"refused.{reason_code}"
        self.details: dict[str, str | int] = {"accepted": ACCEPTED, **details}
        super().__init__(reason_code, self.message_key)

    def __str__(self) -> str:
        return f"{self.reason_code}: " + REASONS[self.message_key].format_map(_Filled(self.details))


class _Filled(dict[str, str | int]):
    def __missing__(self, key: str) -> str:
        return "?"
