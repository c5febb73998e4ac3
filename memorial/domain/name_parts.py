"""The parts of a name: its words, their endings, and the words that may be left out.

    words("Məmmədov Əli Həsən oğlu")     # ["Məmmədov", "Əli", "Həsən"]
    forms("Hacıbəyovlar")                # the word, and what it is without its plural, with its costs

The same person is a Hacıyev in a Soviet passport, Hacızadə or Hacılı after 1991, a Hajiyeva as a
woman, one of the Hacıyevlər in a memoir. What stands in the tables below:

- Family endings: -ov -yev -zadə -lı -ski -bəyov: Soviet practice until 1991 and the Azerbaijani
  ones beside them, which the State Language Commission recommends since 1993; -bəy is -bek and
  göy- is geok- in Russian (Ашурбеков, Геокчай).
- Patronymics: oğlu (son of), qızı (daughter of), and Russian -ович, -овна.
- Short names, as Russian makes them and the Soviet press wrote them (N. A. Petrovsky, Dictionary of
  Russian personal names, 1966). Other languages' short names come with the person: a name of the
  kind "nickname" is looked for like every other.
- Titles: of pilgrims (Hacı, Məşədi, Kərbəlayi), of descent and rank (Seyid, Mirzə, bəy, xan), of
  politeness (müəllim, xanım; Mr, Dr): a source gives them or not, so a search can do without.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from memorial.domain.name_sounds import CLASSES, heard
from memorial.domain.names import fold


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BETWEEN = re.compile(r"[\s\-\u2010-\u2015.,;:/()\[\]\"«»“”„]+")
# One letter of Azerbaijani that another alphabet writes with two, or with one that is a syllable: Ch. is Ç., Ю. is Y.
_FIRST_LETTERS = {
    "ch": "Ç", "sh": "Ş", "kh": "X", "gh": "Ğ", "zh": "J", "dj": "C", "dzh": "C", "дж": "C", "yu": "Y", "ya": "Y",
    "ye": "Y", "yo": "Y", "ю": "Y", "я": "Y", "ё": "Y",
}  # fmt: skip
_INITIAL = re.compile(rf"\b({'|'.join(_FIRST_LETTERS)})\.", re.IGNORECASE)
_ARTICLES = frozenset(("əl", "al", "el", "ül", "ul", "ال"))
# As `fold` writes them.
_PATRONYMIC_WORDS = _set("""oglu oqlu ogli ogly oghlu qizi gizi kizi kyzy qyzy gyzy ibn bin bint binti""")
TITLES = _set(
    """haci hacci haji hajji hadji gadji mesedi meshedi mashadi mesadi kerbelayi kerbalayi karbalai
    seyid sayid seyyid mirze mirza molla mulla seyx sheikh shaikh bey bek beg xan xanim muellim hekim
    doktor doctor dr mr mrs ms miss prof professor general colonel major captain sir monsieur herr
    president prezident"""
)
# Family endings in sounds, the longest first: after them stands nothing of the family's own name.
_FAMILY = re.compile(
    "(?:(?:b[əea]y|b[ea][kgq])?(?:[yJiı]?[oeöə][vWf][aə]?|zad[aəe]h?|l[ıiuüyU]|l?[ıiy]?nsk[iıyJ]+|sk[iıyJ]+|sk[aə]y[aə])"
    "|o[ğgqk]l[ıiuüyU]|[qkgQ][ıiy]z[ıiy])$"
)
_PATRONYMIC = re.compile("[yJiı]?[oeöə][vW](?:[iı][çQ]|n[aə])$")  # Гасанович, Гасановна
_PLURAL = re.compile(
    "(?<=...)(?:l[aəe]r|(?<=[oeöə][vWf])[ıiys]|(?<=[aə]n)[цs]|(?<=.....)[aiu]s)$"
)  # Hacıyevlər; Ашурбековы, Latvian Flatovs, Armenian -янц
_SHORT = """
    Александр: Саша Шура Алик; Алексей: Алёша Лёша; Анатолий: Толя Толик; Анна: Аня Нюра; Борис: Боря; Валентин: Валя;
    Валерий: Валера; Василий: Вася; Виктор: Витя; Владимир: Володя Вова; Вячеслав: Слава; Галина: Галя; Георгий: Жора Гоша;
    Григорий: Гриша; Дмитрий: Дима Митя; Евгений: Женя; Екатерина: Катя; Елена: Лена; Иван: Ваня; Ирина: Ира;
    Константин: Костя; Людмила: Люда Люся; Мария: Маша; Михаил: Миша; Надежда: Надя; Наталья: Наташа; Николай: Коля;
    Ольга: Оля; Павел: Паша; Пётр: Петя; Раиса: Рая; Сергей: Серёжа; Светлана: Света; Тамара: Тома; Татьяна: Таня;
    Юрий: Юра; Яков: Яша
"""
NICKNAMES = {
    heard(short): heard(full.strip())
    for full, _, shorts in (line.partition(":") for line in _SHORT.split(";"))
    for short in shorts.split()
}
_BEY = re.compile("b[əea]y(?=$|[oeöə][vWf]|l)")
_LI = re.compile("(?<=...)l[ıiyuü]nsk[iıyJ]+$")  # Шихлинский is Şıxlı, Talyshinski the Talışlı


class Form(NamedTuple):
    """A way to take a word: its sounds, what that costs, and why: "", plural, bey, nickname, patronymic or family."""

    sounds: str
    cost: float
    why: str


@lru_cache(maxsize=65536)
def forms(word: str) -> tuple[Form, ...]:
    """The word itself first, then what it is without endings that come and go."""
    sounds = heard(word)
    found = {sounds: Form(sounds, 0.0, "")}

    def add(changed: str, cost: float, why: str) -> str:
        if changed:
            found.setdefault(changed, Form(changed, cost, why))
        return changed or sounds

    single = add(_PLURAL.sub("", sounds), 0.25, "plural")
    single = add(_BEY.sub("bek", single), 0.25, "bey")
    single = add(single.replace("göy", "gök"), 0.25, "bey")
    add(_LI.sub("lı", single), 0.5, "plural")
    add(NICKNAMES.get(sounds, ""), 0.5, "nickname")
    for ending, why in ((_PATRONYMIC, "patronymic"), (_FAMILY, "family")):
        stem = ending.sub("", single)
        if stem != single and set(stem) & CLASSES.keys():  # of Əli nothing would be left
            add(stem, 1.0, why)
            break
    return tuple(found.values())


class Word(NamedTuple):
    """One word of a name; `optional` where a source may leave it out."""

    text: str
    folded: str
    optional: bool = False


@lru_cache(maxsize=65536)
def words(name: str) -> tuple[Word, ...]:
    """The words of a name, in order, without articles and "son of"; titles are optional beside others."""
    name = _INITIAL.sub(lambda found: f"{_FIRST_LETTERS[found[1].casefold()]}.", name)
    pieces = [piece for piece in _BETWEEN.split(name) if piece and piece.casefold() not in _ARTICLES]
    every = [Word(piece, fold(piece).replace(" ", "")) for piece in pieces]
    named = [word for word in every if word.folded and word.folded not in _PATRONYMIC_WORDS]
    titles = [word.folded in TITLES for word in named]
    if all(titles):
        return tuple(named)
    return tuple(Word(word.text, word.folded, title) for word, title in zip(named, titles, strict=True))
