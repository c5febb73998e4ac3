"""Persons whom the desk reads as one, as visitors meet them. All people and words are synthetic."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.domain.addresses import address
from memorial.domain.content import Content, NameContent, StatementContent, TextContent
from memorial.domain.errors import NotPermitted
from memorial.models import Contribution, Head, Item, Person, Record, Remembrance, SameAs
from memorial.services import consent, desk_acts, duplicates, search_index, wall, withdrawal
from memorial.services.consent import Said
from memorial.services.cursors import Asked
from tests.builders import ALL_MAY_VIEW, a_remembrance, public
from tests.importing import publish
from tests.services.colleagues import an_actor
from tests.test_canaries import list_addresses
from tests.walking import signed_in, whole
from tests.web.public.test_memories import with_many

MARKS = ("zqonezq", "zqtwozq", "zqthreezq", "zqfourzq")


def a_person(house, mark, *, names=(), said=None, contributor=None):
    """Somebody each of whose words holds a mark; found by name and by text."""
    content = Content(
        language="en",
        texts=[TextContent("life", f"A synthetic life {mark}.", part="text", language="en")],
        names=[*(NameContent(each, part="name", language="en") for each in names or (f"Sintetik {mark}",)),
               NameContent(f"Pseudonym {mark}", part="page", language="en", kind="pseudonym")],
        statements=[StatementContent("fate", f"not known {mark}", stated_by=f"relative {mark}"),
                    StatementContent("lived", f"town {mark}", stated_by=f"relative {mark}"),
                    *(StatementContent(key, words, stated_by="a synthetic list") for key, words in (said or {}).items())],
    )  # fmt: skip
    made = a_remembrance(house, content=content, contributor=contributor or {rules.EVERY_PART: ALL_MAY_VIEW})
    with house.writing(house.keeper()) as session:
        search_index.index_records(session, [made.record_id])
    return made


def decide(house, actor, one, other, *verbs):
    """The desk's decision about two pages; raises what the desk is told."""
    with house.writing(house.keeper()) as session:
        number = duplicates.flag(session, actor, one.path, other.path, now=house.now()).id
    for verb in verbs:
        with house.writing(house.keeper()) as session:
            item = session.get_one(Item, number)
            desk_acts.act(session, actor, item, verb, now=house.now(), keys=house.keys, note="zqreasonzq")


def hides(house, made, act=withdrawal.hide):
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, made.contribution_id)
        act(session, an_actor_of(made), contribution, now=house.now())


def an_actor_of(made):
    from memorial.services.family import actor_of

    return actor_of(Contribution(public_id=made.ref, id=made.contribution_id))


def doors(*pages):
    """Every way to one of these pages, and every list that they stand in."""
    own = [f"{prefix}{page.path}{ending}" for page in pages for prefix, ending in
           (("", ""), ("", "/memories"), ("", "/signs"), ("/cite", ""), ("/cite", ".ris"), ("/cite", ".csl.json"))]  # fmt: skip
    queries = ["Sintetik", *MARKS[: len(pages)]]
    lists = [f"/{door}?q={query}" for door in ("people", "search", "people/suggestions") for query in queries]
    cited = [f"/cite?record={page.public_id}" for page in pages]
    return [f"/en{path}" for path in (*own, *cited, *lists, "/people", "/sources", "")]


def answers(client, paths):
    """What a reader gets, whole, but for what is drawn anew for every answer."""
    return {path: _still(whole(client.get(path))) for path in paths}


def _still(answer):
    return re.sub(
        r"(?im)^(date|x-request-id|server-timing): .*$|nonce-[\w-]+|csrf_token\" value=\"[^\"]+", "", answer
    )


@pytest.fixture
def editor(house):
    return an_actor(house, "one", "editor")


@pytest.fixture
def two(house):
    return a_person(house, MARKS[0]), a_person(house, MARKS[1])


def test_the_page_that_leads_shows_what_both_have_and_the_other_leads_there(house, client, editor, two):
    one, other = two
    with_many(house, other, 1), with_many(house, other, 1, form="candle")
    decide(house, editor, other, one, "take", "same")
    page = client.get(f"/en{one.path}").get_data(as_text=True)
    for words in ("Sintetik {}", "life {}.", "not known {}", "relative {}", "town {}"):
        assert all(words.format(mark) in page for mark in MARKS[:2]), words
    assert "Synthetic words 000." in page
    assert "A candle" in page
    heading = page[page.index("<h1") :]
    assert heading.index(MARKS[0]) < heading.index(MARKS[1])
    for ending in ("", "/memories", "/signs"):
        moved = client.get(f"/en{other.path}{ending}")
        assert (moved.status_code, moved.headers["Location"]) == (301, f"/en{one.path}{ending}")
        assert moved.headers["Cache-Control"] == "no-store"
    assert "Synthetic words 000." in client.get(f"/en{one.path}/memories").get_data(as_text=True)
    for path in (f"/en/cite{other.path}", f"/en/cite?record={other.public_id}"):
        cited = client.get(path).get_data(as_text=True)
        assert f"/en{one.path}" in cited
        assert f"/en{other.path}" not in cited


def test_lists_show_a_union_once_and_under_the_page_that_leads(house, client, editor, two):
    one, other = two
    paths = [f"/en/people?q={mark}" for mark in ("Sintetik", *MARKS[:2])]
    paths += [f"/en/search?q={mark}" for mark in ("Sintetik", *MARKS[:2])]
    paths += ["/en/people", f"/en/people/suggestions?q={MARKS[1]}"]
    assert all(other.public_id in whole(client.get(path)) for path in paths if MARKS[0] not in path)
    decide(house, editor, one, other, "take", "same")
    assert "1 page found." in client.get("/en/search?q=life").get_data(as_text=True)
    for path in paths:
        page = client.get(path).get_data(as_text=True)
        assert other.public_id not in page, path
        assert page.count(f'/en{one.path}"') == 1, path


def test_on_a_shelf_of_homes_a_union_stands_once_wherever_a_source_puts_it(house, editor):
    one = a_person(house, MARKS[0], said={"residence": "Synthetic Village"})
    other = a_person(house, MARKS[1], said={"residence": "Synthetic Village"})
    before = _homes(house)
    decide(house, editor, one, other, "take", "same")
    homes = _homes(house)
    assert homes.keys() == before.keys()
    assert homes.pop("synthetic village") == [one.public_id]
    assert all(len(there) == 1 for there in homes.values())
    assert {each for there in homes.values() for each in there} == {one.public_id, other.public_id}


def _homes(house):
    """Who stands on each shelf of a place."""
    with house.session(public(house)) as session:
        return {
            value: [
                entry.public_id
                for entry in wall.names(session, wall.Wanted("en", "name", "place", value), Asked()).entries
            ]
            for value, _ in wall.values(session, "en", "place")
        }


@pytest.mark.parametrize("hidden", [0, 1])
@pytest.mark.parametrize("act", [withdrawal.hide, withdrawal.erase])
def test_a_half_that_is_hidden_or_erased_adds_nothing_and_leaves_the_other_as_it_was(
    house, client, editor, two, hidden, act
):
    gone, left = two[hidden], two[1 - hidden]
    hides(house, gone)
    paths = doors(*two)
    alone = answers(client, paths)
    with house.writing(house.keeper()) as session:  # shown again, then joined
        contribution = session.get_one(Contribution, gone.contribution_id)
        withdrawal.show_again(
            session,
            an_actor_of(gone),
            contribution,
            {rules.EVERY_PART: ALL_MAY_VIEW},
            now=house.now(),
            form_id=None,
        )
    decide(house, editor, *two, "take", "same")
    assert MARKS[hidden] in client.get(f"/en{left.path}", follow_redirects=True).get_data(as_text=True)
    hides(house, gone, act)
    assert answers(client, paths) == alone
    assert client.get(f"/en{left.path}").status_code == 200
    never = whole(client.get("/en/people/7bkmw2q9x4"))
    assert _still(whole(client.get(f"/en{gone.path}"))).replace(gone.public_id, "") == _still(never).replace(
        "7bkmw2q9x4", ""
    )
    assert not [path for path, answer in answers(client, paths).items() if f"life {MARKS[hidden]}" in answer]


@pytest.mark.parametrize("hidden", [0, 1])
def test_whoever_is_known_by_a_pseudonym_alone_is_read_with_nobody(house, client, editor, two, hidden):
    """A pseudonym beside another's name would tell who it is."""
    decide(house, editor, *two, "take", "same")
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, two[hidden].record_id)
        name = consent.party_of(session, "contributor", two[hidden].contribution_id)
        will = {rules.EVERY_PART: ALL_MAY_VIEW, "name": {}}
        consent.append(session, record, Said(name, "will", will), by=an_actor_of(two[hidden]), at=house.now())
    for number in (0, 1):
        page = client.get(f"/en{two[number].path}")
        assert page.status_code == 200
        text = page.get_data(as_text=True)
        assert MARKS[1 - number] not in text
        assert ("Sintetik" in text) == (number != hidden)


def test_somebody_who_is_only_named_in_sources_is_read_on_the_page(house, client, editor):
    person = {"roles": ["victim"], "accused": False, "relations": []}
    publish(house, "people",
        {**person, "id": "p1", "fate": "killed", "names": [{"spelling": "Sintetik Hacıyev", "seeds": []}]},
        {**person, "id": "p2", "fate": "not stated", "names": [{"spelling": "Sintetik Hajief", "seeds": []}],
         "relations": [{"relation": "brother of", "person": "Kayun Sintetik"}]})  # fmt: skip
    with house.session(house.keeper()) as session:
        made, other = session.scalars(select(Person).order_by(Person.external_id))
        page = address("remembrance", session.get_one(Record, made.record_id).public_id)
    found = client.get("/en/people?q=Hajief").get_data(as_text=True)
    assert "Kayun" not in client.get(f"/en{page}").get_data(as_text=True)
    decide(house, editor, At(page), At(other.public_id), "take", "same")
    text = client.get(f"/en{page}").get_data(as_text=True)
    assert "Sintetik Hajief" in text
    assert "Kayun Sintetik" in text
    assert "Sintetik Hajief" in found
    found = client.get("/en/people?q=Hajief").get_data(as_text=True)
    assert found.count(f'href="/en{page}"') == 1
    decide(house, editor, At(page), At(other.public_id), "undo_same")
    assert "Kayun" not in client.get(f"/en{page}").get_data(as_text=True)


@dataclass(frozen=True)
class At:
    """Where the desk finds somebody."""

    path: str


def test_who_lives_is_spared_the_same_when_a_source_of_the_other_says_that_they_died(house, client, editor):
    one = a_person(house, MARKS[0], said={"fate": "killed"})
    other = a_person(house, MARKS[1], said={"fate": "survived", "born": "5 May 1950"})
    assert "5 May" not in client.get(f"/en{other.path}").get_data(as_text=True)
    decide(house, editor, one, other, "take", "same")
    page = client.get(f"/en{one.path}").get_data(as_text=True)
    assert "1950" in page
    assert "5 May" not in page


def test_whoever_is_one_with_a_second_is_one_with_the_third(house, client, editor):
    """A = C and B = C: one union, led by the oldest, also while the one in the middle is hidden."""
    one, other, between = (a_person(house, mark) for mark in MARKS[:3])
    decide(house, editor, one, between, "take", "same")
    decide(house, editor, other, between, "take", "same")
    decide(house, editor, one, other, "take", "same")  # said once more: no loop
    for made in (other, between):
        assert client.get(f"/en{made.path}").headers["Location"] == f"/en{one.path}"
    page = client.get(f"/en{one.path}").get_data(as_text=True)
    assert all(f"life {mark}." in page for mark in MARKS[:3])
    decide(house, editor, one, other, "undo_same")  # it follows from the other two all the same
    assert client.get(f"/en{other.path}").status_code == 301
    hides(house, between)
    page = client.get(f"/en{one.path}").get_data(as_text=True)
    assert [f"life {mark}." in page for mark in MARKS[:3]] == [True, True, False]
    decide(house, editor, other, between, "undo_same")
    assert client.get(f"/en{other.path}").status_code == 200
    with house.session(house.keeper()) as session:
        live = session.scalars(select(SameAs).where(SameAs.undone_at.is_(None))).all()
    assert len(live) == 1


def test_what_was_erased_comes_back_into_no_union(house, editor):
    one, other, gone = (a_person(house, mark) for mark in MARKS[:3])
    decide(house, editor, one, gone, "take", "same")
    hides(house, gone, withdrawal.erase)
    decide(house, editor, one, other, "take", "same")
    with house.session(house.keeper()) as session:
        links = session.scalars(select(SameAs)).all()
    assert [(link.person_id, link.other_id) for link in links] == [(1, 2)]


def test_two_of_a_union_cannot_be_different_nor_the_different_become_one(house, editor):
    one, other, between = (a_person(house, mark) for mark in MARKS[:3])
    decide(house, editor, one, other, "take", "different")
    decide(house, editor, one, between, "take", "same")
    with pytest.raises(NotPermitted) as refused:
        decide(house, editor, other, between, "take", "same")
    assert refused.value.key == "found_different"
    decide(house, editor, one, other, "reopen")
    decide(house, editor, other, between, "same")
    with pytest.raises(NotPermitted) as refused:
        decide(house, editor, one, other, "different")
    assert refused.value.key == "one_through_others"


def test_a_union_costs_a_page_no_more_than_its_two_halves(house, client, editor, two, count_queries):
    decide(house, editor, *two, "take", "same")
    client.get(f"/en{two[0].path}")
    count_queries()
    client.get(f"/en{two[0].path}")
    assert count_queries() <= 28


def test_no_door_tells_a_word_of_a_hidden_half_nor_that_there_is_one(app, house, client, editor):
    """Every list there is, and every way to the three, as the public and as a researcher; one half waits, one is gone."""
    one, waiting, gone = (a_person(house, mark) for mark in MARKS[:3])
    decide(house, editor, one, waiting, "take", "same")
    decide(house, editor, waiting, gone, "take", "same")
    hides(house, gone)
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, waiting.record_id)
        party = consent.party_of(session, "contributor", waiting.contribution_id)
        later = rules.chosen(["public", "research"], ["view"], opens=house.now() + timedelta(days=30))
        consent.append(session, record, Said(party, "will", {rules.EVERY_PART: later}), by=an_actor_of(waiting), at=house.now())  # fmt: skip
    for reader in (client, signed_in(app, house, "approved_reader", name="reader")):
        for path in {*doors(one, waiting, gone), *list_addresses(app)}:
            answer = reader.get(path)
            told = whole(answer).replace(path, "")
            asked = path.rpartition("=")[2]
            assert not [mark for mark in MARKS[1:3] if mark in told and mark != asked], path
            assert answer.status_code != 301, path
            assert not any(hidden.public_id in told for hidden in (waiting, gone)), path
    assert client.get(f"/en{one.path}").status_code == 200


# -- taking back ----------------------------------------------------------------------------

EXAMPLES = {"sqlite": 4, "postgresql": 2}
PAIRS = list(combinations(range(4), 2))


def test_taken_back_everything_is_as_it_was_for_every_reader(house, app, editor, engine_name):
    """Random decisions, taken back in random order: whatever a reader gets at the end is what they got before."""
    private = {rules.EVERY_PART: rules.chosen(["research"], ["view"])}
    persons = [a_person(house, mark, contributor=private if mark == MARKS[3] else None) for mark in MARKS]
    with_many(house, persons[1], 1), with_many(house, persons[1], 1, form="candle")
    readers = [app.test_client(), signed_in(app, house, "approved_reader", name="reader")]
    own = [f"/en{person.path}" for person in persons]
    paths = [*own, *(f"/en/cite{person.path}.ris" for person in persons), f"/en{persons[1].path}/signs",
             *(f"/en/{door}?q=Sintetik" for door in ("people", "search", "people/suggestions")), "/en/people"]  # fmt: skip
    before = [answers(reader, paths) for reader in readers]

    @settings(max_examples=EXAMPLES[engine_name], database=None)  # fmt: skip
    @given(
        st.lists(st.sampled_from(PAIRS), min_size=1, max_size=5, unique=True),
        st.randoms(use_true_random=False),
    )
    def check(pairs, chance: random.Random):
        for one, other in pairs:
            decide(house, editor, persons[one], persons[other], "take", "same")
        assert any(client.get(path).status_code == 301 for client in readers for path in own)
        chance.shuffle(pairs)
        for one, other in pairs:
            decide(house, editor, persons[one], persons[other], "undo_same")
        for reader, then in zip(readers, before, strict=True):
            now = answers(reader, paths)
            assert [path for path in paths if now[path] != then[path]] == []

    check()


def test_the_log_says_who_joined_and_who_parted(house, editor, two):
    from memorial.models import AuditEntry

    epochs = [_epoch(house)]
    for verbs in (("take", "same"), ("undo_same",), ("different",)):
        decide(house, editor, *two, *verbs)
        epochs.append(_epoch(house))
    assert sorted(set(epochs)) == epochs  # pages that are kept are made anew
    with house.session(house.keeper()) as session:
        wanted = select(AuditEntry.verb, AuditEntry.actor).where(AuditEntry.thing.like("item:%"))
        acts = session.execute(wanted.order_by(AuditEntry.id)).all()
        persons = session.scalars(select(Remembrance.person_id)).all()
    assert [row.verb for row in acts] == ["flag_duplicate", "take", "same", "undo_same", "different"]
    assert {row.actor for row in acts} == {editor.label}
    assert len(persons) == 2


def _epoch(house):
    with house.session(house.keeper()) as session:
        return session.scalars(select(Head.epoch)).one()
