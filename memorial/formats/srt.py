"""SubRip, the form that most programs write: a number, two times with a comma, and the words.

    reading = read(data, language="az", speakers=True)    # Reading(Transcript, faults); raises Refused
    write(transcript).text

Nobody owns the format. Italics and bold stand in the tags of HTML, which players know; `<` and `&` are written as
entities only where they would be read as a mark. Who speaks has no place but before a colon: with `speakers` such
names are taken for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from memorial.domain.errors import Invalid
from memorial.domain.transcript import UNKNOWN, Cue, Run, Transcript, body, plain, runs
from memorial.formats.cue_markup import ENTITY, bounded, cues_of, pieces_like_html
from memorial.formats.faults import Faults, Reading, Refused, Written
from memorial.formats.moments import LOOSE, Lined, clock, in_order, loosely
from memorial.formats.speakers import labelled, taken, unheld
from memorial.formats.text_bytes import decoded

ARROW = "-->"
_USUAL = re.compile(r"[0-9]{2,}:[0-9]{2}:[0-9]{2},[0-9]{3}")
_TIME = rf"{LOOSE}|[0-9]{{1,2}}:[0-9]{{1,2}}"
_TIMES = re.compile(rf"[ ]*({_TIME})[ ]*-->[ ]*({_TIME})((?: .*)?)")


@dataclass(slots=True)
class _Block:
    line: int  # of the times; 0 where nothing has begun yet
    begin: int = 0
    end: int = 0
    payload: list[str] = field(default_factory=list)


def read(
    data: bytes, language: str = UNKNOWN, kind: str = "verbatim", *, speakers: bool = False
) -> Reading[Transcript]:
    faults = Faults()
    lines = bounded(decoded(data, faults)).split("\n")
    if not any(_TIMES.fullmatch(line) for line in lines):
        raise Refused("not_srt", 1, lines[0])
    found: list[Lined] = []
    for block in _blocks(lines, faults):
        spoken = pieces_like_html("\n".join(block.payload), block.line + 1, faults)
        cues = cues_of(spoken, block.begin, block.end, block.line, faults)
        found.extend((block.line, _with_speaker(cue, block.line, faults, speakers)) for cue in cues)
    cues_ = in_order([one for one in found if one[1].body], faults)
    if not cues_:
        faults.add(0, "no_cues")
    return Reading(Transcript(cues_, language, kind), faults.told())


def _with_speaker(cue: Cue, line: int, faults: Faults, speakers: bool) -> Cue:
    """A name is looked for only where it stands in no marks: `<i>Mary: no</i>` stays as it is."""
    if not speakers or cue.speaker:
        return cue
    first, *rest = runs(cue.body)
    if first != Run(first.text):
        return cue
    who, said = taken(first.text, line, faults)
    return replace(cue, speaker=who, body=body([Run(said), *rest])) if who else cue


def _blocks(lines: Sequence[str], faults: Faults) -> Iterator[_Block]:
    """A cue is what stands between its times and the next ones; a number before times belongs to them."""
    block = _Block(0)
    unread = False  # under times that nobody can read
    after_blank = True
    for at, line in enumerate(lines):
        if ARROW in line and _looks_like_times(line):
            if block.line:
                yield block
            block, unread = _Block(0), True
            if (times := _times(line, at, faults)) is not None:
                block, unread = _Block(at + 1, *times), False
        elif not line.strip(" "):
            after_blank = True
            continue
        elif _is_number(line, after_blank) and at + 1 < len(lines) and ARROW in lines[at + 1]:
            pass
        elif block.line and not (after_blank and block.payload and _is_number(line, True)):
            if after_blank:
                faults.add(at + 1, "blank_line")
            block.payload.append(line)
        else:
            if block.line:
                yield block
                block = _Block(0)
            if not unread:
                faults.add(at + 1, "no_time", found=line)
        after_blank = False
        unread = unread and not _is_number(line, after_blank)
    if block.line:
        yield block


def _looks_like_times(line: str) -> bool:
    return bool(re.match(r"[ ]*[0-9]+:[^>]*-->", line))


def _is_number(line: str, after_blank: bool) -> bool:
    return after_blank and line.strip().isascii() and line.strip().isdecimal()


def _times(line: str, at: int, faults: Faults) -> tuple[int, int] | None:
    found = _TIMES.fullmatch(line)
    begin, end = (loosely(found[1]), loosely(found[2])) if found else (None, None)
    if found is None or begin is None or end is None:
        faults.add(at + 1, "time", found=line)
        return None
    if min(found[1].count(":"), found[2].count(":")) < 2:
        faults.add(at + 1, "no_hours")
    elif not (_USUAL.fullmatch(found[1]) and _USUAL.fullmatch(found[2])):
        faults.add(at + 1, "time_form", found=line)
    if found[3].strip():
        faults.add(at + 1, "place_on_screen", found=found[3])
    return begin, end


# -- writing --------------------------------------------------------------------------------


def write(transcript: Transcript) -> Written:
    """Raises Invalid where nothing has a time."""
    if not transcript.timed:
        raise Invalid("transcript_without_times")
    faults = Faults()
    return Written(
        "\n".join(_cue(number, cue, faults) for number, cue in enumerate(transcript.cues, 1)), faults.told()
    )


def _cue(number: int, cue: Cue, faults: Faults) -> str:
    unheld(cue, number, faults, marks=any(run.language for run in runs(cue.body)))
    if cue.speaker:
        faults.add(0, "no_speaker", f"cue {number}", cue.speaker)
    elif labelled(plain(cue.body))[0]:
        faults.add(0, "reads_as_speaker", f"cue {number}", plain(cue.body))
    words = "".join(_set(run) for run in runs(cue.body))
    label = f"{cue.speaker}: " if cue.speaker else ""
    return f"{number}\n{clock(cue.begin, ',')} {ARROW} {clock(cue.end, ',')}\n{_sign(label)}{words}\n"


def _set(run: Run) -> str:
    text = _sign(run.text)
    if run.italic:
        text = f"<i>{text}</i>"
    return f"<b>{text}</b>" if run.bold else text


def _sign(text: str) -> str:
    """Signs as themselves, but where a reader would take them for a mark, an entity, times or a place."""
    text = ENTITY.sub(lambda entity: "&amp;" + entity[0][1:], text)
    text = re.sub(r"<(?=[/A-Za-z])", "&lt;", text)
    return text.replace("{\\", "&#123;\\").replace(ARROW, "--&gt;")
