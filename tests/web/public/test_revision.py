"""The revision that a page names, and its day, move with what its visitor sees and with nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from memorial.domain import consent as rules
from memorial.domain.content import Content, NameContent, TextContent
from memorial.gate import Actor
from memorial.models import Contribution, Record
from memorial.services import consent, describe, withdrawal
from memorial.services.consent import Said
from tests.builders import ALL_MAY_VIEW, Made, a_contribution, a_remembrance, some_content


def page(client: Any, made: Made) -> bytes:
    answer = client.get(f"/en{made.path}")
    assert answer.status_code == 200
    return answer.data + client.get(f"/en/cite/people/{made.public_id}").data


def revision(client: Any, made: Made) -> tuple[int, str]:
    found = re.search(rb"Revision (\d+) of this page, ([^.<]+)", page(client, made))
    assert found
    return int(found[1]), found[2].decode()


def say(house, made: Made, content: Content, contribution_id: int | None, *, stands: bool = True) -> None:
    """Somebody's content, which the desk lets stand at once or keeps as a proposal."""
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        proposed = describe.propose(
            session, record, content, by=Actor.system(), now=house.now(), contribution_id=contribution_id
        )
        if stands:
            describe.apply(session, proposed, now=house.now())


def a_sibling(house) -> int:
    with house.writing(house.keeper()) as session:
        return a_contribution(house, session).id


def allow(house, made: Made, sibling: int, will: dict[str, Any]) -> None:
    """The sibling says yes for its part; so do the others, whose older yes does not reach it."""
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        party = consent.party_of(session, "contributor", sibling)
        archive = Said(consent.archive_party(session), "will", {rules.EVERY_PART: rules.everything()})
        owner = consent.party_of(session, "contributor", made.contribution_id)
        said = [
            Said(party, "need", parts=frozenset({"memory"})),
            Said(party, "will", will),
            Said(owner, "will", OWNERS),
            archive,
        ]
        consent.append(session, record, said, by=Actor.system(), at=house.now())


MEMORY = Content(language="en", texts=[TextContent("memory", "A synthetic memory.", "memory", "en")])
OTHER = Content(language="en", texts=[TextContent("memory", "Another synthetic memory.", "memory", "en")])


OWNERS: dict[str, Any] = {rules.EVERY_PART: ALL_MAY_VIEW, "hidden": {}}


@pytest.fixture
def made(house, clock):
    """A remembrance that everyone reads but for its second name, published a day ago."""
    content = some_content("remembrance")
    content = replace(content, names=[*content.names, NameContent("Synthetic Hidden", "hidden")])
    found = a_remembrance(house, content=content, contributor=OWNERS)
    clock.forward(timedelta(days=1))
    return found


def test_a_sibling_s_hidden_words_change_nothing_that_a_visitor_gets(house, client, made, clock):
    before = page(client, made)
    assert revision(client, made)[0] == 1
    sibling = a_sibling(house)
    for content, stands in ((MEMORY, False), (MEMORY, True), (OTHER, True)):
        say(house, made, content, sibling, stands=stands)
        clock.forward(timedelta(minutes=1))
        assert page(client, made) == before
    say(house, made, some_content("remembrance"), made.contribution_id, stands=False)
    assert page(client, made) == before


def test_a_change_of_one_s_own_hidden_part_changes_nothing_either(house, client, made):
    before = page(client, made)
    content = some_content("remembrance")
    for name in ("Synthetic Hidden Otherwise", "Synthetic Hidden Again"):
        names = [*content.names, NameContent(name, "hidden")]
        say(house, made, replace(content, names=names), made.contribution_id)
        assert page(client, made) == before


def test_what_a_visitor_sees_change_makes_a_revision_of_that_day(house, client, made):
    number, day = revision(client, made)
    say(house, made, some_content("remembrance", "corrected"), made.contribution_id)
    later, today = revision(client, made)
    assert later > number
    assert today != day


def test_a_sibling_s_words_make_a_revision_when_they_are_shown_and_leave_none_when_taken_back(
    house, client, made, clock
):
    before, (number, day) = page(client, made), revision(client, made)
    sibling = a_sibling(house)
    say(house, made, MEMORY, sibling)
    assert page(client, made) == before
    allow(house, made, sibling, {rules.EVERY_PART: ALL_MAY_VIEW})
    later, today = revision(client, made)
    assert (later, today != day) == (number + 1, True)
    clock.forward(timedelta(days=1))
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, sibling)
        withdrawal.hide(session, Actor.system(), contribution, now=house.now())
    # The citation says on which day it was read.
    assert revision(client, made) == (number, day)


def test_the_owner_s_number_does_not_jump_over_what_siblings_proposed(house, client, made):
    sibling = a_sibling(house)
    for _ in range(3):
        say(house, made, MEMORY, sibling, stands=False)
    say(
        house,
        made,
        replace(some_content("remembrance"), content_note="A synthetic note."),
        made.contribution_id,
    )
    assert revision(client, made)[0] == 2
