"""A backup is tried: written while the archive runs, restored elsewhere, replayed or locked."""

import io
import json
import shutil
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from config import Settings
from memorial import jobs, schema, second_place
from memorial.domain.errors import Damaged, Invalid
from memorial.gate import Actor, Reader
from memorial.house import open_house
from memorial.models import Contribution, Derivative, Media, Record, Text
from memorial.services import audit, backup, backup_files, consent, heads, restore, withdrawal
from tests.builders import a_contribution, a_press_account, a_remembrance, a_testimony, public
from tests.pdfs import a_pdf
from tests.services.colleagues import an_actor
from tests.services.published.changing import act, load
from tests.services.published.test_attaching import attach, first_of


def _write(house, folder, **options):
    report = backup.write_backup(
        house.snapshot,
        house.storage,
        house.keys,
        folder,
        now=house.now,
        schema_revision=schema.head(),
        **options,
    )
    with house.writing(house.keeper()) as session:
        withdrawal.second_place(session, kind="heads", audit=report.audit, at=house.now().isoformat())
    return report


@pytest.fixture
def elsewhere(tmp_path, clock, house):
    """An empty archive on another machine that holds the same key."""
    settings = Settings(
        _env_file=None,
        data=tmp_path / "elsewhere",
        storage_url=str(tmp_path / "elsewhere-media"),
        key_file=tmp_path / "elsewhere-keys" / "archive.key",
        second_place=str(tmp_path / "elsewhere-second"),
        secret_key="another",
        starter=False,
    )
    settings.archive_key_file.parent.mkdir(parents=True)
    shutil.copy(house.settings.archive_key_file, settings.archive_key_file)
    opened = open_house(settings, wall=clock.wall, monotonic=clock.monotonic)
    yield opened
    opened.engine.dispose()


def _read(house, report, lines):
    with house.writing(house.keeper()) as session:
        return restore.read_backup(
            session,
            house.storage,
            house.keys,
            Path(report.path),
            now=house.now(),
            schema_revision=schema.head(),
            lines=lines,
        )


def _visible(house):
    with house.session(public(house)) as session:
        return set(session.scalars(select(Record.public_id)))


def _with_original(house, made, words=b"synthetic original"):
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        key = house.keys.unwrap(contribution.wrapped_key)
        stored = house.storage.put_original(io.BytesIO(words), key)
        record = session.get_one(Record, made.record_id)
        part = consent.add_part(
            session, record, "photograph:x", "photograph", contribution_id=contribution.id
        )
        session.add(
            Media(
                public_id="x",
                record_id=record.id,
                sha256=stored.sha256_plain,
                bytes=stored.bytes_plain,
                mime="image/jpeg",
                storage_key=stored.storage_key,
                received_at=house.now(),
                due="",
                **consent.guard_of(session, part),
            )
        )
    return stored.storage_key, contribution


def test_everything_comes_back_on_another_machine_and_another_engine(house, elsewhere, tmp_path):
    shown = [a_testimony(house), a_remembrance(house), a_press_account(house)]
    waiting = a_testimony(house, published=False)
    storage_key, _ = _with_original(house, shown[0])
    report = _write(house, tmp_path / "backups")
    back = _read(elsewhere, report, second_place.lines(house.settings.second_folder))
    assert (back.rows, back.originals, back.locked) == (report.rows, 1, False)
    assert _visible(elsewhere) == {made.public_id for made in shown}
    with elsewhere.session(elsewhere.keeper()) as session:
        assert session.get(Record, waiting.record_id) is not None
        assert list(consent.broken_at(session)) == []
        assert list(audit.broken_at(session)) == []
        contribution = session.get_one(Contribution, shown[0].contribution_id)
        key = elsewhere.keys.unwrap(contribution.wrapped_key)
        with elsewhere.storage.open_original(storage_key, key) as plain:
            assert plain.read() == b"synthetic original"
    after = a_testimony(elsewhere)
    assert after.public_id in _visible(elsewhere)


def test_a_pdf_that_an_editor_attached_is_a_download_again_after_a_restore(house, elsewhere, tmp_path):
    load(house, "sources", "press_accounts", most=1)
    editor = an_actor(house, "editor", "editor")
    act(house, editor, attach(house, editor, "press_accounts", first_of(house, "press_accounts"), a_pdf()))
    _read(elsewhere, _write(house, tmp_path / "backups"), house.second_lines())
    jobs.sweep(elsewhere)
    with elsewhere.session(Reader.public(elsewhere.moment(), "download")) as session:
        copy = session.scalars(select(Derivative)).one()
    with elsewhere.storage.open_derived(copy.storage_key) as stored:
        assert stored.read() == a_pdf()


def test_what_was_hidden_or_erased_after_the_backup_stays_so(house, elsewhere, tmp_path, clock):
    hidden, erased, kept = a_testimony(house), a_testimony(house), a_testimony(house)
    report = _write(house, tmp_path / "backups")
    clock.forward(timedelta(days=1))
    with house.writing(house.keeper()) as session:
        for made, act in ((hidden, withdrawal.hide), (erased, withdrawal.erase)):
            contribution = session.get_one(Contribution, made.contribution_id)
            act(session, Actor.family(made.ref, made.contribution_id), contribution, now=house.now())
    back = _read(elsewhere, report, second_place.lines(house.settings.second_folder))
    assert back.replayed == 3  # hidden, hidden before erasing, erased
    assert _visible(elsewhere) == {kept.public_id}
    with elsewhere.session(elsewhere.keeper()) as session:
        assert session.get_one(Contribution, erased.contribution_id).wrapped_key is None
        assert session.scalars(select(Text).where(Text.record_id == erased.record_id)).all() == []


def test_entries_lost_with_the_old_machine_are_no_fault_of_the_restored_one(
    house, elsewhere, tmp_path, clock
):
    a_testimony(house)
    jobs.leave_heads(house)
    report = _write(house, tmp_path / "backups")
    a_testimony(house)  # after the backup, and gone with the machine
    jobs.leave_heads(house)
    lines = list(second_place.lines(house.settings.second_folder))
    _read(elsewhere, report, lines)
    clock.forward(timedelta(days=1))
    a_testimony(elsewhere)
    a_testimony(elsewhere)
    both = [*lines, *second_place.lines(elsewhere.settings.second_folder)]
    with elsewhere.session(elsewhere.keeper()) as session:
        assert list(heads.other_heads(session, lines)) != []
        assert list(heads.other_heads(session, both)) == []
        both.append(heads.heads_line(session, both, now=elsewhere.now()))
        assert both[-1]["ledger"][0] == both[-2]["ledger"]
        assert both[-1]["ledger"][1] > both[-2]["ledger"]
        assert list(heads.other_heads(session, both)) == []


def test_without_the_second_place_what_families_gave_stays_hidden_until_two_people_confirm(
    house, elsewhere, tmp_path
):
    given, press = a_testimony(house), a_press_account(house)
    report = _write(house, tmp_path / "backups")
    assert _read(elsewhere, report, []).locked
    assert _visible(elsewhere) == {press.public_id}
    with elsewhere.writing(elsewhere.keeper()) as session:
        with pytest.raises(Invalid):
            restore.unlock(session, Actor.command("Aysel"), "Aysel", now=elsewhere.now())
    with elsewhere.writing(elsewhere.keeper()) as session:
        assert restore.unlock(session, Actor.command("Aysel"), "Murad", now=elsewhere.now()) == 1
    assert _visible(elsewhere) == {given.public_id, press.public_id}


def test_a_second_place_of_another_time_does_not_count(house, elsewhere, tmp_path):
    a_testimony(house)
    report = _write(house, tmp_path / "backups")
    assert _read(elsewhere, report, [{"kind": "heads", "audit": [999, "other"], "at": "2020"}]).locked


def test_nothing_in_a_backup_can_be_read_without_the_key(house, tmp_path):
    made = a_testimony(house)
    _with_original(house, made, b"canary original")
    report = _write(house, tmp_path / "backups")
    content = (tmp_path / "backups" / report.path.rsplit("/", 1)[-1]).read_bytes()
    assert content.startswith(b"age-encryption.org/v1")
    assert b"synthetic" not in content
    assert b"canary" not in content
    with pytest.raises(Exception):
        with tarfile.open(fileobj=io.BytesIO(content)) as tar:
            tar.getmembers()
    key_words = house.settings.archive_key_file.read_bytes().splitlines()[-1]
    for path in (tmp_path / "backups").iterdir():
        assert key_words not in path.read_bytes()


def test_a_damaged_backup_is_refused_and_nothing_is_written(house, elsewhere, tmp_path):
    a_testimony(house)
    report = _write(house, tmp_path / "backups")
    path = tmp_path / "backups" / report.path.rsplit("/", 1)[-1]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(Damaged, match="backup_damaged"):
        _read(elsewhere, report, [])
    assert _visible(elsewhere) == set()


def test_a_database_with_something_in_it_is_never_restored_over(house, tmp_path):
    a_testimony(house)
    report = _write(house, tmp_path / "backups")
    with pytest.raises(Invalid, match="database_not_empty"):
        _read(house, report, [])


def test_a_backup_whose_member_is_not_what_the_manifest_says_is_damaged(house, tmp_path):
    path = tmp_path / "forged.tar.age"
    with backup_files.writing(house.keys, path) as out:
        out.add("tables/records/000000.jsonl", b"{}\n")
        manifest = {"members": {"tables/records/000000.jsonl": "0" * 64}}
        out.add("manifest.json", json.dumps(manifest).encode())
    with pytest.raises(Damaged) as refused:
        backup_files.verify(house.keys, path)
    assert refused.value.details["why"].startswith("tables/records/000000.jsonl of 1 is not what")


def test_old_backups_go_and_the_newest_stays(house, tmp_path, clock):
    folder = tmp_path / "backups"
    with house.writing(house.keeper()) as session:
        a_contribution(house, session)
    first = _write(house, folder)
    clock.forward(timedelta(days=91))
    assert backup.delete_old(folder, house.now(), 90) == 0
    second = _write(house, folder)
    assert backup.delete_old(folder, house.now(), 90) == 1
    assert backup_files.backups_in(folder) == [Path(second.path)]
    assert first.path != second.path
