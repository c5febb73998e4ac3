"""The archive on PostgreSQL, an S3 server, Redis, two web processes and two workers behind nginx. Run by `make trial`.

It begins as an archive of one machine and moves by backup and restore. Then a whole machine is killed under load, Redis
and PostgreSQL are taken away and come back, and forged headers, other processes and the migrations' way back are tried.
nginx runs with the files that are shipped in deploy/nginx. What was counted goes into docs/trials/.
"""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path

import pyotp
import pytest
from PIL import Image
from sqlalchemy import func, select

from config import Settings
from memorial import schema
from memorial.domain.addresses import address
from memorial.gate import Actor
from memorial.house import House, open_house
from memorial.models import Contribution, Derivative, Head, Item, Media, Record
from memorial.services import contribute, withdrawal
from memorial.services.check import check, files_without_a_row
from tests.builders import a_press_account, a_testimony, public
from tests.test_storage_s3 import BUCKET
from tests.trial.family_client import Refused
from tests.trial.grown import (
    NAME,
    ROOT,
    Door,
    Machine,
    Nginx,
    Postgresql,
    Redis,
    Store,
    Visitor,
    quoted,
    run,
    until,
)  # fmt: skip
from tests.trial.test_kills import _faults_of
from tests.web.contribute.test_my import desk
from tests.web.desk.people import PASSWORD, a_colleague
from tests.web.public.test_stored import BYTES, _a_copy

FAMILIES, READERS = 6, 4
BEFORE, AFTER = 20.0, 15.0  # seconds of load before a machine is killed, and after it
FOUND = (
    "What the runs before this one found, and what holds since: limits were counted by each process in spite of Redis; while",
    "PostgreSQL was away the page that says so failed itself (500); an object store that is away was a 500; a second machine",
    "without the archive's key made one of its own.",
)
pytestmark = pytest.mark.trial


def _photograph(number: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (number % 256, number // 256 % 256, 90)).save(
        out, "JPEG", quality=90, comment=f"synthetic {number}".encode()
    )
    return out.getvalue()


@dataclass
class Grown:
    """All of it, and what was counted."""

    folder: Path
    redis: Redis
    store: Store
    postgresql: Postgresql
    machines: list[Machine]
    nginx: Nginx
    house: House  # of the trial itself, over the same database and files
    moved: dict[str, int]  # pages of the archive of one machine, and how they answered
    said: dict[str, object] = field(default_factory=dict)

    @property
    def front(self) -> Door:
        return Door(self.nginx.port, self.nginx.certificate)

    @property
    def sides(self) -> list[Door]:
        return [Door(machine.port) for machine in self.machines]

    def visitor(self, *doors: Door, tries: int = 40) -> Visitor:
        """By nginx, or by these processes in turn, with what nginx would say."""
        said = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"} if doors else {}
        return Visitor(0, doors=list(doors or [self.front]), extra=said, tries=tries)

    def due(self) -> int:
        with self.house.session(self.house.keeper()) as session:
            return session.scalar(select(func.count()).select_from(Media).where(Media.due != "")) or 0

    def page_of(self, ref: str) -> str:
        with self.house.session(self.house.keeper()) as session:
            wanted = select(Record.kind, Record.public_id).join(Item, Item.record_id == Record.id)
            wanted = wanted.join(Contribution, Contribution.id == Item.contribution_id)
            kind, public_id = session.execute(wanted.where(Contribution.public_id == ref)).one()
        return f"/en{address(kind, public_id)}"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Not under pytest's own: nginx and PostgreSQL run as other users, who may not enter it."""
    made = Path(tempfile.mkdtemp(prefix="memorial-grown-"))
    made.chmod(0o755)
    yield made
    if not os.environ.get("MEMORIAL_TRIAL_KEEP"):
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def small(folder: Path) -> House:
    """An archive on one machine: SQLite and a folder."""
    (folder / "key").mkdir()
    return open_house(
        Settings(
            _env_file=None, data=folder / "small" / "var", storage_url=str(folder / "small" / "media"),
            key_file=folder / "key" / "archive.key", second_place=str(folder / "second"),
            secret_key="a trial's own secret", starter=False,
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def grown(folder: Path, small: House) -> Iterator[Grown]:
    pages = [
        f"/en{each.path}" for each in (a_press_account(small), a_press_account(small), a_testimony(small))
    ]
    later = a_testimony(small)
    for_one = {
        "MEMORIAL_DATA": str(small.settings.data), "MEMORIAL_STORAGE_URL": small.settings.storage_url,
        "MEMORIAL_KEY_FILE": str(folder / "key" / "archive.key"), "MEMORIAL_SECOND_PLACE": str(folder / "second"),
        "MEMORIAL_SECRET_KEY": "a trial's own secret", "MEMORIAL_STARTER": "false",
    }  # fmt: skip
    run("backup", "--to", str(folder / "backups"), environment=for_one)
    (backup,) = (folder / "backups").glob("*.tar.age")  # beside it lie its list and a lock
    with small.writing(small.keeper()) as session:  # after the backup: the second place alone knows
        contribution = session.get_one(Contribution, later.contribution_id)
        withdrawal.hide(session, Actor.family(later.ref, contribution.id), contribution, now=small.now())
    redis, store, postgresql = Redis(folder), Store(folder), Postgresql(folder)
    redis.start()
    store.start()
    environment = for_one | store.said | {
        "MEMORIAL_DATABASE_URL": postgresql.url, "MEMORIAL_STORAGE_URL": f"s3://{BUCKET}/grown",
        "MEMORIAL_REDIS_URL": redis.url, "MEMORIAL_PUBLIC_URL": f"https://{NAME}", "MEMORIAL_BEHIND_PROXY": "1",
        "MEMORIAL_HOSTS": NAME, "MEMORIAL_WORKERS": "1", "MEMORIAL_LOG_LEVEL": "WARNING", "MEMORIAL_METRICS": "true",
        "MEMORIAL_LIMIT_FORMS": "1000000/minute", "MEMORIAL_LIMIT_DRAFTS": "1000000/day",
        "MEMORIAL_ATTACK_DRAFTS": "1000000",
    }  # fmt: skip
    machines = [Machine(number, folder, environment) for number in (1, 2)]
    run("restore", str(backup), environment=machines[0].web.environment)
    with pytest.MonkeyPatch.context() as patched:
        for name, value in environment.items():
            patched.setenv(name, value)
        patched.setenv("MEMORIAL_DATA", str(folder / "trial"))
        house = open_house(Settings(_env_file=None))
        nginx = Nginx(
            folder / "nginx", [machine.port for machine in machines], folder / "small" / "media" / "derived"
        )
        try:
            for machine in machines:
                machine.start()
            nginx.start()
            moved = dict.fromkeys(pages, 200) | {f"/en{later.path}": 404}
            world = Grown(folder, redis, store, postgresql, machines, nginx, house, moved)
            yield world
            _write_down(world.said)
        finally:
            nginx.end()
            for machine in machines:
                machine.end(signal.SIGKILL)
            house.engine.dispose()
            small.engine.dispose()
            redis.end()
            store.end()
            postgresql.end()


# -- it is there, by TLS and HTTP/2 ------------------------------------------------------------------


def test_what_one_machine_showed_the_many_show_and_what_was_hidden_after_the_backup_stays_hidden(grown):
    for door in (grown.front, *grown.sides):
        for path, status in grown.moved.items():
            assert door.ask("GET", path, headers={"X-Forwarded-Proto": "https"}).status == status, path
    done = subprocess.run(
        [
            "curl", "-s", "-o", "/dev/null", "-w", "%{http_version} %{http_code}", "--cacert", grown.nginx.certificate,
            "--resolve", f"{NAME}:{grown.nginx.port}:127.0.0.1", f"https://{NAME}:{grown.nginx.port}/en/",
        ],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "2 200"
    plain = Door(grown.nginx.plain_port).ask("GET", "/en/people?q=x")
    assert (plain.status, plain.headers["location"]) == (301, f"https://{NAME}/en/people?q=x")
    grown.said["pages of the archive of one machine that answer as before"] = len(grown.moved)


def test_what_a_visitor_says_of_itself_does_not_get_through(grown):
    page = next(iter(grown.moved))
    forged = {
        "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-Port": "666", "Forwarded": "host=evil.example;proto=http", "X-Accel-Redirect": "/copies/derived/x",
        "X-Original-URL": "/evil", "X-Real-IP": "203.0.113.1",
    }  # fmt: skip
    plain, answer = grown.front.ask("GET", page), grown.front.ask("GET", page, headers=forged)
    assert (answer.status, answer.body) == (200, plain.body)
    assert b"evil" not in answer.body
    cookies = grown.front.ask("GET", "/en/contribute", headers=forged).cookies
    assert cookies
    assert all("; Secure" in cookie for cookie in cookies)
    other = grown.front.ask("GET", page, headers={"Host": "evil.example"})
    assert other.status == 421
    with pytest.raises((OSError, HTTPException)):
        Door(grown.nginx.port, grown.nginx.certificate, "evil.example").ask("GET", page)
    with pytest.raises((OSError, HTTPException)):
        Door(grown.nginx.plain_port, name="evil.example").ask("GET", page)
    for side in grown.sides:
        assert Door(side.port, name="evil.example").ask("GET", page).status == 400
    for closed in ("/metrics", "/readyz", "/copies/derived/x", "/copies/", "/busy.html"):
        assert grown.front.ask("GET", closed).status == 404, closed


# -- several processes are one archive -------------------------------------------------------------


def test_sign_in_that_begins_on_one_process_goes_on_on_the_other(grown):
    colleague = a_colleague(grown.house, "moderator")
    client = grown.visitor(*grown.sides)
    assert "/second-factor" in client.form("/en/account/sign-in", email=colleague.email, password=PASSWORD)
    client.turn += 1  # each step on the other process than the one before
    client.form("/en/account/second-factor", code=pyotp.TOTP(colleague.secret).now())
    for _ in grown.sides:
        assert client.send("GET", "/en/desk", b"", {})[0] == 200
    assert "/sign-in" in client.post("/en/account/sign-out")
    for _ in grown.sides:
        assert client.send("GET", "/en/desk", b"", {})[0] == 302


def test_limits_count_over_all_processes_and_by_the_network_that_nginx_saw(grown):
    answers: Counter[int] = Counter()
    client = grown.visitor()
    for number in range(16):
        client.extra = {"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"203.0.113.{number}"}
        client.get("/en/account/sign-in")
        form = quoted(
            csrf_token=client.token, email=f"nobody{number}@example.org", password="wrong wrong wrong"
        )
        status, _ = client.send(
            "POST", "/en/account/sign-in", form, {"Content-Type": "application/x-www-form-urlencoded"}
        )
        answers[status] += 1
    assert answers == {422: 10, 429: 6}, answers
    assert int(client.headers["retry-after"]) > 0
    grown.said[
        "sign-ins from one network behind forged addresses, tried, and held back over both processes"
    ] = "16, 6"


def test_a_family_s_no_counts_from_the_next_request_on_every_process(grown):
    stale = 0
    for number in range(6):
        family = grown.visitor()
        ref = family.tell(f"Synthetic words of a page that is hidden, number {number}. " * 30)
        path = _published(grown, family, ref)
        tags = {}
        for side in grown.sides:
            for _ in range(2):  # rendered, then kept
                shown = side.ask("GET", path, headers={"X-Forwarded-Proto": "https"})
                assert shown.status == 200
            tags[side.port] = shown.headers["etag"]
        family.get(f"/en/my/{ref}")
        family.post(f"/en/my/{ref}/hide")
        for side in grown.sides:
            said = {"X-Forwarded-Proto": "https", "If-None-Match": tags[side.port]}
            stale += side.ask("GET", path, headers=said).status != 404
        stale += grown.front.ask("GET", path).status != 404
    assert stale == 0
    grown.said["pages hidden by their family while every process kept them, and shown once more by any"] = (
        f"6, {stale}"
    )


def _published(grown: Grown, family: Visitor, ref: str) -> str:
    desk(grown.house, ref, "take", "make_ready")
    carried = family.hidden(family.get(f"/en/my/{ref}"))
    family.post(f"/en/my/{ref}/approve", revision=carried["revision"])
    desk(grown.house, ref, "publish")
    path = grown.page_of(ref)
    assert grown.front.ask("GET", path).status == 200
    return path


# -- a large file -----------------------------------------------------------------------------------------


def test_a_large_file_streams_by_nginx_and_goes_on_on_another_process(grown):
    size, piece = 24 << 20, 4 << 20
    content = os.urandom(1 << 20) * (size >> 20)
    family, watch = grown.visitor(), _Watch(grown.nginx)
    family.form("/en/contribute", task="testimony")
    family.get("/en/return")
    watch.start()
    name = base64.b64encode(b"synthetic film.mp4").decode()
    said = {"Upload-Length": str(size), "Upload-Metadata": f"filename {name},page cmVjb3JkaW5n"}
    assert _tus(family, grown.front, "POST", "/en/contribute/files", **said)[0] == 201
    place, offset, gained = family.headers["location"], 0, 0
    for number, door in zip(itertools.count(), itertools.cycle([grown.front, *grown.sides])):
        if offset == size:
            break
        stretch = content[offset : offset + piece]
        more = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        if number == 3:  # the line breaks by nginx: what came before is kept
            with pytest.raises(OSError, match="cut"):
                door.ask("PATCH", place, stretch, _headers(family, door, **more), cut=3 << 20)
            until(
                lambda known=offset: _safe(family, grown, place) > known,
                30,
                "what came before the cut is safe",
            )
            gained = _safe(family, grown, place) - offset
        else:
            assert _tus(family, door, "PATCH", place, stretch, **more)[0] == 204
        offset = _safe(family, grown, place)
    watch.end()
    assert gained > 0
    assert watch.seen == set()
    with grown.house.session(grown.house.keeper()) as session:
        medium = session.scalars(select(Media).where(Media.bytes == size)).one()
    wanted = hashlib.sha256(content).hexdigest()
    until(lambda: _digest_of(grown.house, medium.id) == wanted, 120, "the file is put together and whole")
    grown.said["megabytes of one file in turns by nginx and both processes, cut once; files nginx wrote meanwhile"] = f"{size >> 20}, {len(watch.seen)}"  # fmt: skip
    grown.said["bytes kept of the piece that was cut after 3 MB"] = gained


@dataclass
class _Watch:
    """What nginx puts on its disk, looked at again and again."""

    nginx: Nginx
    seen: set[str] = field(default_factory=set)
    ended: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()

    def _look(self) -> None:
        while not self.ended.wait(0.02):
            with suppress(OSError):
                self.seen |= {path.name for path in self.nginx.bodies()}

    def end(self) -> None:
        self.ended.set()
        self.thread.join()


def _headers(family: Visitor, door: Door, **more: str) -> dict[str, str]:
    cookies = "; ".join(f"{name}={value}" for name, value in family.cookies.items())
    said = {} if door.certificate else {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}
    return {"Cookie": cookies, "X-CSRFToken": family.token, "Tus-Resumable": "1.0.0", **said, **more}


def _tus(
    family: Visitor, door: Door, method: str, path: str, body: bytes = b"", **more: str
) -> tuple[int, bytes]:
    answer = door.ask(method, path, body, _headers(family, door, **more))
    family.headers = answer.headers
    return answer.status, answer.body


def _safe(family: Visitor, grown: Grown, place: str) -> int:
    assert _tus(family, grown.front, "HEAD", place)[0] == 200
    return int(family.headers["upload-offset"])


def _digest_of(house: House, media_id: int) -> str:
    with house.session(house.keeper()) as session:
        medium = session.get_one(Media, media_id)
        if medium.due == "assemble":
            return ""
        key = house.keys.unwrap(session.get_one(Contribution, medium.contribution_id).wrapped_key)
        with house.storage.open_original(medium.storage_key, key) as plain:
            return hashlib.sha256(plain.read()).hexdigest()


# -- a machine dies ------------------------------------------------------------------------------------------


@dataclass
class Load:
    """Families who write and visitors who read, by nginx alone."""

    grown: Grown
    families: list[Visitor] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    ended: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        work = [(self._write, number) for number in range(FAMILIES)] + [
            (self._read, n) for n in range(READERS)
        ]
        self.threads = [threading.Thread(target=do, args=(number,), daemon=True) for do, number in work]
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join(120)
        assert not any(thread.is_alive() for thread in self.threads)

    def _write(self, seed: int) -> None:
        for number in itertools.count(seed * 1000):
            if self.ended.is_set():
                return
            photograph = _photograph(number)
            family = self.grown.visitor()
            self.families.append(family)
            with suppress(Refused):
                words = f"Synthetic words of the grown archive, number {number}. " * 40
                family.tell(words, photograph, hashlib.sha256(photograph).hexdigest())

    def _read(self, _number: int) -> None:
        pages = itertools.cycle(["/en/", *self.grown.moved])
        for page in pages:
            if self.ended.is_set():
                return
            status = self.grown.front.ask("GET", page).status
            self.statuses["as it is" if status == self.grown.moved.get(page, 200) else status] += 1
            self.ended.wait(0.05)


def test_a_machine_that_dies_under_load_takes_nothing_with_it(grown):
    load = Load(grown)
    began = time.monotonic()
    load.start()
    load.ended.wait(BEFORE)
    grown.machines[1].end(signal.SIGKILL)
    load.ended.wait(AFTER)
    load.end()
    spent = time.monotonic() - began
    alone = until(lambda: grown.due() == 0, 150, "the other machine's worker has done what was due")
    faults, sent = [], [family for family in load.families if family.sent]
    with grown.house.session(grown.house.keeper()) as session:
        by_locator = {each.locator: each for each in session.scalars(select(Contribution))}
        for family in sent:
            found = by_locator.get(family.code.replace(" ", "")[:8])
            faults += _faults_of(grown.house, session, family, found)
        kept = Counter(
            contribute.read(grown.house.keys, each).answers.get("words", "")
            for each in by_locator.values() if each.sent_at is not None and each.answers is not None
        )  # fmt: skip
        faults += [f"{kept[family.saved['words'].strip()]} times" for family in sent
                   if kept[family.saved["words"].strip()] != 1]  # fmt: skip
        photographs = Counter(session.scalars(select(Media.sha256)))
        faults += [f"a photograph {photographs[digest]} times" for family in sent for digest in family.photographs
                   if photographs[digest] != 1]  # fmt: skip
        failed = session.scalars(select(Media.failed).where(Media.failed != "")).all()
        without = list(files_without_a_row(session, grown.house.storage, put_aside=False))
    grown.machines[1].start()
    grown.said |= {
        "seconds of load by nginx, with a machine (web and worker) killed −9 in the middle": round(spent),
        "contributions acknowledged": len(sent),
        "requests of families that were told to come back or heard nothing, and asked again": sum(
            f.later for f in load.families
        ),
        "pages read meanwhile, as they are": load.statuses["as it is"],
        "pages read meanwhile, otherwise (503 with Retry-After)": {
            k: v for k, v in load.statuses.items() if k != "as it is"
        }
        or 0,
        "seconds until the worker that was left had done everything": round(alone, 1),
        "acknowledged and lost, in halves, or doubled": len(faults),
        "files without a row, reported and kept": len(without),
    }
    assert faults == []
    assert failed == []
    assert len(sent) > FAMILIES
    assert set(load.statuses) <= {"as it is", 503}


def test_the_work_that_a_killed_worker_had_in_hand_is_done_by_another(grown):
    first, second = grown.machines
    first.jobs.strike(signal.SIGSTOP)
    family = grown.visitor()
    family.form("/en/contribute", task="testimony")
    for number in range(4):
        out = io.BytesIO()
        Image.effect_noise((3000, 2200), 90 + number).convert("RGB").save(out, "JPEG", quality=90)
        family.photograph(out.getvalue())
    until(lambda: grown.due() < 4, 60, "the second worker has begun")
    second.jobs.end(signal.SIGKILL)
    left = grown.due()
    first.jobs.strike(signal.SIGCONT)
    spent = until(lambda: grown.due() == 0, 150, "the first one has done the rest")
    second.jobs.start()
    with grown.house.session(grown.house.keeper()) as session:
        assert session.scalars(select(Media.failed).where(Media.failed != "")).all() == []
    assert left > 0
    grown.said["photographs that a killed worker left, and seconds until the other had done them"] = (
        f"{left}, {spent:.0f}"
    )


# -- what it stands on goes away ---------------------------------------------------------------------------------


def test_without_redis_everything_works_slower_and_what_the_queue_forgot_is_done(grown):
    slowest = {}
    for how, number in (("gone", signal.SIGKILL), ("silent", signal.SIGSTOP)):
        if how == "gone":
            grown.redis.end(number)
        else:
            grown.redis.start()
            _settle(grown)
            grown.redis.strike(number)
        family = grown.visitor()
        began = time.monotonic()
        photograph = _photograph(70_000 + len(slowest))
        family.tell(f"Synthetic words while Redis is {how}. " * 30, photograph)
        spent = time.monotonic() - began
        answers = [grown.front.ask("GET", page) for page in ("/en/", *grown.moved) for _ in range(2)]
        assert [a.status for a in answers[2:]] == [s for s in grown.moved.values() for _ in range(2)]
        slowest[how] = max(a.seconds for a in answers)
        assert family.sent
        assert family.later == 0
        grown.said[f"Redis {how}: seconds for a whole testimony, and of the slowest page"] = (
            f"{spent:.1f}, {slowest[how]:.2f}"
        )
        if how == "silent":
            grown.redis.strike(signal.SIGCONT)
    grown.redis.end(signal.SIGKILL)  # and with it whatever it had of the queue
    grown.redis.start()
    waited = until(lambda: grown.due() == 0, 180, "the sweep has done what the lost queue forgot")
    grown.said["seconds until the round had done what the lost queue forgot, after Redis was back"] = round(
        waited, 1
    )
    assert max(slowest.values()) < 10


def test_without_redis_guesses_are_still_counted(grown):
    grown.redis.end(signal.SIGKILL)
    answers: Counter[int] = Counter()
    client = grown.visitor(grown.sides[0])
    client.extra["X-Forwarded-For"] = "198.51.100.77"
    for number in range(12):
        client.get("/en/account/sign-in")
        form = quoted(
            csrf_token=client.token, email=f"nobody{number}@example.org", password="wrong wrong wrong"
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answers[client.send("POST", "/en/account/sign-in", form, headers)[0]] += 1
    grown.redis.start()
    assert answers == {422: 10, 429: 2}


def _settle(grown: Grown) -> None:
    """Each process has noticed that Redis is back: limits are looked at by a form, the backend every 32 seconds at most."""
    client = grown.visitor(*grown.sides)
    for _ in range(4):
        client.form("/en/contribute", task="testimony")


def test_without_postgresql_nothing_is_shown_and_with_it_all_is_without_a_restart(grown):
    pages = [page for page, status in grown.moved.items() if status == 200]
    before = {page: grown.front.ask("GET", page).body for page in pages}
    grown.postgresql.stop()
    away = [
        side.ask("GET", page, headers={"X-Forwarded-Proto": "https"})
        for side in grown.sides
        for page in pages
    ]
    ready = [machine.ask("GET", "/readyz").status for machine in grown.machines]
    alive = [machine.ask("GET", "/healthz").status for machine in grown.machines]
    grown.postgresql.start()
    assert {(answer.status, "retry-after" in answer.headers) for answer in away} == {(503, True)}
    assert (set(ready), set(alive)) == ({503}, {200})
    back = until(
        lambda: all(machine.ask("GET", "/readyz").status == 200 for machine in grown.machines),
        60,
        "ready again",
    )
    assert {page: grown.front.ask("GET", page).body for page in pages} == before
    family = grown.visitor()
    family.tell("Synthetic words after PostgreSQL came back. " * 30, _photograph(80_000))
    until(lambda: grown.due() == 0, 150, "workers found the database again")
    grown.said["PostgreSQL away: answers of kept pages, all 503 with Retry-After"] = len(away)
    grown.said["seconds until every process was ready again, none restarted"] = round(back, 1)


def test_without_the_object_store_words_are_read_sent_and_taken_back_and_files_come_later(grown):
    pictured = grown.visitor()
    page = _published(
        grown, pictured, pictured.tell("Synthetic words with a picture. " * 30, _photograph(91_000))
    )
    until(lambda: grown.due() == 0, 150, "the picture has its copies")
    with grown.house.session(public(grown.house)) as session:
        newest = select(Derivative.public_id).order_by(Derivative.id.desc())
        picture = f"/media/{session.scalars(newest).first()}"
    shown = grown.front.ask("GET", picture)
    assert shown.status == 200
    family = grown.visitor()
    ref = family.tell("Synthetic words that are hidden while the store is away. " * 30)
    path = _published(grown, family, ref)
    grown.store.end(signal.SIGKILL)
    away = grown.front.ask("GET", picture)
    words = grown.front.ask("GET", page)
    another = grown.visitor()
    another.tell("Synthetic words while the store is away. " * 30)
    family.get(f"/en/my/{ref}")
    family.post(f"/en/my/{ref}/hide")
    hidden = [side.ask("GET", path, headers={"X-Forwarded-Proto": "https"}).status for side in grown.sides]
    photographer = grown.visitor(tries=1)
    photographer.form("/en/contribute", task="testimony")
    with pytest.raises(Refused, match="nothing after"):  # 503, and not received
        photographer.photograph(_photograph(90_000))
    ready = [machine.ask("GET", "/readyz").status for machine in grown.machines]
    grown.store.start()
    assert (away.status, "retry-after" in away.headers, words.status) == (503, True, 200)
    assert hidden == [404, 404]
    assert ready == [503, 503]
    until(lambda: grown.front.ask("GET", picture).body == shown.body, 60, "the picture is there again")
    photographer.tries = 40
    photographer.photograph(_photograph(90_000))
    until(lambda: grown.due() == 0, 150, "workers found the store again")
    grown.said["the object store away: seconds of a picture's 503 with Retry-After"] = round(away.seconds, 1)


def test_with_every_process_stopped_nginx_says_when_to_come_back(grown):
    for machine in grown.machines:
        machine.end()
    answer = grown.front.ask("GET", next(iter(grown.moved)))
    sent = grown.front.ask("POST", "/en/contribute", quoted(task="testimony"))
    assert {(a.status, a.headers["retry-after"], a.headers["cache-control"]) for a in (answer, sent)} == {
        (503, "10", "no-store")
    }
    assert "Архив" in answer.text


# -- the way back, and what stands in the end --------------------------------------------------------------------------


def test_migrations_have_a_way_back_and_visitors_see_the_same_after_it(grown):
    """Every process is stopped, as docs/grown-up.md says."""
    environment = grown.machines[0].web.environment
    before = _seen(grown)
    earlier = schema.revisions()[-2]
    grown.house.engine.dispose()
    said = run("migrate", "--to", earlier, environment=environment)
    assert earlier in said
    assert schema.head() in run("migrate", environment=environment)
    for machine in grown.machines:  # both at once
        machine.web.start()
        machine.jobs.start()
    for machine in grown.machines:
        until(lambda each=machine: each.ask("GET", "/readyz").status == 200, 120, "ready after the way back")
    assert _seen(grown) == before
    grown.said["records that the public sees, the same after one migration down and up"] = len(before)


def _seen(grown: Grown) -> set[str]:
    with grown.house.session(public(grown.house)) as session:
        return set(session.scalars(select(Record.public_id)))


def test_in_the_end_everything_is_as_it_was_written(grown):
    with grown.house.session(grown.house.keeper()) as session:
        lines, now = grown.house.second_lines(), grown.house.now()
        faults = list(check(session, grown.house.storage, elsewhere=lines, now=now))
        epoch = session.scalars(select(Head.epoch)).one()
    faults = [
        fault for fault in faults if "file without a row" not in fault
    ]  # reported and kept: a kill left them
    grown.said["faults that memorial check names in the end, besides files without a row"] = len(faults)
    assert faults == []
    assert epoch > 0
    logs = "".join(path.read_text("utf-8", "replace") for path in grown.folder.glob("*.log"))
    logs += "".join(path.read_text("utf-8", "replace") for path in (grown.folder / "nginx").glob("*.log"))
    assert "198.51.100" not in logs
    assert "Synthetic words" not in logs
    assert "/en/my/" not in logs


# -- one machine behind the same nginx -------------------------------------------------------------------------------------


def test_nginx_sends_what_the_archive_has_just_allowed_and_nothing_else(folder, small):
    made, path = _a_copy(small, mime="video/mp4")
    original = small.storage.put_original(
        io.BytesIO(b"a synthetic original"), small.keys.new_contribution_key()
    )
    machine = Machine(3, folder, {
        "MEMORIAL_STORAGE_URL": small.settings.storage_url, "MEMORIAL_KEY_FILE": str(folder / "key" / "archive.key"),
        "MEMORIAL_DATABASE_URL": small.settings.database, "MEMORIAL_SECOND_PLACE": str(folder / "second"),
        "MEMORIAL_SECRET_KEY": "a trial's own secret", "MEMORIAL_STARTER": "false", "MEMORIAL_WORKERS": "1",
        "MEMORIAL_PUBLIC_URL": f"https://{NAME}", "MEMORIAL_BEHIND_PROXY": "1", "MEMORIAL_ACCEL": "/copies/",
    })  # fmt: skip
    nginx = Nginx(
        folder / "nginx-of-one", [machine.port, machine.port], folder / "small" / "media" / "derived"
    )
    try:
        machine.start(jobs=False)
        nginx.start()
        front = Door(nginx.port, nginx.certificate)
        direct = machine.ask("GET", path)
        assert direct.headers["x-accel-redirect"].startswith("/copies/derived/")
        whole, part = front.ask("GET", path), front.ask("GET", path, headers={"Range": "bytes=10-19"})
        assert (whole.status, whole.body, whole.headers["content-type"]) == (200, BYTES, "video/mp4")
        assert (part.status, part.body) == (206, BYTES[10:20])
        assert part.headers["content-range"] == f"bytes 10-19/{len(BYTES)}"
        assert front.ask("GET", path, headers={"Range": "bytes=99999-"}).status == 416
        tag = whole.headers["etag"]
        assert front.ask("GET", path, headers={"If-None-Match": tag}).status == 304
        assert whole.headers["cache-control"] == "no-cache"
        assert whole.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert "x-accel-redirect" not in whole.headers
        bare, name = direct.headers["x-accel-redirect"], original.storage_key
        for closed in (bare, f"/copies/{name}", f"/copies/derived/../{name}", f"/copies/derived/%2e%2e/{name}",
                       f"/copies/derived/..%2f{name}", f"/media/../copies/{name}", f"//copies/derived/../{name}"):  # fmt: skip
            answer = front.ask("GET", closed)
            assert answer.status in (400, 404), closed
            assert b"age-encryption" not in answer.body
            assert answer.body != BYTES
        with small.writing(small.keeper()) as session:
            contribution = session.get_one(Contribution, made.contribution_id)
            withdrawal.hide(session, Actor.family(made.ref, contribution.id), contribution, now=small.now())
        for said in (
            {},
            {"Range": "bytes=10-19"},
            {"If-None-Match": tag},
            {"If-Range": tag, "Range": "bytes=0-"},
        ):
            assert front.ask("GET", path, headers=said).status == 404, said
    finally:
        nginx.end()
        machine.end()


def test_systemd_understands_the_units(tmp_path):
    """Checked without being started: `systemd-analyze verify`, with a program that is there."""
    for unit in (ROOT / "deploy" / "systemd").iterdir():
        name = unit.name.replace("@.", "@8001.")
        text = unit.read_text("utf-8").replace("/srv/memorial/program/.venv/bin/memorial", "/bin/true")
        (tmp_path / name).write_text(text)
    units = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def _write_down(said: dict[str, object]) -> None:
    now = datetime.now(UTC)
    version = (
        subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True)
        .stderr.split("/")[-1]
        .strip()
    )
    redis = re.search(
        r"v=(\S+)", subprocess.run(["redis-server", "-v"], capture_output=True, text=True).stdout
    )[1]
    lines = [
        f"# The same program, grown up, {now:%Y-%m-%d}",
        "",
        f"PostgreSQL 18, SeaweedFS as S3, Redis {redis}, nginx {version} with the files of deploy/nginx; two web processes"
        f" and two workers on {os.cpu_count()} processors, all of it on one machine and on loopback.",
        "",
        *(f"- {name}: {value}" for name, value in said.items()),
        "",
        *FOUND,
        "",
    ]
    (ROOT / "docs" / "trials" / f"{now:%Y-%m-%d}-grown-up.md").write_text("\n".join(lines), encoding="utf-8")
