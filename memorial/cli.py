"""The `memorial` command: thin commands over services. `memorial COMMAND --help` tells each one's options.

Exit status is 0 only when all went well. Errors name what, where and what to do.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import click

from config import Settings
from memorial import schema, second_place
from memorial.cli_account import account
from memorial.cli_import import import_command
from memorial.cli_leaving import export, mirror
from memorial.cli_lists import name_list
from memorial.cli_recordings import recordings_command
from memorial.cli_subject import subject_export
from memorial.cli_voices import transcript
from memorial.cli_words import Plainly, in_words
from memorial.db import make_engine
from memorial.domain.errors import MemorialError
from memorial.gate import Actor, GatedSession
from memorial.house import House, open_house
from memorial.keys import KeyMissing, from_printed, keep_key_file, printable
from memorial.services import backup as backups
from memorial.services import consent_forms, custody, search_index, site, wall_index, withdrawal
from memorial.services import restore as restores
from memorial.services.audit import Act, record_act
from memorial.services.check import check as find_faults
from memorial.services.mending import Looked


@click.group(cls=Plainly)
@click.version_option(package_name="memorial")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the database, queue and secrets.")
@click.pass_context
def main(context: click.Context, data: Path | None) -> None:
    """A digital memorial and oral-history archive that a community runs by itself."""
    context.obj = Settings(data=data) if data else Settings()


@contextmanager
def opened(settings: Settings) -> Iterator[House]:
    """The archive, with refusals in words instead of a traceback."""
    try:
        house = open_house(settings)
        try:
            yield house
        finally:
            house.engine.dispose()
    except MemorialError as wrong:
        raise click.ClickException(in_words(wrong)) from wrong


def tell(as_json: bool, value: dict[str, Any], words: str) -> None:
    click.echo(json.dumps(value) if as_json else words)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the database, queue and secrets.")
@click.option("--no-jobs", is_flag=True, help="Web workers alone: `memorial jobs` runs by itself.")
@click.pass_obj
def serve(settings: Settings, host: str, port: int, data: Path | None, no_jobs: bool) -> None:
    """Run the archive: web workers and one worker for jobs. The first start loads the starter collection."""
    from memorial import first_start, server

    settings = Settings(data=data) if data else settings
    server.expect_free(host, port)
    with opened(settings) as house:
        # A journal, a file and a container's log are read by others, and kept.
        first_start.prepare(house, click.echo, to_a_person=not no_jobs and sys.stdout.isatty())
    server.run(settings, host, port, with_jobs=not no_jobs)


@main.command()
@click.option("--to", default="head", show_default=True, help="A revision, head or base.")
@click.pass_obj
def migrate(settings: Settings, to: str) -> None:
    """Bring the database to the shape this program expects (or to an older one)."""
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database)
    schema.migrate(engine, to)
    click.echo(f"The database is at {schema.current(engine) or 'nothing'}.")
    engine.dispose()


@main.command()
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), help="Folder for backups; default: DATA/backups."
)
@click.option("--whole", is_flag=True, help="Everything in one file, also what earlier backups hold.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def backup(settings: Settings, folder: Path | None, whole: bool, as_json: bool) -> None:
    """Write one encrypted backup while the archive runs, verify it, and delete those past their time.

    It builds on those in the folder: originals that they hold are not written again. Half-way through the
    time that backups are kept, or where an earlier one is damaged, it is a whole one.
    """
    folder = folder or settings.data / "backups"
    with opened(settings) as house:
        report = backups.write_backup(
            house.snapshot,
            house.storage,
            house.keys,
            folder,
            now=house.now,
            schema_revision=schema.head(),
            second=house.second_storage,
            whole=whole,
            keep_days=settings.backup_days,
            progress=_progress(as_json),
        )
        with house.writing(
            house.keeper()
        ) as session:  # a restore knows by it that it has the right second place
            withdrawal.second_place(session, kind="heads", audit=report.audit, at=report.made_at)
        gone = backups.delete_old(folder, house.now(), settings.backup_days)
    value = {
        "path": report.path, "rows": report.rows, "originals": report.originals, "held": report.held,
        "needs": report.needs, "damaged": report.damaged, "missing": report.missing, "deleted_old": gone,
    }  # fmt: skip
    words = f"{report.path}: {report.rows} rows, {report.originals} originals, verified."
    words += f" {report.held} more are in {', '.join(report.needs)}." if report.held else ""
    tell(as_json, value, words + (f" {gone} old backups deleted." if gone else ""))
    if report.missing or report.damaged:
        lost = len(report.missing) + len(report.damaged)
        raise click.ClickException(f"{lost} originals are missing or damaged; run `memorial check`.")


@main.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path), required=False)
@click.option(
    "--second-place",
    "second",
    type=click.Path(exists=True, path_type=Path),
    help="Folder of the second place.",
)
@click.option("--confirm", is_flag=True, help="Two people confirm that no withdrawal was lost.")
@click.option("--actor", default="", help="With --confirm: who confirms.")
@click.option("--second", "other", default="", help="With --confirm: who confirms as well.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def restore(
    settings: Settings,
    file: Path | None,
    second: Path | None,
    confirm: bool,
    actor: str,
    other: str,
    as_json: bool,
) -> None:
    """Restore a backup into an empty archive. The archive's key must be in place (MEMORIAL_KEY_FILE)."""
    if confirm:
        _confirm_restored(settings, actor, other, as_json)
        return
    if file is None:
        raise click.UsageError("Which backup? memorial restore FILE --second-place FOLDER")
    if not settings.archive_key_file.exists():
        raise click.ClickException(
            f"The archive's key is not at {settings.archive_key_file}. Put it there first."
        )
    with opened(settings) as house, house.writing(house.keeper()) as session:
        lines = second_place.lines(second or settings.second_folder)
        report = restores.read_backup(
            session,
            house.storage,
            house.keys,
            file,
            now=house.now(),
            schema_revision=schema.head(),
            lines=lines,
            progress=_progress(as_json),
        )
    words = f"{report.rows} rows and {report.originals} originals are back; {report.replayed} later acts replayed."
    words += f"\nIt builds on {', '.join(report.needs)}, read as well." if report.needs else ""
    if lost := report.missing + report.damaged:
        words += f"\n{len(lost)} originals were missing or damaged when it was made: {', '.join(lost[:5])}"
    if report.locked:
        words += (
            "\nThe second place was not found, or does not know this backup: what families gave stays hidden"
            " until two people confirm: memorial restore --confirm --actor NAME --second NAME"
        )
    tell(
        as_json,
        {"rows": report.rows, "replayed": report.replayed, "locked": report.locked, "needs": report.needs},
        words,
    )


def _confirm_restored(settings: Settings, actor: str, other: str, as_json: bool) -> None:
    if not actor.strip():
        raise click.UsageError("Who confirms? --actor NAME --second NAME")
    with opened(settings) as house, house.writing(house.keeper()) as session:
        count = restores.unlock(session, Actor.command(actor.strip()), other, now=house.now())
    tell(as_json, {"unlocked": count}, f"{count} records are as they were before.")


def _progress(as_json: bool) -> backups.Progress:
    return (lambda words: None) if as_json else (lambda words: click.echo(f"  {words}", err=True))


@main.command()
@click.option("--put-aside", is_flag=True, help="Move files without a row to aside/. Not while uploads run.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def check(settings: Settings, put_aside: bool, as_json: bool) -> None:
    """Look through everything: chains, what may be shown, files in both places. Mends what it can, names each fault."""
    from memorial import file_rounds

    found: list[Looked] = []
    moved: list[str] = []
    with opened(settings) as house:
        second, faults = None, []
        try:
            second = file_rounds.opened(house)
        except (file_rounds.Away, OSError) as wrong:
            faults.append(f"the second storage is away: {wrong}")
        with house.session(house.keeper()) as session:
            lines = second_place.lines(settings.second_folder)
            faults += find_faults(
                session, house.storage, second, now=house.now(), elsewhere=lines, put_aside=put_aside,
                wrong=found, moved=moved,
            )  # fmt: skip
        file_rounds.write_down(house, found)
        with house.writing(house.keeper()) as session:
            for key in moved:
                custody.log(session, Actor.command("check"), "moved", f"file:{key}", None, now=house.now())
    tell(as_json, {"faults": faults}, "\n".join(faults) or "Everything is as it was written.")
    sys.exit(1 if faults else 0)


@main.command()
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
@click.pass_obj
def jobs(settings: Settings, once: bool) -> None:
    """Run one worker for jobs (serve does this by itself)."""
    from memorial import file_rounds, long_jobs
    from memorial import jobs as work

    if not once:
        work.main()
        return
    with opened(settings) as house:
        click.echo(f"{work.sweep(house) + long_jobs.once(house)} pieces of work done.")
        if left := file_rounds.once(house):
            raise click.ClickException(f"{left} files are broken; run `memorial check`.")


@main.command()
@click.pass_obj
def reindex(settings: Settings) -> None:
    """Make the search indexes and the wall of names anew."""
    with opened(settings) as house, house.writing(house.keeper()) as session:
        entries = search_index.rebuild(
            session, lambda done, of: click.echo(f"  {done} of {of} names", err=True)
        )
        click.echo(f"{entries} entries indexed.")
        click.echo(f"{wall_index.rebuild(session)} places on the wall of names.")


@main.command(name="site")
@click.argument("file", type=click.File("r", encoding="utf-8"), required=False)
@click.option("--actor", default="", help="Who changes it; needed with a file.")
@click.pass_obj
def change_site(settings: Settings, file: IO[str] | None, actor: str) -> None:
    """Show what the community chose for its archive (name, texts, languages …), or change it from a JSON file."""
    with opened(settings) as house, house.writing(house.keeper()) as session:
        if file is not None:
            _change_site(session, file, actor, house.now())
        click.echo(json.dumps(site.chosen(session), ensure_ascii=False, indent=2))


def _change_site(session: GatedSession, file: IO[str], actor: str, now: datetime) -> None:
    if not actor.strip():
        raise click.UsageError("Who changes it? --actor NAME")
    try:
        values = json.load(file)
        if not isinstance(values, dict):
            raise click.ClickException(f"{file.name} is not a JSON object: write {{ … }}")
        site.change(session, values)
    except json.JSONDecodeError as wrong:
        raise click.ClickException(f"{file.name} is not a JSON object: {wrong}") from wrong
    except KeyError as wrong:
        known = ", ".join(sorted(site.KEYS))
        raise click.ClickException(f"{file.name}: nothing is called {wrong}. Known: {known}") from wrong
    record_act(
        session, Actor.command(actor), Act("change_site", "archive", details={"keys": sorted(values)}), now
    )


@main.command(name="forms")
@click.option(
    "--approve", "language", default="", help="A language whose wording somebody has read and stands for."
)
@click.option("--actor", default="", help="Who approves it; needed with --approve.")
@click.pass_obj
def consent_wordings(settings: Settings, language: str, actor: str) -> None:
    """Show the consent forms in every language, or approve one language's wording by name."""
    if language and not actor.strip():
        raise click.UsageError("Who approves it? --actor NAME")
    with opened(settings) as house, house.writing(house.keeper()) as session:
        if language:
            consent_forms.approve(session, Actor.command(actor.strip()), language, now=house.now())
        for each in consent_forms.wordings(session):
            approved = f"approved by {each.approved_by}" if each.approved_by else "approved by nobody yet"
            click.echo(f"== {each.language}, version {each.version}, {approved}\n\n{each.text}\n")


@main.command(name="key")
@click.option(
    "--from-paper", is_flag=True, help="Type a printed key in: it is put where the archive looks for it."
)
@click.pass_obj
def print_key(settings: Settings, from_paper: bool) -> None:
    """Print the archive's key for two custodians, who keep it apart from the machine; or read a sheet back."""
    if from_paper:
        _keep_key(settings)
        return
    with opened(settings) as house:
        click.echo(printable(house.keys))


def _keep_key(settings: Settings) -> None:
    path = settings.archive_key_file
    words = click.prompt("The sheet, without its first line (nothing is shown)", hide_input=True)
    try:
        keep_key_file(path, from_printed(words))
    except KeyMissing as wrong:
        raise click.ClickException("This is no key of an archive. A letter may be mistyped.") from wrong
    except FileExistsError as wrong:
        raise click.ClickException(f"There is a key at {path} already; it is not overwritten.") from wrong
    click.echo(f"The key lies at {path}.")


@main.command(name="confirm-time")
@click.option("--actor", required=True, help="Who has looked at the clock.")
@click.pass_obj
def confirm_time(settings: Settings, actor: str) -> None:
    """Say that the machine's clock is right, after a jump made the archive distrust it."""
    from memorial.services.trusted_time import confirm

    with opened(settings) as house, house.writing(house.keeper()) as session:
        house.clock.confirm()
        confirm(session, Actor.command(actor), house.now())
    click.echo("The clock is trusted again. Restart the archive so that every worker knows.")


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bench(arguments: tuple[str, ...]) -> None:
    """Measure beside a bare page of the same server (benchmarks/)."""
    from benchmarks.run import main as run

    run.main(list(arguments), standalone_mode=True)


main.add_command(account)
main.add_command(import_command)
main.add_command(name_list)
main.add_command(recordings_command)
main.add_command(export)
main.add_command(mirror)
main.add_command(subject_export)
main.add_command(transcript)


if __name__ == "__main__":
    main()
