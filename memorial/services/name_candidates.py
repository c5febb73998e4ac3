"""Written names that may answer: several askings in one statement, each for at most so many names.

    exact, looser = asking(sought, EXACT, 32), asking(sought, ENDING, 48).unless(1, answer=0)
    found, more = candidates(session, [exact, looser], kinds)   # lists of names, None where it was not asked

A statement costs more than what it reads here, so what may be wanted next is asked for with it, on the condition that
it will be wanted. Each asking is cut by itself and behind the gate: a hidden name neither shows nor crowds out, and
decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    String,
    bindparam,
    column,
    func,
    or_,
    select,
    table,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from memorial.domain.name_match import ENDING, EXACT, VARIANT, asked
from memorial.domain.name_parts import Word
from memorial.gate import GatedSession
from memorial.models import WrittenName
from memorial.models.statements import array_of, in_the_text, tsquery

MOST_READ = 48  # keys of a word that are read one after the other
LAST = "~"  # behind every letter and digit of a key


class Candidate(NamedTuple):
    """A written name: its number, whose it is ("record:7"), and the kind of that."""

    id: int
    thing: str
    written: str
    kind: str


class Unless(NamedTuple):
    """The first so many askings are answered by more than so many persons or places."""

    first: int
    answer: int


@dataclass(frozen=True, slots=True)
class Asking:
    """A name answers that has one key of every group, or one of those that the words have `together`; so many at most."""

    groups: Sequence[Sequence[str]]
    together: Sequence[str]
    most: int
    condition: Unless | None = None

    def unless(self, first: int, *, answer: int) -> Asking:
        """The same, not asked where the first so many askings are answered by more than so many."""
        return replace(self, condition=Unless(first, answer))


def asking(
    sought: Sequence[Word], degree: str, most: int, *, wide: bool = False, after: str | None = None
) -> Asking:
    """What answers these words in this degree or a better one.

    Of a single word without the keys of `after`, a better degree that is asked for by itself.
    """
    needed = [word for word in sought if not word.optional] or list(sought)
    groups = [asked(word, degree, wide) for word in dict.fromkeys(needed)]
    if after is not None and len(needed) == 1:
        known = frozenset(asked(needed[0], after))
        groups = [new] if (new := [key for key in groups[0] if key not in known]) else groups
    together: Sequence[str] = ()
    if len(needed) > 1:
        joined = Word("".join(word.text for word in needed), "".join(word.folded for word in needed))
        together = asked(joined, EXACT if degree == EXACT else VARIANT)
    if together and len(groups) == 1 and degree in (EXACT, VARIANT):
        groups = []  # the same word twice: whoever bears it once would crowd out whoever bears it twice
    return Asking(groups, together, most)


def candidates(
    session: GatedSession, askings: Sequence[Asking], kinds: Sequence[str]
) -> list[list[Candidate] | None]:
    """What answers each of them, of these kinds or of any; None where it was not asked. SQLite asks whatever the condition: it would look at it
    anew for each name, and has no way to go for another statement."""
    if _is_sqlite(session):
        wanted = [_query(each.groups, each.together, sqlite=True) for each in askings]
        return [*_found(session, wanted, kinds, [(each.most, None) for each in askings])]
    found = _found(
        session,
        [_ranges(each) or _query(each.groups, each.together) for each in askings],
        kinds,
        [(each.most, each.condition) for each in askings],
    )
    return [
        None if each.condition and _holds(each.condition, found) else rows
        for each, rows in zip(askings, found, strict=True)
    ]


def _holds(condition: Unless, found: Sequence[Sequence[Candidate]]) -> bool:
    return len({row.thing for rows in found[: condition.first] for row in rows}) > condition.answer


def of_two_words(
    session: GatedSession, needed: Sequence[Word], kinds: Sequence[str], most: int
) -> list[Candidate]:
    """What has two of these words, in whatever spelling."""
    sqlite = _is_sqlite(session)
    groups = [asked(word, ENDING) for word in needed]
    pairs = [f"({_query(two, (), sqlite)})" for two in combinations(groups, 2)]
    if not pairs:
        return []
    return _found(session, [(" OR " if sqlite else " | ").join(pairs)], kinds, [(most, None)])[0]


class _Ranges(NamedTuple):
    """Keys from one to another, each with its end."""

    low: Sequence[str]
    high: Sequence[str]


Limit = tuple[int, Unless | None]


def _found(
    session: GatedSession, asked_for: Sequence[str | _Ranges], kinds: Sequence[str], limits: Sequence[Limit]
) -> list[list[Candidate]]:
    values: dict[str, Any] = {}
    for at, each in enumerate(asked_for):
        if isinstance(each, _Ranges):
            values |= {f"low_{at}": each.low, f"high_{at}": each.high}
        else:
            values[f"asked_{at}"] = each
        if (condition := limits[at][1]) is not None:
            values[f"answer_{at}"] = condition.answer
    forms = tuple("keys" if isinstance(each, _Ranges) else "words" for each in asked_for)
    found: list[list[Candidate]] = [[] for _ in asked_for]
    cuts = tuple((most, condition.first if condition else 0) for most, condition in limits)
    statement = _statement(_is_sqlite(session), forms, tuple(kinds), cuts)
    for at, number, thing, written, kind in session.execute(statement, values).all():
        found[at].append(Candidate(number, thing, written, kind))
    return found


def _is_sqlite(session: GatedSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _ranges(asking: Asking) -> _Ranges | None:
    """On PostgreSQL, what one word may be: each key is read in order, and only as far as is wanted.

    None where keys have to be there together, or are so many that the index of whole names is quicker: that one
    gathers all who have a key before the first is read.
    """
    if asking.together or len(asking.groups) != 1:
        return None
    [keys] = asking.groups
    if len(keys) > MOST_READ:
        return None
    low = [key.rstrip("*") for key in keys]
    return _Ranges(low, [f"{key[:-1]}{LAST}" if key[-1] == "*" else key for key in keys])


def _query(groups: Iterable[Sequence[str]], together: Sequence[str], sqlite: bool = False) -> str:
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


_LINES = table("fts_name_keys", column("key", String()), column("name_id", BigInteger()))


@lru_cache(maxsize=64)
def _statement(
    sqlite: bool, forms: tuple[str, ...], kinds: tuple[str, ...], cuts: tuple[tuple[int, int], ...]
) -> Select[Any]:
    """One text for any names, so that PostgreSQL plans it once: a limit in it, for of one not known it thinks the worst."""
    # Equal to one of few, and not IN, which SQLAlchemy would write anew for every execution.
    of_kinds = [or_(*(WrittenName.kind == in_the_text(kind) for kind in kinds))] if kinds else []
    made = {"keys": _by_keys, "words": _in_sqlite if sqlite else _in_postgresql}
    parts: list[CTE] = []
    for at, (form, (most, first)) in enumerate(zip(forms, cuts, strict=True)):
        also = [*of_kinds, _wanted(parts[:first], at)] if first else of_kinds
        part = made[form](at, also, in_the_text(most))
        parts.append(part.cte(f"part_{at}").prefix_with("MATERIALIZED"))
    every: Any = select(parts[0]) if len(parts) == 1 else union_all(*(select(part) for part in parts))
    return every.execution_options(planned_once=True)  # type: ignore[no-any-return]


def _wanted(before: Sequence[CTE], at: int) -> ColumnElement[bool]:
    """The condition does not hold, as `_holds` says it of the rows."""
    things = [select(part.c.thing) for part in before]
    every = (things[0] if len(things) == 1 else union_all(*things)).subquery()
    counted = select(func.count(every.c.thing.distinct())).scalar_subquery()
    return counted <= bindparam(f"answer_{at}", type_=BigInteger())


def _names(at: int) -> Any:
    place = in_the_text(at).label("at")
    return select(place, WrittenName.id, WrittenName.thing, WrittenName.text, WrittenName.kind)


Conditions = Sequence[ColumnElement[bool]]


def _in_sqlite(at: int, also: Conditions, cut: Any) -> Any:
    fts = table("fts_names", column("rowid"), column("fts_names"))
    wanted = _names(at).select_from(fts).join(WrittenName, WrittenName.id == fts.c.rowid)
    return wanted.where(fts.c.fts_names.op("MATCH")(_sought(at)), *also).limit(cut)


def _in_postgresql(at: int, also: Conditions, cut: Any) -> Any:
    vector = column("fts_keys", TSVECTOR())
    wanted = _names(at).where(vector.op("@@")(tsquery(_sought(at))), *also)
    # Planned as if all were wanted, and read only as far as they are: before a LIMIT, PostgreSQL would rather
    # walk all names until enough of them fit (7.5 seconds among a million) than ask the index.
    return select(wanted.cte(f"named_{at}").prefix_with("MATERIALIZED")).limit(cut)


def _by_keys(at: int, also: Conditions, cut: Any) -> Any:
    """Of each key as many as are wanted at most, behind the gate; whoever has two of them once."""
    low, high = (array_of(f"{end}_{at}", String()) for end in ("low", "high"))
    ends = (column("low", String()), column("high", String()))
    ranges = func.unnest(low, high).table_valued(*ends, name=f"range_{at}").render_derived()
    of_one = _names(at).select_from(_LINES).join(WrittenName, WrittenName.id == _LINES.c.name_id)
    of_one = of_one.where(_LINES.c.key >= ranges.c.low, _LINES.c.key <= ranges.c.high, *also)
    named = of_one.limit(cut).lateral(f"named_{at}")
    return select(*named.c).select_from(ranges).join(named, true()).distinct().limit(cut)


def _sought(at: int) -> Any:
    return bindparam(f"asked_{at}", type_=String())
