"""The `memorial` command as somebody at the machine uses it."""

import io
import json
import shutil
import socket

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from memorial import schema, server
from memorial.cli import main
from memorial.gate import Actor
from memorial.models import AuditEntry, ConsentForm, Item
from memorial.services import audit
from tests.builders import a_press_account, a_testimony
from tests.services.test_backup import _with_original
from tests.services.test_log import rewritten


@pytest.fixture
def run(house, settings, monkeypatch, tmp_path):
    """Run a command over the test's archive; returns (exit status, what it printed)."""
    monkeypatch.chdir(tmp_path)
    for name in ("data", "storage_url", "database_url", "key_file", "second_place", "secret_key"):
        monkeypatch.setenv(f"MEMORIAL_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("MEMORIAL_STARTER", "false")

    def command(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, words, catch_exceptions=False)
        return result.exit_code, result.output

    return command


def test_check_says_that_all_is_well_and_ends_with_0(run, house):
    a_testimony(house)
    assert run("check") == (0, "Everything is as it was written.\n")


def test_check_ends_with_1_and_names_what_is_wrong(run, house):
    a_testimony(house)
    house.storage.put_derived("x/y.jpg", b"")
    file = house.storage.put_original(io.BytesIO(b"x"), house.keys.new_contribution_key())
    status, told = run("check", "--json")
    assert status == 1
    assert json.loads(told)["faults"] == [f"file without a row: {file.storage_key}"]


def test_check_names_a_decision_that_somebody_rewrote_in_the_database(run, house):
    with house.writing(house.keeper()) as session:
        for verb in ("take", "publish", "release"):
            audit.record_act(session, Actor.system(), audit.Act(verb, "item:synthetic"), house.now())
    rewritten(house, "UPDATE audit SET actor = 'account:1' WHERE id = 2")
    status, told = run("check", "--json")
    assert (status, json.loads(told)["faults"]) == (1, ["audit 2: changed"])


def test_check_gives_a_damaged_file_to_the_desk_once_however_often_it_runs(run, house):
    storage_key, _ = _with_original(house, a_testimony(house))
    house.storage.delete(storage_key)
    for _ in range(2):
        assert run("check")[0] == 1
    with house.session(house.keeper()) as session:
        assert session.scalars(select(Item.facts).where(Item.kind == "fixity")).all() == [
            {"thing": "media:x", "file": storage_key, "fault": "missing"}
        ]


def test_a_backup_is_written_and_restored_elsewhere(run, house, tmp_path, monkeypatch, engine_name):
    a_testimony(house)
    a_press_account(house)
    status, told = run("backup", "--to", str(tmp_path / "backups"), "--json")
    assert status == 0
    written = json.loads(told)
    key = tmp_path / "elsewhere-key" / "archive.key"
    key.parent.mkdir()
    shutil.copy(house.settings.archive_key_file, key)
    monkeypatch.setenv("MEMORIAL_DATA", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("MEMORIAL_DATABASE_URL", "")
    monkeypatch.setenv("MEMORIAL_STORAGE_URL", str(tmp_path / "elsewhere-media"))
    monkeypatch.setenv("MEMORIAL_KEY_FILE", str(key))
    status, told = run("restore", written["path"], "--json")
    assert (status, json.loads(told)["locked"]) == (0, False)
    assert run("check")[0] == 0
    status, told = run("restore", written["path"])
    assert status == 1
    assert "already holds an archive" in told


def test_a_restore_without_the_key_says_where_it_must_be(run, tmp_path, monkeypatch):
    some = tmp_path / "x.tar.age"
    some.write_bytes(b"")
    monkeypatch.setenv("MEMORIAL_KEY_FILE", str(tmp_path / "nowhere.key"))
    status, told = run("restore", str(some))
    assert status == 1
    assert "nowhere.key" in told


def test_confirming_a_restore_needs_two_different_people(run):
    assert run("restore", "--confirm")[0] == 2
    status, told = run("restore", "--confirm", "--actor", "Synthetic One", "--second", "Synthetic One")
    assert status == 1
    assert "two different people" in told


def test_a_language_s_consent_form_is_approved_by_name_and_the_log_says_so(run, house):
    status, told = run("forms")
    assert status == 0
    assert told.count("approved by nobody yet") == 4
    assert run("forms", "--approve", "az")[0] == 2
    assert run("forms", "--approve", "xx", "--actor", "Synthetic Reader")[0] == 1
    assert run("forms", "--approve", "az", "--actor", "Synthetic Reader")[0] == 0
    with house.session(house.keeper()) as session:
        approved = session.scalars(select(ConsentForm).where(ConsentForm.approved_by != "")).all()
        assert [(form.language, form.approved_by) for form in approved] == [
            ("az", "command:Synthetic Reader")
        ]
        assert "approve_form" in session.scalars(select(AuditEntry.verb)).all()


def test_the_archive_s_own_texts_are_changed_from_a_file(run, tmp_path):
    good, bad, broken = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "broken.json"
    good.write_text('{"name": {"en": "A synthetic memorial"}}', encoding="utf-8")
    bad.write_text('{"colour": "red"}', encoding="utf-8")
    broken.write_text("{", encoding="utf-8")
    assert run("site", str(good))[0] == 2
    assert run("site", str(good), "--actor", "Synthetic Admin")[0] == 0
    assert "A synthetic memorial" in run("site")[1]
    for wrong, word in ((bad, "colour"), (broken, "not a JSON object")):
        status, told = run("site", str(wrong), "--actor", "Synthetic Admin")
        assert status == 1
        assert word in told


def test_the_other_commands_say_what_they_did(run, house):
    a_testimony(house)
    assert "entries indexed" in run("reindex")[1]
    assert "0 pieces of work done" in run("jobs", "--once")[1]
    assert "AGE-SECRET-KEY" in run("key")[1]
    assert "trusted again" in run("confirm-time", "--actor", "Synthetic Admin")[1]
    assert schema.head() in run("migrate")[1]


def test_every_command_has_help(run):
    for name in main.commands:
        assert run(name, "--help")[0] == 0


@pytest.mark.parametrize(
    ("value", "needs"),
    [
        ('{"about": "synthetic"}', "setting: about, needs: a list of {id, heading, body}"),
        ('{"help": {"en": [{"id": "x"}]}}', "setting: help"),
        ('{"languages": 5}', "setting: languages, needs: a list of texts"),
        ('{"two_people": "death"}', "setting: two_people, needs: a list out of death, minor"),
        ('{"two_people": ["deaths"]}', "setting: two_people, needs: a list out of death, minor"),
        ('{"motif": "yes"}', "setting: motif, needs: true or false"),
        ('{"who": "Synthetic Keepers", "support": "x"}', "setting: support, needs: a list of objects"),
        ('{"nothing": 1}', "nothing is called 'nothing'"),
        ("[1]", "is not a JSON object"),
        ("{", "is not a JSON object"),
    ],
)
def test_a_setting_of_the_archive_that_no_page_could_show_is_refused_and_nothing_changes(
    run, client, tmp_path, value, needs
):
    file = tmp_path / "site.json"
    file.write_text(value, encoding="utf-8")
    status, told = run("site", str(file), "--actor", "Synthetic Keeper")
    assert status == 1
    assert needs in told
    assert json.loads(run("site")[1]) == {}
    for page in ("/en/", "/en/about", "/en/help"):
        assert client.get(page).status_code == 200


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("MEMORIAL_DATA", "/proc/nowhere", "/proc/nowhere: No such file or directory"),
        ("MEMORIAL_WORKERS", "many", "MEMORIAL_WORKERS: Input should be a valid integer"),
        ("MEMORIAL_DATABASE_URL", "mysql://x", "begins with sqlite:// or postgresql://"),
        ("MEMORIAL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/x", "The database does not answer"),
    ],
)
def test_a_setting_of_the_machine_that_cannot_be_used_is_said_in_words(run, monkeypatch, name, value, told):
    monkeypatch.setenv(name, value)
    if name == "MEMORIAL_DATA":
        monkeypatch.setenv("MEMORIAL_DATABASE_URL", "")
        monkeypatch.setenv("MEMORIAL_KEY_FILE", f"{value}/archive.key")
    status, words = run("check")
    assert status == 1
    assert told in words
    assert words.startswith("Error: ")


def test_a_file_that_is_not_utf8_and_a_folder_that_cannot_be_made_are_said_in_words(run, tmp_path):
    file = tmp_path / "site.json"
    file.write_bytes(b"\xff\xfe\x00")
    status, told = run("site", str(file), "--actor", "Synthetic Keeper")
    assert (status, "save it as UTF-8" in told) == (1, True)
    for command in ("backup", "export --format jsonl"):
        status, told = run(*command.split(), "--to", "/proc/nowhere")
        assert (status, "/proc/nowhere: No such file or directory" in told) == (1, True)


def test_what_is_no_backup_is_refused_in_words(run, tmp_path):
    file = tmp_path / "memorial.tar.age"
    for content in (b"", b"\x00synthetic" * 40):
        file.write_bytes(content)
        status, told = run("restore", str(file))
        assert status == 1
        assert "This is no backup that the archive's key opens, or it is damaged" in told


def test_a_backup_is_not_restored_over_people_of_the_desk(run, tmp_path):
    assert run("backup", "--to", str(tmp_path / "kept"))[0] == 0
    [made] = (tmp_path / "kept").glob("*.tar.age")
    assert run("account", "add", "synthetic@example.org", "--role", "moderator")[0] == 0
    status, told = run("restore", str(made))
    assert status == 1
    assert "already holds an archive" in told


def test_a_port_that_is_taken_is_said_and_nothing_is_started(run):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        status, told = run("serve", "--port", port)
    assert status == 1
    assert f"127.0.0.1:{port}: Address already in use; choose another --port" in told


def test_the_first_start_prints_the_key_in_a_terminal_and_nowhere_else(run, monkeypatch):
    monkeypatch.setattr(server, "run", lambda *_words, **_named: None)
    monkeypatch.setattr(server, "expect_free", lambda *_words: None)
    status, told = run("serve")  # what it says goes into a file here
    assert status == 0
    assert "memorial key prints it" in told
    assert "AGE-SECRET-KEY" not in told
