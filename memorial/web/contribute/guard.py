"""The way in while very many begin at once: a proof of work in the page, or a wait where no scripts run.

    if (first := guard.asks()) is not None: return first     # in the view, before anything is begun
    guard.note(writing, begun.contribution)                  # in the transaction that begins it

Usually it asks for nothing. It asks everybody while the archive is flooded, and one network
that has begun very much today; nobody is refused, and it ends by itself. A ticket is signed,
names no one, and begins one contribution: with the number that solves it, or after its wait.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import limits
from flask import Response, current_app, g, make_response, render_template, request
from itsdangerous import BadSignature, URLSafeSerializer

from memorial.domain import puzzle
from memorial.domain.errors import Stale
from memorial.gate import GatedSession
from memorial.models import Contribution
from memorial.services import floods
from memorial.services.contribute import item_of
from memorial.web.context import house, reading
from memorial.web.security import limiter, network

GOOD_FOR = 3600  # seconds after its wait
WAITS_AN_HOUR = limits.parse("100000/hour")
FREE = 2  # waits of a network in an hour before each takes longer than the one before
LONGEST = 3600
OWN = ("csrf_token", "ticket", "number")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the page carries: a challenge, how hard it is, and from when it is good without a solution."""

    challenge: str
    bits: int
    opens: int  # seconds since 1970

    @property
    def written(self) -> str:
        return _signer().dumps([self.challenge, self.bits, self.opens])


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="guard")


def asks() -> Response | None:
    """The page that comes first, or None where the way is open."""
    flooded = floods.busy(reading(), most=house().settings.attack_drafts, now=house().now())
    g.flooded = flooded
    if not flooded and not _much_from_here():
        return None
    ticket = _shown()
    if ticket is not None and _is_good(ticket):
        g.challenge = ticket.challenge
        return None
    return _page(ticket or _new())


def note(session: GatedSession, contribution: Contribution) -> None:
    """What was begun: counted for its network, its ticket spent, and marked for the desk where a flood was on."""
    challenge = g.get("challenge")
    if challenge is not None:
        if floods.is_spent(session, challenge):
            raise Stale("ticket_spent")
        contribution.proof = challenge
        session.flush()
    if g.get("flooded"):
        floods.note(session, item_of(session, contribution.id))
    for limit in limits.parse_many(house().settings.limit_drafts):
        limiter.limiter.hit(limit, "drafts", network())


def _much_from_here() -> bool:
    chosen = limits.parse_many(house().settings.limit_drafts)
    return any(not limiter.limiter.test(limit, "drafts", network()) for limit in chosen)


def _shown() -> Ticket | None:
    """The ticket that came with the form, if it is one of ours that is still of use."""
    try:
        read: Any = _signer().loads(request.form.get("ticket", ""))
        ticket = Ticket(*read)
    except (BadSignature, TypeError):
        return None
    if _now() > ticket.opens + GOOD_FOR or floods.is_spent(reading(), ticket.challenge):
        return None
    return ticket


def _is_good(ticket: Ticket) -> bool:
    solved = puzzle.solves(ticket.challenge, request.form.get("number", ""), ticket.bits)
    return solved or _now() >= ticket.opens


def _new() -> Ticket:
    return Ticket(secrets.token_urlsafe(12), house().settings.proof_bits, _now() + _wait())


def _wait() -> int:
    """How long without scripts: the same for everybody, longer only for a network that asks again and again."""
    limiter.limiter.hit(WAITS_AN_HOUR, "waits", network())
    left = limiter.limiter.get_window_stats(WAITS_AN_HOUR, "waits", network()).remaining
    asked = WAITS_AN_HOUR.amount - left
    return min(house().settings.proof_wait * max(1, asked - FREE), LONGEST)


def _now() -> int:
    return int(house().now().timestamp())


def _page(ticket: Ticket) -> Response:
    wait = max(1, ticket.opens - _now())
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in OWN]
    answer = make_response(
        render_template("contribute/guard.html", ticket=ticket, minutes=-(-wait // 60), kept=kept)
    )
    answer.status_code = 429
    answer.headers["Retry-After"] = str(wait)
    return answer
