"""Harvesting by OAI-PMH: every verb and error, deletions that stay, and answers that the protocol's schema accepts."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from memorial.domain import consent as rules
from memorial.formats.oai_pmh import BadDate, BadToken, Token, moment, read_token, write_token
from memorial.gate import Actor
from memorial.models import Record
from memorial.services import consent, describe
from memorial.services.consent import Said
from tests.builders import a_press_account, a_remembrance, a_testimony, some_content

OAI = "{http://www.openarchives.org/OAI/2.0/}"
ALL = {rules.EVERY_PART: rules.everything()}


def ask(client, /, **asked: str) -> ElementTree.Element:
    asked = {name.rstrip("_"): value for name, value in asked.items()}
    answer = client.get("/oai", query_string=asked)
    assert answer.status_code == 200
    assert answer.content_type == "text/xml; charset=utf-8"
    return ElementTree.fromstring(answer.data)


def error(client, /, **asked: str) -> str:
    found = ask(client, **asked).find(f"{OAI}error")
    assert found is not None
    assert found.text
    return found.get("code", "")


def headers(root: ElementTree.Element) -> dict[str, str]:
    """Identifier to "deleted" or ""."""
    return {
        node.findtext(f"{OAI}identifier", "").rpartition(":")[2]: node.get("status", "")
        for node in root.iter(f"{OAI}header")
    }


def stamps(root: ElementTree.Element) -> dict[str, str]:
    return {
        node.findtext(f"{OAI}identifier", "").rpartition(":")[2]: node.findtext(f"{OAI}datestamp", "")
        for node in root.iter(f"{OAI}header")
    }


def walk(client, /, **asked: str) -> dict[str, str]:
    """A whole list, however many answers it takes."""
    root = ask(client, **asked)
    found = headers(root)
    while token := root.findtext(f".//{OAI}resumptionToken"):
        root = ask(client, verb=asked["verb"], resumptionToken=token)
        found |= headers(root)
    return found


def say(house, made, will, party: str = rules.ARCHIVE) -> None:
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        who = (
            consent.archive_party(session)
            if party == rules.ARCHIVE
            else consent.party_of(session, party, made.contribution_id)
        )
        consent.append(session, record, Said(who, "will", will), by=Actor.system(), at=house.now())


@pytest.fixture(scope="module")
def schema(shared: Path) -> etree.XMLSchema:
    folder = shared / "corpora/oai/schema"
    known = {
        node.get("name"): folder / str(node.get("uri"))
        for node in etree.parse(folder / "catalog.xml").iter("{*}uri")
    }

    class Beside(etree.Resolver):
        def resolve(self, address, _public, context):
            return self.resolve_filename(str(known[address]), context) if address in known else None

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Beside())
    both = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
      <xs:import namespace="http://www.openarchives.org/OAI/2.0/" schemaLocation="{folder}/OAI-PMH.xsd"/>
      <xs:import namespace="http://www.loc.gov/mods/v3" schemaLocation="{folder}/mods.xsd"/></xs:schema>"""
    return etree.XMLSchema(etree.fromstring(both, parser))


def test_what_may_be_reused_is_listed_and_what_may_only_be_read_is_not(house, client):
    press = a_press_account(house)
    reused, read = a_testimony(house, contributor=ALL), a_testimony(house)
    assert walk(client, verb="ListIdentifiers", metadataPrefix="oai_dc") == {
        press.public_id: "",
        reused.public_id: "",
    }
    assert error(
        client, verb="GetRecord", identifier=f"oai:localhost:{read.public_id}", metadataPrefix="oai_dc"
    ) == ("idDoesNotExist")


def test_what_is_taken_back_is_deleted_and_stays_so_and_comes_back_with_a_later_stamp(house, client, clock):
    made = a_testimony(house, contributor=ALL)
    name = f"oai:localhost:{made.public_id}"
    before = stamps(ask(client, verb="GetRecord", identifier=name, metadataPrefix="oai_dc"))[made.public_id]
    clock.forward(timedelta(days=1))
    say(house, made, {}, "contributor")
    gone = ask(client, verb="GetRecord", identifier=name, metadataPrefix="oai_dc")
    assert headers(gone) == {made.public_id: "deleted"}
    assert gone.find(f".//{OAI}metadata") is None
    since = stamps(gone)[made.public_id]
    assert since > before
    assert walk(client, verb="ListRecords", metadataPrefix="oai_dc", from_=since) == {
        made.public_id: "deleted"
    }
    clock.forward(timedelta(days=400))
    assert walk(client, verb="ListRecords", metadataPrefix="oai_dc") == {made.public_id: "deleted"}
    say(house, made, ALL, "contributor")
    back = ask(client, verb="ListRecords", metadataPrefix="oai_dc", from_=since)
    assert headers(back) == {made.public_id: ""}
    assert stamps(back)[made.public_id] > since


def test_an_embargo_that_ends_and_a_yes_that_lapses_change_the_stamp_by_the_clock_alone(house, client, clock):
    opens, closes = house.now() + timedelta(days=10), house.now() + timedelta(days=20)
    made = a_testimony(
        house,
        contributor={rules.EVERY_PART: {pair: rules.Window(opens, closes) for pair in rules.everything()}},
    )
    assert error(client, verb="ListIdentifiers", metadataPrefix="oai_dc") == "noRecordsMatch"
    clock.forward(timedelta(days=11))
    found = ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc", from_=f"{opens:%Y-%m-%d}")
    assert headers(found) == {made.public_id: ""}
    assert stamps(found)[made.public_id] == f"{opens:%Y-%m-%dT%H:%M:%SZ}"
    clock.forward(timedelta(days=10))
    found = ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc", from_=f"{closes:%Y-%m-%d}")
    assert headers(found) == {made.public_id: "deleted"}
    assert stamps(found)[made.public_id] == f"{closes:%Y-%m-%dT%H:%M:%SZ}"


def test_a_long_list_goes_on_by_its_token_whatever_changes_meanwhile(house, client, monkeypatch):
    monkeypatch.setattr(
        "memorial.services.harvest.some.__kwdefaults__", {"after": 0, "most": 2, "live": True}
    )
    made = [a_press_account(house) for _ in range(5)]
    first = ask(client, verb="ListRecords", metadataPrefix="oai_dc")
    token = first.findtext(f".//{OAI}resumptionToken")
    say(house, made[0], {})
    say(house, made[3], {})
    second = ask(client, verb="ListRecords", resumptionToken=token)
    third = ask(client, verb="ListRecords", resumptionToken=second.findtext(f".//{OAI}resumptionToken"))
    assert headers(second) == {made[2].public_id: "", made[3].public_id: "deleted"}
    assert headers(third) == {made[4].public_id: ""}
    assert third.findtext(f".//{OAI}resumptionToken") == "", "the last part says that it is the last"
    assert error(client, verb="ListRecords", resumptionToken=str(token)[:-3]) == "badResumptionToken"
    assert error(client, verb="ListRecords", resumptionToken=str(token), set="kind:press") == "badArgument"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "listRecords"}, "badVerb"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "Identify", "extra": "1"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:elsewhere:1"}, "idDoesNotExist"),
        ({"verb": "GetRecord", "metadataPrefix": "marc", "identifier": "x"}, "cannotDisseminateFormat"),
        ({"verb": "ListMetadataFormats", "identifier": "x"}, "idDoesNotExist"),
        ({"verb": "ListRecords", "metadataPrefix": "marc"}, "cannotDisseminateFormat"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "yesterday"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2020-13-01"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2021-01-02", "until": "2021-01-01"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2020-01-01", "until": "2020-01-02T00:00:00Z"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "1980-01-01"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "colour:red"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "resumptionToken": "yesterday"}, "badResumptionToken"),
        ({"verb": "ListSets", "resumptionToken": "yesterday"}, "badResumptionToken"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_answered_with_the_protocol_s_own_word(house, client, schema, asked, code):
    a_press_account(house)
    answer = client.get("/oai", query_string=asked)
    schema.assertValid(etree.fromstring(answer.data))
    assert error(client, **asked) == code


def test_an_argument_given_twice_is_refused_and_a_post_is_answered_as_a_get(house, client):
    a_press_account(house)
    twice = ElementTree.fromstring(client.get("/oai?verb=Identify&verb=Identify").data)
    assert twice.find(f"{OAI}error").get("code") == "badVerb"
    posted = client.post("/oai", data={"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"})
    assert len(headers(ElementTree.fromstring(posted.data))) == 1


def test_sets_narrow_by_kind_and_by_language(house, client):
    press, person = a_press_account(house), a_remembrance(house, contributor=ALL)
    of = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}
    assert walk(client, **of, set="kind:press") == {press.public_id: ""}
    assert walk(client, **of, set="kind:remembrance") == {person.public_id: ""}
    assert walk(client, **of, set="language:en").keys() == {press.public_id, person.public_id}
    assert error(client, **of, set="language:tr") == "noRecordsMatch"
    specs = [node.text for node in ask(client, verb="ListSets").iter(f"{OAI}setSpec")]
    assert {"kind:press", "language:en"} <= set(specs)


def test_every_answer_is_what_the_schema_says(published, schema):
    asked = [
        "verb=Identify", "verb=ListSets", "verb=ListMetadataFormats",
        *(f"verb={verb}&metadataPrefix={prefix}&set=kind:{kind}" for verb in ("ListRecords", "ListIdentifiers")
          for prefix in ("oai_dc", "mods") for kind in ("press", "document", "event", "place", "remembrance")),
    ]  # fmt: skip
    for each in asked:
        answer = published.client.get(f"/oai?{each}")
        schema.assertValid(etree.fromstring(answer.data))
        assert b"<error" not in answer.data, each


def test_a_list_since_a_day_goes_on_by_its_token_and_is_whole(published):
    """Of a collection that came by one import, and so with one stamp for all."""
    of = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}
    everything = walk(published.client, **of)
    assert len(everything) > 150
    assert walk(published.client, **of, from_="2000-01-01") == everything
    assert error(published.client, **of, from_="0001-01-01", until="0001-01-02") == "noRecordsMatch"


def test_a_list_asks_as_often_for_fifty_as_for_one(house, client, count_queries):
    a_press_account(house)
    walk(client, verb="ListRecords", metadataPrefix="mods")
    count_queries()
    walk(client, verb="ListRecords", metadataPrefix="mods")
    few = count_queries()
    for _ in range(6):
        a_press_account(house)
    ask(client, verb="Identify")  # the name of the archive is read anew after a publication
    count_queries()
    walk(client, verb="ListRecords", metadataPrefix="mods")
    assert count_queries() <= few


def test_words_that_may_not_be_reused_move_no_stamp(house, client, clock):
    text_kept = {rules.EVERY_PART: rules.everything(), "text": rules.chosen(["public"], ["view"])}
    made = a_testimony(house, contributor=text_kept)
    before = stamps(ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc"))
    clock.forward(timedelta(days=1))
    with house.writing(house.keeper()) as session:
        content = some_content("testimony")
        content.texts[1] = type(content.texts[1])(
            "testimony", "Other synthetic words.", part="text", language="en"
        )
        record = session.get_one(Record, made.record_id)
        revision = describe.propose(
            session, record, content, by=Actor.system(), now=house.now(), contribution_id=made.contribution_id
        )
        describe.apply(session, revision, now=house.now())
    assert stamps(ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc")) == before


@given(st.text(max_size=80))
def test_no_token_from_elsewhere_is_read(text: str):
    try:
        token = read_token(text)
    except BadToken:
        return
    assert read_token(write_token(token)) == token
    assert all(isinstance(each, str) for each in token.asked.values())


@given(
    st.dictionaries(st.sampled_from(["from", "set", "metadataPrefix"]), st.text(max_size=20)),
    st.integers(0, 2**50),
    st.integers(0, 2**50),
)
def test_a_token_says_again_what_was_asked(asked: dict[str, str], after: int, count: int):
    assert read_token(write_token(Token(asked, after, count))) == Token(asked, after, count)


@given(st.text(max_size=25))
def test_a_date_is_read_or_refused(text: str):
    with suppress(BadDate):
        assert moment(text) <= moment(text, end=True)
