"""Is it the same file? Answered by its hash alone, for what is shown and for nothing else. All files are synthetic."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from memorial.gate import Actor
from memorial.models import Contribution
from memorial.services import authenticity, withdrawal
from tests.builders import a_testimony
from tests.voices import a_recording
from tests.walking import whole

CONTENT = b"A synthetic recording." * 99_999
SUM = hashlib.sha256(CONTENT).hexdigest()
NEVER = hashlib.sha256(b"never").hexdigest()


@pytest.fixture
def heard(house):
    made = a_testimony(house)
    a_recording(house, made, sha256=SUM, bytes=len(CONTENT))
    return made


def test_a_file_that_was_received_is_known_with_its_moment_and_its_page(app, house, heard):
    page = app.test_client().get(f"/en/verify?sha256={SUM}").text
    assert "Yes: this archive received this very file" in page
    assert "22 November 2026, 09:00 UTC" in page
    assert f'href="/en{heard.path}"' in page


def test_a_hidden_file_gives_the_same_answer_as_one_that_never_was(app, house, heard):
    client = app.test_client()
    dark = a_testimony(house)
    a_recording(house, dark, allowed=False, sha256=NEVER)
    nothing = "0123456789abcdef" * 4
    assert _bare(client, NEVER) == _bare(client, nothing)
    assert "This file is not among those that are shown here" in client.get(f"/en/verify?sha256={NEVER}").text
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, heard.contribution_id)
        withdrawal.hide(
            session, Actor.family(contribution.public_id, contribution.id), contribution, now=house.now()
        )
    assert _bare(client, SUM) == _bare(client, nothing)


def _bare(client, sha256):
    text = whole(client.get(f"/en/verify?sha256={sha256}"))
    groups = " ".join(sha256[at : at + 8] for at in range(0, 64, 8))
    return "\n".join(
        line for line in text.replace(sha256, "").replace(groups, "").split("\n") if "etag" not in line
    )


def test_a_file_of_a_kind_that_is_never_shown_is_not_known(app, house, heard):
    a_recording(house, heard, role="file", sha256=NEVER)
    assert "This file is not among those" in app.test_client().get(f"/en/verify?sha256={NEVER}").text


@pytest.mark.parametrize("typed", [
    SUM.upper(), " ".join(SUM[at : at + 8] for at in range(0, 64, 8)), f"SHA256 (file.mp3) = {SUM}".replace("file.mp3", ""),
    f"  {SUM}\n",
])  # fmt: skip
def test_a_hash_is_read_however_it_was_copied(typed):
    assert authenticity.digest_of(typed) == SUM


@pytest.mark.parametrize("typed", ["", "abc", SUM[:-1], f"{SUM}0", "g" * 64, "<script>"])
def test_what_is_no_hash_is_said_to_be_none(app, engine_name, typed):
    assert authenticity.digest_of(typed) == ""
    if typed and engine_name == "sqlite":
        answer = app.test_client().get("/en/verify", query_string={"sha256": typed})
        assert answer.status_code == 422
        assert "It has 64 signs" in answer.text
        assert "<script>" not in answer.text


def test_of_two_families_who_sent_the_same_file_the_first_moment_is_said(app, house, heard, clock):
    clock.forward(timedelta(days=1))
    a_recording(house, a_testimony(house), sha256=SUM)
    assert "22 November 2026" in app.test_client().get(f"/en/verify?sha256={SUM}").text


def test_nobody_tries_a_list_of_hashes_here(app, house):
    client = app.test_client()
    answers = [client.get(f"/en/verify?sha256={number:064x}").status_code for number in range(61)]
    assert set(answers[:60]) == {200}
    assert answers[60] == 429
    assert client.get("/en/verify").status_code == 200


@pytest.mark.browser
def test_a_file_that_is_chosen_is_compared_without_being_sent(engine_name, house, live_server, page, heard):
    if engine_name != "sqlite":
        return  # the same in a browser
    sent = []
    page.on("request", lambda request: sent.append((request.method, request.post_data_buffer)))
    page.goto(f"{live_server}/en/verify")
    page.set_input_files("#file", {"name": "synthetic.mp3", "mimeType": "audio/mpeg", "buffer": CONTENT})
    page.wait_for_url(f"**/verify?sha256={SUM}")
    assert page.locator("h2#answer").inner_text().startswith("Yes")
    assert set(sent) == {("GET", None)}
