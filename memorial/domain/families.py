"""Which word of a name is the family's, for the wall ordered by family. Plain rules, no knowledge of anyone.

    family_word("Hacıyev Əli Məmməd oğlu")      # "Hacıyev"
    family_key("Əli Hacıyev", "az")             # "hacıyev", then the whole name, by the alphabet

In this order, the first that gives a word:

1. What stands before a comma: "Hajiyev, Ali".
2. Without patronymics (Məmməd oğlu, Məmməd qızı, Мамед оглы; Мамедович, Мамедовна) and what stands in brackets,
   the last word that ends as families' names do: -ov(a), -yev(a), -zadə, -ski, -yan, and -lı, -li, -lu, -lü after
   a consonant (so that Əli and Heydərəli are none). Thus "Hacıyev Əli" and "Əli Hacıyev" stand together.
3. The last word that is left.

The same rules for every language of the wall: a name does not change its family with the reader's alphabet. Where
they are wrong the name is still on the wall by name, and found by search.
"""

from __future__ import annotations

import re
from functools import lru_cache

from memorial.domain.names import fold, sort_key

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
# As the fold writes them, whichever script they came in.
_SON_OR_DAUGHTER = frozenset({"oglu", "ogli", "ogly", "qizi", "gizi", "kizi", "kyzy", "kizy", "oglou"})
_PATRONYMIC = re.compile(r"\w{3,}(ovic|evic|ovich|evich|ovits|ovna|evna|icna|ichna)")
_FAMILY = re.compile(
    r"\w{3,}(ov|ova|ev|eva|zade|zada|ski|skiy|skaya|yan|ian|gil)|\w{3,}[bcdfghjklmnpqrstvwxz]l[iu]"
)


@lru_cache(maxsize=4096)
def family_word(name: str) -> str:
    """The word, as it is written; "" where the name has none."""
    before, comma, after = _BRACKETS.sub(" ", name).partition(",")
    words = _without_patronymics(before.split())
    if comma and after.strip() and words:
        return words[-1] if len(words) > 1 else words[0]
    likely = [word for word in words if _FAMILY.fullmatch(fold(word).replace(" ", ""))]
    return (likely or words or [""])[-1]


def _without_patronymics(words: list[str]) -> list[str]:
    """The words without "Məmməd oğlu" and "Мамедович"; as they were where nothing else would be left."""
    kept: list[str] = []
    for word in words:
        folded = fold(word)
        if folded in _SON_OR_DAUGHTER and len(kept) > 1:
            kept.pop()  # whose son or daughter
        elif folded in _SON_OR_DAUGHTER or not folded:
            continue
        else:
            kept.append(word)
    plain = [word for word in kept if not _PATRONYMIC.fullmatch(fold(word))]
    return plain or kept or words


def family_key(name: str, language: str) -> str:
    """Orders by family, and within it by the whole name."""
    family = word_by_word(family_word(name), language)
    return f"{family}00{word_by_word(name, language)}" if family else ""


def word_by_word(name: str, language: str) -> str:
    """`sort_key`, for many names of which most share their words with others: a third of the time."""
    keys = (_of_word(word, language) for word in name.split())
    return "00".join(key for key in keys if key)


_of_word = lru_cache(maxsize=8192)(sort_key)
