"""What the form of a transcript sends: its lines as changes, and what was typed, to be shown again.

    typed = typed_lines()                    # number -> Typed
    changes = changed(typed, lines)          # for services/transcripts/editing.save
    act = asked_for()                        # ("merge", 7), of the button that was pressed

An empty line within a line's words says: here it is split. So it can be done without scripts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request

from memorial.domain.errors import Invalid
from memorial.domain.transcript import plain
from memorial.domain.transcript_lines import LONGEST, LONGEST_NAME, Line, mark, written
from memorial.domain.transcript_lines import typed as body_typed
from memorial.formats.moments import clock, loosely

_BLANK_LINE = re.compile(r"[ \t]*\n[ \t]*\n\s*")
_ACT = re.compile(r"(merge|insert|remove|follow|shift):([0-9]{1,10})")


@dataclass(frozen=True, slots=True)
class Typed:
    """One line as somebody typed it."""

    number: int
    seen: str
    starts: str
    ends: str
    speaker: str
    body: str

    def line(self, stands: Line) -> Line:
        """As it would be. Raises Invalid."""
        try:
            return written(
                stands, starts=moment_of(self.starts), ends=moment_of(self.ends), speaker=self.speaker,
                body=_BLANK_LINE.sub(" ", self.body.strip()),
            )  # fmt: skip
        except Invalid as wrong:
            raise Invalid(wrong.key, field=f"{self.number}-{wrong.field or 'body'}") from wrong

    @property
    def cut_at(self) -> int | None:
        """Characters of the plain words before an empty line."""
        parts = _BLANK_LINE.split(self.body.strip(), maxsplit=1)
        return len(plain(body_typed(parts[0]))) if len(parts) > 1 else None


def moment_of(text: str) -> int:
    """Milliseconds of a time as people type it. Raises Invalid."""
    given = text.strip()
    found = loosely(given if ":" in given else f"0:{given}") if given else None
    if found is None:
        raise Invalid("line_times", field="starts")
    return found


def shown_moment(milliseconds: int) -> str:
    """0:01:02.500"""
    return clock(milliseconds).removeprefix("0")


def typed_of(line: Line, body: str) -> Typed:
    return Typed(
        line.number, mark(line), shown_moment(line.starts), shown_moment(line.ends), line.speaker, body
    )


def typed_lines() -> dict[int, Typed]:
    numbers = [int(text) for text in request.form.getlist("line") if re.fullmatch(r"[0-9]{1,10}", text)]
    return {number: _typed(number) for number in numbers}


def _typed(number: int) -> Typed:
    def of(name: str, most: int = 40) -> str:
        text = request.form.get(f"{number}-{name}", "")
        return text.replace("\r\n", "\n").replace("\r", "\n")[:most]

    return Typed(
        number, of("seen"), of("starts"), of("ends"), of("speaker", LONGEST_NAME), of("body", LONGEST + 1)
    )


def changed(typed: Mapping[int, Typed], lines: Mapping[int, Line]) -> list[dict[str, Any]]:
    """A change for each line that is not as its writer saw it. Raises Invalid, its field the one on the page."""
    changes: list[dict[str, Any]] = []
    for number, one in typed.items():
        stands = lines.get(number)
        if stands is None:
            changes.append({"do": "set", "number": number, "seen": one.seen})  # gone: that is a clash
            continue
        wanted = one.line(stands)
        if mark(wanted) == one.seen and one.cut_at is None:
            continue
        if mark(wanted) not in (one.seen, mark(stands)):
            changes.append(
                {
                    "do": "set", "number": number, "seen": one.seen, "starts": wanted.starts,
                    "ends": wanted.ends, "speaker": wanted.speaker, "body": wanted.body,
                }
            )  # fmt: skip
        if one.cut_at is not None:
            changes.append({"do": "split", "number": number, "seen": mark(wanted), "at": one.cut_at})
    return changes


def asked_for() -> tuple[str, int] | None:
    found = _ACT.fullmatch(request.form.get("act", ""))
    return (found[1], int(found[2])) if found else None


def act_change(what: str, number: int, lines: Sequence[Line]) -> dict[str, Any] | None:
    """The change that a button means, of lines as they are after everything typed was kept."""
    place = next((at for at, line in enumerate(lines) if line.number == number), None)
    if place is None:
        return None
    line = lines[place]
    if what == "merge":
        if place + 1 == len(lines):
            return None
        following = lines[place + 1]
        return {
            "do": "merge", "number": number, "seen": mark(line), "next": following.number,
            "next_seen": mark(following),
        }  # fmt: skip
    if what == "insert":
        return {"do": "insert", "behind": number}
    return {"do": "remove", "number": number, "seen": mark(line)}


def shift_asked() -> tuple[int, int, int]:
    """(place of the first line, place of the last, milliseconds to move them by). Raises Invalid."""
    first, last, by = (request.form.get(f"shift_{name}", "").strip() for name in ("first", "last", "by"))
    sign, digits = (-1 if by[:1] in ("-", "−") else 1), by.lstrip("+-−")
    if not (re.fullmatch(r"[0-9]{1,6}", first) and re.fullmatch(r"[0-9]{1,6}", last)):
        raise Invalid("no_such_line", field="shift_first")
    if not re.fullmatch(r"[0-9]{1,7}(?:[.,][0-9]{1,3})?", digits):
        raise Invalid("line_times", field="shift_by")
    return int(first), int(last), sign * round(float(digits.replace(",", ".")) * 1000)


def stale_kept(typed: Typed, stands: Line) -> Typed:
    """What somebody typed over a line that has changed: kept, and if sent again it is meant so."""
    return replace(typed, seen=mark(stands))
