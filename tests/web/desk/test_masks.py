"""Withholding and lifting through the desk's pages, and writing down how an interview was held. People are synthetic."""

from __future__ import annotations

import html
import io
import re

import pytest
from sqlalchemy import select

from memorial.models import AuditEntry, Cue, Interview, Item, Mask, Media, Party, Transcript
from memorial.services import interviews
from tests.builders import public
from tests.masked import NAME, a_told_recording
from tests.services.test_masks import bare
from tests.web.desk.people import a_colleague, send, signed_in, step_up, token_in


@pytest.fixture
def engine_name() -> str:
    """What is asked of the engines, tests/services/test_masks.py asks of both."""
    return "sqlite"


@pytest.fixture
def desk(app, house):
    """What was told, and a moderator's and a second reader's browser."""
    told = a_told_recording(house)
    one = signed_in(app, house, a_colleague(house, "moderator", name="Synthetic One"))
    return told, one


def look(house, client, told, **form):
    """The page that shows every place, for a recording."""
    with house.session(house.keeper()) as session:
        medium = session.get_one(Media, told.media_id).public_id
    form = {"media": medium, "sound": "silence", "reason": "third_person", **form}
    return form, send(client, f"{told.work.path}/masks", act="look", **form)


def ticked(page):
    boxes = re.findall(r'name="ticked" value="([^"]*)" checked', page.text)
    return [html.unescape(each) for each in boxes]


def withhold(house, client, told, **form):
    form, page = look(house, client, told, **form)
    token = token_in(page)
    data = {**form, "csrf_token": token, "act": "place", "versions": "1", "ticked": ticked(page)}
    return client.post(f"{told.work.path}/masks", data=data)


def test_a_name_is_withheld_after_every_place_was_shown_and_stands_in_no_address(house, desk):
    told, client = desk
    _, page = look(house, client, told, names=NAME)
    assert page.status_code == 200
    assert bare(house, told)[1] == f"Then {NAME}ə dedim."
    assert "Line 2, 0:04" in page.text
    assert "Older versions say it in" in page.text
    answer = withhold(house, client, told, names=NAME)
    assert (answer.status_code, answer.location) == (302, f"{told.work.path}/masks?done=mask")
    assert bare(house, told)[1] == "Then […] dedim."
    assert "Words alone" in client.get(answer.location).text


@pytest.mark.parametrize(("typed", "said"), [
    ({}, "Write a stretch of time, a name or some words."),
    ({"starts": "1:00"}, "Write both moments, or neither."),
    ({"starts": "soon", "ends": "later"}, "Write the moment in hours, minutes and seconds"),
    ({"starts": "9", "ends": "4"}, "The end must come after the beginning."),
    ({"starts": "2:00:00", "ends": "2:00:01"}, "The recording ends before that."),
    ({"names": "Nobody Whosoever"}, "Tick at least one place."),
    ({"names": NAME, "reason": ""}, "Choose why; everybody can read it."),
    ({"names": NAME, "reason": "own", "own_reason": f"{NAME} asked"}, "The reason says what is to be withheld."),
])  # fmt: skip
def test_what_cannot_be_withheld_says_why_and_keeps_what_was_typed(house, desk, typed, said):
    told, client = desk
    answer = withhold(house, client, told, **typed) if "names" in typed or "2:00:00" in str(typed) else None
    page = answer or look(house, client, told, **typed)[1]
    assert page.status_code == 422
    assert said in page.text
    assert all(html.escape(str(value)) in page.text for value in typed.values())
    assert bare(house, told)[0] == "It was cold."


def test_a_mask_is_lifted_when_a_colleague_agrees_to_the_word_that_was_brought(app, house, desk):
    told, client = desk
    withhold(house, client, told, starts="8", ends="0:12")
    assert bare(house, told)[2] == "[…]"
    with house.session(house.keeper()) as session:
        mask = session.scalars(select(Mask.public_id)).one()
        party = session.scalars(select(Party.id).where(Party.kind == "contributor")).first()
    path = f"{told.work.path}/masks"
    form = {"mask": mask, "party": str(party), "method": "interview", "agreed_on": "2026-11-20", "language": "az",
            "present": "Synthetic interviewer", "evidence": (io.BytesIO(b"A synthetic word."), "word.ogg")}  # fmt: skip
    assert send(client, f"{path}/lift", path, **form).status_code == 403  # has not shown that it is them
    step_up(client)
    form["evidence"] = (io.BytesIO(b""), "")
    assert send(client, f"{path}/lift", path, **form).status_code == 422
    form["evidence"] = (io.BytesIO(b"A synthetic word."), "word.ogg")
    answer = send(client, f"{path}/lift", path, **form)
    assert answer.location == f"{told.work.path}/parties?done=unmask"
    waiting = client.get(answer.location).text
    assert "Lift a mask, by the word of" in waiting
    assert bare(house, told)[2] == "[…]"
    other = signed_in(app, house, a_colleague(house, "second_reader", name="Synthetic Two"))
    step_up(other)
    proposal = re.search(r'name="proposal" value="([^"]+)"', waiting)[1]
    assert send(other, f"{told.work.path}/parties", act="agree", proposal=proposal).status_code == 302
    assert bare(house, told)[2] == f"Only {NAME} came & went."
    assert "lifted" in client.get(path).text


def test_who_may_not_withhold_is_told_and_has_no_form(app, house, desk):
    told, _ = desk
    other = signed_in(app, house, a_colleague(house, "second_reader", name="Synthetic Two"))
    page = other.get(f"{told.work.path}/masks")
    assert "This is not part of your role." in page.text
    assert "Show every place" not in page.text


# -- how the interview was held ------------------------------------------------------------------


def shown(house):
    with house.session(public(house)) as session:
        return [(row.place, row.date_edtf, row.interviewers) for row in session.scalars(select(Interview))]


def test_how_an_interview_was_held_is_shown_when_the_desk_says_so_and_as_far_as_the_family_allows(
    house, desk
):
    told, client = desk
    path = f"{told.work.path}/interviews"
    with house.writing(house.keeper()) as session:
        session.delete(session.scalars(select(Interview)).one())
        medium = session.get_one(Media, told.media_id).public_id
    form = {"place": "Synthetic town", "date_words": "26 February 1993", "interviewers": "S. Asker\n\nAnother",
            "languages": "az, ru", "recordings": [medium]}  # fmt: skip
    assert send(client, path, act="save", **form).status_code == 302
    assert shown(house) == []
    with house.session(house.keeper()) as session:
        row = session.scalars(select(Interview)).one()
        assert session.get_one(Media, told.media_id).interview_id == row.id
        item = session.get_one(Item, told.work.item_id)
        public_id, seen = row.public_id, interviews.mark(row)
        assert interviews.shown(session, item) == set()
    assert send(client, path, act="show", interview=public_id).status_code == 302
    assert shown(house) == [("Synthetic town", "1993-02-26", ["S. Asker", "Another"])]
    late = send(client, path, act="save", interview=public_id, seen="0", place="Elsewhere")
    assert late.status_code == 409
    assert "Elsewhere" in late.text
    assert (
        send(client, path, act="save", interview=public_id, seen=seen, place="Elsewhere").status_code == 302
    )
    assert send(client, path, act="hide", interview=public_id).status_code == 302
    assert shown(house) == []
    with house.session(house.keeper()) as session:
        verbs = session.scalars(
            select(AuditEntry.verb).where(AuditEntry.verb.contains("interview")).order_by(AuditEntry.id)
        ).all()
        assert verbs == ["interview", "show_interview", "interview", "hide_interview"]


def test_what_is_masked_is_not_written_into_the_account_of_an_interview(house, desk):
    told, client = desk
    withhold(house, client, told, names=NAME)
    answer = send(client, f"{told.work.path}/interviews", act="save", others_present=f"{NAME} was there")
    assert answer.status_code == 422
    assert "This says what a mask withholds." in answer.text


def test_publishing_a_record_shows_no_words_that_nobody_has_released(house, desk):
    from memorial.gate import Actor
    from memorial.models import Record
    from memorial.services import archive_word
    from tests.voices import a_transcript

    told, client = desk
    hidden = a_transcript(house, told.media_id, ["Not read yet."], release=False)
    send(client, f"{told.work.path}/interviews", act="save", place="Synthetic town, not shown")
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, told.work.made.record_id)
        contribution = told.work.made.contribution_id
        archive_word.publish(session, record, contribution, by=Actor.system(), at=house.now())
    with house.session(public(house)) as session:
        assert hidden not in session.scalars(select(Transcript.public_id)).all()
        assert "Not read yet." not in session.scalars(select(Cue.body)).all()
        assert "Synthetic town, not shown" not in [place for place, _, _ in shown(house)]
