"""The family's journey as a person notices it, without scripts. All people are synthetic."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from sqlalchemy import func, select

from memorial.models import Contribution, Item, Record, Revision
from memorial.web.contribute import flow
from memorial.web.contribute.fields import PAGES, Sheet
from tests.web.contribute.helpers import JOURNEYS, Family


@pytest.fixture
def family(app):
    return Family(app)


def _count(house, table):
    with house.session(house.keeper()) as session:
        return session.scalar(select(func.count()).select_from(table))


@pytest.mark.parametrize("task", ["testimony", "remembrance"])
def test_a_whole_journey_ends_with_thanks_and_a_waiting_item(house, family, task):
    ref, code = family.send(task)
    assert "We have received it" in family.text
    assert len(code.replace(" ", "")) == 20
    with house.session(house.keeper()) as session:
        contribution = session.scalars(select(Contribution)).one()
        assert contribution.public_id == ref
        assert session.scalars(select(Item)).one().state == "submitted"


def test_thanks_are_said_in_the_persons_name(family):
    family.send("remembrance")
    assert "Thank you, in the name of Synthetic Person." in family.text


class _Chosen(HTMLParser):
    """Everything that stands in a form without anybody having put it there."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if "checked" in values or "selected" in values:
            self.found.append(values)
        if tag == "input" and values.get("type") == "text" and values.get("value"):
            self.found.append(values)


@pytest.mark.parametrize("task", list(flow.FLOW))
def test_nothing_is_preselected_on_any_page(family, task):
    family.begin(task)
    for step in [*flow.FLOW[task], "../contribute"]:
        family.open(f"/contribute/{step}")
        chosen = _Chosen()
        chosen.feed(family.page)
        assert chosen.found == [], step


@pytest.mark.parametrize("task", list(flow.FLOW))
def test_each_page_has_one_heading_back_and_continue(family, task):
    family.begin(task)
    for number, step in enumerate(flow.flow_of(Sheet(task)), 2):
        family.open(f"/contribute/{step}")
        assert family.page.count("<h1") == 1, step
        assert "← Back" in family.text
        assert "Continue" in family.text
        assert family.title == f"Form, page {number}"


def test_only_the_heart_of_it_and_who_may_see_it_must_be_answered(house, family):
    empty = {name: dict.fromkeys(fields, "") for name, fields in JOURNEYS["testimony"].items()}
    family.send(
        "testimony",
        **{
            **empty,
            "recording": {"act": "continue"},
            "words": {"words": "Synthetic."},
            "photographs": {"act": "continue"},
            "audience": {"audience": "not_sure"},
            "consents": {"keep": "yes", "show": "", "reuse": ""},
        },
    )
    assert _count(house, Revision) == 1


def test_the_code_is_shown_after_the_second_page_and_on_sent_and_never_again(family):
    family.begin("testimony")
    family.post("/contribute/words", words="Synthetic words.", title="")
    first = family.code
    assert first
    family.post("/contribute/code")
    assert family.open("/contribute/code").code == ""
    for name in list(JOURNEYS["testimony"])[1:]:
        family.open(f"/contribute/{name}")
        assert family.code == ""
        family.post(f"/contribute/{name}", **JOURNEYS["testimony"][name])
    family.post("/contribute/send", send_key=family.send_key)
    assert family.code == first
    family.open(f"/my/{family.ref}")
    assert family.code == ""
    assert family.open("/contribute/sent").code == ""
    assert family.open("/contribute/code").code == ""
    family.open("/leave")
    family.come_back(first)
    assert "/my/" in family.at
    assert family.open("/contribute/sent").code == ""


def test_the_code_is_not_readable_in_the_cookie(family):
    family.begin("testimony")
    family.post("/contribute/words", words="Synthetic words.", title="")
    import base64

    cookie = family.client.get_cookie("memorial_session").value.split(".")[0]
    plain = base64.urlsafe_b64decode(cookie + "===")
    assert family.code.replace(" ", "").encode() not in plain
    assert family.code.encode() not in plain


def test_the_same_form_sent_fifty_times_is_one_record_and_the_same_thanks(house, family):
    family.answer_all("remembrance")
    key, token = family.send_key, family.token
    pages = {
        re.sub(r'value="[^"]+"', "", family.post("/contribute/send", send_key=key, csrf_token=token).text)
        for _ in range(50)
    }
    assert len(pages) == 1
    assert "We have received it" in pages.pop()
    assert (_count(house, Record), _count(house, Item), _count(house, Revision)) == (1, 1, 1)


def test_sending_waits_for_what_is_missing_and_says_so_in_words(house, family):
    family.answer_all("testimony", consents={"keep": "no", "show": "yes", "reuse": "no"})
    family.post("/contribute/send", send_key=family.send_key)
    assert family.status == 422
    assert family.title.startswith("Error:")
    assert "We may only take it if you allow us to keep it." in family.text
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Item)).one().state == "draft"


def test_an_error_stands_on_top_and_at_the_field_and_all_that_was_typed_is_still_there(family):
    family.begin("remembrance")
    family.post("/contribute/person", person="", spellings="Sintetik Şəxs\nДругое имя")
    message = "Write the name of the person, or the part of it that you know."
    assert family.status == 422
    assert family.title.startswith("Error:")
    assert family.page.count(message) == 2
    assert 'href="#person"' in family.page
    assert "Sintetik Şəxs\nДругое имя" in family.page


def test_a_text_that_is_too_long_says_by_how_much_and_loses_nothing(family):
    family.begin("testimony")
    long = "ş" * (PAGES + 7)
    family.post("/contribute/words", words=long, title="")
    assert family.status == 422
    assert "7 characters too long" in family.text
    assert long in family.page


def test_characters_that_no_keyboard_writes_are_left_out(house, family):
    family.begin("testimony")
    family.post("/contribute/words", words="one\x00 two\x07\r\nthree\x9f", title="a\x00b")
    family.open("/contribute/words")
    assert "one two\nthree" in family.page
    assert family.status == 200


def test_a_date_that_is_none_stays_as_it_was_written(family):
    family.answer_all("remembrance", born={"born": "when the almonds flowered"})
    assert "when the almonds flowered" in family.text


def test_an_embargo_needs_a_whole_day_that_is_still_to_come(family):
    family.begin("testimony")
    for day in ("", "2050", "soon", "3 May 1992", "31.02.2050", "31.12.9999"):
        family.open("/contribute/audience")
        family.post("/contribute/audience", audience="later", closed_until=day)
        assert family.status == 422, day
        assert "Write a whole date" in family.text
    family.post("/contribute/audience", audience="later", closed_until="25 February 2050")
    assert family.status == 200
    assert "25 February 2050" in family.open("/contribute/check").text


def test_answers_that_no_page_offers_are_refused(family):
    family.begin("testimony")
    for path, fields in (
        ("stood", {"stood": "general"}),
        ("audience", {"audience": "everyone' OR 1=1"}),
        ("consents", {"keep": "maybe"}),
    ):
        family.open(f"/contribute/{path}")
        family.post(f"/contribute/{path}", **fields)
        assert family.status == 422, path
        assert "Please choose one of the answers on this page." in family.text


def test_a_task_that_is_not_offered_is_refused(house, family):
    family.open("/contribute")
    family.post("/contribute", task="admin")
    assert family.status == 422
    assert _count(house, Contribution) == 0


@pytest.mark.parametrize(
    "path", ["/contribute/no-such-step", "/contribute/person", "/contribute/..", "/my/x"]
)
def test_a_step_that_is_not_of_this_journey_is_not_there(family, path):
    family.begin("testimony")
    assert family.open(path).status == 404


def test_a_form_without_its_token_is_shown_again_with_all_that_was_typed(house, family):
    family.begin("testimony")
    family.post("/contribute/words", token=False, words="Synthetic words to keep.", title="A title")
    assert family.status == 400
    assert "Synthetic words to keep." in family.page
    assert 'value="A title"' in family.page
    family.post("/contribute/words", words="Synthetic words to keep.", title="A title")
    assert family.code


def test_a_session_that_ended_meanwhile_gives_the_words_back(app, family):
    family.begin("testimony")
    token = family.token
    family.client.delete_cookie("memorial_session")
    family.post("/contribute/words", words="Synthetic words to keep.", csrf_token=token)
    assert family.status == 401
    assert "Synthetic words to keep." in family.page
    assert "/en/return" in family.page


def test_quick_exit_ends_the_session_and_the_draft_stays_behind_its_code(app, house, family):
    code = family.answer_all("testimony")
    kept = family.client.get_cookie("memorial_session").value
    family.open("/leave")
    assert family.at == "/en/left"
    assert (family.title, family.text.split()) == ("Closed", ["Closed", "This", "page", "is", "closed."])
    assert family.open("/contribute/check").at == "/en/return"
    # A copy of the old cookie opens nothing any more.
    family.client.set_cookie("memorial_session", kept)
    assert family.open("/contribute/check").at == "/en/return"
    family.client.delete_cookie("memorial_session")
    family.come_back(code)
    assert "You have not sent it yet." in family.text
    family.open("/contribute/check")
    assert "Synthetic words, told by nobody." in family.text


def test_what_belongs_to_families_is_kept_in_no_cache_and_named_neutrally(family):
    family.answer_all("testimony")
    for path in ("/contribute", "/contribute/words", "/contribute/check", "/return", "/left"):
        family.open(path)
        assert family.answer.headers["Cache-Control"] == "no-store", path
        assert family.answer.headers["Referrer-Policy"] == "no-referrer"
        assert "emorial" not in family.title


def test_a_full_disk_keeps_the_words_on_the_page(house, family, monkeypatch):
    from memorial.storage import NoRoom
    from memorial.web.contribute import visit

    family.begin("testimony")

    def full(self):
        raise NoRoom

    monkeypatch.setattr(visit.Work, "keep", full)
    family.post("/contribute/words", words="Synthetic words to keep.", title="")
    assert family.status == 507
    assert "Synthetic words to keep." in family.page
    assert "no room left" in family.text


def test_changing_one_answer_leads_back_to_all_of_them(family):
    family.answer_all("testimony")
    family.open("/contribute/stood?then=check")
    family.post("/contribute/stood", stood="relative", then="check")
    assert family.at == "/en/contribute/check"
    assert "It happened to someone in my family" in family.text


def test_what_was_typed_is_shown_as_text_wherever_it_comes_back(family):
    attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    family.answer_all("remembrance", person={"person": attack}, life={"life": attack})
    for path in ("/contribute/check", "/contribute/person", "/contribute/life"):
        family.open(path)
        assert "<script>alert" not in family.page
        assert "<img src=x" not in family.page
    family.open("/contribute/check")
    family.post("/contribute/send", send_key=family.send_key)
    assert "<script>alert" not in family.page
    family.open(f"/my/{family.ref}/proof")
    assert family.status == 200
    assert "<script>alert" not in family.page


def test_the_journey_works_in_every_language_and_names_the_form_that_was_read(house, app):
    from memorial.models import ConsentForm, LedgerEntry

    for lang in ("az", "ru", "tr"):
        Family(app, lang).send("remembrance")
    with house.session(house.keeper()) as session:
        assert set(session.scalars(select(ConsentForm.language))) == {"az", "ru", "tr"}
        wills = session.execute(select(LedgerEntry.language, ConsentForm.language).join(ConsentForm)).all()
        assert all(row[0] == row[1] for row in wills)
