"""Objects given back from the tables they went into, equal to those that were read.

    for value in objects(session, "press_accounts", everything=True): …

The session decides what is given: a keeper's gives all of it with its leftovers, a public
reader's with use `reuse` only what that reader may have, and none of what is the desk's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from memorial.gate import GatedSession
from memorial.models import ImportedObject
from memorial.services.collection.kinds import KINDS, Kind
from memorial.services.collection.people import persons_of

_AT_ONCE = 100  # with their texts and statements well below what one statement may name


def kinds_present(session: GatedSession) -> list[str]:
    """The kinds of file that were ever loaded, in the order of loading."""
    found = set(session.scalars(select(ImportedObject.file).distinct()))
    return [name for name in KINDS if name in found]


def objects(session: GatedSession, kind: str, *, everything: bool) -> Iterator[dict[str, Any]]:
    """The objects of one kind in the order of their file. With `everything` the leftovers too."""
    wanted = select(ImportedObject.external_id).where(ImportedObject.file == kind)
    names = session.scalars(wanted.order_by(ImportedObject.line, ImportedObject.external_id)).all()
    for start in range(0, len(names), _AT_ONCE):
        yield from _some(session, KINDS[kind], names[start : start + _AT_ONCE], everything)


def _some(
    session: GatedSession, kind: Kind, names: Sequence[str], everything: bool
) -> Iterator[dict[str, Any]]:
    wanted = select(ImportedObject).where(
        ImportedObject.file == kind.name, ImportedObject.external_id.in_(names)
    )
    told = {one.external_id: one for one in session.scalars(wanted)}
    built = _built(session, kind, [one.thing for one in told.values()])
    for name in names:
        one = told[name]
        if one.thing in built:
            yield whole(kind, one, built[one.thing], everything)
        elif everything and not one.thing:
            yield {"id": name, **one.leftovers}
    session.expunge_all()


def one(session: GatedSession, told: ImportedObject) -> dict[str, Any] | None:
    """One object as it stands, with everything that has no home here."""
    kind = KINDS[told.file]
    if not told.thing:
        return {"id": told.external_id, **told.leftovers}
    built = _built(session, kind, [told.thing])
    return whole(kind, told, built[told.thing], True) if told.thing in built else None


def _built(session: GatedSession, kind: Kind, things: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the tables give, by the name of the thing; what the session may not see is not in it."""
    ids: dict[str, list[int]] = {}
    for thing in filter(None, things):
        word, number = thing.split(":")
        ids.setdefault(word, []).append(int(number))
    found: dict[str, dict[str, Any]] = {}
    for word, numbers in ids.items():
        if kind.name == "people" and word == "record":
            persons = persons_of(session, numbers)
            given = kind.give_back(session, list(persons.values()))
            found |= {
                f"record:{record}": given[person] for record, person in persons.items() if person in given
            }
        else:
            found |= {f"{word}:{number}": value for number, value in kind.give_back(session, numbers).items()}
    return found


def whole(kind: Kind, told: ImportedObject, built: dict[str, Any], everything: bool) -> dict[str, Any]:
    """One object: its fields from their homes, then what had none."""
    leftovers = {
        name: part for name, part in told.leftovers.items() if everything or name in kind.kept_for_all
    }
    absent = set(told.absent)
    value: dict[str, Any] = {"id": told.external_id}
    for name in kind.fields:
        if name == "id" or (not everything and name in kind.desk_only):
            continue
        if name in leftovers:
            value[name] = leftovers[name]
        elif name in told.leftovers and built.get(name) in (None, "", []):
            continue  # there is something that this reader may not have: not said is not the same as none
        elif not ((name in absent or kind.fields[name].later) and _is_assumed(kind, name, built.get(name))):
            value[name] = built.get(name)
    value |= {name: part for name, part in leftovers.items() if name not in value}
    return value if everything else kind.spare(value)


def _is_assumed(kind: Kind, name: str, value: Any) -> bool:
    """Whether a value stands for a field that the object never had."""
    if value in (None, "") or value == []:
        return True
    return name in kind.assumed and (kind.assumed[name] is ... or kind.assumed[name] == value)
