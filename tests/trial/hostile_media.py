"""Recordings that mean harm, made here: by ffmpeg, by hand, and by spoiling what ffmpeg made.

for name, content in corpus(canaries): ...        # canaries: what a playlist names, a file and an address
"""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests import media

SEED = 1992


@dataclass(frozen=True)
class Canaries:
    file: str
    address: str


def corpus(canaries: Canaries) -> Iterator[tuple[str, bytes]]:
    yield from playlists(canaries)
    yield from references(canaries)
    yield from cut_off()
    yield from noise()
    yield from spoilt()
    yield from claims()
    yield from bombs()
    yield from beside()


# -- what names something else --------------------------------------------------------------


def playlists(canaries: Canaries) -> Iterator[tuple[str, bytes]]:
    for kind, target in (("file", f"file://{canaries.file}"), ("path", canaries.file), ("http", f"http://{canaries.address}/x.ts"),
                         ("tcp", f"tcp://{canaries.address}"), ("concat", f"concat:{canaries.file}|{canaries.file}")):  # fmt: skip
        for name, text in _texts(target).items():
            yield f"{name} naming a {kind}", text.encode()
            yield f"{name} naming a {kind}, behind the first bytes of mp4", _FTYP + text.encode()
            yield (
                f"{name} naming a {kind}, behind the first bytes of mp3",
                b"ID3\x03\0\0\0\0\0\0" + text.encode(),
            )
            yield f"{name} naming a {kind}, behind the first bytes of ogg", b"OggS" + text.encode()
            yield (
                f"{name} naming a {kind}, behind the first bytes of wav",
                b"RIFF\xff\0\0\0WAVE" + text.encode(),
            )


def _texts(target: str) -> dict[str, str]:
    return {
        "m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n",
        "m3u8 with a key": f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{target}"\n#EXTINF:1,\n{target}\n',
        "ffconcat": f"ffconcat version 1.0\nfile '{target}'\n",
        "sdp": f"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nt=0 0\na=control:{target}\nm=audio 9 RTP/AVP 0\n",
        "dash": f'<MPD type="static"><Period><AdaptationSet><Representation id="1" bandwidth="1"><BaseURL>{target}</BaseURL>'
        "</Representation></AdaptationSet></Period></MPD>",
    }


_FTYP = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"


def references(canaries: Canaries) -> Iterator[tuple[str, bytes]]:
    """QuickTime may keep its sound and picture in another file."""
    film = media.made("mov", *_short_film())
    path = canaries.file.encode()
    volume = b"volume".ljust(28, b"\0")
    alias = (
        b"\0" * 10
        + volume
        + b"\0" * 12
        + path[-60:].ljust(64, b"\0")
        + b"\0" * 16
        + b"\0\x01\0\x01"
        + b"\0" * 16
    )
    alias += (
        struct.pack(">hH", 2, len(path))
        + path
        + b"\0" * (len(path) % 2)
        + struct.pack(">hH", 18, len(path))
        + path
        + b"\xff\xff\0\0"
    )
    for name, entry in (
        ("url", _box(b"url ", b"\0\0\0\0" + b"file://" + path + b"\0")),
        ("http url", _box(b"url ", b"\0\0\0\0" + f"http://{canaries.address}/x.mov".encode() + b"\0")),
        ("alias", _box(b"alis", b"\0\0\0\0" + alias)),
    ):
        dref = b"\0\0\0\0\0\0\0\x01" + entry
        yield f"mov whose data is elsewhere, {name}", _rebuilt(film, {b"dref": lambda _body, new=dref: new})
    yield "mov with a movie reference", _box(b"moov", _box(b"rmra", _box(b"rmda", _box(
        b"rdrf", b"\0\0\0\0url " + struct.pack(">I", len(path) + 8) + b"file://" + path + b"\0"))))  # fmt: skip


def _short_film(rate: int = 5) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"testsrc=size=160x120:rate={rate}:duration=1", "-f", "lavfi", "-i", "sine=duration=1",
            "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")  # fmt: skip


# -- ISO boxes ------------------------------------------------------------------------------

_HOLDS = (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl")


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(content):
        size, kind = struct.unpack(">I4s", content[at : at + 8])
        size = size or len(content) - at
        if size < 8:
            return
        yield kind, content[at + 8 : at + size]
        at += size


def _rebuilt(content: bytes, changes: dict[bytes, Callable[[bytes], bytes]]) -> bytes:
    """The same film with some boxes changed; their parents' lengths follow."""
    made = b""
    for kind, body in _boxes(content):
        if kind in _HOLDS:
            body = _rebuilt(body, changes)
        made += _box(kind, changes[kind](body) if kind in changes else body)
    return made


# -- what is broken -------------------------------------------------------------------------


def every_kind() -> dict[str, bytes]:
    """One whole recording of each kind, a second long."""
    tone = ("-f", "lavfi", "-i", "sine=duration=1")
    sounds = {"wav": (), "mp3": (), "m4a": (), "ogg": ("-c:a", "libvorbis"), "opus": (), "flac": (), "aac": (), "aiff": (),
              "amr": ("-ar", "8000", "-c:a", "libopencore_amrnb")}  # fmt: skip
    films: dict[str, tuple[str, ...]] = {
        "mp4": ("-movflags", "+faststart"), "mov": (), "mkv": (), "ts": (), "avi": ("-c:v", "mpeg4", "-c:a", "mp3"),
        "webm": ("-c:v", "libvpx", "-c:a", "libopus"), "mpg": ("-r", "25", "-c:v", "mpeg1video", "-c:a", "mp2"),
        "3gp": ("-c:v", "mpeg4", "-c:a", "libopencore_amrnb", "-ar", "8000"), "wmv": ("-c:v", "wmv2", "-c:a", "wmav2"),
    }  # fmt: skip
    made = {suffix: media.made(suffix, *tone, *chosen) for suffix, chosen in sounds.items()}
    return made | {suffix: media.made(suffix, *_short_film(), *chosen) for suffix, chosen in films.items()}


def cut_off() -> Iterator[tuple[str, bytes]]:
    for suffix, whole in every_kind().items():
        yield f"{suffix}, whole", whole
        for tenth in range(1, 10):
            yield f"{suffix}, cut after {tenth} tenths", whole[: len(whole) * tenth // 10]


def noise() -> Iterator[tuple[str, bytes]]:
    chance = random.Random(SEED)
    yield "random bytes", chance.randbytes(100_000)
    yield "nothing but zeros", bytes(100_000)
    for suffix, whole in every_kind().items():
        yield f"{suffix}: its first bytes, then random ones", whole[:64] + chance.randbytes(100_000)


def spoilt() -> Iterator[tuple[str, bytes]]:
    chance = random.Random(SEED + 1)
    for suffix, whole in every_kind().items():
        for share in (1_000, 50):
            bad = bytearray(whole)
            for _ in range(max(1, len(bad) // share)):
                bad[chance.randrange(64, len(bad))] = chance.randrange(256)
            yield f"{suffix} with one byte in {share} changed", bytes(bad)


# -- what is claimed ------------------------------------------------------------------------


def claims() -> Iterator[tuple[str, bytes]]:
    film = media.made("mp4", *_short_film())

    def wide(body: bytes) -> bytes:
        return body[:40] + struct.pack(">HH", 65_535, 65_535) + body[44:]

    yield (
        "mp4 that claims 65,535 by 65,535 points",
        _rebuilt(film, {b"stsd": wide, b"tkhd": lambda b: b[:-8] + b"\xff\xff\0\0" * 2}),
    )
    yield (
        "mp4 without a unit of time",
        _rebuilt(
            film,
            {b"mdhd": lambda b: b[:12] + bytes(4) + b[16:], b"mvhd": lambda b: b[:12] + bytes(4) + b[16:]},
        ),
    )
    yield "mp4 that claims two hundred years", _rebuilt(film, {
        b"mdhd": lambda b: b[:12] + b"\0\0\0\x01\xff\xff\xff\xfe" + b[20:], b"mvhd": lambda b: b[:12] + b"\0\0\0\x01\xff\xff\xff\xfe" + b[20:]})  # fmt: skip
    yield (
        "mp4 whose frames last a week each",
        _rebuilt(film, {b"stts": lambda b: b[:12] + b"\x7f\xff\xff\xff" + b[16:]}),
    )
    yield (
        "mp4 with four thousand million samples",
        _rebuilt(film, {b"stsz": lambda b: b[:8] + b"\xff\xff\xff\xff" + b[12:]}),
    )
    yield "mp4 with 10,000 tracks", _rebuilt(film, {b"moov": lambda b: b + _track(b) * 10_000})
    yield "mp4 with 1,000 tracks", _rebuilt(film, {b"moov": lambda b: b + _track(b) * 1_000})
    nested = b""
    for _ in range(5_000):
        nested = _box(b"moov", nested)
    yield "mp4 of 5,000 boxes in one another", _FTYP + nested
    packed = zlib.compress(bytes(512 << 20), 9)
    yield (
        "mov whose head unpacks to 512 MB",
        _box(
            b"moov",
            _box(b"cmov", _box(b"dcom", b"zlib") + _box(b"cmvd", struct.pack(">I", 512 << 20) + packed)),
        ),
    )
    avi = media.made("avi", *_short_film(), "-c:v", "mpeg4", "-c:a", "mp3")
    at = avi.index(b"strh") + 8
    yield "avi with 0 pictures in 1 second", avi[: at + 24] + bytes(4) + avi[at + 28 :]
    yield "avi with 1 picture in 0 seconds", avi[: at + 20] + bytes(4) + avi[at + 24 :]
    yield (
        "avi with four thousand million pictures a second",
        avi[: at + 20] + b"\x01\0\0\0\xff\xff\xff\xff" + avi[at + 28 :],
    )
    size = avi.index(b"strf") + 12
    yield (
        "avi that claims 60,000 by 60,000 points",
        avi[:size] + struct.pack("<II", 60_000, 60_000) + avi[size + 8 :],
    )
    many = b"".join(_ogg_page(number) for number in range(10_000))
    yield "ogg with 10,000 streams", many
    wav = media.a_sound(1)
    yield (
        "wav that claims four thousand million bytes",
        wav[:4]
        + b"\xff" * 4
        + wav[8:].replace(b"data" + wav[wav.index(b"data") + 4 :][:4], b"data" + b"\xff" * 4),
    )
    yield "wav with 65,535 channels", wav[:22] + b"\xff\xff" + wav[24:]
    yield "wav at four thousand million samples a second", wav[:24] + b"\xff" * 4 + wav[28:]


def _track(moov: bytes) -> bytes:
    return next(_box(kind, body) for kind, body in _boxes(moov) if kind == b"trak")


def _ogg_page(number: int) -> bytes:
    head = b"\x01vorbis" + struct.pack("<IBIiiiBB", 0, 1, 8_000, 0, 8_000, 0, 0xB8, 1)
    page = b"OggS\0\x02" + bytes(8) + struct.pack("<III", number, 0, 0) + bytes([1, len(head)]) + head
    return page[:22] + struct.pack("<I", _ogg_sum(page)) + page[26:]


def _ogg_sum(page: bytes) -> int:
    total = 0
    for byte in page:
        total ^= byte << 24
        for _ in range(8):
            total = (total << 1 ^ 0x04C11DB7 if total & 0x80000000 else total << 1) & 0xFFFFFFFF
    return total


# -- little that becomes much ---------------------------------------------------------------


def bombs() -> Iterator[tuple[str, bytes]]:
    silence = ("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono")
    flac = media.made("flac", *silence, "-t", "80000", "-frame_size", "65535", "-compression_level", "0")
    yield "flac: 22 hours of silence", flac
    at = flac.index(b"fLaC") + 8 + 13  # the number of samples, the last 36 bits before the sum
    unknown = bytearray(flac)
    unknown[at] &= 0xF0
    unknown[at + 1 : at + 5] = bytes(4)
    yield "flac: the same, its length unsaid", bytes(unknown)
    yield (
        "opus: 5 hours of silence",
        media.made("opus", *silence, "-t", "18000", "-b:a", "6k", "-dtx", "1", "-frame_duration", "60"),
    )
    yield "aac: 5 hours of silence", media.made("m4a", *silence, "-t", "18000", "-b:a", "1k")
    black = (
        "-f",
        "lavfi",
        "-i",
        "color=c=black:size={}:rate={}:duration={}",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
    )

    def film(size: str, rate: int, seconds: int) -> bytes:
        return media.made("mp4", *(each.format(size, rate, seconds) for each in black), "-pix_fmt", "yuv420p")

    yield "mp4: 8K, three seconds of black", film("7680x4320", 10, 3)
    yield "mp4: 4K, 1,000 pictures a second", film("3840x2160", 1_000, 1)
    yield "mp4: a small black film of three hours", film("64x64", 1, 10_800)
    yield (
        "avi: one picture of 144 million points",
        media.made(
            "avi",
            "-f",
            "lavfi",
            "-i",
            "color=c=black:size=12000x12000:rate=1:duration=1",
            "-c:v",
            "mjpeg",
            "-pix_fmt",
            "yuvj420p",
        ),
    )
    gap = (
        "-f",
        "lavfi",
        "-i",
        "sine=duration=2",
        "-af",
        "asetpts='if(gt(N,10),PTS+{}/TB,PTS)'",
        "-c:a",
        "aac",
    )
    for hours in (1, 100):
        yield (
            f"mkv: two seconds of sound, {hours} hours apart",
            media.made("mkv", *(each.format(hours * 3600) for each in gap)),
        )
    yield (
        "mkv: two pictures, 100 hours apart",
        media.made(
            "mkv",
            "-f",
            "lavfi",
            "-i",
            "testsrc=size=160x120:rate=1:duration=2",
            "-vf",
            "setpts=N*360000/TB",
            "-fps_mode",
            "passthrough",
        ),
    )


def beside() -> Iterator[tuple[str, bytes]]:
    """Streams that are neither sound nor picture, and files that are something else."""
    yield "svg", b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
    yield "zip", b"PK\x03\x04" + bytes(400)
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        words, drawing = Path(folder) / "words.srt", Path(folder) / "drawing.svg"
        words.write_text("1\n00:00:00,000 --> 00:00:01,000\n<script>1</script>\n")
        drawing.write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')
        yield "mkv with nothing but subtitles", media.made("mkv", "-i", str(words))
        yield "mkv with subtitles and a drawing attached", media.made(
            "mkv", *_short_film()[:8], "-i", str(words), "-attach", str(drawing), "-metadata:s:t", "mimetype=image/svg+xml",
            "-map", "0", "-map", "1", "-map", "2",
        )  # fmt: skip
    cover = media.run(
        "-f", "lavfi", "-i", "testsrc=size=64x64:duration=1", "-frames:v", "1", "-f", "mjpeg", "pipe:1"
    )
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "cover.jpg"
        picture.write_bytes(cover)
        yield (
            "mp3 with a cover",
            media.made(
                "mp3",
                "-f",
                "lavfi",
                "-i",
                "sine=duration=1",
                "-i",
                str(picture),
                "-map",
                "0",
                "-map",
                "1",
                "-disposition:v",
                "attached_pic",
            ),
        )
    yield (
        "mp3 behind a tag of 20 MB",
        b"ID3\x03\0\0\x09\x45\x00\x00" + bytes(20 << 20) + media.a_sound(1, "mp3"),
    )
