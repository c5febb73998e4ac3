"""`memorial account …`: who may sign in. Registered by memorial/cli.py, which hands over the settings.

memorial account add someone@example.org --role moderator --role editor
memorial account list
memorial account reset someone@example.org       # lost everything: a fresh invitation
memorial account disable someone@example.org     # ends with the next request
memorial account succeed someone@example.org --custodian ONE --custodian TWO --note WHY   # nobody is left
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any

import click

from config import Settings
from memorial.domain.errors import MemorialError
from memorial.domain.workflow import ROLES
from memorial.gate import Actor, GatedSession
from memorial.house import House, open_house
from memorial.models import Account
from memorial.services import accounts, succession
from memorial.services.succession import Succession

WORDS = {
    "account_exists": "There is an account with this address already. `memorial account reset` invites it anew.",
    "email": "This is not an e-mail address.",
    "last_admin": "This is the only administrator. Make another one first: memorial account add EMAIL --role admin",
    "two_custodians": "Two different custodians, each with a sheet: --custodian ONE --custodian TWO",
    "not_the_key": "A sheet is not this archive's key, or a letter is mistyped. Nothing was changed.",
    "note": "Say why it has come to this: --note WORDS",
    "account": "There is no account with this address. `memorial account list` shows all.",
}


@click.group()
def account() -> None:
    """Accounts of the desk and of approved readers. Families need none: they have a code."""


@account.command("add")
@click.argument("email")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="Once for each role."
)
@click.option("--name", default="", help="How colleagues call them; they can change it.")
@click.option("--language", default="en", show_default=True, type=click.Choice(("az", "en", "ru", "tr")))
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def add(
    settings: Settings, email: str, roles: tuple[str, ...], name: str, language: str, as_json: bool
) -> None:
    """Invite somebody. The link is printed here and nowhere else: hand it over yourself."""
    with _writing(settings) as (house, session):
        made, token = accounts.add(session, _caller(), email, roles, now=house.now(), name=name)
        address = made.email
    _tell_link(settings, address, token, language, as_json)


@account.command("reset")
@click.argument("email")
@click.option("--language", default="en", show_default=True, type=click.Choice(("az", "en", "ru", "tr")))
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def reset(settings: Settings, email: str, language: str, as_json: bool) -> None:
    """Password, second factor, recovery codes and sessions end; a fresh invitation is printed."""
    with _writing(settings) as (house, session):
        found = accounts.find(session, email)
        token = accounts.reset(session, _caller(), found, now=house.now())
        address = found.email
    _tell_link(settings, address, token, language, as_json)


@account.command("disable")
@click.argument("email")
@click.pass_obj
def disable(settings: Settings, email: str) -> None:
    """End an account and all its sessions at once. What it did stays signed with its name."""
    with _writing(settings) as (house, session):
        accounts.disable(session, _caller(), accounts.find(session, email), now=house.now())
    click.echo("The account is disabled and signed out everywhere.")


@account.command("succeed")
@click.argument("email")
@click.option(
    "--custodian", "custodians", multiple=True, required=True, help="Twice: who keeps a printed key."
)
@click.option(
    "--sheet", "files", multiple=True, type=click.File("r"), help="Twice, instead of typing the sheets in."
)
@click.option("--note", required=True, help="What happened to whoever managed the archive.")
@click.option("--name", default="", help="How colleagues call the new administrator.")
@click.option("--language", default="en", show_default=True, type=click.Choice(("az", "en", "ru", "tr")))
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def succeed(
    settings: Settings,
    email: str,
    custodians: tuple[str, ...],
    files: tuple[IO[str], ...],
    note: str,
    name: str,
    language: str,
    as_json: bool,
) -> None:
    """Make an administrator when nobody is left who could: two custodians, each with their printed key."""
    if len(custodians) != 2:
        raise click.UsageError(WORDS["two_custodians"])
    sheets = [each.read() for each in files] or [
        click.prompt(f"{who}, type your sheet without its first line (nothing is shown)", hide_input=True)
        for who in custodians
    ]
    by = Succession(custodians[0], custodians[1], sheets, note)
    with _writing(settings) as (house, session):
        made, token = succession.succeed(session, by, email, keys=house.keys, now=house.now(), name=name)
        address = made.email
    _tell_link(settings, address, token, language, as_json)


@account.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_all(settings: Settings, as_json: bool) -> None:
    """All accounts, their roles, and whether they are open."""
    with _writing(settings) as (house, session):
        found = [_described(each, house.now()) for each in accounts.everyone(session)]
    if as_json:
        click.echo(json.dumps(found))
        return
    for each in found:
        click.echo(f"{each['email']}  {each['name'] or '—'}  {', '.join(each['roles'])}  {each['state']}")
    if not found:
        click.echo("No accounts yet: memorial account add EMAIL --role moderator")


def _described(each: Account, now: datetime) -> dict[str, Any]:
    state = accounts.state_of(each, now)
    state = "second factor not set up" if state == "unfinished" else state
    return {"email": each.email, "name": each.name, "roles": list(each.roles), "state": state}


def _caller() -> Actor:
    return Actor.command(getpass.getuser())


@contextmanager
def _writing(settings: Settings) -> Iterator[tuple[House, GatedSession]]:
    """The archive, open for one change; refusals become words."""
    try:
        house = open_house(settings)
        with house.writing(house.keeper()) as session:
            yield house, session
        house.engine.dispose()
    except MemorialError as wrong:
        raise click.ClickException(WORDS.get(wrong.key, wrong.key)) from wrong


def _tell_link(settings: Settings, email: str, token: str, language: str, as_json: bool) -> None:
    root = (settings.public_url or "http://127.0.0.1:8000").rstrip("/")
    link = accounts.invitation_link(root, language, token)
    if as_json:
        click.echo(json.dumps({"email": email, "invitation": link, "days": accounts.INVITED_FOR.days}))
        return
    click.echo(f"Invitation for {email}, good once and for {accounts.INVITED_FOR.days} days:\n{link}")
