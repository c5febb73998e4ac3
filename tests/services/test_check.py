"""`memorial check` names every fault, and says nothing about an archive that is whole."""

import io
from pathlib import Path

from sqlalchemy import update

from memorial import jobs, second_place
from memorial.domain import consent as rules
from memorial.models import Contribution, Part, Record, Text
from memorial.services import check, consent, heads
from tests.builders import a_press_account, a_testimony
from tests.services.test_backup import _with_original


def _faults(house):
    with house.session(house.keeper()) as session:
        lines = list(second_place.lines(house.settings.second_folder))
        return list(check.check(session, house.storage, now=house.now(), elsewhere=lines))


def test_a_whole_archive_has_no_fault(house):
    _with_original(house, a_testimony(house))
    a_press_account(house)
    jobs.leave_heads(house)
    assert _faults(house) == []


def test_a_row_that_shows_more_than_the_ledger_says_is_named(house):
    made = a_testimony(house, published=False)
    with house.writing(house.keeper()) as session:
        session.execute(
            update(Text).where(Text.record_id == made.record_id).values(policy_id=_open_policy(session)),
            execution_options={"projection": True},
        )
    assert any("texts is not guarded as its part is" in fault for fault in _faults(house))


def _open_policy(session):
    return consent.intern(session, rules.Policy(rules.everything()))


def test_a_damaged_and_a_missing_original_are_named(house):
    storage_key, _ = _with_original(house, a_testimony(house))
    path = house.settings.storage_url + "/" + storage_key
    with open(path, "r+b") as file:
        file.seek(30)
        file.write(b"\0\1\2")
    assert [fault.split(": ")[1] for fault in _faults(house)] == ["damaged"]
    house.storage.delete(storage_key)
    assert [fault.split(": ")[1] for fault in _faults(house)] == ["missing"]


def test_a_file_without_a_row_is_reported_and_put_aside_only_when_asked(house):
    made = a_testimony(house)
    with house.session(house.keeper()) as session:
        key = house.keys.unwrap(session.get_one(Contribution, made.contribution_id).wrapped_key)
    stored = house.storage.put_original(io.BytesIO(b"synthetic"), key)
    assert _faults(house) == [f"file without a row: {stored.storage_key}"]
    with house.session(house.keeper()) as session:
        found = list(check.files_without_a_row(session, house.storage, put_aside=True))
    assert found == [f"file without a row: {stored.storage_key}, now at aside/{stored.storage_key}"]
    assert not house.storage.exists(stored.storage_key)
    assert house.storage.exists(f"aside/{stored.storage_key}")


def test_a_file_that_a_crash_left_half_written_is_told_of_and_moved_only_when_asked(house, settings):
    left = Path(settings.storage_url) / "incoming" / "synthetic.part"
    left.write_bytes(b"half a ciphertext")
    assert _faults(house) == ["unfinished file: synthetic.part"]
    with house.session(house.keeper()) as session:
        found = list(check.files_without_a_row(session, house.storage, put_aside=True))
    assert found == ["unfinished file, now in unfinished: synthetic.part"]
    assert list(house.storage.listing("aside")) == ["aside/unfinished/synthetic.part"]
    assert _faults(house) == []


def test_a_chain_that_was_rebuilt_whole_disagrees_with_the_head_kept_elsewhere(house):
    a_testimony(house)
    with house.session(house.keeper()) as session:
        lines = [{"kind": "heads", "audit": [1, "what it was"], "at": "2026-11-21"}]
        assert list(heads.other_heads(session, lines)) == [
            "audit 1: not what the second place says it was at 2026-11-21"
        ]


def test_a_part_that_is_wider_than_its_ledger_is_named(house):
    made = a_testimony(house, published=False)
    with house.writing(house.keeper()) as session:
        session.execute(
            update(Part).where(Part.record_id == made.record_id).values(policy_id=_open_policy(session))
        )
    assert any("is not what its ledger says" in fault for fault in _faults(house))
    with house.session(house.keeper()) as session:
        assert session.get(Record, made.record_id) is not None
