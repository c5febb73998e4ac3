"""The page of a recording: its words in the page, moments with addresses, what is withheld, what may be kept."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from memorial.domain import consent as rules
from memorial.gate import Actor
from memorial.house import House
from memorial.models import Cue, Mask, Media, Part, Record, Segment, Transcript
from memorial.services import archive_word, consent, search_index
from tests.builders import Made, a_testimony
from tests.voices import LINE, a_copy, a_recording, a_transcript

KEEP = rules.chosen(["public"], ["view", "download"])


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def read(client: FlaskClient, made: Made, query: str = "", lang: str = "en") -> str:
    answer = client.get(f"/{lang}{made.path}{query}")
    assert answer.status_code == 200, answer.status
    return text_of(answer)


def guarded_as(house: House, media_id: int, row) -> None:
    with house.writing(house.keeper()) as session:
        medium = session.get_one(Media, media_id)
        guard = consent.guard_of(session, session.get_one(Part, medium.part_id))
        session.add(row(**guard))


def a_chapter(house: House, media_id: int, position: int, title: str, **values) -> None:
    given = {"language": "en", "starts": position * 2 * LINE, **values}
    guarded_as(
        house,
        media_id,
        lambda **guard: Segment(media_id=media_id, position=position, title=title, **given, **guard),
    )


@pytest.fixture
def told(house: House) -> tuple[Made, int, str, str]:
    """Four lines in Azerbaijani and their translation into English."""
    made = a_testimony(house)
    recording = a_recording(house, made)
    a_copy(house, recording)
    original = a_transcript(house, recording, ["Bir.", "İki & <i>üç</i>.", "Dörd.", "Beş."], language="az")
    translation = a_transcript(
        house, recording, ["One.", "Two & <i>three</i>.", "Four.", "Five."], kind="translation",
        language="en", translates=original, made_by="Synthetic Translator",
    )  # fmt: skip
    return made, recording, original, translation


def test_the_words_stand_in_the_page_each_line_with_its_moment(client, told):
    made, _, _original, _translation = told
    page = read(client, made, "?with=none")
    assert '<p id="c-1" data-s="0"><a class="t" href="?with=none&amp;t=0#c-1">0:00</a>' in page
    assert "İki &amp; <i>üç</i>." in page
    assert page.count("Synthetic narrator</b>") == 1  # said when it changes, not at each line
    assert "Two" not in page
    assert 'preload="none"' in page
    assert "autoplay" not in page
    assert "1:00" in page  # its length, before anybody plays it
    assert "300 KB" in page


def test_a_translation_into_the_reader_s_language_stands_beside_the_original_and_says_whose_it_is(
    client, told
):
    made, _, _original, translation = told
    page = read(client, made)
    assert re.search(r'<p id="c-2".*?İki.*?</p><p lang="en">Two &amp; <i>three</i>.</p></div>', page)
    assert "Translation into English by Synthetic Translator" in page
    assert 'class="lines two" lang="az"' in page
    turkish = read(client, made, lang="tr")
    assert "Two" not in turkish  # nothing is swapped silently
    assert "Two" in read(client, made, f"?with={translation}", lang="tr")
    assert "Two" in read(client, made, f"?read={translation}", lang="tr")


def test_a_moment_is_marked_by_the_server_and_starts_the_player_there(client, told):
    made = told[0]
    page = read(client, made, "?t=9")
    assert re.findall(r'<p id="(c-\d)" class="current" aria-current="true"', page) == ["c-3"]
    assert re.search(r'<source src="/media/\w+#t=9"', page)
    assert re.search(
        r"revision \d+[.,] at 0:08[.,] http://localhost", page, re.I
    )  # the citation names the moment
    assert f"{made.path}?t=8#c-3" in page
    assert f'href="/az{made.path}?t=9"' in page  # another language keeps it
    assert (
        "aria-current"
        not in re.sub(r".*<div class=\"lines", "", read(client, made), flags=re.S).split("</section>")[0]
    )
    for nonsense in ("x", "-5", "9" * 40, "1:2:3:4", ""):
        read(
            client,
            made,
            f"?t={nonsense}&line={nonsense}&with={nonsense}&read={nonsense}&recording={nonsense}",
        )


def test_words_are_found_within_in_either_language_and_marked(client, told):
    made = told[0]
    page = read(client, made, "?find=UÇ")
    assert "1 line with “UÇ”" in page
    assert 'href="?t=4&amp;find=U%C3%87#c-2"' in page
    assert "<mark>üç</mark>" in page
    assert "1 line with “thre”" in read(client, made, "?find=thre")
    assert "No line has “&lt;x&gt;”" in read(client, made, "?find=<x>")


def test_chapters_come_in_the_reader_s_language_with_their_moments(house, client, told):
    made, recording, *_ = told
    a_chapter(house, recording, 0, "A synthetic beginning")
    a_chapter(house, recording, 0, "Sintetik başlanğıc", language="az")
    a_chapter(house, recording, 1, "A synthetic end")
    page = read(client, made)
    assert 'href="?t=8#h-8000"' in page
    assert 'id="h-8000" lang="en"' in page
    assert "Sintetik" not in page
    assert "Sintetik başlanğıc" in read(client, made, lang="az")


def test_a_content_note_says_when_and_leads_past_it(house, client):
    made = a_testimony(house)
    recording = a_recording(house, made, content_note="0:04–0:08 describes synthetic harm")
    a_copy(house, recording)
    a_transcript(house, recording, ["One.", "Two.", "Three."])
    page = read(client, made)
    assert page.count('<a href="?t=8#c-3">Skip this part</a>') == 2  # at the head, and where it begins
    assert page.index("describes synthetic harm") < page.index("<audio")


def test_what_is_withheld_is_said_with_its_reason(house, client, told):
    made, recording, original, _ = told
    with house.writing(house.keeper()) as session:
        row = session.scalars(select(Transcript).where(Transcript.public_id == original)).one()
        cue = session.scalars(select(Cue).where(Cue.transcript_id == row.id, Cue.number == 1)).one()
        cue.body = "Bir <mask k7f30000000001> və <mask zzzz0000000001>."
    guarded_as(
        house, recording,
        lambda **guard: Mask(media_id=recording, public_id="k7f3000000000", starts=0, ends=4000, reason="child", **guard),
    )  # fmt: skip
    page = read(client, made)
    assert 'Bir <a class="withheld" href="#w-k7f3000000000">[withheld]</a> və' in page
    assert '<span class="withheld">[withheld]</span>.' in page
    assert '<li id="w-k7f3000000000">0:00–0:04: To protect a child</li>' in page
    captions = text_of(client.get(f"/en{made.path}/{original}.vtt"))
    assert "Bir […] və […]." in captions


def test_captions_come_through_the_gate_and_are_asked_for_again(house, client, told):
    made, _, original, _ = told
    answer = client.get(f"/en{made.path}/{original}.vtt")
    assert answer.content_type == "text/vtt; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "00:00:04.000 --> 00:00:08.000" in text_of(answer)
    again = client.get(f"/en{made.path}/{original}.vtt", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        archive_word.hide(session, record, [f"transcript:{original}"], by=Actor.system(), at=house.now())
    for path in (f"{made.path}/{original}.vtt", f"{made.path}/{original}/words.txt"):
        assert client.get(f"/en{path}").status_code == 404
    assert "Bir" not in read(client, made)
    assert "Bir" not in text_of(client.get(f"/en{made.path}/transcript"))


@pytest.mark.parametrize("granted", [False, True])
def test_words_and_sound_are_kept_only_where_that_is_granted(house, client, granted):
    made = a_testimony(
        house, contributor={rules.EVERY_PART: KEEP if granted else rules.chosen(["public"], ["view"])}
    )
    recording = a_recording(house, made, allowed=False)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        party = consent.party_of(session, "contributor", made.contribution_id)
        yes = {rules.EVERY_PART: KEEP if granted else rules.chosen(["public"], ["view"])}
        consent.append(session, record, consent.Said(party, "will", yes), by=Actor.system(), at=house.now())
        archive_word.publish(session, record, made.contribution_id, by=Actor.system(), at=house.now())
    name = house.storage.put_derived("synthetic/sound.ogg", b"synthetic sound")
    copy = a_copy(house, recording, storage_key=name)
    words = a_transcript(house, recording, ["One."])
    page = read(client, made)
    kept = [
        f"/media/{copy}/recording",
        *(f"/en{made.path}/{words}/words.{end}" for end in ("vtt", "srt", "txt")),
    ]
    for address in kept:
        answer = client.get(address, buffered=True)
        assert answer.status_code == (200 if granted else 404), address
        assert (f'href="{address}"' in page) == granted, address
        if granted:
            assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"/en{made.path}/{words}.vtt").status_code == 200


def test_a_film_shows_no_still_that_nobody_chose_and_can_be_heard_alone(house, client):
    made = a_testimony(house)
    recording = a_recording(house, made, role="video")
    a_copy(house, recording, "video", mime="video/mp4", height=480, bytes=9_000_000)
    a_copy(house, recording, "audio")
    a_copy(house, recording, "poster", mime="image/jpeg")
    a_transcript(house, recording, ["One."])
    page = read(client, made)
    assert "<video controls" in page
    assert "poster=" not in page
    assert '<track kind="captions" srclang="en"' in page
    assert "9 MB" in page
    alone = read(client, made, "?play=audio&t=0")
    assert "<audio controls" in alone
    assert "<video" not in alone


def test_a_long_transcript_comes_in_stretches_with_addresses_and_is_searched_whole(house, client):
    made = a_testimony(house)
    recording = a_recording(house, made, length=2000 * LINE)
    a_copy(house, recording)
    a_transcript(house, recording, [f"Synthetic line {number}." for number in range(1, 2001)])
    page = read(client, made)
    assert page.count('<p id="c-') == 666
    assert 'href="?t=2664#words"' in page
    later = read(client, made, "?t=7000")
    assert 'id="c-1751" class="current"' in later
    assert 'id="c-1"' not in later
    assert 'href="?t=7996&amp;find=2000#c-2000"' in read(client, made, "?find=2000")
    alone = text_of(client.get(f"/en{made.path}/transcript"))
    assert alone.count('<p id="c-') == 2000


def test_a_transcript_without_times_has_lines_and_no_clock(house, client):
    made = a_testimony(house)
    recording = a_recording(house, made)
    a_copy(house, recording)
    words = a_transcript(house, recording, ["One.", "Two."])
    with house.writing(house.keeper()) as session:
        for cue in session.scalars(select(Cue)):
            cue.starts = cue.ends = 0
    page = read(client, made, "?line=2")
    assert '<p id="c-2" class="current" aria-current="true">Two.' in page
    assert client.get(f"/en{made.path}/{words}.vtt").status_code == 404


@contextmanager
def counted(house: House) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        said.append(statement)

    event.listen(house.engine, "before_cursor_execute", note)
    yield said
    event.remove(house.engine, "before_cursor_execute", note)


def test_a_page_of_many_lines_chapters_and_copies_asks_no_more_than_one_of_few(house, app):
    def asked(lines: int, chapters: int) -> int:
        made = a_testimony(house)
        recording = a_recording(house, made, content_note="0:04-0:08 synthetic")
        for _ in range(chapters):
            a_copy(house, recording)
        original = a_transcript(house, recording, ["Bir."] * lines, language="az")
        a_transcript(house, recording, ["One."] * lines, kind="translation", translates=original)
        for number in range(chapters):
            a_chapter(house, recording, number, "Synthetic")
        with counted(house) as said:
            assert app.test_client().get(f"/en{made.path}?t=4&find=one").status_code == 200
        return len(said)

    few = asked(2, 1)
    assert asked(60, 8) == few
    assert few <= 16


LETTERS = "aəbcçdeğfxıijklmnoöprsştuüvyz"


def test_an_hour_with_its_translation_is_under_120_kilobytes_and_its_scripts_under_25(house, client):
    made = a_testimony(house)
    recording = a_recording(house, made, length=3_600_000)
    a_copy(house, recording)
    chance = random.Random(1992)
    # As many different words as people use in an hour, the common ones often, as they are in speech.
    known = ["".join(chance.choices(LETTERS, k=chance.randint(2, 9))) for _ in range(2500)]
    weights = [1 / (place + 3) for place in range(len(known))]

    def speech() -> list[str]:
        return [" ".join(chance.choices(known, weights, k=11)).capitalize() + "." for _ in range(820)]

    original = a_transcript(house, recording, speech(), language="az")
    a_transcript(house, recording, speech(), kind="translation", language="en", translates=original)
    for number in range(10):
        a_chapter(house, recording, number * 40, "A synthetic chapter")
    page = read(client, made)
    assert page.count('<p id="c-') == 820
    static = Path(__file__).resolve().parents[3] / "static"
    size = len(gzip.compress(page.encode(), 6))
    scripts = 0
    for name in re.findall(r'(?:src|href)="/static/([^"?]+\.(?:css|js))', page):
        content = (static / re.sub(r"^[0-9a-f]{8,}/", "", name)).read_bytes()
        size += len(gzip.compress(content, 6))
        scripts += len(content) if name.endswith(".js") else 0
    print("SIZE", size, len(page))
    assert size < 120_000, size
    assert scripts <= 25_000, scripts


def reindex(house: House, made: Made) -> None:
    with house.writing(house.keeper()) as session:
        search_index.index_records(session, [made.record_id])


def test_search_leads_to_the_moment_at_which_a_word_is_said(house, client, told):
    made, recording, original, translation = told
    a_chapter(house, recording, 1, "A synthetic orchard")
    reindex(house, made)
    page = text_of(client.get("/en/search?q=dord"))
    assert f'href="/en{made.path}?read={original}&amp;t=8#c-3">Listen 0:08</a>' in page
    assert '<p class="entry-snippet" lang="az" dir="ltr"><mark>Dörd</mark>.</p>' in page
    assert f"?read={translation}&amp;t=12#c-4" in text_of(client.get("/en/search?q=five"))
    assert f'{made.path}?t=8#h-8000">' in text_of(client.get("/en/search?q=orchard"))
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        archive_word.hide(session, record, [f"transcript:{original}"], by=Actor.system(), at=house.now())
    assert made.public_id not in text_of(client.get("/en/search?q=dord"))
    assert made.public_id in text_of(client.get("/en/search?q=five"))


def test_what_is_withheld_is_no_word_of_the_index(house, client, told):
    made, _recording, original, _ = told
    with house.writing(house.keeper()) as session:
        row = session.scalars(select(Transcript).where(Transcript.public_id == original)).one()
        cue = session.scalars(select(Cue).where(Cue.transcript_id == row.id, Cue.number == 1)).one()
        cue.body = "Bir <mask k7f3zq> burada."
    reindex(house, made)
    assert made.public_id in text_of(client.get("/en/search?q=burada"))
    for word in ("k7f3zq", "mask"):
        assert made.public_id not in text_of(client.get(f"/en/search?q={word}"))
