"""A view as plain JSON, and its schema: nothing more than the view holds, whole addresses, what is empty left out."""

from __future__ import annotations

import json
from dataclasses import is_dataclass
from datetime import UTC, date, datetime

from jsonschema_rs import Draft202012Validator

from memorial.domain import views, voices
from memorial.domain.transcript import Run
from memorial.domain.views import (
    Assertion,
    Cite,
    Entry,
    Memories,
    Memory,
    Moment,
    Picture,
    Prose,
    RecordView,
    When,
)
from memorial.formats import record_json, record_schema

HERE = {"address": "https://archive.example", "language": "az"}
VIEW = RecordView(
    kind="testimony",
    public_id="7bkmw2q9x4",
    address="/testimonies/7bkmw2q9x4",
    title="Synthetic narrator",
    detail={"stood": "witness", "stood_words": ""},
    when=When("1992-02-26", "26 February", date(1992, 2, 26)),
    texts=[Prose("account", "Words <3", "az", cites=[Cite("A paper", "/sources/abc", "p. 3")])],
    pictures=[Picture("pic", "A gate", [views.Copy("/media/c1", 400, 300, 0, "image/webp")], graphic=False)],
    recordings=[
        voices.Recording(
            "rec", "audio", copies=[voices.Playable("/media/a1", "audio", "audio/ogg", 9)], poster="/media/p1",
            transcripts=[voices.Spoken("tra", language="az", released=date(2026, 1, 2))], proof=True,
        )
    ],
    statements=[Assertion("s1", "killed", "0", "Somebody", low=0.0, high=0.0, question="/figures/killed")],
    memories=Memories([Memory("m1", "memory", date(2026, 5, 4), Prose("memory", "Remembered"))], "2026-05-04.m1"),
    changed=datetime(2026, 5, 4, tzinfo=UTC),
    proof=True,
)  # fmt: skip


def test_a_record_leaves_with_whole_addresses_and_without_what_is_empty():
    said = record_json.record(VIEW, **HERE)
    assert said["id"] == "7bkmw2q9x4"
    assert said["address"] == "https://archive.example/az/testimonies/7bkmw2q9x4"
    assert said["detail"] == {"stood": "witness"}
    assert said["when"] == {"edtf": "1992-02-26", "words": "26 February", "earliest": "1992-02-26"}
    assert said["texts"][0]["cites"] == [
        {"label": "A paper", "address": "https://archive.example/az/sources/abc", "locator": "p. 3"}
    ]
    assert said["pictures"][0]["copies"][0]["address"] == "https://archive.example/media/c1"
    assert said["recordings"][0]["poster"] == "https://archive.example/media/p1"
    assert said["statements"][0]["question"] == "https://archive.example/az/figures/killed"
    assert said["changed"] == "2026-05-04T00:00:00+00:00"
    assert json.loads(json.dumps(said)) == said


def test_nought_and_no_are_said_and_nothing_is_not():
    said = record_json.record(VIEW, **HERE)
    assert said["statements"][0]["low"] == 0.0
    assert said["pictures"][0]["graphic"] is False
    assert said["pictures"][0]["copies"][0]["bytes"] == 0
    assert "names" not in said
    assert "note" not in said["when"]


def test_what_only_templates_ask_and_cursors_of_pages_stay():
    said = record_json.record(VIEW, **HERE)
    assert "proof" not in said
    assert "proof" not in said["recordings"][0]
    assert set(said["memories"]) == {"shown"}


def test_a_hit_of_search_leaves_without_its_signs_and_with_the_address_of_its_moment():
    found = Entry(
        "testimony", "x", "/testimonies/x", "T", snippet="the \x02gate\x03 was",
        moment=Moment(61_000, "?t=61#c-7", "az"),
    )  # fmt: skip
    said = record_json.entry(found, **HERE)
    assert said["snippet"] == "the gate was"
    assert said["moment"]["where"] == "https://archive.example/az/testimonies/x?t=61#c-7"


def test_a_withheld_word_of_a_line_stays_withheld():
    said = record_json.line(voices.Line(7, 1000, 2000, "With <mask k7f3> and <i>me</i> &amp; you."))
    assert said["body"] == "With […] and me & you."


def test_the_schema_knows_what_is_written():
    under = "#/$defs/"
    whole = {"$defs": record_schema.definitions(under), "$ref": f"{under}Record"}
    check = Draft202012Validator(whole)
    assert not list(check.iter_errors(record_json.record(VIEW, **HERE)))
    assert list(check.iter_errors({"kind": "press"}))  # no id, no address


def test_every_view_of_a_page_has_a_name_of_its_own():
    known = record_schema.definitions("#/")
    inside = {each for module in (views, voices) for each in vars(module).values() if is_dataclass(each)}
    inside -= {views.Page, Run}
    assert {record_schema.name_of(each) for each in inside} == known.keys()
    assert len(inside) == len(known)
