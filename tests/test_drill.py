"""The drill: fill, back up while somebody writes, lose the machine, restore on the other engine, and compare every door.

What each reader gets at each address is the same as before, header for header, but for the lines of the log that say what
was done since: that it was restored, and that the files were looked at again.
"""

from __future__ import annotations

import itertools
import re
import shutil
import threading
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from memorial import file_rounds, jobs
from memorial.gate import Actor
from memorial.house import open_house
from memorial.models import Contribution, Derivative, Media
from memorial.services import backup, check, custody, withdrawal
from tests.builders import a_contribution
from tests.conftest import application_over, migrated, settings_in
from tests.services.test_backup import _read, _write
from tests.test_gate import Town, a_town, family
from tests.walking import BY_NATURE, addresses, routes
from tests.web.contribute.helpers import a_photograph

# What the doors of the log lack of what was done after the backup, and what they say besides: (lost, new), one line each.
WITHDRAWN, RESTORED, LOOKED_AT = (
    "the family hid it",
    "brought the archive back from a backup",
    "checked an original",
)
SAY_SO = {
    "desk.log": (WITHDRAWN, RESTORED),
    "desk.custody_log": ("", LOOKED_AT),
    "desk.record_story": ("", LOOKED_AT),
}
TIME = re.compile(r"22 Nov 2026, 09:00")
SMALLEST = 480
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


@pytest.fixture
def elsewhere(engine_name, tmp_path, request, clock, house):
    """An empty archive on the other engine, which holds the same key."""
    folder = tmp_path / "elsewhere"
    for url in migrated(OTHER[engine_name], folder, request):
        settings = settings_in(folder, url)
        shutil.copy(house.settings.archive_key_file, settings.archive_key_file)
        opened = open_house(settings, wall=clock.wall, monotonic=clock.monotonic)
        yield opened
        opened.engine.dispose()


def with_real_photographs(house) -> None:
    """Copies are in no backup: they are made anew, which needs a picture."""
    with house.writing(house.keeper()) as session:
        for copy in session.scalars(select(Derivative)):
            session.delete(copy)
        for medium in session.scalars(select(Media)):
            key = custody.contribution_key(house.keys, session.get_one(Contribution, medium.contribution_id))
            medium.storage_key = house.storage.put_original(BytesIO(a_photograph()), key).storage_key
            medium.due = "copies"
    jobs.sweep(house)


def copies_of(house) -> dict[str, str]:
    """The public ids of copies, which are new after a restore, by what they are copies of."""
    with house.session(house.keeper()) as session:
        wanted = select(Derivative.public_id, Media.public_id, Derivative.width).join(Media)
        return {row[0]: f"copy-of-{row[1]}-{row[2]}" for row in session.execute(wanted)}


def answers(
    town: Town, open_ids: list[str], desk_ids: list[str], ref: str
) -> dict[tuple[str, str, str], str]:
    """What each reader gets at every address of every door that is theirs."""
    copies = copies_of(town.house)
    some = [public_id for public_id, words in copies.items() if words.endswith(f"-{SMALLEST}")]
    found = {}
    others = {
        "ref": [ref], "slug": ["never"], "kind": ["testimony"], "act": ["hide"], "enclosure": ["never"],
        "verb": ["take"], "name": ["words"], "turn": ["read"], "room": ["testimonies", "people"],
    }  # fmt: skip
    for who, audiences, ids in (
        ("nobody", ("public", "machine"), open_ids), ("approved_reader", ("public",), open_ids),
        ("moderator", ("desk",), desk_ids), ("consent_officer", ("desk",), desk_ids), ("family", ("family",), desk_ids),
    ):  # fmt: skip
        for rule in routes(town.app, *audiences):
            wanted = some if rule.endpoint == "media.copy" else ids
            for address in addresses(rule, {**others, "public_id": wanted}):
                text = everything(town.clients[who].get(address, buffered=True))
                for public_id, words in copies.items():
                    text, address = text.replace(public_id, words), address.replace(public_id, words)
                found[who, rule.endpoint, address] = without_chance(text, in_any_order=audiences == ("desk",))
    return found


def everything(answer) -> str:
    """Also of a picture: every byte is a letter."""
    headers = (f"{name.lower()}: {value}" for name, value in answer.headers if name.lower() not in BY_NATURE)
    return "\n".join([answer.status, *sorted(headers), answer.get_data().decode("latin-1")])


def without_chance(text: str, *, in_any_order: bool) -> str:
    """Keys of forms, and tags made of what holds them, are other ones each time; and the desk shows some fields in the
    order in which the engine keeps them. Lines of the log are numbered; rounds of one day are counted together."""
    text = re.sub(r'(name="csrf_token" value=|name="send_key" value=)"[\w.-]+"', r'\1""', text)
    text = re.sub(r"(?m)^(etag|set-cookie|content-length): .*\n", "", text)
    text = re.sub(r'id="line-\d+"', "", text)
    text = re.sub(r'(<th scope="row">22 November 2026</th>)<td>\d+</td>', r"\1<td></td>", text)
    return "\n".join(sorted(text.replace("<li", "\n<li").splitlines())) if in_any_order else text


def differences(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that are lost, and those that are new; a time by itself belongs to the line that is."""
    was, now = Counter(before.splitlines()), Counter(after.splitlines())
    for lines in (was, now):
        for line in [each for each in lines if TIME.fullmatch(re.sub(r"<[^>]+>", "", each).strip())]:
            del lines[line]
    return list((was - now).elements()), list((now - was).elements())


def say_only_what_was_done_since(endpoint: str, before: str, after: str) -> bool:
    """In the log, what was done after the backup gives way to the restore; files are looked at anew."""
    lost, new = differences(before, after)
    gone, added = SAY_SO[endpoint]
    if endpoint == "desk.log" and (len(lost), len(new)) != (1, 1):
        return False
    return all(gone and gone in line for line in lost) and all(added in line for line in new)


def the_same_browser(client: FlaskClient, app) -> FlaskClient:
    """What somebody was signed in with before the machine was lost opens the restored archive."""
    other = app.test_client()
    with client.session_transaction() as before, other.session_transaction() as after:
        after.update(before)
    return other


def test_restored_on_the_other_engine_every_door_says_the_same_to_every_reader(
    house, app, elsewhere, engine_name, tmp_path, monkeypatch
):
    town = a_town(house, app)
    with_real_photographs(house)
    assert file_rounds.fixity_round(house) == 0
    report = _backed_up_while_somebody_writes(house, tmp_path / "backups", monkeypatch)
    by_state = {subject.state: subject for subject in town.subjects[::-1]}
    taken_back = next(each for each in town.subjects[::-1] if each.state == "published")
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, taken_back.made.contribution_id)
        actor = Actor.family(taken_back.made.ref, contribution.id)
        withdrawal.hide(session, actor, contribution, now=house.now())
    shown = [by_state[state].made.public_id for state in ("published", "withdrawn")]
    asked = (
        [*shown, taken_back.made.public_id],
        [by_state["submitted"].item, shown[0]],
        town.subjects[0].made.ref,
    )
    before = answers(town, *asked)  # a family's browser that looked everywhere has also closed its page
    town.clients["family"] = family(app, town.subjects[0])
    lines = house.second_lines()
    shutil.rmtree(house.settings.storage_url)

    restored = _read(elsewhere, report, lines)
    assert (restored.locked, restored.missing, restored.replayed) == (False, [], 1)
    with elsewhere.session(elsewhere.keeper()) as session:
        assert [*check.check(session, elsewhere.storage, now=elsewhere.now())] == []
    jobs.sweep(elsewhere)
    assert file_rounds.fixity_round(elsewhere) == 0
    other_app = application_over(elsewhere)
    clients = {who: the_same_browser(client, other_app) for who, client in town.clients.items()}
    after = answers(Town(elsewhere, other_app, town.subjects, clients), *asked)
    assert len(before) > 500
    assert before.keys() == after.keys()
    for key, text in before.items():
        endpoint = key[1]
        if endpoint in SAY_SO and after[key] != text:
            assert say_only_what_was_done_since(endpoint, text, after[key]), (
                key,
                differences(text, after[key]),
            )
        else:
            assert after[key] == text, key
    assert RESTORED in after["moderator", "desk.log", "/en/desk/log"]
    assert "checked an original" in before["moderator", "desk.custody_log", "/en/desk/log/custody"]


def _backed_up_while_somebody_writes(house, folder: Path, monkeypatch):
    """Families begin contributions until the backup is there, and at least once in the middle of it."""
    over, begun = threading.Event(), threading.Semaphore(0)

    def write() -> None:
        for _ in itertools.takewhile(lambda _: not over.is_set(), itertools.count()):
            with house.writing(house.keeper()) as session:
                a_contribution(house, session)
            begun.release()

    def in_the_middle(label: str) -> None:
        if label == "pieces-written":
            while begun.acquire(blocking=False):
                pass
            assert begun.acquire(timeout=60)

    monkeypatch.setattr(backup, "at", in_the_middle)
    writer = threading.Thread(target=write)
    writer.start()
    try:
        return _write(house, folder)
    finally:
        over.set()
        writer.join()
