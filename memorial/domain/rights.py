"""Statements of rights by their addresses, and labels that a community gives to what is its own.

    STATEMENTS["InC"]                       # "http://rightsstatements.org/vocab/InC/1.0/"
    key_of(address)                         # "InC"; "" of an address that is none of these
    kept(labels); labels_of(stored)         # for a column, and back; shown_labels(stored) for whoever reads

A statement of RightsStatements.org or a licence of Creative Commons says how things stand. A label says what a community asks of
whoever reads, in its own words (as the labels of Local Contexts do). Neither opens or closes anything: that is consent alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

_OF_RIGHTS = (
    "InC", "InC-OW-EU", "InC-EDU", "InC-NC", "InC-RUU", "NoC-CR", "NoC-NC", "NoC-OKLR", "NoC-US", "CNE", "UND", "NKC",
)  # fmt: skip
_OF_COMMONS = ("by", "by-sa", "by-nc", "by-nc-sa", "by-nd", "by-nc-nd")
STATEMENTS: Mapping[str, str] = {
    **{key: f"http://rightsstatements.org/vocab/{key}/1.0/" for key in _OF_RIGHTS},
    **{f"CC {key.upper()} 4.0": f"https://creativecommons.org/licenses/{key}/4.0/" for key in _OF_COMMONS},
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "PDM 1.0": "https://creativecommons.org/publicdomain/mark/1.0/",
}
_KEYS = {address: key for key, address in STATEMENTS.items()}


@dataclass(frozen=True, slots=True)
class Label:
    """`language` is that of its words, `approved_by` who of the community agreed to them."""

    name: str
    text: str = ""
    language: str = "und"
    community: str = ""
    approved_by: str = ""
    link: str = ""

    def said(self) -> str:
        """In one line, for programs: "Name: words (community). https://…"."""
        words = f"{self.name}: {self.text}" if self.text else self.name
        return " ".join(filter(None, (words, f"({self.community})" if self.community else "", self.link)))


def key_of(address: str) -> str:
    return _KEYS.get(address, "")


def kept(labels: Iterable[Label]) -> list[dict[str, str]]:
    return [asdict(label) for label in labels]


def shown_labels(stored: Sequence[Mapping[str, Any]]) -> list[Label]:
    """Without the name of whoever agreed to the words: that stays at the desk."""
    return [replace(label, approved_by="") for label in labels_of(stored)]


def labels_of(stored: Sequence[Mapping[str, Any]]) -> list[Label]:
    names = [each.name for each in fields(Label)]
    return [
        Label(**{name: str(row[name]) for name in names if name in row})
        for row in stored
        if isinstance(row, Mapping) and row.get("name")  # an empty row of another hand takes no page down
    ]
