"""Changing a content at the desk, through the browser's forms. All people and words here are synthetic."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, event, func, insert, select

from memorial.models import AccountSession, Item, LedgerEntry, Revision
from memorial.services import audit, desk_revisions
from memorial.services.audit import Act
from tests.services.test_desk_edit import STORY, WHY, change, edit, story, theirs
from tests.web.desk.people import a_colleague, an_item, move, signed_in
from tests.web.desk.test_desk import form_of, press, text_of


@pytest.fixture
def colleague(house):
    return a_colleague(house, "moderator", name="Synthetic Moderator")


@pytest.fixture
def desk(app, house, colleague):
    return signed_in(app, house, colleague)


@pytest.fixture
def work(house, colleague):
    made = an_item(house)
    change(house, made, STORY)
    move(house, made, colleague.actor, "take")
    return made


def fields_of(page: str) -> list[tuple[str, str]]:
    """The form of the page as a browser without scripts would send it."""
    form = page[page.index('class="form edit"') :]
    found = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form)
    found += re.findall(r'<input class="input" id="[^"]+" name="([vh]-[\w-]+)" value="([^"]*)"', form)
    found += re.findall(
        r'<textarea class="input" id="[^"]+" name="([\w-]+)"[^>]*>\n?(.*?)</textarea>', form, re.S
    )
    for name, options in re.findall(
        r'<select class="input" id="[^"]+" name="([\w-]+)">(.*?)</select>', form, re.S
    ):
        found += [(name, value) for value in re.findall(r'<option value="([^"]*)" selected>', options)]
    return [(name, html.unescape(value).replace("\n", "\r\n")) for name, value in found]


def sent(desk, work, page, **more):
    """Send the page's form with some of its values changed."""
    fields = [(name, more.pop(name, value)) for name, value in fields_of(page)]
    data: dict[str, list[str]] = {}
    for name, value in [*fields, *more.items()]:
        data.setdefault(name, []).append(value)
    return desk.post(f"{work.path}/edit", data=data)


BODY, NAME = "v-texts-0-body", "v-names-0-text"


def test_a_form_is_opened_changed_and_saved_and_the_history_tells_who_and_why(desk, house, work):
    page = text_of(desk.get(f"{work.path}/edit"))
    assert dict(fields_of(page))[BODY] == STORY.texts[0].body
    assert sent(desk, work, page, why=WHY).status_code == 422  # the same content: no revision
    answer = sent(desk, work, page, **{BODY: "A <b>synthetic</b> sentence.", "why": WHY})
    assert answer.status_code == 302
    assert "You changed the content" in text_of(desk.get(answer.location))
    assert story(house, work, 3).texts[0].body == "A <b>synthetic</b> sentence."
    history = text_of(desk.get(f"{work.path}/history"))
    assert re.search(r"Revision 3, Synthetic Moderator", history)
    assert WHY in history
    assert 'number=2">Read it, or go back to it' in history
    back = text_of(desk.get(f"{work.path}/revision?number=2"))
    token = re.search(r'name="csrf_token" value="([^"]+)"', back)[1]
    data = {"csrf_token": token, "number": "2", "seen": "3", "why": ""}
    assert desk.post(f"{work.path}/revision", data=data).status_code == 422
    assert desk.post(f"{work.path}/revision", data={**data, "seen": "2", "why": WHY}).status_code == 409
    assert desk.post(f"{work.path}/revision", data={**data, "why": WHY}).status_code == 302
    assert story(house, work, 4).to_json() == story(house, work, 2).to_json()


def test_a_stale_form_shows_three_versions_and_what_comes_of_them_is_saved(desk, house, work):
    page = text_of(desk.get(f"{work.path}/edit"))
    mine = STORY.texts[0].body.replace("spring", "summer")
    change(house, work, theirs(texts=[theirs_text("spring", "autumn", "stayed at home", "went with us")]))
    answer = sent(desk, work, page, **{BODY: mine, NAME: "Synthetic N. Narrator", "why": WHY})
    merged = text_of(answer)
    assert answer.status_code == 409
    assert "Nothing was overwritten" in merged
    for words in ("What this was begun from", "What stands now", "What you wrote", "summer", "autumn", WHY):
        assert words in merged
    assert dict(fields_of(merged))[NAME] == "Synthetic N. Narrator"
    again = sent(desk, work, merged)
    assert again.status_code == 422
    assert "Choose which words stand here" in text_of(again)
    assert dict(fields_of(text_of(again)))["why"] == WHY
    assert sent(desk, work, text_of(again), **{"c-texts-0-body-0": "mine"}).status_code == 302
    after = story(house, work, 4)
    assert after.texts[0].body == "In summer we went to the synthetic river. My aunt went with us."
    assert after.names[0].text == "Synthetic N. Narrator"


def theirs_text(*pairs):
    from dataclasses import replace

    body = STORY.texts[0].body
    for before, after in zip(pairs[::2], pairs[1::2], strict=True):
        body = body.replace(before, after)
    return replace(STORY.texts[0], body=body)


def test_typed_words_stay_when_the_form_is_refused_or_its_writer_was_signed_out(desk, house, work, clock):
    page = text_of(desk.get(f"{work.path}/edit"))
    refused = sent(desk, work, page, **{BODY: "Typed for an hour.", "why": ""})
    assert refused.status_code == 422
    assert "Typed for an hour." in text_of(refused)
    clock.forward(timedelta(minutes=30))
    move(house, work, a_colleague(house, "editor", name="Synthetic Editor").actor, "take")
    taken = sent(desk, work, page, **{BODY: "Typed for an hour.", "why": WHY})
    assert taken.status_code == 403
    assert "Somebody else has taken it" in text_of(taken)
    assert "Typed for an hour." in text_of(taken)
    with house.writing(house.keeper()) as session:
        session.execute(delete(AccountSession))
    ended = sent(desk, work, page, **{BODY: "Typed for an hour.", "why": WHY})
    assert ended.status_code == 401
    assert "Typed for an hour." in text_of(ended)


def test_a_decision_on_a_revision_that_is_no_longer_current_is_refused_with_the_difference(
    desk, house, work, colleague
):
    old = form_of(desk, work)
    assert old["revision"] == "2"
    edit(house, work, colleague.actor, "text:testimony", "Quite other synthetic words.")
    answer = press(desk, work, "ask", fields=old, note="A synthetic question.")
    assert answer.status_code == 409
    assert "Quite other synthetic words" in re.sub(r"<[^>]+>|[−+]", "", text_of(answer))
    assert "A synthetic question." in text_of(answer)
    # Nor does a form that names the version of now and the content of before, or none at all.
    now = form_of(desk, work)
    for form in ({**now, "revision": "2"}, {"csrf_token": now["csrf_token"]}):
        assert press(desk, work, "ask", fields=form, note="A synthetic question.").status_code == 409
    with house.session(house.keeper()) as session:
        assert session.get_one(Item, work.item_id).state == "in_review"


def test_any_two_revisions_can_stand_side_by_side(desk, house, work):
    page = text_of(desk.get(f"{work.path}/difference?from=1&to=2&layout=side"))
    assert 'class="sides"' in page
    assert page.count("<select") == 3
    assert 'class="sides"' not in text_of(desk.get(f"{work.path}/difference?from=1&to=2"))


def test_pages_of_an_item_cost_no_more_with_500_revisions_than_with_5(
    desk, house, work, colleague, count_queries
):
    pages = ("", "/history", "/difference", "/edit")
    fill(house, work, colleague, 3)
    few = [cost_of(desk, house, count_queries, f"{work.path}{each}") for each in pages]
    fill(house, work, colleague, 495)
    with house.session(house.keeper()) as session:
        assert session.scalar(select(func.count()).select_from(Revision)) == 500
    assert [cost_of(desk, house, count_queries, f"{work.path}{each}") for each in pages] == few
    history = text_of(desk.get(f"{work.path}/history"))
    assert history.count("SHA-256") == desk_revisions.PER_PAGE
    assert history.count("Older ones") == 3


def cost_of(desk, house, count_queries, path):
    """Statements, and of them how many read a content: each of those reads one row."""
    read = []

    def note(_connection, _cursor, statement, *_more):
        if "revisions.content" in statement:
            read.append(statement)

    event.listen(house.engine, "before_cursor_execute", note)
    desk.get(path)
    count_queries(), read.clear()
    assert desk.get(path).status_code == 200
    event.remove(house.engine, "before_cursor_execute", note)
    assert all("revisions.number =" in each or "revisions.id =" in each for each in read)
    return count_queries(), len(read)


def fill(house, work, colleague, count):
    """Many revisions, entries of the ledger and lines of the audit, as years of changes would leave them."""
    with house.writing(house.keeper()) as session:
        last = session.scalars(select(Revision).order_by(Revision.number.desc())).first()
        rows = [
            {"record_id": last.record_id, "contribution_id": last.contribution_id, "number": last.number + each,
             "content": {**last.content, "content_note": f"synthetic {last.number + each}"}, "sha256": "0" * 64,
             "made_by": last.made_by, "made_at": last.made_at, "applied_at": None, "note": ""}
            for each in range(1, count + 1)
        ]  # fmt: skip
        session.execute(insert(Revision), rows)
        session.get_one(Item, work.item_id).revision_id = session.scalar(
            select(Revision.id).order_by(Revision.number.desc()).limit(1)
        )
        entry = session.scalars(select(LedgerEntry).order_by(LedgerEntry.position.desc())).first()
        same = {name: getattr(entry, name) for name in entry.__table__.columns.keys() if name != "id"}  # noqa: SIM118  (a collection of columns, not of names)
        session.execute(
            insert(LedgerEntry), [{**same, "position": entry.position + each} for each in range(1, count + 1)]
        )
        acts = [Act("check", f"item:{work.public_id}") for _ in range(count)]
        audit.record_acts(session, colleague.actor, acts, house.now())
