"""Files that are not what was stored, and work that failed for good, come to a person once."""

from datetime import timedelta

from sqlalchemy import select

from memorial import file_rounds, jobs
from memorial.domain import workflow
from memorial.domain.ids import new_public_id
from memorial.models import CustodyEvent, FileCheck, Item, Media
from memorial.services import fixity, mending, photographs
from tests.builders import a_testimony
from tests.services.test_backup import _with_original


def stored(house, made):
    """An original of a synthetic family; its storage key."""
    storage_key, _ = _with_original(house, made)
    with house.writing(house.keeper()) as session:
        medium = session.scalars(select(Media).where(Media.storage_key == storage_key)).one()
        medium.public_id = new_public_id()
    return storage_key


def items_of(house, kind):
    with house.session(house.keeper()) as session:
        return list(session.scalars(select(Item).where(Item.kind == kind).order_by(Item.id)))


def spoil(house, storage_key):
    with open(f"{house.settings.storage_url}/{storage_key}", "r+b") as file:
        file.seek(30)
        file.write(b"\0\1\2")


def test_a_spoiled_file_makes_one_item_and_the_custody_log_says_when_each_was_looked_at(house, clock):
    sound = stored(house, a_testimony(house))
    made = a_testimony(house)
    spoiled = stored(house, made)
    assert file_rounds.fixity_round(house) == 0
    assert items_of(house, "fixity") == []
    spoil(house, spoiled)
    clock.forward(fixity.AGAIN)
    for _night in range(3):
        clock.forward(timedelta(days=1))
        assert file_rounds.fixity_round(house) == 1
        assert file_rounds.fixity_round(house) == 0  # nothing is due twice in a night
    (item,) = items_of(house, "fixity")
    assert item.facts["file"] == spoiled
    assert item.facts["fault"] == "damaged"
    assert (item.record_id, item.contribution_id) == (made.record_id, made.contribution_id)
    with house.session(house.keeper()) as session:
        checked = session.scalars(select(CustodyEvent.thing).where(CustodyEvent.verb == "checked")).all()
        assert len(checked) == 6  # both when they were new and after 25 days, the broken one each night
        assert {each.storage_key: each.fault for each in session.scalars(select(FileCheck))} == {
            sound: "", spoiled: "damaged",
        }  # fmt: skip
    house.storage.delete(spoiled)  # another fault of the same file is another piece of work
    clock.forward(timedelta(days=1))
    file_rounds.fixity_round(house)
    assert [each.facts["fault"] for each in items_of(house, "fixity")] == ["damaged", "missing"]


def test_a_round_looks_at_what_was_never_looked_at_and_then_at_the_oldest(house, clock):
    keys = [stored(house, a_testimony(house)) for _ in range(3)]

    def round_of(most):
        with house.writing(house.keeper()) as session:
            found = fixity.due(session, now=house.now(), most=most)
            for each in found:
                clock.forward(timedelta(minutes=1))
                mending.note(session, mending.Looked(each), now=house.now())
            return [each.storage_key for each in found]

    assert round_of(2) == keys[:2]
    assert round_of(2) == [keys[2]]
    assert round_of(2) == []
    clock.forward(fixity.AGAIN)
    assert round_of(2) == keys[:2]
    assert round_of(9) == [keys[2]]


def test_work_on_a_file_that_failed_for_good_is_one_item_that_the_archive_s_people_can_close(house):
    made = a_testimony(house)
    stored(house, made)
    with house.writing(house.keeper()) as session:
        medium = session.scalars(select(Media)).one()
        medium.due = "copies"
        key, media_id, thing = medium.storage_key, medium.id, f"media:{medium.public_id}"
    spoil(house, key)
    jobs.make_copies(house, media_id)
    with house.writing(house.keeper()) as session:
        medium = session.get_one(Media, media_id)
        assert medium.failed in photographs.BROKEN
        assert fixity.job_failed(session, medium, "copies", medium.failed, now=house.now()) is None
    (item,) = items_of(house, "job")
    assert item.facts == {"job": "copies", "thing": thing, "why": "damaged"}
    assert item.due_on is not None
    step = workflow.step_for("job", workflow.IN_REVIEW, "close")
    assert step is not None
    assert "admin" in step.who
