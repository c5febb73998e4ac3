"""The proof of a recording: the visitors' page with its words, from rows that nobody else sees yet."""

from memorial.domain import consent as rules
from memorial.gate import Actor
from memorial.models import Record
from memorial.services import consent
from tests.builders import ALL_MAY_VIEW
from tests.voices import a_copy, a_recording, a_transcript
from tests.web.desk.people import a_colleague, an_item, signed_in


def test_the_desk_sees_the_words_and_hears_the_copy_by_the_way_of_custody(app, house, client):
    desk = signed_in(app, house, a_colleague(house, "moderator", name="Synthetic Moderator"))
    work = an_item(house)
    recording = a_recording(house, work.made, allowed=False)
    sound = house.storage.put_derived("synthetic/a.ogg", b"synthetic sound")
    copy = a_copy(house, recording, storage_key=sound, bytes=15)
    spoken = a_transcript(house, recording, ["Bir.", "İki."], language="az")
    a_transcript(house, recording, ["One.", "Two."], kind="translation", translates=spoken)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, work.made.record_id)
        party = consent.party_of(session, "contributor", work.made.contribution_id)
        said = consent.Said(party, "will", {rules.EVERY_PART: ALL_MAY_VIEW})
        consent.append(session, record, said, by=Actor.system(), at=house.now())
    page = desk.get(f"{work.path}/proof?t=4").get_data(as_text=True)
    assert 'id="c-2" class="current"' in page
    assert "Two." in page
    assert f'src="/media-proof/{copy}#t=4"' in page
    assert "/media/" not in page  # nothing in it is at an address of visitors
    assert ".vtt" not in page
    assert desk.get(f"/media-proof/{copy}", buffered=True).data == b"synthetic sound"
    for path in (work.made.path, f"{work.made.path}/transcript", f"{work.made.path}/{spoken}.vtt"):
        assert client.get(f"/en{path}").status_code == 404
    assert client.get(f"/media/{copy}").status_code == 404
