"""`memorial list`: lists of names as sources, in and out again.

    memorial list import siyahi.xlsx --source src-list --map map.json --dry-run
    memorial list import siyahi.xlsx --source src-list --map map.json
    memorial list undo src-list --note WHY
    memorial list show

A map is a JSON file: {"columns": {"name": "Soyadı, adı", "born": "Doğum ili"}, "language": "az", "listed": "authority"}.
Without one the headings say which column is what. Every line that was left out or looks odd is named with its number.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from config import Settings
from memorial.domain.errors import Invalid
from memorial.domain.list_words import refused_words, remark_words
from memorial.gate import Actor, GatedSession, Reader
from memorial.house import House
from memorial.models import NameList
from memorial.services.collection import keep_note
from memorial.services.custody import hash_note
from memorial.services.name_lists import keeping, running, undoing
from memorial.services.name_lists.keeping import Wanted

SHOWN = 40  # remarks printed before the rest is only counted


class _TakenBack(Exception):
    """Leaves a writing session so that nothing of it stays."""


@click.group(name="list")
def name_list() -> None:
    """Lists of names as sources: each line is what its source says of somebody."""


@name_list.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="The work that the list is: its id in the collection.")
@click.option(
    "--map",
    "map_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Which column is what.",
)
@click.option("--name", default="", help="Where one work has several lists; default: the source's id.")
@click.option("--dry-run", is_flag=True, help="Read, remark and count, change nothing.")
@click.option("--publish", is_flag=True, help="Show it at once; needs --actor, --second and --note.")
@click.option("--actor", default="", help="Who imports, and signs for the publication.")
@click.option("--second", default="", help="Who signs as well: somebody else.")
@click.option("--note", default="", help="Why it may be shown.")
@click.option("--json", "as_json", is_flag=True, help="Tell a program.")
@click.pass_obj
def import_list(
    settings: Settings,
    file: Path,
    source: str,
    map_file: Path | None,
    name: str,
    dry_run: bool,
    publish: bool,
    actor: str,
    second: str,
    note: str,
    as_json: bool,
) -> None:
    """Import a list of names (CSV, TSV or XLSX). Without --publish what is new waits at the desk."""
    from memorial.cli import opened

    if publish and (not (actor and second and note) or actor.casefold() == second.casefold()):
        raise click.UsageError("To publish, two people sign: --actor NAME --second NAME --note WORDS")
    who = Actor.command(actor or "import")
    wanted = Wanted(source, file.read_bytes(), file.name, _map(map_file), name)
    with opened(settings) as house, _in_words():
        if dry_run:
            told = _dry(house, who, wanted)
        else:
            signed = _signed(house, second, note) if publish else {}
            told = _run(house, who, wanted, signed, _progress(as_json))
            if publish:
                with house.writing(house.keeper()) as session:
                    keep_note(session, who, told["name"], note, keys=house.keys, now=house.now())
    click.echo(json.dumps(told) if as_json else _words(told, dry_run, publish))
    sys.exit(1 if told["left_out"] or told["refused"] else 0)


def _map(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        value = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as wrong:
        raise click.ClickException(f"{path.name}: not JSON ({wrong})") from wrong
    if not isinstance(value, dict):
        raise click.ClickException(f"{path.name}: write one object {{ … }}")
    return value


class _in_words:
    """What a file or a map is refused for, in a line."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, wrong: BaseException | None, _where: object) -> None:
        if isinstance(wrong, Invalid) and (words := refused_words(wrong)):
            raise click.ClickException(f"{wrong.field}: {words}" if wrong.field else words) from wrong


def _signed(house: House, second: str, note: str) -> dict[str, Any]:
    with house.session(house.keeper()) as session:
        return {
            "publish": True, "second": Actor.command(second).label,
            "note_hash": hash_note(session, house.keys, None, note),
        }  # fmt: skip


def _dry(house: House, who: Actor, wanted: Wanted) -> dict[str, Any]:
    told: dict[str, Any] = {}
    try:
        with house.writing(house.keeper()) as session:
            list_ = keeping.prepare(session, who, wanted, keys=house.keys, now=house.now())
            told = _told(session, house, list_)
            lines = keeping.told(session, list_, house.keys)[1]
            told["matches"] = sum(bool(each.value and keeping.alike(session, each)) for each in lines)
            raise _TakenBack
    except _TakenBack:
        return told


def _run(
    house: House, who: Actor, wanted: Wanted, signed: dict[str, Any], tell: Callable[[str, int], None]
) -> dict[str, Any]:
    with house.writing(house.keeper()) as session:
        list_ = keeping.prepare(session, who, wanted, keys=house.keys, now=house.now())
        number = list_.id
        running.begin(session, who, list_, expected=list_.version, now=house.now())
    while _write(house, number, signed, tell) or _match(house, number, tell):
        pass
    with house.session(house.keeper()) as session:
        return _told(session, house, session.get_one(NameList, number))


def _write(house: House, number: int, signed: dict[str, Any], tell: Callable[[str, int], None]) -> bool:
    with house.writing(house.keeper()) as session:
        more = running.write_next(session, number, keys=house.keys, now=house.now(), signed=signed)
        tell("written", session.get_one(NameList, number).place)
    return more


def _match(house: House, number: int, tell: Callable[[str, int], None]) -> bool:
    with house.session(Reader.desk(house.moment())) as session:
        sought = running.seek(session, number, keys=house.keys)
    tell("compared", sought.last)
    with house.writing(house.keeper()) as session:
        return running.match_next(session, number, sought, now=house.now())


def _told(session: GatedSession, house: House, list_: NameList) -> dict[str, Any]:
    seen = keeping.look(session, list_, keys=house.keys, first=3)
    columns = {
        role: [seen.head.title(column) for column in columns]
        for role, columns in list_.plan["columns"].items()
    }
    return {
        "list": list_.public_id, "name": list_.name, "lines": list_.found.get("lines", 0),
        "persons": list_.found.get("persons", 0), "left_out": list_.found.get("left_out", 0), "added": list_.added,
        "matches": list_.matches, "refused": list_.found.get("refused", []), "columns": columns,
        "counted": list_.found.get("remarks", {}), "remarks": [asdict(each) for each in seen.remarks],
    }  # fmt: skip


def _progress(as_json: bool) -> Callable[[str, int], None]:
    shown = not as_json and sys.stderr.isatty()

    def tell(what: str, line: int) -> None:
        if shown:
            click.echo(f"\r  {what} up to line {line:,}", nl=False, err=True)

    return tell


def _words(told: dict[str, Any], dry_run: bool, publish: bool) -> str:
    lines = [f"{role}: {', '.join(titles)}" for role, titles in told["columns"].items()]
    for each in told["remarks"][:SHOWN]:
        where = f"line {each['line']}" if each["line"] else "the file"
        column = f", {each['column']}" if each["column"] else ""
        lines.append(f"{where}{column}: {remark_words(each['key'], each['given'])}")
    rest = sum(told["counted"].values()) - min(SHOWN, len(told["remarks"]))
    if rest > 0:
        lines.append(f"and {rest:,} remarks more")
    lines += [f"line {line}: {problem}" for line, problem in told["refused"]]
    lines.append(f"{told['lines']:,} lines, {told['persons']:,} persons, {told['left_out']:,} left out")
    if dry_run:
        lines.append(f"{told['matches']:,} bear a name that is in the archive. Nothing was changed.")
    else:
        lines.append(f"{told['added']:,} new, {told['matches']:,} pairs for the desk to look at")
        if not publish:
            lines.append("What is new waits at the desk.")
    return "\n".join(lines)


@name_list.command()
@click.argument("name")
@click.option("--note", required=True, help="Why it is taken back.")
@click.option("--actor", default="import", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Tell a program.")
@click.pass_obj
def undo(settings: Settings, name: str, note: str, actor: str, as_json: bool) -> None:
    """Take a list back as one act; lines that somebody has built on stay, and are named."""
    from memorial.cli import opened

    who = Actor.command(actor)
    with opened(settings) as house:
        with house.writing(house.keeper()) as session:
            list_ = keeping.standing(session, name)
            number = list_.id
            undoing.take_back(
                session, who, list_, note, expected=list_.version, keys=house.keys, now=house.now()
            )
        tell = _progress(as_json)
        while _undo(house, number, tell):
            pass
        with house.session(house.keeper()) as session:
            kept = session.get_one(NameList, number).kept
    words = [f"line {line}: {undoing.REASONS[reason]}" for line, reason in kept]
    words.append(f"Taken back; {len(kept)} lines stay." if kept else "Taken back; nothing of it is left.")
    click.echo(json.dumps({"name": name, "kept": kept}) if as_json else "\n".join(words))
    sys.exit(1 if kept else 0)


def _undo(house: House, number: int, tell: Callable[[str, int], None]) -> bool:
    with house.writing(house.keeper()) as session:
        more = undoing.undo_next(session, number, keys=house.keys, now=house.now())
        tell("taken back", session.get_one(NameList, number).place)
        return more


@name_list.command()
@click.option("--json", "as_json", is_flag=True, help="Tell a program.")
@click.pass_obj
def show(settings: Settings, as_json: bool) -> None:
    """The newest lists: their state and numbers."""
    from memorial.cli import opened

    with opened(settings) as house, house.session(house.keeper()) as session:
        rows = [
            {"name": list_.name, "source": source.label, "state": list_.state, "added": list_.added,
             "place": list_.place, "matches": list_.matches, "kept": len(list_.kept)}
            for list_, source in keeping.lately(session)
        ]  # fmt: skip
    words = "\n".join(
        f"{row['name']}: {row['state']}, {row['added']:,} persons, {row['matches']:,} pairs ({row['source']})"
        for row in rows
    )
    click.echo(json.dumps({"lists": rows}) if as_json else words or "No lists.")
