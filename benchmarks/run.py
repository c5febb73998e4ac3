"""`memorial bench`: what DESIGN promises about speed and memory, measured here and now.

    memorial bench --quick            # 2,000 testimonies, short rounds
    memorial bench --only list --only search-rare
    memorial bench names              # spellings found, names mistaken, by category
    memorial bench --large            # also a common word among 1,000,000 short records
    memorial bench --only finding     # searches among 1,000,000 names and 20,000 texts
    memorial bench --only wall        # the wall of names with 1,000,000 on it (--kept FOLDER keeps them)
    memorial bench --only export      # a bag of 20,000 testimonies with 5 GB, beside plain copying; --records N for less
    memorial bench --only keeping     # backup and check with 5 GB of media, beside plain copying; needs 20 GB of disk
    memorial bench --only media       # ranges of recordings, and how fast copies are made

PostgreSQL is measured when MEMORIAL_DATABASE_URL names one whose user may create databases.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from benchmarks import (
    desk,
    desk_item,
    exporting,
    finding,
    importing,
    keeping,
    large,
    ledger,
    lists,
    media,
    million,
    pages,
    photographs,
    wall,
)
from benchmarks import names as spellings
from benchmarks.archive import an_archive
from benchmarks.report import Result, as_json, markdown, table

GROUPS = {
    "pages": (
        "cache record record-bare press list people home far search-rare search-common keyset"
        " search-rare-p95 search-common-p95 memory"
    ),
    "ledger": "ledger ledger-batch epoch",
    "import": "import import-core",
    "photographs": "photographs photographs-memory",
    "desk": f"{' '.join(desk.WAYS)} desk-item desk-item-queries",
    "lists": " ".join(lists.WAYS),
    "finding": (
        "finding-index finding-name finding-family finding-wrong finding-typing finding-rare finding-common"
        " finding-ranked finding-ranked-page finding-memory finding-buffers"
    ),
    "wall": (
        "wall-count wall-first wall-middle wall-deep wall-letter wall-family wall-unnamed wall-middle-first wall-deep-first wall-last-first"
    ),
    "media": "media-ranges media-ranges-plain media-bytes media-bytes-plain media-sound media-film",
    "export": "export-bag export-again export-memory",
    "keeping": keeping.NAMES,
    "large": "large",
}


@click.command()
@click.argument("what", required=False, type=click.Choice(["names"]))
@click.option(
    "--pairs", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Pairs for `names`."
)
@click.option("--misses", is_flag=True, help="With `names`: also each pair that was read wrongly.")
@click.option("--quick", is_flag=True, help="2,000 testimonies and short rounds.")
@click.option("--records", type=click.IntRange(100), help="Testimonies in the archive [20,000].")
@click.option("--rounds", type=click.IntRange(1, 50), help="Rounds of each pair [7].")
@click.option("--only", "names", multiple=True, help="One figure or group; may be given again.")
@click.option(
    "--kept",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the archive of `finding` and `wall` is kept from one run to the next.",
)
@click.option("--large", "with_large", is_flag=True, help="Also a common word among 1,000,000 short records.")
@click.option(
    "--media-mb", type=click.IntRange(2), default=5_000, show_default=True, help="Media for `keeping`."
)
@click.option("--markdown", "in_markdown", is_flag=True, help="As a table for docs/bench/.")
@click.option("--json", "for_program", is_flag=True, help="Tell a program.")
def main(
    what: str | None, pairs: Path | None, misses: bool,
    quick: bool, records: int | None, rounds: int | None, names: tuple[str, ...],
    kept: Path | None, with_large: bool, media_mb: int, in_markdown: bool, for_program: bool,
) -> None:  # fmt: skip
    """Measure beside bare pieces of the same libraries, on synthetic records, on this machine alone."""
    if what == "names":
        lines = spellings.measure(pairs or spellings.PAIRS)
        click.echo(
            json.dumps([vars(line) for line in lines]) if for_program else spellings.as_table(lines, misses)
        )
        return
    signal.signal(signal.SIGTERM, _as_exit)
    count = records or (2_000 if quick else 20_000)
    tries = rounds or (3 if quick else 7)
    seconds = 0.4 if quick else 1.0
    unknown = set(names) - {word for group, words in GROUPS.items() for word in (group, *words.split())}
    if unknown:
        known = " ".join(f"{group} ({words})" for group, words in GROUPS.items())
        raise click.UsageError(f"nothing is called {', '.join(sorted(unknown))}; there are {known}")
    found = []
    for result in _results(count, tries, seconds, set(names), with_large, media_mb, _progress, kept):
        if names and not _named(set(names), result.name):
            continue
        found.append(result)
        _progress(f"  {result.what}: {result.figure:.3g} {result.unit} {result.verdict}")
    about = _about(count, tries)
    if for_program:
        click.echo(as_json(found, about))
    else:
        click.echo(", ".join(f"{name}: {value}" for name, value in about.items()))
        click.echo((markdown if in_markdown else table)(found))


def _as_exit(number: int, _frame: object) -> None:
    """Whoever stops the run stops its servers and takes its folder away with it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one must not interrupt the clearing up
    sys.exit(128 + number)


def _progress(words: str) -> None:
    click.echo(words, err=True)


def _wanted(names: set[str], group: str) -> bool:
    return not names or group in names or bool(names & set(GROUPS[group].split()))


def _named(names: set[str], name: str) -> bool:
    return name in names or any(group in names and name in GROUPS[group].split() for group in GROUPS)


def _results(
    count: int,
    rounds: int,
    seconds: float,
    names: set[str],
    with_large: bool,
    media_mb: int,
    tell: Callable[[str], None],
    kept: Path | None,
) -> Iterator[Result]:
    if _wanted(names, "pages") or _wanted(names, "ledger"):
        with an_archive(count, tell=tell) as made:
            if _wanted(names, "pages"):
                yield from pages.measure(
                    made, rounds, seconds, lambda name: not names or not names.isdisjoint((name, "pages"))
                )
            if _wanted(names, "ledger"):
                yield from ledger.measure(made, seconds * 3)
    if _wanted(names, "import"):
        yield from importing.measure(max(200, count // 4), max(3, rounds // 2), tell)
    if _wanted(names, "photographs"):
        yield from photographs.measure(3 if rounds < 4 else 6, rounds)
    if _wanted(names, "desk"):
        yield from desk.measure(rounds, tell, lambda name: not names or not names.isdisjoint((name, "desk")))
    if not names or names & {"desk", "desk-item", "desk-item-queries"}:
        yield from desk_item.measure(rounds)
    if _wanted(names, "lists"):
        yield from lists.measure(
            rounds, tell, lambda name: not names or not names.isdisjoint((name, "lists"))
        )
    if names & {"finding", *GROUPS["finding"].split()}:
        small = {"names": 50_000, "texts": 2_000} if count < 20_000 else {}
        yield from finding.measure(rounds, seconds, tell, kept, **small)
    if names & {"wall", *GROUPS["wall"].split()}:
        small = {"names": 50_000} if count < 20_000 else {}
        with million.a_million(tell, kept, **{"texts": 500, **small}) as made:
            yield wall.count_again(made.house)
            yield from wall.pages(made.house, rounds, seconds)
    if names & {"media", *GROUPS["media"].split()}:
        yield from media.measure(rounds, seconds, tell, lambda name: not names.isdisjoint((name, "media")))
    if names & {"export", *GROUPS["export"].split()}:
        yield from exporting.measure(count, tell, lambda name: not names.isdisjoint((name, "export")))
    if names & {"keeping", *GROUPS["keeping"].split()}:
        yield from keeping.measure(count, media_mb, min(rounds, 3), tell)
    if with_large or "large" in names:
        yield from large.measure(rounds, tell)


def _about(count: int, rounds: int) -> dict[str, str]:
    return {
        "testimonies": f"{count:,}",
        "rounds": str(rounds),
        "processors": str(os.cpu_count()),
        "python": platform.python_version(),
        "database": "PostgreSQL" if os.environ.get("MEMORIAL_DATABASE_URL", "").startswith("p") else "SQLite",
    }


if __name__ == "__main__":
    main()
