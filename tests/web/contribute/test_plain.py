"""What somebody who walked through the pages with a telephone stumbled over. All people are synthetic."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from memorial.derivatives.decoder import Limits
from memorial.domain import lapses
from memorial.models import Contribution, Media
from memorial.services import contribute, photographs
from tests.services.test_contribute import TOLD, begun, published, sent
from tests.services.test_renewals import FOR_FIVE
from tests.web.contribute.helpers import Family, a_photograph
from tests.web.contribute.test_uploads import NOISE, Sender


@pytest.fixture
def family(app):
    return Family(app)


def the_page_of(house, family, **answers):
    """A published testimony, and its family's browser on its own page."""
    contribution_id, code = begun(house, {**TOLD, **answers})
    sent(house, contribution_id)
    published(house, contribution_id)
    return family.come_back(code)


def heading(family):
    return re.search(r"<h1[^>]*>(.*?)</h1>", family.page, re.S)[1].strip()


# -- check your answers --------------------------------------------------------------------------


def test_a_file_that_is_not_whole_is_named_before_sending(app):
    sender = Sender(app)
    address = sender.announce(len(NOISE), "grandfather.mp4").headers["Location"]
    sender.more(address, 0, NOISE[:100_000])
    text = sender.family.open("/contribute/check").text
    assert "“grandfather.mp4” is not whole yet: 100 KB of 200 KB are saved." in text
    sender.more(address, 100_000, NOISE[100_000:])
    assert "is not whole yet" not in sender.family.open("/contribute/check").text


def test_a_file_of_an_unknown_kind_is_counted_among_the_answers(house, family):
    family.answer_all("testimony")
    family.add((a_photograph(), "one.jpg"), (b"synthetic bytes of no known kind" * 9, "letter.xyz"))
    text = family.open("/contribute/check").text
    assert "1 photograph" in text
    assert "1 other file" in text


def test_what_is_missing_is_said_at_its_row_too(family):
    family.answer_all("remembrance", audience={"audience": "not_sure"}, consents={"keep": "no"})
    page = family.post("/contribute/send", send_key=family.send_key).page
    row = page[page.index('id="row-keep"') :].split("</div>")[0]
    assert "We may only take it if you allow us to keep it." in row


def test_every_answer_stands_under_a_question_that_can_be_understood_alone(family):
    family.answer_all("testimony")
    questions = [each.strip() for each in re.findall(r"<dt>(.*?)</dt>", family.page, re.S)]
    assert "When and where are you telling this? When" in questions
    assert not {"When", "Where", "The words", "Your name "} & set(questions)
    assert len(questions) == len(set(questions))


# -- my page -------------------------------------------------------------------------------------


def test_what_was_only_begun_is_not_called_sent(house, family):
    _, code = begun(house, TOLD)
    assert heading(family.come_back(code)) == "What you began"


def test_what_is_hidden_is_not_called_published(house, family):
    the_page_of(house, family)
    assert 'aria-current="step"' in family.page
    family.post(f"{family.at.removeprefix('/en')}/hide")
    assert "It is hidden." in family.text
    assert 'aria-current="step"' not in family.page


SAID = {
    "az": "kimin açdığını qeyd etmir",
    "en": "does not record who opens a published page",
    "ru": "не записывает, кто открывает опубликованную страницу",
    "tr": "kimin açtığını kaydetmez",
}


@pytest.mark.parametrize("code", SAID)
def test_the_page_says_what_is_known_of_those_who_looked(app, house, code):
    family = the_page_of(house, Family(app, code))
    assert SAID[code] in family.text


def test_an_end_that_is_years_away_does_not_stand_before_the_messages(house, family, clock):
    family = the_page_of(house, family, **FOR_FIVE)
    path = family.at.removeprefix("/en")
    assert family.page.index('id="messages"') < family.page.index('id="ending"')
    clock.forward(timedelta(days=5 * 365 - 90))
    family.open(path)
    assert family.page.index('id="ending"') < family.page.index('id="messages"')


# -- one list of years ---------------------------------------------------------------------------


def test_the_forms_and_the_renewal_offer_the_same_years(house, family):
    offered = {*map(str, lapses.YEARS), "never"}
    the_page_of(house, family, **FOR_FIVE)
    family.open(f"{family.at.removeprefix('/en')}/renew")
    assert set(re.findall(r'name="ask_again" value="(\w+)"', family.page)) == offered
    family.open("/contribute/audience")
    assert set(re.findall(r'name="ask_again" value="(\w+)"', family.page)) == offered
    assert "Ask me again in 25 years" in family.text


# -- a picture too large for copies ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "said"),
    [("en", "up to 40 MB, and this one is larger"), ("ru", "размером до 40 МБ, а этот больше")],
)
def test_a_picture_too_large_for_copies_is_kept_and_the_family_reads_what_to_do(app, house, code, said):
    family = Family(app, code)
    family.answer_all("testimony")
    family.add((a_photograph(), "large.jpg"))
    with house.writing(house.keeper()) as session:
        medium = session.scalars(select(Media)).one()
        medium.failed = "refused.too_large_bytes"
    family.open("/contribute/photographs")
    assert said in family.text
    assert "?" not in re.findall(r'<p class="hint">(.*?)</p>', family.page, re.S)[1]


def test_a_picture_too_large_for_copies_is_refused_by_that_name(house, family, monkeypatch):
    from memorial import jobs

    limit = 2_000
    monkeypatch.setattr(photographs, "_LARGEST_PICTURE", limit)
    monkeypatch.setattr("memorial.derivatives._decoder.limits", Limits(file_bytes=limit))
    family.answer_all("testimony")
    family.add((a_photograph(), "large.jpg"))
    jobs.sweep(house)
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Media.failed)).all() == ["refused.too_large_bytes"]
        contribution = session.scalars(select(Contribution)).one()
        assert contribute.read(house.keys, contribution).photos
