"""The decoder's process: `python -m memorial.derivatives.inside '<limits as JSON>'`, a socket as stdin.

It sets its own limits before it reads the first byte of a file, answers until the socket closes, and
ends by itself with the process that started it.
"""

from __future__ import annotations

import json
import resource
import signal
import socket
import sys
from dataclasses import asdict
from typing import Any

from memorial.derivatives import paper, photograph, spreadsheet
from memorial.derivatives.decoder import Limits, receive, send
from memorial.derivatives.refusal import Refused


def main() -> None:
    limits = Limits(**json.loads(sys.argv[1]))
    _confine(limits)
    photograph.prepare(limits.pixels)
    line = socket.socket(fileno=0)
    while _answer(line, limits):
        pass


def _confine(limits: Limits) -> None:
    if sys.platform != "darwin":  # which refuses to limit the address space
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end ends this too


def _answer(line: socket.socket, limits: Limits) -> bool:
    """One picture. False when this process should not take another."""
    try:
        asked, blobs = receive(line)
    except EOFError:
        return False
    _grant_seconds(limits.seconds)
    try:
        head, made = _work(asked, blobs[0])
    except Refused as refused:
        head, made = _said(refused), []
    except MemoryError:
        # What is left of the memory is in pieces: a fresh process takes the next picture.
        send(line, {**_said(Refused("too_much_memory", name=asked["name"])), "last": True}, [])
        return False
    send(line, head, made)
    return True


def _grant_seconds(seconds: int) -> None:
    """The limit of the system counts from the start of the process, ours for each picture."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _work(asked: dict[str, Any], content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    if asked["work"] == "rows":
        return {"rows": True}, [spreadsheet.rows(content, asked["name"])]
    if asked["work"] == "inspect":
        seen = photograph.seen(content, asked["name"])
        return {"inspected": {"kind": "photograph", **asdict(seen)}}, []
    if asked["work"] == "paper":
        paper.look(content, asked["name"])
        return {}, []
    made = photograph.copies(content, asked["name"], asked["widths"])
    heads = [{"width": each.width, "height": each.height, "mime": each.mime} for each in made]
    return {"copies": heads}, [each.data for each in made]


def _said(refused: Refused) -> dict[str, Any]:
    return {"refused": {"code": refused.reason_code, "key": refused.message_key, "details": refused.details}}


if __name__ == "__main__":
    main()
