"""Copies of photographs: what is accepted, what is refused, and that no file of any kind stops the service."""

from __future__ import annotations

import io
import os
import resource
import signal
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import ExifTags, Image, ImageChops, ImageCms, ImageDraw, ImageStat, PngImagePlugin

from memorial.derivatives import (
    CopyMade,
    Decoder,
    Inspected,
    Limits,
    Refused,
    inspect,
    photograph_copies,
    stop_decoder,
)
from memorial.derivatives.refusal import REASONS

OURS = Decoder()
RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 160, 30), (30, 30, 200), (240, 240, 240)


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    """One of its own, for tests that kill it."""
    own = Decoder(Limits(seconds=5))
    yield own
    own.stop()


@pytest.fixture(scope="module", autouse=True)
def _no_decoder_is_left_running() -> Iterator[None]:
    yield
    OURS.stop()
    stop_decoder()


def reason_or_copies(path: Path) -> str | tuple[Inspected, list[CopyMade]]:
    try:
        return inspect(path, path.name), photograph_copies(path, name=path.name)
    except Refused as refused:
        return refused.reason_code


@pytest.fixture(scope="session")
def corpus(shared: Path) -> list[Path]:
    folder = shared / "corpora" / "images"
    return sorted(path for path in folder.glob("pillow*/**/*") if path.is_file())


def quarters(size: tuple[int, int] = (80, 60)) -> Image.Image:
    """Red and green above, blue and white below: which way is up can be seen."""
    width, height = size
    picture = Image.new("RGB", size, WHITE)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill=RED)
    draw.rectangle((width // 2, 0, width, height // 2 - 1), fill=GREEN)
    draw.rectangle((0, height // 2, width // 2 - 1, height), fill=BLUE)
    return picture


def encoded(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def opened(copy: CopyMade) -> Image.Image:
    picture = Image.open(io.BytesIO(copy.data))
    picture.load()
    return picture


def refusal_of(content: bytes | Path, name: str = "a.jpg", decoder: Decoder = OURS) -> str:
    """The reason, which must be the same for looking and for copying."""
    with pytest.raises(Refused) as looking:
        inspect(content, name, decoder=decoder)
    with pytest.raises(Refused) as copying:
        photograph_copies(content, name=name, decoder=decoder)
    assert looking.value.reason_code == copying.value.reason_code
    assert looking.value.message_key in REASONS
    assert "?" not in str(looking.value)
    return looking.value.reason_code


def nearly(colour: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(one - two) < 40 for one, two in zip(colour[:3], other[:3], strict=True))


def jpeg_segments(content: bytes) -> list[tuple[int, bytes]]:
    """Marker and content, up to the first scan."""
    place, found = 2, []
    while content[place + 1] != 0xDA:
        length = struct.unpack(">H", content[place + 2 : place + 4])[0]
        found.append((content[place + 1], content[place + 4 : place + 2 + length]))
        place += 2 + length
    return found


def webp_chunks(content: bytes) -> list[bytes]:
    place, found = 12, []
    while place < len(content):
        length = struct.unpack("<I", content[place + 4 : place + 8])[0]
        found.append(content[place : place + 4])
        place += 8 + length + length % 2
    return found


def assert_pixels_only(copy: CopyMade) -> None:
    for trace in (
        b"Exif",
        b"http://ns.adobe.com",
        b"photoshop",
        b"Photoshop",
        b"ICC_PROFILE",
        b"GPS",
        b"xpacket",
    ):
        assert trace not in copy.data
    if copy.mime == "image/jpeg":
        # JFIF's own header, tables and the frame; no other application segment, no comment
        assert {marker for marker, _ in jpeg_segments(copy.data)} <= {0xE0, 0xDB, 0xC2, 0xC4}
        assert [len(body) for marker, body in jpeg_segments(copy.data) if marker == 0xE0] == [14]
        assert copy.data.endswith(b"\xff\xd9")
    else:
        assert copy.mime == "image/webp"
        assert set(webp_chunks(copy.data)) <= {b"VP8X", b"ALPH", b"VP8 ", b"VP8L"}
    picture = opened(copy)
    assert dict(picture.getexif()) == {}
    assert set(picture.info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
    } | ({"loop", "background", "timestamp", "duration"})


def test_no_file_of_the_corpus_stops_the_decoder_or_leaves_a_trace(corpus: list[Path]) -> None:
    accepted = 0
    for path in corpus:
        found = reason_or_copies(path)
        if isinstance(found, str):
            assert found not in ("decoder_failed", "too_slow", "too_much_memory"), path
            continue
        accepted += 1
        seen, copies = found
        widest = min(seen.width, 2560)
        if seen.height <= 6 * seen.width:  # a strip of a scroll is made less high
            assert (copies[-1].width, copies[-1].height) == (
                widest,
                round(widest * seen.height / seen.width),
            ), path
        for copy in copies:
            assert opened(copy).size == (copy.width, copy.height), path
            assert_pixels_only(copy)
    assert accepted > 140


def test_looking_and_copying_refuse_the_same_files_of_the_corpus(corpus: list[Path]) -> None:
    for path in corpus:
        found = reason_or_copies(path)
        if isinstance(found, str):
            assert refusal_of(path, path.name) == found


@pytest.mark.parametrize("number", [3, 6, 7, 8])
def test_a_turned_photograph_of_the_corpus_stands_upright(shared: Path, number: int) -> None:
    folder = shared / "corpora" / "images" / "pillow"
    upright = Image.open(folder / "hopper.png").convert("RGB")
    [turned] = photograph_copies(folder / f"hopper_orientation_{number}.jpg")
    difference = ImageStat.Stat(ImageChops.difference(upright, opened(turned).convert("RGB"))).mean
    assert max(difference) < 12


STORED_AS = {  # how a camera stores an upright picture under each orientation
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", STORED_AS)
@pytest.mark.parametrize("size", [(80, 60), (1200, 900)])
def test_every_orientation_is_applied(kind: str, orientation: int, size: tuple[int, int]) -> None:
    turn = STORED_AS[orientation]
    picture = quarters(size) if turn is None else quarters(size).transpose(turn)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    content = encoded(picture, kind, exif=exif)
    seen = inspect(content, "a")
    assert (seen.width, seen.height) == size
    if kind in ("JPEG", "PNG", "WEBP"):  # of the others Pillow turns some itself
        assert seen.orientation == orientation
    for copy in photograph_copies(content, widths=(64, 320)):
        assert (copy.width, copy.height) == (copy.width, round(copy.width * 0.75))
        shown = opened(copy).convert("RGB")
        corners = [(4, 4), (copy.width - 5, 4), (4, copy.height - 5), (copy.width - 5, copy.height - 5)]
        for corner, colour in zip(corners, (RED, GREEN, BLUE, WHITE), strict=True):
            assert nearly(shown.getpixel(corner), colour)  # type: ignore[arg-type]


def test_place_device_author_and_comments_do_not_reach_a_copy() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Camera maker"
    exif[ExifTags.Base.Artist] = "Synthetic Person"
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2019:05:03 12:33:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (39.0, 54.0, 0.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "Synthetic Person")
    picture = quarters()
    marked = [
        encoded(
            picture, "JPEG", exif=exif, icc_profile=profile, comment=b"Synthetic Person", xmp=b"<x:xmpmeta/>"
        ),
        encoded(picture, "PNG", exif=exif, icc_profile=profile, pnginfo=text),
        encoded(picture.convert("RGBA"), "WEBP", exif=exif, icc_profile=profile, xmp=b"<x:xmpmeta/>"),
        encoded(Image.new("RGBA", (40, 40), (9, 9, 9, 90)), "WEBP", exif=exif, icc_profile=profile),
    ]
    for content in marked:
        assert inspect(content, "a").captured == "2019-05-03T12:33:00"
        for copy in photograph_copies(content):
            assert_pixels_only(copy)
            assert b"Synthetic" not in copy.data
            assert b"xmpmeta" not in copy.data


def test_what_a_camera_wrote_about_the_moment_is_told_or_nothing() -> None:
    for written in ("0000:00:00 00:00:00", "yesterday", "", "2019-05-03"):
        exif = Image.Exif()
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = written
        assert inspect(encoded(quarters(), exif=exif), "a.jpg").captured is None


def test_a_photograph_is_told_by_its_content_and_not_by_its_name() -> None:
    seen = inspect(encoded(quarters(), "PNG"), "holiday.jpg")
    assert seen == Inspected("photograph", "image/png", 80, 60, 1, 1, None)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><script>alert(1)</script>", "html"),
        (b"\xef\xbb\xbf \n<!-- a note -->\n<HTML>", "html"),
        ("<html><body>".encode("utf-16"), "html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "svg"),
        (b"<?xml version='1.0'?><!DOCTYPE svg PUBLIC ''>\n<svg>", "svg"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "format_not_accepted"),
        (b"GIF89a" + bytes(100), "damaged"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100), "damaged"),
        (b"II*\0" + bytes(100), "damaged"),
        (b"MZ" + bytes(500), "not_an_image"),
        (b"just a few words", "not_an_image"),
        (bytes(5000), "not_an_image"),
        (b"\xff\xd8\xff", "truncated"),
        (b"\xff\xd8\xff\xe0<html><script>alert(1)</script>\xff\xd9", "truncated"),
        (b"\x89PNG\r\n\x1a\n", "truncated"),
        (b"RIFF\x20\0\0\0WEBPVP8 ", "truncated"),
    ],
)
def test_what_only_calls_itself_a_photograph_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    assert refusal_of(content, "photo.jpg") == reason


def test_a_zip_named_as_a_photograph_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("photo.jpg", encoded(quarters()))
    assert refusal_of(packed.getvalue(), "photo.jpg") == "not_an_image"


@pytest.mark.parametrize("name", ["heif_other/empty_icc.heic", "heif_special/xiaomi.heic"])
def test_a_heic_with_a_place_gives_copies_without_it(shared: Path, name: str) -> None:
    path = shared / "corpora" / "images" / "pillow_heif" / name
    assert b"Exif" in path.read_bytes()
    assert inspect(path, name).mime == "image/heic"
    for copy in photograph_copies(path):
        assert_pixels_only(copy)


@pytest.mark.parametrize(
    "name", ["tiff_strip_cmyk_jpeg.tif", "tiff_16bit_RGB_target.png", "tiff_strip_cmyk_16l_jpeg.tif"]
)
def test_four_colours_and_sixteen_bits_become_a_plain_copy(shared: Path, name: str) -> None:
    for copy in photograph_copies(shared / "corpora" / "images" / "pillow" / name):
        assert opened(copy).mode in ("L", "RGB")
        assert max(high - low for low, high in ImageStat.Stat(opened(copy)).extrema) > 100


@pytest.mark.parametrize(
    ("kind", "options"),
    [("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("WEBP", {}), ("WEBP", {"lossless": True})],
)
def test_a_photograph_cut_off_anywhere_is_refused(kind: str, options: dict[str, bool]) -> None:
    noise = Image.effect_noise((200, 150), 60).convert("RGB")
    content = encoded(noise, kind, **options)
    cuts = {*range(1, 30), *range(30, len(content) - 12, len(content) // 12)}
    for cut in cuts:
        assert refusal_of(content[:-cut]) == "truncated", cut


def test_bytes_behind_a_photograph_do_not_matter_and_do_not_pass() -> None:
    content = encoded(quarters()) + b"<script>alert(1)</script>" + bytes(50_000)
    [copy] = photograph_copies(content)
    assert b"script" not in copy.data
    assert_pixels_only(copy)


def a_png(width: int, height: int, depth: int, colour: int, data: bytes) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(12_000, 10_001), (60_000, 60_000), (2_000_000_000, 1)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_read(size: tuple[int, int]) -> None:
    bomb = a_png(*size, 1, 0, zlib.compress(bytes(10_000_000), 9))
    assert len(bomb) < 50_000
    assert refusal_of(bomb) == "too_large_pixels"


def test_a_picture_that_would_take_all_memory_is_refused(decoder: Decoder) -> None:
    bomb = a_png(10_900, 11_000, 16, 6, zlib.compress(bytes(1_000_000), 9))
    with pytest.raises(Refused) as raised:
        photograph_copies(bomb, decoder=Decoder(Limits(memory_bytes=256 << 20)))
    assert raised.value.reason_code == "too_much_memory"
    assert photograph_copies(encoded(quarters()), decoder=decoder)


def test_compressed_text_that_unpacks_without_end_is_refused() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("k", "a" * 50_000_000, zip=True)
    assert refusal_of(encoded(quarters(), "PNG", pnginfo=text)) == "damaged"


def a_jpeg_of_many_scans(scans: int) -> bytes:
    """A progressive JPEG may repeat its refinement of the whole picture as often as it likes: some bytes
    of file for a pass over millions of pixels (LJT-01-005)."""
    content = encoded(Image.new("L", (6000, 5000), 128), "JPEG", progressive=True)
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * scans + b"\xff\xd9"


def test_a_picture_that_takes_for_ever_is_stopped_and_the_next_one_is_read() -> None:
    quick = Decoder(Limits(seconds=1))
    assert refusal_of(a_jpeg_of_many_scans(4000), decoder=quick) == "too_slow"
    assert photograph_copies(encoded(quarters()), decoder=quick)
    quick.stop()


def test_the_same_picture_within_its_time_is_read(decoder: Decoder) -> None:
    assert inspect(a_jpeg_of_many_scans(2), "a.jpg", decoder=decoder).width == 6000


def test_a_file_of_too_many_bytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    with path.open("wb") as file:
        file.truncate((40 << 20) + 1)
    assert refusal_of(path) == "too_large_bytes"


def test_a_decoder_that_hangs_is_killed_and_replaced() -> None:
    quick = Decoder(Limits(seconds=1))
    photograph_copies(encoded(quarters()), decoder=quick)
    hung = quick.pid
    assert hung is not None
    os.kill(hung, signal.SIGSTOP)
    with pytest.raises(Refused) as raised:
        photograph_copies(encoded(quarters()), decoder=quick)
    assert raised.value.reason_code == "too_slow"
    assert photograph_copies(encoded(quarters()), decoder=quick)
    assert quick.pid != hung
    quick.stop()


def test_a_decoder_that_dies_over_a_picture_costs_only_that_picture(
    decoder: Decoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    photograph_copies(encoded(quarters()), decoder=decoder)
    assert decoder.pid is not None
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(decoder, "_alive", lambda: True)  # it dies after it was asked for, not before
        os.kill(decoder.pid, signal.SIGKILL)
        with pytest.raises(Refused) as raised:
            photograph_copies(encoded(quarters()), decoder=decoder)
    assert raised.value.reason_code == "decoder_failed"
    assert photograph_copies(encoded(quarters()), decoder=decoder)


def test_a_decoder_that_died_between_two_pictures_costs_none(decoder: Decoder) -> None:
    photograph_copies(encoded(quarters()), decoder=decoder)
    assert decoder.pid is not None
    os.kill(decoder.pid, signal.SIGKILL)
    os.waitid(os.P_PID, decoder.pid, os.WEXITED | os.WNOWAIT)
    assert photograph_copies(encoded(quarters()), decoder=decoder)


def test_the_decoder_holds_itself_to_its_limits_and_knows_no_secret(
    decoder: Decoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMORIAL_SECRET_KEY", "canary")
    photograph_copies(encoded(quarters()), decoder=decoder)
    assert decoder.pid is not None
    assert resource.prlimit(decoder.pid, resource.RLIMIT_AS) == (512 << 20, 512 << 20)
    assert resource.prlimit(decoder.pid, resource.RLIMIT_FSIZE) == (0, 0)
    assert resource.prlimit(decoder.pid, resource.RLIMIT_CPU)[0] <= decoder.limits.seconds + 2
    assert b"canary" not in Path(f"/proc/{decoder.pid}/environ").read_bytes()


def test_one_decoder_reads_many_pictures(decoder: Decoder) -> None:
    pids = set()
    for _ in range(20):
        photograph_copies(encoded(quarters()), decoder=decoder)
        pids.add(decoder.pid)
    assert len(pids) == 1


def test_copies_are_never_wider_than_the_picture_and_none_comes_twice() -> None:
    assert [copy.width for copy in photograph_copies(encoded(quarters((1000, 750))))] == [320, 640, 1000]
    assert [copy.width for copy in photograph_copies(encoded(quarters((200, 100))))] == [200]
    assert [copy.width for copy in photograph_copies(encoded(quarters((640, 100))))] == [320, 640]


def test_a_photograph_of_twelve_megapixels_is_read_at_half_scale() -> None:
    copies = photograph_copies(encoded(quarters((4000, 3000))))
    assert [(copy.width, copy.height) for copy in copies] == [
        (320, 240),
        (640, 480),
        (1280, 960),
        (2000, 1500),
    ]


def test_a_very_tall_strip_keeps_its_shape_within_what_a_format_can_hold() -> None:
    for copy in photograph_copies(encoded(Image.new("RGBA", (100, 20_000), (0, 0, 0, 0)), "PNG")):
        assert copy.height <= 16_383
        assert abs(copy.height / copy.width - 200) < 15


@pytest.mark.parametrize(
    ("mode", "fill", "expected"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 100, (100, 100, 100)),
        ("I;16", 40_000, (156, 156, 156)),
        ("P", 5, None),
        ("RGB", RED, RED),
        ("RGBA", (*RED, 255), RED),
    ],
)
def test_every_kind_of_png_becomes_an_opaque_jpeg_of_the_same_colour(
    mode: str, fill: int | tuple[int, ...], expected: tuple[int, ...] | None
) -> None:
    picture = Image.new(mode, (400, 300), fill)
    for copy in photograph_copies(encoded(picture, "PNG")):
        assert copy.mime == "image/jpeg"
        colour = opened(copy).convert("RGB").getpixel((20, 20))
        assert isinstance(colour, tuple)
        assert expected is None or all(abs(a - b) <= 3 for a, b in zip(colour, expected, strict=True))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_stays_transparent(mode: str) -> None:
    picture = Image.new("RGBA", (400, 300), (*RED, 255))
    picture.paste((0, 0, 0, 0), (0, 0, 200, 300))
    for copy in photograph_copies(encoded(picture.convert(mode), "PNG")):
        assert copy.mime == "image/webp"
        alpha = opened(copy).convert("RGBA").getchannel("A")
        assert (alpha.getpixel((10, 10)), alpha.getpixel((copy.width - 10, 10))) == (0, 255)


def test_four_inks_become_three_colours() -> None:
    picture = Image.new("CMYK", (400, 300), (0, 220, 220, 0))
    for copy in photograph_copies(encoded(picture)):
        assert nearly(opened(copy).getpixel((20, 20)), (255, 35, 35))  # type: ignore[arg-type]


def a_profile_with_red_and_blue_exchanged() -> bytes:
    """sRGB's own description with two columns exchanged: colours that were not converted can be told."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for number in range(struct.unpack(">I", profile[128:132])[0]):
        place = 132 + 12 * number
        name = bytes(profile[place : place + 4])
        profile[place : place + 4] = {b"rXYZ": b"bXYZ", b"bXYZ": b"rXYZ"}.get(name, name)
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "odd!".encode("utf-16-be"))


def test_colours_are_converted_by_the_profile_they_came_with() -> None:
    picture = Image.new("RGB", (400, 300), RED)
    content = encoded(picture, icc_profile=a_profile_with_red_and_blue_exchanged())
    for copy in photograph_copies(content):
        assert nearly(opened(copy).getpixel((20, 20)), RED[::-1])  # type: ignore[arg-type]


def test_a_broken_profile_does_not_cost_the_picture() -> None:
    [copy] = photograph_copies(encoded(quarters(), icc_profile=b"not a profile" * 20))
    assert nearly(opened(copy).getpixel((4, 4)), RED)  # type: ignore[arg-type]


def test_of_an_animation_the_first_picture_is_shown() -> None:
    frames = [Image.new("RGB", (400, 300), colour) for colour in (RED, GREEN, BLUE)]
    for kind in ("PNG", "WEBP"):
        content = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        assert inspect(content, "a").frames == 3
        for copy in photograph_copies(content):
            assert nearly(opened(copy).getpixel((20, 20)), RED)  # type: ignore[arg-type]


def test_every_reason_says_what_to_do_in_words_that_can_be_filled() -> None:
    details = {"name": "a", "accepted": "JPEG", "format": "X", "bytes": 1, "limit": 2}
    for key, words in REASONS.items():
        assert key.startswith("refused.")
        assert words.format_map(details).endswith(".")
        assert "lease" in words
