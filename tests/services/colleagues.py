"""Synthetic colleagues for tests of services: an account and the actor it acts as, present and proved."""

from __future__ import annotations

from memorial.gate import Actor
from memorial.house import House
from memorial.models import Account


def an_actor(house: House, name: str, *roles: str, stepped_up: bool = True) -> Actor:
    """A colleague with these roles who has just shown that it is them."""
    with house.writing(house.keeper()) as session:
        account = Account(email=f"{name}@synthetic.example", roles=list(roles), created_at=house.now())
        session.add(account)
        session.flush()
        return Actor(f"account:{account.id}", frozenset(roles), account_id=account.id, stepped_up=stepped_up)
