"""How a written word of a name may sound, whichever script and hand wrote it.

    skeletons("Hacıyev") & skeletons("Гаджиев") & skeletons("Hajief")     # not empty
    heard("Гаджиев")                                                    # "Γaciev"
    distance("Hacıyev", "Hajief")                                       # 0.5

A word is first *heard*: each letter becomes a sound of one small alphabet, by the table of its
script. Letters that different hands use for different sounds (Latin j: English as in Jafarov,
German as in Alijew) become a capital that stands for both. Its *skeletons* are its consonants
in nine classes, one skeleton for each way to take the capitals; two words may be the same name
only if they share one. How far apart they then sound, vowels and finer consonants, is `distance`.

Sounds: p b t d k g q x ğ h l m n r s z ş j c ç ц v f y and the vowels a ə e i ı o ö u ü, as
Azerbaijani writes them; ц is ts. Where the tables come from:

- Azerbaijani Latin: the alphabet law of 25 December 1991, amended 1992, in general use since
  the decree of 18 June 2001; Cyrillic: the alphabet of 1958.
- Russian, and Russian spellings of Azerbaijani names: BGN/PCGN 1947 and ICAO Doc 9303 part 3
  (passports); г stands for h where Russian has no letter for it (Гасанов, Гусейн).
- German (Duden: sch, tsch, w, j), French (ou, tch, ch, dj), Polish (sz, cz, w), Swedish (sj, tj)
  transcriptions as newspapers of 1992 used them; Turkish by its alphabet law of 1928.
- Armenian: BGN/PCGN 1981 and ISO 9985. Georgian: the national system of 2002.
- Perso-Arabic: BGN/PCGN 1958 for Persian, 1956 for Arabic; short vowels are not written in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from anyascii import anyascii

from memorial.domain.names import table, without_apostrophes

# -- letters --------------------------------------------------------------------------------

# Several Latin letters together, longest first; in Azerbaijani words each letter stands alone.
_TOGETHER = (
    ("tsch tzsch tsh tch tsj czs tš tş", "ç"),
    ("dzsch dsch dzh dsh dzj dž", "c"),
    ("dj", "D"),
    ("schtsch shch sjtj šč stj sch sh sz sj şh", "ş"),
    ("zh zj", "j"),
    ("cz", "ç"),
    ("kh", "x"),
    ("gh", "ğ"),
    ("ph", "f"),
    ("th", "T"),
    ("dh", "Z"),
    ("au", "aU"),
    ("eu", "eU"),
    ("ts tz dz", "ц"),
    ("ck", "k"),
    ("ch", "Q"),
    ("ou oo", "u"),
    ("ee", "i"),
)
_SOUND_OF = {letters: sound for some, sound in _TOGETHER for letters in some.split()}
_SEVERAL = re.compile("|".join([*sorted(_SOUND_OF, key=len, reverse=True), "ng(?![aeiouyəıöü])", "."]))
_SOUND_OF["ng"] = "N"

_LATIN = table(
    "a=a b=b c=C d=d e=e f=f g=G h=h i=i j=J k=k l=l m=m n=n o=o p=p q=q r=r s=s t=t u=u v=v w=W x=X y=y z=z "
    "ə=ə ǝ=ə ä=ə æ=ə ı=ı ö=ö ø=ö œ=ö ü=ü ğ=ğ ş=ş š=ş ś=ş ș=ş ç=ç č=ç ć=ç ž=j ż=j ź=j ł=l ñ=n ð=d đ=c þ=t ß=s "
    "å=o ţ=ц ț=ц"
)
_AZERBAIJANI = {**_LATIN, **table("c=c g=g j=j x=x w=v")}
_AZERBAIJANI_ALONE = frozenset("əǝığş")  # letters that, in a Latin word, say which alphabet it is
_CYRILLIC = table(
    "а=a б=b в=v г=g д=d е=e ё=o ж=j з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=U ф=f х=h ц=ц ч=ç ш=ş щ=ş "
    "ъ= ы=ı ь= э=e ю=ü я=ə ә=ə ғ=ğ ҹ=c ҝ=g ө=ö ү=ü һ=h ј=y і=i ї=i є=e ґ=g ў=W қ=k ң=n ұ=u ӏ= ҳ=h ҷ=c ӯ=u ӣ=i "
    "ђ=c ћ=ç џ=c љ=l њ=n ѓ=g ќ=k ѕ=z"
)
_ARMENIAN = table(
    "ա=a բ=b գ=g դ=d ե=e զ=z է=e ը=ı թ=t ժ=j ի=i լ=l խ=x ծ=ц կ=k հ=h ձ=ц ղ=ğ ճ=ç մ=m յ=y ն=n շ=ş ո=o չ=ç պ=p "
    "ջ=c ռ=r ս=s վ=v տ=t ր=r ց=ц ւ=W փ=p ք=k օ=o ֆ=f և=ev"
)
_GEORGIAN = table(
    "ა=a ბ=b გ=g დ=d ე=e ვ=v ზ=z თ=t ი=i კ=k ლ=l მ=m ნ=n ო=o პ=p ჟ=j რ=r ს=s ტ=t უ=u ფ=P ქ=k ღ=ğ ყ=q შ=ş ჩ=ç "
    "ც=ц ძ=ц წ=ц ჭ=ç ხ=x ჯ=c ჰ=h"
)
_ARABIC = table(
    "ا=a آ=a أ=a إ=i ٱ=a ب=b پ=p ت=t ث=s ج=c چ=ç ح=h خ=x د=d ذ=Z ر=r ز=z ژ=j س=s ش=ş ص=s ض=Z ط=t ظ=Z ع= غ=ğ "
    "ف=f ق=q ک=k ك=k گ=g ل=l م=m ن=n ه=h ة= ھ=h ہ=h ە=ə و=U ؤ=U ۇ=u ۆ=ö ی=i ي=i ى=a ئ= ێ=e ے=e ء= ـ="
)
_OTHERS = {**_CYRILLIC, **_ARMENIAN, **_GEORGIAN, **_ARABIC}
_PAIRS = table("ու=U وو=uv дж=ҹ дз=ц тс=ц تش=ç")
_PAIR = re.compile("|".join(_PAIRS))

# Capitals: how hands differ. Each way gives the sound, "" where it is not heard as a consonant.
READINGS = {
    "h": ("h", ""),  # Həbib, Абиб
    "Γ": ("h", "g"),  # Russian г at the beginning of a word: Гасанов is Həsənov, Гулиев is Quliyev
    "J": ("c", ""),  # English Jafarov, German Alijew
    "D": ("c", "d"),  # dj: French Hadjiev, German Kostandjan
    "T": ("t", "s"),  # th: Thomas; Arabic ث as in Haitham, which Azerbaijani writes Heysəm
    "N": ("n", "ng"),  # -ng: Russian writes the Chinese sound н (Palladius, 1888)
    "P": ("p", "f"),  # Georgian ფ stands for f too, which Georgian lacks
    "W": ("v", ""),  # Walijew; Kaufmann
    "U": ("", "v"),  # у, و, au: the vowel, or v as in Раушан, أنور, August
    "C": ("s", "k"),  # Cyprus, Carl; Turkish Cafer
    "Q": ("ç", "x"),  # ch: English Chalkin, German Zelimchan
    "G": ("g", "c"),  # before e and i: Guliyev, Georgi
    "X": ("x", "ks"),  # Proxorov; Alexander
    "Z": ("z", "d"),  # ذ ض ظ: Riza, Rida
}
MOST_VARIED = (
    5  # capitals of one word that are read in every way: a word made of them would have thousands of readings
)
CLASSES = {
    sound: letter
    for letter, sounds in {
        "k": "kgqxğh", "s": "szşjcçц", "v": "vf", "b": "bp", "t": "td", "l": "l", "m": "m", "n": "n", "r": "r",
    }.items()
    for sound in sounds
}  # fmt: skip
_VOWELS = {
    "a": "A",
    "ə": "A",
    "e": "AI",
    "i": "I",
    "ı": "I",
    "y": "I",
    "o": "AU",
    "ö": "AU",
    "u": "U",
    "ü": "IU",
}
_VOWELS |= {"U": "U", "W": "U", "J": "I"}


def _bare(word: str) -> str:
    """Small letters of the tables above; marks they do not know are taken off."""
    # NFKC first, so that look-alikes and ligatures become the letters they show.
    text = unicodedata.normalize("NFKC", without_apostrophes(word)).casefold().replace("i̇", "i")
    return "".join(_known(character) for character in unicodedata.normalize("NFC", text))


@lru_cache(maxsize=4096)
def _known(character: str) -> str:
    if character in _LATIN or character in _OTHERS:
        return character
    bare = unicodedata.normalize("NFD", character)[0]
    if bare in _LATIN or bare in _OTHERS:
        return bare
    if unicodedata.category(character)[0] in "MC":
        return ""
    return "".join(letter for letter in anyascii(character).lower() if letter in _LATIN)


_DOUBLED = re.compile(r"(.)\1+")
_BEFORE_HISS = re.compile("[td](?=[sşzjçcц])")
_HARD_G = re.compile("G(?![eiıy])")
_ARTICLE = re.compile("^ال(?=..)")


@lru_cache(maxsize=65536)
def heard(word: str) -> str:
    """The sounds of one word, with capitals (`READINGS`) where hands differ."""
    text = _PAIR.sub(lambda match: _PAIRS[match[0]], _ARTICLE.sub("", _bare(word)))
    if text.startswith("г"):
        text = "Γ" + text[1:]
    if _AZERBAIJANI_ALONE & set(text):
        sounds = "".join(_AZERBAIJANI.get(letter) or _alone(letter) for letter in text)
    else:
        sounds = "".join(_SOUND_OF.get(some) or _alone(some) for some in _SEVERAL.findall(text))
    sounds = _HARD_G.sub("g", sounds)
    if sounds.startswith("W"):
        sounds = "v" + sounds[1:]
    if not has_no_vowels(word):  # there a vowel may stand between the two
        sounds = _BEFORE_HISS.sub("", sounds)
    return _DOUBLED.sub(r"\1", sounds)


def _alone(letter: str) -> str:
    return _LATIN.get(letter, _OTHERS.get(letter, letter))


# -- skeletons ------------------------------------------------------------------------------


def skeletons(word: str) -> frozenset[str]:
    """The consonants in classes, once for each way to read the word; "" for a word of vowels."""
    return skeletons_of_sounds(heard(word))


def skeletons_of_sounds(sounds: str) -> frozenset[str]:
    """The same of what `heard` gave, or of a piece of it."""
    return frozenset(_frames(sounds))


Frame = tuple[str, tuple[str, ...]]  # the consonants, and the vowels before, between and after them


@lru_cache(maxsize=65536)
def _frames(sounds: str) -> dict[str, tuple[Frame, ...]]:
    found: dict[str, list[Frame]] = {}
    for consonants, vowels in _ways(sounds):
        skeleton = "".join(CLASSES[sound] for sound in consonants)
        found.setdefault(skeleton, []).append((consonants, vowels))
    return {skeleton: tuple(frames) for skeleton, frames in found.items()}


def _ways(sounds: str) -> Iterator[Frame]:
    # One choice for a letter wherever it stands in the word: a hand is true to itself.
    capitals = [capital for capital in READINGS if capital in sounds]
    varied = [
        READINGS[capital] if at < MOST_VARIED else READINGS[capital][:1]
        for at, capital in enumerate(capitals)
    ]
    for chosen in product(*varied):
        taken = dict(zip(capitals, chosen, strict=True))
        consonants, runs = "", [""]
        for sound in sounds:
            for heard_as in taken.get(sound, sound) or sound:
                if heard_as in CLASSES and taken.get(sound, sound):
                    if consonants and not runs[-1] and CLASSES[consonants[-1]] == CLASSES[heard_as]:
                        continue  # two of a class with no vowel between are one: Əhməddin, Ahmedtin
                    consonants += heard_as
                    runs.append("")
                elif heard_as in _VOWELS:
                    runs[-1] += heard_as
        yield consonants, tuple(runs)


# -- how far apart --------------------------------------------------------------------------

# Consonants of one class that are commonly written for one another; the others of a class are 1.
_NEARER = {
    0.25: "kg kq gq ğg ğq xh gh cj sц zц",
    0.5: "kx kğ kh xğ ğh sz sş sç şj şç cç zj cz çц jç vf bp td",
}
_CONSONANTS = {frozenset(pair): cost for cost, pairs in _NEARER.items() for pair in pairs.split()}
APART = 9.0  # two words that share no skeleton


def distance(one: str, other: str) -> float:
    """How differently two words sound: 0 the same, 1 a vowel or a finer consonant differs, `APART` not one name.

    Vowels at the end of a word count half; between a script that writes short vowels and one
    that does not, vowels do not count.
    """
    return distance_of_sounds(
        heard(one), heard(other), vowels=not (has_no_vowels(one) or has_no_vowels(other))
    )


@lru_cache(maxsize=65536)
def distance_of_sounds(one: str, other: str, *, vowels: bool = True) -> float:
    """The same of what `heard` gave, or of pieces of it."""
    mine, theirs = _frames(one), _frames(other)
    ways = [
        _apart(frame, second, vowels)
        for skeleton in mine.keys() & theirs.keys()
        for frame in mine[skeleton]
        for second in theirs[skeleton]
    ]
    return min(ways, default=APART)


def has_no_vowels(word: str) -> bool:
    """Whether its script leaves short vowels out."""
    return any("\u0600" <= character <= "\u06ff" for character in word)


def _apart(one: Frame, other: Frame, vowels: bool) -> float:
    cost = sum(
        0.0 if a == b else _CONSONANTS.get(frozenset((a, b)), 1.0)
        for a, b in zip(one[0], other[0], strict=True)
    )
    if not vowels:
        return cost
    gaps = [_gap(a, b) for a, b in zip(one[1], other[1], strict=True)]
    return cost + sum(gaps[:-1]) + gaps[-1] / 2


def _gap(one: str, other: str) -> float:
    if not one and not other:
        return 0.0
    if not one or not other:
        return 0.5
    mine, theirs = (set("".join(_VOWELS[vowel] for vowel in run)) for run in (one, other))
    return 0.0 if mine & theirs else 1.0
