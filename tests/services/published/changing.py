"""An archive with some of the real collection, and one call that edits and publishes an object as the desk does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from memorial.gate import Actor
from memorial.house import House
from memorial.models import Item
from memorial.services import review
from memorial.services.collection import KINDS, finish, import_objects, open_file
from memorial.services.collection.starter import STARTER
from memorial.services.published import objects, proposing
from memorial.services.published.forms import ObjectForm
from memorial.services.published.objects import There
from memorial.services.published.proposing import Change

SIGNED: dict[str, Any] = {"publish": True, "second": "command:other", "note_hash": "signed"}


def load(house: House, *kinds: str, folder: Path = STARTER, most: int = 0, publish: bool = True) -> None:
    """The starter collection's objects of these kinds (all where none is named), published."""
    with house.writing(house.keeper()) as session:
        for kind in [kind for kind in KINDS if not kinds or kind in kinds]:
            _, rows = open_file(folder / f"{kind}.jsonl")
            some = list(rows)[: most or None]
            signed = SIGNED if publish else {}
            report = import_objects(session, Actor.command("one"), kind, some, now=house.now(), **signed)
            assert not report.faults
        finish(session)


def there(house: House, kind: str, external_id: str) -> There:
    with house.session(house.keeper()) as session:
        return objects.place_of(session, kind, external_id)


def change(
    house: House, actor: Actor, kind: str, external_id: str, typed: Mapping[str, str], why: str = "A reason."
) -> str:
    """Saves what is typed into the form as it is now; the item's address."""
    with house.writing(house.keeper()) as session:
        here = objects.place_of(session, kind, external_id)
        waiting = proposing.open_for(session, here)
        base, seen = proposing.head(here, waiting), proposing.seen(here, waiting)
        made = ObjectForm(here.kind, base).rebuilt(typed)
        assert not made.problems, made.problems
        said = Change(kind, external_id, base, seen, made.value, why)
        return proposing.save(session, actor, said, keys=house.keys, now=house.now()).public_id


def act(house: House, actor: Actor, public_id: str, verb: str = "publish", note: str = "So it is.") -> Any:
    with house.writing(house.keeper()) as session:
        item = session.query(Item).filter_by(public_id=public_id).one()
        return review.advance(session, actor, item, verb, now=house.now(), keys=house.keys, note=note)


def amended(house: House, actor: Actor, kind: str, external_id: str, typed: Mapping[str, str]) -> None:
    act(house, actor, change(house, actor, kind, external_id, typed))
