"""The crawl of our own pages, and what is written of it.

    counted = copied(archive, app, folder, told)

Every page that links lead to from the first ones and from every record, in all languages; each once. Lists are followed to
their end by their own links. Media come from the store, asked of the gate one by one, and not again where the copy has them.
"""

from __future__ import annotations

import posixpath
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

from flask import Flask, g, render_template
from sqlalchemy import select

from memorial.domain.addresses import ROOMS
from memorial.formats import plain_html, ro_crate
from memorial.formats.bagit import manifest_line
from memorial.gate import Reader
from memorial.models import Derivative, Media, Record
from memorial.services import harvest
from memorial.services.harvest import Asked
from memorial.services.leaving import bags, folders, removals, state
from memorial.services.leaving.contents import ENDINGS, Archive
from memorial.services.leaving.folders import Held
from memorial.services.leaving.state import Counted, Line, Of
from memorial.storage import Damaged, Missing, NotAStorageKey
from memorial.web.context import COPIED
from memorial.web.leaving.places import WORDS, Places
from memorial.web.leaving.words import Words

OF = Of("static", "public")
ONWARD, NOT_OPEN = (301, 302, 303, 307, 308), (404, 410)
MANIFEST = "manifest-sha256.txt"
MIMES = {
    "html": "text/html",
    "vtt": "text/vtt",
    "csv": "text/csv",
    "json": "application/json",
    "txt": "text/plain",
}
# Whatever server a copy lies behind says to those who mine texts what the archive says.
RESERVED = b'[{"location": "/", "tdm-reservation": 1}]\n'
SAYS = """{name}, as it was on {day}. {address}

Open index.html. Nothing else is needed: no program, no connection.
removals.json names what was given out and has been withdrawn. Whoever keeps a copy takes it out; `memorial mirror` does it.
"""


@dataclass(frozen=True, slots=True)
class Copied:
    """What pages say of the copy that they are in: where the living archive is ("" if nobody said), and as of when."""

    address: str
    at: datetime


def copied(archive: Archive, app: Flask, target: Path, told: bags.Told, *, living: str = "") -> Counted:
    app.config[COPIED] = Copied(living, archive.now())
    return bags.until_still(archive, lambda: _once(archive, app, target, told, living))


def _once(archive: Archive, app: Flask, target: Path, told: bags.Told, living: str) -> Counted:
    before = _media_before(state.known(target, OF))
    with (
        folders.replacing(target) as part,
        (part / MANIFEST).open("w", encoding="utf-8", newline="\n") as manifest,
    ):
        copy = _Copy(archive, app, target, part, manifest, before, told, living)
        copy.pages()
        copy.words()
        copy.rest()
    copy.counted.removed = len(before.keys() - copy.media.keys())
    return copy.counted


def _media_before(path: Path | None) -> dict[str, Held]:
    return {line.public_id: line.files[0] for line in state.lines(path)} if path is not None else {}


class _Copy:
    def __init__(
        self, archive: Archive, app: Flask, old: Path, part: Path, manifest: TextIO, before: dict[str, Held],
        told: bags.Told, living: str,
    ) -> None:  # fmt: skip
        self.archive, self.app, self.old, self.part, self.living = archive, app, old, part, living
        self.manifest, self.before, self.told = manifest, before, told
        self.counted = Counted()
        self.places, self.client = Places(app), app.test_client()
        self.media: dict[str, str] = {}  # public id -> its file here; "" where it may not be taken
        self.static: dict[str, str] = {}
        self.waiting: deque[str] = deque()
        self.seen: set[str] = set()  # files of pages
        self.came_from: dict[str, str] = {}
        self.index: dict[str, Words] = {}
        (part / state.NAME).touch()
        self.spool = (part / state.NAME).open("w", encoding="utf-8")
        state.begin(self.spool, OF)

    # -- pages ------------------------------------------------------------------------------

    def pages(self) -> None:
        with self.app.test_request_context("/en/"):
            self.languages = tuple(self.app.extensions["site"].offered())
        for code in self.languages:
            self._want(f"/{code}/")
        self._crawl()
        for header, said in self._records():
            for code in self.languages:
                self._want(f"/{code}{ROOMS[header.kind]}/{header.public_id}")
            self._crawl()
            self.counted.new += 1
            entry = said.entry
            words = [
                entry.line,
                entry.where,
                *(text for _, text in said.abstracts),
                *(name for _, name in said.agents),
            ]
            self._indexed(entry.address, entry.title or f"[{header.kind}]", entry.language, words)

    def _records(self) -> Iterator[tuple[Any, Any]]:
        after, more = 0, True
        while more:
            with self.archive.opened(Reader.mirror(self.archive.moment())) as session:
                found = harvest.some(session, Asked(), after=after)
                said = harvest.described(session, found.headers)
            yield from (
                (header, said[header.record_id]) for header in found.headers if header.record_id in said
            )
            self.told(self.counted)
            more, after = found.more, found.headers[-1].record_id if found.headers else 0

    def _want(self, address: str) -> str | None:
        place = self.places.of(address)
        if place is not None and place not in self.seen:
            self.seen.add(place)
            if f"/{WORDS}" not in address:
                self.waiting.append(address)
        return place

    def _crawl(self) -> None:
        while self.waiting:
            address = self.waiting.popleft()
            with self.client.get(address) as answer:
                place = self.places.of(address)
                if answer.status_code != 200 or place is None:
                    self._instead(place, address, answer.status_code, answer.location or "")
                elif answer.mimetype == "text/html":
                    self._page(place, address, answer.get_data(as_text=True))
                else:
                    self._keep(place, answer.get_data())

    def _instead(self, place: str | None, address: str, status: int, onward: str) -> None:
        """A redirect becomes a page that leads on; of what is not open a copy says only that it is not here."""
        if status not in (*ONWARD, *NOT_OPEN):
            self.counted.missing.append(address)
        to = self._want(urlsplit(onward).path) if status in ONWARD else None
        if place is None or not place.endswith(".html"):
            return
        target = _relative(place, to) if to else _relative(place, f"{self.languages[0]}/index.html")
        text = f'<!doctype html>\n<meta charset="utf-8">\n<title>…</title>\n<p><a href="{target}">→</a></p>\n'
        if to:
            text = text.replace(
                "<title>", f'<meta http-equiv="refresh" content="0; url={target}">\n<title>', 1
            )
        self._keep(place, text.encode())

    def _page(self, place: str, address: str, html: str) -> None:
        self._keep(place, plain_html.rewritten(html, lambda to: self._lead(place, address, to)).encode())
        if place == f"{self.languages[0]}/index.html":
            self._keep(
                "index.html",
                plain_html.rewritten(html, lambda to: self._lead("index.html", address, to)).encode(),
            )

    def _lead(self, place: str, address: str, to: str) -> str | None:
        """Where a link of a page leads in the copy; to the living archive where the copy has nothing; or nowhere."""
        parts = urlsplit(to)
        if to.startswith("#") or (parts.scheme and parts.scheme != "data"):
            return to
        whole = to if to.startswith("/") else f"{address.partition('?')[0]}{to}" if to.startswith("?") else ""
        if not whole:
            return None
        parts = urlsplit(whole)
        bare = parts._replace(fragment="").geturl()
        found = self._file(bare, address)
        if found is None:
            return (
                f"{self.living}{whole}"
                if self.living and not parts.path.startswith(("/media/", "/static/"))
                else None
            )
        return _relative(place, found) + (f"#{parts.fragment}" if parts.fragment else "")

    def _file(self, bare: str, address: str) -> str | None:
        if bare.startswith("/static/"):
            return self._static(bare)
        if bare.startswith("/media/"):
            return self._medium(bare.split("/")[2]) or None
        if "before=" in bare:  # the page from which one came has been written under its own address
            back = self.came_from.get(address)
            return self.places.of(back) if back else None
        if "after=" in bare:
            self.came_from.setdefault(bare, address)
        return self._want(bare)

    # -- files ------------------------------------------------------------------------------

    def _static(self, address: str) -> str | None:
        if address not in self.static:
            with self.client.get(address) as answer:
                steps = address.split("/")[3:]  # without /static/ and the mark, so that it keeps its name
                name = "/".join(["static", *steps])
                good = answer.status_code == 200 and not set(steps) & {"", ".", ".."}
                self.static[address] = name if good else ""
                if good:
                    self._keep(name, answer.get_data())
        return self.static[address] or None

    def _medium(self, public_id: str) -> str:
        if public_id not in self.media:
            self.media[public_id] = ""
            wanted = (
                select(
                    Derivative.mime,
                    Derivative.storage_key,
                    Derivative.sha256,
                    Derivative.id,
                    Record.public_id,
                )
                .join(Media, Media.id == Derivative.media_id)
                .join(Record, Record.id == Media.record_id)
                .where(Derivative.public_id == public_id, Derivative.mime.in_(ENDINGS))
            )
            with self.archive.opened(Reader.mirror(self.archive.moment())) as session:
                row = session.execute(wanted).first()
            if row is not None:
                self.media[public_id] = self._taken(public_id, row)
        return self.media[public_id]

    def _taken(self, public_id: str, row: Any) -> str:
        place = f"media/{public_id}.{ENDINGS[row.mime]}"
        held = self.before.get(public_id)
        if held is None or held.sha256 != row.sha256 or not folders.link(self.old, self.part, held):
            try:
                with self.archive.storage.open_derived(row.storage_key) as stored:
                    held = folders.keep(self.part, place, folders.chunks_of(stored))
            except (Missing, Damaged, NotAStorageKey):
                held = None
            if held is None or held.sha256 != row.sha256:
                (self.part / place).unlink(missing_ok=True)
                self.counted.missing.append(place)
                return ""
        self._listed(held)
        about = {"of": row.public_id}
        state.write(self.spool, Line(row.id, public_id, "media", "", about, (held,), (row.mime,)))
        return place

    def _keep(self, place: str, content: bytes) -> None:
        self._listed(folders.keep(self.part, place, [content]))

    def _listed(self, held: Held) -> None:
        self.manifest.write(manifest_line(held.sha256, held.path))
        self.counted.files += 1
        self.counted.bytes += held.size

    # -- what only a copy has ---------------------------------------------------------------

    def _indexed(self, address: str, title: str, language: str, texts: list[str]) -> None:
        if not self.index:
            self.index["words"] = Words(self.part / ".words")
        self.index["words"].add(address, title, language, texts)

    def words(self) -> None:
        index = self.index.get("words") or Words(self.part / ".words")
        headings = index.headings()
        for code in self.languages:
            self._words_page(code, "", headings, [])
            for name, _ in headings:
                self._words_page(code, name, headings, index.under(name))
        self._crawl()
        folders.forget(self.part / ".words")

    def _words_page(self, code: str, name: str, headings: Any, words: Any) -> None:
        address = f"/{code}/{WORDS}{f'/{name}' if name else ''}"
        with self.app.test_request_context(address):
            g.lang = code
            html = render_template("leaving/words.html", headings=headings, words=words, here_word=name)
        self._page(self.places.of(address) or "", address, html)

    def rest(self) -> None:
        """What style sheets ask for, the removal list, what the whole is, and the state for the next time."""
        for address in [each for each in self.app.extensions["files"] if each.startswith(("fonts/", "img/"))]:
            self._static(self.app.extensions["static"](address))
        archive = self.archive
        day = archive.now().date().isoformat()
        self._keep("README.txt", SAYS.format(name=archive.name, day=day, address=self.living).encode())
        self._keep(".well-known/tdmrep.json", RESERVED)
        with (self.part / removals.NAME).open("w", encoding="utf-8") as out:
            with archive.opened(Reader.public(archive.moment(), "reuse")) as session:
                removals.write(out, session, self.living, archive.now())
        with (self.part / ro_crate.NAME).open("w", encoding="utf-8") as out:
            self._crate(out)
        self.spool.close()
        for name in (removals.NAME, ro_crate.NAME, state.NAME):
            self._listed(bags.held_of(self.part, name))

    def _crate(self, out: TextIO) -> None:
        archive = self.archive
        crate = ro_crate.Crate(
            out,
            ro_crate.About(
                archive.name, self.living, archive.now(), f"{archive.name}: the public pages", bags.RIGHTS
            ),
        )
        for header, said in self._records():
            pages = [f"{code}{ROOMS[header.kind]}/{header.public_id}.html" for code in self.languages]
            held = [
                ro_crate.Held(page, MIMES["html"], (self.part / page).stat().st_size)
                for page in pages
                if page in self.seen and (self.part / page).is_file()
            ]
            about = {"identifier": header.public_id, "name": said.entry.title}
            if held:
                crate.add(f"#{header.public_id}", about, held)
        crate.end()


def _relative(place: str, target: str) -> str:
    return posixpath.relpath(target, posixpath.dirname(place) or ".")
