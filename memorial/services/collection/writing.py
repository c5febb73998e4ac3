"""From checked rows to the rows of the tables: things, pages with ledger and revision, audit, search."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import update

from memorial.domain import consent as rules
from memorial.domain import workflow
from memorial.domain.content import canonical
from memorial.domain.ids import new_public_id
from memorial.formats.jsonl import Row
from memorial.gate import GatedSession
from memorial.models import (
    Head,
    ImportedObject,
    Item,
    LedgerEntry,
    Part,
    Person,
    Record,
    Revision,
    Source,
    Statement,
)
from memorial.services import consent, name_index, search_index, wall_index
from memorial.services.audit import Act, record_acts
from memorial.services.collection import accused
from memorial.services.collection.batch import Batch, Ids, Thing
from memorial.services.collection.collection_record import archive_yes, basis_of
from memorial.services.collection.fields import unhoused
from memorial.services.collection.former import Former, clear
from memorial.services.collection.kinds import Kind
from memorial.services.collection.pages import content_of, entry_of, object_as_kept
from memorial.services.collection.people import somebody_is_remembered, spellings_of
from memorial.services.collection.references import References
from memorial.services.collection.signed import Signed

TABLES: Mapping[str, Any] = {"record": Record, "statement": Statement, "source": Source, "person": Person}
Reason = tuple[str, str, str]  # field, what is wrong, what to do
NO_GUARD: Mapping[str, Any] = {
    "policy_id": None, "public_from": None, "public_until": None, "contribution_id": None, "sealed": False,
}  # fmt: skip


class Writer:
    """Writes some hundreds of objects of one kind at a time."""

    def __init__(self, session: GatedSession, kind: Kind, signed: Signed) -> None:
        self.session, self.kind, self.signed = session, kind, signed
        self.references = References(session)
        self.leftovers = Counter[str]()
        self.published = 0
        self._open_guard = self._guard_when_published() if signed.publish else dict(NO_GUARD)
        self._ledger: dict[str, Any] | None = None

    def becomes(self, value: Mapping[str, Any]) -> str:
        """record, statement, source, person, or "" for whoever is marked as accused."""
        return self.becomes_of(self.kind, value)

    @staticmethod
    def becomes_of(kind: Kind, value: Mapping[str, Any]) -> str:
        if kind.name != "people":
            return kind.thing
        if value.get("accused"):
            return ""
        if value.get("listed"):
            return "record" if value["listed"] == "remembrance" else "person"
        return "record" if somebody_is_remembered(value) else "person"

    def why_not(self, row: Row, before: Former) -> Reason | None:
        """Why a changed object cannot go in; None where it can."""
        if before.by_desk:
            return "", "the record was changed at the desk since it was imported", "change it there"
        if before.public and not self.signed.publish:
            return (
                "",
                "it is public, and a change shows at once",
                "sign with --publish, --actor, --second, --note",
            )
        if self.would_lose_page(row.value, before):
            return "", "there is a remembrance of this person", "withdraw it at the desk first"
        return None

    def would_lose_page(self, value: Mapping[str, Any], before: Former) -> bool:
        """Whether somebody who is remembered would be a name only."""
        return before.kind == "record" and self.kind.name == "people" and self.becomes(value) != "record"

    def write(
        self,
        new: Sequence[tuple[Row, str]],
        changed: Sequence[tuple[Row, str, ImportedObject, Former | None]],
        guard: Mapping[str, Any],
    ) -> list[Thing]:
        """Everything these objects become, in one go."""
        ids = Ids(self.session)
        batch = Batch(self.session, ids)
        things: list[tuple[Thing, Row, str]] = []
        if self.kind.name == "people":
            for row in [*(row for row, _ in new), *(row for row, *_ in changed)]:
                if row.value.get("accused"):
                    self.references.accused |= spellings_of(row.value)
        clear(self.session, [before for *_, before in changed if before])
        for row, digest in new:
            things.append((self._thing(ids, row, None, guard), row, digest))
        for row, digest, _, before in changed:
            things.append((self._thing(ids, row, self._moved(row, before), guard), row, digest))
        for thing, _, _ in things:
            if thing.kind:
                self.kind.build(batch, thing)
        self.references.fill(batch, [thing for thing, _, _ in things], guard)
        known = {told.external_id: told for _, _, told, _ in changed}
        for thing, row, digest in things:
            self._tell(batch, thing, row, digest, known.get(thing.external_id))
        acts = [act for thing, row, _ in things if thing.kind for act in self._close(batch, thing, row)]
        batch.write()
        self._index([thing for thing, _, _ in things if thing.kind])
        self._end(acts)
        return [thing for thing, _, _ in things]

    # -- things -----------------------------------------------------------------------------

    def _thing(self, ids: Ids, row: Row, before: Former | None, guard: Mapping[str, Any]) -> Thing:
        value = row.value
        thing = Thing(self.kind.name, value["id"], value, kind=self.becomes(value))
        if not thing.kind:
            thing.leftovers = {name: part for name, part in value.items() if name != "id"}
            return thing
        thing.leftovers, thing.absent = unhoused(self.kind.fields, value)
        accused.strip(thing, self.references.accused)
        if before is not None:
            thing.former, thing.id, thing.public_id, thing.kept = (
                True,
                before.id,
                before.public_id,
                before.kept,
            )
            thing.kept |= {"revision": before.revision, "told": before.told}
        else:
            thing.id, thing.public_id = ids.take(TABLES[thing.kind]), new_public_id()
        thing.guard = self._guard_of(ids, thing, before, guard)
        if self.kind.name == "people":
            mine = thing.public_id if thing.kind == "person" else new_public_id()
            thing.kept["new_person_public_id"] = mine
        return thing

    def _guard_of(
        self, ids: Ids, thing: Thing, before: Former | None, guard: Mapping[str, Any]
    ) -> dict[str, Any]:
        if before is not None:
            part = self.session.get_one(Part, before.part_id)
            return {"sealed": False, **consent.guard_of(self.session, part)}
        if thing.kind == "record":
            return {**self._open_guard, "part_id": ids.take(Part)}
        return dict(guard)

    def _moved(self, row: Row, before: Former | None) -> Former | None:
        """A person who now has a page, or must have no entry at all: the row by name alone goes."""
        if before is None or self.kind.name != "people" or self.becomes(row.value) == before.kind:
            return before
        accused.forget_words(self.session, before.id)
        accused.forget_person(self.session, before.id)
        return None

    def _tell(self, batch: Batch, thing: Thing, row: Row, digest: str, told: ImportedObject | None) -> None:
        """What the file's object became, and what of it has no home."""
        self.leftovers.update(thing.leftovers.keys())
        values: dict[str, Any] = {
            "thing": f"{thing.kind}:{thing.id}" if thing.kind else "",
            "leftovers": thing.leftovers,
            "absent": thing.absent,
            "unmatched": thing.unmatched,
        }
        if told is None or self.signed.verb == "import":
            # Of what the desk changes it stays known which row of which file came last.
            values |= {
                "form": row.form, "line": row.line, "sha256": digest, "imported_at": self.signed.now,
            }  # fmt: skip
        if told is None:
            batch.row(ImportedObject, file=self.kind.name, external_id=thing.external_id, **values)
            return
        for name, value in values.items():
            setattr(told, name, value)

    # -- pages ------------------------------------------------------------------------------

    def _close(self, batch: Batch, thing: Thing, row: Row) -> list[Act]:
        """The part, ledger, revision and item of a page; the acts for the audit."""
        verb = self.signed.verb
        if thing.kind != "record":
            if not thing.former and verb == "import":
                return []
            return [Act(verb, f"{thing.kind}:{thing.public_id}")]
        number = self.signed.number or (thing.kept.get("revision", 0) + 1 if thing.former else 1)
        # A visitor's count goes on by one, however many proposals used numbers up (services/standing.py).
        told = thing.kept.get("told", 0) + 1 if thing.former else 1
        thing.page |= {
            "part_id": thing.guard["part_id"], "revision": number, "skipped": number - told,
            "changed_at": self.signed.now, "created_at": self.signed.now,
        }  # fmt: skip
        if not self.signed.number:
            self._revision(batch, thing, row, number)
        name = f"record:{thing.public_id}"
        acts = [Act(verb, name, details={"revision": number})]
        if not thing.former:
            self._first(batch, thing)
            if self.signed.publish:
                acts.append(
                    Act(
                        "publish", name, workflow.SUBMITTED, workflow.DONE,
                        note_hash=self.signed.note_hash, second=self.signed.second,
                    )
                )  # fmt: skip
        return acts

    def _revision(self, batch: Batch, thing: Thing, row: Row, number: int) -> None:
        content = {**content_of(thing), **object_as_kept(self.kind.name, row.value)}
        batch.row(
            Revision,
            record_id=thing.id,
            number=number,
            thing=f"{self.kind.name}:{thing.external_id}",
            content=content,
            sha256=hashlib.sha256(canonical(content)).hexdigest(),
            made_by=self.signed.actor.label,
            made_at=self.signed.now,
            applied_at=self.signed.now,
        )

    def _first(self, batch: Batch, thing: Thing) -> None:
        now, done = self.signed.now, self.signed.publish
        batch.row(
            Part, id=thing.guard["part_id"], record_id=thing.id, key="page", kind="page",
            policy_id=thing.guard["policy_id"],
        )  # fmt: skip
        batch.row(
            Item,
            public_id=new_public_id(),
            kind="import",
            state=workflow.DONE if done else workflow.SUBMITTED,
            record_id=thing.id,
            flags=["death"] if self.kind.name == "people" else [],
            facts={"run": self.signed.run, "file": self.kind.name},
            waiting_since=now,
            created_at=now,
            ended_at=now if done else None,
        )
        if done:
            row = {**self._yes(thing.page["kind"]), "record_id": thing.id}
            row["hash"] = consent.entry_hash(row)
            batch.row(LedgerEntry, **row)
            self.published += 1

    def _yes(self, record_kind: str) -> dict[str, Any]:
        """The archive's yes as a line of a ledger; the same for every record of a kind."""
        if self._ledger is None:
            said = archive_yes(self.session, basis_of(record_kind))
            self._ledger = consent.ledger_row(0, 1, said, self.signed.actor.label, self.signed.now, "")
        return self._ledger

    def _guard_when_published(self) -> dict[str, Any]:
        """What guards the rows of a page after the archive's yes: folded once, for all of them."""
        page = rules.Part("page", "page")
        yes = rules.Entry(1, rules.ARCHIVE, "will", will={"page": rules.of_its_own()})
        policy = rules.fold(page, page, {"page": page}, [yes])
        return {**NO_GUARD, **consent.projection(self.session, policy)}

    # -- afterwards -------------------------------------------------------------------------

    def _index(self, things: Sequence[Thing]) -> None:
        new = [entry_of(thing) for thing in things if not thing.former and thing.kind != "statement"]
        search_index.add_entries(self.session, new)
        name_index.add(
            self.session, [row for thing in things if not thing.former for row in name_index.lines_of(thing)]
        )
        if self.kind.name == "people":
            self._stand_on_the_wall([thing for thing in things if thing.kind == "record"])
        old = [thing.id for thing in things if thing.former]
        if old and things[0].kind in INDEXERS:
            for kind, index in INDEXERS.items():
                ids = [thing.id for thing in things if thing.former and thing.kind == kind]
                if ids:
                    index(self.session, ids)

    def _stand_on_the_wall(self, things: Sequence[Thing]) -> None:
        fresh = [thing for thing in things if not thing.former]
        rows = [row for thing in fresh for row in wall_index.rows_of(thing.id, thing.names, thing.statements)]
        wall_index.add(self.session, rows)
        wall_index.index_unnamed(self.session, [thing.id for thing in fresh])
        if former := [thing.id for thing in things if thing.former]:
            wall_index.index_records(self.session, former)

    def _end(self, acts: Sequence[Act]) -> None:
        if acts:
            record_acts(self.session, self.signed.actor, acts, self.signed.now)
        if self.published:
            self.session.execute(update(Head).values(ledger_count=Head.ledger_count + self.published))
        if self.signed.publish:
            consent.move_epoch(self.session)


INDEXERS: Mapping[str, Any] = {
    "record": search_index.index_records,
    "person": search_index.index_persons,
    "source": search_index.index_sources,
}
