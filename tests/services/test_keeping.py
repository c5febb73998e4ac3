"""The words of a recording go where the recording goes: out of a draft, under a seal, into a backup and back."""

from __future__ import annotations

from sqlalchemy import select

from memorial.gate import Reader
from memorial.models import (
    Contribution,
    Cue,
    Derivative,
    Draft,
    DraftCue,
    DraftStep,
    Interview,
    Mask,
    Media,
    Segment,
    Transcript,
)  # fmt: skip
from memorial.services import check, photographs, withdrawal
from tests.masked import a_told_recording
from tests.services import test_backup
from tests.services.colleagues import an_actor
from tests.services.test_backup import _read, _write
from tests.services.test_masks import BY_NAME, place

elsewhere = test_backup.elsewhere
SHOWN = (Transcript, Cue, Segment, Mask, Interview, Derivative)


def test_a_file_that_is_taken_out_of_a_draft_takes_the_words_along_that_were_made_of_it(house):
    told = a_told_recording(house)
    with house.writing(house.keeper()) as session:
        photographs.discard(session, session.get_one(Media, told.media_id))
    with house.session(house.keeper()) as session:
        for table in (Draft, DraftCue, DraftStep, Transcript, Cue, Segment, Mask, Derivative):
            assert session.scalars(select(table)).all() == [], table
        assert not [*check.wrong_projections(session)]


def test_under_a_seal_the_desk_reads_no_word_of_a_recording(house):
    told, actor = a_told_recording(house), an_actor(house, "one", "moderator")
    place(house, actor, told, BY_NAME)
    with house.session(Reader.desk(house.moment())) as session:
        assert all(session.scalars(select(table)).all() for table in SHOWN)
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, told.work.made.contribution_id)
        withdrawal.seal(session, actor, contribution, now=house.now())
    with house.session(Reader.desk(house.moment())) as session:
        assert not any(session.scalars(select(table)).all() for table in SHOWN)


def test_restored_the_masks_hold_and_the_copies_of_recordings_are_due_anew(house, elsewhere, tmp_path):
    told, actor = a_told_recording(house), an_actor(house, "one", "moderator")
    place(house, actor, told, BY_NAME)
    report = _write(house, tmp_path / "backups")
    _read(elsewhere, report, house.second_lines())
    with elsewhere.session(elsewhere.keeper()) as session:
        medium = session.get_one(Media, told.media_id)
        assert (medium.due, session.scalars(select(Derivative)).all()) == ("convert", [])
        assert session.scalars(select(Cue.body).where(Cue.number == 2)).first().startswith("Then <mask ")
        assert session.scalars(select(Mask.taken_out)).one()
        assert not [*check.wrong_projections(session)]
