"""`memorial transcript import` and `memorial transcript export`: words of a recording, in and out.

    memorial transcript import talk.vtt --recording 7bkmw2q9x4 --kind verbatim --language az --made-by NAME
    memorial transcript export DRAFT --format vtt --to talk.vtt
    memorial transcript export RECORDING --format ohms --to talk.xml

What is read in is a draft: nothing is shown before somebody at the desk has read it and shows it. What of a file is not
kept is named with its line.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from config import Settings
from memorial.domain.errors import NotOpen
from memorial.domain.transcript import KINDS, UNKNOWN
from memorial.formats.faults import Fault, Refused
from memorial.gate import Actor, GatedSession
from memorial.house import House
from memorial.models import Draft
from memorial.services.transcripts import drafts, exchange
from memorial.services.transcripts.exchange import Wish

OHMS = "ohms"


@click.group()
def transcript() -> None:
    """Transcripts, translations and chapters of recordings: files in and out."""


@transcript.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--recording", required=True, help="The recording's id, as the desk shows it in the address.")
@click.option("--kind", type=click.Choice(KINDS), default="verbatim", show_default=True)
@click.option("--language", default=UNKNOWN, help="az, ru, tr …; what the file says of itself goes before.")
@click.option("--translates", default="", help="For a translation: the id of the draft that it translates.")
@click.option("--made-by", default="", help="Who wrote it down or translated, as the page is to name them.")
@click.option(
    "--no-speakers", is_flag=True, help="In text and SRT: a name before a colon belongs to the words."
)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def import_transcript(settings: Settings, file: Path, as_json: bool, **wish: Any) -> None:
    """Read a file in as a draft: WebVTT, SRT, text, OHMS, or the JSON of a speech recogniser."""
    from memorial.cli import opened, tell

    with opened(settings) as house:
        try:
            made, faults = _read(house, file, wish)
        except Refused as refused:
            raise click.ClickException(f"{file}: {refused.fault}") from refused
    for fault in faults:
        click.echo(f"{file}: {fault}", err=True)
    told = {"drafts": made, "faults": [_told(fault) for fault in faults]}
    tell(as_json, told, "\n".join(f"Draft {one}" for one in made))


def _read(house: House, file: Path, wish: dict[str, Any]) -> tuple[list[str], Sequence[Fault]]:
    with house.writing(house.keeper()) as session:
        medium = drafts.recording(session, wish["recording"])
        asked = Wish(
            wish["kind"], wish["language"], wish["made_by"],
            drafts.find(session, wish["translates"]) if wish["translates"] else None,
            speakers=not wish["no_speakers"],
        )  # fmt: skip
        actor = Actor.command("transcript import")
        come = exchange.read_in(session, actor, medium, file.read_bytes(), file.name, asked, now=house.now())
        return [draft.public_id for draft in come.drafts], come.faults


def _told(fault: Fault) -> dict[str, Any]:
    return {
        "line": fault.line,
        "key": fault.key,
        "field": fault.field,
        "lost": fault.lost,
        "words": str(fault),
    }


@transcript.command("export")
@click.argument("what")
@click.option(
    "--format", "form", type=click.Choice([*exchange.ENDINGS, OHMS]), default="vtt", show_default=True,
    help="ohms: of a whole recording, with its translation and chapters.",
)  # fmt: skip
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="A file; without it: printed.")
@click.pass_obj
def export_transcript(settings: Settings, what: str, form: str, to: Path | None) -> None:
    """Write a draft (or for ohms: a recording, or any draft of it) as a file."""
    from memorial.cli import opened

    with opened(settings) as house:
        with house.session(house.keeper()) as session:
            written = _written(house, session, what, form)
    for fault in written.lost:
        click.echo(f"{fault.field}: {fault}" if fault.field else str(fault), err=True)
    if to is None:
        click.echo(written.text, nl=False)
    else:
        to.write_text(written.text, encoding="utf-8")


def _written(house: House, session: GatedSession, what: str, form: str) -> Any:
    if form != OHMS:
        return exchange.written(session, drafts.find(session, what), form)
    try:
        medium = drafts.recording(session, what)
    except NotOpen:
        draft: Draft = drafts.find(session, what)
        medium = drafts.recording(session, drafts.medium_of(session, draft).public_id)
    return exchange.written_whole(session, medium, on=house.now().date())
