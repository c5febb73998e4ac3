"""What families and the desk do that a kill may interrupt: each act with its form, and what is there afterwards.

An act is prepared whole, then asked for once, killed, and asked for again with the very same form.
What `seen` tells is the same before it, and the same after it, whenever it was killed. Synthetic people only.
"""

from __future__ import annotations

import base64
import hashlib
import io
import random
import secrets
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PIL import Image
from sqlalchemy import func, select

from memorial.app import create_app
from memorial.house import House
from memorial.models import (
    Account,
    AuditEntry,
    BulkAct,
    Contribution,
    Derivative,
    Enclosure,
    Item,
    Media,
    Message,
    Revision,
    Upload,
    UploadPiece,
)
from memorial.services import contribute, family
from tests.services.test_contribute import REMEMBERED, TOLD, _checked, begun, published, sent
from tests.trial.family_client import Family, Refused
from tests.walking import signed_in

FORM = "application/x-www-form-urlencoded"
EDGE = "synthetic-edge"


@dataclass
class Form:
    """A request that can be sent again, byte for byte."""

    method: str
    path: str
    body: bytes
    headers: Mapping[str, str]
    good: Sequence[int] = (302, 303)


@dataclass
class Work:
    """An act that is ready: by whom, on which contribution, with which form."""

    house: House
    family: Family
    contribution_id: int
    form: Form
    kept: dict[str, Any] = field(default_factory=dict)

    def ask(self) -> None:
        """Raises Refused for an answer that acknowledges nothing, OSError where none came."""
        status, page = self.family.send(self.form.method, self.form.path, self.form.body, self.form.headers)
        if status not in self.form.good:
            raise Refused(f"{self.form.path}: {status} {page[:200]}")


@dataclass(frozen=True)
class Act:
    """`again` is what a family's browser does after a crash; the same form, where nothing else is said.

    `jobs` are acts whose kill is in the worker; they are over when `seen` says `after`.
    """

    name: str
    prepare: Callable[[House, int], Work]
    seen: Callable[[House, Work], Any]
    before: Any
    after: Any
    again: Callable[[Work], None] = Work.ask
    process: str = "web"
    most: int = 99  # how often a label is let through before it kills, at most


def _now_form(family: Family, path: str, page: str, **values: str) -> Form:
    """A plain form with the hidden fields of the page that it stands on."""
    shown = family.get(page)
    hidden = family.hidden(shown)
    body = urllib.parse.urlencode({**hidden, **values}).encode()
    return Form("POST", path, body, {"Content-Type": FORM})


def _file_form(
    family: Family, path: str, page: str, field: str, name: str, content: bytes, **values: str
) -> Form:
    parts = [
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in {**family.hidden(family.get(page)), **values}.items()
    ]
    head = f'Content-Disposition: form-data; name="{field}"; filename="{name}"'
    parts.append(f"--{EDGE}\r\n{head}\r\nContent-Type: application/octet-stream\r\n\r\n".encode() + content)
    body = b"".join([*parts, f"\r\n--{EDGE}--\r\n".encode()])
    return Form("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={EDGE}"})


def _back(house: House, port: int, answers: Mapping[str, Any]) -> tuple[Family, int]:
    """A draft with these answers, and a browser that came back to it with its code."""
    contribution_id, code = begun(house, dict(answers))
    browser = Family(port)
    browser.get("/en/return")
    browser.post("/en/return", code=code)
    return browser, contribution_id


def _ref(house: House, contribution_id: int) -> str:
    with house.session(house.keeper()) as session:
        return session.get_one(Contribution, contribution_id).public_id


# -- words --------------------------------------------------------------------------------------

WORDS = "Synthetic words that a kill interrupts. " * 40


def _page_of_words(house: House, port: int) -> Work:
    browser, mine = _back(house, port, {**TOLD, "words": "before"})
    form = _now_form(browser, "/en/contribute/words", "/en/contribute/words", words=WORDS, title="")
    return Work(house, browser, mine, form)


def _saved_words(house: House, work: Work) -> str:
    with house.session(house.keeper()) as session:
        draft = contribute.read(house.keys, session.get_one(Contribution, work.contribution_id))
        return draft.answers["words"].strip()


# -- sending ------------------------------------------------------------------------------------


def _sending(answers: Callable[[House], Mapping[str, Any]]) -> Callable[[House, int], Work]:
    def prepare(house: House, port: int) -> Work:
        said = answers(house)
        browser, mine = _back(house, port, said)
        if "about" in said:
            _about(house, mine, said["about"])
        return Work(house, browser, mine, _now_form(browser, "/en/contribute/send", "/en/contribute/check"))

    return prepare


def _about(house: House, contribution_id: int, public_id: str) -> None:
    from memorial.models import Record

    with house.writing(house.keeper()) as session:
        record = session.scalars(select(Record).where(Record.public_id == public_id)).one()
        contribute.choose(session, session.get_one(Contribution, contribution_id), record)


def somebody(house: House) -> str:
    """The page of somebody who never was."""
    mine, _ = begun(house, REMEMBERED)
    sent(house, mine, f"key-{mine}")
    published(house, mine)
    with house.session(house.keeper()) as session:
        return contribute.record_of(session, session.get_one(Contribution, mine)).public_id


def _memory(house: House) -> Mapping[str, Any]:
    return {
        "task": "memory", "about": somebody(house), "memory": "A synthetic memory.", "sign": "candle",
        "name_shown": "not_shown", "audience": "everyone", "keep": "yes", "show": "yes",
    }  # fmt: skip


def _correction(house: House) -> Mapping[str, Any]:
    known = somebody(house)
    return {"task": "correction", "about": known, "page": f"/people/{known}", "wrong": "A synthetic mistake."}


def _what_was_sent(house: House, work: Work) -> Any:
    """State, whether it says when, and how many items, revisions, entries of the ledger and sendings there are."""
    mine = work.contribution_id
    with house.session(house.keeper()) as session:
        contribution = session.get_one(Contribution, mine)
        items = session.scalars(select(Item).where(Item.contribution_id == mine)).all()
        things = [f"item:{item.public_id}" for item in items]
        sendings = select(func.count()).select_from(AuditEntry).where(AuditEntry.thing.in_(things))
        revisions = select(func.count()).select_from(Revision).where(Revision.contribution_id == mine)
        return (
            [item.state for item in items],
            contribution.sent_at is not None,
            contribution.send_key is not None,
            session.scalar(sendings.where(AuditEntry.verb == "send")),
            min(1, session.scalar(revisions) or 0),
            session.scalar(revisions),
        )


NOT_SENT = (["draft"], False, False, 0, 0, 0)
SENT = (["submitted"], True, True, 1, 1, 1)
SENT_CASE = (["submitted"], True, True, 1, 0, 0)


# -- messages, hiding, publishing -----------------------------------------------------------------


def _handed_in(house: House, port: int) -> tuple[Family, int, str]:
    browser, mine = _back(house, port, TOLD)
    sent(house, mine, f"key-{mine}")
    return browser, mine, f"/en/my/{_ref(house, mine)}"


def _message(house: House, port: int) -> Work:
    browser, mine, page = _handed_in(house, port)
    form = _file_form(
        browser,
        f"{page}/write",
        page,
        "files",
        "synthetic.pdf",
        b"%PDF-1.4 synthetic",
        words="Synthetic words.",
    )
    return Work(house, browser, mine, form)


def _messages(house: House, work: Work) -> tuple[int, int]:
    with house.session(house.keeper()) as session:
        return tuple(
            session.scalar(
                select(func.count()).select_from(table).where(table.contribution_id == work.contribution_id)
            )
            or 0
            for table in (Message, Enclosure)
        )  # type: ignore[return-value]


def _hiding(house: House, port: int) -> Work:
    browser, mine = _back(house, port, TOLD)
    sent(house, mine, f"key-{mine}")
    published(house, mine)
    page = f"/en/my/{_ref(house, mine)}"
    return Work(house, browser, mine, _now_form(browser, f"{page}/hide", page, notice="no"))


def _visible(house: House, work: Work) -> tuple[bool, bool]:
    """Whether visitors get the page, and whether the archive says that it is hidden."""
    with house.session(house.keeper()) as session:
        contribution = session.get_one(Contribution, work.contribution_id)
        record = contribute.record_of(session, contribution)
        hidden, path = contribution.hidden_at is not None, f"/en/testimonies/{record.public_id}"
    return Family(work.family.port).ask("GET", path)[0] == 200, hidden


def _publishing(house: House, port: int) -> Work:
    """Everything but the last press of the desk."""
    from memorial.gate import Actor
    from memorial.services import review

    mine, _ = begun(house, TOLD)
    sent(house, mine, f"key-{mine}")
    browser, number = _desk(house, port, mine)
    desk = Actor(f"account:{number}", frozenset({"moderator", "specialist"}), account_id=number)
    with house.writing(house.keeper()) as session:
        item = contribute.item_of(session, mine)
        for verb in ("take", "make_ready"):
            _checked(session, item)
            review.advance(session, desk, item, verb, now=house.now(), keys=house.keys)
    with house.writing(house.keeper()) as session:
        item = contribute.item_of(session, mine)
        contribution = session.get_one(Contribution, mine)
        family.approve(session, house.keys, contribution, item.revision_id, now=house.now())
        item.facts = {**item.facts, "form_gone_through": True}
        item.flags = []
        page = f"/en/desk/items/{item.public_id}"
    return Work(
        house, browser, mine, _now_form(browser, f"{page}/publish", page), {"again": (302, 303, 403, 409)}
    )


def _desk(house: House, port: int, number: int) -> tuple[Family, int]:
    """A browser in which a synthetic moderator has signed in, and the number of the account."""
    client = signed_in(create_app(house), house, "moderator", "specialist", name=f"desk-{number}")
    cookie = client.get_cookie("memorial_session")
    assert cookie is not None
    with house.session(house.keeper()) as session:
        wanted = select(Account.id).where(Account.email == f"desk-{number}@example.org")
        return Family(port, {cookie.key: cookie.value}), session.scalars(wanted).one()


def _publish_again(work: Work) -> None:
    """The form of somebody who was faster, were it even oneself, is answered with how it stands now."""
    work.form.good = work.kept["again"]
    work.ask()


# -- many at once -----------------------------------------------------------------------------------

MANY = 3


def _many(house: House, port: int) -> Work:
    """A bulk act that is previewed; the press of its button is what the worker then carries out."""
    from memorial.gate import Actor
    from memorial.services import bulk
    from tests.services.test_bulk import an_import

    run = f"run{secrets.randbelow(10**9)}"
    ids = an_import(house, MANY, run)
    browser, number = _desk(house, port, ids[0])
    actor = Actor(f"account:{number}", frozenset({"moderator"}), account_id=number)
    with house.writing(house.keeper()) as session:
        wanted = bulk.Wanted("decline", run=run)
        act = bulk.preview(session, actor, wanted, "Synthetic words.", keys=house.keys, now=house.now())
        page, kept = f"/en/desk/bulk/{act.public_id}", {"items": ids, "bulk": act.public_id}
    form = _now_form(browser, f"{page}/begin", page)
    form.good = (302, 303, 409)
    return Work(house, browser, 0, form, kept)


def _declined(house: House, work: Work) -> tuple[str, list[str], int, int]:
    """Where the act and its items stand, and how often each was decided and told of."""
    with house.session(house.keeper()) as session:
        act = session.scalars(select(BulkAct).where(BulkAct.public_id == work.kept["bulk"])).one()
        items = [session.get_one(Item, number) for number in work.kept["items"]]
        things = [f"item:{item.public_id}" for item in items]
        decided = select(func.count()).select_from(AuditEntry)
        decided = decided.where(AuditEntry.thing.in_(things), AuditEntry.verb == "decline")
        said = select(func.count()).select_from(Message).where(Message.item_id.in_(work.kept["items"]))
        return (
            act.state,
            [item.state for item in items],
            session.scalar(decided) or 0,
            session.scalar(said) or 0,
        )


# -- files --------------------------------------------------------------------------------------


def picture(number: int) -> bytes:
    out = io.BytesIO()
    colour = (number % 256, number // 256 % 256, 90)
    Image.new("RGB", (640, 480), colour).save(out, "JPEG", quality=90)
    return out.getvalue()


def _photograph(house: House, port: int) -> Work:
    browser, mine = _back(house, port, TOLD)
    content, page = picture(mine), "/en/contribute/photographs"
    form = _file_form(browser, page, page, "photographs", "synthetic.jpg", content, act="add")
    return Work(house, browser, mine, form, {"sha256": hashlib.sha256(content).hexdigest()})


def _files(house: House, work: Work) -> list[tuple[bool, bool]]:
    """For each file of the contribution: whether its row and its bytes are those that were sent."""
    return [
        (medium.sha256 in ("", work.kept["sha256"]), digest in ("", work.kept["sha256"]))
        for medium, digest in _opened(house, work)
    ]


def _opened(house: House, work: Work) -> list[tuple[Media, str]]:
    """The files and their hash as they lie; "" while a file lies in pieces."""
    with house.session(house.keeper()) as session:
        contribution = session.get_one(Contribution, work.contribution_id)
        key = house.keys.unwrap(contribution.wrapped_key)
        found = []
        for medium in session.scalars(select(Media).where(Media.contribution_id == work.contribution_id)):
            digest = ""
            if medium.due != "assemble":
                with house.storage.open_original(medium.storage_key, key) as plain:
                    digest = hashlib.sha256(plain.read()).hexdigest()
            found.append((medium, digest))
        return found


def _whole(house: House, work: Work) -> list[tuple[bool, bool]]:
    """As `_files`, once nothing is left to do with them."""
    with house.session(house.keeper()) as session:
        pieces = select(UploadPiece.id).join(Upload, Upload.id == UploadPiece.upload_id)
        if session.scalars(pieces.where(Upload.contribution_id == work.contribution_id)).first():
            return []
    found = _opened(house, work)
    return [
        (m.sha256 == work.kept["sha256"], digest == work.kept["sha256"])
        for m, digest in found
        if m.due != "assemble"
    ]


def _with_copies(house: House, work: Work) -> list[int]:
    """The widths of the copies, each once."""
    with house.session(house.keeper()) as session:
        wanted = select(Derivative.width).where(Derivative.contribution_id == work.contribution_id)
        return sorted(session.scalars(wanted))


def _removal(house: House, port: int) -> Work:
    work = _photograph(house, port)
    work.ask()
    ((medium, _),) = _opened(house, work)
    page = "/en/contribute/photographs"
    work.form = _now_form(work.family, page, page, remove=medium.public_id)
    return work


# -- pieces ---------------------------------------------------------------------------------------

FILM = random.Random(1992).randbytes(300_000)
HALF = 120_000
TUS = {"Tus-Resumable": "1.0.0"}


def _announcing(house: House, port: int) -> Work:
    browser, mine = _back(house, port, TOLD)
    browser.get("/en/contribute/recording")
    name = base64.b64encode(b"synthetic film.mp4").decode()
    headers = {
        **TUS,
        "Upload-Length": str(len(FILM)),
        "Upload-Metadata": f"filename {name},page cmVjb3JkaW5n",
    }
    headers["X-CSRFToken"] = browser.token
    form = Form("POST", "/en/contribute/files", b"", headers, (201,))
    return Work(house, browser, mine, form, {"sha256": hashlib.sha256(FILM).hexdigest()})


def _announced(house: House, work: Work) -> bool:
    with house.session(house.keeper()) as session:
        wanted = select(Upload.id).where(Upload.contribution_id == work.contribution_id)
        return session.scalars(wanted).first() is not None


def _piece(start: int, end: int) -> Callable[[House, int], Work]:
    def prepare(house: House, port: int) -> Work:
        work = _announcing(house, port)
        work.ask()
        work.kept["address"] = work.family.headers["location"]
        if start:
            work.form = _patch(work, 0, start)
            work.ask()
        work.form = _patch(work, start, end)
        return work

    return prepare


def _patch(work: Work, start: int, end: int) -> Form:
    headers = {
        **TUS, "X-CSRFToken": work.family.token, "Upload-Offset": str(start),
        "Content-Type": "application/offset+octet-stream",
    }  # fmt: skip
    work.kept["end"] = end
    return Form("PATCH", work.kept["address"], FILM[start:end], headers, (204,))


def _resume(work: Work) -> None:
    """Ask how much is safe, and go on from there; as every tus client does."""
    status, _ = work.family.send("HEAD", work.kept["address"], b"", TUS)
    if status != 200:
        raise Refused(f"HEAD: {status}")
    safe = int(work.family.headers["upload-offset"])
    if safe < work.kept["end"]:
        work.form = _patch(work, safe, work.kept["end"])
        work.ask()


def _safe(house: House, work: Work) -> int:
    with house.session(house.keeper()) as session:
        wanted = select(Upload.bytes_safe).where(Upload.contribution_id == work.contribution_id)
        return session.scalars(wanted).one()


ONE = [(True, True)]
ACTS = (
    Act("a page of words", _page_of_words, _saved_words, "before", WORDS.strip()),
    Act("a testimony is sent", _sending(lambda _: TOLD), _what_was_sent, NOT_SENT, SENT),
    Act("a memory is sent", _sending(_memory), _what_was_sent, NOT_SENT, SENT),
    Act("a correction is sent", _sending(_correction), _what_was_sent, NOT_SENT, SENT_CASE),
    Act("a message with a file", _message, _messages, (0, 0), (1, 1)),
    Act("a page is hidden", _hiding, _visible, (True, False), (False, True)),
    Act("a page is published", _publishing, _visible, (False, False), (True, False), again=_publish_again),
    Act("a photograph in a plain form", _photograph, _files, [], ONE),
    Act("a photograph is taken out", _removal, _files, ONE, []),
    Act("a file is announced", _announcing, _announced, False, True),
    Act("the first piece of a file", _piece(0, HALF), _safe, 0, HALF, again=_resume),
    Act("the last piece of a file", _piece(HALF, len(FILM)), _files, [], ONE, again=_resume),
    Act("a file in one piece", _piece(0, len(FILM)), _files, [], ONE, again=_resume),
    Act(
        "the worker puts a file together",
        _piece(HALF, len(FILM)),
        _whole,
        [],
        ONE,
        again=_resume,
        process="jobs",
        most=3,
    ),
    Act(
        "the worker declines many",
        _many,
        _declined,
        ("previewed", ["submitted"] * MANY, 0, 0),
        ("done", ["declined"] * MANY, MANY, MANY),
        process="jobs",
        most=3,
    ),
    Act("the worker makes copies", _photograph, _with_copies, [], [320, 640], process="jobs", most=3),
)
