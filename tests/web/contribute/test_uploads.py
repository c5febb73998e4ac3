"""tus 1.0.0 by hand: what a client is told, whatever it sends and whoever it is."""

from __future__ import annotations

import base64
import hashlib
import random
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from memorial import jobs
from memorial.models import Contribution, Media, Upload
from memorial.services.custody import contribution_key
from memorial.web.contribute import uploads as door
from tests.services.test_contribute import TOLD, begun
from tests.web.contribute.helpers import Family, a_photograph

FILES = "/en/contribute/files"
BODY = "application/offset+octet-stream"
NOISE = random.Random(26).randbytes(200_000)


class Sender:
    """A family's browser that speaks tus. Every header can be given otherwise, or left out with None."""

    def __init__(self, app, begin=True):
        self.family = Family(app)
        self.client = self.family.client
        if begin:
            house = app.extensions["house"]
            contribution_id, _ = begun(house, TOLD)
            with house.session(house.keeper()) as session:
                ref = session.get_one(Contribution, contribution_id).public_id
            with self.client.session_transaction() as cookie:
                cookie["family"] = {"ref": ref, "doors": 0}
        self.token = self.family.open("/return").token

    def ask(self, method, address, data=b"", **headers):
        wanted = {"Tus-Resumable": "1.0.0", "X-CSRFToken": self.token}
        wanted |= {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: str(value) for name, value in wanted.items() if value is not None}
        return self.client.open(address, method=method, data=data, headers=kept)

    def announce(self, size, name="film.mp4", **headers):
        pair = f"filename {base64.b64encode(name.encode()).decode()},page cmVjb3JkaW5n"
        return self.ask("POST", FILES, **{"Upload_Length": size, "Upload_Metadata": pair, **headers})

    def more(self, address, offset, data, **headers):
        return self.ask("PATCH", address, data, **{"Upload_Offset": offset, "Content_Type": BODY, **headers})

    def offset(self, address):
        return int(self.ask("HEAD", address).headers["Upload-Offset"])


@pytest.fixture
def sender(app):
    return Sender(app)


def media(house):
    with house.session(house.keeper()) as session:
        return session.scalars(select(Media).order_by(Media.id)).all()


def content_of(house, medium):
    with house.session(house.keeper()) as session:
        key = contribution_key(house.keys, session.get_one(Contribution, medium.contribution_id))
    with house.storage.open_original(medium.storage_key, key) as plain:
        return plain.read()


def test_what_the_server_can_do_is_told_to_anybody(app, house):
    answer = app.test_client().options(FILES)
    assert answer.status_code == 204
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,termination"
    assert answer.headers["Tus-Max-Size"] == str(house.settings.upload_bytes)


def test_a_file_is_announced_brought_in_pieces_and_whole(house, sender):
    content = b"\0\0\0\x20ftypisom" + NOISE
    begun = sender.announce(len(content), "Мама поёт.mp4")
    assert begun.status_code == 201
    address = begun.headers["Location"]
    assert address.startswith(f"{FILES}/")
    for start in range(0, len(content), 60_000):
        asked = sender.ask("HEAD", address)
        assert (asked.status_code, asked.headers["Upload-Length"]) == (200, str(len(content)))
        assert asked.headers["Cache-Control"] == "no-store"
        assert sender.offset(address) == start
        answer = sender.more(address, start, content[start : start + 60_000])
        assert answer.status_code == 204
        assert int(answer.headers["Upload-Offset"]) == min(start + 60_000, len(content))
    assert sender.offset(address) == len(content)
    jobs.sweep(house)
    (medium,) = media(house)
    assert medium.file_name == "Мама поёт.mp4"
    assert medium.sha256 == hashlib.sha256(content).hexdigest()
    assert content_of(house, medium) == content


def test_a_long_body_is_kept_piece_by_piece(house, sender, monkeypatch):
    monkeypatch.setattr(door, "MOST", 50_000)
    address = sender.announce(len(NOISE)).headers["Location"]
    assert sender.more(address, 0, NOISE).status_code == 204
    jobs.sweep(house)
    assert content_of(house, media(house)[0]) == NOISE


def test_a_line_that_breaks_leaves_what_had_come(house, sender):
    address = sender.announce(len(NOISE)).headers["Location"]
    answer = sender.ask(
        "PATCH", address, NOISE[:70_000], Upload_Offset=0, Content_Type=BODY, Content_Length=len(NOISE)
    )
    assert answer.status_code == 204
    assert sender.offset(address) == 70_000


@pytest.mark.parametrize("offset", ["7", "-1", "x", "", "９", "1e3", None])
def test_a_piece_at_another_place_is_refused_and_changes_nothing(house, sender, offset):
    address = sender.announce(1_000).headers["Location"]
    answer = sender.more(address, offset, b"x" * 10)
    assert answer.status_code == (409 if offset == "7" else 400)
    assert sender.offset(address) == 0


def test_more_than_was_announced_is_refused(sender):
    address = sender.announce(10).headers["Location"]
    assert sender.more(address, 0, b"x" * 11).status_code == 400
    assert sender.offset(address) == 0


def test_a_body_of_another_type_is_refused(sender):
    address = sender.announce(10).headers["Location"]
    assert sender.more(address, 0, b"x" * 10, Content_Type="text/plain").status_code == 415


@pytest.mark.parametrize("version", ["0.2.2", "2.0.0", None])
def test_another_version_is_told_which_one_is_spoken(sender, version):
    for answer in (
        sender.announce(10, Tus_Resumable=version),
        sender.ask("HEAD", f"{FILES}/0000000000000", Tus_Resumable=version),
    ):
        assert answer.status_code == 412
        assert answer.headers["Tus-Version"] == "1.0.0"


@pytest.mark.parametrize("length", ["x", "-5", "1.5", None, "9" * 30])
def test_a_length_that_is_none_is_refused(sender, length):
    assert sender.announce(length).status_code == 400


def test_metadata_that_is_no_base64_is_refused(sender):
    assert sender.announce(10, Upload_Metadata="filename %%%").status_code == 400


def test_without_the_page_s_token_nothing_is_taken(house, sender):
    address = sender.announce(10).headers["Location"]
    for token in (None, "", "another"):
        assert sender.announce(10, X_CSRFToken=token).status_code == 403
        assert sender.more(address, 0, b"x" * 10, X_CSRFToken=token).status_code == 403
        assert sender.ask("DELETE", address, X_CSRFToken=token).status_code == 403
    assert sender.offset(address) == 0
    assert media(house) == []


def test_without_a_session_there_are_words_that_say_how_to_go_on(app, sender):
    address = sender.announce(10).headers["Location"]
    nobody = Sender(app, begin=False)
    for answer in (nobody.announce(10), nobody.more(address, 0, b"x"), nobody.ask("DELETE", address)):
        assert answer.status_code == 401
        assert "come back with your code" in answer.text
    assert nobody.ask("HEAD", address).status_code == 401


def test_a_session_that_was_left_takes_nothing_more(sender):
    address = sender.announce(10).headers["Location"]
    with sender.client.session_transaction() as cookie:
        kept = dict(cookie)
    sender.family.open("/leave")
    with sender.client.session_transaction() as cookie:
        cookie.update(kept)
    assert sender.more(address, 0, b"x" * 10).status_code == 401


def test_the_upload_of_another_family_is_not_there(app, sender):
    other = Sender(app)
    address = other.announce(10).headers["Location"]
    for answer in (
        sender.ask("HEAD", address),
        sender.more(address, 0, b"x" * 10),
        sender.ask("DELETE", address),
        sender.ask("HEAD", f"{FILES}/0000000000000"),
        sender.ask("HEAD", f"{FILES}/x"),
    ):
        assert answer.status_code == 404
    assert other.offset(address) == 0


def test_a_file_can_be_given_up_before_and_after_it_is_whole(house, sender):
    for sent in (b"", b"x" * 4, b"x" * 10):
        address = sender.announce(10).headers["Location"]
        sender.more(address, 0, sent)
        assert sender.ask("DELETE", address).status_code == 204
        assert sender.ask("HEAD", address).status_code == 404
        assert sender.ask("DELETE", address).status_code == 404
    assert media(house) == []
    assert list(house.storage.listing("originals")) == []
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Upload)).all() == []


def test_a_line_that_knows_only_post_gets_through(sender):
    address = sender.announce(10).headers["Location"]
    other = {"X_HTTP_Method_Override": "PATCH", "Upload_Offset": 0, "Content_Type": BODY}
    assert sender.ask("POST", address, b"x" * 4, **other).status_code == 204
    assert sender.offset(address) == 4
    assert sender.ask("POST", address, X_HTTP_Method_Override="DELETE").status_code == 204
    assert sender.ask("POST", address).status_code == 404


@pytest.mark.parametrize(
    ("setting", "value", "status", "words"),
    [
        ("upload_bytes", 99, 413, "larger than"),
        ("contribution_bytes", 99, 422, "together"),
        ("upload_count", 0, 422, "0 at most"),
        ("day_bytes", 0, 429, "go on tomorrow"),
    ],
)
def test_what_is_over_a_limit_gets_words(house, sender, monkeypatch, setting, value, status, words):
    monkeypatch.setattr(house.settings, setting, value)
    answer = sender.announce(100)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert words in answer.text


def test_an_empty_file_gets_words(sender):
    answer = sender.announce(0)
    assert answer.status_code == 422
    assert "This file is empty" in answer.text


def test_a_full_disk_is_said_and_what_is_saved_stays(house, sender, monkeypatch):
    from memorial.storage import NoRoom

    address = sender.announce(10).headers["Location"]
    sender.more(address, 0, b"x" * 4)

    def full(*_):
        raise NoRoom

    with monkeypatch.context() as patched:
        patched.setattr(house.storage, "put_original", full)
        answer = sender.more(address, 4, b"x" * 6)
        assert answer.status_code == 507
        assert "no room left" in answer.text
    assert sender.more(address, 4, b"x" * 6).status_code == 204


def test_two_pieces_for_one_place_leave_one_of_them(app, house, sender, monkeypatch):
    """Both are stored before either is known to a row; one row counts, and the other's file is gone."""
    address = sender.announce(len(NOISE)).headers["Location"]
    both = threading.Barrier(2, timeout=60)
    monkeypatch.setattr(door, "at", lambda label: both.wait() if label == "piece-stored" else None)
    with sender.client.session_transaction() as cookie:
        kept = dict(cookie)
    answers = []

    def send():
        twin = Sender(app, begin=False)
        with twin.client.session_transaction() as cookie:
            cookie.clear()
            cookie.update(kept)
        twin.token = sender.token
        answers.append(twin.more(address, 0, NOISE[:50_000]).status_code)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(answers) == [204, 409]
    assert sender.offset(address) == 50_000
    assert len(list(house.storage.listing("originals"))) == 1


class Killed(BaseException):
    pass


@pytest.mark.parametrize("label", ["piece-stored", "piece-kept"])
@pytest.mark.parametrize("whole", [False, True])
def test_killed_while_a_piece_comes_it_is_there_or_not_but_never_twice(
    house, sender, monkeypatch, label, whole
):
    address = sender.announce(len(NOISE)).headers["Location"]
    sender.more(address, 0, NOISE[:100_000])
    end = len(NOISE) if whole else 150_000

    def kill(at):
        if at == label:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(door, "at", kill)
        with pytest.raises(Killed):
            sender.more(address, 100_000, NOISE[100_000:end])
    offset = sender.offset(address)
    assert offset == (end if label == "piece-kept" else 100_000)
    if offset < len(NOISE):
        assert sender.more(address, offset, NOISE[offset:]).status_code == 204
    jobs.sweep(house)
    (medium,) = media(house)
    assert content_of(house, medium) == NOISE
    assert medium.sha256 == hashlib.sha256(NOISE).hexdigest()


# -- the page -------------------------------------------------------------------------------


def test_a_file_on_its_way_is_on_its_page_and_can_be_removed_there(house, sender):
    address = sender.announce(2_000_000, "long film.mp4").headers["Location"]
    sender.more(address, 0, bytes(1_000_000))
    page = sender.family.open("/contribute/recording")
    assert "long film.mp4" in page.text
    assert "1 MB of 2 MB saved." in " ".join(page.text.split())
    assert "long film.mp4" not in sender.family.open("/contribute/photographs").text
    sender.family.open("/contribute/recording")
    sender.family.post("/contribute/recording", give_up=address.rsplit("/", 1)[1])
    assert sender.ask("HEAD", address).status_code == 404


def test_a_whole_recording_is_asked_about_and_nothing_is_answered_beforehand(house, sender):
    address = sender.announce(len(NOISE)).headers["Location"]
    sender.more(address, 0, b"OggS" + NOISE[4:])
    (medium,) = media(house)
    page = sender.family.open("/contribute/recording").page
    assert "Recording 1" in page
    assert " checked" not in page
    said = {
        "alt": "A synthetic song",
        "language": "Azerbaijani",
        "length": "two minutes",
        "others": "not_sure",
    }
    fields = {f"{name}-{medium.public_id}": value for name, value in said.items()}
    sender.family.post("/contribute/recording", act="continue", **fields)
    page = sender.family.open("/contribute/recording").page
    assert all(value in page for value in said.values())
    assert "A synthetic song" not in sender.family.open("/contribute/photographs").page


def test_limits_are_said_beside_the_control(house, sender, monkeypatch):
    monkeypatch.setattr(house.settings, "upload_bytes", 3 << 20)
    monkeypatch.setattr(house.settings, "contribution_bytes", 7 << 30)
    for page in ("photographs", "recording"):
        text = sender.family.open(f"/contribute/{page}").text
        assert "up to 3 MB each and 7 GB in all. Files in one contribution: 20 at most." in text


ODD = [
    (b"<html><script>alert(1)</script></html>", "page.jpg", "We do not know this kind of file"),
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "drawing.png", "We do not know this kind"),
    (b"MZ" + bytes(300), "holiday.jpg", "We do not know this kind of file"),
    (b"%PDF-1.4 /JavaScript", "paper.pdf", "Document 1"),
    (b"\xff\xd8\xff\xe0 half a picture", "half.jpg", "The end of this picture is missing"),
]


@pytest.mark.parametrize(("content", "name", "words"), ODD, ids=[name for _, name, _ in ODD])
def test_odd_files_are_kept_told_apart_and_never_served(house, sender, content, name, words):
    sender.family.add((content, name))
    assert sender.family.status == 200
    jobs.sweep(house)
    assert words in sender.family.open("/contribute/photographs").text
    (medium,) = media(house)
    assert content_of(house, medium) == content
    assert list(house.storage.listing("derived")) == []
    for address in (f"/media/{medium.public_id}", f"/media-proof/{medium.public_id}"):
        assert sender.client.get(address).status_code == 404


def test_a_plain_form_leaves_no_readable_file_behind(house, sender, monkeypatch, tmp_path):
    """While the form is read: what waits outside memory is ciphertext."""
    import tempfile

    seen = []
    real = tempfile.TemporaryFile

    def watched(*args, **more):
        opened = real(*args, **more)
        seen.append(opened)
        return opened

    kept = []
    before = house.storage.put_original

    def stored(stream, key):
        for opened in seen:
            if not opened.closed:
                opened.seek(0)
                kept.append(opened.read())
        return before(stream, key)

    monkeypatch.setattr("memorial.web.spool.tempfile.TemporaryFile", watched)
    monkeypatch.setattr(house.storage, "put_original", stored)
    content = b"fLaC" + b"CANARY-IN-A-FORM" * 200_000
    sender.family.open("/contribute/recording")
    import io

    sender.family.post("/contribute/recording", recording=[(io.BytesIO(content), "song.flac")], act="add")
    assert any(len(each) > 2_000_000 for each in kept)
    assert not any(b"CANARY" in each for each in kept if each.startswith(b"age-encryption"))
    assert any(each.startswith(b"age-encryption") for each in kept)
    assert content_of(house, media(house)[0]) == content


def test_the_desk_sees_every_file_with_its_hash_and_none_is_served(app, house):
    from tests.walking import signed_in

    family = Family(app)
    family.begin("testimony")
    family.add((a_photograph(), "mother.jpg"), (b"MZ" + bytes(100), "what.exe"))
    for medium in media(house):
        assert Path(house.settings.storage_url, medium.storage_key).is_file()
    from tests.web.contribute.helpers import JOURNEYS

    for name, fields in JOURNEYS["testimony"].items():
        family.open(f"/contribute/{name}")
        family.post(f"/contribute/{name}", **fields)
        if family.code:
            family.post("/contribute/code")
    family.open("/contribute/check")
    family.post("/contribute/send", send_key=family.send_key)
    from memorial.models import Item

    with house.session(house.keeper()) as session:
        item = session.scalars(select(Item).where(Item.state == "submitted")).one()
    page = signed_in(app, house, "moderator").get(f"/en/desk/items/{item.public_id}").text
    for medium in media(house):
        assert medium.file_name in page
        assert medium.sha256 in page
    assert "file of an unknown kind" in page
