"""The published record through the desk's own pages: forms, pickers, dates, duplicates, previews. Added words are synthetic."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from sqlalchemy import func, select

from memorial.models import Item, Revision, Statement
from memorial.services import site
from memorial.services.collection import KINDS
from memorial.services.published import objects as published
from memorial.services.published.forms import ObjectForm
from tests.services.published.changing import load, there
from tests.walking import addresses, routes
from tests.web.desk.people import a_colleague, signed_in, token_in

OPENING = "src-seed-001, L3"


@pytest.fixture
def engine_name() -> str:
    """What has SQL of its own is tested in tests/services/published on both engines."""
    return "sqlite"


@pytest.fixture
def collection(house):
    load(house, "sources", "press_accounts", "places", "accounts", "figures", most=6)


@pytest.fixture
def editor(app, house, collection):
    return signed_in(app, house, a_colleague(house, "editor"))


def path(kind: str, name: str) -> str:
    return f"/en/desk/amend/{kind}/{name}"


def form_of(client: Any, address: str) -> dict[str, str]:
    """The hidden fields of a form as a browser holds them."""
    page = client.get(address)
    assert page.status_code == 200, page.get_data(as_text=True)[:500]
    return hidden(page)


def hidden(page: Any) -> dict[str, str]:
    text = page.get_data(as_text=True)
    text = text[text.index('id="amend"') :]
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text)
    }


def send(client: Any, address: str, form: dict[str, str], **typed: str) -> Any:
    """What a browser sends: the form's hidden fields and what was typed, `__` for the hyphen in a name."""
    said = {name.replace("__", "-"): value for name, value in typed.items()}
    return client.post(address, data={"why": "A synthetic reason.", "do": "save", **form, **said})


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))).split())


def test_a_figure_with_its_source_goes_from_an_empty_form_to_the_public_page(app, house, client, editor):
    begun = editor.get("/en/desk/amend/figures?id=fig-synthetic")
    address = begun.headers["Location"]
    form = form_of(editor, address)
    typed = {"v__measure": "killed", "v__value": "7", "v__claimant": "zqwitness of nobody"}
    found = send(editor, address, form, do="find:seed_refs", q__seed_refs="src-seed-00", **typed)
    assert "Use this one" in words(found)
    assert "src-seed-001" in words(found)
    assert 'value="zqwitness of nobody"' in found.get_data(as_text=True), "typed words stay"
    bare = send(editor, address, form, do="use:seed_refs:src-seed-001", **typed)
    assert "does not say where in the work" in words(bare)
    used = send(editor, address, form, do="use:seed_refs:src-seed-001", at__seed_refs="L3", **typed)
    assert OPENING in words(used)
    kept = send(editor, address, form, v__seed_refs=OPENING, **typed)
    assert kept.status_code == 302
    item = kept.headers["Location"].split("?")[0]
    page = editor.get(item)
    assert "What would be new" in words(page)
    assert "zqwitness of nobody" in words(page)
    assert "brought it in from a file" not in words(page), "the history of this object alone"
    with house.session(house.keeper()) as session:
        taken = path("figures", published.listed(session, "accounts").lines[0].id)
    seen = send(editor, taken, form_of(editor, taken), do="preview", v__seed_refs=OPENING, **typed)
    assert "Something else has this id already" in words(seen)
    empty = path("sources", "src-empty")
    assert "Nothing was saved" in words(send(editor, empty, form_of(editor, empty)))
    for rule in routes(app, "public"):
        for public in addresses(rule, {"public_id": ["0"], "slug": ["how-many", "killed"], "code": ["x"]}):
            assert "zqwitness" not in client.get(public).get_data(as_text=True), public
    acts = {"csrf_token": token_in(page), "note": "Synthetic."} | versions(page)
    assert editor.post(f"{item}/publish", data=acts).status_code == 302
    assert "zqwitness of nobody" in client.get("/en/figures/killed").get_data(as_text=True)


def versions(page: Any) -> dict[str, str]:
    text = page.get_data(as_text=True)
    text = text[text.index('class="form acts"') :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))


LONG = " ".join(["synthetic"] * 30)
BAD = [
    ("figures", {"v-source_date": "16.04.20313"}, "cannot be read as a date", "keep it in the printed words"),
    ("press_accounts", {"v-date": "1992-02-30"}, "no day of the calendar", "“Time, as printed”"),
    ("press_accounts", {"v-date": "1992-03/1992-02"}, "ends before it begins", "write here what is sure"),
    ("figures", {"v-min": "9", "v-max": "3"}, "The range is upside down: 9 – 3", "The smaller number comes first"),
    ("figures", {"v-value": "about 9"}, "“about 9” is no number", "a field of their own"),
    ("figures", {"v-value": "-9"}, "-9 cannot be", "look at the sign"),
    ("figures", {"v-claimant": ""}, "This is needed", ""),
    ("figures", {"v-press_account_id": "press-none"}, "nothing with the id “press-none”", "Find it below"),
    ("figures", {"v-seed_refs": ""}, "Every statement has a source", "Say where it stands"),
    ("figures", {"v-seed_refs": "src-seed-001"}, "does not say where in the work", "or “the whole work”"),
    ("figures", {"v-seed_refs": "src-none, p. 1"}, "No work of the archive answers to", "add it as a source first"),
    ("places", {"v-lat": "0", "v-lon": "0"}, "lies in the sea off Africa", "0° 0′ is meant"),
    ("places", {"v-lat": "91"}, "91 cannot be", ""),
    ("places", {"v-lon": ""}, "belong together", ""),
    ("places", {"v-variants-9-seeds": "one | two"}, "right number of parts", ""),
    ("press_accounts", {"v-language": "Azerbaijani"}, "as its code", ""),
    ("press_accounts", {"v-quotation": LONG}, "30 / 25 words", "By what right its words are shown"),
    ("press_accounts", {"v-translations-0-text": LONG, "v-translations-0-language": "ru"}, "30 / 25 words", "Say who translated it"),
    ("press_accounts", {"v-translations-0-text": "zqtwo words", "v-translations-0-translator": "Synthia"}, "This is needed", ""),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "typed", "what", "why"), BAD)
def test_a_mistake_is_refused_at_its_field_with_what_to_do_and_stays_as_typed(
    house, editor, kind, typed, what, why
):
    with house.writing(house.keeper()) as session:
        name = published.listed(session, kind).lines[0].id
    before = there(house, kind, name).value
    form = form_of(editor, path(kind, name))
    answer = send(editor, path(kind, name), form, **typed)
    said = words(answer)
    assert answer.status_code == 422
    assert said.index("Something needs another look") < said.index(what)
    assert why in said
    shown = html.unescape(answer.get_data(as_text=True))
    assert all(value in shown for value in typed.values())
    assert re.search(r'aria-invalid="true"', shown)
    assert there(house, kind, name).value == before
    with house.session(house.keeper()) as session:
        assert session.scalar(select(func.count()).select_from(Item).where(Item.kind == "amendment")) == 0


def test_what_is_meant_all_the_same_is_kept_when_somebody_says_so(house, editor):
    with house.writing(house.keeper()) as session:
        place, press = (published.listed(session, kind).lines[0].id for kind in ("places", "press_accounts"))
    zero = {"v-lat": "0", "v-lon": "0", "say-zero": "1"}
    assert (
        send(editor, path("places", place), form_of(editor, path("places", place)), **zero).status_code == 302
    )
    address = path("press_accounts", press)
    whole = {"v-quotation": LONG, "v-rights": "A synthetic licence."}
    kept = send(editor, address, form_of(editor, address), **whole)
    assert kept.status_code == 302
    assert "A synthetic licence." in words(editor.get(kept.headers["Location"]))
    taken = send(editor, address, form_of(editor, address), **{"v-rights": ""})
    assert "30 / 25 words" in words(taken), "nor is the right taken away from a long quotation"


def test_the_community_sets_how_much_of_a_newspaper_is_quoted(house, editor):
    with house.writing(house.keeper()) as session:
        site.change(session, {"quotation_words": 0})
        press = published.listed(session, "press_accounts").lines[0].id
    address = path("press_accounts", press)
    assert send(editor, address, form_of(editor, address), **{"v-quotation": LONG}).status_code == 302


def test_a_translation_is_added_in_a_row_and_seen_under_the_original(house, editor):
    with house.session(house.keeper()) as session:
        press = published.listed(session, "press_accounts").lines[0].id
    address = path("press_accounts", press)
    assert "Translations of the quotation" in words(editor.get(address))
    typed = {"v-page": "A12", "v-edition": "zqsecond edition", "v-rights": "quotation right",
             "v-translations-0-text": "zqперевод", "v-translations-0-language": "ru",
             "v-translations-0-translator": "Synthia Nobody", "v-translations-0-seed_refs": OPENING}  # fmt: skip
    seen = words(send(editor, address, form_of(editor, address), **typed, do="preview"))
    order = ["zqперевод", "Printed in:", "the right of quotation", "A12", "zqsecond edition"]
    assert sorted(order, key=seen.index) == order
    assert "Translation into Russian by Synthia Nobody" in seen
    assert send(editor, address, form_of(editor, address), **typed).status_code == 302
    assert 'value="Synthia Nobody"' in editor.get(address).get_data(as_text=True)


def test_how_a_date_was_understood_is_said_beside_it_and_on_its_own(editor):
    asked = "/en/desk/edtf?kind=figures&value="
    about = "Understood as: about 1992, from 1 January 1992 to 31 December 1992."
    assert words(editor.get(asked + "1992~")) == about
    assert words(editor.get(asked)) == ""
    assert "no day of the calendar" in words(editor.get(asked + "1992-02-30"))
    address = path("figures", "fig-001")
    assert about in words(send(editor, address, form_of(editor, address), do="look", v__as_of="1992~"))


def test_the_same_statement_with_one_letter_changed_is_found_before_it_is_kept(house, editor):
    with house.session(house.keeper()) as session:
        old = published.find(session, "accounts", published.listed(session, "accounts").lines[0].id)
    typed = {f"v-{key}": value for key, value in ObjectForm(old.kind, old.value).values().items()}
    typed["v-statement"] = typed["v-statement"].replace("a", "e", 1)
    typed["v-rival_accounts"] = ""
    address = path("accounts", "acc-synthetic")
    form = form_of(editor, address)
    asked = send(editor, address, form, **typed)
    assert asked.status_code == 422
    assert "It may be in the archive already" in words(asked)
    assert old.id in words(asked)
    assert send(editor, address, form, **{**typed, "say-another": "1"}).status_code == 302


def test_what_visitors_would_see_is_their_own_page_and_nothing_of_it_is_kept(house, client, editor):
    press = "press-001"
    address = path("press_accounts", press)
    form = form_of(editor, address)
    marked = "<b>zqheadline</b> & more"
    seen = send(editor, address, form, do="preview", v__headline=marked)
    assert seen.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "&lt;b&gt;zqheadline&lt;/b&gt; &amp; more" in seen.get_data(as_text=True), "HTML stays text"
    assert "<b>zqheadline" not in seen.get_data(as_text=True)
    assert "Something wrong on this page?" not in seen.get_data(as_text=True)
    figure = path("figures", "fig-001")
    assert "zqclaimant" in words(
        send(editor, figure, form_of(editor, figure), do="preview", v__claimant="zqclaimant")
    )
    wrong = send(editor, figure, form_of(editor, figure), do="preview", v__value="many")
    assert "It cannot be shown before this is right" in words(wrong)
    with house.session(house.keeper()) as session:
        assert session.scalar(select(func.count()).select_from(Item).where(Item.kind == "amendment")) == 0
        assert (
            session.scalar(select(Statement.stated_by).where(Statement.external_id == "fig-001"))
            != "zqclaimant"
        )


def test_two_editors_meet_on_one_object_and_a_person_chooses_where_they_clash(app, house, editor):
    other = signed_in(app, house, a_colleague(house, "moderator", name="Synthetic Other"))
    address = path("figures", "fig-001")
    first, second = form_of(editor, address), form_of(other, address)
    kept = send(editor, address, first, v__note="What the first wrote.", v__unit="bodies")
    assert kept.status_code == 302
    refused = send(other, address, second, v__note="What the second wrote.", v__qualifier="about")
    assert refused.status_code == 403, "the first one has it"
    assert "What the second wrote." in words(refused)
    item = kept.headers["Location"].split("?")[0]
    page = editor.get(item)
    editor.post(f"{item}/return", data={"csrf_token": token_in(page)} | versions(page))
    stale = send(other, address, second, v__note="What the second wrote.", v__qualifier="about")
    assert stale.status_code == 409
    said = words(stale)
    assert "Note: which words?" in said
    assert "What the first wrote." in said
    assert "What the second wrote." in said
    merged = hidden(stale)
    again = {
        "v__note": "What the second wrote.",
        "v__qualifier": "about",
        "v__unit": "bodies",
        "clash": "note",
    }
    assert "Choose which words stand here" in words(send(other, address, merged, **again))
    assert send(other, address, merged, c__note="stands", **again).status_code == 302
    with house.session(house.keeper()) as session:
        given = session.scalars(select(Revision.content).order_by(Revision.id.desc())).first()["given"]
    assert (given["note"], given["unit"], given["qualifier"]) == ("What the first wrote.", "bodies", "about")


def test_a_statement_is_changed_beside_its_rivals(house, editor):
    with house.session(house.keeper()) as session:
        slug = "population"
        page = editor.get(f"/en/desk/published-questions/{slug}")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert len(set(re.findall(r' id="([^"]+)"', text))) == len(re.findall(r' id="([^"]+)"', text)), "ids once"
    place = re.search(r'<form class="form edit" method="post" action="([^"]+)".*?</form>', text, re.DOTALL)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', place[0]))
    form = {name: html.unescape(value) for name, value in fields.items()}
    before = json.loads(form["base"])
    kept = send(editor, place[1], form, v__claimant="zqinline")
    assert kept.status_code == 302
    with house.session(house.keeper()) as session:
        given = session.scalars(select(Revision.content).order_by(Revision.id.desc())).first()["given"]
    assert given == {**before, "claimant": "zqinline"}


def test_going_back_is_offered_with_what_it_would_change(house, editor):
    address, home = path("figures", "fig-001"), "/en/desk/published/figures/fig-001"
    item = send(editor, address, form_of(editor, address), v__note="zqnote").headers["Location"].split("?")[0]
    page = editor.get(item)
    editor.post(f"{item}/publish", data={"csrf_token": token_in(page), "note": "Yes."} | versions(page))
    assert "zqnote" in words(editor.get(home))
    older = editor.get(f"{home}?number=0")
    assert "Going back to how it was before would change" in words(older)
    text = older.get_data(as_text=True)
    seen = re.search(r'name="seen" value="([^"]+)"', text)[1]
    back = {"csrf_token": token_in(older), "number": "0", "seen": seen}
    assert editor.post(home, data={**back, "why": " "}).status_code == 422
    proposed = editor.post(home, data={**back, "why": "It was right before."})
    assert proposed.status_code == 302
    assert "zqnote" in words(editor.get(proposed.headers["Location"]))


def test_only_who_works_on_the_published_record_comes_in(app, house, collection):
    officer = signed_in(app, house, a_colleague(house, "consent_officer"))
    for address in (
        "/en/desk/published", "/en/desk/published?kind=figures", "/en/desk/published/figures/fig-001",
        path("figures", "fig-001"), "/en/desk/amend/figures", "/en/desk/published-questions/population",
    ):  # fmt: skip
        assert officer.get(address).status_code == 403, address
    assert "/en/desk/published" not in officer.get("/en/desk").get_data(as_text=True)


def test_a_list_costs_the_same_however_many_objects_there_are(house, editor, count_queries):
    address = "/en/desk/published?kind=figures"
    editor.get(address)
    count_queries()
    editor.get(address)
    few = count_queries()
    load(house, "sources", "press_accounts", "figures", most=80)
    editor.get(address)
    count_queries()
    page = editor.get(address)
    assert count_queries() == few
    assert page.get_data(as_text=True).count('class="entry-title"') == published.PER_PAGE


def test_dates_are_explained_and_the_visitors_page_follows_while_somebody_writes(
    app, house, live_server, page, editor
):
    with editor.session_transaction() as cookie:
        token = cookie["_user_id"]
    name, value = next((each.key, each.value) for each in editor._cookies.values())
    assert token
    page.context.add_cookies([{"name": name, "value": value, "url": live_server}])
    page.goto(live_server + path("press_accounts", "press-001"))
    page.fill("#v-date", "16.04.20313")
    page.get_by_text("“16.04.20313” cannot be read as a date").wait_for()
    page.fill("#v-date", "1992-02-28")
    page.get_by_text("Understood as: 28 February 1992.").wait_for()
    page.click("[data-preview]")
    visitors = page.frame_locator("iframe[name=visitors]")
    visitors.get_by_text("28 February 1992").first.wait_for()
    page.fill("#v-headline", "A headline that is synthetic")
    visitors.get_by_role("heading", name="A headline that is synthetic").wait_for()


def test_of_every_kind_there_is_a_preview_a_form_and_a_page_at_the_desk(app, house):
    load(house, most=3)
    editor = signed_in(app, house, a_colleague(house, "editor"))
    for kind in KINDS:
        with house.session(house.keeper()) as session:
            name = published.listed(session, kind).lines[0].id
        seen = send(editor, path(kind, name), form_of(editor, path(kind, name)), do="preview")
        assert (kind, seen.status_code) == (kind, 200)
        assert editor.get(f"/en/desk/published/{kind}/{name}").status_code == 200, kind
