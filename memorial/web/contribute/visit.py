"""The family's session in a browser: which contribution it may write, and how it ends.

    visit = here()                       # Visit or None
    with changing(visit) as work: …      # work.session, .contribution, .draft, .keep(); one commit
    start(contribution, draft, code)     # the code was just made, or just given
    leave()                              # this browser, and every other one with the same contribution

The cookie names the contribution; the encrypted sheet says whether that session is still good:
each quick exit shuts the doors of all that were open. The code itself goes along as ciphertext
under the archive's key, only until it has been shown the second time.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import g, session
from sqlalchemy import select

from memorial.domain.errors import NotOpen
from memorial.domain.tasks import TASKS
from memorial.gate import GatedSession, Reader
from memorial.keys import CannotDecrypt
from memorial.models import Contribution
from memorial.services import contribute, photographs
from memorial.services.contribute import Draft
from memorial.web.context import house, look_away, moment, reading
from memorial.web.contribute.fields import Sheet

COOKIE = "family"


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser that may read and write one contribution."""

    ref: str
    contribution_id: int
    task: str
    sent: bool
    erased: bool
    draft: Draft

    @property
    def answerable(self) -> bool:
        """Whether there are questions for it: nothing is erased, and no other version of the program began it."""
        answers = self.draft.answers
        photos = answers.get("photos", {})
        return (
            not self.erased
            and self.task in TASKS
            and answers.get("task") == self.task
            and isinstance(photos, dict)
            and all(isinstance(each, dict) for each in photos.values())
        )

    @property
    def sheet(self) -> Sheet:
        """What a page of questions may know: the answers, and which kinds of files are there."""
        return Sheet(self.task, self.draft.answers, roles_of_files(self))


@dataclass
class Work:
    """One change under way. `keep()` stores the sheet; services that store it themselves need no second time."""

    session: GatedSession
    contribution: Contribution
    draft: Draft

    def keep(self) -> None:
        contribute.keep(self.session, house().keys, self.contribution, self.draft, now=house().now())


def here() -> Visit | None:
    """Whose session this is, read once in a request."""
    if "visit" not in g:
        g.visit = _read(session.get(COOKIE))
    found: Visit | None = g.visit
    return found


def _read(cookie: Any) -> Visit | None:
    if not isinstance(cookie, dict) or not isinstance(cookie.get("ref"), str):
        return None
    wanted = select(Contribution).where(Contribution.public_id == cookie["ref"])
    contribution = reading().scalars(wanted).first()
    if contribution is None:
        return None
    draft = Draft() if contribution.answers is None else contribute.read(house().keys, contribution)
    erased = contribution.erased_at is not None
    if not erased and cookie.get("doors") != draft.doors:
        return None
    return Visit(
        contribution.public_id,
        contribution.id,
        contribution.task,
        contribution.sent_at is not None,
        erased,
        draft,
    )


def start(contribution: Contribution, draft: Draft, code: str = "") -> None:
    """From now on this browser may write the contribution."""
    session[COOKIE] = {"ref": contribution.public_id, "doors": draft.doors}
    if code:
        sealed = house().keys.encrypt(code.encode())
        session[COOKIE]["code"] = base64.b64encode(sealed).decode("ascii")
    g.pop("visit", None)


def code_at_hand() -> str:
    """The code while this session may still show it, else ""."""
    sealed = session.get(COOKIE, {}).get("code", "")
    try:
        return house().keys.decrypt(base64.b64decode(sealed)).decode() if sealed else ""
    except (CannotDecrypt, ValueError):
        return ""


def forget_code() -> None:
    if "code" in session.get(COOKIE, {}):
        session[COOKIE] = {name: value for name, value in session[COOKIE].items() if name != "code"}


@contextmanager
def changing(visit: Visit) -> Iterator[Work]:
    """The contribution under its lock; everything is committed together.

    Written as the program at its own work, because a change of the ledger touches other
    people's rows of the same record; whatever is read here is asked for by this contribution.
    """
    let_go()  # an erasure waits for every reader, and would wait for this very request
    look_away()
    with house().writing(house().keeper()) as writing:
        contribution = contribute.locked(writing, visit.contribution_id)
        draft = contribute.read(house().keys, contribution)
        if draft.doors != visit.draft.doors:
            raise NotOpen("session_over")
        yield Work(writing, contribution, draft)
    g.pop("visit", None)
    g.pop("roles_of_files", None)
    let_go()  # what this request read before is from before this change


def let_go() -> None:
    """Give back what this request has opened to read: its snapshots and its connections."""
    for earlier in g.get("sessions", {}).values():
        earlier.rollback()


def family_session(visit: Visit) -> GatedSession:
    """What this family may read: the rows of its own contribution."""
    return reading(Reader.family(visit.contribution_id, moment()))


def roles_of_files(visit: Visit) -> frozenset[str]:
    """photograph, scan, audio, video, file: what this family has stored and not taken out again; read once."""
    if "roles_of_files" not in g:
        removed = {
            name for name, photo in visit.draft.answers.get("photos", {}).items() if photo.get("removed")
        }
        media = photographs.of(family_session(visit), visit.contribution_id)
        g.roles_of_files = frozenset(medium.role for medium in media if medium.public_id not in removed)
    found: frozenset[str] = g.roles_of_files
    return found


def leave() -> None:
    """End every session of the contribution. The draft stays behind its code."""
    visit = here()
    session.clear()
    if visit is None or visit.erased:
        return
    with house().writing(house().keeper()) as writing:
        contribution = contribute.locked(writing, visit.contribution_id)
        draft = contribute.read(house().keys, contribution)
        draft.doors += 1
        contribute.keep(writing, house().keys, contribution, draft, now=house().now())
