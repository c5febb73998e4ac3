"""Harvesters that others wrote take the whole collection from a running archive: whole, in part, and what changed since.

oaipmh-scythe and Sickle (Python), and HTTP::OAI (Perl). Run by `make trial`; what each got goes into docs/trials/.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from oaipmh_scythe import Scythe
from oaipmh_scythe.exceptions import NoRecordsMatch
from sickle import Sickle
from sickle.oaiexceptions import NoRecordsMatch as NoneOfThem
from sqlalchemy import select

from memorial.domain import consent as rules
from memorial.gate import Actor
from memorial.house import House, open_house
from memorial.models import Record
from memorial.services import consent, lists
from memorial.services.consent import Said
from tests.published import _load
from tests.trial.test_kills import _free_port, _settings, _start, _wait_until_up

pytestmark = pytest.mark.trial
TRIALS = Path(__file__).resolve().parents[2] / "docs" / "trials"
FORMATS = ("oai_dc", "mods")
Got = dict[str, str]  # public id -> "deleted" or ""


@dataclass
class Archive:
    house: House
    base: str
    lines: list[str] = field(default_factory=list)

    def say(self, public_id: str, will: rules.Will) -> None:
        with self.house.writing(self.house.keeper()) as session:
            record = session.scalars(select(Record).where(Record.public_id == public_id)).one()
            said = Said(consent.archive_party(session), "will", will)
            consent.append(session, record, said, by=Actor.system(), at=self.house.now())

    def live(self) -> dict[str, tuple[str, str]]:
        with self.house.session(self.house.keeper()) as session:
            found = session.scalars(
                select(Record).where(Record.kind.in_(lists.SHELVES), Record.public_from.is_not(None))
            )
            return {each.public_id: (each.kind, each.language) for each in found}


@pytest.fixture(scope="module")
def archive(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    settings = _settings(tmp_path_factory.mktemp("harvested"))
    house = open_house(settings)
    _load(house, shared / "collection")
    port = _free_port()
    server = _start(settings, port)
    try:
        _wait_until_up(port, server)
        yield Archive(house, f"http://127.0.0.1:{port}/oai")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
        house.engine.dispose()


def by_scythe(base: str, prefix: str, set_: str = "", since: str = "") -> Got:
    with Scythe(base) as client:
        try:
            found = list(client.list_records(metadata_prefix=prefix, set_=set_ or None, from_=since or None))
        except NoRecordsMatch:
            return {}
    got = {each.header.identifier: "deleted" if each.deleted else "" for each in found}
    assert all(each.deleted or each.metadata for each in found)
    assert len(got) == len(found)
    return got


def by_sickle(base: str, prefix: str, set_: str = "", since: str = "") -> Got:
    asked = {"metadataPrefix": prefix, "set": set_, "from": since}
    try:
        found = list(Sickle(base).ListRecords(**{name: word for name, word in asked.items() if word}))
    except NoneOfThem:
        return {}
    got = {each.header.identifier: "deleted" if each.deleted else "" for each in found}
    assert all(each.deleted or each.metadata for each in found)
    assert len(got) == len(found)
    return got


def by_perl(base: str, prefix: str, set_: str = "", since: str = "") -> Got:
    script = Path(__file__).with_name("harvest.pl")
    order = ["perl", str(script), base, prefix, set_, since]
    told = subprocess.run(order, capture_output=True, text=True, check=False, timeout=120)
    assert (told.returncode, told.stderr) == (0, "")
    rows = [line.split("\t") for line in told.stdout.splitlines()]
    assert all(status == "deleted" or int(said) > 3 for _, _, status, said in rows)
    got = {name: status for name, _, status, _ in rows}
    assert len(got) == len(rows)
    return got


HARVESTERS: dict[str, Callable[..., Got]] = {
    "oaipmh-scythe": by_scythe,
    "Sickle": by_sickle,
    "HTTP::OAI": by_perl,
}


def bare(got: Got) -> Got:
    return {name.rpartition(":")[2]: status for name, status in got.items()}


def test_harvesters_of_others_take_all_of_it_and_hear_of_what_was_taken_back(archive: Archive) -> None:
    there = archive.live()
    assert len(there) > 150
    sets = [*(f"kind:{kind}" for kind in lists.SHELVES), *{f"language:{each}" for _, each in there.values()}]
    for name, harvest in HARVESTERS.items():
        for prefix in FORMATS:
            got = bare(harvest(archive.base, prefix))
            assert got == dict.fromkeys(there, ""), (name, prefix)
            since = bare(harvest(archive.base, prefix, since="1992-02-26T00:00:00Z"))
            assert since == got, "a list by stamps, of which an import gave hundreds the same"
            told = f"- {name}, `{prefix}`: whole {len(got)} of {len(there)}, and as many since 1992"
            for one in sets:
                sort, _, value = one.partition(":")
                wanted = {each for each, said in there.items() if said[sort == "language"] == value}
                assert bare(harvest(archive.base, prefix, one)).keys() == wanted, (name, prefix, one)
            archive.lines.append(f"{told}; each of {len(sets)} sets as many as there are")
    _changes(archive, there)
    _write_down(archive)


def _changes(archive: Archive, there: dict[str, tuple[str, str]]) -> None:
    names = {value: bare_name for bare_name, (value, _) in reversed(there.items())}  # one of each kind
    gone = sorted(names.values())
    since = _next_second(archive)
    for each in gone:
        archive.say(each, {})
    for name, harvest in HARVESTERS.items():
        for prefix in FORMATS:
            assert bare(harvest(archive.base, prefix, since=since)) == dict.fromkeys(gone, "deleted"), name
            whole = bare(harvest(archive.base, prefix))
            assert whole == {each: "deleted" if each in gone else "" for each in there}, name
    again = _next_second(archive)
    archive.say(gone[0], {rules.EVERY_PART: rules.everything()})
    for name, harvest in HARVESTERS.items():
        for prefix in FORMATS:
            assert bare(harvest(archive.base, prefix, since=again)) == {gone[0]: ""}, name
            since_first = dict.fromkeys(gone, "deleted") | {gone[0]: ""}
            assert bare(harvest(archive.base, prefix, since=since)) == since_first, name
    archive.lines += [
        f"- taken back while the server ran: {len(gone)}, one of each kind; every harvester in both formats was told `deleted` of"
        " just these, by what changed since and by the whole list",
        "- one of them shown again: every harvester got it, whole, by what changed since",
    ]


def _next_second(archive: Archive) -> str:
    """Stamps are whole seconds: what comes now bears a later one than what came before."""
    begun = archive.house.now().replace(microsecond=0)
    while archive.house.now().replace(microsecond=0) == begun:
        pass
    return f"{archive.house.now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _write_down(archive: Archive) -> None:
    now = datetime.now(UTC)
    lines = [
        f"# Harvesters of others, {now:%Y-%m-%d}", "",
        "oaipmh-scythe 0.16, Sickle 0.7 and Perl's HTTP::OAI 4.12 against `memorial serve` over the whole collection.", "",
        *archive.lines, "", "`pytest -m trial tests/trial/test_harvesters.py`", "",
    ]  # fmt: skip
    (TRIALS / f"{now:%Y-%m-%d}-harvesters.md").write_text("\n".join(lines), encoding="utf-8")
