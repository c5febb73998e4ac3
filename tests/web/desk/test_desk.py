"""The moderator's path in the browser. All people here are synthetic."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from memorial.domain.content import TextContent
from memorial.models import AuditEntry, Contribution, CustodyEvent, Item, ItemCheck, Record
from memorial.services import contact_limits, review, site
from memorial.services import family as services_family
from memorial.web.doors import DOORS
from tests.builders import public, some_content
from tests.web.desk.people import (
    a_colleague,
    all_checks,
    an_item,
    change,
    family,
    leave_contact,
    made_ready,
    move,
    signed_in,
    step_up,
    token_in,
)


@pytest.fixture
def colleague(house):
    return a_colleague(house, "moderator", name="Synthetic Moderator")


@pytest.fixture
def desk(app, house, colleague):
    return signed_in(app, house, colleague)


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def form_of(client, work):
    """The hidden fields of the decision's form, as a browser would send them."""
    page = text_of(client.get(work.path))
    form = page[page.index('class="form acts"') :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def press(client, work, verb, fields=None, **more):
    fields = fields or form_of(client, work)
    return client.post(f"{work.path}/{verb}", data={**fields, **more})


def is_public(house, work) -> bool:
    with house.session(public(house)) as session:
        return session.get(Record, work.made.record_id) is not None


def test_nobody_comes_in_without_signing_in_whatever_the_address(client, house):
    work = an_item(house)
    real, never = client.get(work.path), client.get("/en/desk/items/0000000000000")
    assert real.status_code == never.status_code == 302
    for door in (door for door in DOORS.values() if door.endpoint.startswith("desk.")):
        path = (
            door.rule.replace("<lang>", "en")
            .replace("<public_id>", work.public_id)
            .replace("<verb>", "take")
            .replace("<int:number>", "1")
        )
        if "GET" in door.methods:
            assert "/account/sign-in" in client.get(path).location, path


def test_every_door_of_the_desk_is_registered_for_the_desk():
    assert {door.audience for name, door in DOORS.items() if name.startswith("desk.")} == {"desk"}
    assert {door.audience for name, door in DOORS.items() if name.startswith("account.")} == {"account"}


def test_the_whole_path_from_the_queue_to_the_public_page(app, desk, house):
    work = an_item(house)
    assert "Synthetic synthetic Narrator" in text_of(desk.get("/en/desk"))
    assert "Nobody has taken this" in text_of(desk.get(work.path))
    assert press(desk, work, "take").status_code == 302
    assert "You have taken this until" in text_of(desk.get(work.path))
    page = desk.get(work.path)
    names = re.findall(r'name="check" value="(\w+)"', text_of(page))
    assert len(names) == 9
    assert "checked" not in text_of(page)
    revision = form_of(desk, work)["revision"]
    ticked = {"csrf_token": token_in(page), "revision": revision, "check": names}
    assert desk.post(f"{work.path}/checks", data=ticked).status_code == 302
    assert text_of(desk.get(work.path)).count("Synthetic Moderator, <time") >= 9
    assert press(desk, work, "make_ready").status_code == 302
    refused = press(desk, work, "publish")
    assert refused.status_code == 403
    assert "has not approved the proof" in text_of(refused)
    assert not is_public(house, work)
    move(house, work, family(work), "approve")
    assert press(desk, work, "publish").status_code == 302
    assert app.test_client().get(f"/en{work.made.path}").status_code == 200
    assert "published it" in text_of(desk.get(f"{work.path}/history"))


def test_who_keeps_the_settings_is_told_that_nobody_has_said_who_runs_the_archive(app, desk, house):
    told = "memorial site FILE.json --actor NAME"
    keeper = signed_in(app, house, a_colleague(house, "admin", name="Synthetic Keeper"))
    assert told in text_of(keeper.get("/en/desk"))
    assert told not in text_of(desk.get("/en/desk"))
    with house.writing(house.keeper()) as session:
        site.change(session, {"who": "Synthetic Keepers"})
    assert told not in text_of(keeper.get("/en/desk"))


def test_opening_an_item_does_not_take_it(desk, house):
    work = an_item(house)
    desk.get(work.path)
    with house.session(house.keeper()) as session:
        assert session.get_one(Item, work.item_id).taken_by_id is None


def test_a_button_that_may_not_be_pressed_says_why(desk, house):
    work = an_item(house)
    move(house, work, a_colleague(house, "moderator", name="Synthetic Other").actor, "take")
    page = text_of(desk.get(work.path))
    assert "Synthetic Other has taken this until" in page
    assert re.search(
        r"disabled[^>]*>Take for 20 minutes</button>\s*<span[^>]*>Somebody else has taken it", page
    )


def test_an_act_that_needs_words_asks_for_them_and_writes_nothing(desk, house):
    work = an_item(house)
    press(desk, work, "take")
    answer = press(desk, work, "ask")
    assert answer.status_code == 422
    assert "Error:" in text_of(answer)
    assert "Write the reason or the words first" in text_of(answer)
    with house.session(house.keeper()) as session:
        assert session.get_one(Item, work.item_id).state == "in_review"


def test_words_and_ticks_of_before_taking_stay_in_the_page_and_are_told_to_nobody(desk, house):
    work = an_item(house)
    answer = press(desk, work, "take", note="Dear synthetic family", check="spelling")
    assert answer.status_code == 200
    assert "Dear synthetic family</textarea>" in text_of(answer)
    assert re.search(r'value="spelling" checked', text_of(answer))
    saved = press(desk, work, "checks", note="Dear synthetic family", check="spelling")
    assert "Dear synthetic family</textarea>" in text_of(saved)
    assert "Dear synthetic family" not in text_of(desk.get(work.path))


def test_a_stale_form_overwrites_nothing_shows_the_difference_and_keeps_every_word(desk, house, colleague):
    work = an_item(house)
    press(desk, work, "take")
    old = form_of(desk, work)
    content = some_content("testimony")
    change(house, work, replace(content, texts=[TextContent("testimony", "These are other words of a testimony.",
                                                            part="text", language="en")]))  # fmt: skip
    answer = press(desk, work, "ask", fields=old, note="A long question <b>that</b> took me an hour.")
    page = text_of(answer)
    assert answer.status_code == 409
    assert "A long question &lt;b&gt;that&lt;/b&gt; took me an hour." in page
    assert re.search(r"<del>.*?−</span>\s*synthetic<", page)
    assert re.search(r"<ins>.*?\+</span>\s*other<", page)
    with house.session(house.keeper()) as session:
        assert session.get_one(Item, work.item_id).state == "in_review"


def test_a_stale_form_tells_who_did_what_meanwhile(app, desk, house):
    work = an_item(house)
    old = form_of(desk, work)
    other = a_colleague(house, "moderator", name="Synthetic Other")
    move(house, work, other.actor, "take")
    page = text_of(press(desk, work, "take", fields=old))
    assert re.search(r"Synthetic Other\s+took it", page)


def test_checks_for_an_older_content_are_not_saved(desk, house):
    work = an_item(house)
    old = form_of(desk, work)
    change(house, work, replace(some_content("testimony"), content_note="changed"))
    sent = {"csrf_token": old["csrf_token"], "revision": old["revision"], "check": ["minors"]}
    assert desk.post(f"{work.path}/checks", data=sent).status_code == 409
    with house.session(house.keeper()) as session:
        assert session.scalars(select(ItemCheck)).all() == []


def test_a_second_person_is_named_and_publishes(app, desk, house, colleague):
    work = an_item(house, "remembrance", flags=["death"])
    made_ready(house, work, colleague)
    answer = press(desk, work, "publish")
    assert "done=waits" in answer.location
    assert not is_public(house, work)
    second = a_colleague(house, "second_reader", name="Synthetic Second")
    other = signed_in(app, house, second)
    press(other, work, "take")
    assert "Synthetic Moderator has asked for it" in text_of(other.get(work.path))
    assert press(other, work, "publish").status_code == 302
    assert is_public(house, work)


def test_the_proof_is_the_visitors_page_of_the_content_that_was_sent_and_changes_nothing(
    desk, house, colleague
):
    work = an_item(house)
    change(house, work, replace(some_content("testimony"),
                                texts=[TextContent("testimony", "Words not yet standing.", part="text")]))  # fmt: skip
    page = text_of(desk.get(f"{work.path}/proof"))
    assert "Words not yet standing." in page
    assert "These are synthetic words" not in page
    with house.session(house.keeper()) as session:
        assert session.get_one(Record, work.made.record_id).revision == 1


def test_what_was_sent_stands_beside_the_proof(desk, house):
    work = an_item(house)
    answer = desk.get(f"{work.path}/beside")
    page = text_of(answer)
    assert "These are synthetic words" in page
    assert f'src="{work.path}/proof"' in page
    # Both may be framed by the archive itself, and by nobody else.
    for path in ("beside", "proof"):
        policy = desk.get(f"{work.path}/{path}").headers["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in policy
    assert "frame-ancestors 'none'" in desk.get(work.path).headers["Content-Security-Policy"]


def test_the_difference_has_signs_besides_colour(desk, house):
    work = an_item(house)
    change(house, work, replace(some_content("testimony"),
                                texts=[TextContent("testimony", "These are new words of a testimony.", part="text")]))  # fmt: skip
    page = text_of(desk.get(f"{work.path}/difference?from=1&to=2"))
    assert re.search(r'<del>.*?aria-hidden="true">−</span>synthetic<', page)
    assert re.search(r'<ins>.*?aria-hidden="true">\+</span>new<', page)
    assert re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)).count("(taken out: −synthetic)") == 1
    for odd in ("from=9", "from=x", "to=-1", "from=99999999999999999999"):
        assert desk.get(f"{work.path}/difference?{odd}").status_code == 404


def test_pictures_at_the_desk_are_covered(desk, house):
    from tests.web.desk.pictures import a_photograph

    work = an_item(house, "remembrance", flags=["media"])
    a_photograph(house, work, alt="A synthetic garden")
    for path in (work.path, f"{work.path}/proof"):
        page = text_of(desk.get(path))
        assert "A synthetic garden" in page
        assert "Show this image" in page
        assert "/media-proof/" in page
        assert not re.search(r"<img[^>]+media", page)


def test_contacts_are_logged_before_they_are_shown_and_have_a_days_share(desk, house, colleague, monkeypatch):
    work = an_item(house)
    leave_contact(house, work, "canary street 1")
    step_up(desk)
    assert "canary" not in text_of(desk.get(f"{work.path}/contact"))
    monkeypatch.setattr(contact_limits, "CONTACTS_A_DAY", 2)
    token = token_in(desk.get(f"{work.path}/contact"))
    answers = [desk.post(f"{work.path}/contact", data={"csrf_token": token}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "canary street 1" in text_of(answers[0])
    assert answers[0].headers["Cache-Control"] == "no-store"
    with house.session(house.keeper()) as session:
        events = session.scalars(select(CustodyEvent).where(CustodyEvent.verb == "contact_shown")).all()
        assert [event.actor for event in events] == [colleague.actor.label] * 2


def test_who_stepped_back_reads_the_item_no_more(desk, house):
    work = an_item(house)
    press(desk, work, "take")
    assert press(desk, work, "recuse").location == "/en/desk"
    for path in ("", "/proof", "/beside", "/history", "/difference", "/contact"):
        answer = desk.get(work.path + path)
        assert answer.status_code == 403, path
        assert "synthetic words" not in text_of(answer)
    queue = text_of(desk.get("/en/desk"))
    assert "Closed to you" in queue
    assert "Synthetic synthetic Narrator" not in queue


@pytest.mark.parametrize("flag", ["sexual_violence", "minor"])
def test_accounts_of_violence_and_of_children_are_closed_to_those_not_trained_for_them(
    app, desk, house, flag
):
    work = an_item(house, flags=[flag])
    assert desk.get(work.path).status_code == 403
    assert press_raw(desk, work, "take").status_code == 403
    assert "Synthetic synthetic Narrator" not in text_of(desk.get("/en/desk"))
    trained = signed_in(app, house, a_colleague(house, "specialist", name="Synthetic Trained"))
    assert "These are synthetic words" in text_of(trained.get(work.path))


def press_raw(client, work, verb):
    return client.post(f"{work.path}/{verb}", data={"csrf_token": token_in(client.get("/en/desk"))})


def test_whoever_comes_upon_sexual_violence_passes_it_on_with_everything_that_shows_the_same(
    app, desk, house
):
    work = an_item(house)
    press(desk, work, "take")
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        beside = review.new_item(
            session, "report", now=house.now(), record=session.get_one(Record, item.record_id)
        )
        other = f"/en/desk/items/{beside.public_id}"
    assert press(desk, work, "mark_violence").location == "/en/desk"
    assert desk.get(work.path).status_code == desk.get(other).status_code == 403
    trained = signed_in(app, house, a_colleague(house, "specialist", name="Synthetic Trained"))
    page = text_of(trained.get(work.path))
    assert "sexual violence" in page
    assert "Nobody has taken this" in page
    assert press(trained, work, "unmark_violence").status_code == 422
    assert press(trained, work, "unmark_violence", note="It tells of something else.").status_code == 302
    assert desk.get(work.path).status_code == desk.get(other).status_code == 200


def test_the_mark_of_violence_outlives_a_change_by_the_family_and_is_written_down(desk, house):
    work = an_item(house)
    press(desk, work, "mark_violence")
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        assert item.flags == ["sexual_violence"]
        later = review.new_item(
            session,
            "revision",
            now=house.now(),
            record=session.get_one(Record, item.record_id),
            contribution=session.get_one(Contribution, item.contribution_id),
        )
        assert "sexual_violence" in later.flags
        verbs = session.scalars(select(AuditEntry.verb).where(AuditEntry.thing == f"item:{item.public_id}"))
        assert "mark_violence" in verbs.all()


def test_an_answer_that_is_owed_is_written_to_the_family_and_ends_what_was_owed(app, desk, house):
    work = an_item(house, item_kind="promise")
    press(desk, work, "take")
    page = text_of(desk.get(work.path))
    assert "Answer, and close it" in page
    assert press(desk, work, "give_answer").status_code == 422
    assert press(desk, work, "give_answer", note="The synthetic answer.").status_code == 302
    with house.session(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        assert (item.state, item.ended_at is not None) == ("done", True)
        contribution = session.get_one(Contribution, item.contribution_id)
        said = services_family.messages_of(session, house.keys, contribution)
        assert [(each.to_family, each.words) for each in said] == [(True, "The synthetic answer.")]


def test_passing_one_on_asks_no_reason_and_hides_it_from_this_queue_alone(app, desk, house):
    work = an_item(house)
    press(desk, work, "take")
    assert press(desk, work, "pass_on").status_code == 302
    assert "Synthetic synthetic Narrator" not in text_of(desk.get("/en/desk"))
    assert "Synthetic synthetic Narrator" in text_of(desk.get("/en/desk?passed=1"))
    other = signed_in(app, house, a_colleague(house, "moderator", name="Synthetic Other"))
    assert "Synthetic synthetic Narrator" in text_of(other.get("/en/desk"))
    assert "Nobody has taken this" in text_of(other.get(work.path))


def test_the_archive_hides_a_page_with_a_reason_and_shows_it_again(app, desk, house, colleague):
    work = an_item(house)
    made_ready(house, work, colleague)
    press(desk, work, "publish")
    assert is_public(house, work)
    assert press(desk, work, "hold").status_code == 422
    assert press(desk, work, "hold", note="A synthetic reason.").status_code == 302
    assert not is_public(house, work)
    assert app.test_client().get(f"/en{work.made.path}").status_code == 404
    assert "The archive has hidden the page for now" in text_of(desk.get(work.path))
    assert press(desk, work, "lift_hold", note="The reason is gone.").status_code == 302
    assert is_public(house, work)


def test_notes_among_colleagues_are_read_by_colleagues(app, desk, house):
    work = an_item(house)
    press(desk, work, "note", note="Mind the synthetic date.")
    other = signed_in(app, house, a_colleague(house, "second_reader", name="Synthetic Second"))
    assert "Mind the synthetic date." in text_of(other.get(work.path))
    read_in_russian = text_of(other.get(work.path.replace("/en/", "/ru/")))
    assert "Synthetic Moderator: оставлена заметка для коллег" in read_in_russian
    assert "Выживший человек" in read_in_russian, "how the narrator stood to it is a key, said in words"


def test_a_session_that_ended_gives_the_typed_words_back(desk, house, clock):
    work = an_item(house)
    fields = form_of(desk, work)
    clock.forward(timedelta(hours=3))
    answer = press(desk, work, "note", fields=fields, note="Words that took an hour.")
    assert answer.status_code == 401
    assert "Words that took an hour." in text_of(answer)


@pytest.mark.parametrize(
    "payload",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "javascript:alert(1)"],
)
def test_what_families_write_stays_words_on_every_page_of_the_desk(desk, house, payload):
    work = an_item(house, mark=payload)
    move(house, work, a_colleague(house, "moderator", name=f"Synthetic {payload[:20]}").actor, "take")
    for path in (
        "/en/desk",
        work.path,
        f"{work.path}/proof",
        f"{work.path}/beside",
        f"{work.path}/history",
        f"{work.path}/difference",
    ):
        page = text_of(desk.get(path))
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript' not in page
        assert " 49 " not in page


def test_the_log_and_the_leftovers_are_for_their_roles(app, desk, house):
    press(desk, an_item(house), "take")
    assert re.search(r"Synthetic Moderator\s+took it", text_of(desk.get("/en/desk/log")))
    assert desk.get("/en/desk/leftovers").status_code == 200
    reader = signed_in(app, house, a_colleague(house, "second_reader", name="Synthetic Second"))
    assert reader.get("/en/desk/log").status_code == 403
    assert reader.get("/en/desk/leftovers").status_code == 403
    page = text_of(reader.get("/en/desk"))
    assert 'href="/en/desk/log"' not in page
    own = re.search(r'href="(/en/desk/log\?actor=[^"]+)">What you did', page)[1].replace("%3A", ":")
    assert reader.get(own).status_code == 200
    assert reader.get(own.replace("/log", "/log/custody")).status_code == 200
    assert not re.search(r"Synthetic Moderator\s+took it", text_of(reader.get(own)))
    assert reader.get("/en/desk/log?actor=account:1").status_code == 403
    assert "Take it out as a file" not in text_of(desk.get("/en/desk/log"))


def test_the_log_leaves_as_a_file_after_a_proof_of_presence_and_never_by_a_link(app, desk, house):
    press(desk, an_item(house), "take")
    officer = signed_in(app, house, a_colleague(house, "consent_officer", name="Synthetic Officer"))
    opened = officer.get("/en/desk/log?verb=take")
    assert "You will be asked first" in text_of(opened)
    fields = {"csrf_token": token_in(opened), "verb": "take", "form": "jsonl"}
    assert "/account/step-up" in officer.post("/en/desk/log/export", data=fields).location
    step_up(officer)
    file = officer.post(
        "/en/desk/log/export", data={**fields, "csrf_token": token_in(officer.get("/en/desk/log"))}
    )
    assert file.mimetype == "application/x-ndjson"
    assert '"verb":"take"' in text_of(file)
    assert officer.get("/en/desk/log/export").status_code == 405
    assert "took the log out as a file" in text_of(officer.get("/en/desk/log"))
    assert (
        desk.post(
            "/en/desk/log/export", data=fields | {"csrf_token": token_in(desk.get("/en/desk"))}
        ).status_code
        == 403
    )


def test_odd_filters_of_the_log_are_no_error_of_ours(desk):
    for query in ("actor=account:9999999999999999", "thing=x:'", "from=2026-99-99&to=9999-12-31", "to=0001-01-01",
                  "verb=Ə", "before=-1", "before=x"):  # fmt: skip
        for path in ("/en/desk/log", "/en/desk/log/custody"):
            assert desk.get(f"{path}?{query}").status_code == 200, query


@pytest.mark.parametrize(
    "query", ["kind=x", "state=%00", "language=%27", "after=x", "mine=1&late=1", "after=%00"]
)
def test_odd_filters_are_no_error_of_ours(desk, house, query):
    an_item(house)
    assert desk.get(f"/en/desk?{query}").status_code in (200, 404, 422)


def test_an_unknown_verb_is_not_found_and_get_changes_nothing(desk, house):
    work = an_item(house)
    assert press_raw(desk, work, "explode").status_code == 404
    assert desk.get(f"{work.path}/publish").status_code == 405
    with house.session(house.keeper()) as session:
        assert (
            session.scalars(select(AuditEntry.verb).where(AuditEntry.thing == f"item:{work.public_id}")).all()
            == []
        )


def test_the_queue_costs_the_same_however_many_wait(desk, house, count_queries):
    an_item(house)
    desk.get("/en/desk")
    count_queries()
    desk.get("/en/desk")
    one = count_queries()
    for _ in range(6):
        an_item(house)
    desk.get("/en/desk")  # the archive's settings are read anew once the epoch has moved
    count_queries()
    desk.get("/en/desk")
    assert count_queries() == one


def test_the_page_of_an_item_asks_once_for_what_its_buttons_share(desk, house, colleague, count_queries):
    work = an_item(house)
    found = {}
    for moved in (
        lambda: move(house, work, colleague.actor, "take"),
        lambda: made_ready(house, work, colleague),
        lambda: move(house, work, colleague.actor, "publish"),
    ):
        moved()
        desk.get(work.path)
        count_queries()
        page = text_of(desk.get(work.path))
        found[len(found)] = (count_queries(), page.count('formaction="'))
    assert all(queries <= 50 for queries, _ in found.values()), found


def test_all_checks_can_be_taken_back(desk, house, colleague):
    work = an_item(house)
    all_checks(house, work, colleague.actor)
    fields = form_of(desk, work)
    desk.post(
        f"{work.path}/checks", data={"csrf_token": fields["csrf_token"], "revision": fields["revision"]}
    )
    with house.session(house.keeper()) as session:
        assert session.scalars(select(ItemCheck)).all() == []
