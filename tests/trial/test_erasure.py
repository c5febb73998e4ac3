"""A thousand forged withdrawals, and many lives removed for good among many that stay. Run by `make trial`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from memorial import jobs
from memorial.models import Contribution
from memorial.services import audit, check, consent, family
from tests.canary_life import (
    a_case_of_canaries,
    a_memory_of_canaries,
    a_remembrance_of_canaries,
    a_testimony_of_canaries,
    remove_for_good,
    traces,
)
from tests.forged_withdrawals import Forged
from tests.services import test_backup
from tests.services.test_backup import _read, _write

pytestmark = pytest.mark.trial
elsewhere = test_backup.elsewhere  # an empty archive on another machine
FORGED = int(os.environ.get("MEMORIAL_TRIAL_FORGED", "1000"))
CASES = ("correction", "removal")
LIVES = int(os.environ.get("MEMORIAL_TRIAL_LIVES", "6"))


def test_a_thousand_forged_withdrawals_erase_nothing(house, clock):
    forged = Forged(house, clock, families=10)
    forged.attack(FORGED)
    assert forged.done == FORGED
    forged.assert_nothing_is_erased()
    forged.assert_holders_get_it_back()
    with house.session(house.keeper()) as session:
        assert not [*consent.broken_at(session), *audit.broken_at(session)]


def test_of_what_was_removed_no_word_is_left_and_of_what_stays_none_is_missing(
    house,
    clock,
    elsewhere,
    tmp_path,
):
    gone = [a_testimony_of_canaries(house, f"zqgone{number}x") for number in range(LIVES)]
    pages = [a_remembrance_of_canaries(house, f"zqgonetoo{number}x") for number in range(LIVES)]
    gone += [*pages, *(a_remembrance_of_canaries(house, f"zqgonemedia{n}x", "media") for n in range(LIVES))]
    kept = [a_remembrance_of_canaries(house, f"zqkept{number}x") for number in range(LIVES)]
    for number in range(
        LIVES
    ):  # others' words about the page that stays, and one's own about the page that goes
        page, other = kept[number], pages[number]
        gone.append(a_memory_of_canaries(house, page, f"zqgonememory{number}x"))
        gone += [a_case_of_canaries(house, page, task, f"zqgone{task}{number}x") for task in CASES]
        kept.append(a_memory_of_canaries(house, other, f"zqkeptmemory{number}x"))
    before = {life.mark: traces(house, life.mark) for life in kept}
    # A case lies on its encrypted sheet alone; everything else can be found, or finding nothing would mean nothing.
    in_the_open = [life for life in gone if not any(task in life.mark for task in CASES)]
    assert all(traces(house, life.mark) for life in in_the_open)
    report = _write(house, tmp_path / "backups")
    remove_for_good(house, clock, *gone)
    jobs.TASKS["rewrite_after_erasure"](house)
    assert traces(house, "zqgone") == []
    assert {life.mark: bool(traces(house, life.mark)) for life in kept} == dict.fromkeys(before, True)
    with house.session(house.keeper()) as session:
        faults = [*check.check(session, house.storage, now=house.now(), elsewhere=house.second_lines())]
        assert faults == []
        for life in gone:
            assert family.receipt_of(session, session.get_one(Contribution, life.contribution_id), 90)
    _read(elsewhere, report, house.second_lines())
    jobs.sweep(elsewhere)
    jobs.TASKS["rewrite_after_erasure"](elsewhere)
    assert traces(elsewhere, "zqgone") == []
    assert b"zqgone" not in Path(report.path).read_bytes()
