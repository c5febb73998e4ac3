"""Loading objects into the archive: checked, made into rows some hundreds at a time, published where signed.

    report = import_objects(session, actor, "figures", rows, now=now)
    report = import_objects(…, publish=True, second="command:other name", note_hash=hash_note(…))
    report = import_objects(…, propose=propose)     # a change of what is there waits as a proposal

The session is a keeper's and its caller commits. Same object again: nothing changes. A changed
object is a new revision of the same record. Without `publish` the rows wait at the desk.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import select

from memorial.domain.content import canonical
from memorial.domain.errors import Invalid, NotPermitted
from memorial.domain.ids import new_public_id
from memorial.formats.jsonl import Fault, Row
from memorial.gate import Actor, GatedSession, may
from memorial.models import ImportedObject, Part, Person, Record, Source, Statement
from memorial.services import consent
from memorial.services.collection import accused, export, former
from memorial.services.collection.collection_record import collection_record, note_content, publish_waiting
from memorial.services.collection.differences import after_row, between
from memorial.services.collection.kinds import KINDS, Kind
from memorial.services.collection.report import Report
from memorial.services.collection.signed import Signed
from memorial.services.collection.writing import TABLES, Writer
from memorial.services.uncollected import uncollected

AT_ONCE = 500
DEFAULT_NAME = "collection"

# The row, the object as it stands and as it would be -> why it cannot wait as a proposal, None where it does.
Propose = Callable[[str, Row, Mapping[str, Any], Mapping[str, Any]], Fault | None]


def import_objects(
    session: GatedSession,
    actor: Actor,
    kind: str,
    rows: Iterable[Row | Fault],
    *,
    publish: bool = False,
    second: str = "",
    note_hash: str = "",
    now: datetime,
    name: str = DEFAULT_NAME,
    progress: Callable[[int], None] | None = None,
    run: str = "",
    propose: Propose | None = None,
    compare: bool = False,
) -> Report:
    """Load the rows of one kind. Raises `Invalid` for an unknown kind or an unsigned publication.

    The items of calls with the same `run` are one import at the desk. With `compare` the report says what changes.
    """
    verdict = may(session, actor, "import", now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    if kind not in KINDS:
        raise Invalid("unknown_kind", field="kind", kind=kind)
    if publish and (not second or second == actor.label or not note_hash):
        raise Invalid("publication_needs_two_names_and_a_note", field="second")
    signed = Signed(actor, now, publish, second, note_hash, run or new_public_id())
    going = _Run(session, KINDS[kind], signed, name)
    going.propose, going.compare = propose, compare
    waiting = iter(rows)
    with uncollected() as a_lot_is_done:
        while some := list(islice(waiting, AT_ONCE)):
            going.take(some)
            a_lot_is_done()
            if progress:
                progress(going.report.read)
        going.close()
    return going.report


class _Run:
    """One kind, one session: what is known beforehand, and what has come so far."""

    def __init__(self, session: GatedSession, kind: Kind, signed: Signed, name: str) -> None:
        self.session, self.kind, self.signed, self.name = session, kind, signed, name
        self.report = Report(kind.name)
        self.writer = Writer(session, kind, signed)
        self._collection: Record | None = None
        self._hanging = Counter[str]()
        self._digest = hashlib.sha256()
        self.propose: Propose | None = None
        self.compare = False
        self._waiting: list[tuple[Row, dict[str, Any], dict[str, Any]]] = []

    def take(self, rows: Sequence[Row | Fault]) -> None:
        """Some hundreds of rows, all of them in one go."""
        self.report.read += len(rows)
        good = self._checked(rows)
        known = self._known([row.value["id"] for row, _ in good])
        taken = self._taken([row.value["id"] for row, _ in good if row.value["id"] not in known])
        new: list[tuple[Row, str]] = []
        changed: list[tuple[Row, str]] = []
        for row, digest in good:
            before = known.get(row.value["id"])
            if before is None:
                if row.value["id"] in taken:
                    self._refuse(row, "id", "another kind of object has this id", "give it one of its own")
                else:
                    new.append((row, digest))
            elif before.sha256 == digest:
                self.report.unchanged += 1
                if before.line != row.line:
                    before.line = row.line
            elif self.propose or (row.form == "csv" and before.form == "json"):
                self._beside(row, before)
            else:
                if self.compare:
                    self._compared(row, before)
                changed.append((row, digest))
        self._write(new, changed, known)
        if self.signed.publish:
            self._publish([before.thing for before in known.values()])
        self._propose()

    def _beside(self, row: Row, before: ImportedObject) -> None:
        """A row that does not overwrite what is there: nothing new, a proposal, or left and counted."""
        stood, said, differs = self._compared(row, before)
        if not differs:
            self.report.unchanged += 1
        elif self.propose is None:
            self.report.kept += 1
        else:
            self._waiting.append((row, stood, said))

    def _propose(self) -> None:
        """After all rows are read: a proposal locks its record, and what was read before is read anew."""
        for row, stood, said in self._waiting:
            fault = self.propose(self.kind.name, row, stood, said) if self.propose else None
            if fault:
                self.report.refuse([fault])
            else:
                self.report.proposed += 1
        self._waiting.clear()

    def _compared(self, row: Row, before: ImportedObject) -> tuple[dict[str, Any], dict[str, Any], bool]:
        self.session.flush()
        stood = export.one(self.session, before) or {"id": before.external_id}
        said = after_row(row, stood)
        differences = between(row, stood, said)
        self.report.tell(differences)
        return stood, said, bool(differences)

    def _checked(self, rows: Sequence[Row | Fault]) -> list[tuple[Row, str]]:
        good = []
        for row in rows:
            if isinstance(row, Fault):
                self.report.refuse([row])
                continue
            faults = self.kind.faults(row)
            if faults:
                self.report.refuse(faults)
            else:
                good.append((row, hashlib.sha256(canonical(row.value)).hexdigest()))
        return good

    def _known(self, ids: Sequence[str]) -> dict[str, ImportedObject]:
        wanted = select(ImportedObject).where(
            ImportedObject.file == self.kind.name, ImportedObject.external_id.in_(ids)
        )
        return {told.external_id: told for told in self.session.scalars(wanted)}

    def _taken(self, ids: Sequence[str]) -> set[str]:
        """Ids that things of another file have."""
        tables: dict[str, list[Any]] = {
            "record": [Record], "source": [Source], "statement": [Statement], "person": [Person, Record],
        }  # fmt: skip
        taken: set[str] = set()
        for table in tables[self.kind.thing]:
            taken |= set(self.session.scalars(select(table.external_id).where(table.external_id.in_(ids))))
        return taken

    def _refuse(self, row: Row, field: str, problem: str, advice: str) -> None:
        self.report.refuse([Fault(row.file, row.line, field, problem, advice)])

    def _write(
        self,
        new: Sequence[tuple[Row, str]],
        changed: Sequence[tuple[Row, str]],
        known: dict[str, ImportedObject],
    ) -> None:
        formers = former.formers(self.session, [known[row.value["id"]].thing for row, _ in changed])
        by_desk = self._by_desk([row.value["id"] for row, _ in changed])
        may_change = []
        for row, digest in changed:
            told = known[row.value["id"]]
            before = formers.get(told.thing)
            if before and told.external_id in by_desk:
                before.by_desk = True
            reason = self.writer.why_not(row, before) if before else None
            if reason:
                self._refuse(row, *reason)
            else:
                may_change.append((row, digest, told, before))
        if not new and not may_change:
            return
        hanging = self._hangs([*(row for row, _ in new), *(row for row, *_ in may_change)])
        guard = self._collection_guard() if hanging else {}
        if hanging and guard.get("policy_id") is not None and not self.signed.publish:
            for row in [*(row for row, _ in new), *(row for row, *_ in may_change)]:
                if self._hangs([row]):
                    self._refuse(row, "", *PUBLIC_COLLECTION)
            new = [pair for pair in new if not self._hangs([pair[0]])]
            may_change = [some for some in may_change if not self._hangs([some[0]])]
        self.writer.write(new, may_change, guard)
        self._count(new, may_change)

    def _by_desk(self, ids: Sequence[str]) -> set[str]:
        """Which of these, without a page of their own, the desk has changed."""
        if not ids:
            return set()
        names = {f"{self.kind.name}:{external_id}": external_id for external_id in ids}
        return {names[thing] for thing in former.changed_at_desk(self.session, list(names))}

    def _hangs(self, rows: Iterable[Row]) -> bool:
        """Whether any of these rows becomes something without a page of its own."""
        return any(
            self.kind.thing != "record" and self.writer.becomes(row.value) not in ("record", "")
            for row in rows
        )

    def _collection_guard(self) -> dict[str, Any]:
        if self._collection is None:
            signed = self.signed
            self._collection = collection_record(self.session, self.name, signed.now)
            if signed.publish:
                self.report.published += publish_waiting(
                    self.session, signed.actor, [self._collection.id],
                    second=signed.second, note_hash=signed.note_hash, now=signed.now,
                )  # fmt: skip
                self.session.refresh(self._collection)
        part = self.session.get_one(Part, self._collection.part_id, populate_existing=True)
        return {"sealed": False, **consent.guard_of(self.session, part)}

    def _count(self, new: Sequence[tuple[Row, str]], changed: Sequence[tuple[Any, ...]]) -> None:
        self.report.added += len(new)
        self.report.changed += len(changed)
        self.report.leftovers.update(self.writer.leftovers)
        self.writer.leftovers.clear()
        for some, word in ((new, "added"), (changed, "changed")):
            for row, digest, *_ in some:
                if self._hangs([row]):
                    self._hanging[word] += 1
                    self._digest.update(digest.encode())
        self.report.published += self.writer.published
        self.writer.published = 0

    def _publish(self, things: Sequence[str]) -> None:
        """What came before and still waits; things without a page are published with their collection."""
        numbers: dict[str, list[int]] = {}
        for kind, number in (thing.split(":") for thing in things if thing):
            numbers.setdefault(kind, []).append(int(number))
        records = set(numbers.pop("record", []))
        for kind, ids in numbers.items():
            table = TABLES[kind]
            wanted = select(Part.record_id).join(table, table.part_id == Part.id).where(table.id.in_(ids))
            records |= set(self.session.scalars(wanted.distinct()))
        if records:
            signed = self.signed
            self.report.published += publish_waiting(
                self.session, signed.actor, sorted(records),
                second=signed.second, note_hash=signed.note_hash, now=signed.now,
            )  # fmt: skip

    def close(self) -> None:
        """What concerns the run as a whole."""
        if self.kind.name == "people":
            accused.take_out(self.session, self.writer.references.accused)
        if self._collection is not None and self._hanging:
            note_content(
                self.session, self.signed.actor, self._collection, self._hanging, self._digest.hexdigest(),
                self.signed.now,
            )  # fmt: skip


PUBLIC_COLLECTION = (
    "the collection is public, and what is added to it shows at once",
    "sign with --publish, --actor, --second and --note, or load it under another --name",
)
