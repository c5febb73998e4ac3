"""The queue: task name -> function. The truth of what is left to do stands in our tables.

    jobs.enqueue(house, "copies", media_id)     # after the commit, by the entry point
    memorial jobs                               # one worker; `memorial serve` starts it

A queue that forgets loses nothing: the sweep, every minute, finds what is due ("no copies
yet" is written in the database), opens and closes what time opened or closed, and writes
the archive's trusted time.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from huey import Huey, RedisHuey, SqliteHuey, crontab
from sqlalchemy import select

from config import Settings
from memorial.house import House, open_house
from memorial.models import Media
from memorial.services import photographs, withdrawal
from memorial.services.trusted_time import write_down

log = logging.getLogger("memorial.jobs")


def make_copies(house: House, media_id: int) -> None:
    """Copies of a photograph, made from the original under its contribution's key."""
    photographs.carry_out(house.storage, house.keys, house.writing, house.keeper, media_id)


def heartbeat(house: House) -> None:
    """Write down the trusted time, and whether the wall clock is believed."""
    trusted = house.clock.beat()
    with house.writing(house.keeper()) as session:
        write_down(session, trusted, house.clock.distrusted)


def leave_heads(house: House) -> None:
    """Once a day the heads of the chains leave the machine, so that a chain rebuilt from inside shows."""
    with house.writing(house.keeper()) as session:
        withdrawal.leave_heads(session, house.now())


def sweep(house: House) -> int:
    """Do whatever is due; returns how many pieces of work there were."""
    with house.session(house.keeper()) as session:
        due = session.scalars(
            select(Media.id).where(Media.due == "copies", Media.failed == "").order_by(Media.id).limit(200)
        ).all()
    for media_id in due:
        make_copies(house, media_id)
    return len(due)


TASKS: dict[str, Callable[..., Any]] = {
    "copies": make_copies,
    "heartbeat": heartbeat,
    "leave_heads": leave_heads,
    "sweep": sweep,
}

_queues: WeakKeyDictionary[House, Huey] = WeakKeyDictionary()


def queue_of(settings: Settings) -> Huey:
    """SQLite beside the database, or Redis when the archive has grown."""
    if settings.redis_url:
        return RedisHuey("memorial", url=settings.redis_url)
    settings.data.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("memorial", filename=str(settings.data / "queue.sqlite"))


def build(house: House) -> Huey:
    """The queue with its tasks: one that runs any of TASKS by name, the minute's and the day's round."""
    if house in _queues:
        return _queues[house]
    queue = _queues[house] = queue_of(house.settings)

    @queue.task(name="run")  # type: ignore[misc]
    def run(name: str, *values: Any) -> None:
        TASKS[name](house, *values)

    @queue.periodic_task(crontab(minute="*"), name="minute")  # type: ignore[misc]
    def minute() -> None:
        heartbeat(house)
        sweep(house)

    @queue.periodic_task(crontab(hour="3", minute="7"), name="day")  # type: ignore[misc]
    def day() -> None:
        leave_heads(house)

    queue.run = run
    return queue


def enqueue(house: House, name: str, *values: Any) -> None:
    """Ask for a task. A queue that cannot be reached is no error: the sweep will find the work."""
    try:
        build(house).run(name, *values)
    except Exception:
        log.warning("the queue could not be reached; the sweep will do it", exc_info=True)


def main() -> None:
    """One worker, until it is told to stop."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    house = open_house(Settings())
    heartbeat(house)
    sweep(house)
    queue = build(house)
    consumer = queue.create_consumer(workers=1, periodic=True, initial_delay=0.2, max_delay=2.0)
    consumer.run()
