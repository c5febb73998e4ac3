"""Hints point at what they saw. Every name, number and address here is synthetic; the words are nobody's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorial.domain import hint_language, hints, word_lists
from memorial.domain.hints import File, Hint, Piece, Seen, Statement, hints_of
from memorial.domain.phrases import words_of
from memorial.domain.word_lists import SHIPPED
from memorial.domain.workflow import CHECKLIST

CATALOGUES = Path(__file__).resolve().parents[2] / "memorial" / "translations"


def seen_in(text: str, language: str = "en", kind: str = "", **more) -> list[str]:
    """The words meant, of the hints of a kind (or of all)."""
    found = hints_of(Seen(pieces=[Piece("text:testimony", text, language)], year=2026, **more), SHIPPED)
    return [hint.seen[slice(*hint.hit)] for hint in found.kept if not kind or hint.kind == kind]


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("write to synthetic.person@mail.example.org, please", ["synthetic.person@mail.example.org"]),
        ("Şəkər@nümunə.example yazın", ["Şəkər@nümunə.example"]),
        ("@somebody, at 5 @ 3, a@b, @@", []),
        ("@somebody: write to a@b.example", ["a@b.example"]),
    ],
)
def test_e_mail_addresses(text, there):
    assert seen_in(text, kind="email") == there


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("+994 (12) 404-00-00", ["+994 (12) 404-00-00"]),
        ("call 050 200 00 00 now", ["050 200 00 00"]),
        ("(012) 404 00 00", ["(012) 404 00 00"]),
        ("тел. 404-00-00", ["404-00-00"]),
        ("Telefon: 4040000", ["4040000"]),
        ("0090 212 000 00 00", ["0090 212 000 00 00"]),
        ("(012) 404-00-00 or 050-200-00-00", ["(012) 404-00-00", "050-200-00-00"]),
        ("at 404 00 00, at (012) 4040000, at 012404000", ["404 00 00", "(012) 4040000", "012404000"]),
        ("in the list 05020000, 123456789 and AZ050200000", []),
        ("+123456789012345", ["+123456789012345"]),
        ("+1234567890123456", []),
        ("a synthetic report (1992) 1994", []),
        ("on 2/26/1992 at 5, on 26-02-92 100 were counted", []),
        ("25.02.1992 - 26.02.1992", []),
        ("from 1988-1994 and (1992-1994)", []),
        ("about 1 000 000 or 6.000.000 people", []),
        ("ISBN 978-5-00000-000-0 and press-001", []),
        ("the 366th, at 08:12, 1992-02-26", []),
        ("12345678901234567890123", []),
    ],
)
def test_telephone_numbers_and_no_dates_sums_or_years(text, there):
    assert seen_in(text, kind="telephone") == there


@pytest.mark.parametrize(
    ("text", "language", "there"),
    [
        ("Sintetik küçəsi, ev 14, mənzil 3", "az", ["küçəsi, ev 14", "mənzil 3"]),
        ("жили на ул. Примерной, 5", "ru", ["ул. Примерной, 5"]),
        ("12a Example Street", "en", ["12a Example Street"]),
        ("Örnek Sokağı No 7", "tr", ["Sokağı No 7"]),
        ("Example Street, all the houses 5", "en", []),
        ("In 1992 the street was empty", "en", []),
        ("1992-ci ildə küçədə heç kim yox idi", "az", []),
    ],
)
def test_postal_addresses_are_a_street_with_a_number_near_it(text, language, there):
    assert seen_in(text, language, "address") == there


@pytest.mark.parametrize(
    ("text", "language", "there"),
    [
        ("My son, 7, was with me", "en", ["son, 7"]),
        ("my daughter 2 days later", "en", []),
        ("a 7-year-old", "en", ["7-year-old"]),
        ("she was 47 years old", "en", []),
        ("born in 2007, born in 2008, born in 2026, born in 2027", "en", ["born in 2008", "born in 2026"]),
        ("QIZIM 7 YAŞINDA İDİ", "az", ["7 YAŞINDA"]),
        ("42 yaşında", "az", []),
        ("ему было 5 лет, прожили 7 лет", "ru", ["было 5 лет"]),
        ("12-летняя сестра", "ru", ["12-летняя"]),
        ("oğlum (9) yanımdaydı", "tr", ["oğlum (9"]),
        ("motorised infantry", "en", []),
        ("a newborn baby", "en", ["newborn", "baby"]),
        ("aged 17, aged 18, aged " + "1" * 10, "en", ["aged 17"]),
    ],
)
def test_ages_below_eighteen_in_each_language(text, language, there):
    assert seen_in(text, language, "minors") == there


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("All synthetics are like that", "en", "nature"),
        ("это у них в крови", "ru", "nature"),
        ("bu onların qanında var", "az", "nature"),
        ("KANLARINDA VAR", "tr", "nature"),
        ("the corpses lay there", "en", "graphic"),
        ("başını kəsdilər", "az", "graphic"),
        ("она была изнасилована", "ru", "violence"),
        ("tecavüze uğradı", "tr", "violence"),
        ("he now lives in Synthetic Town", "en", "living"),
        ("indi Bakıda yaşayır", "az", "living"),
    ],
)
def test_the_lists_find_their_words_in_each_language(text, language, kind):
    assert len(seen_in(text, language, kind)) == 1
    assert seen_in(text, language, kind) == seen_in(text, "und", kind)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Он пытался уйти, насилу успел; все они погибли.", "ru"),
        ("They killed my brother; all of us ran.", "en"),
        ("Onu zorla apardılar. Ermənistanın təcavüzü başladı.", "az"),
        ("Hepimiz kaçtık, çok soğuktu.", "tr"),
    ],
)
def test_what_tells_of_acts_or_only_sounds_alike_is_left_alone(text, language):
    assert seen_in(text, language) == []


def test_in_a_longer_phrase_of_an_archive_s_own_list_a_number_needs_nothing_before_it():
    lists = {"minors": {"en": ("child #", "child of #")}}
    found = hints_of(Seen([Piece("k", "a child of 7, a child 8 times", "en")]), lists).kept
    assert [hint.meant for hint in found] == ["child of 7"]


def test_a_list_of_another_language_stays_away_but_russian_is_seen_wherever_it_is_written():
    assert seen_in("son, 5 ildə", "az", "minors") == []
    assert seen_in("Dedilər: это у них в крови.", "az", "nature") == ["у них в крови"]


def test_what_a_list_found_is_quoted_with_the_words_around_it_and_what_has_a_shape_is_not():
    text = "x" * 200 + " Nobody said that all synthetics are so. Write to a@b.example. " + "y " * 100
    found = {hint.kind: hint for hint in hints_of(Seen([Piece("k", text, "en")]), SHIPPED).kept}
    assert found["nature"].seen.startswith("Nobody said that all synthetics are so. Write to")
    assert len(found["nature"].seen) < 160
    assert found["email"].seen == "a@b.example"


def test_the_words_around_end_with_their_paragraph():
    text = "\nThe corpse lay there.\n\nAnother line."
    (hint,) = hints_of(Seen([Piece("k", text, "en")]), SHIPPED).kept
    assert (hint.seen, hint.meant) == ("The corpse lay there.", "corpse")
    (hint,) = hints_of(Seen([Piece("k", "One line.\n" + "word " * 40 + "corpse", "en")]), SHIPPED).kept
    assert hint.seen == "word " * 12 + "corpse"


def test_two_that_stand_in_one_line_are_two_and_the_same_twice_in_it_is_one():
    text = "A corpse, a bayonet and a corpse."
    found = hints_of(Seen([Piece("k", text, "en")]), SHIPPED).kept
    assert [(hint.meant, hint.count, hint.seen) for hint in found] == [
        ("corpse", 2, text),
        ("bayonet", 1, text),
    ]


def test_the_same_again_is_counted_and_what_is_too_much_is_counted_too():
    text = "a@b.example, " * 3 + " ".join(f"n{number}@b.example" for number in range(hints.KEPT + 9))
    found = hints_of(Seen([Piece("k", text)]), SHIPPED)
    assert found.kept[0].count == 3
    assert len(found.kept) == hints.KEPT
    assert found.left_out == {"email": 10}


def test_a_passage_has_the_time_of_its_cue():
    piece = Piece("cues", "corpse\na bayonet\nquiet words\na baby", "en", times=((7, "00:00"), (17, "00:07")))
    found = hints_of(Seen([piece]), SHIPPED).kept
    assert {hint.meant: hint.time for hint in found} == {"corpse": "", "bayonet": "00:00", "baby": "00:07"}


def test_a_name_that_is_kept_back_is_found_in_the_words_but_not_in_itself():
    pieces = [
        Piece("name", "Sintetik Şəxs", "az", "name"),
        Piece("text:testimony", "Mən, SİNTETİK ŞƏXS, gördüm", "az"),
    ]
    found = hints_of(Seen(pieces, names_kept_back=["Sintetik Şəxs"]), SHIPPED).kept
    assert [(hint.kind, hint.where, hint.seen) for hint in found] == [
        ("name_kept_back", "text:testimony", "SİNTETİK ŞƏXS")
    ]


def test_what_became_of_somebody_wants_a_source_and_a_figure_wants_somebody_who_states_it():
    said = [
        Statement("1", "fate", "Died", by="a synthetic relative"),
        Statement("2", "fate", "Died", source="a synthetic list"),
        Statement("3", "killed", "12"),
        Statement("4", "born", "1960", by="a synthetic relative"),
        Statement("5", "lived", "Synthetic Town"),
        Statement("6", "killed", "about 12"),
    ]
    found = hints_of(Seen(statements=said), SHIPPED).kept
    assert [(hint.where, hint.at, hint.meant) for hint in found] == [
        ("1", 0, "Died"),
        ("3", 0, "12"),
        ("6", 0, "about 12"),
    ]


def test_files_without_rights_without_a_note_or_with_somebody_who_did_not_agree():
    files = [
        File("one.jpg", rights="CC BY 4.0", others="yes"),
        File("two.jpg", graphic=True, others="no"),
        File("three.jpg", credit="Synthetic Archive", graphic=True, noted=True),
    ]
    others = [("name", "Synthetic Name", "/synthetic/7")]
    found = hints_of(Seen(files=files, not_covered=[("text", "guardian")], alike=others), SHIPPED).kept
    assert [(hint.kind, hint.seen, hint.about, hint.at, hint.meant) for hint in found] == [
        ("others", "one.jpg", ("yes",), 0, ""),
        ("graphic_file", "two.jpg", (), 0, ""),
        ("not_covered", "", ("text", "guardian"), 0, ""),
        ("rights", "two.jpg", (), 0, ""),
        ("alike", "Synthetic Name", ("/synthetic/7",), 0, "Synthetic Name"),
    ]


def test_every_kind_belongs_to_a_line_of_the_checklist():
    assert set(hints.CHECK_OF.values()) <= set(CHECKLIST)
    assert {kind: Hint(kind).check for kind in hints.CHECK_OF} == hints.CHECK_OF
    assert set(word_lists.NAMES) - {word_lists.STREETS, word_lists.DISTRESS} == hints.OF_A_PLACE


def _interface(code: str) -> str:
    """The words of the interface in a language, as their translators wrote them."""
    written = (CATALOGUES / code / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8")
    side = "msgid" if code == "en" else "msgstr"
    lines = re.findall(rf'^{side} "(.+)"$', written, re.MULTILINE)
    return "\n".join(re.sub(r"%\(\w+\)s", "", line) for line in lines)


@pytest.mark.parametrize("code", ["az", "ru", "tr"])
def test_real_words_are_told_apart_by_language_and_no_part_of_them_is_taken_for_another(code):
    text = _interface(code)
    assert hint_language.guess(words_of(text)) == code
    guessed = [hint_language.guess(words_of(text[at : at + 1_000])) for at in range(0, len(text), 1_000)]
    assert set(guessed) <= {code, ""}
    assert guessed.count(code) > 0.5 * len(guessed)


def test_a_text_that_says_another_language_than_it_is_in_and_none_that_is_short():
    text = _interface("az")[:3_000]
    (hint,) = (
        hint for hint in hints_of(Seen([Piece("k", text, "ru")]), SHIPPED).kept if hint.kind == "language"
    )
    assert hint.about == ("ru", "az")
    for said, words in (("az", text), ("az-Latn", text), ("und", text), ("ka", text), ("ru", text[:200])):
        assert all(
            hint.kind != "language" for hint in hints_of(Seen([Piece("k", words, said)]), SHIPPED).kept
        )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("the " * 40, "en"),
        ("the " * 39, ""),  # too short to say
        ("the of to and " + "zz " * 46, "en"),
        ("the of to and " + "zz " * 47, ""),  # too few words that are anybody's
        ("bu " * 20 + "mən " * 4 + "zz " * 20, "az"),
        ("bu " * 20 + "mən " * 3 + "zz " * 20, ""),  # most of them are Turkish as well
        ("bu " * 30 + "mən " * 8 + "ben " * 4, "az"),
        ("bu " * 30 + "mən " * 7 + "ben " * 4, ""),  # and some are Turkish alone
    ],
)
def test_a_language_is_named_from_where_on_it_is_plain(text, code):
    assert hint_language.guess(words_of(text)) == code


def test_a_text_of_no_known_language_is_held_against_all_lists_and_cyrillic_is_what_most_letters_are():
    assert hint_language.spoken("und", "", "Вот так") == word_lists.LANGUAGES
    assert hint_language.spoken("az", "", "Вот так") == ("az", "ru")
    texts = ("", "да no", "вот noone", "да нет, no", "Ѐԯ")
    assert [hint_language.is_cyrillic(text) for text in texts] == [False, False, False, True, True]


def test_the_shipped_lists_would_be_taken_by_their_own_page_and_have_every_language():
    for name, listed in SHIPPED.items():
        assert set(listed) == set(word_lists.LANGUAGES), name
        for phrases in listed.values():
            assert word_lists.wrong_in(phrases) == ("", "")
            assert word_lists.tidied("\n".join(phrases)) == phrases


@pytest.mark.parametrize(
    ("phrases", "wrong"),
    [
        (["ab", "abc*", "ab * c", "x" * 80], ("", "")),
        (["good one", "a"], ("a", "phrase_too_short")),
        (["ab*"], ("ab*", "phrase_too_short")),
        (["# #"], ("# #", "phrase_too_short")),
        (["x" * 81, "a"], ("x" * 81, "phrase_too_long")),
        (["ab"] * word_lists.MOST_PHRASES, ("", "")),
        (["ab"] * (word_lists.MOST_PHRASES + 1), ("", "too_many_phrases")),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_by_its_first_phrase(phrases, wrong):
    assert word_lists.wrong_in(phrases) == wrong


TEXTS = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("@.+- ()07aı\n"), st.sampled_from("İəşёж")),
    max_size=300,
)
PHRASED = st.lists(
    st.one_of(
        TEXTS,
        st.sampled_from([phrase for by in SHIPPED.values() for listed in by.values() for phrase in listed]),
    ),
    max_size=12,
).map(" 7 ".join)


@given(PHRASED, st.sampled_from(["az", "en", "ru", "tr", "und", "", "-", "hy"]))
def test_no_text_breaks_it_and_every_hint_points_at_what_it_saw(text, language):
    for hint in hints_of(Seen([Piece("k", text, language)], year=2026), SHIPPED).kept:
        assert text[hint.at : hint.at + len(hint.seen)] == hint.seen
        begin, end = hint.hit
        assert 0 <= begin <= end <= len(hint.seen)
        assert hint.kind == "language" or hint.seen[begin:end].strip()


@pytest.mark.parametrize(
    "unit", ["a", "1", "@", "1 ", "a.", "+1(", "all ", "son 7 ", "st 5 ", "@a", "\n", "ё"]
)
def test_a_text_of_one_sign_without_end_comes_to_an_end(unit):
    found = hints_of(Seen([Piece("k", unit * (60_000 // len(unit)), "en")], year=2026), SHIPPED)
    assert len(found.kept) <= len(hints.CHECK_OF) * hints.KEPT
