"""One page a question: rival statements side by side, each leading to what others say and to where it is found."""

from __future__ import annotations

from memorial.services import site
from tests.importing import publish


def an_account(number: int, **more):
    return {"id": f"acc-{number}", "speaker": f"Synthetic Speaker {number}", "statement": f"Synthetic words {number}.",
            **more}  # fmt: skip


def _text(answer) -> str:
    return answer.get_data(as_text=True)


def test_a_statement_stands_under_every_question_it_answers_in_the_order_it_was_said(house, client):
    publish(
        house, "accounts",
        an_account(1, topic=["who_fired"], date="1993"),
        an_account(2, topic=["free_corridor", "who_fired"], date="1992-03"),
        an_account(3, topic=["free_corridor"]),
    )  # fmt: skip
    fired = _text(client.get("/en/figures/who-fired"))
    assert -1 < fired.find("Synthetic words 2.") < fired.find("Synthetic words 1.")
    assert "Synthetic words 3." not in fired
    corridor = _text(client.get("/en/figures/free-corridor"))
    assert -1 < corridor.find("Synthetic words 2.") < corridor.find("Synthetic words 3.")
    # Said anew without the second topic, it is gone there.
    publish(house, "accounts", an_account(2, topic=["free_corridor"], date="1992-03"))
    assert "Synthetic words 2." not in _text(client.get("/en/figures/who-fired"))


def test_rivals_lead_to_each_other(house, client):
    publish(
        house, "accounts",
        an_account(1, topic=["intent"], rival_accounts=["acc-2", "acc-nobody"]),
        an_account(2, topic=["findings"], rival_accounts=["acc-1"]),
    )  # fmt: skip
    first, second = _text(client.get("/en/figures/intent")), _text(client.get("/en/figures/findings"))
    assert 'href="/en/figures/findings#s-' in first
    assert "Another account: Synthetic Speaker 2" in first
    assert 'href="/en/figures/intent#s-' in second
    assert "acc-nobody" not in first


def test_every_place_in_a_source_is_named_once_beside_it(house, client):
    publish(house, "sources", {"id": "src-seed-001", "title": "Synthetic work"})
    publish(house, "figures", {"id": "fig-1", "measure": "killed", "value": 7, "claimant": "Synthetic office",
                               "seed_refs": ["001_x.txt:L10-L12", "001_x.txt:L30-L30"]})  # fmt: skip
    page = _text(client.get("/en/figures/killed"))
    assert page.count(">Synthetic work") == 1
    assert "lines 10–12, 30" in page


def test_the_names_of_the_event_stand_beside_the_archives_own_word(house, client):
    publish(house, "terminology", {"id": "term-1", "term": "Synthetic name", "used_by": "Synthetic side"})
    with house.writing(house.keeper()) as session:
        site.change(session, {"event_word": {"en": "what took place", "ru": "то, что было"}})
    page = _text(client.get("/en/about/words"))
    assert "we say “what took place”" in page
    assert -1 < page.find("Synthetic name") < page.find("Synthetic side")
    assert "то, что было" in _text(client.get("/ru/about/words"))


def test_a_page_says_how_the_archive_works_and_how_to_object(client):
    page = _text(client.get("/en/about/method"))
    for id in ("method", "contested", "peoples", "corrections", "object"):
        assert f'id="{id}"' in page
