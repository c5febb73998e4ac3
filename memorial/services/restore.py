"""Restore: a backup read back into an empty archive, on either engine.

    report = read_backup(session, storage, keys, path, now=now, lines=second_place.lines(folder))
    unlock(session, actor, second, now=now)      # two people say that no withdrawal was lost

What the second place says happened after the backup was made is replayed: withdrawals, seals
and destroyed keys. Without it every contributed part stays hidden until two people confirm.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Date, LargeBinary, and_, delete, func, insert, or_, select, update

from memorial.db import Base, Utc, restart_numbers
from memorial.derivatives import PAPER
from memorial.domain import consent as rules
from memorial.domain.errors import Damaged, Invalid
from memorial.gate import Actor, GatedSession
from memorial.keys import ArchiveKey
from memorial.models import (
    Account,
    AuditEntry,
    Contribution,
    Derivative,
    Head,
    LedgerEntry,
    Media,
    Party,
    Record,
)
from memorial.services import consent, fixity, heads, letters, search_index
from memorial.services.audit import Act, record_act
from memorial.services.backup import Progress, Report, silent
from memorial.services.backup_files import links, members, verify
from memorial.services.consent import Said
from memorial.services.review import archive_will
from memorial.services.withdrawal import erase, records_of, seal, second_place
from memorial.storage import Damaged as Broken
from memorial.storage import Storage

# An act under way while the backup looked was told to the second place before, and committed after.
UNDER_WAY = timedelta(minutes=10)
_UNGATED = {"projection": True, "synchronize_session": False}


def read_backup(
    session: GatedSession,
    storage: Storage,
    keys: ArchiveKey,
    path: Path,
    *,
    now: datetime,
    schema_revision: str,
    lines: Iterable[Mapping[str, Any]] = (),
    progress: Progress = silent,
) -> Report:
    """Restore into an empty database, replay the second place, or lock what families gave.

    Raises Invalid when the database is not empty or the backup is of another schema, Damaged
    when a file of its series is missing or is not what was written; nothing is written then.
    """
    if any(
        session.scalar(select(func.count()).select_from(table)) for table in (Record, Account, AuditEntry)
    ):
        raise Invalid("database_not_empty")
    progress("verifying")
    manifest = verify(keys, path)
    if manifest["schema"] != schema_revision:
        raise Invalid("backup_of_another_schema", backup=manifest["schema"], program=schema_revision)
    earlier = links(keys, path, manifest)
    report = Report(str(path), manifest["made_at"], missing=manifest["missing"])
    report.damaged, report.needs = manifest.get("damaged", []), [link.name for link in earlier]
    with _all_or_nothing(storage) as written:
        report.rows = sum(
            _load(session, name.split("/")[1], content)
            for name, content in members(keys, path)
            if name.startswith("tables/")
        )
        for each in (path, *earlier):
            progress(f"originals of {each.name}")
            _bring_back(storage, keys, each, manifest, written)
        report.originals = len(written)
        _make_it_stand(session, manifest, list(lines), report, now)
        session.flush()
    return report


@contextmanager
def _all_or_nothing(storage: Storage) -> Iterator[dict[str, bool]]:
    """Originals that are back, by name, and whether this restore brought them; those go again if it fails."""
    written: dict[str, bool] = {}
    try:
        yield written
    except BaseException:
        for key, ours in written.items():
            if ours:
                storage.delete(key)
        raise


def _bring_back(
    storage: Storage, keys: ArchiveKey, path: Path, manifest: Mapping[str, Any], written: dict[str, bool]
) -> None:
    held = {key for key, name in manifest.get("held", {}).items() if name == path.name}
    own = {name for name in manifest["members"] if name.startswith("originals/")}
    wanted = (held | own) - set(manifest.get("damaged", ())) - set(written)
    if not wanted:
        return
    for name, content in members(keys, path):
        if name not in wanted:
            continue
        there = storage.exists(name)
        try:
            storage.put_sealed(name, content)  # type: ignore[arg-type]
        except Broken:
            continue  # a second one of that name, which was whole, follows it
        written[name] = not there
        wanted.discard(name)
    if held & wanted:
        raise Damaged("backup_damaged", path=str(path), why=f"it does not hold {sorted(held & wanted)[0]}")


def _make_it_stand(
    session: GatedSession,
    manifest: Mapping[str, Any],
    lines: list[Mapping[str, Any]],
    report: Report,
    now: datetime,
) -> None:
    """Numbers, search, what is due anew, and what happened since."""
    restart_numbers(session)
    search_index.rebuild(session)
    shown = or_(Media.mime.like("image/%"), and_(Media.mime == PAPER, Media.contribution_id.is_(None)))
    pictures = update(Media).where(shown, Media.due != "assemble")
    session.execute(pictures.values(due="copies"), execution_options=_UNGATED)
    heard = update(Media).where(Media.role.in_(("audio", "video")), Media.due != "assemble")
    session.execute(heard.values(due="convert", progress=0), execution_options=_UNGATED)
    # The copies that were there are in no backup, and their rows would lead nowhere.
    remade = Derivative.media_id.in_(select(Media.id).where(Media.due.in_(("copies", "convert"))))
    session.execute(delete(Derivative).where(remade), execution_options=_UNGATED)
    letters.forget_all(session)  # what was due then may have been sent since
    fixity.forget_all(session)  # what was looked at lay on another machine
    second_place(session, **heads.restored_line(session, now))
    _replay_or_lock(session, manifest, lines, report, now)


def _load(session: GatedSession, name: str, content: IO[bytes]) -> int:
    table = Base.metadata.tables[name]
    rows = [{k: _typed(table.columns[k].type, v) for k, v in json.loads(line).items()} for line in content]
    if name == "heads":
        session.execute(table.delete(), execution_options={"past_the_gate": "restore"})
    session.execute(insert(table), rows, execution_options={"past_the_gate": "restore"})
    return len(rows)


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, Utc):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return value


def _replay_or_lock(
    session: GatedSession,
    manifest: Mapping[str, Any],
    lines: list[Mapping[str, Any]],
    report: Report,
    now: datetime,
) -> None:
    known = [line for line in lines if line.get("kind") == "heads" and line.get("audit") == manifest["audit"]]
    derived_gone = Actor.command("restore")
    if not known:
        report.locked = True
        _lock_contributed(session, derived_gone, now)
        return
    since = datetime.fromisoformat(manifest["made_at"]) - UNDER_WAY
    hidden = {
        row[0]: row[1] for row in session.execute(select(Contribution.public_id, Contribution.hidden_at))
    }
    for line in lines:
        at = datetime.fromisoformat(line["at"]) if "at" in line else since
        before = hidden.get(line.get("contribution", ""))
        if at >= since and not (line["kind"] == "hidden" and before is not None and before >= at):
            report.replayed += _replay(session, derived_gone, line, now)
    record_act(session, derived_gone, Act("restore", "archive", details={"replayed": report.replayed}), now)


def _replay(session: GatedSession, actor: Actor, line: Mapping[str, Any], now: datetime) -> int:
    """One line again: hidden, sealed and erased stay so. What was shown again waits for its family."""
    wanted = select(Contribution).where(Contribution.public_id == line.get("contribution", ""))
    contribution = session.scalars(wanted).first()
    if contribution is None:
        return 0
    if line["kind"] == "hidden":
        return _hide_again(session, actor, contribution, str(line["record"]), now)
    if line["kind"] == "sealed" and contribution.sealed_at is None and contribution.erased_at is None:
        seal(session, actor, contribution, now=now, method="restore")
        return 1
    if line["kind"] == "destroyed_key" and contribution.erased_at is None:
        contribution.legal_hold = ""
        erase(session, actor, contribution, now=now)
        return 1
    return 0


def _hide_again(
    session: GatedSession, actor: Actor, contribution: Contribution, public_id: str, now: datetime
) -> int:
    record = session.scalars(select(Record).where(Record.public_id == public_id)).first()
    if record is None:
        return 0
    party = consent.party_of(session, "contributor", contribution.id)
    consent.append(session, record, Said(party, "will", {}, method="restore"), by=actor, at=now)
    contribution.hidden_at = now
    return 1


def _lock_contributed(session: GatedSession, actor: Actor, now: datetime) -> None:
    """The archive takes its yes back for whatever families gave: one mechanism for hiding, here too."""
    for record in _contributed(session):
        _archive_says(session, record, {}, actor, now)
    session.execute(update(Head).values(restored_locked=True))
    record_act(session, actor, Act("restore_locked", "archive"), now)


def unlock(session: GatedSession, actor: Actor, second: str, *, now: datetime) -> int:
    """Two people say that no withdrawal was lost: the archive says again what it said before the restore."""
    if not second.strip() or second.strip() == actor.label.split(":", 1)[-1]:
        raise Invalid("two_people_needed", field="second")
    records = [record for record in _contributed(session) if _will_before_restore(session, record.id)]
    for record in records:
        _archive_says(session, record, _will_before_restore(session, record.id), actor, now)
    session.execute(update(Head).values(restored_locked=False))
    record_act(session, actor, Act("restore_unlocked", "archive", second=second), now)
    return len(records)


def _contributed(session: GatedSession) -> list[Record]:
    ids = session.scalars(select(Contribution.id).order_by(Contribution.id)).all()
    found = {record.id: record for each in ids for record in records_of(session, each)}
    return [found[key] for key in sorted(found)]


def _archive_says(
    session: GatedSession, record: Record, will: dict[str, Any], actor: Actor, now: datetime
) -> None:
    if archive_will(session, record.id) == will:
        return
    said = Said(consent.archive_party(session), "will", will, authority="archive", method="restore")
    consent.append(session, record, said, by=actor, at=now)


def _will_before_restore(session: GatedSession, record_id: int) -> dict[str, Any]:
    wanted = (
        select(LedgerEntry.will)
        .join(Party, Party.id == LedgerEntry.party_id)
        .where(LedgerEntry.record_id == record_id, LedgerEntry.act == "will", Party.kind == rules.ARCHIVE)
        .where(LedgerEntry.method != "restore")
        .order_by(LedgerEntry.position.desc())
        .limit(1)
    )
    found = session.scalar(wanted)
    return rules.will_from_json(found) if found else {}
