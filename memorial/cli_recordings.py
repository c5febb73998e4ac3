"""`memorial recordings`: how far the copies of recordings are, and those that failed once more.

memorial recordings
memorial recordings --again
"""

from __future__ import annotations

import json

import click

from config import Settings
from memorial.house import open_house
from memorial.services import recordings


@click.command(name="recordings")
@click.option("--again", is_flag=True, help="Those that could not be converted are tried once more.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def recordings_command(settings: Settings, again: bool, as_json: bool) -> None:
    """How many recordings wait for copies, and of which none could be made. The worker makes them."""
    house = open_house(settings)
    try:
        with house.writing(house.keeper()) as session:
            taken_up = recordings.again(session) if again else 0
            waiting, failed = recordings.left_to_do(session), recordings.failed(session)
    finally:
        house.engine.dispose()
    if as_json:
        click.echo(json.dumps({"waiting": len(waiting), "failed": dict(failed), "again": taken_up}))
        return
    click.echo(f"{len(waiting)} wait for copies, {len(failed)} could not be converted.")
    for public_id, why in failed:
        click.echo(f"  {public_id}: {why}")
    if taken_up:
        click.echo(f"{taken_up} are tried once more.")
