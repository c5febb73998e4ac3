"""Reports, requests for removal and memories at the desk, and on the page of whoever sent them. All of it is synthetic."""

from __future__ import annotations

import re

import pytest

from memorial.services import contribute
from tests.services.test_reports import asked
from tests.services.test_tributes import a_page, left_on
from tests.web.desk.people import a_colleague, send, signed_in


@pytest.fixture
def desk(app, house):
    return signed_in(app, house, a_colleague(house, "moderator"))


def path_of(house, number):
    with house.session(house.keeper()) as session:
        return f"/en/desk/items/{contribute.item_of(session, number).public_id}"


def act(desk, path, verb, **form):
    """Press a button of the item's page, with what the page itself carries."""
    page = desk.get(path).get_data(as_text=True)
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    return send(desk, f"{path}/{verb}", path, version=version, **form)


def family_of(app, house, number):
    """A browser of whoever holds the code."""
    from memorial.models import Contribution

    with house.session(house.keeper()) as session:
        contribution = session.get_one(Contribution, number)
        ref, doors = contribution.public_id, contribute.read(house.keys, contribution).doors
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["family"] = {"ref": ref, "doors": doors}
    return client, f"/en/my/{ref}"


def test_a_request_for_removal_is_lived_through_at_the_desk_and_by_both(app, house, desk):
    made = a_page(house)
    number = asked(house, "removal", made, ground="privacy", who_you_are="named", passage="Synthetic passage")
    queue = desk.get("/en/desk").get_data(as_text=True)
    assert "Synthetic Person" in queue[queue.index('class="section pinned"') :]
    path = path_of(house, number)
    page = desk.get(path).get_data(as_text=True)
    for words in (
        "Synthetic passage",
        "zqwrongqz",
        "Private things of somebody living",
        "named in it",
        made.path,
    ):
        assert words in page, words
    assert act(desk, path, "take").status_code == 302
    assert act(desk, path, "hide_part", note="An address.").status_code == 422
    assert act(desk, path, "hide_part", note="An address.", part="text").status_code == 302
    assert "hidden for now" in desk.get(path).get_data(as_text=True)
    assert "A synthetic life." not in app.test_client().get(f"/en{made.path}").get_data(as_text=True)
    refused = desk.get(path).get_data(as_text=True)
    assert "Write the decision and its reason to whoever sent it first." in refused
    assert (
        act(desk, path, "write_to_sender", note="It stays hidden until the address is out.").status_code
        == 302
    )
    assert act(desk, path, "close", note="The address is hidden.").status_code == 302
    client, own = family_of(app, house, number)
    mine = client.get(own).get_data(as_text=True)
    assert "The address is hidden." in mine
    assert "It is answered." in mine
    assert "until the address is out" not in mine
    client, theirs = family_of(app, house, made.contribution_id)
    page = client.get(theirs).get_data(as_text=True)
    assert "It stays hidden until the address is out." in page
    assert "zqwrongqz" not in page


def test_a_family_s_page_says_where_its_report_stands_and_takes_it_back(app, house):
    number = asked(house, made=a_page(house))
    client, own = family_of(app, house, number)
    page = client.get(own).get_data(as_text=True)
    assert "We have received it. Somebody will look at it soon." in page
    assert "Hide it now" not in page
    assert client.get(f"{own}/proof").status_code == 404
    assert send(client, f"{own}/take-back", own).status_code == 303
    assert "You have taken it back." in client.get(own).get_data(as_text=True)


def test_a_memory_is_read_at_the_desk_and_seen_by_its_sender_as_it_will_stand(app, house, desk):
    made = a_page(house)
    left_on(house, made, memory="Synthetic words of another.")
    number = left_on(house, made, memory="Synthetic words.", sign="blossom")
    path = path_of(house, number)
    page = desk.get(path).get_data(as_text=True)
    assert "Synthetic words." in page
    assert "Others who have said something here" in page
    proof = desk.get(f"{path}/proof").get_data(as_text=True)
    assert "Synthetic words." in proof
    assert "Synthetic words of another." not in proof
    client, own = family_of(app, house, number)
    shown = client.get(f"{own}/proof").get_data(as_text=True)
    assert "Synthetic words." in shown
    assert "A blossom" in shown
    assert "A synthetic life." not in shown
    assert client.get(own).status_code == 200
