"""Synthetic colleagues who sign in as people do, and synthetic items for them to work on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyotp

from memorial.domain import consent as rules
from memorial.gate import Actor
from memorial.models import Contribution, Item, Record
from memorial.services import accounts, consent, describe, review, second_factor, site
from tests.builders import ALL_MAY_VIEW, Made, a_record, some_content

PASSWORD = "four plain synthetic words"


@dataclass
class Colleague:
    """An account that has taken up its invitation and enrolled."""

    account_id: int
    email: str
    secret: str
    codes: list[str]

    @property
    def actor(self) -> Actor:
        return Actor(f"account:{self.account_id}", self.roles, self.account_id)

    roles: frozenset[str] = frozenset()


def a_colleague(house: Any, *roles: str, name: str = "Synthetic Colleague") -> Colleague:
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    email = f"{plain}.{'.'.join(roles)}@example.org"
    with house.writing(house.keeper()) as session:
        made, token = accounts.add(session, Actor.command("test"), email, roles, now=house.now())
        accounts.accept(session, token, name, PASSWORD, now=house.now())
        made.conditions_agreed = site.conditions_mark(site.chosen(session))
        secret = second_factor.begin(made, house.keys)
        # The code of the step before, so that the one of this step can be used to sign in.
        code = pyotp.TOTP(secret).at(house.clock.wall() - timedelta(seconds=30))
        times = {"now": house.clock.wall(), "at": house.now()}
        codes = second_factor.confirm(session, made, code, house.keys, **times)
        return Colleague(made.id, email, secret, codes, frozenset(roles))


def token_in(page: Any) -> str:
    """The form's token in a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))
    assert found, page.get_data(as_text=True)[:2000]
    return found[1]


def send(client: Any, path: str, page: str = "", **form: Any) -> Any:
    """Open `page` (else the same address), take its token, and send the form."""
    opened = client.get(page or path)
    return client.post(path, data={"csrf_token": token_in(opened), **form})


def by_password(client: Any, colleague: Colleague) -> Any:
    return send(client, "/en/account/sign-in", email=colleague.email, password=PASSWORD)


def signed_in(app: Any, house: Any, colleague: Colleague) -> Any:
    """A browser of this colleague, through both steps."""
    client = app.test_client()
    assert by_password(client, colleague).status_code == 302
    code = pyotp.TOTP(colleague.secret).at(house.clock.wall())
    answer = send(client, "/en/account/second-factor", code=code)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return client


def step_up(client: Any) -> None:
    assert send(client, "/en/account/step-up", proof=PASSWORD).status_code == 302


@dataclass(frozen=True)
class Work:
    """An item and what it is about, by ids."""

    public_id: str
    item_id: int
    made: Made

    @property
    def path(self) -> str:
        return f"/en/desk/items/{self.public_id}"


def an_item(
    house: Any,
    kind: str = "testimony",
    *,
    mark: str = "synthetic",
    item_kind: str = "contribution",
    **values: Any,
) -> Work:
    """A contribution that its family has sent, with a yes to everyone reading it."""
    made = a_record(
        house, kind, content=some_content(kind, mark), contributor={rules.EVERY_PART: ALL_MAY_VIEW}
    )
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, made.record_id)
        contribution = session.get_one(Contribution, made.contribution_id)
        revision = describe_latest(session, made)
        item = review.new_item(
            session,
            item_kind,
            now=house.now(),
            record=record,
            contribution=contribution,
            revision_id=revision,
            **{"language": "en", **values},
        )
        return Work(item.public_id, item.id, made)


def describe_latest(session: Any, made: Made) -> int:
    from sqlalchemy import select

    from memorial.models import Revision

    wanted = select(Revision.id).where(Revision.record_id == made.record_id).order_by(Revision.number.desc())
    return session.scalars(wanted).first()


def family(work: Work) -> Actor:
    return Actor.family(work.made.ref, work.made.contribution_id)


def move(house: Any, work: Work, actor: Actor, verb: str, note: str = "", **more: Any) -> review.Outcome:
    """One act through the one mover, committed."""
    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        return review.advance(session, actor, item, verb, now=house.now(), keys=house.keys, note=note, **more)


def all_checks(house: Any, work: Work, actor: Actor) -> None:
    from memorial.domain.workflow import CHECKLIST
    from memorial.models import Revision
    from memorial.services import desk_acts

    with house.writing(house.keeper()) as session:
        item = session.get_one(Item, work.item_id)
        number = session.get_one(Revision, item.revision_id).number
        desk_acts.set_checks(session, actor, item, set(CHECKLIST), seen_revision=number, now=house.now())


def made_ready(house: Any, work: Work, moderator: Colleague) -> None:
    """Read, checked, shown to the family, and approved by it. The moderator still has it."""
    move(house, work, moderator.actor, "take")
    all_checks(house, work, moderator.actor)
    move(house, work, moderator.actor, "make_ready")
    move(house, work, family(work), "approve")


def change(house: Any, work: Work, content: Any) -> int:
    """The family sends other words: a new revision, which the item is about from now on."""
    with house.writing(house.keeper()) as session:
        record = session.get_one(Record, work.made.record_id)
        item = session.get_one(Item, work.item_id)
        revision = describe.propose(
            session,
            record,
            content,
            by=family(work),
            now=house.now(),
            contribution_id=work.made.contribution_id,
        )
        item.revision_id = revision.id
        item.version += 1
        return revision.number


def leave_contact(house: Any, work: Work, text: str) -> None:
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, work.made.contribution_id)
        party = consent.party_of(session, "contributor", contribution.id)
        party.contact = house.keys.unwrap(contribution.wrapped_key).encrypt(text.encode())
