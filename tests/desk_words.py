"""Reads tests/desk_table.txt: what the words say may be done, by whom, and what it needs.

row = TABLE["contribution", "ready", "publish"]     # one Row, or none: it is refused
row.who, row.needs, row.to
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# The table's short words, and the reason that the program gives where it is not so.
REASONS = {
    "free": "free", "taken": "taken", "words": "note", "enough": "said_enough", "kept": "kept", "checks": "checklist",
    "proof": "proof_approved", "form": "form_approved", "second": "other_person", "waited": "waited",
    "no_hold": "no_legal_hold", "presence": "stepped_up", "ground": "refusal_ground", "matched": "matched",
    "told": "others_told", "until": "reads_until",
}  # fmt: skip
NOT_THE_DESK = frozenset({"family", "command", "system"})


@dataclass(frozen=True, slots=True)
class Row:
    verb: str
    who: frozenset[str]
    needs: frozenset[str]  # as the reasons against it
    to: str

    @property
    def by_desk(self) -> bool:
        return not self.who & NOT_THE_DESK

    def of(self, state: str) -> str:
        """The state afterwards."""
        return state if self.to == "-" else self.to


def _read() -> dict[tuple[str, str, str], Row]:
    several: dict[str, str] = {}
    table: dict[tuple[str, str, str], Row] = {}
    for line in (Path(__file__).parent / "desk_table.txt").read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if "|" not in line:
            name, _, words = line.partition("=")
            several[name.strip()] = words
            continue
        verb, kinds, states, who, needs, to = (cell.strip() for cell in line.split("|"))
        row = Row(
            verb, frozenset(_named(who, several)), frozenset(REASONS[need] for need in needs.split()), to
        )
        for kind in _named(kinds, several):
            for state in _named(states, several):
                assert (kind, state, verb) not in table, f"twice: {line}"
                table[kind, state, verb] = row
    return table


def _named(words: str, several: dict[str, str]) -> list[str]:
    return [name for word in words.split() for name in several.get(word, word).split()]


TABLE = _read()
KINDS = tuple(dict.fromkeys(kind for kind, _, _ in TABLE))
STATES = tuple(dict.fromkeys(state for _, state, _ in TABLE))
VERBS = tuple(dict.fromkeys(verb for _, _, verb in TABLE))


def rows_of(kind: str, state: str) -> dict[str, Row]:
    return {verb: row for (k, s, verb), row in TABLE.items() if (k, s) == (kind, state)}
