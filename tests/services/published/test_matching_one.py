"""What waited for an object is matched when it comes, and nothing else is gone through. All objects are synthetic."""

from __future__ import annotations

from sqlalchemy import event, select

from memorial.models import Citation, ImportedObject, Source
from tests.importing import publish
from tests.services.colleagues import an_actor
from tests.services.published.changing import amended

WAITING = ("src-zq-1", "src-zq-2", "src-zq-10")


def test_a_new_object_is_matched_with_what_named_it_and_no_other_waiting_name_is_read(house):
    figures = [
        {"id": f"fig-{n}", "measure": "killed", "value": n + 1, "claimant": f"Synthetic claimant {n}",
         "seed_refs": [f"{WAITING[n]}, p. {n}"]} for n in range(3)
    ]  # fmt: skip
    publish(house, "figures", *figures)
    read: list[str] = []

    def note(told, _context) -> None:
        read.append(told.external_id)

    editor = an_actor(house, "editor", "editor")
    event.listen(ImportedObject, "load", note)
    amended(house, editor, "sources", "src-zq-1", {"title": "A synthetic work", "kind": "book"})
    event.remove(ImportedObject, "load", note)
    assert {"fig-0"} <= set(read) <= {"fig-0", "src-zq-1"}
    with house.session(house.keeper()) as session:
        told = {
            row.external_id: row.unmatched
            for row in session.scalars(select(ImportedObject).where(ImportedObject.file == "figures"))
        }
        cited = dict(
            session.execute(
                select(Citation.as_given, Source.external_id).outerjoin(
                    Source, Source.id == Citation.source_id
                )
            ).all()
        )
    assert told == {"fig-0": [], "fig-1": [["source", "src-zq-2"]], "fig-2": [["source", "src-zq-10"]]}
    assert cited["src-zq-1, p. 0"] == "src-zq-1"
    assert cited["src-zq-2, p. 1"] is None
