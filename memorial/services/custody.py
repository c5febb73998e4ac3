"""Keys and contacts: what lies under a contribution's key, and who opened it.

Words that families and desk exchange, drafts and contacts are age ciphertext under the
contribution's key, so that destroying the key is enough. Opening a contact is logged.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime

from memorial.domain.errors import NotOpen, NotPermitted
from memorial.gate import Actor, GatedSession, may
from memorial.keys import ArchiveKey, ContributionKey
from memorial.models import Contribution, CustodyEvent, Party


def contribution_key(keys: ArchiveKey, contribution: Contribution) -> ContributionKey:
    """The contribution's own key. Raises NotOpen once it was destroyed."""
    if contribution.wrapped_key is None:
        raise NotOpen("key_destroyed")
    return keys.unwrap(contribution.wrapped_key)


def seal_words(session: GatedSession, keys: ArchiveKey, contribution_id: int | None, words: str) -> bytes:
    """Words as ciphertext: under the contribution's key, or the archive's where there is none."""
    if contribution_id is None:
        return keys.encrypt(words.encode())
    return contribution_key(keys, session.get_one(Contribution, contribution_id)).encrypt(words.encode())


def open_words(session: GatedSession, keys: ArchiveKey, contribution_id: int | None, cipher: bytes) -> str:
    """The words again; what was erased is gone and says so."""
    if contribution_id is None:
        return keys.decrypt(cipher).decode()
    return contribution_key(keys, session.get_one(Contribution, contribution_id)).decrypt(cipher).decode()


def hash_note(session: GatedSession, keys: ArchiveKey, contribution_id: int | None, words: str) -> str:
    """What the audit keeps of a note: a hash keyed by the contribution, empty where nothing was said."""
    if not words.strip():
        return ""
    return hasher(session, keys, contribution_id)(words)


def hasher(session: GatedSession, keys: ArchiveKey, contribution_id: int | None) -> Callable[[str], str]:
    """For many words at once: the key is opened one time. Raises NotOpen once it was destroyed."""
    if contribution_id is None:
        pepper = keys.pepper()
        return lambda words: hmac.new(pepper, words.encode(), hashlib.sha256).hexdigest()
    key = contribution_key(keys, session.get_one(Contribution, contribution_id))
    return lambda words: key.keyed_hash(words.encode())


def show_contact(
    session: GatedSession, actor: Actor, keys: ArchiveKey, contribution: Contribution, *, now: datetime
) -> dict[str, str]:
    """The contacts left with a contribution, by kind of party; logged before they are returned."""
    verdict = may(session, actor, "see_contact", now=now)
    if not verdict:
        raise NotPermitted(verdict.reason)
    log(session, actor, "contact_shown", f"contribution:{contribution.public_id}", contribution.id, now=now)
    parties = session.query(Party).filter(
        Party.contribution_id == contribution.id, Party.contact.is_not(None)
    )
    key = contribution_key(keys, contribution)
    return {party.kind: key.decrypt(party.contact).decode() for party in parties if party.contact}


def log(
    session: GatedSession,
    actor: Actor,
    verb: str,
    thing: str,
    contribution_id: int | None,
    *,
    now: datetime,
    digest: str = "",
) -> None:
    """One line in the custody log, which nobody can change."""
    session.add(
        CustodyEvent(
            at=now, actor=actor.label, verb=verb, thing=thing, contribution_id=contribution_id, digest=digest
        )
    )
