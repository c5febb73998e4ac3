"""Files that go with messages: the two sides get them, nobody else does, and they go with an erasure. All synthetic."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from memorial.gate import Actor
from memorial.models import Contribution, CustodyEvent, Enclosure, Item
from memorial.services import enclosures, withdrawal
from memorial.web.contribute.enclosures import as_download
from tests.web.contribute.helpers import Family
from tests.web.desk.people import a_colleague, signed_in, token_in

LETTER = b"%PDF-1.4 a synthetic letter"


@pytest.fixture
def sent(app, house):
    """A family that has sent something and has its own page open."""
    family = Family(app)
    ref, _code = family.send("remembrance")
    family.open(f"/my/{ref}")
    return family, ref


def writes(family, ref, *files, words="Synthetic words with a file."):
    enclosed = [(io.BytesIO(content), name) for content, name in files]
    return family.post(f"/my/{ref}/write", words=words, files=enclosed)


def link(page, ref):
    return re.search(rf'href="(/en/my/{ref}/files/\w+)"', page)[1]


def the_item(house, ref):
    with house.session(house.keeper()) as session:
        wanted = select(Item.public_id).join(Contribution, Contribution.id == Item.contribution_id)
        return session.scalars(wanted.where(Contribution.public_id == ref)).first()


def test_a_family_sends_a_file_with_its_words_and_gets_it_back_as_it_was(sent, app):
    family, ref = sent
    writes(family, ref, (LETTER, "letter.pdf"))
    assert family.status == 200
    assert "letter.pdf" in family.page
    answer = family.client.get(link(family.page, ref))
    assert answer.get_data() == LETTER
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Cache-Control"] == "no-store"


def test_nothing_of_the_file_or_its_name_is_readable_on_the_disk(sent, house):
    family, ref = sent
    writes(family, ref, (b"canary-in-a-letter", "canary-file-name.txt"))
    for path in house.settings.data.rglob("*"):
        if path.is_file():
            assert b"canary-in-a-letter" not in path.read_bytes(), path
            assert b"canary-file-name" not in path.read_bytes(), path


def test_another_family_and_a_stranger_find_nothing_at_its_address(sent, app):
    family, ref = sent
    writes(family, ref, (LETTER, "letter.pdf"))
    address = link(family.page, ref)
    assert app.test_client().get(address).status_code == 404
    other = Family(app)
    other_ref, _code = other.send("remembrance")
    assert other.client.get(address).status_code == 404
    assert other.client.get(address.replace(ref, other_ref)).status_code == 404


def test_the_desk_opens_it_and_the_log_says_so(sent, app, house):
    family, ref = sent
    writes(family, ref, (LETTER, "letter.pdf"))
    moderator = signed_in(app, house, a_colleague(house, "moderator"))
    page = moderator.get(f"/en/desk/items/{the_item(house, ref)}")
    address = re.search(r'action="([^"]+/files/\w+)"', page.get_data(as_text=True))[1]
    answer = moderator.post(address, data={"csrf_token": token_in(page)})
    assert answer.get_data() == LETTER
    with house.session(house.keeper()) as session:
        assert "enclosure_opened" in session.scalars(select(CustodyEvent.verb)).all()


def test_the_desk_sends_one_along_with_its_question(sent, app, house):
    family, ref = sent
    moderator = signed_in(app, house, a_colleague(house, "moderator"))
    path = f"/en/desk/items/{the_item(house, ref)}"

    def does(verb, **more):
        page = moderator.get(path)
        version = re.search(r'name="version" value="(\d+)"', page.get_data(as_text=True))[1]
        return moderator.post(
            f"{path}/{verb}", data={"csrf_token": token_in(page), "version": version, **more}
        )

    assert does("take").status_code == 302
    page = (io.BytesIO(LETTER), "a form to sign.pdf")
    assert does("ask", note="A synthetic question.", files=[page]).status_code == 302
    family.open(f"/my/{ref}")
    assert "A synthetic question." in family.page
    assert family.client.get(link(family.page, ref)).get_data() == LETTER


def test_a_note_among_colleagues_keeps_its_file_among_them(sent, app, house):
    family, ref = sent
    moderator = signed_in(app, house, a_colleague(house, "moderator"))
    path = f"/en/desk/items/{the_item(house, ref)}"
    page = moderator.get(path)
    files = [(io.BytesIO(LETTER), "colleagues.pdf")]
    form = {"csrf_token": token_in(page), "note": "Synthetic note.", "files": files}
    assert moderator.post(f"{path}/note", data=form).status_code == 302
    family.open(f"/my/{ref}")
    assert "colleagues.pdf" not in family.page
    with house.session(house.keeper()) as session:
        hidden = session.scalars(select(Enclosure.public_id)).one()
    assert family.client.get(f"/en/my/{ref}/files/{hidden}").status_code == 404


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([(b"", "nothing.pdf")], "nothing.pdf is empty"),
        ([(LETTER, f"{number}.pdf") for number in range(6)], "Up to 5 files"),
    ],
)
def test_what_cannot_be_taken_says_why_and_keeps_the_words(sent, files, said):
    family, ref = sent
    writes(family, ref, *files, words="These synthetic words stay.")
    assert family.status == 422
    assert said in family.text
    assert "These synthetic words stay." in family.page


def test_one_that_is_too_large_says_which_way_it_goes(sent, monkeypatch):
    family, ref = sent
    monkeypatch.setattr(enclosures, "LARGEST", 20)
    writes(family, ref, (LETTER, "long.pdf"))
    assert family.status == 422
    assert "long.pdf is larger than" in family.text


def test_it_goes_with_the_erasure(sent, app, house):
    family, ref = sent
    writes(family, ref, (LETTER, "letter.pdf"))
    with house.writing(house.keeper()) as session:
        contribution = session.scalars(select(Contribution).where(Contribution.public_id == ref)).one()
        key = session.scalars(select(Enclosure.storage_key)).one()
        assert house.storage.exists(key)
        later = house.now() + timedelta(days=15)
        withdrawal.erase(session, Actor.system(), contribution, now=later)
    assert not house.storage.exists(key)
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Enclosure)).all() == []


def test_a_file_is_handed_over_whatever_its_name_was():
    answer = as_download(io.BytesIO(LETTER), "a\r\nX-Evil: 1/b\u202efdp.exe")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="aX-Evil: 1_bfdp.exe"'
