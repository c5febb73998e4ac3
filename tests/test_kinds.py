"""What a file is, its first bytes say: never its name, never what a browser claims."""

from __future__ import annotations

import io
import json
import wave
from pathlib import Path

import pytest

from memorial.derivatives.kinds import HEAD, ODD, kind_of


def _wave() -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(800))
    return held.getvalue()


def _box(brand: bytes) -> bytes:
    return b"\0\0\0\x20ftyp" + brand + bytes(400)


KNOWN = [
    (b"\xff\xd8\xff\xe1" + bytes(60), "photograph", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n" + bytes(60), "photograph", "image/png"),
    (b"RIFF\x20\0\0\0WEBPVP8 ", "photograph", "image/webp"),
    (b"GIF89a" + bytes(60), "photograph", "image/gif"),
    (b"II*\0" + bytes(60), "photograph", "image/tiff"),
    (b"MM\0*" + bytes(60), "photograph", "image/tiff"),
    (_box(b"heic"), "photograph", "image/heic"),
    (_box(b"mif1"), "photograph", "image/heic"),
    (_box(b"avif"), "photograph", "image/avif"),
    (b"%PDF-1.7\n/JavaScript", "scan", "application/pdf"),
    (_wave(), "audio", "audio/wav"),
    (b"ID3\x04\0" + bytes(60), "audio", "audio/mpeg"),
    (b"\xff\xfb\x90\x64" + bytes(60), "audio", "audio/mpeg"),
    (b"\xff\xf1\x50\x80" + bytes(60), "audio", "audio/aac"),
    (_box(b"M4A "), "audio", "audio/mp4"),
    (b"OggS\0\x02" + bytes(22) + b"OpusHead", "audio", "audio/ogg"),
    (b"OggS\0\x02" + bytes(22) + b"\x01vorbis", "audio", "audio/ogg"),
    (b"fLaC\0\0\0\x22", "audio", "audio/flac"),
    (b"#!AMR\n" + bytes(60), "audio", "audio/amr"),
    (b"FORM\0\0\0\x2eAIFF", "audio", "audio/aiff"),
    (_box(b"3gp4"), "video", "video/3gpp"),
    (_box(b"isom"), "video", "video/mp4"),
    (_box(b"mp42"), "video", "video/mp4"),
    (_box(b"qt  "), "video", "video/quicktime"),
    (b"\0\0\x10\0moov" + bytes(60), "video", "video/quicktime"),
    (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "video", "video/webm"),
    (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska", "video", "video/x-matroska"),
    (b"RIFF\x20\0\0\0AVI LIST", "video", "video/x-msvideo"),
    ((b"\x47" + bytes(187)) * 6, "video", "video/mp2t"),
    (b"\0\0\0\0" + (b"\x47" + bytes(191)) * 6, "video", "video/mp2t"),
]

ODDITIES = [
    b"<!doctype html><script>alert(1)</script>",
    b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    b"GIF89a/*<script>alert(1)</script>*/",
    b"#!/bin/sh\nrm -rf /",
    b"MZ" + bytes(500),
    b"PK\x03\x04" + bytes(500),
    b"only words",
    b"BM only words",
    b"\xff\xff\xff\xff" + bytes(100),
    b"\x47 only one mark" + bytes(1000),
    bytes(5000),
    b"\0",
    b"",
]


@pytest.mark.parametrize(("head", "role", "mime"), KNOWN, ids=[mime for _, _, mime in KNOWN])
def test_what_families_have_is_known_by_its_first_bytes(head, role, mime):
    kind = kind_of(head[:HEAD])
    assert (kind.role, kind.mime) == (role, mime)
    assert bool(kind.decoder) == (role == "photograph")


@pytest.mark.parametrize("head", ODDITIES, ids=range(len(ODDITIES)))
def test_what_is_in_no_table_or_could_run_is_odd_whatever_it_calls_itself(head):
    assert kind_of(head) is ODD


def test_every_picture_of_the_corpus_that_pillow_knew_is_a_photograph(shared: Path):
    folder = shared / "corpora" / "images"
    ours = {"JPEG", "MPO", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF"}
    wrong = []
    for line in (folder / "observed.jsonl").read_text().splitlines():
        seen = json.loads(line)
        path = folder / seen["file"]
        known = seen.get("pillow_format") in ours and seen.get("load") == "ok"
        if known and kind_of(path.read_bytes()[:HEAD]).role != "photograph":
            wrong.append((seen["file"], seen["pillow_format"]))
    assert wrong == []
