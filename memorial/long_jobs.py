"""Work that takes hours, beside the queue: copies of recordings, and first drafts of what is said in them.

    converter(house)               # a thread of the worker, for as long as it lives
    start_recognising(house)       # by the minute's round; another thread
    once(house)                    # `memorial jobs --once`: all that is due, one after the other

Not tasks of the queue: a film takes hours, and the minute's round would wait for it.
"""

from __future__ import annotations

import fcntl
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from memorial import turns
from memorial.house import House
from memorial.services import recordings
from memorial.services.transcripts import recognising

log = logging.getLogger("memorial.jobs")
_listening = threading.Lock()


@contextmanager
def alone(house: House, name: str, *, wait: bool) -> Iterator[bool]:
    """One program at a time does this on this machine; whether it is this one."""
    with (house.settings.data / name).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def converter(house: House, *, every: float = 3.0) -> None:
    """Whoever comes second waits for the end of the first."""
    pause = threading.Event()  # that nobody sets: it ends with the process
    with alone(house, "recordings.lock", wait=True):
        _take_up(house)
        while True:
            try:
                convert_due(house)
            except Exception:
                log.exception("the copies of a recording are left for the next round")
                pause.wait(60)
            pause.wait(every)


def once(house: House) -> int:
    """What is due now; returns how many recordings there were. Nothing while a worker is at it."""
    with alone(house, "recordings.lock", wait=False) as first:
        if not first:
            return 0
        _take_up(house)
        return convert_due(house) + sum(bool(recognise(house, media_id)) for media_id in _unheard(house))


def _take_up(house: House) -> None:
    with house.writing(house.keeper()) as session:
        recordings.take_up(session)


def convert_due(house: House) -> int:
    """Copies of the recordings that wait, one after the other; returns how many recordings there were."""
    with house.session(house.keeper()) as session:
        due = recordings.left_to_do(session)
    for media_id in due:
        with turns.taken(house, f"recording {media_id}") as mine:
            if mine:
                recordings.carry_out(
                    house.storage, house.keys, house.writing, house.keeper, media_id,
                    now=house.now, ffmpeg=house.settings.ffmpeg,
                )  # fmt: skip
    return len(due)


def _unheard(house: House) -> list[int]:
    with house.session(house.keeper()) as session:
        return recognising.due(session)


def recognise(house: House, media_id: int) -> str:
    """A first draft of what is said, by a program on this machine. It can take as long as the recording is."""
    model = house.settings.recogniser
    with turns.taken(house, f"first draft {media_id}") as mine:
        if not mine:
            return ""
        return recognising.carry_out(
            house.storage, house.writing, house.keeper, media_id, model, now=house.now()
        )


def start_recognising(house: House) -> None:
    """One recording at a time, beside all other work: the worker does not wait for it."""
    media = _unheard(house)
    if media and _listening.acquire(blocking=False):
        threading.Thread(target=_recognise_all, args=(house, media), daemon=True).start()


def _recognise_all(house: House, media: list[int]) -> None:
    try:
        for media_id in media:
            recognise(house, media_id)
    except Exception:
        log.exception("a recording could not be listened to; the next minute's round comes back")
    finally:
        _listening.release()
