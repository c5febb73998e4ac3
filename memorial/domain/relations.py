"""How one person stands to another: the words sources use, what each is from the other side, and who is not named.

    role_of_other("mother of")        # "child": the other is the child of whoever the page is about
    role_of_owner("mother of")        # "parent": seen from the other's page
    named("Kayun (killed)")           # "Kayun"
    is_unnamed("a daughter (missing), not named")     # True

Only what a source says is there: no kinship is made out of two others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# What somebody is to another -> what the other then is to them. In the order in which a page lists them.
INVERSE: Mapping[str, str] = {
    "parent": "child",
    "child": "parent",
    "spouse": "spouse",
    "sibling": "sibling",
    "grandparent": "grandchild",
    "grandchild": "grandparent",
    "aunt_uncle": "niece_nephew",
    "niece_nephew": "aunt_uncle",
    "cousin": "cousin",
    "parent_in_law": "child_in_law",
    "child_in_law": "parent_in_law",
    "sibling_in_law": "sibling_in_law",
    "relative": "relative",
    "neighbour": "neighbour",
}
FAMILY = frozenset(INVERSE) - {"neighbour"}

WORDS: Mapping[str, str] = {
    "mother of": "parent", "father of": "parent", "parent of": "parent",
    "daughter of": "child", "son of": "child", "child of": "child",
    "wife of": "spouse", "husband of": "spouse", "spouse of": "spouse", "widow of": "spouse", "widower of": "spouse",
    "brother of": "sibling", "sister of": "sibling", "sibling of": "sibling",
    "grandmother of": "grandparent", "grandfather of": "grandparent", "grandparent of": "grandparent",
    "granddaughter of": "grandchild", "grandson of": "grandchild", "grandchild of": "grandchild",
    "aunt of": "aunt_uncle", "uncle of": "aunt_uncle", "niece of": "niece_nephew", "nephew of": "niece_nephew",
    "cousin of": "cousin",
    "mother-in-law of": "parent_in_law", "father-in-law of": "parent_in_law",
    "daughter-in-law of": "child_in_law", "son-in-law of": "child_in_law",
    "sister-in-law of": "sibling_in_law", "brother-in-law of": "sibling_in_law",
    "relative of": "relative", "neighbour of": "neighbour", "neighbor of": "neighbour",
}  # fmt: skip

_NOT_NAMED = re.compile(r",? *\bnot named\b")
_BRACKETS = re.compile(r" *\([^()]*\)")


def role_of_owner(words: str) -> str:
    """What whoever the words are said of is to the other; "" for words that nobody knows, such as "aide to"."""
    said = " ".join(words.lower().split())
    return WORDS.get(said) or (said if said in INVERSE else "")


def role_of_other(words: str) -> str:
    """What the other is to whoever the words are said of."""
    return INVERSE.get(role_of_owner(words), "")


def is_unnamed(words: str) -> bool:
    return bool(_NOT_NAMED.search(words))


def named(words: str) -> str:
    """The name alone, without what stands in brackets after it; "" for somebody who is not named."""
    return "" if is_unnamed(words) else _BRACKETS.sub("", words).strip()
