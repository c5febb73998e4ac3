"""Bulk acts, take-downs, duplicates and reply texts through the pages of the desk. All of it is synthetic."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from memorial import jobs
from memorial.domain.replies import SHIPPED
from memorial.models import AuditEntry, Contribution, Item, Message, Report
from memorial.services import contribute
from tests.services.test_bulk import an_import, states
from tests.services.test_duplicates import somebody
from tests.services.test_reports import asked
from tests.services.test_tributes import a_page
from tests.web.desk.people import a_colleague, send, signed_in
from tests.web.desk.test_cases import act, path_of


@pytest.fixture
def engine_name() -> str:
    """The SQL of these pages is tested on both engines in tests/services."""
    return "sqlite"


@pytest.fixture
def desk(app, house):
    return signed_in(app, house, a_colleague(house, "moderator", "editor"))


def text(answer):
    return answer.get_data(as_text=True)


def turned(desk, path, turn, **form):
    version = re.search(r'name="version" value="(\d+)"', text(desk.get(path)))[1]
    return send(desk, f"{path}/{turn}", path, version=version, **form)


def test_an_import_is_declined_at_once_and_taken_back_at_once(house, desk):
    ids = an_import(house, 2)
    page = text(desk.get("/en/desk/bulk"))
    assert "press accounts · 2" in page
    assert "erase" not in page
    refused = send(desk, "/en/desk/bulk", verb="decline", run="run1", note="")
    assert (refused.status_code, "Write the reason or the words first." in text(refused)) == (422, True)
    made = send(desk, "/en/desk/bulk", verb="decline", run="run1", note="The wrong file.")
    path = made.headers["Location"]
    assert states(house, ids) == ["submitted"] * 2
    assert "Do it" in text(desk.get(path))
    assert turned(desk, path, "begin").status_code == 302
    page = text(desk.get(path))
    assert "being done" in page
    assert "Stop here" in page
    jobs.sweep(house)
    assert states(house, ids) == ["declined"] * 2
    again = send(desk, f"{path}/begin", path, version="1")
    assert (again.status_code, "begun, stopped or taken back meanwhile" in text(again)) == (409, True)
    assert turned(desk, path, "take_back", note="It was the right one.").status_code == 302
    jobs.sweep(house)
    assert states(house, ids) == ["submitted"] * 2
    assert "taken back" in text(desk.get(path))
    assert "bulk_undone" not in text(desk.get("/en/desk/log"))


def test_whoever_may_not_act_on_many_finds_no_way_there_and_is_told_why(app, house):
    reader = signed_in(app, house, a_colleague(house, "second_reader"))
    assert "/desk/bulk" not in text(reader.get("/en/desk"))
    assert reader.get("/en/desk/bulk").status_code == 403
    assert reader.get("/en/desk/bulk/never").status_code == 403
    page = reader.get("/en/desk/take-downs/new")
    assert (page.status_code, "This is not part of your role." in text(page)) == (403, True)
    assert "This is not part of your role." in text(reader.get("/en/desk/duplicates"))
    page = reader.get("/en/desk/replies")
    assert (page.status_code, "<textarea" in text(page)) == (403, False)


def test_a_letter_is_entered_once_with_its_words_encrypted_and_a_code_for_whoever_asks(app, house, desk):
    made = a_page(house)
    form = {
        "kind": "take_down", "way": "letter", "page": f"https://archive.example/en{made.path}?x=1", "ground": "child",
        "who": "relative", "complainant": "zqsomebodyzq", "contact": "zqstreetzq", "words": "zqwordszq", "language": "az",
    }  # fmt: skip
    page = text(desk.get("/en/desk/take-downs/new"))
    for name in ("send_key", "csrf_token"):
        form[name] = re.search(rf'name="{name}" value="([^"]+)"', page)[1]
    wrong = desk.post("/en/desk/take-downs/new", data={**form, "complainant": ""})
    assert (wrong.status_code, "Write who asks" in text(wrong), "zqwordszq" in text(wrong)) == (
        422,
        True,
        True,
    )
    first = desk.post("/en/desk/take-downs/new", data=form)
    assert re.search(r"\d{4} \d{4} \d{4} \d{4} \d{4}", text(first))
    second = desk.post("/en/desk/take-downs/new", data=form)
    assert second.status_code == 302
    with house.session(house.keeper()) as session:
        item = session.scalars(select(Item).where(Item.kind == "take_down")).one()
        assert (item.record_id, item.language, item.facts["way"]) == (made.record_id, "az", "letter")
        report = session.scalars(select(Report)).one()
        assert (report.ground, report.page, report.body) == ("child", made.path, "")
        contribution = session.get_one(Contribution, item.contribution_id)
        assert not [
            word for word in (b"zqsomebodyzq", b"zqstreetzq", b"zqwordszq") if word in contribution.answers
        ]
        said = session.scalars(select(AuditEntry.details)).all()
        assert "zqsomebodyzq" not in " ".join(said)
    case = text(desk.get(second.headers["Location"]))
    for words in (
        "zqsomebodyzq",
        "zqwordszq",
        "It concerns a child",
        "Letter",
        "Tell whoever asks that it is here.",
    ):
        assert words in case, words
    assert "zqstreetzq" not in case


def test_a_case_goes_through_its_stages_as_they_are_lived(house, desk):
    path = path_of(house, asked(house, "removal", a_page(house), ground="privacy", who_you_are="named"))

    def next_stage():
        page = text(desk.get("/en/desk/take-downs"))
        return re.search(r"Next</span><span>([^<]+)</span>", page)[1]

    assert next_stage() == "Acknowledge it"
    act(desk, path, "take")
    act(desk, path, "reply", note="Dear synthetic person, it is here.")
    assert next_stage() == "Assess it"
    act(desk, path, "hold", note="It names an address.")
    assert next_stage() == "Tell whoever sent the page"
    act(desk, path, "write_to_sender", note="It stays hidden until the address is out.")
    assert next_stage() == "Decide it"
    act(desk, path, "close", note="Done as you asked.")
    assert "Nothing waits here." in text(desk.get("/en/desk/take-downs"))


def test_a_reply_text_comes_in_the_family_s_language_below_a_first_line_that_is_written_by_hand(house, desk):
    number = asked(house, "removal", a_page(house), language="az", ground="privacy", who_you_are="named")
    with house.writing(house.keeper()) as session:
        session.get_one(Contribution, number).language = "az"
    path, ready = path_of(house, number), SHIPPED["received"]["az"]
    page = text(desk.get(path))
    assert page.index('value="az.received"') < page.index('value="en.received"')
    assert f"\n\n\n{ready}</textarea>" in text(desk.get(f"{path}?reply=az.received"))
    put_in = text(send(desk, f"{path}/reply-text", path, note="Salam.", reply="az.received"))
    assert f"Salam.\n\n{ready}</textarea>" in put_in
    act(desk, path, "take")
    refused = act(desk, path, "reply", note=f"\n\n{ready}")
    assert refused.status_code == 422
    assert "Please begin with a line of your own." in text(refused)
    assert f"{ready}</textarea>" in text(refused)
    assert act(desk, path, "reply", note=f" …\n{ready}").status_code == 422
    assert act(desk, path, "reply", note=f"Salam.\n\n{ready}").status_code == 302
    with house.session(house.keeper()) as session:
        item = contribute.item_of(session, number)
        directions = session.scalars(select(Message.direction).where(Message.item_id == item.id)).all()
    assert directions == ["to_family"]


def test_an_archive_writes_its_reply_texts_itself_and_has_the_shipped_ones_back_by_emptying_them(house, desk):
    path = path_of(house, asked(house, "removal", a_page(house), ground="privacy", who_you_are="named"))
    form = {f"{key}-{code}": words for key, texts in SHIPPED.items() for code, words in texts.items()}
    own = {**form, "thanks-en": "Synthetic thanks."}
    assert send(desk, "/en/desk/replies", **own).status_code == 302
    assert "Synthetic thanks.</textarea>" in text(desk.get(f"{path}?reply=en.thanks"))
    assert send(desk, "/en/desk/replies", **{**own, "thanks-en": ""}).status_code == 302
    assert SHIPPED["thanks"]["en"] in text(desk.get("/en/desk/replies"))
    too_long = send(desk, "/en/desk/replies", **{**form, "thanks-ru": "z" * 2_001})
    assert (too_long.status_code, "This text is too long." in text(too_long)) == (422, True)


def test_two_are_put_beside_each_other_joined_and_parted_again(app, house, desk):
    one, other = somebody(house), somebody(house, lived="Elsewhere")
    wrong = send(desk, "/en/desk/duplicates", one=one.path, other="/people/nobody")
    assert (wrong.status_code, one.path in text(wrong)) == (422, True)
    path = send(desk, "/en/desk/duplicates", one=one.path, other=f"/en{other.path}").headers["Location"]
    assert "Elsewhere" in text(desk.get("/en/desk/duplicates"))
    before = text(app.test_client().get(f"/en{one.path}"))
    act(desk, path, "take")
    assert act(desk, path, "same", note="The same house number.").status_code == 302
    assert "They are read as one." in text(desk.get(path))
    assert "Elsewhere" in text(app.test_client().get(f"/en{one.path}"))
    case = path_of(house, asked(house, "removal", one, ground="privacy", who_you_are="named"))
    assert f'Read as one with: <a href="/en{other.path}"' in text(desk.get(case))
    assert act(desk, path, "undo_same", note="Two cousins.").status_code == 302
    assert "Read as one with" not in text(desk.get(case))
    assert text(app.test_client().get(f"/en{one.path}")) == before
