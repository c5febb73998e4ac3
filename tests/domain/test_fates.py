"""Free words of a source are read into few, and only where they say one thing."""

from __future__ import annotations

import json

import pytest

from memorial.domain import fates

SAID = {
    "killed": "killed", "killed (\"shot dead as he struggled to change a magazine\")": "killed",
    "killed later while filming (circumstances disputed)": "killed",
    "survived (reached Aghdam)": "survived", "survived, wounded in five places": "survived",
    "survived, in hospital": "survived", "not stated": "not_known", "missing": "missing",
    "froze to death": "died_of_cold", "died in captivity": "died_in_captivity", "taken hostage and released": "released",
    "reported missing, found alive in 1993": "found_alive", "died": "died",
    "Həlak olub. Qarda, meşədə": "died", "Öldürülüb": "killed", "İtkin düşüb": "missing", "Пропал(а) без вести": "missing",
    "убит": "killed", "умер в плену": "died_in_captivity", "Hayatını kaybetti": "died", "donarak öldü": "died_of_cold",
    "Not known. Nobody saw him again, perhaps killed": "not_known",
    # Words that say two things, doubt, or deny are not read.
    "missing, believed killed": "", "killed or missing": "", "not killed": "", "не погиб": "", "nearly killed": "",
    "\"among the victims of the massacre\" (killed or otherwise a victim: the seed does not say)": "", "": "",
    "fell beside him": "", "he was never found": "",
}  # fmt: skip


@pytest.mark.parametrize("words", SAID)
def test_words_are_read_as_what_they_say(words):
    assert fates.read(words) == SAID[words]


def test_every_answer_of_a_family_is_read_in_its_language():
    for key, said in fates.ANSWERS.items():
        for words in said.values():
            expected = "not_known" if key == "not_sure" else key
            assert fates.read(words) == fates.read(f"{words}. Synthetic words, killed or not.") == expected


def test_of_the_collection_only_what_it_says_of_the_dead_is_read_as_death(shared):
    lines = (shared / "collection" / "people.jsonl").read_text("utf-8").splitlines()
    for person in map(json.loads, lines):
        read = fates.read(person["fate"])
        if fates.FATES.get(read) == fates.DEAD:
            assert person["fate"].startswith("killed"), person["label"]


def test_death_and_life_are_told_apart():
    assert fates.contradict(["killed", "survived"])
    assert not fates.contradict(["killed", "missing", "not_known", "died"])
