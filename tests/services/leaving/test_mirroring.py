"""A copy kept elsewhere: it is what its source is, file for file, and what was withdrawn is gone from it."""

from __future__ import annotations

import functools
import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from memorial.cli import main
from memorial.domain.errors import MemorialError
from memorial.domain.ids import new_public_id
from memorial.formats import bagit
from memorial.services.leaving import folders, mirroring
from memorial.services.leaving.checking import check
from tests.builders import a_testimony
from tests.leaving import ALL, World, new_house


def everything(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(params=["bag", "bags"])
def exported(request, sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[World, Path, str]]:
    house, wall = new_house(sqlite_template, tmp_path / "archive")
    world = World(house, wall)
    for _ in range(3):
        a_testimony(house, contributor=ALL)
    world.bag(tmp_path / "out", form=request.param)
    yield world, tmp_path / "out", request.param
    house.engine.dispose()


def test_a_mirror_is_what_its_source_is_and_loses_what_was_withdrawn(exported, tmp_path: Path):
    world, out, form = exported
    mirror, old = tmp_path / "mirror", tmp_path / "older"
    mirroring.mirrored(mirroring.source(str(out)), mirror)
    mirroring.mirrored(mirroring.source(str(out)), old)
    assert everything(mirror) == everything(out)
    gone = a_testimony(world.house, contributor=ALL)
    world.bag(out, form=form)
    mirroring.mirrored(mirroring.source(str(out)), mirror)
    mirroring.mirrored(mirroring.source(str(out)), old)
    assert any(gone.public_id in path for path in everything(mirror))
    world.take_back(gone)
    world.bag(out, form=form)
    done = mirroring.mirrored(mirroring.source(str(out)), mirror)
    assert done.withdrawn == [gone.public_id]
    assert everything(mirror) == everything(out)
    assert mirroring.older(old, done.withdrawn)
    for path, content in everything(old).items():
        assert gone.public_id not in path
        assert gone.public_id.encode() not in content
    for bag in [old] if form == "bag" else [path.parent for path in old.glob("*/bagit.txt")]:
        assert check(bag).faults == []
    assert {path.name for path in tmp_path.iterdir()} == {"archive", "out", "mirror", "older"}


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A small static export by hand, of which one record was withdrawn."""
    folder = tmp_path / "pages"
    held = [
        folders.keep(folder, f"en/press/{new_public_id()}.html", [b"<p>synthetic"]),
        folders.keep(folder, "media/copy.ogg", [b"sound" * 1000]),
        folders.keep(folder, "removals.json", [json.dumps({"removed": [{"id": new_public_id()}]}).encode()]),
    ]
    lines = [bagit.manifest_line(each.sha256, each.path) for each in held]
    (folder / "manifest-sha256.txt").write_text("".join(lines))
    return folder


def _relist(pages: Path, path: str, digest: str = "0" * 64) -> None:
    with (pages / "manifest-sha256.txt").open("a") as manifest:
        manifest.write(bagit.manifest_line(digest, path))


def _withdrawn_but_there(pages: Path) -> None:
    removed = json.loads((pages / "removals.json").read_text())["removed"][0]["id"]
    held = folders.keep(pages, f"en/press/{removed}.html", [b"<p>still here"])
    _relist(pages, held.path, held.sha256)


@pytest.mark.parametrize(
    ("deed", "named"),
    [
        (lambda pages: (pages / "media/copy.ogg").write_bytes(b"Sound" + b"sound" * 999), "mirror_damaged"),
        (lambda pages: (pages / "media/copy.ogg").unlink(), "mirror_missing"),
        (lambda pages: _relist(pages, "../outside.html"), "mirror_unsafe"),
        (lambda pages: _relist(pages, r"..\outside.html"), "mirror_unsafe"),
        (lambda pages: _relist(pages, "/etc/outside.html"), "mirror_unsafe"),
        (_withdrawn_but_there, "mirror_holds_withdrawn"),
        (lambda pages: (pages / "manifest-sha256.txt").unlink(), "mirror_no_source"),
    ],
)
def test_a_source_that_is_not_what_it_says_changes_nothing(pages: Path, tmp_path: Path, deed, named: str):
    mirror = tmp_path / "mirror"
    mirroring.mirrored(mirroring.source(str(pages)), mirror)
    before = everything(mirror)
    deed(pages)
    if named in ("mirror_damaged", "mirror_missing"):  # else what is here is right, and nothing is fetched
        (mirror / "media/copy.ogg").unlink()
        before = everything(mirror)
    with pytest.raises(MemorialError, match=named):
        mirroring.mirrored(mirroring.source(str(pages)), mirror)
    assert everything(mirror) == before
    assert {path.name for path in tmp_path.iterdir()} == {"pages", "mirror"}


def test_by_http_a_flipped_bit_here_is_mended_and_a_file_of_nobody_goes(pages: Path, tmp_path: Path):
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_given) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(pages)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        asked = [
            "mirror",
            str(tmp_path / "mirror"),
            "--from",
            f"http://127.0.0.1:{server.server_port}/",
            "--json",
        ]
        assert json.loads(CliRunner().invoke(main, asked).output)["fetched"] == 4
        content = bytearray((tmp_path / "mirror/media/copy.ogg").read_bytes())
        content[7] ^= 1
        (tmp_path / "mirror/media/copy.ogg").write_bytes(content)
        (tmp_path / "mirror/extra.html").write_text("synthetic")
        told = json.loads(CliRunner().invoke(main, asked).output)
        assert told["repaired"] == ["media/copy.ogg"]
        assert told["removed"] == 1
        assert everything(tmp_path / "mirror") == everything(pages)
    finally:
        server.shutdown()
        server.server_close()


def test_a_folder_of_others_is_not_taken_for_a_mirror(pages: Path, tmp_path: Path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("synthetic")
    answer = CliRunner().invoke(main, ["mirror", str(tmp_path / "mine"), "--from", str(pages)])
    assert answer.exit_code == 1
    assert "holds something else" in answer.output
    assert (tmp_path / "mine" / "letter.txt").exists()


def test_a_source_that_leads_elsewhere_or_never_ends_is_refused(tmp_path: Path):
    elsewhere, bag = tmp_path / "elsewhere", tmp_path / "bag"
    held = folders.keep(elsewhere, "secret.txt", [b"a synthetic secret"])
    bag.mkdir()
    (bag / "bagit.txt").write_text(bagit.DECLARATION)
    (bag / "manifest-sha256.txt").write_text(bagit.manifest_line(held.sha256, "data/secret.txt"))
    for deed in (
        lambda: (bag / "data").symlink_to(elsewhere),
        lambda: os.mkfifo(bag / "data" / "secret.txt"),
    ):
        deed()
        with pytest.raises(MemorialError) as refused:
            mirroring.mirrored(mirroring.source(str(bag)), tmp_path / "mirror")
        assert str(refused.value) == "mirror_unsafe"
        assert not (tmp_path / "mirror").exists()
        if (bag / "data").is_symlink():
            (bag / "data").unlink()
            (bag / "data").mkdir()


def test_a_source_that_sends_without_end_leaves_room_on_the_disk(pages: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(mirroring, "LOOKS_EVERY", 1_000)
    _nearly_full(monkeypatch)
    with pytest.raises(MemorialError, match="mirror_no_room"):
        mirroring.mirrored(mirroring.source(str(pages)), tmp_path / "mirror")
    assert list(tmp_path.glob("*mirror*")) == []


def test_what_was_withdrawn_goes_also_from_a_disk_that_is_nearly_full(exported, tmp_path: Path, monkeypatch):
    world, out, form = exported
    gone = a_testimony(world.house, contributor=ALL)
    world.bag(out, form=form)
    mirroring.mirrored(mirroring.source(str(out)), tmp_path / "mirror")
    world.take_back(gone)
    world.bag(out, form=form)
    _nearly_full(monkeypatch)
    done = mirroring.mirrored(mirroring.source(str(out)), tmp_path / "mirror")
    assert done.withdrawn == [gone.public_id]
    assert everything(tmp_path / "mirror") == everything(out)


def _nearly_full(monkeypatch) -> None:
    monkeypatch.setattr(
        mirroring.shutil, "disk_usage", lambda folder: SimpleNamespace(free=mirroring.LEFT_FREE - 1)
    )


def test_a_list_that_has_no_end_is_no_list(pages: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(mirroring, "LARGEST_LIST", 20)
    with pytest.raises(MemorialError, match="mirror_damaged"):
        mirroring.mirrored(mirroring.source(str(pages)), tmp_path / "mirror")
    assert list(tmp_path.glob("*mirror*")) == []


def test_a_source_sends_nobody_to_another_machine(tmp_path: Path):
    class Elsewhere(BaseHTTPRequestHandler):
        asked: list[str] = []

        def do_GET(self):
            self.asked.append(f"{self.headers['Host'].partition(':')[0]}{self.path}")
            self.send_response(302)
            self.send_header("Location", f"http://localhost:{self.server.server_port}/of-another")
            self.end_headers()

        def log_message(self, *_words):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(MemorialError, match="mirror_unsafe"):
            mirroring.mirrored(
                mirroring.source(f"http://127.0.0.1:{server.server_port}"), tmp_path / "mirror"
            )
        server.shutdown()
    assert Elsewhere.asked == ["127.0.0.1/manifest-sha256.txt"]
    assert not (tmp_path / "mirror").exists()
