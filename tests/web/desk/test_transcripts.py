"""At the desk: a transcript is begun or brought, written line by line with scripts or without, read whole and shown."""

from __future__ import annotations

import html
import io
import re
from pathlib import Path
from typing import Any

import pytest

from memorial.formats.faults import SENTENCES
from memorial.gate import Actor
from memorial.models import Item, Media, Record, Recusal
from memorial.services import archive_word
from memorial.web import languages
from tests.services.transcripts.writing import a_draft, lines, seen, shown, write
from tests.voices import a_copy, a_recording
from tests.web.desk.people import a_colleague, an_item, send, signed_in, token_in

SRT = "1\n00:00:01,000 --> 00:00:02,000\nBir.\n\n2\n00:00:0x,000 --> 00:00:03,000\nİki.\n\n3\n00:00:04,000 --> 00:00:05,000\nÜç.\n"


class Desk:
    """An editor in a browser without scripts, and a draft of three lines of what a family gave."""

    def __init__(self, house: Any, app: Any) -> None:
        self.house, self.app = house, app
        self.work = an_item(house)
        self.media_id = a_recording(house, self.work.made)
        with house.writing(house.keeper()) as session:
            record, at = session.get_one(Record, self.work.made.record_id), house.now()
            archive_word.publish(session, record, self.work.made.contribution_id, by=Actor.system(), at=at)
        self.copy = a_copy(house, self.media_id)
        self.editor = a_colleague(house, "editor")
        self.client = signed_in(app, house, self.editor)
        with house.session(house.keeper()) as session:
            medium = session.get_one(Media, self.media_id)
            self.medium, self.record = medium.public_id, session.get_one(Record, medium.record_id).public_id
        self.draft = a_draft(house, self.editor.actor, self.media_id)
        self.path = f"/en/desk/transcripts/{self.draft}"
        self.recordings = f"/en/desk/records/{self.record}/recordings"

    def fields(self, path: str = "") -> dict[str, Any]:
        """Everything that the form of the page would send."""
        page = self.client.get(path or self.path).get_data(as_text=True)
        found: dict[str, Any] = {"line": re.findall(r'name="line" value="(\d+)"', page)}
        for name, value in re.findall(r'name="([\w-]+)"[^>]*? value="([^"]*)"', page):
            if name not in ("line", "act"):
                found.setdefault(name, html.unescape(value))
        areas = re.findall(r'<textarea[^>]*name="([\w-]+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
        return found | {name: html.unescape(text) for name, text in areas}

    def save(self, **typed: str) -> Any:
        data = self.fields() | {re.sub(r"^n(\d+)_", r"\1-", name): text for name, text in typed.items()}
        return self.client.post(self.path, data=data)

    def json(self, *changes: dict[str, Any]) -> Any:
        token = token_in(self.client.get(self.path))
        return self.client.post(
            f"{self.path}/changes", json={"changes": changes}, headers={"X-CSRFToken": token}
        )


@pytest.fixture
def desk(house, app):
    return Desk(house, app)


def text(answer: Any) -> str:
    return html.unescape(answer.get_data(as_text=True))


def test_lines_are_written_split_joined_and_removed_without_scripts(desk):
    assert desk.save(n2_body="Second <i>line</i> & more.\n\nA third one.").status_code == 302
    assert lines(desk.house, desk.draft) == [
        "Line 1.",
        "Second <i>line</i> &amp; more.",
        "A third one.",
        "Line 3.",
    ]
    for act, wanted in (
        ("merge:4", ["Line 1.", "Second <i>line</i> &amp; more.", "A third one. Line 3."]),
        ("insert:1", ["Line 1.", "", "Second <i>line</i> &amp; more.", "A third one. Line 3."]),
        ("remove:5", ["Line 1.", "Second <i>line</i> &amp; more.", "A third one. Line 3."]),
    ):
        assert desk.save(act=act).status_code == 302
        assert lines(desk.house, desk.draft) == wanted
    desk.save(n1_starts="1:02.5", n1_ends="0:01:03", n1_speaker="Synthetic Other")
    page = text(desk.client.get(desk.path))
    assert 'value="0:01:02.500"' in page
    assert 'value="Synthetic Other"' in page


def test_the_first_button_saves_so_that_the_enter_key_joins_and_removes_nothing(desk):
    page = text(desk.client.get(desk.path))
    first = re.search(r'<button[^>]*type="submit"[^>]*>([^<]*)', page[page.index('id="transcript"') :])
    assert (first[1], "name=" in first[0]) == ("Save", False)


def test_many_lines_are_moved_in_time_and_a_translation_follows_its_original(desk):
    begun = send(
        desk.client, f"/en/desk/recordings/{desk.medium}/begin", desk.recordings,
        kind="translation", language="ru", translates=desk.draft, made_by="Synthetic Translator",
    )  # fmt: skip
    translation = begun.headers["Location"]
    assert desk.save(act="shift:0", shift_first="2", shift_last="3", shift_by="-1,5").status_code == 302
    assert 'value="0:00:02.500"' in text(desk.client.get(desk.path))
    refused = desk.save(act="shift:0", shift_first="1", shift_last="3", shift_by="−9")
    assert refused.status_code == 422
    assert 'value="−9"' in text(refused)
    desk.save(n2_body="Second.\n\nThird.")
    page = text(desk.client.get(translation))
    assert "The original has 1 line that is not here." in page
    fields = desk.fields(translation) | {"act": "follow:0", "2-body": "Вторая."}
    assert desk.client.post(translation, data=fields).status_code == 302
    page = text(desk.client.get(translation))
    assert "that is not here" not in page
    assert 'value="0:00:02.500"' in page
    assert re.findall(r'class="line-original"[^>]*>([^<]*)', page) == [
        "Line 1.",
        "Second.",
        "Third.",
        "Line 3.",
    ]
    assert lines(desk.house, translation.rsplit("/", 1)[1]) == ["", "Вторая.", "", ""]


def test_what_two_write_over_each_other_is_shown_and_stays_in_its_field(desk):
    typed = desk.fields() | {"1-body": "Mine."}
    write(desk.house, desk.editor.actor, desk.draft, 1, "Theirs.")
    answer = desk.client.post(desk.path, data=typed)
    assert answer.status_code == 409
    page = text(answer)
    assert ">\nMine.</textarea>" in page
    assert "Somebody else has changed this line meanwhile." in page
    assert "<del>" in page
    assert lines(desk.house, desk.draft)[0] == "Theirs."
    again = desk.client.post(
        desk.path, data=typed | {"1-seen": re.search(r'name="1-seen" value="(\w+)"', page)[1]}
    )
    assert again.status_code == 302
    assert lines(desk.house, desk.draft)[0] == "Mine."


@pytest.mark.parametrize(
    ("typed", "says"), [({"n1_starts": "soon"}, "Write times like"), ({"n1_ends": "0:00"}, None), ({"n1_starts": "9:99:99"}, "Write times like")]
)  # fmt: skip
def test_a_time_that_is_none_is_refused_and_every_word_stays(desk, typed, says):
    answer = desk.save(n3_body="A word I typed.", **typed)
    if says is None:
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert says in text(answer)
    assert "A word I typed." in text(answer)
    assert lines(desk.house, desk.draft)[2] == "Line 3."


def test_the_script_saves_a_line_and_is_told_what_clashes(desk):
    known = seen(desk.house, desk.draft, 1)
    answer = desk.json({"do": "set", "body": "One.", **known})
    assert answer.json["lines"] == [
        {"number": 1, "seen": seen(desk.house, desk.draft, 1)["seen"], "starts": "0:00:00.000", "ends": "0:00:04.000",
         "speaker": "Synthetic Narrator", "body": "One."}
    ]  # fmt: skip
    clash = desk.json({"do": "set", "body": "<b>Two</b> & three.", **known}).json["clashes"][0]
    assert clash["line"]["body"] == "One."
    assert "Two &amp; three" in clash["differs"]
    assert "<b>" not in clash["differs"]
    refused = desk.json({"do": "set", "ends": -1, **seen(desk.house, desk.draft, 2)})
    assert (refused.status_code, refused.json["error"][:6]) == (422, "A line")
    for sent in ("[]", '{"changes": 7}', "no json", '{"changes": ["x"]}'):
        token = token_in(desk.client.get(desk.path))
        address = f"{desk.path}/changes"
        answer = desk.client.post(
            address, data=sent, headers={"X-CSRFToken": token}, content_type="application/json"
        )
        assert answer.status_code == 422


def test_a_file_is_read_in_and_what_of_it_is_lost_is_said_with_its_line(desk):
    page = desk.client.get(desk.recordings)
    assert "Synthetic Transcriber" in text(page)
    about = {"csrf_token": token_in(page), "kind": "edited", "language": "az", "made_by": "Synthetic Bringer"}
    address = f"/en/desk/recordings/{desk.medium}/import"
    brought = desk.client.post(address, data={**about, "file": (io.BytesIO(SRT.encode()), "a.srt")})
    assert brought.status_code == 200
    assert "Line 6: the times cannot be read" in text(brought)
    made = re.search(r"/en/desk/transcripts/(\w+)", text(brought))[1]
    assert lines(desk.house, made) == ["Bir.", "Üç."]
    out = desk.client.get(f"/en/desk/transcripts/{made}.vtt")
    assert out.get_data(as_text=True).startswith("WEBVTT\n\nNOTE\nLanguage: az\nKind: edited\n")
    assert 'value="Synthetic Bringer"' in text(desk.client.get(f"/en/desk/transcripts/{made}"))
    refused = desk.client.post(address, data={**about, "file": (io.BytesIO(b"\x89PNG\x00\x00\x00"), "a.png")})
    assert refused.status_code == 422
    assert "this is not text" in text(refused)
    assert 'value="Synthetic Bringer"' in text(refused)
    assert desk.client.get(f"/en/desk/recordings/{desk.medium}/ohms.xml").data.startswith(b"<?xml")


def test_a_family_recording_is_read_by_one_and_shown_by_another_with_what_the_lists_found(desk):
    write(desk.house, desk.editor.actor, desk.draft, 2, "Write to synthetic@example.org <i>now</i>.")
    release = f"{desk.path}/release"
    page = text(desk.client.get(release))
    assert "<mark>synthetic@example.org</mark>" in page
    assert "at 0:04" in page
    assert "Show this version</button> <span" in page, "the button is not active and says why"
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    assert send(desk.client, f"{desk.path}/read", release, version=version).status_code == 422
    assert send(desk.client, f"{desk.path}/read", release, version=version, whole="yes").status_code == 302
    assert send(desk.client, f"{desk.path}/show", release, version=version).status_code == 403
    waits = text(desk.client.get("/en/desk/transcripts"))
    assert "Synthetic Colleague has read this version from beginning to end" in waits
    other = signed_in(desk.app, desk.house, a_colleague(desk.house, "moderator", name="Synthetic Other"))
    assert send(other, f"{desk.path}/show", release, version="1").status_code == 409
    assert shown(desk.house) == {}
    assert send(other, f"{desk.path}/show", release, version=version).status_code == 302
    assert shown(desk.house)[desk.draft][1].startswith("Write to")
    assert send(other, f"{desk.path}/take_down", release).status_code == 302
    assert shown(desk.house) == {}
    assert send(other, f"{desk.path}/discard", release).status_code == 409


def test_what_was_changed_is_told_word_by_word_with_signs_and_read_as_it_was(desk):
    write(desk.house, desk.editor.actor, desk.draft, 1, "Line one.")
    page = text(desk.client.get(f"{desk.path}/history"))
    assert re.search(r'<span class="sign" aria-hidden="true">−</span>1', page)
    assert re.search(r'<span class="sign" aria-hidden="true">\+</span>one', page)
    assert "Line 1." in text(desk.client.get(f"{desk.path}/versions/1"))
    assert desk.client.get(f"{desk.path}/versions/99").status_code == 404


def test_chapters_are_written_in_several_languages_and_go_when_nothing_is_left_of_them(desk):
    begun = send(
        desk.client,
        f"/en/desk/recordings/{desk.medium}/begin",
        desk.recordings,
        kind="chapters",
        language="und",
    )
    path = begun.headers["Location"]
    more = desk.fields(path)
    more |= {
        "chapter": "0",
        "c-0-begin": "0:10",
        "c-0-en-title": "Synthetic",
        "c-0-en-keywords": "a; b;",
        "language": "az",
    }
    answer = desk.client.post(path, data=more)
    assert answer.status_code == 302
    page = text(desk.client.get(answer.headers["Location"]))
    assert 'value="0:00:10.000"' in page
    assert 'value="a; b"' in page
    assert 'name="c-0-az-title"' in page
    stale = desk.client.post(path, data=more)
    assert stale.status_code == 409
    fields = desk.fields(path) | {"chapter": ["0"], "c-0-en-title": "", "c-0-en-keywords": ""}
    assert desk.client.post(path, data=fields).status_code == 302
    assert "Chapter 1" not in text(desk.client.get(path))
    again = send(
        desk.client,
        f"/en/desk/recordings/{desk.medium}/begin",
        desk.recordings,
        kind="chapters",
        language="und",
    )
    assert again.status_code == 422
    assert "has its chapters already" in text(again)


def test_whoever_is_kept_from_the_family_finds_no_page_of_its_words(desk):
    reader = signed_in(
        desk.app, desk.house, a_colleague(desk.house, "second_reader", name="Synthetic Reader")
    )
    assert "readonly" in text(reader.get(desk.path))
    assert send(reader, f"{desk.path}/discard", f"{desk.path}/release").status_code == 403
    with desk.house.writing(desk.house.keeper()) as session:
        item = session.get_one(Item, desk.work.item_id)
        about = {"set_by": "account:1", "at": desk.house.now()}
        session.add(Recusal(item_id=item.id, account_id=desk.editor.account_id, **about))
    for path in (
        desk.path,
        f"{desk.path}/history",
        f"{desk.path}/release",
        f"{desk.path}.vtt",
        desk.recordings,
    ):
        assert desk.client.get(path).status_code == 403, path


def test_every_fault_of_a_file_has_its_sentence_on_the_page_and_none_is_markup():
    words = (Path(languages.__file__).parent / "templates/desk/_transcript_words.html").read_text(
        encoding="utf-8"
    )
    for key, (_, sentence) in SENTENCES.items():
        assert f'key == "{key}" %}}{{{{ _("{sentence}"' in words, key
        assert "<" not in sentence, key
