"""What is spared children and the living: one table of rules, and the statements as they may be shown under it.

    who = whose([Fact("fate", "survived", "survived")])       # frozenset({LIVING})
    may_show(who, "born", "3 May 1961", "en")                 # "1961"
    may_show(who, "lived", "Synthetic town, Long street 5")   # "Synthetic town"
    may_show({CHILD}, "school", "School no. 1")               # None: not shown

The rules narrow what consent allows and never widen it; what is not shown stays at the desk, in exports by the
archive itself, and in its revision. A visitor reads the list on /about/criteria.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from memorial.domain import ages, fates
from memorial.domain.dates import from_words

LIVING, CHILD = "living", "child"
ADULT = 18


@dataclass(frozen=True, slots=True)
class Rule:
    key: str
    whom: str
    what: str  # the property of a statement, or "photograph"
    shown: str  # what is shown instead: year, place, nothing, own_yes
    reason: str
    source: str


RULES: tuple[Rule, ...] = (
    Rule("living_day", LIVING, "born", "year", "A full date of birth opens accounts and finds people.",
         "SAFETY: people come after a survivor's address; DESIGN, Part: the year beside the day"),
    Rule("living_home", LIVING, "lived", "place", "Who survived may live there today, or others do.",
         "LOOK: addresses are on the checklist of every publication; /about: addresses are never published"),
    Rule("living_photograph", LIVING, "photograph", "own_yes", "A face is asked for by itself, not with the page.",
         "DESIGN, Part: a photograph is shown or withheld by itself; Every Casualty: consent per purpose"),
    Rule("child_day", CHILD, "born", "year", "A child cannot say yes; its year is enough to remember it by.",
         "Murad Code: do no harm; DESIGN, Party: a minor's guardian"),
    Rule("child_school", CHILD, "school", "nothing", "A school leads to brothers, sisters and classmates.",
         "Murad Code: do no harm; LOOK: minors are on the checklist of every publication"),
    Rule("child_photograph", CHILD, "photograph", "own_yes", "A guardian says yes to a face by itself.",
         "DESIGN, Party: a minor's guardian"),
)  # fmt: skip
RULED = frozenset(rule.what for rule in RULES)


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement about somebody: its property, its words, and for a fate how they are read."""

    property: str
    words: str
    reading: str = ""


# A word that says by itself that somebody was a child. Whole words, small letters; an age is read as a number.
YOUNG = re.compile(
    r"\b(child|infant|baby|toddler|newborn|boy|girl|schoolboy|schoolgirl|minor|uşaq|körpə|azyaşlı|"
    r"ребёнок|ребенок|младенец|несовершеннолетн\w*|çocuk|bebek)\b"
)


def whose(facts: Iterable[Fact], *, cautious: bool = False) -> frozenset[str]:
    """Whether a source says of them that they live and none that they died; whether one says that they are under 18.

    `cautious` where some of the facts may not be public: then a word that they live is enough.
    """
    said = list(facts)
    lots = {fates.FATES.get(each.reading, "") for each in said if each.property == "fate"}
    died = fates.DEAD in lots or any(each.property in ("died", "death") for each in said)
    found = {LIVING} if fates.ALIVE in lots and (cautious or not died) else set()
    return frozenset(found | {CHILD} if any(_young(each) for each in said) else found)


def _young(fact: Fact) -> bool:
    if fact.property != "age":
        return False
    years = ages.age_of(fact.words)
    return years[1] < ADULT if years else bool(YOUNG.search(fact.words.replace("İ", "i").lower()))


def may_show(whom: Collection[str], what: str, words: str, language: str = "und") -> str | None:
    """The words of a statement as they may be shown; None where nothing of it may."""
    ways = {rule.shown for rule in RULES if rule.whom in whom and rule.what == what}
    if "nothing" in ways:
        return None
    if "year" in ways:
        return _year(words, language)
    return place_alone(words) or None if "place" in ways else words


def _year(words: str, language: str) -> str | None:
    """The year; the words as they are where they hold nothing finer."""
    if re.search(r"\d", words) is None:
        return words
    when = from_words(words, language)
    if when.earliest is None or when.latest is None:
        years = re.findall(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)", words)
        return years[0] if len(years) == 1 else None
    if when.earliest.year != when.latest.year:
        return words
    return f"{when.earliest.year}{'~' if '~' in when.edtf else ''}" if _is_fine(words) else words


def _is_fine(words: str) -> bool:
    """Whether the words say more than a year: another number, or the name of a month."""
    numbers = re.findall(r"\d+", words)
    return len(numbers) > 1 or from_words(words, "und").edtf.count("-") > 0


# Beginnings of words that are narrower than a place: streets, houses, quarters.
NARROW = re.compile(
    r"\d|\b(küç|prospekt|döngə|mənzil|məhəllə|bina\b|blok|street|avenue|lane|road|apartment|flat\b|house|ул\b|улиц|"
    r"проспект|переул|кв\b|квартир|дом\b|корпус|sokak|sokağ|cadde|mahalle|daire|apt\b)"
)


def place_alone(words: str) -> str:
    """A home without what is narrower than a place: the pieces between commas that name no street and no number."""
    pieces = [piece.strip() for piece in re.split(r"[,;\n]", words)]
    return ", ".join(
        piece for piece in pieces if piece and not NARROW.search(piece.replace("İ", "i").lower())
    )
