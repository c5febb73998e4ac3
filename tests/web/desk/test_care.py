"""What is there for whoever reads all this: limits of their own, pause, views, the next item. All people are synthetic."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from memorial.domain import workflow
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.gate import Reader, may
from memorial.models import Account, AuditEntry, GraphicDay, Item, Recusal, SavedView
from memorial.services import (
    care,
    desk,
    desk_acts,
    desk_assigning,
    preferences,
    saved_views,
    site,
)
from memorial.services.preferences import Preferences
from tests.web.desk.people import a_colleague, an_item, move, send, signed_in
from tests.web.desk.test_desk import form_of, press, text_of


def act(house, colleague, work, verb, **said):
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        return desk_acts.act(session, colleague.actor, item, verb, now=house.now(), keys=house.keys, **said)


def refused(house, colleague, work, verb, **said):
    with pytest.raises(NotPermitted) as why:
        act(house, colleague, work, verb, **said)
    return why.value.key


def chosen(house, colleague, **said):
    with house.writing(house.keeper()) as session:
        preferences.save(session.get_one(Account, colleague.account_id), Preferences(**said))


def row_of(house, colleague, work):
    with house.session(Reader.desk(house.moment())) as session:
        item = session.get_one(Item, work.item_id)
        return desk.rows_of(session, colleague.actor, [item], now=house.now())[0]


# -- giving, and keeping away -----------------------------------------------------------------


def test_an_item_is_given_to_somebody_who_reads_it_and_is_there(house):
    me, other = a_colleague(house, "moderator"), a_colleague(house, "moderator", name="Synthetic Other")
    reader = a_colleague(house, "approved_reader", name="Synthetic Reader")
    work, child = an_item(house), an_item(house, flags=["minor"])
    officer = a_colleague(house, "consent_officer", name="Synthetic Officer")
    assert refused(house, me, work, "assign") == "account"
    assert refused(house, me, work, "assign", account=9_999) == "account"
    assert refused(house, me, work, "assign", account=reader.account_id) == "colleague_disabled"
    assert refused(house, officer, child, "assign", account=other.account_id) == "colleague_barred"
    act(house, me, work, "assign", account=other.account_id)
    assert row_of(house, me, work).assigned_to == "Synthetic Other"
    assert row_of(house, other, work).assigned_to_me
    with house.session(house.keeper()) as session:
        line = session.scalars(select(AuditEntry).where(AuditEntry.verb == "assign")).one()
        assert desk.details_of(line.details)["account"] == other.account_id
    chosen(house, other, paused=True)
    assert row_of(house, me, work).assigned_away == "paused"
    assert refused(house, me, work, "assign", account=other.account_id) == "colleague_paused"
    with house.writing(house.keeper()) as session:
        session.get_one(Account, other.account_id).disabled_at = house.now()
    assert row_of(house, me, work).assigned_away == "disabled"
    act(house, me, work, "assign", account=0)
    assert row_of(house, me, work).assigned_to == ""


def test_whoever_is_kept_from_one_item_is_kept_from_all_of_that_family_and_holds_nothing_of_it(house):
    officer = a_colleague(house, "consent_officer", name="Synthetic Officer")
    other = a_colleague(house, "moderator", name="Synthetic Other")
    work, stranger = an_item(house), an_item(house, mark="another")
    with house.writing(house.keeper()) as session:
        first = session.get_one(Item, work.item_id)
        from memorial.models import Contribution
        from memorial.services import review

        second = review.new_item(
            session,
            "erasure",
            now=house.now(),
            contribution=session.get_one(Contribution, first.contribution_id),
        )
        sibling, first.assigned_to_id = second.id, other.account_id
    move(house, work, other.actor, "take")
    assert refused(house, officer, work, "exclude", account=other.account_id) == "note"
    assert (
        refused(house, officer, work, "exclude", note="why", account=officer.account_id) == "colleague_self"
    )
    assert refused(house, other, work, "exclude", note="why", account=officer.account_id) == "role"
    act(house, officer, work, "exclude", note="They are cousins.", account=other.account_id)

    def reads():
        with house.session(house.keeper()) as session:
            items = [session.get_one(Item, number) for number in (work.item_id, sibling, stranger.item_id)]
            return [may(session, other.actor, "read", item, now=house.now()).reason for item in items]

    assert reads() == ["recused", "recused", ""]
    assert row_of(house, other, work).closed == "recused"
    with house.session(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        assert (item.taken_by_id, item.assigned_to_id) == (None, None)
        kept = {
            choice.name: (choice.kept, choice.why_not) for choice in desk_assigning.to_choose(session, item)
        }
        assert kept == {"Synthetic Officer": (False, ""), "Synthetic Other": (True, "recused")}
    act(house, officer, work, "include", note="It was somebody else.", account=other.account_id)
    assert reads() == ["", "", ""]
    act(house, other, work, "recuse")  # their own word is not the archive's to lift
    assert (
        refused(house, officer, work, "include", note="Come back.", account=other.account_id)
        == "colleague_not_kept"
    )
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Recusal.set_by)).all() == [other.actor.label]


# -- locks ---------------------------------------------------------------------------------------


def test_two_take_at_once_and_exactly_one_has_it(house):
    people = [a_colleague(house, "moderator", name=f"Synthetic {number}") for number in range(2)]
    work, came, begin = an_item(house), [], threading.Barrier(2)

    def take(colleague):
        begin.wait()
        try:
            act(house, colleague, work, "take", expected=1)
            came.append("taken")
        except Stale:
            came.append("stale")

    threads = [threading.Thread(target=take, args=(each,)) for each in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["stale", "taken"]


def test_a_lock_that_ended_while_somebody_wrote_takes_nothing_from_them_unless_another_took_it(
    app, house, clock
):
    me, other = a_colleague(house, "moderator"), a_colleague(house, "moderator", name="Synthetic Other")
    client, work = signed_in(app, house, me), an_item(house)
    assert press(client, work, "take").status_code == 302
    fields = form_of(client, work)
    clock.forward(workflow.TAKEN_FOR + timedelta(minutes=1))
    assert "Your time with this is over" in text_of(client.get(work.path))
    assert press(client, work, "ask", fields, note="Which village was it?").status_code == 302
    with house.session(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        assert (item.state, item.taken_by_id) == ("question", me.account_id)
    fields = form_of(client, work)
    clock.forward(workflow.TAKEN_FOR + timedelta(minutes=1))
    move(house, work, other.actor, "take")
    late = press(client, work, "release", fields, note="My words stay.")
    assert late.status_code == 409
    assert "My words stay." in text_of(late)


# -- care -------------------------------------------------------------------------------------------


def test_a_limit_of_one_s_own_counts_each_graphic_item_once_a_day_and_without_a_limit_nothing_is_kept(
    house, clock
):
    me = a_colleague(house, "moderator")
    works = [an_item(house, mark=f"n{number}", flags=["graphic"]) for number in range(3)]
    plain = an_item(house, mark="plain")

    def opens(work, **said):
        with house.writing(house.keeper()) as session:
            account, item = session.get_one(Account, me.account_id), session.get_one(Item, work.item_id)
            return care.open_graphic(session, account, item, now=house.now(), **said)

    def kept():
        with house.session(house.keeper()) as session:
            return [len(row.items) for row in session.scalars(select(GraphicDay))]

    assert opens(works[0])
    assert kept() == []
    chosen(house, me, graphic_a_day=2, zone="Asia/Baku")
    assert [opens(work) for work in (*works[:2], works[0], plain, works[2])] == [
        True,
        True,
        True,
        True,
        False,
    ]
    assert opens(works[2], anyway=True)
    assert opens(works[2])
    assert kept() == [3]
    clock.forward(timedelta(hours=11))  # past midnight in Baku
    assert opens(works[2])
    assert kept() == [1]
    clock.forward(timedelta(days=2))
    with house.writing(house.keeper()) as session:
        care.forget(session, house.now())
    assert kept() == []


def test_at_the_limit_the_page_says_so_kindly_and_one_s_own_word_opens_it(app, house):
    me = a_colleague(house, "moderator")
    client = signed_in(app, house, me)
    first, second = (an_item(house, mark=mark, flags=["graphic"]) for mark in ("first", "second"))
    easier = an_item(house, "remembrance", mark="easier")
    chosen(house, me, graphic_a_day=1, alternate=True)
    assert "something easier" in text_of(client.get(first.path))
    page = text_of(client.get(second.path))
    assert "Enough for today" in page
    assert "Narrator" not in page
    assert client.get(f"/en/desk/next?after={second.public_id}&light=1").location == easier.path
    assert send(client, f"{second.path}/anyway", page=second.path).status_code == 302
    assert "Enough for today" not in text_of(client.get(second.path))


def test_who_pauses_is_offered_nothing_and_comes_back_by_one_button(app, house):
    me = a_colleague(house, "moderator")
    client = signed_in(app, house, me)
    an_item(house)
    assert send(client, "/en/desk/pause", page="/en/desk/support").status_code == 302
    page = text_of(client.get("/en/desk"))
    assert "You have paused" in page
    assert "Narrator" not in page
    assert "Narrator" in text_of(client.get("/en/desk?all=1"))
    assert send(client, "/en/desk/pause", page="/en/desk").status_code == 302
    assert "Narrator" in text_of(client.get("/en/desk"))


def test_the_page_of_support_says_what_the_archive_wrote(app, house):
    client = signed_in(app, house, a_colleague(house, "second_reader"))
    assert "Take your time" in text_of(client.get("/en/desk/support"))
    with house.writing(house.keeper()) as session:
        site.change(session, {"desk_support": {"en": "Call Synthetic Helper.\n\nAny day."}})
    assert "Call Synthetic Helper." in text_of(client.get("/en/desk/support"))


def test_preferences_are_kept_and_what_cannot_be_used_is_said_and_stays_typed(app, house):
    me = a_colleague(house, "moderator")
    client, path = signed_in(app, house, me), "/en/account/preferences"
    good = {"languages": ["az", "ru"], "others": "de, ka", "graphic_a_day": "5", "alternate": "1",
            "quiet_from": "21", "quiet_until": "7", "zone": "Asia/Baku"}  # fmt: skip
    assert send(client, path, **good).status_code == 302
    with house.session(house.keeper()) as session:
        account = session.get_one(Account, me.account_id)
        assert account.languages == ["az", "ru", "de", "ka"]
        assert preferences.of(account) == Preferences(5, alternate=True, keys=False, quiet_from=21, quiet_until=7, zone="Asia/Baku")  # fmt: skip
    for wrong in (
        {"zone": "Mars/Olympus"},
        {"zone": "../etc"},
        {"graphic_a_day": "many"},
        {"quiet_from": "24"},
        {"others": "<b>"},
    ):
        answer = send(client, path, **{**good, **wrong})
        assert answer.status_code == 422, wrong
        assert "Something needs another look" in text_of(answer)
        assert 'value="7"' in text_of(answer)


# -- second readers, languages, views, next ----------------------------------------------------------


def test_what_waits_for_a_second_person_says_who_asked_for_what(app, house):
    first, work = a_colleague(house, "moderator", name="Synthetic First"), an_item(house, flags=["death"])
    from tests.web.desk.people import made_ready

    made_ready(house, work, first)
    assert move(house, work, first.actor, "publish").waits
    reader = signed_in(app, house, a_colleague(house, "second_reader", name="Synthetic Second"))
    page = text_of(reader.get("/en/desk"))
    assert page.index("What waits for a second person") < page.index('name="kind"')
    line = "Synthetic First asked for publication; a second person has to agree"
    assert line in text_of(reader.get("/en/desk?second=1"))
    assert line in text_of(reader.get(work.path))


def test_an_item_in_a_language_that_nobody_says_they_read_says_so(house):
    me, work = a_colleague(house, "moderator"), an_item(house, language="tr")
    assert not row_of(house, me, work).unread  # nobody has said anything
    with house.writing(house.keeper()) as session:
        session.get_one(Account, me.account_id).languages = ["az"]
    assert row_of(house, me, work).unread
    assert not row_of(house, me, an_item(house, mark="other", language="az")).unread
    assert not row_of(house, me, an_item(house, mark="none", language="und")).unread


def test_views_are_kept_shared_renamed_and_deleted_by_their_owner_alone(app, house):
    me, other = a_colleague(house, "moderator"), a_colleague(house, "editor", name="Synthetic Other")
    an_item(house)
    client, colleague = signed_in(app, house, me), signed_in(app, house, other)
    asked = {"kind": "contribution", "late": "1", "sort": "due", "colour": "red"}
    kept = {**asked, "name": "  Late   ones "}
    assert send(client, "/en/desk/views", page="/en/desk", **kept).location.endswith(
        "kind=contribution&sort=due&late=1"
    )
    again = send(client, "/en/desk/views", page="/en/desk", **kept)
    assert again.status_code == 422
    assert "You have a view of that name" in text_of(again)
    with house.session(house.keeper()) as session:
        view = session.scalars(select(SavedView)).one()
        assert (view.name, view.filters) == (
            "Late ones",
            {"kind": "contribution", "sort": "due", "late": "1"},
        )
    assert "Late ones" not in text_of(colleague.get("/en/desk"))
    change = {"page": "/en/desk", "view": view.id}
    assert send(client, "/en/desk/views/change", how="share", **change).status_code == 302
    assert "Late ones" in text_of(colleague.get("/en/desk"))
    assert send(colleague, "/en/desk/views/change", how="delete", **change).status_code == 404
    assert send(client, "/en/desk/views/change", how="rename", name="Old", **change).status_code == 302
    assert "Old" in text_of(colleague.get("/en/desk"))
    assert send(client, "/en/desk/views/change", how="delete", **change).status_code == 302
    assert "Old" not in text_of(client.get("/en/desk"))


def test_views_have_names_and_an_end(house, monkeypatch):
    monkeypatch.setattr(saved_views, "MOST", 2)
    me = a_colleague(house, "moderator")
    with house.writing(house.keeper()) as session:

        def keep(name, filters=None):
            return saved_views.keep(session, me.actor, name, filters or {"late": "1"}, now=house.now())

        for name, why in ((" ", "view_name_missing"), ("x" * 61, "view_name_long")):
            with pytest.raises(Invalid, match=why):
                keep(name)
        keep("One")
        keep("Two")
        with pytest.raises(Invalid, match="view_too_many"):
            keep("Three")
        with pytest.raises(NotOpen):
            saved_views.change(session, me.actor, 9_999, "delete")


def test_the_next_item_is_free_by_the_filters_last_looked_at(app, house, clock):
    me, other = a_colleague(house, "moderator"), a_colleague(house, "moderator", name="Synthetic Other")
    client, works = signed_in(app, house, me), []
    for language in ("az", "ru", "az", "az"):
        works.append(an_item(house, mark=f"n{len(works)}", language=language))
        clock.forward(timedelta(minutes=1))
    move(house, works[2], other.actor, "take")
    path = "/en/desk/next?after="
    assert client.get(path + works[0].public_id).location == works[1].path
    client.get("/en/desk?language=az")
    assert client.get(path + works[0].public_id).location == works[3].path
    assert client.get(path + works[3].public_id).location == works[0].path  # from the top again
    move(house, works[0], other.actor, "take")
    end = client.get(path + works[3].public_id)
    assert "nothing=1" in end.location
    assert "Nothing more is free" in text_of(client.get(end.location))
    assert client.get(path + "no-such-item").location == works[3].path
