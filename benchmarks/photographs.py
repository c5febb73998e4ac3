"""Copies of photographs, made in the decoder's own process, beside bare Pillow in this one.

Bare Pillow opens the same bytes, lets the JPEG decoder scale with `draft()`, and writes the same
sizes at the same quality, each reduced from the next wider one.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator

from PIL import Image

from benchmarks.report import Pairs, Result, at_least, at_most
from benchmarks.serving import peak_memory
from memorial import derivatives
from memorial.derivatives.photograph import QUALITY

SIZE = (4000, 3000)


def a_photograph(seed: int) -> bytes:
    """Twelve synthetic megapixels: soft shapes with grain, about as large as a camera makes them."""
    soft = Image.effect_noise((SIZE[0] // 40, SIZE[1] // 40), 90 + seed).resize(
        SIZE, Image.Resampling.BICUBIC
    )
    grain = Image.effect_noise(SIZE, 24)
    picture = Image.merge("RGB", (soft, Image.blend(soft, grain, 0.3), Image.blend(grain, soft, 0.6)))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def bare(content: bytes, sizes: list[tuple[int, int]]) -> int:
    """The same copies by Pillow alone; how many bytes they are."""
    written = 0
    with Image.open(io.BytesIO(content)) as picture:
        picture.draft("RGB", sizes[-1])
        current: Image.Image = picture
        for size in reversed(sizes):
            current = current.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
            out = io.BytesIO()
            current.save(out, "JPEG", quality=QUALITY, progressive=True)
            written += out.tell()
    return written


def measure(count: int, rounds: int) -> Iterator[Result]:
    pictures = [a_photograph(seed) for seed in range(3)]
    decoder = derivatives.Decoder()
    pairs = Pairs()
    made = derivatives.photograph_copies(pictures[0], decoder=decoder)
    sizes = [(copy.width, copy.height) for copy in made]
    ours = other = 0.0
    for _ in range(rounds):
        other = _seconds(count, pictures, sizes, None)
        ours = _seconds(count, pictures, sizes, decoder)
        pairs.add(other, ours)
    peak = peak_memory(decoder.pid or 0)
    decoder.stop()
    told = f"{count / ours:.1f} a second beside {count / other:.1f}; {len(sizes)} copies each, to {sizes[-1][0]} wide"
    yield Result("photographs", "copies of photographs of 12 megapixels", pairs.median, "× bare Pillow", at_least(0.9), pairs.spread, told)  # fmt: skip
    if peak:
        yield Result("photographs-memory", "  most memory of the decoding worker", peak, "MB", at_most(60))


def _seconds(
    count: int, pictures: list[bytes], sizes: list[tuple[int, int]], decoder: derivatives.Decoder | None
) -> float:
    begin = time.perf_counter()
    for number in range(count):
        content = pictures[number % len(pictures)]
        if decoder is None:
            bare(content, sizes)
        else:
            derivatives.photograph_copies(content, decoder=decoder)
    return time.perf_counter() - begin
