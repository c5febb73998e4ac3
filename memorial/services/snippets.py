"""The words around a hit, with the hits marked.

    snippets(session, {part id: entry id}, words, begins=False)      # {entry id: "… the ⟦apricot⟧ and …"}

Hits stand between U+0002 and U+0003; the text is plain and templates escape it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from sqlalchemy import select

from memorial.domain.markup import plain
from memorial.domain.names import fold
from memorial.gate import GatedSession
from memorial.models import Text
from memorial.models.statements import among

HIT, END = "\u0002", "\u0003"

BEFORE, AFTER = 90, 160
TEXTS = (
    select(Text.part_id, Text.body, Text.markup)
    .where(among(Text.part_id, "ids"), Text.role.not_in(("title", "notice")))
    .order_by(Text.part_id, Text.position, Text.id)
)
APOSTROPHES = "'’ʼ"  # within a word or behind it
_WORD = re.compile(rf"\w[\w{APOSTROPHES}]*")
_IN_WORD = re.compile(r"\w").match


def snippets(
    session: GatedSession, by_part: Mapping[int, int], words: Sequence[str], begins: bool
) -> dict[int, str]:
    """A few words around the first hit, from texts of each hit's own part that came through the gate."""
    if not by_part:
        return {}
    found: dict[int, str] = {}
    for row in session.execute(TEXTS, {"ids": list(by_part)}):
        number = by_part[row.part_id]
        if number not in found:
            cut = snippet(plain(row.body) if row.markup else row.body, words, begins)
            if cut:
                found[number] = cut
    return found


def snippet(body: str, words: Sequence[str], begins: bool = False) -> str:
    """The text around its first hit, with hits between U+0002 and U+0003; "" where there is none."""
    body = body.replace(HIT, "").replace(END, "")
    hits = {each for each in set(_WORD.findall(body)) if _is_hit(each, words, begins)}
    if not hits:
        return ""
    begin, end = _edges(body, *_first(body, hits))
    cut = " ".join(_WORD.sub(lambda each: _with_signs(each[0], each[0] in hits), body[begin:end]).split())
    return ("… " if begin else "") + cut + (" …" if end < len(body) else "")


def marked(text: str, words: Sequence[str], begins: bool = False) -> str:
    """The text with its hits between U+0002 and U+0003; it has neither sign of its own."""
    text = text.replace(HIT, "").replace(END, "")
    return _WORD.sub(lambda each: _with_signs(each[0], _is_hit(each[0], words, begins)), text)


def as_printed(words: Sequence[str], texts: Iterable[str]) -> list[str]:
    """Folded words as these texts write them; as they are where none does."""
    written: dict[str, str] = {}
    for text in texts if words else ():
        for each in _WORD.findall(text):
            written.setdefault(_folded(each), each)
    return list(dict.fromkeys(written.get(word, word) for word in words))


def _with_signs(word: str, is_hit: bool) -> str:
    return f"{HIT}{word}{END}" if is_hit else word


def _first(body: str, hits: Collection[str]) -> tuple[int, int]:
    """Where the first of these words stands, which are in the text. One alone is found faster than by going through all."""
    if len(hits) > 1:
        return next(each.span() for each in _WORD.finditer(body) if each[0] in hits)
    [word] = hits
    start = body.find(word)
    while not _begins_there(body, start) or _WORD.match(body, start)[0] != word:  # type: ignore[index]
        start = body.find(word, start + 1)
    return start, start + len(word)


def _begins_there(body: str, start: int) -> bool:
    while start and body[start - 1] in APOSTROPHES:
        start -= 1
    return not start or not _IN_WORD(body[start - 1])


def _edges(body: str, start: int, stop: int) -> tuple[int, int]:
    begin = max(0, start - BEFORE)
    end = min(len(body), stop + AFTER)
    if begin:
        begin = max(body.rfind(" ", 0, start - BEFORE // 2), begin)
        begin = body.find(" ", begin, start) + 1 or begin
    if end < len(body):
        space = body.rfind(" ", stop, end)
        end = space if space > 0 else end
    return begin, end


def _is_hit(word: str, words: Sequence[str], begins: bool) -> bool:
    folded = _folded(word)
    if begins:
        return any(folded.startswith(each) for each in words)
    return folded in words


@lru_cache(maxsize=65_536)
def _folded(word: str) -> str:
    return fold(word)
