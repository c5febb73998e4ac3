"""Rights and labels: said at the desk, read on the page, told to programs, and no key to anything."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from lxml import etree

from memorial.domain import consent as rules
from memorial.domain.rights import STATEMENTS
from memorial.gate import Actor, shown
from memorial.models import AuditEntry, Record
from memorial.services import consent
from memorial.services.consent import Said
from tests.builders import public
from tests.web.desk.people import a_colleague, an_item, family, signed_in, token_in
from tests.web.exchange.test_oai import ask, schema, stamps  # noqa: F401

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
CC = STATEMENTS["CC BY-NC-ND 4.0"]
LABEL = {
    "name-0": "TK A", "text-0": "Sintetik sözlər & <b>istək</b>.", "language-0": "az", "community-0": "A synthetic community",
    "approved_by-0": "zqapprovedzq", "link-0": "https://example.org/label",
}  # fmt: skip


@pytest.fixture
def work(house):
    made = an_item(house)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.made.record_id)
        everything = {rules.EVERY_PART: rules.everything()}
        for kind, by in ((rules.ARCHIVE, Actor.system()), ("contributor", family(made))):
            who = (
                consent.archive_party(session)
                if kind == rules.ARCHIVE
                else consent.party_of(session, kind, made.made.contribution_id)
            )
            consent.append(session, record, Said(who, "will", everything), by=by, at=house.now())
    return made


def press(client, work, **fields):
    page = client.get(f"{work.path}/labels")
    seen = page.text.partition('name="seen" value="')[2].partition('"')[0]
    return client.post(f"{work.path}/labels", data={"csrf_token": token_in(page), "seen": seen, **fields})


def test_rights_and_a_label_stand_on_the_page_and_in_every_form_for_programs(app, house, clock, work, schema):  # noqa: F811
    desk, anyone = signed_in(app, house, a_colleague(house, "editor")), app.test_client()
    made = work.made
    assert "Rights and labels" in desk.get(work.path).text
    name = f"oai:localhost:{made.public_id}"
    before = stamps(ask(anyone, verb="GetRecord", identifier=name, metadataPrefix="mods"))[made.public_id]
    clock.forward(timedelta(hours=1))
    assert press(desk, work, statement=CC, **LABEL).status_code == 302
    page = anyone.get(f"/en{made.path}")
    assert "May be used under the licence CC BY-NC-ND 4.0" in page.text
    assert (
        '<h3 lang="az" dir="ltr"><a href="https://example.org/label" rel="external nofollow">TK A</a></h3>'
        in page.text
    )
    assert "Sintetik sözlər &amp; &lt;b&gt;istək&lt;/b&gt;." in page.text
    assert "zqapprovedzq" not in page.text
    assert f'<{CC}>; rel="license"' in page.headers["Link"]
    with house.session(public(house)) as session:
        (label,) = shown(session, session.get_one(Record, made.record_id)).labels
        assert (label.name, label.approved_by) == ("TK A", "")
    said = json.loads(anyone.get(f"{made.path}.jsonld").data)
    assert said["license"] == CC
    assert "A synthetic community" in said["conditionsOfAccess"][0]["@value"]
    for prefix in ("oai_dc", "mods"):
        answer = anyone.get(f"/oai?verb=GetRecord&metadataPrefix={prefix}&identifier={name}")
        schema.assertValid(etree.fromstring(answer.data))
        assert CC in answer.text
        assert "TK A: Sintetik" in answer.text
        assert "zqapprovedzq" not in answer.text
    assert CC in anyone.get("/feeds/testimony.atom").text
    after = stamps(ask(anyone, verb="GetRecord", identifier=name, metadataPrefix="mods"))[made.public_id]
    assert after > before, "harvesters come again for it"
    with house.session(house.keeper()) as session:
        assert session.query(AuditEntry).filter_by(verb="label").count() == 1


def test_a_label_is_taken_off_by_emptying_it_and_what_cannot_be_is_told_with_the_words_kept(app, house, work):
    desk = signed_in(app, house, a_colleague(house, "editor"))
    press(desk, work, statement=CC, **LABEL)
    for wrong, told in (
        ({"name-0": ""}, "A label needs a name"),
        ({"link-0": "javascript:alert(1)"}, "A link begins with"),
        ({"language-0": "no language"}, "by their codes"),
    ):
        answer = press(desk, work, statement=CC, **{**LABEL, "community-0": "Typed", **wrong})
        assert answer.status_code == 422
        assert told in answer.text
        assert 'value="Typed"' in answer.text
    assert press(desk, work, statement="http://example.org/of-my-own").status_code == 422
    late = desk.get(f"{work.path}/labels")
    old = {"csrf_token": token_in(late), "seen": "another", "statement": ""}
    assert desk.post(f"{work.path}/labels", data=old).status_code == 409
    assert press(desk, work, statement="").status_code == 302
    page = app.test_client().get(f"/en{work.made.path}").text
    assert "TK A" not in page
    assert 'rel="license"' not in page


def test_whoever_may_not_say_them_reads_why(app, house, work):
    reader = signed_in(app, house, a_colleague(house, "second_reader"))
    assert press(reader, work, statement=CC).status_code == 403
    assert 'name="statement"' not in reader.get(f"{work.path}/labels").text
