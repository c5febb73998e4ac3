"""The lists of words that hints go by: those that ship with the program, or the archive's own in their place.

    lists = chosen(session)                                  # {"minors": {"az": (phrase, …)}}, for the rules
    save(session, actor, "minors", "az", typed, expected=seen, now=now)
    reset(session, actor, "minors", "az", expected=seen, now=now)

A list works from the next page on. Two people who edit one at once do not overwrite each other:
a form carries the digest of the list it showed. The audit has which list and how many phrases, no phrase.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from memorial.domain import word_lists as rules
from memorial.domain.errors import Invalid, NotOpen, NotPermitted, Stale
from memorial.gate import Actor, GatedSession, may
from memorial.models import ArchiveSetting
from memorial.services import consent, site
from memorial.services.audit import Act, record_act

VERB = "edit_word_lists"


@dataclass(frozen=True, slots=True)
class WordList:
    """One list as the desk edits it."""

    name: str
    language: str
    phrases: tuple[str, ...]
    own: bool  # the archive's, in place of the one that ships

    @property
    def digest(self) -> str:
        return hashlib.sha256("\n".join([str(self.own), *self.phrases]).encode()).hexdigest()[:16]


def key_of(name: str) -> str:
    """Under which setting the archive's own lists of this name are kept, by language."""
    return name if name == rules.DISTRESS else f"words_{name}"


def chosen(
    session: GatedSession, names: Collection[str] = rules.NAMES
) -> dict[str, dict[str, tuple[str, ...]]]:
    """The lists in use, by name and language, in one query."""
    own = _own(session, names)
    return {name: {**rules.SHIPPED[name], **own[name]} for name in names}


def _own(session: GatedSession, names: Collection[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    wanted = select(ArchiveSetting.key, ArchiveSetting.value)
    wanted = wanted.where(ArchiveSetting.key.in_([key_of(name) for name in names]))
    stored = {row.key: row.value for row in session.execute(wanted)}
    return {name: _by_language(stored.get(key_of(name))) for name in names}


def _by_language(value: Any) -> dict[str, tuple[str, ...]]:
    """A setting as lists; what is none, as a file could have brought it, counts as not said."""
    listed = value.items() if isinstance(value, Mapping) else ()
    return {code: tuple(map(str, phrases)) for code, phrases in listed if isinstance(phrases, list)}


def all_lists(session: GatedSession, languages: Collection[str]) -> list[WordList]:
    """Every list of these languages, and of any other that the archive wrote one for."""
    own = _own(session, rules.NAMES)
    found = []
    for name in rules.NAMES:
        codes = dict.fromkeys([*languages, *rules.SHIPPED[name], *own[name]])
        found += [_list(name, code, own[name]) for code in codes]
    return found


def _list(name: str, language: str, own: Mapping[str, tuple[str, ...]]) -> WordList:
    phrases = own.get(language, rules.SHIPPED[name].get(language, ()))
    return WordList(name, language, phrases, language in own)


def save(
    session: GatedSession, actor: Actor, name: str, language: str, typed: str, *, expected: str, now: datetime
) -> None:
    """The archive's own list from now on. Raises Invalid with the phrase that cannot be used, Stale, NotPermitted."""
    phrases = rules.tidied(typed)
    phrase, wrong = rules.wrong_in(phrases)
    if wrong:
        raise Invalid(wrong, field=f"{name}-{language}", phrase=phrase)
    _change(session, actor, name, language, phrases, expected, now)


def reset(
    session: GatedSession, actor: Actor, name: str, language: str, *, expected: str, now: datetime
) -> None:
    """The list that ships with the program again."""
    _change(session, actor, name, language, None, expected, now)


def _change(
    session: GatedSession,
    actor: Actor,
    name: str,
    language: str,
    phrases: tuple[str, ...] | None,
    expected: str,
    now: datetime,
) -> None:
    verdict = may(session, actor, VERB, now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    if name not in rules.NAMES:
        raise NotOpen("word_list")
    consent.move_epoch(session)  # also the lock: whoever comes second reads what the first has written
    own = _own(session, (name,))[name]
    if _list(name, language, own).digest != expected:
        raise Stale("list_changed")
    if own.get(language) == phrases:
        return
    kept = {code: listed for code, listed in own.items() if code != language}
    if phrases is not None:
        kept[language] = phrases
    site.change(session, {key_of(name): {code: list(listed) for code, listed in kept.items()}})
    details = {"list": name, "language": language, "phrases": None if phrases is None else len(phrases)}
    record_act(session, actor, Act(VERB, f"setting:{name}", details=details), now)
