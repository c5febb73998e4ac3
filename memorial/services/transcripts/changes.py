"""What can be changed in a draft, each act by its name: see editing.py, which keeps what they do.

    ACTS["split"](work, {"number": 7, "seen": "3f…", "at": 12, "moment": 61_500})

A change is what a page sent, and so each of its values is looked at here. Raises Clash, Invalid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from memorial.domain.errors import Invalid
from memorial.domain.transcript import masks_in
from memorial.domain.transcript_lines import ROOM, Line, check_times, cut, joined, moved, written
from memorial.models import DraftCue
from memorial.services.transcripts import chaptering, drafts
from memorial.services.transcripts.work import Change, Clash, Work

NAME = "made_by"


def _set(work: Work, change: Change) -> None:
    line = work.seen(change)
    given: dict[str, Any] = {name: _text(change, name) for name in ("body", "speaker") if name in change}
    given |= {name: _moment(change, name) for name in ("starts", "ends") if name in change}
    work.put(written(line, **given))


def _split(work: Work, change: Change) -> None:
    line = work.seen(change)
    moment = _moment(change, "moment") if change.get("moment") is not None else None
    place = work.place_behind(line.number)
    line = work.seen(change)
    first, second = cut(line, _count(change, "at"), number=work.new_number(), position=place, moment=moment)
    work.put(first)
    work.put(second)


def _merge(work: Work, change: Change) -> None:
    """With the line that follows, if that is the one that was seen to."""
    line, other = work.seen(change), work.seen(change, "next", "next_seen")
    following = work.following(line.position)
    if following is None or following.number != other.number:
        raise Clash(line)
    work.put(joined(line, other))
    work.remove(other)


def _insert(work: Work, change: Change) -> None:
    """A new line behind another, or (behind 0) before all. A translation's can have the number that it translates."""
    behind = change.get("behind", 0)
    above = work.line(behind) if behind else None
    if behind and above is None:
        raise Clash(None)
    place = work.place_behind(above.number) if above else _first_place(work)
    number = change.get("number") if work.draft.translates_id else None
    if number is not None and work.line(number) is not None:
        raise Clash(work.line(number))
    starts = _moment(change, "starts") if "starts" in change else (above.ends if above else 0)
    ends = _moment(change, "ends") if "ends" in change else starts
    empty = Line(number if number is not None else work.new_number(), place, starts, ends, "", "")
    work.put(written(empty, body=_text(change, "body"), speaker=_text(change, "speaker")))


def _first_place(work: Work) -> int:
    first = work.following(-(1 << 62))
    return first.position - ROOM if first else ROOM


def _remove(work: Work, change: Change) -> None:
    line = work.seen(change)
    if masks_in(line.body):
        raise Invalid("mask_stays", field="body")
    work.remove(line)


def _shift(work: Work, change: Change) -> None:
    """Every line from one to another, earlier or later by so many milliseconds."""
    first, last = work.line(change.get("first")), work.line(change.get("last"))
    if first is None or last is None:
        raise Clash(None)
    by = change.get("by")
    if not isinstance(by, int) or isinstance(by, bool):
        raise Invalid("line_times", field="by")
    mine = select(DraftCue).where(
        DraftCue.draft_id == work.draft.id, DraftCue.position.between(first.position, last.position)
    )
    for row in work.session.scalars(mine.order_by(DraftCue.position)).all():
        work.know(row, row.number)
        if (line := work.after[row.number]) is not None:
            work.put(moved(line, by))


def _follow(work: Work, change: Change) -> None:
    """A translation gets the lines that its original has by now, empty, and the times of those it translates."""
    original = drafts.original_of(work.session, work.draft)
    if original is None:
        raise Invalid("translates_what", field="translates")
    work.know_all()
    for line in drafts.lines_of(work.session, original):
        mine = work.after.get(line.number)
        if mine is None:
            work.put(replace(line, body="", words=()))
        elif (mine.starts, mine.ends, mine.position) != (line.starts, line.ends, line.position):
            work.put(replace(mine, starts=line.starts, ends=line.ends, position=line.position, words=()))


def _name(work: Work, change: Change) -> None:
    """Who transcribed or translated, as it is to stand on the page."""
    name = drafts.name_of(_text(change, "value"))
    if change.get("seen") != work.draft.made_by:
        raise Clash(None)
    work.besides.append([NAME, work.draft.made_by, name])
    work.draft.made_by = name


def _chapters(work: Work, change: Change) -> None:
    before = work.draft.chapters
    if change.get("seen") != chaptering.mark(before):
        raise Clash(None)
    after = chaptering.checked(change.get("chapters"))
    work.besides.append([drafts.CHAPTERS, before, after])
    work.draft.chapters = after


ACTS: Mapping[str, Callable[[Work, Change], None]] = {
    "set": _set, "split": _split, "merge": _merge, "insert": _insert, "remove": _remove, "shift": _shift,
    "follow": _follow,
    "made_by": _name, "chapters": _chapters,
}  # fmt: skip


def _text(change: Change, name: str) -> str:
    text = change.get(name, "")
    if not isinstance(text, str):
        raise Invalid("no_such_change", field=name)
    return text


def _count(change: Change, name: str) -> int:
    value = change.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Invalid("no_such_change", field=name)
    return value


def _moment(change: Change, name: str) -> int:
    value = _count(change, name)
    check_times(value, value)
    return value
