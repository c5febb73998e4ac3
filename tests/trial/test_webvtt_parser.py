"""What the program writes as WebVTT, read by the W3C's own checker (webvtt-parser, from npm): every real file of the shared
material, read in and written again, and transcripts made at random. Needs node and npm."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from memorial.formats import ohms, vtt
from memorial.formats.faults import Refused
from tests.transcripts import transcripts

pytestmark = pytest.mark.trial
MADE = 400
PROGRAM = """
const { readFileSync } = require("fs");
const { WebVTTParser } = require(process.argv[2]);
const entities = JSON.parse(readFileSync(process.argv[3], "utf8"));
for (const file of JSON.parse(readFileSync(process.argv[4], "utf8"))) {
  const told = new WebVTTParser(entities).parse(readFileSync(file, "utf8"), "captions");
  console.log(JSON.stringify([file, told.cues.length, told.errors]));
}
"""


@pytest.fixture(scope="module")
def parser(tmp_path_factory) -> Path:
    if shutil.which("npm") is None:
        pytest.fail("node and npm are not installed: the checker of the W3C cannot run here")
    folder = tmp_path_factory.mktemp("npm")
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "webvtt-parser@2.2.0"], cwd=folder, check=True
    )
    return folder / "node_modules" / "webvtt-parser"


def test_the_checker_of_the_w3c_accepts_everything_that_is_written(parser, shared, tmp_path):
    written: list[tuple[str, int]] = []  # the file, and how many cues it has

    def keep(transcript) -> None:
        if transcript.timed:
            path = tmp_path / f"{len(written)}.vtt"
            path.write_text(vtt.write(transcript).text, encoding="utf-8")
            written.append((str(path), len(transcript.cues)))

    refused = 0
    files = sorted((shared / "corpora" / "webvtt").rglob("*.*vtt")) + sorted(
        (shared / "corpora" / "ohms").rglob("*.xml")
    )
    for path in files:
        try:
            if path.suffix == ".xml":
                for interview in ohms.read(path.read_bytes()).value:
                    for transcript in interview.transcripts:
                        keep(transcript)
            else:
                keep(vtt.read(path.read_bytes()).value)
        except Refused:
            refused += 1
    real = len(written)

    @settings(max_examples=MADE, database=None, suppress_health_check=list(HealthCheck))
    @given(transcripts())
    def made(transcript) -> None:
        keep(transcript)

    made()
    (tmp_path / "check.cjs").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "files.json").write_text(json.dumps([path for path, _ in written]), encoding="utf-8")
    told = subprocess.run(
        ["node", "check.cjs", str(parser / "parser.js"), str(parser / "html-entities.json"), "files.json"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = [json.loads(line) for line in told.splitlines()]
    wrong = [(path, errors) for path, _, errors in found if errors]
    print(
        f"{len(files)} files, {refused} of them refused; {real} transcripts of them and {len(written) - real} made at random"
    )
    print(f"written files in which the checker found an error: {len(wrong)}")
    assert wrong == []
    assert [(path, cues) for path, cues, _ in found] == written
