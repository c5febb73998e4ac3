"""A content as a form and back. Every word here is made up."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorial.domain.content import (
    Content,
    LinkContent,
    NameContent,
    StatementContent,
    TextContent,
    TributeContent,
)
from memorial.domain.editing import Form
from memorial.domain.errors import Invalid
from memorial.domain.versions import versions

WORDS = st.text(alphabet="aə \r\n\t<&\x00\x85", max_size=12)
NAMES = st.sampled_from(
    ["page", "text", "name", "notice", "title", "full", "pseudonym", "fate", "memory", "candle"]
)


def rows(kind):
    """Rows with anything in them; what is no free text is one of the known words."""
    fixed = {"part", "role", "kind", "property", "form", "relation", "other"}
    values = {
        each.name: st.booleans() if each.name == "markup" else NAMES if each.name in fixed else WORDS
        for each in dataclasses.fields(kind)
    }
    return st.lists(st.builds(kind, **values), max_size=4).map(tuple)


CONTENTS = st.builds(
    Content,
    language=WORDS, content_note=WORDS, date_edtf=WORDS, date_words=WORDS,
    detail=st.dictionaries(st.sampled_from(["stood", "told_at", "medium", "pages"]), st.one_of(WORDS, st.integers(), st.none())),
    texts=rows(TextContent), names=rows(NameContent), statements=rows(StatementContent),
    tributes=rows(TributeContent), links=rows(LinkContent),
)  # fmt: skip


def through_a_browser(form: Form) -> dict[str, str]:
    """What a browser makes of values: one kind of line end in a text, none at all in a line."""
    sent = {}
    for each in form.fields:
        text = each.value.replace("\r\n", "\n").replace("\r", "\n")
        sent[each.key] = text.replace("\n", "\r\n") if each.long else text.replace("\n", "")
    return sent


@settings(max_examples=300)
@given(CONTENTS)
def test_a_form_sent_back_as_it_came_is_the_same_content_to_the_byte(content: Content) -> None:
    form = Form(content)
    assert form.rebuilt(through_a_browser(form)).to_json() == content.to_json()
    assert form.rebuilt({}).to_json() == content.to_json()
    assert len({each.key for each in form.fields}) == len(form.fields)


@given(CONTENTS, CONTENTS)
def test_an_edit_never_brings_a_part_that_was_not_there(content: Content, other: Content) -> None:
    form = Form(content)
    typed = {
        each.key: f"{each.value}x"
        for each in form.fields
        if each.main and not each.choices and each.what != "language"
    }
    assert (
        form.rebuilt({**typed, "part": "x", "texts-0-part": "x", "detail-id": "7"}).parts() == content.parts()
    )
    assert form.with_rows_of(other).content.parts() == content.parts() | other.parts()


BEFORE = Content(
    language="en",
    detail={"stood": "survivor", "told_at": "Synthetic town"},
    texts=[TextContent("testimony", "One synthetic word.", "text", "en"), TextContent("notice", "Gone.", "notice", "en")],
    names=[NameContent("Synthetic Narrator", language="en"), NameContent("Somebody", "instead", "pseudonym", "en")],
    statements=[StatementContent("born", "1961", stated_by="a synthetic relative")],
)  # fmt: skip


def key(form: Form, label: str, what: str = "") -> str:
    return next(each.key for each in form.fields if each.label == label and what in ("", each.what))


def test_every_kind_of_value_can_be_changed() -> None:
    form = Form(BEFORE)
    changed = {each.key: "fr" for each in form.fields if each.what == "language"} | {
        key(form, "name"): "Synthetic Narrator the Elder",
        key(form, "text:testimony"): "Two synthetic words.",
        key(form, "statement:born", "stated_by"): "a synthetic neighbour",
        key(form, "detail:stood"): "eyewitness",
        key(form, "date"): "in spring",
        key(form, "content_note"): "speaks of a death",
        key(form, "name+"): "Another Spelling",
        key(form, "text:title+"): "A synthetic title",
    }
    after = form.rebuilt(changed)
    assert [(name.text, name.part) for name in after.names] == [
        ("Synthetic Narrator the Elder", "name"), ("Somebody", "instead"), ("Another Spelling", "name"),
    ]  # fmt: skip
    assert {text.role: (text.body, text.part, text.language) for text in after.texts} == {
        "testimony": ("Two synthetic words.", "text", "fr"), "notice": ("Gone.", "notice", "fr"),
        "title": ("A synthetic title", "text", "en"),
    }  # fmt: skip
    assert after.statements[0].stated_by == "a synthetic neighbour"
    assert (after.detail["stood"], after.date_words, after.content_note) == (
        "eyewitness", "in spring", "speaks of a death",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("label", "what", "typed", "wrong"),
    [
        ("text:testimony", "body", " \n", "words_missing"),
        ("text:notice", "body", "", "words_missing"),
        ("name", "text", "", "words_missing"),
        ("name:pseudonym", "text", "", "words_missing"),
        ("date", "date_edtf", "1992-13-45", "edtf"),
        ("statement:born", "as_of_edtf", "spring", "edtf"),
        ("text:testimony", "language", "<b>", "language_code"),
        ("detail:stood", "stood", "bishop", "no_such_choice"),
    ],
)
def test_what_cannot_stand_is_refused_by_its_field(label: str, what: str, typed: str, wrong: str) -> None:
    form = Form(BEFORE)
    with pytest.raises(Invalid) as refused:
        form.rebuilt({key(form, label, what): typed})
    assert (refused.value.key, refused.value.field) == (wrong, key(form, label, what))


def test_where_somebody_left_a_sign_without_words_none_can_be_put() -> None:
    form = Form(
        Content(tributes=[TributeContent("candle", "", "one"), TributeContent("memory", "One word.", "two")])
    )
    assert [each.label for each in form.fields if each.what == "body"] == ["memory"]
    assert "texts-0-body" in Form(Content(texts=[TextContent("testimony", "")])).values


def test_what_another_content_does_not_say_is_seen_there_as_no_words() -> None:
    seen = Form(BEFORE).seen_in(Content())
    assert (seen["detail-stood"], seen["texts-0-body"]) == ("", "")
    assert seen["texts-0-language"] == "en"  # where there is no row, only its words are missing


def test_a_statement_whose_words_are_emptied_is_gone() -> None:
    form = Form(BEFORE)
    assert form.rebuilt({key(form, "statement:born"): ""}).statements == ()


def test_what_was_typed_on_an_older_content_finds_its_field_in_the_newer_one() -> None:
    """Meanwhile a statement came before mine, and mine was taken out: what I wrote in it is not lost."""
    older = Form(BEFORE)
    typed = {key(older, "statement:born"): "1962", key(older, "name"): "Synthetic N. Narrator"}
    fate = StatementContent("fate", "not known")
    now = dataclasses.replace(BEFORE, statements=[fate])
    form = Form(now).with_rows_of(BEFORE)
    three = versions(
        form, started=form.seen_in(BEFORE), stands=form.seen_in(now), mine=form.written_on(older, typed)
    )
    found = {f"{each.field.label}.{each.field.what}": each for each in three}
    born = found["statement:born.value_text"]
    assert [(clash.base, clash.mine) for clash in born.clashes] == [("1961", "1962")]
    assert found["name.text"].merged == "Synthetic N. Narrator"
    assert found["statement:fate.value_text"].merged == "not known"
    assert form.rebuilt(form.seen_in(now)) == dataclasses.replace(
        now, texts=tuple(now.texts), names=tuple(now.names), statements=(fate,)
    )
    assert not found["statement:fate.value_text"].by_me


def test_what_other_sources_say_is_chosen_from_the_vocabulary_and_absent_where_nobody_has_said_it():
    content = Content(statements=(StatementContent("fate", "Synthetic words"),))
    assert "corroboration" not in content.to_json()["statements"][0]
    set_to = Form(content).rebuilt({"statements-0-corroboration": "disputed"})
    assert Content.from_json(set_to.to_json()).statements[0].corroboration == "disputed"
    with pytest.raises(Invalid):
        Form(content).rebuilt({"statements-0-corroboration": "true"})
