"""The table of a question as a file: what is shown there, and nothing that may not be taken away."""

from __future__ import annotations

from memorial.domain import consent as rules
from memorial.gate import Actor
from memorial.models import Record
from memorial.services import consent
from tests.builders import ALL_MAY_VIEW
from tests.importing import publish

FIGURE = {
    "id": "fig-1",
    "measure": "killed",
    "value": 7,
    "claimant": "Synthetic office",
    "qualifier": "exact",
}


def test_the_table_of_a_question_is_taken_away_as_csv_and_json(house, client):
    publish(house, "figures", FIGURE)
    answer = client.get("/en/figures/killed.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "killed.csv" in answer.headers["Content-Disposition"]
    assert "Synthetic office" in answer.get_data(as_text=True)
    statements = client.get("/en/figures/killed.json").get_json()["statements"]
    assert [(said["value"], said["stated_by"]) for said in statements] == [("7", "Synthetic office")]
    assert "/en/figures/killed.csv" in client.get("/en/figures/killed").get_data(as_text=True)
    assert client.get("/en/figures/nothing.csv").status_code == 404


def test_what_may_be_read_and_not_reused_is_not_given_away_as_a_file(house, client):
    publish(house, "figures", FIGURE)
    with house.writing(house.keeper()) as session:
        collection = session.query(Record).filter_by(kind="collection").one()
        said = consent.Said(consent.archive_party(session), "will", {rules.EVERY_PART: ALL_MAY_VIEW})
        consent.append(session, collection, said, by=Actor.system(), at=house.now())
    assert client.get("/en/figures/killed").status_code == 200
    assert client.get("/en/figures/killed.csv").status_code == 404
    assert client.get("/en/figures/killed.json").status_code == 404
