"""`memorial import`: collections as JSON Lines or CSV.

    memorial import collection/*.jsonl
    memorial import collection/*.jsonl --publish --actor NAME --second NAME --note WORDS

Every row that cannot go in is named with file, line and field; the exit status is then 1.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import click

from config import Settings
from memorial.domain.ids import new_public_id
from memorial.formats.jsonl import Fault, Row
from memorial.gate import Actor, GatedSession, Reader
from memorial.house import House
from memorial.services import duplicates
from memorial.services.collection import (
    AT_ONCE,
    COUNTED,
    DEFAULT_NAME,
    KINDS,
    Report,
    finish,
    import_objects,
    in_order,
    keep_note,
    open_file,
)
from memorial.services.custody import hash_note
from memorial.services.published.from_file import proposer

ROUNDS = 5  # of the search for those who are here already (services/duplicates.py, `A_NIGHT`)
SHOWN = 20  # unmatched references and differences printed before the rest is only counted


class _TakenBack(Exception):
    """Leaves a writing session so that nothing of it stays."""


@dataclass
class Order:
    """What the command line asks for."""

    actor: Actor
    kind: str
    name: str
    publish: bool
    second: str
    note: str
    note_hash: str = ""
    run: str = field(default_factory=new_public_id)
    propose: bool = False
    compare: bool = False

    def signature(self) -> dict[str, Any]:
        return {
            "publish": self.publish, "second": self.second, "note_hash": self.note_hash, "name": self.name,
            "run": self.run,
        }  # fmt: skip


@dataclass
class Result:
    """What became of all files."""

    reports: dict[str, Report] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unmatched: list[tuple[str, str, list[list[str]]]] = field(default_factory=list)
    proposed: int = 0  # pairs that may be one, for the desk to decide

    def add(self, report: Report) -> None:
        self.faults.extend(report.faults)
        known = self.reports.setdefault(report.kind, Report(report.kind))
        known.add(report)


@click.command(name="import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--kind", type=click.Choice(list(KINDS)), help="What the files hold, where their name does not say."
)
@click.option("--name", default=DEFAULT_NAME, show_default=True, help="The collection they belong to.")
@click.option("--strict", is_flag=True, help="Nothing goes in when any row is wrong.")
@click.option("--dry-run", is_flag=True, help="Check and count, change nothing.")
@click.option("--publish", is_flag=True, help="Show it at once; needs --actor, --second and --note.")
@click.option("--actor", default="", help="Who imports, and signs for the publication.")
@click.option("--second", default="", help="Who signs as well: somebody else.")
@click.option("--note", default="", help="Why it may be shown.")
@click.option(
    "--propose", is_flag=True, help="What would change waits at the desk as proposals; needs --actor."
)
@click.option("--json", "as_json", is_flag=True, help="Tell a program.")
@click.pass_obj
def import_command(
    settings: Settings,
    files: tuple[Path, ...],
    kind: str | None,
    name: str,
    strict: bool,
    dry_run: bool,
    publish: bool,
    actor: str,
    second: str,
    note: str,
    propose: bool,
    as_json: bool,
) -> None:
    """Load collections from JSON Lines or CSV. Same objects again change nothing.

    Without --publish what is new waits at the desk.
    """
    from memorial.cli import opened

    order = _order(kind or "", name, publish, actor.strip(), second.strip(), note.strip())
    if propose and (publish or not actor.strip()):
        raise click.UsageError("Proposals wait for the desk: --propose --actor NAME, without --publish")
    order.propose, order.compare = propose, dry_run
    tell = _progress(as_json)
    with opened(settings) as house:
        load = _all_or_nothing if strict or dry_run else _row_by_row
        result = load(house, order, in_order(files, order.kind), tell, dry_run)
        taken_back = dry_run or (strict and bool(result.faults))
        if not taken_back and any(report.added or report.changed for report in result.reports.values()):
            result.proposed = _propose(house)
    click.echo(
        json.dumps(_for_program(result, taken_back)) if as_json else _in_words(result, order, taken_back)
    )
    if not as_json:
        for fault in result.faults:
            click.echo(str(fault), err=True)
    sys.exit(1 if result.faults else 0)


def _order(kind: str, name: str, publish: bool, actor: str, second: str, note: str) -> Order:
    if publish and not (actor and second and note):
        raise click.UsageError("To publish, two people sign: --actor NAME --second NAME --note WORDS")
    if publish and actor.casefold() == second.casefold():
        raise click.UsageError("--actor and --second must be two different people")
    other = Actor.command(second).label if second else ""
    return Order(Actor.command(actor or "import"), kind, name, publish, other, note)


def _progress(as_json: bool) -> Callable[[str, int], None]:
    shown = not as_json and sys.stderr.isatty()

    def tell(kind: str, count: int) -> None:
        if shown:
            click.echo(f"\r  {kind}: {count:,} rows", nl=False, err=True)

    return tell


def _all_or_nothing(
    house: House, order: Order, files: Iterable[Path], tell: Callable[[str, int], None], dry_run: bool
) -> Result:
    """One transaction for all files; taken back for a trial, or when any row is wrong."""
    result = Result()
    try:
        with house.writing(house.keeper()) as session:
            _sign(house, session, order)
            for path in files:
                kind, rows = open_file(path, order.kind)
                _load(house, session, order, kind, rows, result, tell)
            _end(house, session, order, result)
            if dry_run or result.faults:
                raise _TakenBack
    except _TakenBack:
        pass
    return result


def _row_by_row(
    house: House, order: Order, files: Iterable[Path], tell: Callable[[str, int], None], _dry_run: bool
) -> Result:
    """A transaction for each few hundred rows: what is right goes in, what is wrong is named."""
    result = Result()
    for path in files:
        kind, rows = open_file(path, order.kind)
        for some in _chunks(rows):
            with house.writing(house.keeper()) as session:
                _sign(house, session, order)
                _load(house, session, order, kind, some, result, tell)
    with house.writing(house.keeper()) as session:
        _end(house, session, order, result)
    return result


def _chunks(rows: Iterator[Row | Fault]) -> Iterator[list[Row | Fault]]:
    while some := list(islice(rows, AT_ONCE)):
        yield some


def _sign(house: House, session: GatedSession, order: Order) -> None:
    order.note_hash = hash_note(session, house.keys, None, order.note)


def _load(
    house: House,
    session: GatedSession,
    order: Order,
    kind: str,
    rows: Iterable[Row | Fault],
    result: Result,
    tell: Callable[[str, int], None],
) -> None:
    if not kind:
        result.faults.extend(row for row in rows if isinstance(row, Fault))
        return
    propose = proposer(session, order.actor, keys=house.keys, now=house.now()) if order.propose else None
    more = {**order.signature(), "propose": propose, "compare": order.compare}
    result.add(import_objects(session, order.actor, kind, rows, now=house.now(), **more))
    tell(kind, result.reports[kind].read)


def _end(house: House, session: GatedSession, order: Order, result: Result) -> None:
    """References across files, and the words of the note that signs."""
    people = "people" in result.reports or "accounts" in result.reports
    result.unmatched = finish(session, people=people)
    if order.publish and any(r.added or r.changed or r.published for r in result.reports.values()):
        keep_note(session, order.actor, order.name, order.note, keys=house.keys, now=house.now())


def _propose(house: House) -> int:
    """Whoever came may be here already: nobody is joined, the desk is asked. What is left over, the night sees to."""
    proposed = 0
    for _ in range(ROUNDS):
        with house.session(Reader.desk(house.moment())) as session:
            pairs, seen_to = duplicates.found(session)
        with house.writing(house.keeper()) as session:
            proposed += duplicates.raise_found(session, pairs, seen_to, now=house.now())
            if not duplicates.names_wait(session):
                break
    return proposed


def _for_program(result: Result, taken_back: bool) -> dict[str, Any]:
    return {
        "files": {
            kind: {name: getattr(report, name) for name in COUNTED} | {"leftovers": dict(report.leftovers)}
            for kind, report in result.reports.items()
        },
        "differences": [asdict(each) for report in result.reports.values() for each in report.differences],
        "faults": [asdict(fault) for fault in result.faults],
        "unmatched": [
            {"file": file, "id": name, "references": pairs} for file, name, pairs in result.unmatched
        ],
        "proposed_matches": result.proposed,
        "nothing_changed": taken_back,
    }


def _in_words(result: Result, order: Order, taken_back: bool) -> str:
    lines = [_line(report) for report in result.reports.values()]
    for report in result.reports.values():
        if report.leftovers:
            fields = ", ".join(f"{name} ({count})" for name, count in sorted(report.leftovers.items()))
            lines.append(f"{report.kind}: kept beside the tables, not shown: {fields}")
    told = [each for report in result.reports.values() for each in report.differences]
    lines += [f"  {each}" for each in told[:SHOWN]]
    if len(told) > SHOWN:
        lines.append("  …; --json names more of them")
    if result.unmatched:
        lines.append(f"{len(result.unmatched)} objects name what is not in the archive yet:")
        for file, name, pairs in result.unmatched[:SHOWN]:
            lines.append(f"  {file} {name}: {', '.join(f'{kind} {given}' for kind, given in pairs)}")
    if result.proposed:
        lines.append(f"Possible duplicates for the desk: {result.proposed} pairs may be the same person.")
    if taken_back:
        lines.append("Nothing was changed.")
    elif not order.publish and any(report.added for report in result.reports.values()):
        lines.append("What is new waits at the desk.")
    return "\n".join(lines)


def _line(report: Report) -> str:
    words = f"{report.kind}: {report.read} read, {report.added} new, {report.changed} changed, "
    words += f"{report.unchanged} as before, {report.refused} refused"
    if report.proposed:
        words += f", {report.proposed} proposed"
    if report.kept:
        words += f", {report.kept} kept as they came from JSON (--propose puts the changes before the desk)"
    return words + (f", {report.published} records published" if report.published else "")
