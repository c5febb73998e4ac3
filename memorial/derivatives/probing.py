"""What a recording consists of, told by reading it: `python -m memorial.derivatives.probing '<question as JSON>'`.

Runs in a process of its own and once: it loads PyAV, limits itself (`confined.py`), reads the file from the handle it was
given, writes one JSON object and ends. Only the demuxers that are asked for may be used, and no protocol: a playlist
that calls itself a film is not opened, nor is what it names. No word of the file's own (titles, names) is handed on.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sys
from typing import Any, Final

from memorial.derivatives.confined import Bounds, confine

MOST_STREAMS: Final = 64
TRIED: Final = 300  # packets in which a stream must give something
_PQ, _HLG = 16, 18  # transfer characteristics of ITU-T H.273: high dynamic range
_ATTACHED: Final = 0x0400 | 0x0800  # AV_DISPOSITION: a cover, or thumbnails, and not a film
_DEFAULT: Final = 1


def main() -> None:
    asked = json.loads(sys.argv[1])
    av = _loaded()
    confine(Bounds(**asked["bounds"]))
    with os.fdopen(asked["handle"], "rb", closefd=False) as file:
        file.seek(0)
        said = _said(av, file, asked["demuxers"], asked["pixels"])
    sys.stdout.write(json.dumps(said))
    sys.stdout.flush()
    os._exit(0)  # nothing of a decoder's end can turn a good answer into a bad one


def _loaded() -> Any:
    """PyAV with all of its modules, some of which it would load later: after this the process opens no file any more."""
    import av

    for module in pkgutil.walk_packages(av.__path__, "av."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    av.logging.set_level(av.logging.PANIC)
    return av


def _said(av: Any, file: Any, demuxers: str, pixels: int) -> dict[str, Any]:
    options = {
        "format_whitelist": demuxers, "protocol_whitelist": "none", "max_streams": str(MOST_STREAMS), "enable_drefs": "0",
        "max_pixels": str(pixels),
    }  # fmt: skip
    forced = None if "," in demuxers else demuxers
    try:
        container = av.open(file, "r", format=forced, container_options=options, metadata_errors="ignore")
        return _look(container, pixels)
    except MemoryError:
        return {"refused": "too_much_memory"}
    except (av.error.FFmpegError, ValueError, OverflowError, EOFError):
        return {"refused": "unreadable"}


def _look(container: Any, pixels: int) -> dict[str, Any]:
    streams = [_stream(stream) for stream in container.streams]
    if any(s["width"] * s["height"] > pixels for s in streams):
        return {"refused": "too_large_pixels"}
    sounds, pictures = _of(streams, "audio"), _of(streams, "video")
    sound = next((s for s in sounds if s["default"]), sounds[0] if sounds else None)
    picture = next((s for s in pictures if s["default"]), pictures[0] if pictures else None)
    given = _decoded(container, [s["index"] for s in (sound, picture) if s is not None])
    if picture is not None and picture["index"] in given:
        picture.update(given[picture["index"]])
    return {
        "container": container.format.name.split(",")[0],
        "length": _milliseconds(container),
        "streams": streams,
        "sound": _index(sound, given),
        "picture": _index(picture, given),
        "sounds": len(sounds),
        "unreadable": [s["type"] for s in (sound, picture) if s is not None and s["index"] not in given],
    }


def _of(streams: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [s for s in streams if s["type"] == kind and s["codec"] and not s["cover"]]


def _index(stream: dict[str, Any] | None, given: dict[int, Any]) -> int | None:
    return stream["index"] if stream is not None and stream["index"] in given else None


def _milliseconds(container: Any) -> int | None:
    """As the file claims."""
    if container.duration and container.duration > 0:
        return int(container.duration // 1000)
    lengths = [
        int(s.duration * s.time_base * 1000)
        for s in container.streams
        if s.type in ("audio", "video") and s.duration and s.time_base and s.duration > 0
    ]
    return max(lengths, default=None)


def _stream(stream: Any) -> dict[str, Any]:
    context, kind = stream.codec_context, stream.type
    found: dict[str, Any] = {
        "index": stream.index, "type": kind if kind in ("audio", "video") else "other", "codec": "", "channels": 0, "rate": 0,
        "width": 0, "height": 0, "rotation": 0, "fps": 0.0, "hdr": False, "default": False, "cover": False,
    }  # fmt: skip
    if context is None or kind not in ("audio", "video"):
        return found
    disposition = int(stream.disposition)
    found |= {
        "codec": context.name,
        "default": bool(disposition & _DEFAULT),
        "cover": bool(disposition & _ATTACHED),
    }
    if kind == "audio":
        return found | {"channels": int(context.channels or 0), "rate": int(context.sample_rate or 0)}
    shape = context.sample_aspect_ratio
    wide = float(shape) if shape and 0.1 < float(shape) < 10 else 1.0
    return found | {
        "width": round(int(context.width or 0) * wide),
        "height": int(context.height or 0),
        "fps": _rate(stream),
        "hdr": int(context.color_trc or 0) in (_PQ, _HLG),
    }


def _rate(stream: Any) -> float:
    """Pictures in a second; 0 where the file does not say, or says what cannot be."""
    for rate in (stream.average_rate, stream.guessed_rate):
        if rate and 0 < float(rate) <= 1000:
            return round(float(rate), 3)
    return 0.0


def _decoded(container: Any, wanted: list[int]) -> dict[int, dict[str, Any]]:
    """Of which streams something can be decoded, and what the first picture says."""
    given: dict[int, dict[str, Any]] = {}
    if not wanted:
        return given
    for tried, packet in enumerate(container.demux([container.streams[index] for index in wanted])):
        if tried > TRIED or len(given) == len(wanted):
            break
        if packet.stream.index in given:
            continue
        for frame in _frames(packet):
            given[packet.stream.index] = _first(frame)
            break
    return given


def _frames(packet: Any) -> list[Any]:
    from av.error import FFmpegError

    try:
        return list(packet.decode())
    except (FFmpegError, ValueError):
        return []


def _first(frame: Any) -> dict[str, Any]:
    if not hasattr(frame, "rotation"):
        return {}
    found: dict[str, Any] = {"rotation": int(frame.rotation) % 360}
    if int(frame.color_trc or 0) in (_PQ, _HLG):
        found["hdr"] = True
    return found


if __name__ == "__main__":
    main()
