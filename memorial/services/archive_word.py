"""The archive's own word about a record: what it says yes to, and what it hides for the time being.

    publish(session, record, contribution_id, by=actor, at=now)   # yes to that contribution's parts
    hide(session, record, ["memory:7"], by=actor, at=now)         # the page, or one part
    show_again(session, record, ["memory:7"], by=actor, at=now)   # what was said before stands again
    attach(session, record, ["7b…"], [], by=actor, at=now)        # files of the archive's own, and those taken away
    release(session, record, ["transcript:7b…"], by=actor, at=now)  # words of a recording that somebody has read
    word(session, record_id)                                      # what stands, and what is hidden so

The archive is a party like any other and its latest entry is its whole will, so each of these
says all of it anew, and locks the record before it reads what was said: two at once would else
each say what the other had taken back. A blanket is spelled out first, part by part: said again it would reach
what came after it, which nobody at the desk has read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.domain.consent import Grants
from memorial.gate import Actor, GatedSession
from memorial.models import LedgerEntry, Media, Part, Party, Record
from memorial.services import consent
from memorial.services.consent import Said

PAGE = "page"
ATTACHED = "attached:"  # what the part of a file begins with that an editor attached (docs/decisions/0014)
SET_ASIDE = (
    -1
)  # the position of one that is proposed, or was taken away: it is not the archive's to say yes to
# Parts made from a recording to which the recording's own yes is not enough: somebody reads them first. As their kind
# is named in the archive's word with nothing, one that is not named by itself is shown to nobody (docs/decisions/0018).
RELEASED = ("transcript", "translation", "chapters", "interview")
Will = Mapping[str, Grants]


@dataclass(frozen=True, slots=True)
class Word:
    """What the latest entry allows, and what was allowed once and is no longer, part by part."""

    standing: Will = field(default_factory=dict)
    held: Will = field(default_factory=dict)


def publish(
    session: GatedSession, record: Record, contribution_id: int | None, *, by: Actor, at: datetime
) -> None:
    """Yes to every part of this contribution (None: the archive's own), and to nothing else.

    What the archive hides for now stays hidden: only `show_again` ends that.
    """
    consent.lock(session, [record.id])
    aside = _set_aside(session, record.id)
    mine = {key for key, owner in _owners(session, record.id).items() if owner == contribution_id}
    mine = {key for key in mine if key.partition(":")[0] not in RELEASED} - aside
    hidden = held(session, record.id)
    will = {
        **standing(session, record.id),
        **{key: _whole(key, alone=contribution_id is None) for key in sorted(mine - hidden.keys())},
    }
    _say(session, record, will, by, at)


def hide(session: GatedSession, record: Record, keys: Collection[str], *, by: Actor, at: datetime) -> None:
    """No yes of the archive's for these parts for now; for the page: for nothing of the record."""
    consent.lock(session, [record.id])
    stood = standing(session, record.id)
    will = {} if PAGE in keys else {key: grants for key, grants in stood.items() if key not in keys}
    _say(session, record, will, by, at)


def show_again(
    session: GatedSession, record: Record, keys: Collection[str] = (), *, by: Actor, at: datetime
) -> None:
    """What the archive said of these parts before it hid them; without keys: of all that it hides."""
    consent.lock(session, [record.id])
    before = held(session, record.id)
    chosen = {key: before[key] for key in before if not keys or key in keys}
    _say(session, record, {**standing(session, record.id), **chosen}, by, at)


def attach(
    session: GatedSession,
    record: Record,
    come: Collection[str],
    gone: Collection[str],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Yes to files that an editor attached, by their public ids, and no yes any longer to others."""
    consent.lock(session, [record.id])
    left = {f"{ATTACHED}{each}" for each in gone}
    will = {key: grants for key, grants in standing(session, record.id).items() if key not in left}
    _say(session, record, will | {key: _whole(key) for key in (f"{ATTACHED}{each}" for each in come)}, by, at)


def release(session: GatedSession, record: Record, keys: Collection[str], *, by: Actor, at: datetime) -> None:
    """Yes to words made from a recording, in so far as the recording itself has one. `hide` takes it back."""
    consent.lock(session, [record.id])
    _say(session, record, {**standing(session, record.id), **{key: _whole(key) for key in keys}}, by, at)


def _whole(key: str, *, alone: bool = False) -> Grants:
    """What the archive says of a part. Whose rights a file is shown by need not have allowed more than that."""
    if key.startswith(ATTACHED):
        return rules.chosen(rules.AUDIENCES, ("view", "download"))
    return rules.of_its_own() if alone else rules.everything()


def _set_aside(session: GatedSession, record_id: int) -> set[str]:
    wanted = select(Part.key).join(Media, Media.part_id == Part.id)
    return set(session.scalars(wanted.where(Media.record_id == record_id, Media.position < 0)))


def standing(session: GatedSession, record_id: int) -> dict[str, Grants]:
    """What the latest entry allows, part by part."""
    for position, text in _texts(session, record_id):
        return _reached(session, record_id, position, rules.will_from_json(text))
    return {}


def held(session: GatedSession, record_id: int) -> Mapping[str, Grants]:
    """Parts that the archive allowed once and allows no longer, each with what it last said of it."""
    return word(session, record_id).held


def word(session: GatedSession, record_id: int) -> Word:
    """Both, read once."""
    found: dict[str, Grants] = {}
    aside = _set_aside(session, record_id)
    texts = list(_texts(session, record_id))
    now = {}
    if texts:
        now = _reached(session, record_id, texts[0][0], rules.will_from_json(texts[0][1]))
    for position, text in texts[1:]:
        named = json.loads(text)
        # Most of what was ever said is said still: read in full only where something else is named.
        if (
            not _blankets(named)
            and {key for key, grants in named.items() if grants} <= now.keys() | found.keys() | aside
        ):
            continue
        for key, grants in _reached(session, record_id, position, rules.will_from_json(text)).items():
            if key not in now and key not in aside:
                found.setdefault(key, grants)
    return Word(now, found)


def has_allowed(session: GatedSession, record_id: int, contribution_id: int | None) -> bool:
    """Whether the archive ever said yes to a part of this contribution."""
    mine = {key for key, owner in _owners(session, record_id).items() if owner == contribution_id}
    return any(
        mine & _reached(session, record_id, position, rules.will_from_json(text)).keys()
        for position, text in _texts(session, record_id)
        if _blankets(named := json.loads(text)) or mine & named.keys()
    )


def _owners(session: GatedSession, record_id: int) -> dict[str, int | None]:
    rows = session.execute(select(Part.key, Part.contribution_id).where(Part.record_id == record_id))
    return {row[0]: row[1] for row in rows}


def _blankets(named: Collection[str]) -> bool:
    """Whether a will speaks of more than the parts it names."""
    return any(key == rules.EVERY_PART or key.startswith("kind:") for key in named)


def _texts(session: GatedSession, record_id: int) -> Iterator[tuple[int, str]]:
    """What the archive said as the ledger holds it, the latest first."""
    wanted = (
        select(LedgerEntry.position, LedgerEntry.will)
        .join(Party, Party.id == LedgerEntry.party_id)
        .where(LedgerEntry.record_id == record_id, LedgerEntry.act == "will", Party.kind == rules.ARCHIVE)
        .order_by(LedgerEntry.position.desc())
    )
    for row in session.execute(wanted):
        yield row[0], row[1]


def _reached(session: GatedSession, record_id: int, position: int, will: Will) -> dict[str, Grants]:
    """The entry spelled out: what it allowed of each part that was there when it was said."""
    found = dict(will)
    if _blankets(will):
        stored = select(Part.key, Part.kind, Part.added).where(Part.record_id == record_id)
        for key, kind, added in session.execute(stored):
            blanket = will.get(f"kind:{kind}", will.get(rules.EVERY_PART, {})) if added < position else {}
            found.setdefault(key, blanket)
        found = {
            key: grants for key, grants in found.items() if key != rules.EVERY_PART and key[:5] != "kind:"
        }
    return {key: grants for key, grants in found.items() if grants}


def _say(session: GatedSession, record: Record, will: Will, by: Actor, at: datetime) -> None:
    kinds = select(Part.kind).where(Part.record_id == record.id, Part.kind.in_(RELEASED)).distinct()
    will = {**will, **{f"kind:{kind}": {} for kind in session.scalars(kinds)}}
    said = Said(consent.archive_party(session), "will", will, authority="archive", method="desk")
    consent.append(session, record, said, by=by, at=at)
