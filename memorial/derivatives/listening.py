"""The process in which a model listens: `python -m memorial.derivatives.listening MODEL [LANGUAGE]`, sound as stdin.

Writes JSON to stdout. It takes a copy of the recording, never the original: what is masked is silent in it.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

NO_PACKAGE, NO_MODEL = 3, 4
CONNECTING = frozenset(
    {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind"}
)
_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000  # of unshare(2)


def main() -> None:
    model, language = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""
    answer = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints is no part of the answer
    _confine()
    if not (model / "model.bin").is_file():
        sys.exit(NO_MODEL)
    try:
        from faster_whisper import WhisperModel  # type: ignore[import-not-found]  # the optional extra `speech`
    except ImportError:
        sys.exit(NO_PACKAGE)
    heard = WhisperModel(str(model), device="cpu", compute_type="int8", local_files_only=True)
    sound = io.BytesIO(sys.stdin.buffer.read())
    segments, about = heard.transcribe(sound, language=language or None, word_timestamps=True)
    told = {"language": about.language, "segments": [_segment(one) for one in segments]}
    with os.fdopen(answer, "w", encoding="utf-8") as out:
        json.dump(told, out, ensure_ascii=False)


def _segment(one: Any) -> dict[str, Any]:
    words = [{"word": word.word, "start": word.start, "end": word.end} for word in one.words or ()]
    return {"start": one.start, "end": one.end, "text": one.text, "words": words}


def _confine() -> None:
    """No file is written and no connection opened: where the system allows it, there is no network at all."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # the answer goes through a pipe
    if sys.platform == "linux":
        ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NETWORK)
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: Any) -> None:
    if event in CONNECTING or (event == "open" and _writes(*arguments[:2])):
        raise PermissionError(event)


def _writes(path: Any, mode: Any) -> bool:
    named = isinstance(path, str | bytes) and os.fsdecode(path) != os.devnull
    return named and isinstance(mode, str) and not set("wax+").isdisjoint(mode)


if __name__ == "__main__":
    main()
