"""The media door: whole and in ranges, and shut with the next request after a withdrawal."""

from __future__ import annotations

import hashlib

import pytest

from memorial.domain import consent as rules
from memorial.domain.ids import new_public_id
from memorial.gate import Actor
from memorial.models import Contribution, Derivative, Media
from memorial.services import consent, withdrawal
from tests.builders import a_testimony, record_of
from tests.iiif import agree, everything
from tests.walking import signed_in

BYTES = bytes(range(256)) * 8


def _a_copy(house, *, published: bool = True, mime: str = "image/jpeg", uses=("view",)):
    """A synthetic photograph with one copy, in a testimony that may be read or not."""
    made = a_testimony(house, published=published)
    copy_id = new_public_id()
    with house.writing(house.keeper()) as session:
        record = record_of(session, made)
        part = consent.add_part(
            session, record, "photograph:x", "photograph", contribution_id=made.contribution_id
        )
        guard = consent.guard_of(session, part)
        media = Media(
            public_id=new_public_id(), record_id=record.id, sha256="0" * 64, bytes=1, mime=mime, storage_key=copy_id,
            received_at=house.now(), due="", **guard,
        )  # fmt: skip
        session.add(media)
        session.flush()
        key = house.storage.put_derived(f"{copy_id}.jpg", BYTES)
        session.add(
            Derivative(
                public_id=copy_id, media_id=media.id, width=1, height=1, bytes=len(BYTES), mime=mime,
                sha256=hashlib.sha256(BYTES).hexdigest(), storage_key=key, **guard,
            )
        )  # fmt: skip
        session.flush()
        # The photograph came after the yes: its contributor says it again, for this part too.
        party = consent.party_of(session, "contributor", made.contribution_id)
        will = {rules.EVERY_PART: rules.chosen(["public"], list(uses))}
        consent.append(session, record, consent.Said(party, "will", will), by=Actor.system(), at=house.now())
        if published:
            everything = {rules.EVERY_PART: rules.everything()}
            said = consent.Said(consent.archive_party(session), "will", everything)
            consent.append(session, record, said, by=Actor.system(), at=house.now())
    return made, f"/media/{copy_id}"


def test_a_copy_comes_whole_with_its_tag_and_may_not_be_kept_unasked(house, client):
    _, path = _a_copy(house)
    with client.get(path) as answer:
        assert (answer.status_code, answer.data) == (200, BYTES)
        assert answer.content_type == "image/jpeg"
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert answer.content_length == len(BYTES)
        etag = answer.headers["ETag"]
    with client.get(path, headers={"If-None-Match": etag}) as again:
        assert (again.status_code, again.data) == (304, b"")
    with client.head(path) as head:
        assert (head.status_code, head.data, head.content_length) == (200, b"", len(BYTES))


def test_a_copy_comes_in_ranges(house, client):
    _, path = _a_copy(house)
    with client.get(path, headers={"Range": "bytes=10-19"}) as part:
        assert (part.status_code, part.data) == (206, BYTES[10:20])
        assert part.headers["Content-Range"] == f"bytes 10-19/{len(BYTES)}"
    with client.get(path, headers={"Range": "bytes=99999-"}) as beyond:
        assert beyond.status_code == 416


def test_a_browser_that_kept_a_part_asks_whether_it_is_still_of_the_same_copy(house, client):
    _, path = _a_copy(house, mime="video/mp4")
    with client.get(path) as whole:
        etag = whole.headers["ETag"]
    for tag, status, body in ((etag, 206, BYTES[10:20]), ('"another"', 200, BYTES)):
        with client.get(path, headers={"Range": "bytes=10-19", "If-Range": tag}) as part:
            assert (part.status_code, part.data) == (status, body)


@pytest.mark.parametrize("range", ["bytes=0-1,4-5", "items=0-1", "bytes=b-a", "bytes=-"])
def test_what_is_no_single_range_is_answered_with_the_whole(house, client, range):
    _, path = _a_copy(house, mime="audio/mp4")
    with client.get(path, headers={"Range": range}) as answer:
        assert (answer.status_code, answer.data) == (200, BYTES)


def test_the_end_of_a_copy_can_be_asked_for_and_a_head_tells_of_the_whole(house, client):
    _, path = _a_copy(house, mime="audio/ogg")
    for wanted, body in (
        ("bytes=-5", BYTES[-5:]),
        ("bytes=2040-", BYTES[2040:]),
        ("bytes=2040-99999", BYTES[2040:]),
    ):
        with client.get(path, headers={"Range": wanted}) as part:
            assert (part.status_code, part.data, part.content_length) == (206, body, len(body))
    with client.head(path, headers={"Range": "bytes=0-9"}) as head:
        assert (head.status_code, head.content_length, head.headers["Accept-Ranges"]) == (
            200,
            len(BYTES),
            "bytes",
        )


def test_behind_nginx_the_answer_names_the_file_and_the_gate_is_asked_all_the_same(house, client):
    house.settings.accel = "/copies/"
    _, path = _a_copy(house, mime="video/mp4")
    with client.get(path, headers={"Range": "bytes=0-9"}) as answer:
        assert (answer.status_code, answer.data, answer.content_type) == (200, b"", "video/mp4")
        assert answer.headers["X-Accel-Redirect"] == f"/copies/derived/{path.split('/')[-1]}.jpg"
        assert answer.headers["Cache-Control"] == "no-cache"
    _, hidden = _a_copy(house, published=False, mime="video/mp4")
    with client.get(hidden) as refused:
        assert refused.status_code == 404
        assert "X-Accel-Redirect" not in refused.headers


def test_a_hidden_copy_is_not_there(house, client):
    _, path = _a_copy(house, published=False)
    hidden = client.get(path)
    never = client.get(f"/media/{new_public_id()}")
    assert hidden.status_code == never.status_code == 404
    assert hidden.data == never.data


def test_a_withdrawal_counts_between_two_ranges_and_for_a_conditional_request(house, client):
    made, path = _a_copy(house)
    with client.get(path, headers={"Range": "bytes=0-9"}) as part:
        assert part.status_code == 206
        etag = part.headers["ETag"]
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        withdrawal.hide(session, Actor.family(made.ref, made.contribution_id), contribution, now=house.now())
    assert client.get(path, headers={"Range": "bytes=10-19"}).status_code == 404
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 404
    assert client.head(path).status_code == 404


def test_nothing_but_what_copies_are_made_as_leaves_by_this_door(house, client):
    _, path = _a_copy(house, mime="text/html")
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_an_approved_reader_keeps_no_copy_of_what_they_may_not_look_at(house, app):
    made, reader = everything(house), signed_in(app, house, "approved_reader")
    where = f"/media/{made.copies['sound']}/recording"
    for uses, status in ((["download"], 404), (["view"], 404), (["view", "download"], 200)):
        agree(house, made.made, {rules.EVERY_PART: rules.chosen(["research"], uses)})
        assert reader.get(where, buffered=True).status_code == status, uses
