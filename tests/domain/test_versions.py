"""Three versions of one field: which change counts, and which is left to a person. Every word here is made up."""

from __future__ import annotations

import pytest

from memorial.domain.content import Content, NameContent, TextContent
from memorial.domain.difference import Run
from memorial.domain.editing import Form
from memorial.domain.versions import Versions, versions


def one(started: str, stands: str, mine: str, *, long: bool = False) -> Versions:
    """A name in three versions, or a text."""
    content = (
        Content(texts=[TextContent("testimony", started)]) if long else Content(names=[NameContent(started)])
    )
    form = Form(content, facts=())
    key = next(each.key for each in form.fields if each.main)
    others = dict.fromkeys(form.values, "")
    (found,) = (
        each
        for each in versions(
            form,
            started=others | {key: started},
            stands=others | {key: stands},
            mine=others | {key: mine},
        )
        if each.field.key == key
    )
    return found


@pytest.mark.parametrize(
    ("started", "stands", "mine", "merged", "clashes"),
    [
        ("Synthetic Name", "Synthetic Name", "Synthetic Name", "Synthetic Name", 0),
        ("Synthetic Name", "Synthetic Name", "Synthetic N. Name", "Synthetic N. Name", 0),
        ("Synthetic Name", "Synthetic Q. Name", "Synthetic Name", "Synthetic Q. Name", 0),
        ("Synthetic Name", "Synthetic N. Name", "Synthetic N. Name", "Synthetic N. Name", 0),
        ("Synthetic Name", "Another Name", "Synthetic Word", "Synthetic Word", 1),
    ],
)
def test_a_change_counts_where_it_is_the_only_one_and_two_are_left_to_a_person(
    started, stands, mine, merged, clashes
):
    found = one(started, stands, mine)
    assert (found.merged, len(found.clashes)) == (merged, clashes)
    assert (found.by_others, found.by_me) == (started != stands, started != mine)


def test_a_text_is_merged_by_its_words_and_a_name_is_one_thing():
    three = "One synthetic name", "A synthetic name", "One synthetic word"
    assert one(*three, long=True).merged == "A synthetic word"
    assert [(clash.mine, clash.theirs) for clash in one(*three).clashes] == [
        ("One synthetic word", "A synthetic name")
    ]


@pytest.mark.parametrize("gone", range(3))
def test_a_text_that_is_empty_in_one_version_is_one_thing_as_well(gone):
    three = ["One word.", "One word. Two.", "One. Word."]
    three[gone] = ""
    (clash,) = one(*three, long=True).clashes
    assert (clash.base, clash.theirs, clash.mine) == tuple(three)


def test_each_sees_what_the_other_changed_and_what_oneself_did():
    found = one("One word", "Two word", "One words", long=True)
    assert found.change_by_others() == [Run("removed", "One"), Run("added", "Two"), Run("same", " word")]
    assert found.change_by_me() == [Run("same", "One "), Run("removed", "word"), Run("added", "words")]
