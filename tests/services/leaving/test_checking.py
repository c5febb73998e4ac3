"""Bags of others and of ours looked through: the conformance suite of the Library of Congress, and what was done to one by hand."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from memorial.formats import bagit
from memorial.services.leaving import folders
from memorial.services.leaving.checking import check


def test_every_bag_of_the_conformance_suite_is_judged_as_it_says(shared: Path, tmp_path: Path):
    cases = sorted((shared / "corpora" / "bagit").glob("*.tar.gz"))
    assert len(cases) > 40
    for case in cases:
        with tarfile.open(case) as packed:
            packed.extractall(tmp_path / case.name, filter="data")
        (bag,) = (tmp_path / case.name).iterdir()
        report, expected = check(bag), case.name.split("__")[1]
        assert (report.faults == []) == (expected in ("valid", "warning")), f"{case.name}: {report.faults}"
        if expected == "warning":
            assert report.warnings, case.name
        if expected.endswith("-only") or "out-of-scope" in case.name:
            assert {fault.what for fault in report.faults} == {"unsafe"}, case.name


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    """A small one of ours, by hand."""
    folder = tmp_path / "bag"
    held = [folders.keep(folder, f"data/{name}.txt", [name.encode() * 9]) for name in ("one", "two")]
    for algorithm in bagit.ALGORITHMS:
        lines = [bagit.manifest_line(getattr(each, algorithm), each.path) for each in held]
        (folder / f"manifest-{algorithm}.txt").write_text("".join(lines))
    (folder / "bagit.txt").write_text(bagit.DECLARATION)
    (folder / "bag-info.txt").write_text(bagit.info([("Payload-Oxum", f"{sum(h.size for h in held)}.2")]))
    assert check(folder).faults == []
    return folder


def _flip(bag: Path) -> None:
    content = bytearray((bag / "data" / "one.txt").read_bytes())
    content[3] ^= 4
    (bag / "data" / "one.txt").write_bytes(content)


def _declare(bag: Path, name: str) -> None:
    with (bag / "manifest-sha256.txt").open("a") as manifest:
        manifest.write(bagit.manifest_line("0" * 64, name))


def _lengthen(bag: Path) -> None:
    with (bag / "data" / "two.txt").open("a") as file:
        file.write("!")


def _in_place_of_manifest(bag: Path) -> Path:
    """Where something may stand that never ends, or never begins."""
    (bag / "manifest-sha512.txt").unlink()
    return bag / "manifest-sha512.txt"


@pytest.mark.parametrize(
    ("deed", "named"),
    [
        (_flip, ("changed", "data/one.txt")),
        (_lengthen, ("changed", "data/two.txt")),
        (lambda bag: (bag / "data" / "two.txt").unlink(), ("missing", "data/two.txt")),
        (lambda bag: (bag / "data" / "three.txt").write_text("3"), ("extra", "data/three.txt")),
        (lambda bag: _declare(bag, "data/../../etc/passwd"), ("unsafe", "data/../../etc/passwd")),
        (lambda bag: _declare(bag, r"C:\data\a"), ("unsafe", r"C:\data\a")),
        (lambda bag: (bag / "data" / "link").symlink_to("/etc/passwd"), ("unsafe", "data/link")),
        (lambda bag: _in_place_of_manifest(bag).symlink_to("/dev/zero"), ("unsafe", "manifest-sha512.txt")),
        (lambda bag: os.mkfifo(_in_place_of_manifest(bag)), ("unsafe", "manifest-sha512.txt")),
    ],
)
def test_what_was_done_to_a_bag_is_named(bag: Path, deed: Callable[[Path], None], named: tuple[str, str]):
    deed(bag)
    assert named in {(fault.what, fault.path) for fault in check(bag).faults}


@pytest.mark.parametrize(
    "path", ["data/a b", "data/á", "data/100%", "data/a\nb", "data/%0A", "data/con man.txt"]
)
def test_a_path_comes_back_from_a_manifest_as_it_was(path: str):
    line = bagit.manifest_line("0" * 64, path)
    assert line.count("\n") == 1
    assert list(bagit.listed([line])) == [("0" * 64, path, False)]
    assert bagit.unsafe(path) == ""
