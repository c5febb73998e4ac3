"""`memorial subject-export`: everything that is held of one person, for that person.

    memorial subject-export --contribution REF --to theirs.zip --actor NAME --note "asked on 2026-11-28, letter 12"
    memorial subject-export --account someone@example.org --to …
    memorial subject-export --party 17 --to …       # somebody who was asked about what another sent
    memorial subject-export --person ID --to …      # somebody whom sources name

Who asks is made sure of before: with a return code nobody needs to. The export is written in the log.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from config import Settings
from memorial.gate import Actor
from memorial.services import subjects


@click.command(name="subject-export")
@click.option("--contribution", "ref", default="", help="The reference of what was sent, as in /my/REF.")
@click.option("--account", "email", default="", help="The address somebody signs in with.")
@click.option(
    "--party", "party", type=int, default=0, help="The number of somebody who was asked about a page."
)
@click.option("--person", default="", help="The id of somebody whom sources name, as in /people/ID.")
@click.option(
    "--to",
    "path",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The zip that is written.",
)
@click.option("--actor", required=True, help="Who hands it over: the consent officer.")
@click.option(
    "--note", required=True, help="Who asked and how that was made sure of; kept as a hash in the log."
)
@click.option("--json", "as_json", is_flag=True, help="Tell a program.")
@click.pass_obj
def subject_export(
    settings: Settings,
    ref: str,
    email: str,
    party: int,
    person: str,
    path: Path,
    actor: str,
    note: str,
    as_json: bool,
) -> None:
    """Write a zip with all that is held of one person: words, files, consent, messages, and the log about them."""
    from memorial.cli import opened

    if sum(map(bool, (ref, email, party, person))) != 1:
        raise click.UsageError(
            "Of whom? One of --contribution REF, --account EMAIL, --party NUMBER, --person ID"
        )
    if not actor.strip() or not note.strip():
        raise click.UsageError("Who hands it over, and why? --actor NAME --note WORDS")
    if path.exists():
        raise click.UsageError(f"{path} is there already.")
    with opened(settings) as house:
        with house.writing(house.keeper()) as session:
            if ref:
                held = subjects.of_contribution(session, house.keys, ref)
            elif email:
                held = subjects.of_account(session, house.keys, email)
            elif party:
                held = subjects.of_party(session, house.keys, party)
            else:
                held = subjects.of_person(session, person)
            subjects.note_export(
                session, Actor.command(actor.strip()), held, note, keys=house.keys, now=house.now()
            )
        subjects.write(path, held, house.storage, now=house.now())
    numbers = {name: len(rows) for name, rows in held.lists.items()}
    told = {"path": str(path), "lists": numbers, "files": len(held.files), "left_out": held.left_out}
    lines = [f"{path}: {sum(numbers.values())} rows, {len(held.files)} files.", *held.left_out]
    lines += [f"Asked as well: {kind.replace('_', ' ')}, --party {number}" for number, kind in held.others]
    lines.append("It is not encrypted. Hand it over yourself, and delete it here afterwards.")
    click.echo(json.dumps(told) if as_json else "\n".join(lines))
