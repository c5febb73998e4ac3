"""Removed for good is gone: from rows, from raw bytes of the database, from every file. What is others' stays."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from memorial import jobs
from memorial.db import make_engine, rewrite, scrub
from memorial.domain import workflow
from memorial.models import (
    Contribution,
    Cue,
    Derivative,
    Draft,
    DraftCue,
    DraftStep,
    Interview,
    Item,
    Mask,
    Segment,
    Transcript,
)  # fmt: skip
from memorial.services import audit, check, consent, family
from tests.canary_life import (
    a_remembrance_of_canaries,
    a_testimony_of_canaries,
    remove_for_good,
    traces,
)
from tests.forged_withdrawals import Forged
from tests.services import test_backup
from tests.services.test_backup import _read, _write
from tests.web.desk.people import a_colleague, signed_in, step_up

elsewhere = test_backup.elsewhere  # an empty archive on another machine


@pytest.fixture
def removed(house, clock):
    kept = a_remembrance_of_canaries(house, "zqkept")
    gone = a_testimony_of_canaries(house, "zqgone")
    before = traces(house, "zqgone")
    remove_for_good(house, clock, gone)
    return kept, gone, before


def test_after_removal_no_word_is_left_anywhere_and_the_chains_verify(house, removed):
    kept, gone, before = removed
    assert {"texts.body", "person_names.text", "search_entries.body", "media.file_name"} <= set(before)
    assert {"cues.body", "segments.title", "interviews.summary", "draft_cues.body", "draft_steps.changes",
            "transcript_drafts.chapters"} <= set(before)  # fmt: skip
    assert [where for where in traces(house, gone.mark) if not _is_page(where)] == []
    jobs.TASKS["rewrite_after_erasure"](house)  # what the engine keeps in its pages goes in the night
    assert traces(house, gone.mark) == []
    assert traces(house, kept.mark) != []
    with house.session(house.keeper()) as session:
        assert not [*consent.broken_at(session), *audit.broken_at(session)]
        assert not [*check.wrong_projections(session), *check.damaged_files(session, house.storage)]
        assert list(house.storage.listing("originals")) == []
        for table in (Draft, DraftCue, DraftStep, Interview, Transcript, Cue, Segment, Mask, Derivative):
            assert session.scalars(select(table.id)).all() == [], table


def _is_page(where: str) -> bool:
    """The raw file of a database, or of one of PostgreSQL's tables."""
    return where.isdecimal() or where == "memorial.sqlite"


def test_what_sqlite_keeps_in_rebuilt_pages_goes_when_the_file_is_written_anew(tmp_path):
    path, drawn = tmp_path / "pages.sqlite", random.Random(1)
    engine = make_engine(f"sqlite:///{path}")
    rows = []
    for number in drawn.sample(range(100_000), 400):
        mark = drawn.choice(("zqgone", "zqkept", "zqkept"))
        rows.append((number, mark * drawn.randint(1, 10), mark * drawn.randint(1, 60)))
    raw = engine.raw_connection()
    raw.cursor().execute("CREATE TABLE said (id INTEGER PRIMARY KEY, title TEXT, body TEXT)")
    raw.cursor().execute("CREATE INDEX ix_said_title ON said (title)")
    raw.cursor().execute("BEGIN")
    raw.cursor().executemany("INSERT INTO said VALUES (?, ?, ?)", rows)
    raw.cursor().execute("COMMIT")
    raw.cursor().execute("DELETE FROM said WHERE body LIKE 'zqgone%'")
    raw.close()
    scrub(engine)
    assert b"zqgone" in path.read_bytes(), "nothing stayed: the test would show nothing"
    assert rewrite(engine) == []
    assert b"zqgone" not in path.read_bytes()
    assert b"zqkept" in path.read_bytes()
    engine.dispose()


def test_the_receipt_says_how_many_files_went_and_when_the_last_backup_ends(house, removed):
    _, gone, _ = removed
    with house.session(house.keeper()) as session:
        receipt = family.receipt_of(session, session.get_one(Contribution, gone.contribution_id), 90)
    assert receipt.files >= 4  # the photograph, its copies, the piece of a film, two files of evidence
    assert (receipt.backups_until - receipt.erased_at).days == 90


def test_removed_at_the_desk_s_own_page_nothing_stays_in_the_log_of_the_database(app, house, clock):
    """The page that asks has read before: its own look at the database must not keep the words alive."""
    gone = a_remembrance_of_canaries(house, "zqdesk")
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, gone.contribution_id)
        family.ask_removal(session, contribution, now=house.now())
        item = session.scalars(select(Item).where(Item.kind == "erasure")).one().public_id
    clock.forward(workflow.ERASURE_WAITS)
    path = f"/en/desk/items/{item}"
    for number, name in enumerate(("Synthetic One", "Synthetic Two")):
        client = signed_in(app, house, a_colleague(house, "moderator", name=name))
        step_up(client)
        if number == 0:
            press(client, path, "take")
        # What each says of how it was made sure is about the family: it goes with everything else.
        assert press(client, path, "erase", note=f"{gone.mark} was known to {name}.").status_code == 302
        if number == 0:
            assert f"{gone.mark} was known to Synthetic One." in client.get(path).text
    jobs.TASKS["rewrite_after_erasure"](house)
    assert traces(house, gone.mark) == []


def press(client, path, verb, note=""):
    page = client.get(path).text
    form = page[page.index('class="form acts"') :]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return client.post(f"{path}/{verb}", data={**hidden, "note": note})


def test_whoever_reads_while_it_is_erased_keeps_the_words_in_the_log_for_a_minute_only(house, clock):
    gone = a_remembrance_of_canaries(house, "zqread")
    with house.session(house.keeper()) as reader:
        assert reader.scalars(select(Item)).first()
        remove_for_good(house, clock, gone)
    jobs.sweep(house)
    jobs.TASKS["rewrite_after_erasure"](house)
    assert traces(house, gone.mark) == []


def test_a_week_old_backup_restored_with_the_second_place_brings_no_word_back(
    house, clock, elsewhere, tmp_path
):
    kept, gone = a_remembrance_of_canaries(house, "zqkept"), a_testimony_of_canaries(house, "zqgone")
    report = _write(house, tmp_path / "backups")
    clock.forward(timedelta(days=7) - workflow.ERASURE_WAITS + timedelta(days=7))
    remove_for_good(house, clock, gone)
    _read(elsewhere, report, house.second_lines())
    jobs.sweep(elsewhere)
    jobs.TASKS["rewrite_after_erasure"](elsewhere)
    assert traces(elsewhere, gone.mark) == []
    assert traces(elsewhere, kept.mark) != []
    assert gone.mark.encode() not in Path(report.path).read_bytes()
    with elsewhere.session(elsewhere.keeper()) as session:
        assert not [*consent.broken_at(session), *audit.broken_at(session)]


def test_forged_withdrawals_erase_nothing_and_every_holder_gets_everything_back(house, clock):
    forged = Forged(house, clock, families=2)
    forged.attack(30)
    forged.assert_nothing_is_erased()
    forged.assert_holders_get_it_back()
