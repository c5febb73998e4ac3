"""`memorial export` and `memorial mirror`: what leaves the archive whole, and copies of it elsewhere.

memorial export --format jsonl --to DIR            # collections, one file a kind; csv as tables
memorial export --format bagit --to DIR            # a bag (BagIt) of all the public may take away; again: what changed
memorial export --format bagit --each --to DIR     # a bag a record
memorial export --format bagit --all --actor NAME --to DIR      # for those who keep the archive; in the log
memorial export --verify DIR                       # what is wrong with a bag, ours or another's
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

import click

from config import Settings
from memorial.formats.oai_pmh import BadDate, moment
from memorial.gate import Actor, Reader, may
from memorial.house import House
from memorial.services.audit import Act, record_act
from memorial.services.collection import FORMS, write_all
from memorial.services.leaving import bags, checking, contents, mirroring
from memorial.services.leaving.state import Counted, Of
from memorial.web.cache import STATE, State

NOWHERE = (
    "https://archive.invalid"  # what addresses begin with until MEMORIAL_PUBLIC_URL says where the archive is
)
SHOWN = 20
ONCE = State(0, "", "", "")  # what the community chose for its archive is read once in an export


@click.command(name="export")
@click.option(
    "--format", "form", type=click.Choice([*FORMS, "bagit", "static"]), default="jsonl", show_default=True
)
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Where to.")
@click.option(
    "--bom/--no-bom", default=True, help="With csv: with the mark by which spreadsheets know UTF-8."
)
@click.option("--each", "one_each", is_flag=True, help="With bagit: a bag for each record.")
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Also what waits at the desk, and originals; never what is sealed.",
)
@click.option(
    "--since", default="", help="With bagit: only records that changed since a day or moment (UTC)."
)
@click.option(
    "--actor", default="export", show_default=True, help="Who exports; --all is written in the log."
)
@click.option(
    "--verify", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Look a bag through."
)
@click.option("--json", "as_json", is_flag=True, help="Tell a program.")
@click.pass_obj
def export(
    settings: Settings, form: str, folder: Path | None, bom: bool, one_each: bool, everything: bool, since: str,
    actor: str, verify: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Write the archive to files: what a public reader may take away, or with --all what its keepers may.

    The same again into the same folder writes what changed and takes away what is gone.
    """
    from memorial.cli import opened

    if verify is not None:
        _verify(verify, as_json)
        return
    if folder is None:
        raise click.UsageError("Where to? --to DIR")
    if form == "static" and (everything or one_each or since):
        raise click.UsageError(
            "A static copy is of the public pages, whole: without --all, --each and --since."
        )
    if everything and since:
        raise click.UsageError("--since goes with what is public; with --all everything is compared.")
    with opened(settings) as house, _for_its_owner_alone(everything):
        if everything:
            _log(house, Actor.command(actor), form)
        if form in FORMS:
            _objects(house, folder, form, everything, bom, as_json)
            return
        if form == "static":
            counted = _pages(house, folder, as_json)
        else:
            counted = _bags(house, folder, one_each, everything, since, actor, as_json)
    _tell(folder, counted, as_json)


@contextmanager
def _for_its_owner_alone(wanted: bool) -> Iterator[None]:
    """What is not public is written so that nobody else on the machine reads it."""
    before = os.umask(0o077) if wanted else None
    try:
        yield
    finally:
        if before is not None:
            os.umask(before)


def _objects(house: House, folder: Path, form: str, everything: bool, bom: bool, as_json: bool) -> None:
    public = Reader.public(house.moment(), "reuse")
    readers = (house.keeper(), Reader.desk(house.moment())) if everything else (public, public)
    with house.session(readers[0]) as session, house.session(readers[1]) as families:
        counts = write_all(session, families, folder, form, everything=everything, bom=bom)
    words = "\n".join(f"{folder / kind}.{form}: {count} objects" for kind, count in counts.items())
    click.echo(
        json.dumps({"files": counts, "folder": str(folder)}) if as_json else words or "Nothing to export."
    )


def _log(house: House, actor: Actor, form: str) -> None:
    """An export of everything leaves a line in the audit, before anything of it is written."""
    with house.writing(house.keeper()) as session:
        if not may(session, actor, "export", now=house.now()):
            raise click.ClickException("This actor may not export everything.")
        record_act(session, actor, Act("export", "archive", details={"format": form}), house.now())


# -- bags -----------------------------------------------------------------------------------


def _bags(
    house: House, folder: Path, one_each: bool, everything: bool, since: str, actor: str, as_json: bool
) -> Counted:
    of = Of("bags" if one_each else "bag", "desk" if everything else "public", since)
    begin = _moment(since)
    with leaving(house) as archive:
        if everything:
            order = bags.Order(
                of, lambda: contents.for_desk(archive, Actor.command(actor)), _progress(house, as_json)
            )
        else:
            order = bags.Order(of, lambda: contents.for_public(archive, begin), _progress(house, as_json))
        write = bags.each if one_each else bags.all_in_one
        return write(archive, order, folder)


def _pages(house: House, folder: Path, as_json: bool) -> Counted:
    from flask import current_app

    from memorial.web.leaving.copying import copied

    living = house.settings.public_url.rstrip("/")
    if not living:
        click.echo("MEMORIAL_PUBLIC_URL is not set: the copy will not say where the archive is.", err=True)
    with leaving(house) as archive, _unlogged():
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        return copied(archive, app, folder, _progress(house, as_json), living=living)


@contextmanager
def _unlogged() -> Iterator[None]:
    """The crawl of our own pages leaves no line for each of them."""
    log = logging.getLogger("memorial.web")
    before = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(before)


def _moment(since: str) -> datetime | None:
    try:
        return moment(since) if since else None
    except BadDate as wrong:
        raise click.UsageError("--since takes YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ") from wrong


@contextmanager
def leaving(house: House) -> Iterator[contents.Archive]:
    """The archive as exports see it, named as programs are told it."""
    from memorial.app import create_app
    from memorial.formats.json_ld import described
    from memorial.web.exchange.cards import card
    from memorial.web.exchange.rooms import archive_name
    from memorial.web.machine import item_of

    address = house.settings.public_url.rstrip("/") or NOWHERE
    named = house.settings.model_copy(
        update={"public_url": address, "hosts": [*house.settings.hosts, "localhost"]}
    )
    app = create_app(replace(house, settings=named))
    with app.test_request_context(base_url="http://localhost", environ_overrides={STATE: ONCE}):
        yield contents.Archive(
            opened=house.session,
            writing=lambda: house.writing(house.keeper()),
            moment=house.moment,
            now=house.now,
            storage=house.storage,
            keys=house.keys,
            describe=lambda header, said: described(card(header, said)),
            cite=lambda view: {name: said for name, said in item_of(view).items() if name != "accessed"},
            address=address,
            name=archive_name(),
        )


def _progress(house: House, as_json: bool) -> Callable[[Counted], None]:
    if as_json or not sys.stderr.isatty():
        return lambda counted: None
    with house.session(house.keeper()) as session:
        whole = contents.how_many(session)
    return lambda counted: click.echo(
        f"\r  {counted.records:,} of {whole:,} records, {counted.bytes / 1e6:,.0f} MB", nl=False, err=True
    )


def _tell(folder: Path, counted: Counted, as_json: bool) -> None:
    words = f"{folder}: {counted.records} records, {counted.files} files; {counted.new} new, {counted.changed} changed,"
    words += f" {counted.unchanged} as before, {counted.removed} taken out."
    click.echo(json.dumps({**asdict(counted), "folder": str(folder)}) if as_json else words)
    if counted.missing:
        for name in counted.missing[:SHOWN]:
            click.echo(f"  {name}", err=True)
        raise click.ClickException(
            f"{len(counted.missing)} files are missing or damaged; run `memorial check`."
        )


def _verify(folder: Path, as_json: bool) -> None:
    found = {place: checking.check(place) for place in checking.bags_in(folder)}
    if not found:
        raise click.ClickException(f"{folder} is no bag, and holds none.")
    faults = [f"{place}: {fault}" for place, report in found.items() for fault in report.faults]
    warnings = [f"{place}: {words}" for place, report in found.items() for words in report.warnings]
    if as_json:
        click.echo(json.dumps({"bags": len(found), "faults": faults, "warnings": warnings}))
    else:
        for words in warnings:
            click.echo(words, err=True)
        click.echo("\n".join(faults) or f"{len(found)} bags, everything as it was written.")
    sys.exit(1 if faults else 0)


@click.command(name="mirror")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--from", "given", required=True, help="The export: a folder, or an http address.")
@click.option(
    "--older", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another copy, kept as it was: what was withdrawn is taken out of it too. May be given again.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Tell a program.")
def mirror(folder: Path, given: str, older: tuple[Path, ...], as_json: bool) -> None:
    """Keep a copy of an export up to date: every file compared with its hash, what was withdrawn deleted.

    Needs no archive on this machine.
    """
    shown = not as_json and sys.stderr.isatty()

    def told(done: mirroring.Done) -> None:
        if shown:
            click.echo(f"\r  {done.files:,} files, {done.bytes / 1e6:,.0f} MB fetched", nl=False, err=True)

    done = mirroring.mirrored(mirroring.source(given), folder, told)
    went = {str(each): mirroring.older(each, done.withdrawn) for each in older}
    if as_json:
        click.echo(json.dumps({**asdict(done), "folder": str(folder), "older": went}))
        return
    click.echo(f"{folder}: {done.files} files, {done.fetched} fetched, {done.removed} taken out.")
    for path in done.repaired:
        click.echo(f"  {path} was not what it was written as, and is again.")
    for place, paths in went.items():
        click.echo(f"{place}: {len(paths)} files of withdrawn records taken out.")
