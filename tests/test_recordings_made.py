"""What copies of a recording are made as: upright, small, silent where they must be, and with nothing said about anybody."""

import json
import os
import tempfile
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from memorial.derivatives.recording import Probed, copies_of, probe
from memorial.derivatives.recording_making import make, peaks_of
from memorial.derivatives.recording_run import NotConverted
from memorial.domain.masks import Span
from tests import media


def probed(content: bytes, mime: str) -> Probed:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        return probe(file.fileno(), mime)


@cache
def made(
    content: bytes, mime: str, spans: Sequence[Span] = (), poster_at: int | None = None
) -> dict[str, bytes]:
    """Every copy of a recording, by its name."""
    found = {}
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        seen = probe(file.fileno(), mime)
        for copy in copies_of(seen, poster_at is not None):
            if copy.kind == "peaks":
                found[copy.name], _ = peaks_of(file.fileno(), seen, spans)
                continue
            with tempfile.NamedTemporaryFile() as target:
                make(file.fileno(), seen, copy, Path(target.name), spans=spans, poster_at=poster_at)
                found[copy.name] = Path(target.name).read_bytes()
    return found


@pytest.mark.parametrize(
    ("suffix", "mime", "codec", "rate"),
    [
        ("wav", "audio/wav", "", 44_100), ("mp3", "audio/mpeg", "", 44_100), ("m4a", "audio/mp4", "", 44_100),
        ("ogg", "audio/ogg", "libvorbis", 44_100), ("opus", "audio/ogg", "libopus", 48_000), ("aac", "audio/aac", "", 44_100),
        ("flac", "audio/flac", "", 44_100), ("amr", "audio/amr", "libopencore_amrnb", 8_000), ("aiff", "audio/aiff", "", 44_100),
        ("3gp", "video/3gpp", "libopencore_amrnb", 8_000), ("wma", "video/x-ms-asf", "wmav2", 44_100),
    ],
)  # fmt: skip
def test_sound_of_every_common_kind_is_understood(suffix, mime, codec, rate):
    seen = probed(media.a_sound(1, suffix, codec, rate), mime)
    assert (seen.heard.channels, seen.heard.rate, seen.film) == (1, rate, None)
    assert 900 < seen.length < 1300


@pytest.mark.parametrize(
    ("suffix", "mime", "arguments"),
    [
        ("mov", "video/quicktime", ("-c:v", "libx264", "-pix_fmt", "yuv420p")),
        ("webm", "video/webm", ("-c:v", "libvpx", "-c:a", "libopus")),
        ("mkv", "video/x-matroska", ("-c:v", "libx264", "-pix_fmt", "yuv420p")),
        ("avi", "video/x-msvideo", ("-c:v", "mpeg4", "-c:a", "mp3")),
        ("mts", "video/mp2t", ("-c:v", "libx264", "-pix_fmt", "yuv420p")),
        ("mpg", "video/mpeg", ("-c:v", "mpeg1video", "-c:a", "mp2")),
        ("3gp", "video/3gpp", ("-c:v", "mpeg4", "-c:a", "libopencore_amrnb", "-ar", "8000")),
        ("ogv", "video/ogg", ("-c:v", "libtheora", "-c:a", "libvorbis")),
        ("wmv", "video/x-ms-asf", ("-c:v", "wmv2", "-c:a", "wmav2")),
    ],
)
def test_films_of_every_common_kind_are_understood(suffix, mime, arguments):
    seen = probed(media.a_film(1, suffix=suffix, arguments=arguments), mime)
    assert (seen.film.width, seen.film.height, round(seen.film.fps)) == (320, 240, 25)
    assert seen.heard is not None


def test_copies_tell_nothing_of_place_author_or_device():
    for name, copy in {
        **made(media.a_film(), "video/mp4", (), 500),
        **made(media.a_sound(), "audio/wav"),
    }.items():
        assert not [word for word in media.SECRETS if word.encode() in copy], name


def test_a_film_can_be_played_before_it_has_come_whole():
    copies = made(media.a_film(), "video/mp4", (), 500)
    for name in ("aac", "film-240"):
        assert copies[name].index(b"moov") < copies[name].index(b"mdat")


@pytest.mark.parametrize(
    ("size", "sizes"),
    [
        ("320x240", [(320, 240)]), ("640x480", [(640, 480)]), ("960x540", [(854, 480), (960, 540)]),
        ("1080x1920", [(480, 854), (720, 1280)]), ("1281x721", [(852, 480), (1280, 720)]),
    ],
)  # fmt: skip
def test_films_have_two_sizes_and_are_never_enlarged(size, sizes):
    lossless = ("-c:v", "ffv1")
    seen = probed(media.a_film(0.1, size, "mkv", sound=False, arguments=lossless), "video/x-matroska")
    assert [(copy.width, copy.height) for copy in copies_of(seen)] == sizes


def test_what_is_masked_is_silent_in_every_copy_and_in_the_peaks():
    copies = made(media.a_film(3), "video/mp4", (Span(1000, 2000),))
    for name in ("aac", "opus", "film-240"):
        assert media.loudness(copies[name], 1000, 2000) < 0.0005, name
        assert media.loudness(copies[name], 0, 900) > 0.05
        assert media.loudness(copies[name], 2100, 2900) > 0.05
    assert set(json.loads(copies["peaks"])["peaks"][10:20]) == {0}


def test_a_tone_stands_for_what_is_masked_where_it_is_wished():
    copies = made(media.a_sound(3), "audio/wav", (Span(1000, 2000, "tone"),))
    heard = media.samples(copies["aac"])[8 * 1200 : 8 * 1800]
    crossings = sum(1 for one, two in pairwise(heard) if (one < 0) != (two < 0))
    assert abs(crossings / 0.6 / 2 - 1000) < 20  # hertz; the synthetic voice has 440


def test_a_picture_that_is_masked_is_blurred_and_its_sound_stays():
    film = made(media.a_film(3), "video/mp4", (Span(1000, 2000, "", True),))["film-240"]
    sharp, blurred, again = (media.edges(film, at) for at in (300, 1500, 2700))
    assert sharp > 1000 < again
    assert blurred < 50
    assert media.loudness(film, 1000, 2000) > 0.05


def test_a_film_of_a_phone_held_upright_stands_upright():
    seen = probed(media.a_film(rotated=90), "video/mp4")
    assert (seen.film.width, seen.film.height, "turned" in seen.notes) == (240, 320, True)
    again = probed(made(media.a_film(rotated=90), "video/mp4")["film-240"], "video/mp4")
    assert (again.film.width, again.film.height, again.film.rotation) == (240, 320, 0)


def test_high_dynamic_range_becomes_what_every_screen_shows():
    arguments = (
        "-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le",
        "-x265-params", "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc",
    )  # fmt: skip
    film = media.a_film(1, arguments=arguments)
    assert "hdr" in probed(film, "video/mp4").notes
    again = probed(made(film, "video/mp4")["film-240"], "video/mp4")
    assert (again.film.codec, again.film.hdr) == ("h264", False)


def test_the_first_track_that_the_film_names_as_its_own_is_taken():
    low, high = (
        ("-f", "lavfi", "-i", "sine=frequency=200:duration=1"),
        ("-f", "lavfi", "-i", "sine=frequency=900:duration=1"),
    )
    order = ("-map", "0", "-map", "1", "-disposition:a:0", "0", "-disposition:a:1", "default")
    seen = probed(media.made("mkv", *low, *high, *order), "video/x-matroska")
    assert (seen.sound, "several_sounds" in seen.notes) == (1, True)


def test_a_film_without_sound_and_without_a_rate_is_shown():
    film = media.a_film(1, sound=False)
    seen = probed(film, "video/mp4")
    assert (seen.sound, seen.notes) == (None, ("no_sound",))
    assert list(made(film, "video/mp4")) == ["film-240"]


def test_a_recording_that_ends_in_the_middle_is_converted_as_far_as_it_goes():
    film = made(media.a_film(3), "video/mp4")["film-240"]  # its beginning says what follows
    cut = made(film[: len(film) // 2], "video/mp4")
    assert 800 < len(media.samples(cut["aac"])) / 8 < 2500


@pytest.mark.parametrize(
    ("content", "mime", "why"),
    [
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "video/mp4", "unreadable"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "video/mp4", "unreadable"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 400, "video/mp4", "unreadable"),
        (b"", "audio/wav", "unreadable"),
        (b"anything", "application/x-mpegurl", "unreadable"),
    ],
)
def test_what_is_no_recording_is_refused(content, mime, why):
    with pytest.raises(NotConverted, match=why):
        probed(content, mime)


def test_subtitles_alone_are_neither_sound_nor_picture():
    words = b"1\n00:00:00,000 --> 00:00:01,000\nsynthetic\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "words.srt"
        path.write_bytes(words)
        only = media.made("mkv", "-i", os.fspath(path))
    with pytest.raises(NotConverted, match="nothing_in_it"):
        probed(only, "video/x-matroska")
