"""Words made from a recording wait for the archive's own yes, also where the recording has everybody's."""

from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.gate import Actor
from memorial.models import Part, Record, Transcript
from memorial.services import archive_word, consent
from tests.builders import a_record, a_testimony, public
from tests.voices import a_recording, a_transcript

YES = {rules.EVERY_PART: rules.chosen(["public"], ["view"])}


def shown(house) -> set[str]:
    with house.session(public(house)) as session:
        return set(session.scalars(select(Transcript.public_id)))


def say(house, made, verb, *keys):
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        verb(session, record, list(keys), by=Actor.system(), at=house.now())


def test_a_transcript_is_shown_once_it_is_released_and_no_longer_when_it_is_hidden(house):
    made = a_testimony(house)
    recording = a_recording(house, made)
    first, second = a_transcript(house, recording, ["One."]), a_transcript(house, recording, ["Two."])
    assert shown(house) == {first, second}
    say(house, made, archive_word.hide, f"transcript:{first}")
    assert shown(house) == {second}
    say(house, made, archive_word.show_again, f"transcript:{first}")
    assert shown(house) == {first, second}


def test_publishing_the_record_again_shows_no_transcript_that_is_hidden(house):
    made = a_testimony(house)
    hidden = a_transcript(house, a_recording(house, made), ["One."])
    say(house, made, archive_word.hide, f"transcript:{hidden}")
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        archive_word.publish(session, record, made.contribution_id, by=Actor.system(), at=house.now())
    assert shown(house) == set()


def test_without_a_word_of_its_own_a_transcript_beside_a_shown_one_is_not_shown(house):
    made = a_testimony(house)
    recording = a_recording(house, made)
    released = a_transcript(house, recording, ["One."])
    a_transcript(house, recording, ["Two."], release=False)
    assert shown(house) == {released}


def test_what_the_family_takes_back_takes_its_transcripts_along(house):
    made = a_testimony(house)
    a_transcript(house, a_recording(house, made), ["One."])
    with house.writing(house.keeper()) as session:
        record, party = session.get_one(Record, made.record_id), None
        party = consent.party_of(session, "contributor", made.contribution_id)
        consent.append(session, record, consent.Said(party, "will", {}), by=Actor.system(), at=house.now())
    assert shown(house) == set()


def test_a_recording_that_nobody_allowed_shows_no_words_of_it(house):
    made = a_record(house, contributor=YES, archive={rules.EVERY_PART: rules.everything()})
    recording = a_recording(house, made, allowed=False)
    a_transcript(house, recording, ["One."])
    assert shown(house) == set()
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Part.kind).where(Part.kind == "transcript")).all() == ["transcript"]
