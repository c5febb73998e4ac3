"""Who is asking: a set of audiences with a use and a moment, or somebody with custody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from memorial.domain.consent import Moment

Custody = Literal["", "family", "desk", "consent_officer", "keeper"]


@dataclass(frozen=True, slots=True)
class Reader:
    """What a session is opened for. Make one with the constructors below, never by hand.

    `keeper` is the program at its own work (jobs, import, backup, the fold): it reads every
    row and renders no page. Families and the desk read by custody, which is not publication.
    """

    audiences: frozenset[str]
    use: str
    moment: Moment
    custody: Custody = ""
    contribution_id: int = 0
    copies: bool = False

    @classmethod
    def public(cls, moment: Moment, use: str = "view") -> Reader:
        return cls(frozenset({"public"}), use, moment)

    @classmethod
    def mirror(cls, moment: Moment) -> Reader:
        """Whoever carries away a copy of the public archive: all of it for reuse, and files that may be kept as well."""
        return cls(frozenset({"public"}), "reuse", moment, copies=True)

    @classmethod
    def research(cls, moment: Moment, use: str = "view") -> Reader:
        """An approved reader: both audiences, because the two are not ranked."""
        return cls(frozenset({"public", "research"}), use, moment)

    @classmethod
    def family(cls, contribution_id: int, moment: Moment) -> Reader:
        return cls(frozenset(), "view", moment, "family", contribution_id)

    @classmethod
    def desk(cls, moment: Moment, *, consent_officer: bool = False) -> Reader:
        return cls(frozenset(), "view", moment, "consent_officer" if consent_officer else "desk")

    @classmethod
    def of_signed_in(cls, roles: frozenset[str], moment: Moment) -> Reader:
        """How an account reads what is published: approved readers both audiences, others as the public."""
        return cls.research(moment) if "approved_reader" in roles else cls.public(moment)

    @classmethod
    def keeper(cls, moment: Moment) -> Reader:
        return cls(frozenset(), "view", moment, "keeper")

    def for_use(self, use: str) -> Reader:
        return replace(self, use=use)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, for `may` and for the audit: an account, a family by its code, a command, or the system."""

    label: str  # account:ID, family:REF, command:name, system
    roles: frozenset[str] = frozenset()
    account_id: int = 0
    contribution_id: int = 0
    stepped_up: bool = False
    session_id: int = 0  # the browser they act from; an act ends with it

    @classmethod
    def family(cls, ref: str, contribution_id: int) -> Actor:
        return cls(f"family:{ref}", frozenset({"family"}), contribution_id=contribution_id)

    @classmethod
    def command(cls, name: str) -> Actor:
        return cls(f"command:{name}", frozenset({"command"}))

    @classmethod
    def system(cls) -> Actor:
        return cls("system", frozenset({"system"}))
