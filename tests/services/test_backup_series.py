"""Backups that build on one another: what is new is written, what is old is named, and nothing half looks whole."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from memorial.domain.errors import Damaged, Invalid
from memorial.gate import Actor
from memorial.models import Contribution, Media, Record
from memorial.services import backup, backup_files, check, withdrawal
from memorial.storage import Missing, NoRoom, Storage
from tests.builders import a_press_account, a_testimony
from tests.services import test_backup
from tests.services.test_backup import _read, _visible, _with_original, _write

elsewhere = test_backup.elsewhere
on_one_engine = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def another_original(house, made, words):
    """A second file of the same synthetic family; its storage key."""
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        key = house.keys.unwrap(contribution.wrapped_key)
        stored = house.storage.put_original(io.BytesIO(words), key)
        before = session.scalars(select(Media)).first()
        guard = {
            name: getattr(before, name) for name in ("part_id", "policy_id", "contribution_id", "sealed")
        }
        session.add(
            Media(
                public_id=stored.storage_key[-12:], record_id=before.record_id, sha256=stored.sha256_plain,
                bytes=stored.bytes_plain, mime="image/jpeg", storage_key=stored.storage_key,
                received_at=house.now(), due="", **guard,
            )
        )  # fmt: skip
    return stored.storage_key


def two_backups(house, clock, folder):
    """A whole one with one original, and a day later one with another: its report, and both keys."""
    made = a_testimony(house)
    first, _ = _with_original(house, made)
    _write(house, folder)
    clock.forward(timedelta(days=1))
    second = another_original(house, made, b"synthetic and new")
    return _write(house, folder), [first, second]


def test_a_second_backup_writes_what_is_new_and_a_restore_reads_both(house, elsewhere, clock, tmp_path):
    folder = tmp_path / "backups"
    report, keys = two_backups(house, clock, folder)
    whole, later = backup_files.backups_in(folder)
    assert (report.originals, report.held, report.needs) == (1, 1, [whole.name])
    assert later.name.removesuffix(".tar.age").endswith(f".on-{backup_files.series_of(whole)}")
    own = [name for name, _ in backup_files.members(house.keys, later) if name.startswith("originals/")]
    assert own == [keys[1]]
    back = _read(elsewhere, report, house.second_lines())
    assert (back.rows, back.originals, back.needs, back.locked) == (report.rows, 2, [whole.name], False)
    for key in keys:
        elsewhere.storage.verify(key)
    with elsewhere.session(elsewhere.keeper()) as session:
        assert [*check.check(session, elsewhere.storage, now=elsewhere.now())] == []
    assert _write(house, folder, whole=True).needs == []


@on_one_engine
def test_what_is_cut_flipped_or_without_its_link_says_so_and_restores_nothing(
    house, elsewhere, clock, tmp_path
):
    folder = tmp_path / "backups"
    report, _ = two_backups(house, clock, folder)
    whole, later = backup_files.backups_in(folder)
    contents = {path: path.read_bytes() for path in (whole, later)}

    def refused(key):
        with pytest.raises(Damaged, match=key) as found:
            _read(elsewhere, report, house.second_lines())
        assert list(elsewhere.storage.listing("originals")) == []
        with elsewhere.session(elsewhere.keeper()) as session:
            assert session.scalars(select(Record)).first() is None
        for path, content in contents.items():
            path.write_bytes(content)
        return found.value.details

    size = len(contents[later])
    for length in (0, 200, size // 2, size - 7_000, size - 1):
        later.write_bytes(contents[later][:length])
        assert f"it is cut: {length} of {size} bytes" in refused("backup_damaged")["why"]
    for path in (whole, later):
        for place in (0, 100, len(contents[path]) // 2, len(contents[path]) - 1):
            content = bytearray(contents[path])
            content[place] ^= 4
            path.write_bytes(content)
            assert refused("backup_damaged")["path"] == str(path)
    whole.unlink()
    assert refused("backup_link_missing")["needs"] == whole.name
    whole.write_bytes(contents[later])
    assert refused("backup_damaged")["why"] == "another file of the same name"
    assert _read(elsewhere, report, house.second_lines()).originals == 2  # as it was before, it can be read


@on_one_engine
def test_on_a_file_that_has_rotted_nothing_is_built(house, clock, tmp_path):
    folder = tmp_path / "backups"
    two_backups(house, clock, folder)
    clock.forward(timedelta(days=1))
    whole, _ = backup_files.backups_in(folder)
    content = bytearray(whole.read_bytes())
    content[len(content) // 2] ^= 1
    whole.write_bytes(content)
    told = []
    report = _write(house, folder, progress=told.append)
    assert (report.originals, report.needs) == (2, [])
    assert f"{whole.name} is not what was written: a whole backup is made" in told


@on_one_engine
@pytest.mark.parametrize(
    "label", ["pieces-written", "tables-written", "originals-written", "verified", "listed"]
)
def test_a_backup_that_is_cut_short_leaves_nothing_that_looks_like_one(house, tmp_path, monkeypatch, label):
    folder = tmp_path / "backups"
    _with_original(house, a_testimony(house))

    def killed(here):
        if here == label:
            raise KeyboardInterrupt

    with monkeypatch.context() as trap, pytest.raises(KeyboardInterrupt):
        trap.setattr(backup, "at", killed)
        _write(house, folder)
    assert backup_files.backups_in(folder) == []
    (folder / "memorial-20200101T000000Z.tar.growing").write_bytes(b"of one that was killed outright")
    assert _write(house, folder).needs == []
    assert sorted(path.suffixes[-2:][0] for path in folder.iterdir() if path.name != "backup.lock") == [
        ".list", ".tar",
    ]  # fmt: skip


@on_one_engine
def test_a_damaged_original_keeps_no_backup_from_being_made_and_is_taken_from_the_second_place(
    house, elsewhere, tmp_path
):
    made = a_testimony(house)
    key, _ = _with_original(house, made)
    lost = another_original(house, made, b"synthetic and lost")
    second = Storage(tmp_path / "second-storage")
    with house.storage.open_sealed(key) as source:
        second.put_sealed(key, source)
    for each in (key, lost):
        path = Path(house.settings.storage_url) / each
        path.write_bytes(path.read_bytes()[:-1] + b"\0")
    report = _write(house, tmp_path / "backups", second=second)
    assert (report.originals, report.damaged) == (1, [lost])
    back = _read(elsewhere, report, house.second_lines())
    assert (back.originals, back.damaged) == (1, [lost])
    elsewhere.storage.verify(key)
    assert not elsewhere.storage.exists(lost)


def test_what_is_written_while_a_backup_runs_is_wholly_in_it_or_not_at_all(
    house, elsewhere, tmp_path, monkeypatch
):
    before = [a_testimony(house), a_press_account(house)]
    during = []

    def meanwhile(label):
        if label == "pieces-written":
            during.append(a_testimony(house))

    monkeypatch.setattr(backup, "at", meanwhile)
    report = _write(house, tmp_path / "backups")
    _read(elsewhere, report, house.second_lines())
    assert _visible(elsewhere) == {made.public_id for made in before}
    assert _visible(house) - _visible(elsewhere) == {made.public_id for made in during}
    with elsewhere.session(elsewhere.keeper()) as session:
        assert [*check.check(session, elsewhere.storage, now=elsewhere.now())] == []


@on_one_engine
def test_what_was_erased_while_the_backup_ran_is_not_missed(house, tmp_path, monkeypatch):
    made = a_testimony(house)
    _with_original(house, made)

    def erased(label):
        if label == "tables-written":
            with house.writing(house.keeper()) as session:
                contribution = session.get_one(Contribution, made.contribution_id)
                withdrawal.erase(
                    session, Actor.family(made.ref, made.contribution_id), contribution, now=house.now()
                )

    monkeypatch.setattr(backup, "at", erased)
    report = _write(house, tmp_path / "backups")
    assert (report.originals, report.missing) == (0, [])


@on_one_engine
def test_pieces_that_are_put_together_just_then_make_it_look_again(house, tmp_path, monkeypatch):
    key, _ = _with_original(house, a_testimony(house))
    looks = []

    def add(job, out, report, files):
        looks.append(list(files))
        return ["originals/gone"] if len(looks) == 1 else []

    monkeypatch.setattr(backup, "_add_originals", add)
    _write(house, tmp_path / "backups")
    assert looks == [[], [], [key]]  # pieces, pieces of a later moment, and then the rest


@on_one_engine
def test_a_restore_that_fails_half_way_leaves_nothing(house, elsewhere, clock, tmp_path, monkeypatch):
    report, keys = two_backups(house, clock, tmp_path / "backups")
    put = Storage.put_sealed

    def full(storage, key, stream):
        if key == keys[0]:
            raise NoRoom
        put(storage, key, stream)

    with monkeypatch.context() as trap, pytest.raises(NoRoom):
        trap.setattr(Storage, "put_sealed", full)
        _read(elsewhere, report, house.second_lines())
    assert list(elsewhere.storage.listing("originals")) == []
    assert _read(elsewhere, report, house.second_lines()).originals == 2
    with pytest.raises(Missing):
        elsewhere.storage.verify("originals/00/" + "0" * 64)


@on_one_engine
def test_a_withdrawal_under_way_while_the_backup_looked_is_replayed(house, elsewhere, clock, tmp_path):
    made, shown_again = a_testimony(house), a_testimony(house)
    clock.forward(timedelta(hours=1))
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, shown_again.contribution_id)
        actor = Actor.family(shown_again.ref, shown_again.contribution_id)
        withdrawal.hide(session, actor, contribution, now=house.now())
    with house.session(house.keeper()) as session:
        public_id = session.get_one(Contribution, made.contribution_id).public_id
    at = house.now()
    clock.forward(timedelta(seconds=1))
    report = _write(house, tmp_path / "backups")  # made a second later, before that act's commit
    told = {"kind": "hidden", "contribution": public_id, "record": made.public_id, "at": at.isoformat()}
    back = _read(elsewhere, report, [*house.second_lines(), told])
    assert back.replayed == 1  # what the backup knows as hidden is not hidden anew
    assert _visible(elsewhere) == set()


def test_no_backup_goes_that_another_one_needs_and_none_stays_beyond_its_time(tmp_path, clock):
    now = clock.at
    names = []
    for day in range(0, 200, 9):  # a whole one each 45 days, as `write_backup` makes them
        at = now + timedelta(days=day)
        series = backup_files.stamp(now + timedelta(days=day - day % 45))
        name = backup_files.name_of(at, "" if day % 45 == 0 else series) + ".tar.age"
        (tmp_path / name).touch()
        names.append(name)
        backup.delete_old(tmp_path, at, 90)
        left = {path.name for path in backup_files.backups_in(tmp_path)}
        for each in backup_files.backups_in(tmp_path):
            assert f"memorial-{backup_files.series_of(each)}.tar.age" in left
            assert backup_files.series_of(each) >= backup_files.stamp(at - timedelta(days=90))
        assert name in left
    backup.delete_old(tmp_path, now + timedelta(days=2000), 90)
    assert {backup_files.series_of(path) for path in backup_files.backups_in(tmp_path)} == {
        backup_files.stamp(now + timedelta(days=180))
    }


@on_one_engine
def test_half_way_through_its_time_a_series_ends_and_two_backups_at_once_are_refused(house, clock, tmp_path):
    folder = tmp_path / "backups"
    _with_original(house, a_testimony(house))
    _write(house, folder)
    clock.forward(timedelta(days=44))
    assert len(_write(house, folder).needs) == 1
    clock.forward(timedelta(days=2))
    assert _write(house, folder).needs == []
    clock.forward(timedelta(days=1))
    with backup._alone(folder), pytest.raises(Invalid, match="backup_under_way"):
        _write(house, folder)
