"""What is held of one person: all of it, and nothing of anybody else's. Every word here is a canary."""

from __future__ import annotations

import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from memorial.cli_subject import subject_export
from memorial.gate import Actor
from memorial.house import House
from memorial.models import AuditEntry, Contribution, CustodyEvent, LedgerEntry, Party
from memorial.services import withdrawal
from tests.canary_life import (
    a_memory_of_canaries,
    a_remembrance_of_canaries,
    a_testimony_of_canaries,
    answers_to,
    word,
)
from tests.importing import publish

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
# Of somebody else, of the desk among itself, or withheld until a party lifts it.
NOT_THEIRS = (
    "among_desk",
    "whofirst",
    "whowaiting",
    "evidencefirst",
    "evidencewaiting",
    "why",
    "masked",
    "lost",
    "street",
)


def exported(house: House, path: Path, *words: str) -> Result:
    told = ["--to", str(path), "--actor", "Officer", "--note", "asked by letter"]
    return CliRunner().invoke(subject_export, [*words, *told], obj=house.settings)


def content(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return "\n".join(
            f"{name}\n{archive.read(name).decode('utf-8', 'replace')}" for name in archive.namelist()
        )


def test_whoever_has_a_code_gets_everything_of_theirs_and_nothing_of_the_siblings(
    house: House, tmp_path: Path
) -> None:
    page = a_remembrance_of_canaries(house, "zqparent")
    memory = a_memory_of_canaries(house, page, "zqsibling")
    other = a_testimony_of_canaries(house, "zqother")
    for life, others in ((page, (memory, other)), (memory, (page, other)), (other, (page, memory))):
        path = tmp_path / f"{life.mark}.zip"
        told = exported(house, path, "--contribution", life.ref)
        assert told.exit_code == 0, told.output
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        text = content(path)
        assert not [each.mark for each in others if each.mark in text]
        task = {page.mark: "remembrance", memory.mark: "memory", other.mark: "testimony"}[life.mark]
        answered = {said for said in answers_to(task, life.mark).values() if said.startswith("zq")}
        assert not [said for said in answered if said not in text]
        assert not [said for said in NOT_THEIRS if word(life.mark, said) in text]
        assert life.code not in text
        assert not [secret for secret in ("code_hash", "wrapped_key", "storage_key") if secret in text]
    text = content(tmp_path / "zqother.zip")
    for said in (
        "message",
        "to_family",
        "letter",
        "lettername",
        "third",
        "sound",
        "line",
        "photoalt",
        "file",
    ):
        assert word("zqother", said) in text, said  # words, what was said, and the files as they came
    with zipfile.ZipFile(tmp_path / "zqother.zip") as archive:
        data = json.loads(archive.read("data.json"))
        assert b"<h1>What was sent with the code" in archive.read("index.html")
    assert {entry["act"] for entry in data["consent"]} >= {"need", "will"}
    assert data["consent_forms"][0]["text"]
    assert "Others were asked about these pages; what they said belongs to them." in data["left_out"]
    assert "account:" not in json.dumps(data)
    with house.session(house.keeper()) as session:
        logged = session.scalars(select(AuditEntry).where(AuditEntry.verb == "subject_export")).all()
        assert [entry.thing for entry in logged] == [
            f"contribution:{each.ref}" for each in (page, memory, other)
        ]
        assert all(entry.actor == "command:Officer" and entry.note_hash for entry in logged)
        assert session.scalars(select(CustodyEvent.verb)).all().count("subject_export") == 3
        third = session.scalars(select(Party).where(Party.kind == "third_person").order_by(Party.id)).first()
        assert third is not None
        own = session.scalars(select(LedgerEntry).where(LedgerEntry.party_id == third.id)).all()
    assert f"third person, --party {third.id}" in told.output
    path = tmp_path / "party.zip"
    assert exported(house, path, "--party", str(third.id)).exit_code == 0
    text = content(path)
    assert word("zqother", "whofirst") in text
    assert word("zqother", "evidencefirst") in text
    assert word("zqother", "evidencewaiting") not in text
    assert word("zqother", "words") not in text
    with zipfile.ZipFile(path) as archive:
        assert len(json.loads(archive.read("data.json"))["consent"]) == len(own)


def test_the_log_names_neither_another_family_nor_whoever_handed_it_over(
    house: House, tmp_path: Path
) -> None:
    page = a_remembrance_of_canaries(house, "zqparent")
    memory = a_memory_of_canaries(house, page, "zqsibling")
    with house.writing(house.keeper()) as session:
        left = session.scalars(select(Contribution).where(Contribution.public_id == memory.ref)).one()
        withdrawal.hide(session, Actor.family(memory.ref, left.id), left, now=house.now())
    for name in ("first", "second"):  # the second one tells of the first
        assert exported(house, tmp_path / f"{name}.zip", "--contribution", page.ref).exit_code == 0
    text = content(tmp_path / "second.zip")
    assert "another family" in text
    assert "subject_export" in text
    assert f"family:{page.ref}" in text
    assert memory.ref not in text
    assert "Officer" not in text


def test_an_export_is_for_its_owner_alone_whatever_lay_there_before(house: House, tmp_path: Path) -> None:
    page = a_remembrance_of_canaries(house, "zqparent")
    for before in ("file", "link"):
        path, part = tmp_path / f"{before}.zip", tmp_path / f"{before}.zip.part"
        elsewhere = tmp_path / f"{before}.elsewhere"
        elsewhere.touch()
        if before == "link":
            part.symlink_to(elsewhere)
        else:
            part.touch()
            part.chmod(0o666)
        assert exported(house, path, "--contribution", page.ref).exit_code == 0
        assert stat.S_IMODE(path.lstat().st_mode) == 0o600
        assert elsewhere.read_bytes() == b""


def test_an_account_gets_what_it_did_and_none_of_its_secrets(house: House, tmp_path: Path) -> None:
    from memorial.services import accounts

    with house.writing(house.keeper()) as session:
        made, token = accounts.add(
            session, Actor.command("one"), "synthetic@example.org", ["moderator"], now=house.now()
        )
        accounts.add(session, Actor.command("one"), "other@example.org", ["moderator"], now=house.now())
        hashed = made.invitation_hash
    assert exported(house, tmp_path / "a.zip", "--account", "synthetic@example.org").exit_code == 0
    text = content(tmp_path / "a.zip")
    assert "synthetic@example.org" in text
    assert not [each for each in ("other@example.org", token, hashed, "password_hash") if each in text]


def test_a_person_whom_sources_name_gets_what_they_say(house: House, tmp_path: Path) -> None:
    from memorial.models import Person, Record

    value: dict[str, Any] = {
        "id": "p",
        "names": [{"spelling": "Synthetic Person", "seeds": []}],
        "accused": False,
        "fate": "killed",
        "roles": ["victim"],
    }
    value["statements"] = [{"property": "born", "value": "1950", "claimant": "synthetic", "ref": "src-x"}]
    publish(house, "sources", {"id": "src-x", "kind": "booklet", "title": "Synthetic booklet"})
    publish(house, "people", value)
    with house.session(house.keeper()) as session:
        public_id = session.scalars(select(Person.public_id)).one()
    assert exported(house, tmp_path / "p.zip", "--person", public_id).exit_code == 0
    assert "Synthetic Person" in content(tmp_path / "p.zip")
    assert '"1950"' in content(tmp_path / "p.zip")
    with house.session(house.keeper()) as session:
        page = session.scalars(select(Record.public_id).where(Record.kind == "remembrance")).one()
    assert exported(house, tmp_path / "page.zip", "--person", page).exit_code == 0
    assert '"1950"' in content(tmp_path / "page.zip")
    assert "Synthetic booklet" in content(tmp_path / "page.zip"), "whoever is named reads where"


def test_of_nobody_there_is_nothing_and_no_file(house: House, tmp_path: Path) -> None:
    for words in (
        ("--contribution", "nobody"),
        ("--party", "9999"),
        ("--person", "nobody"),
        ("--account", "x@example.org"),
        (),
    ):
        assert exported(house, tmp_path / "n.zip", *words).exit_code != 0
    assert list(tmp_path.glob("*.zip*")) == []
    with house.session(house.keeper()) as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.verb == "subject_export")).all() == []


def test_the_guide_for_institutions_says_what_each_export_holds_and_no_other_retention(house: House) -> None:
    words = (Path(__file__).resolve().parents[2] / "docs" / "institution.md").read_text(encoding="utf-8")
    for option in subject_export.params:
        if option.name in ("ref", "email", "party", "person"):
            assert f"`{option.opts[0]}`" in words or f"subject-export {option.opts[0]}" in words
    for name in ("backup_days", "draft_days", "renewal_days", "application_days", "reader_days"):
        (row,) = [line for line in words.splitlines() if f"`MEMORIAL_{name.upper()}`" in line]
        assert f"{type(house.settings).model_fields[name].default} days" in row
