"""Which place a name means."""

from memorial.domain.place_names import Gazetteer

KNOWN = Gazetteer(
    [
        ("Askeran", 1), ("Asgaran", 1), ("Askeran Gap", 2), ("Aghdam", 3), ("Agdam", 3), ("Nagorno-Karabakh", 4),
        ("Karabakh", 4), ("Garadagli", 5), ("Qaradağlı", 6), ("Garadagli", 6),
    ]
)  # fmt: skip


def test_a_name_is_read_in_any_writing_of_its_letters():
    assert KNOWN.named("Ağdam") == 3
    assert KNOWN.named("AGDAM") == 3
    assert KNOWN.named("Агдам") == 3
    assert KNOWN.named("Shusha") is None


def test_a_spelling_that_two_places_share_means_neither():
    assert KNOWN.named("Garadagli") is None
    assert KNOWN.named("Qaradağlı") == 6
    assert "garadagli" not in KNOWN.spellings_of(6)


def test_in_running_words_the_longest_spelling_counts():
    assert KNOWN.within("hills near the Askeran Gap, and Askeran") == [("Askeran Gap", 2), ("Askeran", 1)]
    assert KNOWN.within("in Nagorno-Karabakh; Agdam (Asgaran)") == [
        ("Nagorno-Karabakh", 4),
        ("Agdam", 3),
        ("Asgaran", 1),
    ]


def test_part_of_a_word_is_no_name():
    assert KNOWN.within("the Aghdamians of Askeranville") == []
    assert KNOWN.within("") == []
    assert Gazetteer([]).within("Aghdam") == []
