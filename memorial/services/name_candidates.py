"""Written names that may answer: several askings in one statement, each for at most so many names.

    exact, looser = candidates(session, [asking(sought, EXACT), asking(sought, ENDING)], kinds, most)

A statement costs more than what it reads here, so what may be wanted next is asked for with it. Each asking is cut by
itself and behind the gate: a hidden name neither shows nor crowds out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any, NamedTuple

from sqlalchemy import (
    Integer,
    Select,
    String,
    bindparam,
    column,
    func,
    literal,
    select,
    table,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from memorial.domain.name_match import BEGINNING, ENDING, EXACT, NEAR, VARIANT, asked, keys
from memorial.domain.name_parts import Word
from memorial.gate import GatedSession
from memorial.models import WrittenName


class Candidate(NamedTuple):
    """A written name: its number, whose it is ("record:7"), and the kind of that."""

    id: int
    thing: str
    written: str
    kind: str


@dataclass(frozen=True, slots=True)
class Asking:
    """A name answers that has one key of every group, or one of those that the words have `together`."""

    groups: Sequence[Sequence[str]]
    together: Sequence[str] = ()

    def answered_by(self, name: str) -> bool:
        """The same as the index would say; no key of it may stand for a beginning."""
        has = frozenset(keys(name))
        every = bool(self.groups) and all(not has.isdisjoint(group) for group in self.groups)
        return every or not has.isdisjoint(self.together)


def asking(sought: Sequence[Word], degree: str, wide: bool = False) -> Asking:
    """What answers these words in this degree or a better one."""
    needed = [word for word in sought if not word.optional] or list(sought)
    groups = [asked(word, degree, wide) for word in dict.fromkeys(needed)]
    if degree == NEAR and len(groups) == 1:  # what else the word may be is asked for as a beginning
        known = frozenset(asked(needed[0], BEGINNING))
        groups = [new] if (new := [key for key in groups[0] if key not in known]) else groups
    together: Sequence[str] = ()
    if len(needed) > 1:
        joined = Word("".join(word.text for word in needed), "".join(word.folded for word in needed))
        together = asked(joined, EXACT if degree == EXACT else VARIANT)
    if together and len(groups) == 1 and degree in (EXACT, VARIANT):
        groups = []  # the same word twice: whoever bears it once would crowd out whoever bears it twice
    return Asking(groups, together)


def candidates(
    session: GatedSession, askings: Sequence[Asking], kinds: Sequence[str], most: int
) -> list[list[Candidate]]:
    """What answers each of them."""
    sqlite = _is_sqlite(session)
    values = {f"asked_{at}": _query(each.groups, each.together, sqlite) for at, each in enumerate(askings)}
    return _found(session, values, kinds, most)


def of_two_words(
    session: GatedSession, needed: Sequence[Word], kinds: Sequence[str], most: int
) -> list[Candidate]:
    """What has two of these words, in whatever spelling."""
    sqlite = _is_sqlite(session)
    groups = [asked(word, ENDING) for word in needed]
    pairs = [f"({_query(two, (), sqlite)})" for two in combinations(groups, 2)]
    if not pairs:
        return []
    return _found(session, {"asked_0": (" OR " if sqlite else " | ").join(pairs)}, kinds, most)[0]


def _found(
    session: GatedSession, asked_for: dict[str, str], kinds: Sequence[str], most: int
) -> list[list[Candidate]]:
    found: list[list[Candidate]] = [[] for _ in asked_for]
    statement = _statement(_is_sqlite(session), len(asked_for))
    rows = session.execute(statement, {**asked_for, "kinds": list(kinds), "most": most}).all()
    for at, number, thing, written, kind in rows:
        found[at].append(Candidate(number, thing, written, kind))
    return found


def _is_sqlite(session: GatedSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _query(groups: Iterable[Sequence[str]], together: Sequence[str], sqlite: bool) -> str:
    # Keys are a-z and 0-9, * at most at the end: nothing in them is an operator.
    every = [_any(group, sqlite) for group in groups]
    wanted = (" AND " if sqlite else " & ").join(every)
    ways = [f"({wanted})"] if every else []
    ways += [_any(together, sqlite)] if together else []
    return (" OR " if sqlite else " | ").join(ways)


def _any(group: Sequence[str], sqlite: bool) -> str:
    if sqlite:
        return "(" + " OR ".join(f'"{key[:-1]}"*' if key[-1] == "*" else f'"{key}"' for key in group) + ")"
    return "(" + " | ".join(f"{key[:-1]}:*" if key[-1] == "*" else key for key in group) + ")"


@cache
def _statement(sqlite: bool, askings: int) -> Select[Any]:
    parts = [select(_part(sqlite, at).subquery(f"part_{at}")) for at in range(askings)]
    every: Any = parts[0] if askings == 1 else union_all(*parts)
    return every  # type: ignore[no-any-return]


def _part(sqlite: bool, at: int) -> Select[Any]:
    place = literal(at, Integer(), literal_execute=True).label("at")
    wanted: Any = select(place, WrittenName.id, WrittenName.thing, WrittenName.text, WrittenName.kind)
    sought = bindparam(f"asked_{at}", type_=String())
    if sqlite:
        fts = table("fts_names", column("rowid"), column("fts_names"))
        wanted = wanted.select_from(fts).join(WrittenName, WrittenName.id == fts.c.rowid)
        wanted = wanted.where(fts.c.fts_names.op("MATCH")(sought))
    else:
        vector = column("fts_keys", TSVECTOR())
        wanted = wanted.where(vector.op("@@")(func.to_tsquery("simple", sought)))
    wanted = wanted.where(WrittenName.kind.in_(bindparam("kinds", expanding=True)))
    if not sqlite:
        # Planned as if all were wanted, and read only as far as they are: before a LIMIT, PostgreSQL would rather
        # walk all names until enough of them fit (7.5 seconds among a million) than ask the index.
        wanted = select(wanted.cte(f"named_{at}").prefix_with("MATERIALIZED"))
    cut: Select[Any] = wanted.limit(bindparam("most", type_=Integer()))
    return cut
