"""The archive's reply texts: as shipped, or as it has written them itself; and where they may be used.

texts = texts_of(session)                       # key -> language -> text
save(session, actor, texts, now=now)            # verb edit_replies
look(session, item, verb, note)                 # raises NotPermitted("own_line")
languages_for(session, item)                    # the family's first
"""

from __future__ import annotations

from datetime import datetime

from memorial.domain import replies as rules
from memorial.domain import workflow
from memorial.domain.errors import Invalid, NotPermitted
from memorial.domain.replies import KEYS, LANGUAGES, LONGEST, SHIPPED, Texts
from memorial.gate import Actor, GatedSession, may
from memorial.models import ArchiveSetting, Contribution, Item
from memorial.services.audit import Act, record_act

SETTING = "replies"


def texts_of(session: GatedSession) -> dict[str, dict[str, str]]:
    """Every text in every language; what the archive has not written itself is as shipped."""
    chosen = session.get(ArchiveSetting, SETTING)
    own = chosen.value if chosen is not None else {}
    return {
        key: {language: own.get(key, {}).get(language) or SHIPPED[key][language] for language in LANGUAGES}
        for key in KEYS
    }


def save(session: GatedSession, actor: Actor, texts: Texts, *, now: datetime) -> None:
    """Keep what differs from what is shipped; an empty text is the shipped one again. Raises NotPermitted, Invalid."""
    verdict = may(session, actor, "edit_replies", now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    own: dict[str, dict[str, str]] = {}
    for key in KEYS:
        for language in LANGUAGES:
            text = texts.get(key, {}).get(language, "").strip()
            if len(text) > LONGEST:
                raise Invalid("too_long", field=f"{key}-{language}")
            if text and text != SHIPPED[key][language]:
                own.setdefault(key, {})[language] = text
    stored = session.get(ArchiveSetting, SETTING)
    if (stored.value if stored is not None else {}) == own:
        return
    if stored is None:
        session.add(ArchiveSetting(key=SETTING, value=own))
    else:
        stored.value = own
    record_act(session, actor, Act("edit_replies", "archive"), now)


def look(session: GatedSession, item: Item, verb: str, note: str) -> None:
    """Words that leave the desk begin with a line of one's own; nobody is answered by a text alone."""
    step = workflow.step_for(item.kind, item.state, verb)
    outside = verb == "write_to_sender" or (step is not None and "tell_family" in step.then)
    if not (outside and note.strip()):
        return
    known = [text for each in texts_of(session).values() for text in each.values()]
    if not rules.begins_by_hand(note, known):
        raise NotPermitted("own_line")


def languages_for(session: GatedSession, item: Item) -> list[str]:
    """In which order the texts are offered: as the family reads, then as the item is written, then the others."""
    contribution = session.get(Contribution, item.contribution_id) if item.contribution_id else None
    first = [contribution.language if contribution else "", item.language]
    return [code for code in dict.fromkeys([*first, *LANGUAGES]) if code in LANGUAGES]
