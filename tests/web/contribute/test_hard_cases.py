"""What happens when it does not go smoothly: two windows, Back, long texts, every script, wrong codes. Synthetic people only."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import func, select

from memorial.domain.ids import ReturnCode, parse_return_code
from memorial.models import Contribution, Enclosure, Item, Media, Message, PersonName, Record, Revision, Text
from memorial.services import contribute
from memorial.web.contribute.fields import PAGES
from tests.web.contribute.helpers import Family, a_photograph


@pytest.fixture
def family(app):
    return Family(app)


def _count(house, table):
    with house.session(house.keeper()) as session:
        return session.scalar(select(func.count()).select_from(table))


def _answers(house):
    with house.session(house.keeper()) as session:
        return contribute.read(house.keys, session.scalars(select(Contribution)).one()).answers


def _seen(family):
    return re.search(r'name="seen" value="([^"]+)"', family.page)[1]


# -- two windows --------------------------------------------------------------------------------


def test_an_older_window_does_not_undo_in_silence_what_was_answered_later(house, family):
    family.begin("testimony")
    older, token = _seen(family.open("/contribute/told")), family.token
    family.post("/contribute/told", told_where="Second town", told_when="", seen=older)
    family.post("/contribute/told", told_where="First town", told_when="", seen=older, csrf_token=token)
    assert family.status == 409
    assert "Second town" in family.text
    assert 'value="First town"' in family.page
    assert _answers(house)["told_where"] == "Second town"
    family.post("/contribute/told", told_where="First town", told_when="", seen=_seen(family))
    assert _answers(house)["told_where"] == "First town"


def test_the_same_answer_from_two_windows_is_no_quarrel(house, family):
    family.begin("testimony")
    older, token = _seen(family.open("/contribute/told")), family.token
    for _ in range(2):
        family.post("/contribute/told", told_where="One town", told_when="", seen=older, csrf_token=token)
        assert family.status == 200


def test_a_mistake_on_the_page_does_not_hide_that_another_window_was_quicker(house, family):
    family.begin("testimony")
    older = _seen(family.open("/contribute/audience"))
    family.post("/contribute/audience", audience="everyone", seen=older)
    family.open("/contribute/audience")
    family.post("/contribute/audience", audience="later", closed_until="soon", seen=older)
    assert family.status == 422
    assert _seen(family) == older


# -- pressed twice, gone back, come too late -------------------------------------------------


def test_a_double_click_on_continue_is_one_answer_and_one_draft(house, family):
    family.begin("testimony")
    seen, token = _seen(family.open("/contribute/words")), family.token
    for _ in range(2):
        family.post("/contribute/words", words="Synthetic words.", title="", seen=seen, csrf_token=token)
        assert family.status == 200
    assert _count(house, Contribution) == 1


def _form_key(family):
    return re.search(r'name="form_key" value="([^"]+)"', family.page)[1]


def test_a_message_whose_answer_got_lost_is_sent_again_and_said_once(house, family):
    """The same form, with its file: one message. Other words in it are another message."""
    ref, _ = family.send("testimony")
    key, token = _form_key(family.open(f"/my/{ref}")), family.token
    for words in ("Synthetic words.", "Synthetic words.", "Other synthetic words."):
        file = (io.BytesIO(b"a synthetic letter"), "letter.pdf")
        family.post(f"/my/{ref}/write", words=words, files=file, form_key=key, csrf_token=token)
        assert family.status == 200
    assert (_count(house, Message), _count(house, Enclosure)) == (2, 2)
    assert len(list(house.storage.listing("originals"))) == 2


def test_a_photograph_whose_answer_got_lost_is_sent_again_and_kept_once(house, family):
    """Another photograph in the same form, as after Back, is another photograph."""
    family.begin("testimony")
    key, token = _form_key(family.open("/contribute/photographs")), family.token
    for picture in (a_photograph(), a_photograph(), a_photograph(width=800)):
        file = (io.BytesIO(picture), "photo.jpg")
        family.post("/contribute/photographs", photographs=file, act="add", form_key=key, csrf_token=token)
        assert family.status == 200
    assert _count(house, Media) == 2
    assert len(list(house.storage.listing("originals"))) == 2


def test_back_after_sending_says_that_it_was_sent_and_changes_nothing(house, family):
    family.answer_all("remembrance")
    key, token = family.send_key, family.token
    family.post("/contribute/send", send_key=key)
    family.open("/contribute/check")
    assert "You have sent this before." in family.text
    family.post("/contribute/send", send_key=key, csrf_token=token)
    assert "We have received it" in family.text
    assert (_count(house, Record), _count(house, Item), _count(house, Revision)) == (1, 1, 1)


@pytest.mark.parametrize(
    ("path", "field"),
    [("memory", "memory"), ("wrong", "wrong"), ("shows", "description"), ("people", "people_reach")],
)
def test_a_visit_that_ended_gives_every_word_back(family, path, field):
    family.begin("testimony")
    token = family.token
    family.client.delete_cookie("memorial_session")
    family.post(f"/contribute/{path}", csrf_token=token, **{field: "Synthetic words to keep."})
    assert family.status == 401
    assert "Synthetic words to keep." in family.page


# -- what people type -----------------------------------------------------------------------------


def test_three_hundred_pages_are_taken_and_the_limit_is_told_beforehand(house, family):
    family.begin("testimony")
    assert "about 300 pages" in family.open("/contribute/words").text
    long = ("Сорок слов ни о ком. " * PAGES)[: PAGES - 1] + "ж"
    family.post("/contribute/words", words=long, title="")
    assert family.status == 200
    assert _answers(house)["words"] == long


TYPED = {
    "right to left": "שם בדוי اسم مستعار",
    "right to left with a mark": "\u200fاسم\u200e (synthetic)",
    "combining": "Şəhla\u0301 e\u0323\u0302",
    "emoji": "👩\u200d👧 🕯\ufe0f Synthetic",
    "one letter": "Ə",
    "outside the first plane": "𐎠𐎼 Synthetic",
}


@pytest.mark.parametrize("name", TYPED.values(), ids=TYPED.keys())
def test_a_name_in_any_script_comes_back_as_it_was_typed(house, family, name):
    family.send("remembrance", person={"person": name, "spellings": ""}, life={"life": name})
    with house.session(house.keeper()) as session:
        assert session.scalars(select(PersonName.text)).one() == name
        assert session.scalars(select(Text.body).where(Text.role == "life")).one() == name
    family.open("/contribute/person")
    assert f'value="{name}"' in family.page
    assert 'dir="auto"' in family.page
    family.open("/contribute/find")
    family.post("/contribute/find", looked=name, act="look")
    assert family.status == 200


def test_a_date_in_the_words_of_a_child_stays_in_its_words(family):
    words = "in the winter, I was eight"
    family.answer_all("testimony", told={"told_when": words, "told_where": ""})
    assert words in family.text
    family.post("/contribute/send", send_key=family.send_key)
    assert family.status == 200


# -- codes ------------------------------------------------------------------------------------------

ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
AS_TYPED = {
    "spaces lost": lambda code: code.replace(" ", ""),
    "a space between all": lambda code: " ".join(code.replace(" ", "")),
    "hyphens and a line": lambda code: code.replace(" ", "-") + "\n",
    "Arabic-Indic digits": lambda code: code.translate(ARABIC_INDIC),
    "Persian digits": lambda code: code.translate(PERSIAN),
    "wide digits": lambda code: code.translate(WIDE),
    "no-break spaces": lambda code: code.replace(" ", "\u00a0"),
    "marks of direction": lambda code: f"\u200f{code}\u200e",
}


@pytest.mark.parametrize("as_typed", AS_TYPED.values(), ids=AS_TYPED.keys())
def test_a_code_opens_however_its_digits_are_typed(family, as_typed):
    _, code = family.send("testimony")
    family.open("/leave")
    family.come_back(as_typed(code))
    assert "/my/" in family.at


def test_a_wrong_code_tried_a_thousand_times_opens_nothing(app, house, family):
    _, code = family.send("testimony")
    family.open("/leave")
    right = parse_return_code(code)
    wrong = ReturnCode(right.locator, str((int(right.secret) + 1) % 10**11).zfill(11)).printed
    stranger = Family(app)
    token = stranger.open("/return").token
    answers = [
        stranger.client.post("/en/return", data={"code": wrong, "csrf_token": token}).status_code
        for _ in range(1000)
    ]
    assert answers.count(422) <= 10
    assert set(answers) == {422, 429}
    assert stranger.open("/contribute/check").at == "/en/return"
