"""Lives full of canaries: every field that a family, or the desk about it, can fill holds a word found nowhere else.

    one = a_testimony_of_canaries(house)      # Life(contribution_id, ref, …); its words begin with `one.mark`
    other = a_memory_of_canaries(house, page) # a photograph, recording, memory, correction, request for removal
    remove_for_good(house, clock, one)        # asked for, fourteen days, two people
    traces(house, one.mark)                   # where such a word still lies: rows, files, raw bytes

All of it is synthetic. What is wrong with a field that is filled here and nowhere erased shows by itself.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import Babel
from PIL import Image
from sqlalchemy import select
from sqlalchemy import text as sql

from memorial import jobs
from memorial.db import Base
from memorial.domain import consent as rules
from memorial.domain import workflow
from memorial.domain.addresses import address
from memorial.domain.ids import new_public_id
from memorial.gate import Actor
from memorial.house import House
from memorial.models import Contribution, Item, Mask, Media, Part, Record
from memorial.services import (
    codes,
    consent,
    contribute,
    custody,
    enclosures,
    evidence,
    family,
    lost_codes,
    parties,
    photographs,
    proposals,
    review,
    tasks,
    uploads,
)
from memorial.services.parties import Wanted
from memorial.services.sending import Sending
from memorial.web.contribute.fields import CHOICE, TICK, Field, Sheet
from memorial.web.contribute.flow import FLOW
from memorial.web.contribute.steps import STEPS
from tests.builders import Made
from tests.masked import beside
from tests.services.colleagues import an_actor
from tests.services.test_contribute import published
from tests.voices import a_copy, a_recording, a_transcript

CHOSEN = {
    "stood": "other", "name_shown": "full", "fate": "died", "audience": "everyone", "ask_again": "never",
    "keep": "yes", "show": "yes", "reuse": "no", "way": "write", "sign": "candle", "listed": "not_them",
    "people_know": "yes", "children": "no", "guardian_agrees": "here", "safe": "yes", "contact_language": "other",
    "ground": "privacy", "who_you_are": "named",
}  # fmt: skip
NO_WORDS = {"closed_until"}  # a day


def fields_of(task: str) -> list[Field]:
    """Every question of a task, as its pages ask it: a new one is planted without a word here."""
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        steps = [STEPS[name](Sheet(task)) for name in FLOW[task]]
        return [each for step in steps for each in step.fields if each.name not in NO_WORDS]


def answers_to(task: str, mark: str) -> dict[str, str]:
    """A canary in every field that takes words; in the others a choice."""
    return {
        each.name: CHOSEN[each.name] if each.kind in (CHOICE, TICK) else word(mark, each.name)
        for each in fields_of(task)
    }


@dataclass(frozen=True)
class Life:
    contribution_id: int
    ref: str
    record_id: int | None
    mark: str
    code: str


def word(mark: str, field: str) -> str:
    """One word, so that a search index that cuts words keeps it whole."""
    return f"{mark}{field.replace('_', '')}"


def begun(house: House, task: str, mark: str, about: Life | None = None, **more: str) -> Life:
    """A draft whose every field holds a canary; about somebody's page, where the task asks for one."""
    an_actor(house, f"first-{mark.removeprefix('zq')}", "moderator")
    with house.writing(house.keeper()) as session:
        made = contribute.begin(session, house.keys, codes.issue(house.keys), task, "en", now=house.now())
        if about is not None:
            page = session.get_one(Record, about.record_id)
            contribute.choose(session, made.contribution, page)
            more |= {"about": page.public_id, "page": address(page.kind, page.public_id)}
        draft = contribute.read(house.keys, made.contribution)
        draft.answers.update(answers_to(task, mark) | more)
        contribute.keep(session, house.keys, made.contribution, draft, now=house.now())
        record = made.record.id if made.record else (about.record_id if about else None)
        return Life(made.contribution.id, made.contribution.public_id, record, mark, made.code.printed)


def send(house: House, life: Life, key: str = "") -> None:
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, life.contribution_id)
        one = Sending(key or f"key-{life.ref}", "en", word(life.mark, "note"))
        tasks.send(session, house.keys, contribution, one, now=house.now())


def a_testimony_of_canaries(house: House, mark: str = "zqtestimony") -> Life:
    """Sent, published, changed again, spoken about, with a photograph, half a film, evidence and a lost code."""
    life = begun(house, "testimony", mark)
    _add_photograph(house, life)
    _add_half_a_film(house, life)
    send(house, life)
    published(house, life.contribution_id)
    _speak(house, life)
    _ask_others(house, life)
    _lose_the_code(house, life)
    _write_down(house, life)
    change(house, life)
    return life


def a_remembrance_of_canaries(house: House, mark: str = "zqremembrance", task: str = "remembrance") -> Life:
    """Sent and published; as well a page of photographs and recordings (`media`)."""
    life = begun(house, task, mark)
    send(house, life)
    published(house, life.contribution_id)
    return life


def a_memory_of_canaries(house: House, page: Life, mark: str = "zqmemory") -> Life:
    """Left on somebody's page with a photograph, published, spoken about, changed again."""
    life = begun(house, "memory", mark, page, name_shown="pseudonym")
    _add_photograph(house, life)
    send(house, life)
    published(house, life.contribution_id)
    _speak(house, life)
    change(house, life, "memory")
    return life


def a_case_of_canaries(house: House, page: Life, task: str, mark: str) -> Life:
    """A correction or a request for removal, spoken about and answered, and changed again."""
    life = begun(house, task, mark, page)
    send(house, life)
    _speak(house, life)
    change(house, life, "wrong")
    one = an_actor(house, f"case-{life.contribution_id}", "moderator")
    for verb in ("take", "close"):
        with house.writing(house.keeper()) as session:
            item = contribute.item_of(session, life.contribution_id)
            said = word(life.mark, verb) if verb == "close" else ""
            review.advance(session, one, item, verb, now=house.now(), keys=house.keys, note=said)
    return life


def a_draft_of_canaries(house: House, mark: str = "zqdraft") -> Life:
    return begun(house, "testimony", mark)


def change(house: House, life: Life, field: str = "words") -> None:
    """Other words, sent as a revision that waits, and still others that are not sent."""
    for turn in ("second", "third"):
        with house.writing(house.keeper()) as session:
            contribution = session.get_one(Contribution, life.contribution_id)
            draft = contribute.read(house.keys, contribution)
            draft.answers[field] = word(life.mark, turn)
            contribute.keep(session, house.keys, contribution, draft, now=house.now())
        if turn == "second":
            send(house, life, f"second-{life.ref}")


def _add_photograph(house: House, life: Life) -> None:
    held, exif = io.BytesIO(), Image.Exif()
    exif[0x0110] = word(life.mark, "camera")
    Image.linear_gradient("L").resize((640, 480)).convert("RGB").save(held, "JPEG", exif=exif)
    held.seek(0)
    with house.session(house.keeper()) as session:
        key = custody.contribution_key(house.keys, session.get_one(Contribution, life.contribution_id))
    received = photographs.receive(house.storage, key, held, f"{word(life.mark, 'file')}.jpg", 10**7)
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, life.contribution_id)
        record = session.get_one(Record, life.record_id)
        medium = photographs.add(session, contribution, record, received, now=house.now(), most=9)
        media_id, public_id = medium.id, medium.public_id
        draft = contribute.read(house.keys, contribution)
        names = ("alt", "credit", "captured", "note")
        draft.photos[public_id] = {name: word(life.mark, f"photo{name}") for name in names}
        contribute.keep(session, house.keys, contribution, draft, now=house.now())
    jobs.make_copies(house, media_id)


def _add_half_a_film(house: House, life: Life) -> None:
    """The first piece of a file that never came whole."""
    content = word(life.mark, "film").encode() * 50
    limits = uploads.Limits(10**9, 10**9, 10**12, 20)
    with house.session(house.keeper()) as session:
        key = custody.contribution_key(house.keys, session.get_one(Contribution, life.contribution_id))
    stored = house.storage.put_original(io.BytesIO(content), key)
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, life.contribution_id)
        wanted = uploads.Wanted(
            f"{word(life.mark, 'filmname')}.mp4", 10**6, "recording", word(life.mark, "print")
        )
        begun_file = uploads.begin(session, contribution, wanted, limits, now=house.now())
        record = session.get_one(Record, life.record_id)
        piece = uploads.Piece(0, stored, content[:64])
        uploads.keep(session, contribution, record, begun_file.public_id, piece, limits, now=house.now())


def _write_down(house: House, life: Life) -> None:
    """A recording with its transcript, chapters and interview, and what the desk wrote and changed before."""
    content = io.BytesIO(word(life.mark, "sound").encode())
    with house.session(house.keeper()) as session:
        key = custody.contribution_key(house.keys, session.get_one(Contribution, life.contribution_id))
    stored = house.storage.put_original(content, key)
    made = Made(life.record_id or 0, "", "testimony", life.contribution_id, life.ref)
    recording = a_recording(
        house, made, allowed=False, storage_key=stored.storage_key, sha256=stored.sha256_plain,
        bytes=stored.bytes_plain, file_name=f"{word(life.mark, 'soundname')}.mp3",
    )  # fmt: skip
    copy = house.storage.put_derived(f"{recording}/copy.ogg", word(life.mark, "copy").encode())
    a_copy(house, recording, storage_key=copy)
    a_copy(house, recording, "peaks", mime="application/json", storage_key=f"{copy}.json")
    said = a_transcript(
        house, recording, [word(life.mark, "line")], release=False, speaker=word(life.mark, "speaker")
    )
    with house.writing(house.keeper()) as session:
        beside(session, house, recording, word(life.mark, "told"), said)
        session.add(
            Mask(
                public_id=new_public_id(), starts=0, ends=9, media_id=recording, placed_at=house.now(),
                taken_out=key.encrypt(word(life.mark, "masked").encode()),
                **consent.guard_of(session, session.get_one(Part, session.get_one(Media, recording).part_id)),
            )
        )  # fmt: skip


def _speak(house: House, life: Life) -> None:
    with house.session(house.keeper()) as session:
        key = custody.contribution_key(house.keys, session.get_one(Contribution, life.contribution_id))
    letter = io.BytesIO(word(life.mark, "letter").encode())
    enclosed = enclosures.receive(house.storage, key, letter, f"{word(life.mark, 'lettername')}.pdf")
    with house.writing(house.keeper()) as session:
        contribution = session.get_one(Contribution, life.contribution_id)
        said = word(life.mark, "message")
        family.speak(session, house.keys, contribution, said, now=house.now(), files=[enclosed])
        item = contribute.item_of(session, life.contribution_id)
        desk = Actor("account:1", frozenset({"moderator"}), account_id=1)
        for direction in ("to_family", "among_desk"):
            said = word(life.mark, direction)
            review.say(session, item, desk, said, now=house.now(), keys=house.keys, direction=direction)


def _ask_others(house: House, life: Life) -> None:
    """A third person and the evidence of its yes, half of it waiting for a second person."""
    one = an_actor(house, f"one-{life.contribution_id}", "consent_officer")
    two = an_actor(house, f"two-{life.contribution_id}", "second_reader")
    for turn in ("first", "waiting"):
        with house.writing(house.keeper()) as session:
            item = contribute.item_of(session, life.contribution_id)
            wanted = Wanted(
                "third_person", frozenset({"*"}), word(life.mark, f"who{turn}"), word(life.mark, "why")
            )
            party = parties.require(session, one, item, wanted, now=house.now(), keys=house.keys)
            key = evidence.key_of(session, house.keys, item)
            file = io.BytesIO(word(life.mark, f"evidence{turn}").encode())
            kept = evidence.keep(house.storage, key, file, f"{word(life.mark, 'evidencename')}.ogg")
            asked = evidence.ask(session, one, item, _a_yes(session, house, life, party.id), kept,
                                 now=house.now(), keys=house.keys)  # fmt: skip
            if turn == "first":
                proposals.agree(session, two, item, asked.public_id, now=house.now(), keys=house.keys)


def _a_yes(session: Any, house: House, life: Life, party_id: int) -> evidence.Yes:
    from memorial.services import consent_forms

    return evidence.Yes(
        party_id, frozenset(rules.AUDIENCES), frozenset({"view"}), "interview", house.now().date(),
        consent_forms.form_id(session, "en"), interpreter=True, present=word(life.mark, "present"),
    )  # fmt: skip


def _lose_the_code(house: House, life: Life) -> None:
    one = an_actor(house, f"finder-{life.contribution_id}", "moderator")
    with house.writing(house.keeper()) as session:
        item = lost_codes.request(
            session, house.keys, word(life.mark, "lost"), word(life.mark, "street"), "en", now=house.now()
        )
        lost_codes.match(session, one, item, life.ref, now=house.now(), keys=house.keys)


# -- removing -----------------------------------------------------------------------------------


def remove_for_good(house: House, clock: Any, *lives: Life) -> None:
    """As families and the desk do it: asked for with the code, fourteen days, two people."""
    for life in lives:
        with house.writing(house.keeper()) as session:
            family.ask_removal(session, session.get_one(Contribution, life.contribution_id), now=house.now())
    clock.forward(workflow.ERASURE_WAITS)
    trained = ("moderator", "specialist")
    people = [
        an_actor(house, f"erase-{name}-{lives[0].contribution_id}", *trained) for name in ("one", "two")
    ]
    for life in lives:
        for number, actor in enumerate(people):
            with house.writing(house.keeper()) as session:
                wanted = select(Item).where(
                    Item.kind == "erasure", Item.contribution_id == life.contribution_id
                )
                item = session.scalars(wanted).one()
                if number == 0:
                    review.advance(session, actor, item, "take", now=house.now(), keys=house.keys)
                review.advance(session, actor, item, "erase", now=house.now(), keys=house.keys)


# -- looking ------------------------------------------------------------------------------------


def traces(house: House, mark: str) -> list[str]:
    """Where a word that begins so lies in the clear: a column of a table, or a file by its name."""
    found = [where for where, content in everything(house) if mark.encode() in content]
    return sorted(dict.fromkeys(found))


def everything(house: House) -> Iterator[tuple[str, bytes]]:
    """All columns of all tables; the raw bytes of the database and of every file of the archive."""
    with house.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                for column, value in row.items():
                    content = (
                        bytes(value)
                        if isinstance(value, bytes | memoryview)
                        else json.dumps(value, default=str)
                    )
                    yield (
                        f"{table.name}.{column}",
                        content if isinstance(content, bytes) else content.encode(),
                    )
    folders = [house.settings.data, Path(house.settings.storage_url), house.settings.second_folder]
    for folder in [*folders, *_raw_tables(house)]:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            yield f"{path.name}", path.read_bytes()


def _raw_tables(house: House) -> list[Path]:
    """On PostgreSQL the files of this database, as they lie on the disk after a checkpoint."""
    if house.engine.dialect.name == "sqlite":
        return []
    with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sql("CHECKPOINT"))
        root = connection.scalar(sql("SHOW data_directory"))
        number = connection.scalar(sql("SELECT oid FROM pg_database WHERE datname = current_database()"))
    return [Path(root) / "base" / str(number)]
