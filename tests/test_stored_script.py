"""Stored script: every payload of the corpus in every field, rendered by every template.

Fields are found from the tables' own columns (tests/every_part.py). Pages are read by an
HTML5 parser: no script but our own, no handler, no address that runs. A sample is loaded in
a real browser: no dialog, no report of the content policy, nothing on its console.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import or_, select

from memorial.domain import consent as rules
from memorial.domain import workflow
from memorial.domain.addresses import address as address_of
from memorial.gate import Actor, GatedSession
from memorial.house import House
from memorial.models import Contribution, ImportedObject, Item, Record, Text
from memorial.services import (
    applications,
    codes,
    consent,
    contribute,
    describe,
    handing_on,
    lost_codes,
    review,
    site,
)
from memorial.services.applications import Wish
from memorial.services.contribute import Draft, keep
from memorial.web.contribute.flow import FLOW
from tests import canary_life
from tests.builders import Made, a_contribution, record_of, some_content
from tests.canary_life import Life
from tests.every_part import COMMON, Planted, plant
from tests.oracle_consent import ARCHIVE, AUDIENCES, FAR, MOMENTS, USES, Event, Part
from tests.walking import addresses, routes, signed_in

KINDS = ("testimony", "remembrance", "press", "document", "event", "place")
PAYLOADS = 500
TOGETHER = 25  # payloads in one field: escaping works sign by sign, so they do not shield each other
RUNS = re.compile(r"^[\s\x00-\x20]*(javascript|vbscript|data|livescript|mocha|file|blob)\s*:", re.IGNORECASE)
ADDRESSES = {
    "href",
    "src",
    "action",
    "formaction",
    "poster",
    "background",
    "cite",
    "data",
    "srcset",
    "longdesc",
    "ping",
}
NEVER = {"iframe", "object", "embed", "applet", "base", "frame", "frameset", "style", "math", "foreignobject", "animate",
         "set", "use", "portal", "marquee", "template", "noscript"}  # fmt: skip

# The frames there are: the desk's proof beside what was sent, a page of the archive's own, and the one into which a
# form of the desk shows what visitors would see.
OUR_FRAME = re.compile(r"/\w{2}/desk/items/\w+/proof")
OF_A_FORM = ("class", "name", "title")


def is_our_frame(element: Any) -> bool:
    source = element.get("src")
    if source is None:
        return tuple(sorted(element.attrib)) == OF_A_FORM and element.get("name") == "visitors"
    return bool(OUR_FRAME.fullmatch(source))


@pytest.fixture
def engine_name() -> str:
    """Templates know nothing of the database."""
    return "sqlite"


@pytest.fixture(scope="session")
def payloads(shared: Path) -> list[str]:
    """500 of them, taken evenly from the corpus; texts of an archive hold no NUL."""
    found = []
    for path in sorted((shared / "corpora" / "xss").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            value = row.get("payload") or row.get("string") or ""
            if "<" in value or "script:" in value or '"' in value or "'" in value:
                found.append(value.replace("\x00", "").encode("utf-8", "replace").decode())
    step = len(found) / PAYLOADS
    return [found[int(number * step)] for number in range(PAYLOADS)]


class InTurn:
    """Stands where canaries stand: each field of a rotation gets the next handful of payloads."""

    def __init__(self, payloads: Sequence[str], rotation: int) -> None:
        self.groups = ["\n".join(payloads[at : at + TOGETHER]) for at in range(0, len(payloads), TOGETHER)]
        self.at = self.rotation = rotation

    def restart(self) -> None:
        """From here on a field's place in its table decides, whatever came before: so none is passed by."""
        self.at = self.rotation

    def __call__(self) -> str:
        self.at += 1
        return self.groups[self.at % len(self.groups)]


def everywhere(house: House, words: InTurn, whole: Sequence[str] = KINDS) -> list[Planted]:
    """A public record of every kind whose fields hold payloads, linked to each other.

    The kinds not in `whole` have only what is their own: texts, names and the like are one for all.
    """
    page = Part(id="page", kind="page", root=None, added=0, page=True, notice=False)
    grant = {(audience, use): (MOMENTS[0], FAR) for audience in AUDIENCES for use in USES}
    yes = Event(party=ARCHIVE, act="will", parts=[], grants={"*": grant})
    found: list[Planted] = []
    for kind in KINDS:
        # A field begins one further in each rotation, so after all of them it has met every payload.
        words.restart()
        other = found[-1] if found else None
        found.append(plant(house, kind, [page], [yes], words, other, page_only=kind not in whole))
    return found


# Pages that were read and found harmless; most of the desk's say the same in each rotation, but for the token.
_harmless: set[bytes] = set()
TOKEN = re.compile(r'name="csrf_token" value="[^"<>]*"')


def assert_harmless(html: str, where: object) -> None:
    page = hashlib.sha256(TOKEN.sub("", html).encode("utf-8", "surrogatepass")).digest()
    if page not in _harmless:
        assert_nothing_runs(html, where)
        _harmless.add(page)


def assert_nothing_runs(html: str, where: object) -> None:
    tree = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    for element in tree.iter():
        tag = str(element.tag).rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
        ours = tag == "iframe" and is_our_frame(element)
        assert tag not in NEVER or ours, f"{where}: <{tag}> {element.attrib}"
        if tag == "script" and element.get("type") == "application/ld+json":
            assert "<" not in (element.text or ""), f"{where}: linked data that could end its block"
            json.loads(element.text or "")
        elif tag == "script":
            assert element.get("src", "").startswith("/static/"), f"{where}: a script of its own"
            assert not (element.text or "").strip(), f"{where}: a script of its own"
        for name, value in element.attrib.items():
            bare = str(name).rpartition("}")[2].lower()
            assert not bare.startswith("on"), f"{where}: <{tag} {bare}>"
            assert bare not in ("style", "srcdoc", "http-equiv"), f"{where}: <{tag} {bare}>"
            assert bare not in ADDRESSES or not RUNS.match(value), f"{where}: <{tag} {bare}={value[:80]!r}>"


def public_addresses(app: Flask, planted: Sequence[Planted]) -> list[str]:
    """Every public page that shows something of these records."""
    plain = [
        a for rule in routes(app, "public") if not rule.arguments - {"lang"} for a in addresses(rule, {})
    ]
    own = []
    for one in planted:
        slugs = [path for path in one.paths.get("page", ()) if path.startswith("/sources/")]
        own += [
            f"/en{path}" for path in [one.made.path, f"/cite/{one.made.kind}/{one.made.public_id}", *slugs]
        ]
    return [address for address in [*plain, *own, f"/en/search?q={COMMON}"] if address != "/"]


def test_every_payload_meets_every_field_and_no_public_page_runs_it(
    house: House, app: Flask, payloads: list[str]
) -> None:
    client = app.test_client()
    rotations = len(payloads) // TOGETHER
    for rotation in range(rotations):
        words = InTurn(payloads, rotation)
        planted = everywhere(house, words, [KINDS[rotation % len(KINDS)]])
        for one in planted:
            answer = client.get(f"/en{one.made.path}")
            assert answer.status_code == 200
            assert_harmless(answer.text, (rotation, one.made.kind))
        if rotation % 10 == 0:
            for address in public_addresses(app, planted):
                answer = client.get(address)
                if answer.is_json:  # data, which no browser takes for a page
                    assert answer.headers["X-Content-Type-Options"] == "nosniff"
                else:
                    assert_harmless(answer.text, (rotation, address))


def test_marked_up_text_keeps_the_allow_list_and_nothing_else(
    house: House, app: Flask, payloads: list[str]
) -> None:
    """Each payload alone in a text that may hold markup, in every role that a page shows."""
    planted = everywhere(house, InTurn(["plain words"], 0))
    with house.writing(house.keeper()) as session:
        for one, role in zip(
            planted, ("testimony", "life", "quotation", "excerpt", "summary", "note"), strict=True
        ):
            record = record_of(session, one.made)
            guard = consent.guard_of(session, session.get_one(consent.Part, record.part_id))
            for number, payload in enumerate(payloads):
                session.add(
                    Text(public_id=f"{one.made.public_id}-{number}", record_id=record.id, role=role, language="en",
                         body=f"<p>{payload}</p>", markup=True, position=number + 1, **guard)
                )  # fmt: skip
    client = app.test_client()
    for one in planted:
        assert_harmless(client.get(f"/en{one.made.path}").text, one.made.kind)


def test_what_the_archive_says_of_itself_runs_nothing(house: House, app: Flask, payloads: list[str]) -> None:
    client = app.test_client()
    for at in range(0, len(payloads), TOGETHER * 4):
        for value in (
            "\n".join(payloads[at : at + TOGETHER * 4]),
            "javascript:alert(1)",
            " data:text/html,x",
        ):
            set_the_site(house, value)
            for path in ("", "about", "help", "search?q=nothing", "never-was"):
                assert_harmless(client.get(f"/en/{path}").text, path)


def set_the_site(house: House, value: str) -> None:
    sections = [{"id": "extra", "heading": value, "body": value}]
    support = [{"label": value, "address": value}, {"label": value, "address": "https://help.example"}]
    with house.writing(house.keeper()) as session:
        said: dict[str, Any] = dict.fromkeys(("name", "sentence", "who", "funding", "contact"), value)
        site.change(
            session,
            {**said, "support": support, "about": sections, "help": sections},
        )


def test_what_somebody_searches_for_runs_nothing(app: Flask, payloads: list[str]) -> None:
    client = app.test_client()
    for payload in payloads:
        answer = client.get(f"/en/search?q={quote(payload)}")
        assert answer.status_code == 200
    for at in range(0, len(payloads), 8):
        asked = "&".join(
            f"{name}={quote(payloads[at])}" for name in ("q", "kind", "country", "phase", "record")
        )
        for path in ("search", "press", "timeline", "cite"):
            assert_harmless(client.get(f"/en/{path}?{asked}").text, (path, at))


# -- families and the desk ------------------------------------------------------------------


FIELDS = (
    "title", "words", "told_when", "told_where", "stood", "stood_words", "people", "your_name", "name_shown",
    "other_name", "contact", "safe", "person", "spellings", "born", "lived", "fate", "fate_words", "known", "life",
    "children", "audience", "closed_until",
)  # fmt: skip


def sent_in(house: House, kind: str, words: InTurn, state: str) -> tuple[Made, str]:
    """A contribution whose every answer, text and message is a payload; its record and its item."""
    with house.writing(house.keeper()) as session:
        now = house.now()
        contribution = a_contribution(house, session)
        contribution.task, contribution.sent_at = kind, now
        record = describe.create_record(session, kind, now=now, contribution_id=contribution.id)
        actor = Actor.family(contribution.public_id, contribution.id)
        for _ in range(2):
            content = some_content(kind, words())
            kept = describe.propose(
                session, record, content, by=actor, now=now, contribution_id=contribution.id
            )
        describe.apply(session, kept, now=now)
        party = consent.party_of(session, "contributor", contribution.id)
        consent.append(
            session,
            record,
            consent.Said(party, "need", parts=frozenset({rules.EVERY_PART})),
            by=actor,
            at=now,
        )
        item = review.new_item(
            session, "contribution", now=now, state=state, record=record, contribution=contribution
        )
        item.revision_id, item.language = kept.id, "en"
        for direction in ("to_family", "to_desk", "among_desk"):
            review.say(session, item, actor, words(), now=now, keys=house.keys, direction=direction)
        answers = {name: words() for name in FIELDS}
        answers |= {
            "task": kind,
            "audience": "everyone",
            "closed_until": "2030-01-01",
            "keep": "yes",
            "show": "yes",
        }
        draft = Draft(answers=answers, sent=answers, agreed=answers)
        keep(session, house.keys, contribution, draft, now=now)
        made = Made(record.id, record.public_id, kind, contribution.id, contribution.public_id)
        session.merge(
            ImportedObject(file=words()[:80], external_id=words()[:80], thing="record:1", leftovers={words(): words()},
                           unmatched=[words()], sha256="", imported_at=now)
        )  # fmt: skip
        return made, item.public_id


def custody_addresses(app: Flask, ref: str, task: str, item: str, *audiences: str) -> Iterator[str]:
    values = {"ref": [ref], "public_id": [item], "name": FLOW[task]}
    for rule in routes(app, *audiences):
        if "leave" in rule.rule or "act" in rule.arguments or "verb" in rule.arguments:
            continue
        yield from addresses(rule, values)


def as_family(app: Flask, ref: str, doors: int = 0) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["family"] = {"ref": ref, "doors": doors}
    return client


@pytest.mark.parametrize("kind", ["testimony", "remembrance"])
def test_no_page_of_families_or_the_desk_runs_what_was_sent(
    house: House, app: Flask, payloads: list[str], kind: str
) -> None:
    desk = signed_in(
        app, house, "moderator", "editor", "admin", "consent_officer", stepped_up=True, name="desk"
    )
    rotations = len(payloads) // TOGETHER
    seen = set()
    for rotation in range(0, rotations):
        words = InTurn(payloads, rotation)
        state = (workflow.READY, workflow.QUESTION, workflow.IN_REVIEW, workflow.DRAFT)[rotation % 4]
        made, item = sent_in(house, kind, words, state)
        family = as_family(app, made.ref)
        for address in custody_addresses(app, made.ref, made.kind, item, "family"):
            answer = family.get(address)
            assert answer.status_code < 500, address
            seen.add((re.sub(r"[0-9a-z]{13}", "", address), answer.status_code))
            assert_harmless(answer.text, (rotation, address)) if "html" in answer.content_type else None
        for address in (
            [*custody_addresses(app, made.ref, made.kind, item, "desk")] if rotation % 4 != 3 else []
        ):
            answer = desk.get(address)
            assert answer.status_code < 500, address
            seen.add((re.sub(r"[0-9a-z]{13}", "", address), answer.status_code))
            assert_harmless(answer.text, (rotation, address))
    assert {
        ("/en/my/", 200),
        ("/en/my//proof", 200),
        ("/en/desk/items/", 200),
        ("/en/contribute/check", 200),
    } <= seen


# -- whole lives: every question of the six tasks, and what is said about them ----------------------


DESK = ("moderator", "specialist", "editor", "admin", "consent_officer", "second_reader")


NAMES = ("file", "filmname", "lettername", "evidencename")  # of files: no folders, 200 characters


def in_a_name(words: str) -> str:
    """As many of these payloads as a file's name has room for, each whole; slashes are looked for elsewhere."""
    kept = ""
    for each in sorted(words.split("\n"), key=len):
        if not {"/", "\\"} & set(each) and len(kept) + len(each) < 190:
            kept += each
    return kept or "<img src=x onerror=alert(1)>"


class Lives:
    """A family for each task whose every word is a payload, with all that the desk says and does about it."""

    def __init__(self, house: House, words: InTurn, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            canary_life, "word", lambda _mark, field: in_a_name(words()) if field in NAMES else words()
        )
        turn = words.rotation
        a_lost_code(house, words)
        an_application(house, words)
        page = canary_life.a_remembrance_of_canaries(house, f"page{turn}")
        lives = {
            "remembrance": page,
            "testimony": canary_life.a_testimony_of_canaries(house, f"told{turn}"),
            "media": canary_life.a_remembrance_of_canaries(house, f"media{turn}", "media"),
            "memory": canary_life.a_memory_of_canaries(house, page, f"memory{turn}"),
            "correction": canary_life.a_case_of_canaries(house, page, "correction", f"wrong{turn}"),
            "removal": canary_life.a_case_of_canaries(house, page, "removal", f"down{turn}"),
        }
        hand_on(house, lives["memory"].contribution_id)
        mine = [life.contribution_id for life in lives.values()]
        with house.session(house.keeper()) as session:
            self.families = {task: (life, doors_of(house, session, life)) for task, life in lives.items()}
            work = select(Item).where(
                or_(Item.contribution_id.in_(mine), Item.kind.in_(("lost_code", "application")))
            )
            self.items = [(item.kind, item.public_id) for item in session.scalars(work)]
            records = select(Record).where(Record.contribution_id.in_(mine))
            self.public = [f"/en{address_of(each.kind, each.public_id)}" for each in session.scalars(records)]


def doors_of(house: House, session: GatedSession, life: Life) -> int:
    return contribute.read(house.keys, session.get_one(Contribution, life.contribution_id)).doors


def hand_on(house: House, contribution_id: int) -> None:
    """To the next of kin, as the family's own page does it."""
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, contribution_id)
        actor = Actor.family(contribution.public_id, contribution.id)
        issued = codes.issue(house.keys)
        handing_on.replace(session, house.keys, contribution, issued, "handed_on", by=actor, now=house.now())


def a_lost_code(house: House, words: InTurn) -> None:
    """A request that no contribution was found for yet."""
    with house.writing(house.keeper()) as session:
        lost_codes.request(session, house.keys, words(), words(), "en", now=house.now())


def an_application(house: House, words: InTurn) -> None:
    """Of somebody who asks to read as a researcher."""
    wish = Wish(words(), "synthetic@example.org", words(), words())
    values = {"language": "en", "conditions": "any", "send_key": str(words.at), "now": house.now()}
    with house.writing(house.keeper()) as session:
        applications.apply(session, house.keys, wish, **values)


@pytest.mark.parametrize("every", [10, pytest.param(1, marks=pytest.mark.trial)])
def test_no_page_runs_what_whole_lives_hold(
    house: House, app: Flask, payloads: list[str], monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    """Memories, corrections, requests for removal, messages and names of files, parties, evidence, lost codes, applications.

    In every tenth rotation a field meets a tenth of the payloads, in a trial it meets them all.
    """
    desk = signed_in(app, house, *DESK, stepped_up=True, name="lives")
    seen: set[tuple[str, str, int]] = set()
    for rotation in range(0, len(payloads) // TOGETHER, every):
        lives = Lives(house, InTurn(payloads, rotation), monkeypatch)
        for path in lives.public:
            assert_harmless(app.test_client().get(path).text, (rotation, path))
        for task, (life, doors) in lives.families.items():
            family = as_family(app, life.ref, doors)
            look(family, custody_addresses(app, life.ref, task, "-", "family"), seen, (rotation, task))
        for kind, item in lives.items:
            look(desk, custody_addresses(app, "-", "memory", item, "desk"), seen, (rotation, kind))
    assert {(task, "/en/my/", 200) for task in lives.families} <= seen
    assert {(task, "/en/contribute/check", 200) for task in lives.families} <= seen
    assert {(task, "/en/my//proof", 200) for task in ("testimony", "memory", "media")} <= seen
    items = {"contribution", "revision", "tribute", "report", "take_down", "lost_code", "application"}
    assert {(kind, "/en/desk/items/", 200) for kind in items} <= seen
    assert {(kind, "/en/desk/items//parties", 200) for kind in ("contribution", "tribute")} <= seen


def look(
    client: FlaskClient, paths: Iterable[str], seen: set[tuple[str, str, int]], where: tuple[int, str]
) -> None:
    for path in paths:
        answer = client.get(path)
        assert answer.status_code < 500, (where, path)
        seen.add((where[1], re.sub(r"[0-9a-z]{13}", "", path), answer.status_code))
        if "html" in answer.content_type:
            assert_harmless(answer.text, (where, path))


# -- a real browser -------------------------------------------------------------------------


def test_a_real_browser_finds_nothing_to_run(
    house: House, app: Flask, payloads: list[str], live_server: str, browser: Browser
) -> None:
    planted = everywhere(house, InTurn(payloads, 3))
    made, item = sent_in(house, "testimony", InTurn(payloads, 5), workflow.READY)
    context = browser.new_context()
    page = context.new_page()
    wrong: list[str] = []
    page.on("dialog", lambda dialog: (wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(live_server) else wrong.append(asked.url))
    public = [f"/en{one.made.path}" for one in planted]
    for address in [*public, "/en/", "/en/timeline", "/en/figures", f"/en/search?q={COMMON}"]:
        page.goto(live_server + address, wait_until="load")
        assert not wrong, (address, wrong)
    for client, behind in (
        (
            as_family(app, made.ref),
            [f"/en/my/{made.ref}", f"/en/my/{made.ref}/proof", "/en/contribute/check"],
        ),
        (signed_in(app, house, "moderator", name="desk"), ["/en/desk", f"/en/desk/items/{item}"]),
    ):
        cookie = client.get_cookie("memorial_session")
        assert cookie is not None
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server}])
        for address in behind:
            answer = page.goto(live_server + address, wait_until="load")
            assert answer is not None
            assert answer.status == 200, address
            assert not wrong, (address, wrong)
    context.close()
