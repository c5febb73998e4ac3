"""Kill −9 exactly at each labelled point of sending, uploading, hiding, publishing and making copies. Run by `make trial`.

Every act (killed_acts.py) is killed at every label that it reaches, each time that it reaches it (the worker, whose
rounds reach some without end, three times at most). Then
the archive is looked through, started again, and the same form is sent again: what was acknowledged is
there, what was not is there once, nothing is seen by halves, and files without a row are kept and told of.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from memorial import jobs
from memorial.house import House, open_house
from memorial.models import Derivative
from memorial.services.check import check
from tests.trial.killed_acts import ACTS, Act, Work, somebody
from tests.trial.test_kills import _free_port, _settings, _wait_until_up
from tests.trial.trap import FOLDER, Trap, labelled

ROOT = Path(__file__).resolve().parents[2]
LABELS = sorted(set().union(*labelled().values()))
AFTER_THE_COMMIT = {"committed", "files-gone", "piece-kept"}
ONLY = os.environ.get("MEMORIAL_TRIAL_ACT", "")  # a part of the name of the acts to try
pytestmark = pytest.mark.trial


@dataclass
class Archive:
    """One real server over one archive, killed and started again."""

    house: House
    trap: Trap
    environment: dict[str, str]
    port: int
    server: subprocess.Popen[bytes] | None = None
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    without_a_row: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.trial.trap", "serve", "--port", str(self.port)]
        self.server = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        _wait_until_up(self.port, self.server)
        _until(lambda: self.trap.both_run)

    def end(self) -> None:
        self.trap.disarm()
        self.trap.kill()
        if self.server is not None:
            self.server.wait(30)

    def look_through(self, where: str) -> None:
        """Nothing is broken; what no row knows is still there. While nothing runs: a worker between a file and its
        row is no fault."""
        with self.house.session(self.house.keeper()) as session:
            lines, now = self.house.second_lines(), self.house.now()
            found = list(check(session, self.house.storage, now=now, elsewhere=lines))
        loose = {fault for fault in found if fault.startswith(("file without a row", "unfinished"))}
        self.faults += [f"{where}: {fault}" for fault in found if fault not in loose]
        self.faults += [f"{where}: gone: {fault}" for fault in sorted(self.without_a_row - loose)]
        self.without_a_row |= loose


def _until(condition: Any) -> bool:
    """Looked for until it is so, half a minute at most."""
    pause = threading.Event()
    return any(condition() or pause.wait(0.1) for _ in range(300))


def _reached(archive: Archive, act: Act) -> Counter[str]:
    """Which labels an act reaches when nobody kills it, and how often each."""
    work = act.prepare(archive.house, archive.port)
    archive.trap.count(act.process)
    work.ask()
    done = _until(lambda: act.seen(archive.house, work) == act.after)
    archive.trap.disarm()
    if not done:
        archive.faults.append(f"{act.name}: not done though nobody killed it")
    return Counter(archive.trap.reached_labels)


def _killed(archive: Archive, act: Act, label: str, time: int) -> None:
    """One act, killed at the `time`-th reaching of a label."""
    work = act.prepare(archive.house, archive.port)
    where = f"{act.name}, {label} {time}"
    if act.process == "web":
        _same(archive, f"{where}, before", act.seen(archive.house, work), [act.before])
    archive.trap.arm(act.process, label, time)
    with suppress(OSError, http.client.HTTPException):
        work.ask()
    if act.process == "jobs":
        _until(lambda: archive.trap.sprung or act.seen(archive.house, work) == act.after)
    sprung = archive.trap.sprung
    archive.trap.disarm()
    if sprung:
        _come_back(archive, act, work, where, label)
    _until(lambda: act.process == "web" or act.seen(archive.house, work) == act.after)
    _same(archive, f"{where}, in the end", act.seen(archive.house, work), [act.after])


def _come_back(archive: Archive, act: Act, work: Work, where: str, label: str) -> None:
    assert archive.server is not None
    archive.server.wait(30)
    archive.kills[act.name, label] += 1
    print(where, flush=True)
    archive.look_through(f"{where}, killed")
    archive.start()
    allowed = [act.after] if act.process == "web" and label in AFTER_THE_COMMIT else [act.before, act.after]
    if act.process == "web":
        _same(archive, f"{where}, killed", act.seen(archive.house, work), allowed)
    act.again(work)


def _same(archive: Archive, where: str, seen: Any, allowed: list[Any]) -> None:
    if seen not in allowed:
        print(where, seen, allowed, flush=True)
        archive.faults.append(f"{where}: {seen}, not {' or '.join(map(str, allowed))}")


def test_killed_at_every_label_nothing_is_lost_and_nothing_is_doubled(tmp_path, database_url, engine_name):
    settings = _settings(tmp_path).model_copy(update={"database_url": database_url, "workers": 1})
    for folder in ("key", "trap"):
        (tmp_path / folder).mkdir()
    chosen = ("data", "storage_url", "database_url", "key_file", "second_place", "secret_key", "starter", "workers",
              "limit_forms", "limit_drafts", "attack_drafts", "limit_codes")  # fmt: skip
    environment = {
        **os.environ,
        **{f"MEMORIAL_{name.upper()}": str(getattr(settings, name)) for name in chosen},
    }
    environment[FOLDER] = str(tmp_path / "trap")
    archive = Archive(open_house(settings), Trap(tmp_path / "trap"), environment, _free_port())
    began = datetime.now(UTC)
    somebody(archive.house)
    try:
        archive.start()
        for act in (act for act in ACTS if ONLY in act.name):
            for label, times in _reached(archive, act).items():
                for each in range(1, min(times, act.most) + 1):
                    _killed(archive, act, label, each)
    finally:
        archive.end()
    left = _put_aside(archive)
    minutes = (datetime.now(UTC) - began).total_seconds() / 60
    print(*archive.faults, sep="\n")
    if not ONLY:
        _write_down(archive, engine_name, left, minutes)
    archive.house.engine.dispose()
    assert archive.faults == []
    assert ONLY or {label for _, label in archive.kills} == set(LABELS)


def _put_aside(archive: Archive) -> int:
    """All that no row knows is moved to where a person looks at it; then everything is as it was written."""
    house = archive.house
    jobs.sweep(house)
    jobs.forget_stray_copies(house)
    with house.session(house.keeper()) as session:
        known = set(session.scalars(select(Derivative.storage_key)))
    if known != set(house.storage.listing("derived")):
        archive.faults.append("copies are missing, or lie there for nobody")
    archive.look_through("in the end")
    with house.session(house.keeper()) as session:
        lines, now = house.second_lines(), house.now()
        moved = list(check(session, house.storage, now=now, elsewhere=lines, put_aside=True))
    with house.session(house.keeper()) as session:
        archive.faults += list(check(session, house.storage, now=house.now(), elsewhere=house.second_lines()))
    aside = len(list(house.storage.listing("aside")))
    if not len(moved) == aside == len(archive.without_a_row):
        archive.faults.append(
            f"{len(archive.without_a_row)} without a row, {len(moved)} moved, {aside} aside"
        )
    return aside


def _write_down(archive: Archive, engine: str, aside: int, minutes: float) -> None:
    now = datetime.now(UTC)
    path = ROOT / "docs" / "trials" / f"{now:%Y-%m-%d}-labelled-kills.md"
    lines = [f"# Kill −9 at each labelled point, {now:%Y-%m-%d}, {engine}", ""]
    lines += [f"- kills: {sum(archive.kills.values())}"]
    lines += [f"- {label}: {_of(archive, label)}" for label in LABELS]
    lines += [f"- files without a row, told of and put aside: {aside}", f"- faults: {len(archive.faults)}"]
    lines += [f"- minutes: {minutes:.1f}", ""]
    earlier = path.read_text("utf-8").split("# Kill") if path.exists() else []
    kept = [f"# Kill{part}" for part in earlier[1:] if f", {engine}\n" not in part]
    path.write_text("\n".join([*kept, "\n".join(lines)]), encoding="utf-8")


def _of(archive: Archive, label: str) -> str:
    found = {act: count for (act, which), count in archive.kills.items() if which == label}
    return f"{sum(found.values())} ({', '.join(f'{act} {count}' for act, count in found.items())})"
