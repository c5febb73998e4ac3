"""Letters to families: only where it is safe, saying that there is something and never what. People are synthetic."""

from __future__ import annotations

import logging
import ssl
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from memorial import jobs
from memorial.gate import Actor
from memorial.models import Contribution, CustodyEvent, Item, Letter
from memorial.services import contribute, drafts, letter_words, letters, mailing, review
from memorial.services.post import Post, written
from tests.services.postbox import CERTIFICATE, Postbox, free_port
from tests.services.test_contribute import TOLD, _an_account, begun, published, sent

SAFE = {**TOLD, "contact": "tel 055 000 00 00, canary@box.example", "safe": "yes"}
LINK = "https://quiet.example/az/return"


@pytest.fixture
def box():
    with Postbox() as opened:
        yield opened


@pytest.fixture
def house(house, box):
    settings = house.settings
    settings.mail_host, settings.mail_port, settings.mail_tls = "127.0.0.1", box.port, "none"
    settings.mail_from, settings.public_url = "post@quiet.example", "https://quiet.example"
    return house


def asked(house, contribution_id, verb="ask", note="A synthetic question with a canary in it?"):
    """The desk takes the item and does something with it."""
    _an_account(house)
    desk = Actor("account:1", frozenset({"moderator", "specialist"}), account_id=1)
    with house.writing(house.keeper()) as session:
        item = contribute.item_of(session, contribution_id)
        for each, words in (("take", ""), (verb, note)):
            review.advance(session, desk, item, each, now=house.now(), keys=house.keys, note=words)


def asked_of(house, answers, language="az"):
    contribution_id, code = begun(house, answers, language)
    sent(house, contribution_id, f"key-{contribution_id}", language)
    asked(house, contribution_id)
    return contribution_id, code


def due(house):
    with house.session(house.keeper()) as session:
        return [(letter.kind, letter.tries) for letter in session.scalars(select(Letter))]


def next_try(house):
    with house.session(house.keeper()) as session:
        at = session.scalars(select(Letter.due_at)).first()
        return at - house.now() if at else None


def jobs_for_people(house):
    with house.session(house.keeper()) as session:
        return [item.facts for item in session.scalars(select(Item).where(Item.kind == "job"))]


def test_a_question_becomes_a_letter_in_the_familys_language_with_nothing_of_the_content(house, box):
    _, code = asked_of(house, SAFE)
    assert jobs.send_letters(house) == 1
    (letter,) = box.letters
    assert letter.to == ["canary@box.example"]
    assert letter.subject == "Sizə bir mesaj var"
    assert LINK in letter.text
    assert "?" not in letter.text
    for secret in ("canary in it", "Synthetic", "memorial", "archive", "arxiv", code, code.replace(" ", "")):
        assert secret.lower() not in (letter.subject + letter.text).lower()
    assert due(house) == []
    assert jobs.send_letters(house) == 0


@pytest.mark.parametrize(
    ("contact", "safe"),
    [
        ("canary@box.example", "no"),
        ("canary@box.example", "not_sure"),
        ("canary@box.example", ""),
        ("055 000 00 00, ask at the synthetic shop", "yes"),
        ("", "yes"),
        ("mine@box.example or my sister's, hers@box.example", "yes"),
    ],
)
def test_nothing_is_written_where_no_safe_address_is_known(house, box, contact, safe):
    asked_of(house, {**TOLD, "contact": contact, "safe": safe})
    assert jobs.send_letters(house) == 0
    assert (box.letters, due(house), jobs_for_people(house)) == ([], [], [])


def test_a_no_that_was_saved_and_not_yet_sent_counts_at_once(house, box):
    contribution_id, _ = asked_of(house, SAFE)
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        draft = contribute.read(house.keys, contribution)
        draft.answers["safe"] = "no"
        contribute.keep(session, house.keys, contribution, draft, now=house.now())
    jobs.send_letters(house)
    assert box.letters == []


def test_without_a_mail_server_everything_else_goes_on_and_nothing_is_left_to_send(house, box):
    house.settings.mail_host = ""
    asked_of(house, SAFE)
    jobs.sweep(house)
    assert due(house) == []
    house.settings.mail_host = "127.0.0.1"
    jobs.sweep(house)
    assert box.letters == []


def test_from_the_proof_to_the_publication_each_step_is_told_once(house, box):
    contribution_id, _ = begun(house, SAFE, "en")
    sent(house, contribution_id)
    published(house, contribution_id)
    jobs.send_letters(house)
    # The proof and the publication came before the worker: the last word is enough.
    (letter,) = box.letters
    assert "can now be seen by those you chose" in letter.text


def test_the_address_is_opened_for_the_sending_alone_and_the_custody_log_shows_it(house, box):
    contribution_id, _ = asked_of(house, SAFE)
    with house.session(house.keeper()) as session:
        assert session.scalars(select(CustodyEvent.verb)).all() == []
    jobs.send_letters(house)
    with house.session(house.keeper()) as session:
        (event,) = session.scalars(select(CustodyEvent))
        assert (event.verb, event.actor, event.contribution_id) == ("contact_used", "system", contribution_id)


def test_a_server_that_is_away_is_tried_again_with_growing_pauses_and_then_a_person_is_told(
    house, box, clock
):
    contribution_id, _ = asked_of(house, SAFE)
    box.answer = "451 come back later"
    pauses = []
    while jobs.send_letters(house) and (wait := next_try(house)):
        pauses.append(wait)
        clock.forward(wait - timedelta(seconds=1))
        assert jobs.send_letters(house) == 0
        clock.forward(timedelta(seconds=1))
    assert [pause / timedelta(minutes=1) for pause in pauses] == [
        10,
        30,
        120,
        360,
        720,
        1440,
        1440,
        1440,
        1440,
    ]
    assert due(house) == []
    assert jobs_for_people(house) == [{"job": "letter", "letter": "question", "why": "unreachable"}]
    with house.session(house.keeper()) as session:
        assert (
            session.scalars(select(Item.contribution_id).where(Item.kind == "job")).one() == contribution_id
        )


def test_a_server_that_comes_back_gets_the_letter(house, box, clock):
    asked_of(house, SAFE)
    box.answer = "451 come back later"
    jobs.send_letters(house)
    assert due(house) == [("question", 1)]
    box.answer = "250 OK"
    jobs.send_letters(house)
    assert box.letters == []
    clock.forward(timedelta(minutes=10))
    jobs.send_letters(house)
    assert len(box.letters) == 1


def test_an_address_that_takes_no_letters_is_told_to_a_person_at_once_and_one_line_is_enough(house, box):
    contribution_id, _ = asked_of(house, SAFE)
    box.answer = "550 no such box"
    jobs.send_letters(house)
    with house.writing(house.keeper()) as session:
        letters.due(session, contribution_id, "message", now=house.now())
    jobs.send_letters(house)
    assert jobs_for_people(house) == [{"job": "letter", "letter": "question", "why": "refused"}]


def test_a_worker_that_dies_while_sending_leaves_a_letter_that_is_sent_later_and_not_twice_at_once(
    house, clock
):
    asked_of(house, SAFE)
    with house.session(house.keeper()) as session:
        (letter_id,) = letters.waiting(session, house.now())
    for expected in (True, False):
        with house.writing(house.keeper()) as session:
            found = mailing.take(session, house.keys, letter_id, now=house.now())
            assert (found is not None) is expected
    clock.forward(timedelta(minutes=10))
    with house.session(house.keeper()) as session:
        assert letters.waiting(session, house.now()) == [letter_id]


def test_a_later_letter_is_not_lost_because_an_earlier_one_was_just_being_sent(house, box):
    contribution_id, _ = asked_of(house, SAFE)
    with house.writing(house.keeper()) as session:
        (letter_id,) = letters.waiting(session, house.now())
        first = mailing.take(session, house.keys, letter_id, now=house.now())
    with house.writing(house.keeper()) as session:
        letters.due(session, contribution_id, "ready", now=house.now())
    with house.writing(house.keeper()) as session:
        mailing.settle(session, first, "sent", now=house.now())
    jobs.send_letters(house)
    assert "there is a page for you" in box.letters[0].text or "səhifə" in box.letters[0].text


def test_no_letter_and_no_log_holds_the_address(house, box, caplog):
    caplog.set_level(logging.DEBUG)
    asked_of(house, SAFE)
    box.answer = "550 canary@box.example is unknown here"
    jobs.send_letters(house)
    ours = " ".join(line.getMessage() for line in caplog.records if line.name != "mail.log")
    assert "canary@box" not in ours
    assert "was not sent" in ours
    with house.session(house.keeper()) as session:
        for table in (Letter, Item, CustodyEvent):
            for row in session.scalars(select(table)):
                assert "box.example" not in str(vars(row))


def test_nothing_is_written_about_what_was_erased(house, box):
    contribution_id, _ = begun(house, SAFE)
    with house.writing(house.keeper()) as session:
        letters.due(session, contribution_id, "draft", now=house.now())
        contribution = session.get_one(Contribution, contribution_id)
        by = Actor.family(contribution.public_id, contribution.id)
        drafts.discard(session, by, contribution, keys=house.keys, now=house.now())
    jobs.send_letters(house)
    assert (box.letters, due(house)) == ([], [])


def test_one_unreachable_server_does_not_hold_the_worker_for_every_letter(house, box):
    for _ in range(3):
        asked_of(house, SAFE)
    house.settings.mail_port = free_port()
    assert jobs.send_letters(house) == 1


# -- the way to the server, and the letter itself: no database ------------------------------


def trusting():
    return ssl.create_default_context(cafile=CERTIFICATE)


# The server that these tests start warns of what it is told to do here.
UNWARNED = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@UNWARNED
@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_the_way_to_the_server_is_encrypted_and_signed_in(tls, clock):
    with Postbox(starttls=tls == "starttls", tls=tls == "tls", password="synthetic") as box:
        post = Post("localhost", "post@quiet.example", box.port, tls, "us", "synthetic", trusting)
        assert post.deliver("somebody@box.example", "S", "T", now=clock.at) == "sent"
        assert box.letters[0].user == "us"
        if tls == "starttls":
            assert box.letters[0].encrypted


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_server_with_a_foreign_certificate_gets_nothing(tls, clock):
    with Postbox(starttls=tls == "starttls", tls=tls == "tls") as box:
        post = Post("localhost", "post@quiet.example", box.port, tls)
        assert post.deliver("somebody@box.example", "S", "T", now=clock.at) == "unreachable"
        assert box.letters == []


def test_a_server_that_offers_no_encryption_gets_nothing(box, clock):
    post = Post("127.0.0.1", "post@quiet.example", box.port, "starttls")
    assert post.deliver("somebody@box.example", "S", "T", now=clock.at) == "unreachable"
    assert box.letters == []


@UNWARNED
def test_a_wrong_password_is_our_fault_and_not_the_address_s(clock):
    with Postbox(password="synthetic") as box:
        post = Post("127.0.0.1", "post@quiet.example", box.port, "none", "us", "wrong")
        assert post.deliver("somebody@box.example", "S", "T", now=clock.at) == "unreachable"


PIECES = st.text(
    st.sampled_from("abz09.@+-_!#$%&'*/=?^`{|}~ ,;:<>()[]\\\"\r\n\t\0é‮ə") | st.characters(), max_size=60
)


@given(PIECES, PIECES)
def test_no_contact_whatever_is_typed_can_add_a_header_or_a_recipient(before, after):
    for contact in (before + after, f"{before}somebody@box.example{after}", f"{before}@box.example{after}"):
        to = mailing.address_in({"safe": "yes", "contact": contact})
        if not to:
            continue
        assert to.isascii()
        assert to.isprintable()
        assert to.count("@") == 1
        assert not set(to) & set(' ,;:<>()[]\\"')
        from datetime import UTC, datetime

        letter = written("post@quiet.example", to, "S", "T", datetime(2026, 11, 22, tzinfo=UTC))
        head = letter.as_bytes().split(b"\r\n\r\n")[0].decode()
        names = [line.split(":")[0] for line in head.split("\r\n") if not line.startswith(" ")]
        assert len(names) == len(set(names)) == 9, names
        assert str(letter["To"]) == to


@pytest.mark.parametrize(
    "hostile",
    [
        "a@box.example\r\nBcc: b@box.example",
        "a@box.example\nRCPT TO:<b@box.example>",
        "a@box.example>\r\nDATA",
        "a@box.example%0d%0aBcc:b@box.example",
    ],
)
def test_a_line_end_in_a_contact_adds_nobody(box, clock, hostile):
    post = Post("127.0.0.1", "post@quiet.example", box.port, "none")
    post.deliver(hostile, "S", "T", now=clock.at)
    assert all(letter.to == ["a@box.example"] for letter in box.letters)
    found = mailing.address_in({"safe": "yes", "contact": hostile})
    assert found in ("", "a@box.example")


@pytest.mark.parametrize("language", ["az", "en", "ru", "tr"])
@pytest.mark.parametrize("kind", sorted(letter_words.NEWS))
def test_every_letter_is_there_in_every_language_under_one_subject(kind, language):
    subject, text = letter_words.composed(kind, language, LINK)
    assert subject == letter_words.composed("draft", language, LINK)[0]
    assert LINK in text
    if language != "en":
        assert not set(text.split("\n\n")) & set(letter_words.composed(kind, "en", LINK)[1].split("\n\n")) - {
            LINK
        }
