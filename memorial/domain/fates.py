"""What became of somebody, as sources say: the vocabulary, and how free words are read into it.

    fates.read("survived (reached Aghdam)")       # "survived"
    fates.read("missing, believed killed")        # "": more than one thing, or a doubt; the words alone stand
    contradict(["killed", "survived"])            # True

The words as given are always shown; a reading only groups them and says them in the reader's language. Nobody is
read as dead, or as alive, unless the words say so and nothing besides. What each word means to a visitor stands on
/about/criteria; the vocabulary follows the minimum casualty record of Every Casualty (found alive is a status).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

DEAD, ALIVE, OPEN = "dead", "alive", "open"

# key -> what it says of life and death; in the order in which the criteria list them.
FATES: Mapping[str, str] = {
    "killed": DEAD,
    "died_of_cold": DEAD,
    "died_in_captivity": DEAD,
    "died": DEAD,  # how is not said
    "missing": OPEN,
    "released": ALIVE,  # taken, and released
    "survived": ALIVE,
    "found_alive": ALIVE,
    "not_known": OPEN,
}

CORROBORATIONS = ("confirmed", "uncorroborated", "disputed", "pending", "rejected")
CERTAINTIES = ("certain", "probable", "uncertain")  # as whoever states it puts it

# What a family answers in the wizard, in its own language (services/contribution_words.py): the first words of what it says.
ANSWERS: Mapping[str, Mapping[str, str]] = {
    "died": {"en": "Died", "az": "Həlak olub", "ru": "Нет в живых", "tr": "Hayatını kaybetti"},
    "missing": {"en": "Missing", "az": "İtkin düşüb", "ru": "Пропал(а) без вести", "tr": "Kayıp"},
    "survived": {"en": "Survived", "az": "Sağ qalıb", "ru": "Выжил(а)", "tr": "Hayatta kaldı"},
    "not_sure": {"en": "Not known", "az": "Məlum deyil", "ru": "Неизвестно", "tr": "Bilinmiyor"},
}

# Whole words or beginnings of words, small letters. A narrower reading takes the place of a wider one (WIDER).
READINGS: tuple[tuple[str, str], ...] = (
    ("killed", r"\bkilled\b|\bshot dead\b|\bmurdered\b|\böldürül|\bqətlə yetiril|\bубит|\bkatledil"),
    ("died_of_cold", r"\bdied of (the )?cold\b|\bfro(ze|zen) to death\b|\bdied of exposure\b|\bdonaraq\b|\bdonub öl|\bзам[её]рз|\bdonarak\b"),
    ("died_in_captivity", r"\b(died|killed|dead) in captivity\b|\bəsirlikdə (öl|həlak|öldürül)|\b(умер|погиб|убит)\S* в плену\b|\besarette (öl|hayatını)"),
    ("died", r"\bdied\b|\bdead\b|\bhəlak\b|\bölüb\b|\bvəfat ed|\bнет в живых\b|\bпогиб|\bумер|\böldü\b|\bhayatını kaybet"),
    ("missing", r"\bmissing\b|\bitkin\b|\bпропал|\bбез вести\b|\bkayıp\b"),
    ("released", r"\breleased\b|\bfreed\b|\bəsirlikdən (azad|qayıt)|\bосвобожд[её]н\S* из плена\b|\bserbest bırakıl"),
    ("survived", r"\bsurvived\b|\bsurvivor\b|\bsağ qal|\bвыжил|\bhayatta kal|\bsağ kal"),
    ("found_alive", r"\bfound alive\b|\bsağ tapıl|\bнайден\S* жив|\bsağ bulun"),
    ("not_known", r"\bnot (known|stated)\b|\bunknown\b|\bməlum deyil\b|\bнеизвестн|\bbilinmiyor\b"),
)  # fmt: skip
WIDER: Mapping[str, tuple[str, ...]] = {
    "died_of_cold": ("died",), "died_in_captivity": ("died", "killed"), "killed": ("died",),
    "found_alive": ("survived", "missing"),
}  # fmt: skip
# Words that make a statement something else than itself. Then it is not read.
DOUBTS = (
    r"\bnot (killed|missing|dead|died|survive)|\bnever (killed|found)|\b(believed|presumed|perhaps|possibly|may have|"
    r"probably|reportedly|allegedly|feared|thought|otherwise|nearly|almost)\b|\?|\bсчита|\bвозможно\b|\bвероятно\b|"
    r"\bпредположительно\b|\behtimal|\bgüman|\bbelkə\b|\bbelki\b|\bmuhtemel|\bsanıl|"
    r"\bне (погиб|убит|умер|выжил)"
)

_READINGS = tuple((key, re.compile(pattern)) for key, pattern in READINGS)
_DOUBTS = re.compile(DOUBTS)
_BRACKETS = re.compile(r"\([^()]*\)")
_ENDS = re.compile(r"[.;\n](?:\s|$)")
LONGEST = 200  # characters of the first sentence: more is a story, which nobody reads by rule


def read(words: str) -> str:
    """The one thing that the first sentence says, "" where it says none, several, or doubts."""
    words = words.strip()
    for key, answer in ANSWERS.items():
        if any(words == said or words.startswith(f"{said}. ") for said in answer.values()):
            return "not_known" if key == "not_sure" else key
    first = _ENDS.split(_small(words), maxsplit=1)[0]
    first = _BRACKETS.sub(" ", first).strip()
    if not first or len(first) > LONGEST or _DOUBTS.search(first):
        return ""
    found = [key for key, pattern in _READINGS if pattern.search(first)]
    wider = {each for key in found for each in WIDER.get(key, ())}
    narrow = [key for key in found if key not in wider]
    return narrow[0] if len(narrow) == 1 else ""


def _small(words: str) -> str:
    return words.replace("İ", "i").lower()


def contradict(keys: Iterable[str]) -> bool:
    """Whether one says of somebody that they died and another that they lived."""
    said = {FATES[key] for key in keys if key in FATES}
    return DEAD in said and ALIVE in said
