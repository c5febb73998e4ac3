"""All six tasks, from the start to what becomes of them, as a person without scripts notices it. Synthetic people only."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from memorial.domain.forms_of_consent import VERSION, form_in
from memorial.gate import Reader
from memorial.models import ConsentForm, Contribution, Item, LedgerEntry, Party, Record, RecordLink
from memorial.services import consent_forms, contribute, custody
from memorial.services import contribution_content as content
from memorial.services.reading import record_view
from tests.services.test_contribute import begun, published, sent
from tests.web.contribute.helpers import Family

LISTED = {
    "task": "remembrance", "person": "Synthetic Listed", "born": "about 1950", "lived": "synthetic town",
    "audience": "everyone", "keep": "yes", "show": "yes", "name_shown": "not_shown",
}  # fmt: skip


@pytest.fixture
def family(app):
    return Family(app)


@pytest.fixture
def listed(house):
    """The public id of a published page of somebody who never was."""
    contribution_id, _ = begun(house, LISTED)
    sent(house, contribution_id)
    published(house, contribution_id)
    with house.session(house.keeper()) as session:
        wanted = select(Record.public_id).where(Record.contribution_id == contribution_id)
        return session.scalars(wanted).one()


def _answers(house, task):
    with house.session(house.keeper()) as session:
        wanted = select(Contribution).where(Contribution.task == task).order_by(Contribution.id.desc())
        return contribute.read(house.keys, session.scalars(wanted).first()).answers


def _item(house, task):
    with house.session(house.keeper()) as session:
        wanted = select(Item).join(Contribution, Contribution.id == Item.contribution_id)
        item = session.scalars(wanted.where(Contribution.task == task).order_by(Item.id.desc())).first()
        return item.kind, item.state, item.record_id, list(item.flags)


# -- find ---------------------------------------------------------------------------------------


def test_somebody_is_found_by_a_part_of_the_name_with_years_and_place(family, listed):
    family.begin("media")
    family.post("/contribute/find", looked="Listed", act="look")
    assert "Synthetic Listed" in family.page
    assert "about 1950" in family.text
    assert "synthetic town" in family.text
    assert "They are not listed" in family.text


def test_a_page_that_is_hidden_is_neither_found_nor_chosen(house, family):
    contribution_id, _ = begun(house, LISTED)
    sent(house, contribution_id)
    with house.session(house.keeper()) as session:
        hidden = session.scalars(select(Record.public_id)).one()
    family.begin("memory")
    family.post("/contribute/find", looked="Listed", act="look")
    assert "Synthetic Listed" not in family.page
    family.post("/contribute/find", looked="Listed", choice=hidden)
    assert family.status == 422
    assert "This page is not there any more" in family.text


def test_a_memory_needs_a_page_to_stand_on_and_says_so(family, listed):
    family.begin("memory")
    family.post("/contribute/find", looked="")
    assert family.status == 422
    assert family.title.startswith("Error:")


def test_somebody_not_listed_is_remembered_anew_with_all_that_was_typed(house, family):
    family.begin("memory")
    family.open("/contribute/memory")
    family.post("/contribute/memory", memory="Synthetic words typed first.", sign="")
    family.post("/contribute/code", after="memory")
    family.open("/contribute/find")
    family.post("/contribute/find", looked="Synthetic Unlisted", act="look")
    family.post("/contribute/find", looked="Synthetic Unlisted", choice="none")
    assert family.at == "/en/contribute/person"
    assert 'value="Synthetic Unlisted"' in family.page
    assert "Synthetic words typed first." in family.open("/contribute/life").page
    assert _item(house, "remembrance")[0] == "contribution"


def test_who_wants_to_remember_somebody_listed_can_add_a_memory_instead(house, family, listed):
    family.begin("remembrance")
    family.post("/contribute/find", looked="Listed", act="look")
    family.post("/contribute/find", looked="Listed", choice=listed)
    family.post("/contribute/code", after=family.after)
    assert "There is a page for them already" in family.text
    family.post("/contribute/listed", listed="memory")
    assert family.at == "/en/contribute/memory"
    assert _answers(house, "memory")["about"] == listed
    assert _item(house, "memory")[2] is not None


def test_a_page_of_ones_own_beside_one_that_is_there_tells_the_desk_of_it(house, family, listed):
    family.send("remembrance", find={"looked": "Listed", "choice": listed}, listed={"listed": "own"})
    with house.session(house.keeper()) as session:
        from memorial.models import Message

        notes = [
            custody.open_words(session, house.keys, message.contribution_id, message.body)
            for message in session.scalars(select(Message))
        ]
    assert any(f"/people/{listed}" in note for note in notes)


# -- the six ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "kind"),
    [
        ("remembrance", "contribution"),
        ("testimony", "contribution"),
        ("media", "contribution"),
        ("memory", "tribute"),
        ("correction", "report"),
        ("removal", "take_down"),
    ],
)
def test_each_task_ends_at_the_desk_with_a_code_and_thanks(house, family, listed, task, kind):
    about = {"page": f"/people/{listed}"} if task in ("memory", "correction", "removal") else None
    _, code = family.send(task, about=about)
    assert len(code.replace(" ", "")) == 20
    assert "Thank you" in family.text
    assert _item(house, task)[:2] == (kind, "submitted")


@pytest.mark.parametrize("task", ["correction", "removal"])
def test_nobody_who_corrects_or_asks_for_removal_is_asked_for_consent(family, task):
    family.answer_all(task)
    assert "May the archive keep" not in family.text
    assert "Who may see it" not in family.text
    assert family.open("/contribute/audience").status == 404
    assert family.open("/contribute/agreed").status == 404


def test_a_link_of_a_page_carries_page_and_passage_along_and_nothing_else(house, family, listed):
    path = f"/contribute?task=correction&page=/en/people/{listed}&passage=a+synthetic+passage"
    family.open(path)
    assert "Synthetic Listed" in family.text
    assert "a synthetic passage" in family.text
    fields = {
        name: re.search(rf'name="{name}" value="([^"]*)"', family.page)[1] for name in ("page", "passage")
    }
    family.post("/contribute", task="correction", **fields)
    assert family.at == "/en/contribute/wrong"
    assert "a synthetic passage" in family.page
    assert _answers(house, "correction")["about"] == listed


@pytest.mark.parametrize(
    "page", ["https://elsewhere.example/people", "//elsewhere.example", "javascript:alert(1)"]
)
def test_an_address_elsewhere_is_not_carried_along(family, page):
    family.open("/contribute?task=correction&page=" + page)
    assert 'name="page"' not in family.page
    assert "It is about this page" not in family.text


def test_who_wants_to_be_called_is_asked_for_nothing_more_than_how(house, family):
    family.answer_all(
        "testimony",
        way={"way": "call"},
        name={"name_shown": "not_shown"},
        reach={"contact": "synthetic number 000"},
    )
    assert "Somebody calls you" in family.text
    family.post("/contribute/send", send_key=family.send_key)
    assert family.at.endswith("/contribute/sent")
    assert "calls you" in family.text
    _, state, _, flags = _item(house, "testimony")
    assert (state, flags) == ("submitted", ["call"])


def test_to_be_called_needs_a_way_to_reach(family):
    family.begin("testimony")
    family.post("/contribute/way", way="call")
    family.open("/contribute/reach")
    family.post("/contribute/reach", contact="")
    assert family.status == 422
    assert "so that somebody can call" in family.text


def test_a_photograph_sent_in_becomes_a_page_that_leads_to_the_person(house, family, listed):
    family.send("media", find={"looked": "Listed", "choice": listed})
    with house.session(house.keeper()) as session:
        sent_in = session.scalars(select(Contribution).where(Contribution.task == "media")).one()
        contribution_id, link = sent_in.id, session.scalars(select(RecordLink)).one()
        assert link.relation == "shows"
        record = session.scalars(select(Record).where(Record.contribution_id == contribution_id)).one()
        public_id = record.public_id
        assert record.kind == "document"
    published(house, contribution_id)
    with house.session(Reader.public(house.moment())) as session:
        view = record_view(session, "document", public_id)
    assert view.title == "A synthetic street"
    assert [text.author for text in view.texts] == ["A relative"]
    assert [(each.label, each.address) for each in view.related] == [
        ("Synthetic Listed", f"/people/{listed}")
    ]
    family.open(f"/documents/{public_id}")
    assert "Who it shows" in family.text


# -- consent ------------------------------------------------------------------------------------


def _wills(house):
    with house.session(house.keeper()) as session:
        rows = session.execute(
            select(Party.kind, LedgerEntry.will).join(Party).where(LedgerEntry.act == "will")
        )
        return {row[0]: row[1] for row in rows}


def test_a_guardian_who_sits_beside_a_child_says_yes_until_it_is_grown_up(house, family):
    guardian = {
        "guardian_name": "Synthetic Mother", "guardian_relation": "mother", "guardian_contact": "synthetic",
        "majority": "3 May 2030", "guardian_agrees": "here",
    }  # fmt: skip
    family.send("testimony", people={"children": "me"}, guardian=guardian)
    wills = _wills(house)
    assert set(wills) == {"contributor", "narrator", "guardian"}
    assert "2030-05-02" in wills["guardian"]
    assert "2030-05-02" in wills["narrator"]


def test_without_the_guardians_yes_nothing_of_a_child_is_shown_and_the_page_says_so(house, family):
    family.answer_all("remembrance", people={"children": "yes"}, guardian={"guardian_agrees": "ask"})
    assert "nothing is shown before its guardian has agreed" in family.text
    family.post("/contribute/send", send_key=family.send_key)
    assert "guardian" not in _wills(house)
    with house.session(house.keeper()) as session:
        assert "guardian" in set(session.scalars(select(Party.kind)))


def test_a_guardians_yes_needs_the_day_on_which_it_ends(family):
    family.begin("testimony")
    family.post("/contribute/people", people="", children="me")
    family.open("/contribute/guardian")
    family.post("/contribute/guardian", guardian_agrees="here", majority="soon")
    assert family.status == 422
    assert "Write the whole date" in family.text


def test_one_part_can_be_for_fewer_people_than_the_rest(house):
    told = {
        "task": "testimony", "words": "Synthetic words.", "your_name": "Synthetic Narrator", "name_shown": "full",
        "part_name": "researchers", "audience": "everyone", "keep": "yes", "show": "yes", "stood": "eyewitness",
    }  # fmt: skip
    contribution_id, _ = begun(house, told)
    sent(house, contribution_id)
    published(house, contribution_id)
    with house.session(house.keeper()) as session:
        public_id = session.scalars(select(Record.public_id)).one()
    with house.session(Reader.public(house.moment())) as session:
        assert record_view(session, "testimony", public_id).title == "An eyewitness"
    with house.session(Reader.research(house.moment())) as session:
        assert record_view(session, "testimony", public_id).title == "Synthetic Narrator"


def test_the_page_of_parts_asks_only_for_parts_that_are_there(family):
    family.answer_all("testimony")
    family.open("/contribute/parts")
    assert "The words" in family.text
    assert "Your name" in family.text
    assert "The photographs" not in family.text


def test_a_yes_for_five_years_ends_after_five_years(house, family):
    family.send("remembrance", audience={"audience": "everyone", "ask_again": "5"})
    years = house.now().year + 5
    assert f'"{years}-' in _wills(house)["contributor"]


def test_no_answer_and_no_form_ever_allows_training(house, family):
    family.send("testimony", consents={"keep": "yes", "show": "yes", "reuse": "yes"})
    assert "ai_training" not in "".join(_wills(house).values())


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_what_was_shown_is_what_is_recorded(house, version):
    answers = {**LISTED, "form_language": "az", "form_version": str(version)}
    contribution_id, _ = begun(house, answers)
    sent(house, contribution_id)
    with house.session(house.keeper()) as session:
        form = session.scalars(
            select(ConsentForm).join(LedgerEntry, LedgerEntry.form_id == ConsentForm.id)
        ).first()
        assert (form.version, form.language, form.sha256) == (version, "az", form_in("az", version).sha256)


def test_a_wording_that_nobody_approved_says_that_it_is_gone_through_together(house, family):
    from memorial.gate import Actor

    family.begin("testimony")
    family.open("/contribute/consents")
    assert "A native reader has not yet approved these words." in family.text
    with house.writing(house.keeper()) as session:
        consent_forms.approve(session, Actor.system(), "en", now=house.now())
    family.open("/contribute/consents")
    assert "A native reader has not yet approved these words." not in family.text


def test_what_was_agreed_stands_on_one_sheet_with_its_words_and_their_hash(family):
    ref, _ = family.send("remembrance", consents={"keep": "yes", "show": "yes", "reuse": "no"})
    family.open("/contribute/agreed")
    form = form_in("en")
    assert form.sha256 in family.text
    assert ref in family.text
    assert "not sent yet" not in family.text
    assert form.asked["reuse"].meaning in family.text
    assert "Everyone" in family.text


def test_a_change_of_what_a_guardian_said_shows_nothing_before_the_desk_has_read_it(house):
    told = {
        "task": "testimony", "words": "Synthetic words.", "your_name": "Synthetic Child", "name_shown": "full",
        "children": "me", "majority": "2030-05-03", "guardian_agrees": "ask",
        "audience": "everyone", "keep": "yes", "show": "yes",
    }  # fmt: skip
    contribution_id, _ = begun(house, told)
    sent(house, contribution_id)
    published(house, contribution_id)
    sent(house, contribution_id, "key-2", guardian_agrees="here")
    with house.session(Reader.public(house.moment())) as session:
        assert session.scalars(select(Record)).all() == []


def test_missing_answers_are_told_for_every_task():
    for task in content.TASKS:
        assert content.missing({"task": task}), task
    assert (
        content.missing(
            {"task": "memory", "about": "x", "sign": "candle", "audience": "everyone", "keep": "yes"}
        )
        == []
    )
