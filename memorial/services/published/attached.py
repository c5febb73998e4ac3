"""The files of an object as the object tells them: what each is, what it shows, by whose right (docs/decisions/0014).

    entries(value)                       # the files in their order; what cannot be read as one is left out
    with_entry(value, entry)             # the object with this file added, or told anew
    without(value, "7bkmw2q9x4")         # the object without it
    changes(before, after)               # FieldChange for each place that differs: files-0-alt

An object names its files by their public id and hash, and holds none of their bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from memorial.domain import difference as rules
from memorial.domain.difference import FieldChange

FIELD = "files"
MOST = 20  # of one object
# What a kind of object may be given: a scan (a picture or a PDF) or a photograph.
KINDS: Mapping[str, str] = {
    "press_accounts": "scan", "recognitions": "scan", "places": "photograph", "memorial_sites": "photograph",
}  # fmt: skip
TOLD = ("alt", "credit", "rights", "basis", "date", "content_note", "graphic")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an object."""

    id: str
    sha256: str
    mime: str
    bytes: int
    alt: str
    rights: str  # who holds them
    basis: str  # on what ground it is shown
    credit: str = ""
    date: str = ""
    content_note: str = ""
    graphic: bool = False

    @property
    def rights_and_basis(self) -> str:
        """As it stands beside the file."""
        return "; ".join((self.rights, self.basis))


_TYPES = {field.name: {"str": str, "int": int, "bool": bool}[str(field.type)] for field in fields(Entry)}


def entries(value: Mapping[str, Any] | None) -> list[Entry]:
    """A collection from elsewhere may hold anything under that name."""
    given = (value or {}).get(FIELD)
    found = [_entry(each) for each in given] if isinstance(given, list) else []
    return [each for each in found if each is not None][:MOST]


def _entry(given: Any) -> Entry | None:
    if not isinstance(given, dict) or given.keys() != _TYPES.keys():
        return None
    return Entry(**given) if all(type(given[name]) is kind for name, kind in _TYPES.items()) else None


def with_entry(value: Mapping[str, Any], entry: Entry) -> dict[str, Any]:
    told, new = _others(value), asdict(entry)
    at = next((n for n, each in enumerate(told) if _is(each, entry.id)), len(told))
    return {**value, FIELD: [*told[:at], new, *told[at + 1 :]]}


def without(value: Mapping[str, Any], public_id: str) -> dict[str, Any]:
    left = [each for each in _others(value) if not _is(each, public_id)]
    rest = {name: part for name, part in value.items() if name != FIELD}
    return {**rest, FIELD: left} if left else rest


def _others(value: Mapping[str, Any]) -> list[Any]:
    given = value.get(FIELD)
    return list(given) if isinstance(given, list) else []


def _is(given: Any, public_id: str) -> bool:
    return isinstance(given, dict) and given.get("id") == public_id


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
    """File by file, in the order of the later one; what was taken away comes last."""
    old, new = {each.id: each for each in entries(before)}, {each.id: each for each in entries(after)}
    order = [*new, *(public_id for public_id in old if public_id not in new)]
    was, now = (
        {
            f"{FIELD}-{at}-{name}": words
            for at, public_id in enumerate(order)
            for name, words in _words(one.get(public_id)).items()
        }
        for one in (old, new)
    )
    return [FieldChange(each.field, rules.shortened(each.runs)) for each in rules.fields(was, now)]


def _words(entry: Entry | None) -> dict[str, str]:
    names = ("sha256", *TOLD)
    if entry is None:
        return dict.fromkeys(names, "")
    return {
        name: ("✓" if getattr(entry, name) is True else str(getattr(entry, name) or "")) for name in names
    }


def touched(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Sequence[str]:
    """The public ids of the files that came, went or are told otherwise."""
    old, new = {each.id: each for each in entries(before)}, {each.id: each for each in entries(after)}
    return [public_id for public_id in {**new, **old} if old.get(public_id) != new.get(public_id)]
