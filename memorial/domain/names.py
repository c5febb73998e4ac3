"""One fold for names and prose, and the alphabets that lists are ordered by.

`fold(text)` is what search indexes and what it asks for: lower-case ASCII words parted by
single spaces. `tokens(text)` is the same as a list. `sort_key(text, language)` orders a
list by the alphabet of the chosen language, `first_letter(text, language)` is its heading,
`headings(language)` are all of them.

The fold writes every script as Azerbaijani is typed without its own letters (ə as e, ı as
i, ş as s), because that is how people type when the keyboard has no other. Where the
rules come from:

- Azerbaijani Latin: the alphabet law of 1991, amended 1992 (ə for ä); its letters lose
  their marks. Turkish, accents and ligatures: Unicode decomposition, then anyascii.
- Cyrillic: the Azerbaijani alphabet of 1958 has one Latin letter for each of its own
  (х = x, ч = ç, ш = ş, ж = j, ҹ = c, ғ = ğ), so Russian is read by it too; Russian ё is
  written е by most hands; ъ and ь are silent; дж is how Russian writes c.
- Armenian: ISO 9985 without its marks, brought to the same letters (խ = x, շ = s, ջ = c).
- Perso-Arabic: each letter as Persian and Azerbaijani hands sound it, brought to the same
  letters (خ = x, غ = g, و = u); marks and short vowels are left out.
- Latin transcriptions: kh, gh, zh, dj and dzh, as English, French and Russian passports
  write x, ğ, j and c. Not sh and ch: in English prose they would make "chart" of "cart".
- Everything else: anyascii.

It brings spellings near, it does not make them equal: that is the work of name keys.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

_APOSTROPHES = "'`´‘’‛′ʹʻʼʽʾʿˈꞌ՚＇ʿʾ׳"


def table(pairs: str) -> dict[str, str]:
    """Reads "ş=s ъ=": what stands left is written as what stands right, or not at all."""
    return {left: right for left, _, right in (pair.partition("=") for pair in pairs.split())}


_LETTERS = table(
    # Latin letters that do not come apart into a letter and a mark
    "ə=e ǝ=e ı=i ð=d þ=th đ=d ŋ=n "
    # Cyrillic: Russian, then Azerbaijani, then neighbours
    "а=a б=b в=v г=g д=d е=e ё=e ж=j з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f "
    "х=x ц=ts ч=c ш=s щ=sc ъ= ы=i ь= э=e ю=yu я=ya "
    "ә=e ғ=g ҹ=c ҝ=g ө=o ү=u һ=h ј=y "
    "і=i ї=yi є=ye ґ=g ў=v қ=q ң=n ұ=u ӏ= "
    # Armenian
    "ա=a բ=b գ=g դ=d ե=e զ=z է=e ը=i թ=t ժ=j ի=i լ=l խ=x ծ=ts կ=k հ=h ձ=dz ղ=g ճ=c մ=m "
    "յ=y ն=n շ=s ո=o չ=c պ=p ջ=c ռ=r ս=s վ=v տ=t ր=r ց=ts ւ=v փ=p ք=k օ=o ֆ=f և=ev "
    # Arabic script
    "ا=a آ=a أ=a إ=i ٱ=a ب=b پ=p ت=t ث=s ج=c چ=c ح=h خ=x د=d ذ=z ر=r ز=z ژ=j س=s ش=s "
    "ص=s ض=z ط=t ظ=z ع= غ=g ف=f ق=q ک=k ك=k گ=g ل=l م=m ن=n ه=h ة=e ھ=h ہ=h ە=e "
    "و=u ؤ=u ۇ=u ۆ=o ی=i ي=i ى=i ئ= ێ=e ء= ـ="
)

# Together, before the letters alone: Armenian writes u with two.
_PAIRS = (("ու", "u"),)
_TRANSCRIPTIONS = re.compile(r"dzh|dj|kh|gh+|zh")
_TRANSCRIBED = {"dzh": "c", "dj": "c", "kh": "x", "zh": "j"}

_TABLE_LIMIT = 20_000  # a text that walks through all of Unicode must not grow it for ever


def _one(character: str) -> str:
    """One folded and composed character as a-z and 0-9, "" or the space that parts words."""
    if character in _LETTERS:
        return _LETTERS[character]
    if character in _APOSTROPHES:
        return ""
    category = unicodedata.category(character)
    if category[0] == "M" or category == "Cf":
        return ""
    if category[0] not in "LN":
        return " "
    bare = unicodedata.normalize("NFKD", character)[0]
    if bare in _LETTERS:
        return _LETTERS[bare]
    ascii_letters: str = anyascii(bare)
    return re.sub("[^a-z0-9]", "", ascii_letters.lower())


class _Table(dict[int, str]):
    """For str.translate: learns each character once."""

    def __missing__(self, code: int) -> str:
        folded = _one(chr(code))
        if len(self) < _TABLE_LIMIT:
            self[code] = folded
        return folded


_TABLE = _Table()
_DROP_APOSTROPHES = dict.fromkeys(map(ord, _APOSTROPHES))


def without_apostrophes(text: str) -> str:
    """The text without the many signs that are written for a glottal stop or a soft sign."""
    return text.translate(_DROP_APOSTROPHES)


def fold(text: str) -> str:
    """Lower-case words of a-z and 0-9, one space between them. `fold(fold(x)) == fold(x)`."""
    if text.isascii():
        text = text.lower()
    else:
        # NFKC would make a space of the apostrophe ´, and casefold can undo NFKC.
        text = without_apostrophes(text)
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        for pair, letter in _PAIRS:
            text = text.replace(pair, letter)
    text = _TRANSCRIPTIONS.sub(_transcribed, text.translate(_TABLE))
    return " ".join(text.split())


def _transcribed(match: re.Match[str]) -> str:
    return _TRANSCRIBED.get(match[0], "g")


class _Signs(dict[int, int | str]):
    """For str.translate: a space for whatever parts words, everything else as it is."""

    def __missing__(self, code: int) -> int | str:
        sign = chr(code)
        # A sign such as ㈀ holds a letter that NFKC brings out.
        kept: int | str = " " if _one(sign) == " " and not fold(sign) else code
        if len(self) < _TABLE_LIMIT:
            self[code] = kept
        return kept


_SIGNS = _Signs()


def without_signs(text: str) -> str:
    """The text with a space for every character at which `fold` parts words; as long as it was."""
    return text.translate(_SIGNS)


_SCRIPTS = {"LATIN": "Latn", "CYRILLIC": "Cyrl", "ARMENIAN": "Armn", "ARABIC": "Arab", "GEORGIAN": "Geor"}


def script_of(words: str) -> str:
    """ISO 15924 of the first letter; "" where it is none of those known here."""
    letter = next((character for character in words if character.isalpha()), "")
    return _SCRIPTS.get(unicodedata.name(letter, "").split(" ")[0], "") if letter else ""


def tokens(text: str) -> list[str]:
    """The folded words, in order."""
    return fold(text).split()


# Held against CLDR 48 (ICU 78) and the CLDR rules of Unicode::Collate::Locale 1.31:
# - az: the alphabet law of 1991/92; x stands after h, q after k, and w, which it lacks, comes last.
# - tr: with the Latin letters it lacks (q, w, x) in their Latin places.
# - ru: CLDR files ё among е; here it is a letter of its own after е, as the alphabet has it.
# - hy: the letters of Mashtots and, after ք, the sign և as the 39th, as reformed spelling and CLDR had it
#   (CLDR 48 reads it as եւ). The two letters եւ stay two: Եւա stands under Ե, beside Եվա.
ALPHABETS = {
    "az": "abcçdeəfgğhxıijkqlmnoöprsştuüvyzw",
    "tr": "abcçdefgğhıijklmnoöpqrsştuüvwxyz",
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "en": "abcdefghijklmnopqrstuvwxyz",
    "hy": "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքևօֆ",
}
OTHER = "#"  # heading for names that begin with no letter
_DOTTED = {"az", "tr"}
_EV = "\ue000"  # և while NFKC and casefold, which both take it apart, have their way


def sort_key(text: str, language: str) -> str:
    """A string of digits whose order is the alphabet's, in any collation of a database.

    Words part before letters, so that "Ba Ca" comes before "Baa". Letters of another
    script come after the alphabet, by their fold. Unknown languages are ordered as English.
    """
    places = _places(_known(language))
    return "00".join("".join(places[letter] for letter in word) for word in _words(text, language))


def first_letter(text: str, language: str) -> str:
    """The capital a list files this under: of the alphabet, else Latin, else `OTHER`."""
    language = _known(language)
    letters = "".join(_words(text, language))
    if not letters or letters[0].isdecimal():
        return OTHER
    return _capital(letters[0], language)


def headings(language: str) -> tuple[tuple[str, str], ...]:
    """What a list can be opened at: each letter's capital, with the first two figures of the keys under it.

    Letters of the alphabet, then the Latin ones it lacks, then `OTHER` for figures, which come first in order.
    """
    return _headings(_known(language))


@lru_cache(maxsize=8)
def _headings(language: str) -> tuple[tuple[str, str], ...]:
    places = _places(language)
    return (
        *((_capital(each, language), places[each]) for each in places if not each.isdecimal()),
        (OTHER, ""),
    )


def heading_of(key: str, language: str) -> str:
    """The heading that a sorting key stands under: that of the text it was made of."""
    return _under(_known(language)).get(key[:2], OTHER)


@lru_cache(maxsize=8)
def _under(language: str) -> dict[str, str]:
    return {place: capital for capital, place in headings(language) if place}


def _known(language: str) -> str:
    primary = language.split("-", maxsplit=1)[0].lower()
    return primary if primary in ALPHABETS else "en"


def _capital(letter: str, language: str) -> str:
    if letter == "և":
        return "Եւ"
    return "İ" if letter == "i" and language in _DOTTED else letter.upper()


def _words(text: str, language: str) -> list[str]:
    """Words in letters of the alphabet, or of the fold where the alphabet lacks them."""
    language = _known(language)
    text = without_apostrophes(text)
    if language == "hy":
        text = text.replace("և", _EV)
    text = unicodedata.normalize("NFKC", text)
    if language in _DOTTED:
        text = text.replace("I", "ı").replace("İ", "i")
    text = unicodedata.normalize("NFKC", text.casefold().replace("i̇", "i"))
    if language == "hy":
        text = text.replace(_EV, "և")
    return "".join(_letter(character, language) for character in text).split()


def _letter(character: str, language: str) -> str:
    if character in ALPHABETS[language]:
        return character
    bare = unicodedata.normalize("NFKD", character)[0]
    return bare if bare in ALPHABETS[language] else _TABLE[ord(character)]


@lru_cache(maxsize=len(ALPHABETS))
def _places(language: str) -> dict[str, str]:
    """Two figures a letter; digits first, then the alphabet, then Latin letters it lacks."""
    order = "0123456789" + ALPHABETS[language]
    order += "".join(letter for letter in ALPHABETS["en"] if letter not in order)
    return {letter: f"{place:02d}" for place, letter in enumerate(order, 1)}
