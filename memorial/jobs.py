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
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from config import Settings
from memorial import file_rounds, long_jobs, turns
from memorial.db import rewrite, scrub
from memorial.domain.errors import MemorialError
from memorial.gate import Reader
from memorial.house import House, open_house
from memorial.models import DestroyedKey, Media
from memorial.services import (
    applications,
    assembling,
    bulk_run,
    care,
    check,
    desk_reports,
    digest,
    digest_words,
    drafts,
    duplicates,
    handing_on,
    heads,
    letters,
    lost_codes,
    mailing,
    photographs,
    reckonings,
    renewals,
    stray_copies,
    wall_numbers,
    withdrawal,
)
from memorial.services.letter_words import composed
from memorial.services.name_lists import running, undoing
from memorial.services.post import Post
from memorial.services.trusted_time import write_down

if TYPE_CHECKING:
    from huey import Huey

log = logging.getLogger("memorial.jobs")


def make_copies(house: House, media_id: int) -> None:
    """Copies of a photograph, made from the original under its contribution's key."""
    photographs.carry_out(house.storage, house.keys, house.writing, house.keeper, media_id, now=house.now())


def assemble(house: House, media_id: int) -> None:
    """One original out of the pieces that a file came in, and then what is due with it."""
    assembling.carry_out(house.storage, house.keys, house.writing, house.keeper, media_id, now=house.now())
    make_copies(house, media_id)


def heartbeat(house: House) -> None:
    """Write down the trusted time, and whether the wall clock is believed."""
    trusted = house.clock.beat()
    with house.writing(house.keeper()) as session:
        write_down(session, trusted, house.clock.distrusted)


def leave_heads(house: House) -> None:
    """Once a day the heads of the chains leave the machine, so that a chain rebuilt from inside shows."""
    with house.session(house.keeper()) as session:
        line = heads.heads_line(session, house.second_lines(), now=house.now())
    with house.writing(house.keeper()) as session:  # the line took its time, and SQLite has one writer
        withdrawal.second_place(session, **line)


def check_chains(house: House) -> int:
    """Once a day: both chains are gone through whole, and what was found stands on the log's page."""
    at, lines = house.now(), house.second_lines()
    with house.session(house.keeper()) as session:
        faults, reached = list(check.chains(session, lines)), reckonings.reached(session)
    with house.writing(house.keeper()) as session:
        reckonings.keep_chains(session, faults, reached, at=at)
    for fault in faults:
        log.error("a chain does not hold: %s", fault)
    return len(faults)


def count_reports(house: House) -> bool:
    """Once a day, and when somebody asks for it: the desk's reports. Twice within a minute is once."""
    at = house.now()
    with house.session(house.keeper()) as session:
        kept = reckonings.kept(session, "reports")
        if kept is not None and at - timedelta(minutes=1) < kept.at <= at:
            return False
        counted = desk_reports.count(session, now=at)
    with house.writing(house.keeper()) as session:
        reckonings.keep(session, "reports", counted, at=at)
    return True


def renewals_due(house: House) -> None:
    """Once a day: who said yes for a time is asked again before it is over; what is worth nothing any more goes."""
    ahead, now = timedelta(days=house.settings.renewal_days), house.now()
    with house.writing(house.keeper()) as session:
        renewals.due(session, now=now, ahead=ahead)
        handing_on.forget(session, now)
        lost_codes.forget(session, now)
        applications.forget(session, now=now, days=house.settings.application_days)
        care.forget(session, now)


def find_duplicates(house: House) -> int:
    """Once a night: persons new since the last round who may be somebody the archive has already."""
    with house.session(Reader.desk(house.moment())) as session:
        pairs, seen_to = duplicates.found(session)
    with house.writing(house.keeper()) as session:
        return duplicates.raise_found(session, pairs, seen_to, now=house.now())


def count_wall(house: House) -> int:
    """The numbers and letters on the wall of names, when they no longer stand; returns how many shelves were counted."""
    began = house.now()
    with house.session(Reader.public(house.moment())) as session:
        if not wall_numbers.due(session, now=began):
            return 0
    for shelf in (shelves := list(wall_numbers.shelves())):
        with house.session(Reader.public(house.moment())) as session:
            counted = wall_numbers.count(session, shelf)
        with house.writing(house.keeper()) as session:
            wall_numbers.keep(session, counted)
    at = house.now()
    with house.writing(house.keeper()) as session:
        reckonings.keep(session, "wall", {"took": (at - began).total_seconds()}, at=at)
    return len(shelves)


def rewrite_after_erasure(house: House) -> None:
    """Once a day, if something was erased lately: the pages of the database are written anew without it."""
    since = house.now() - timedelta(days=REWRITTEN_FOR)
    with house.session(house.keeper()) as session:
        lately = session.scalars(select(DestroyedKey.id).where(DestroyedKey.destroyed_at > since)).first()
    if lately is not None and (left := rewrite(house.engine)):
        log.warning("what could not be written anew after an erasure: %s", ", ".join(left))


def scrub_again(house: House) -> None:
    """In the hour after an erasure: the log of the database is emptied, whoever was reading when it happened."""
    with house.session(house.keeper()) as session:
        recent = DestroyedKey.destroyed_at > house.now() - timedelta(hours=1)
        lately = session.scalars(select(DestroyedKey.id).where(recent)).first()
    if lately is None:
        return
    forget_stray_copies(house)
    if house.engine.dialect.name == "sqlite":
        scrub(house.engine)


def forget_stray_copies(house: House) -> int:
    """At the start, once a day and in the hour after an erasure: what a kill left in the clear goes."""
    house.storage.forget_unfinished_copies()
    listed = list(house.storage.listing("derived"))
    with house.session(house.keeper()) as session:
        stray = stray_copies.found(session, listed)
    for storage_key in stray:
        house.storage.delete(storage_key)
    return len(stray)


def send_letters(house: House) -> int:
    """The letters that are due, as far as the mail server is there; returns how many were tried."""
    post = post_of(house.settings)
    with house.writing(house.keeper()) as session:
        due = letters.waiting(session, house.now()) if post else letters.forget_all(session)
    tried = 0
    for letter_id in due or ():
        with house.writing(house.keeper()) as session:
            envelope = mailing.take(session, house.keys, letter_id, now=house.now())
        if envelope is None or post is None:
            continue
        tried += 1
        outcome = _deliver(house, post, envelope)
        with house.writing(house.keeper()) as session:
            mailing.settle(session, envelope, outcome, now=house.now())
        if outcome == "unreachable":
            break  # the next round tries the others; a dead server costs one letter's patience
    return tried


def _deliver(house: House, post: Post, envelope: mailing.Envelope) -> mailing.Outcome:
    address = f"{house.settings.public_url.rstrip('/')}/{envelope.language}/return"
    subject, text = composed(envelope.kind, envelope.language, address)
    outcome = post.deliver(envelope.to, subject, text, now=house.now())
    if outcome != "sent":
        log.warning("a letter was not sent: %s, %s", envelope, outcome)
    return outcome


def send_digests(house: House) -> int:
    """Once an hour: to whom it is due in their own day, never in their quiet time; returns how many went."""
    post, sent = post_of(house.settings), 0
    if post is None:
        return 0
    with house.session(house.keeper()) as session:
        due = digest.due(session, now=house.now())
    for account_id in due:
        with house.writing(house.keeper()) as session:
            written = digest.take(session, account_id, now=house.now())
        if written is None:
            continue
        subject, text = digest_words.composed(written, house.settings.public_url.rstrip("/"))
        outcome = post.deliver(written.to, subject, text, now=house.now())
        if outcome == "unreachable":  # the others keep theirs for the next hour; this one waits for tomorrow
            log.warning("a digest was not sent: the mail server could not be reached")
            break
        sent += outcome == "sent"
    return sent


def post_of(settings: Settings) -> Post | None:
    """The mail server of the settings; None where letters are not sent."""
    if not settings.mails:
        return None
    return Post(
        settings.mail_host, settings.mail_from, settings.mail_port, settings.mail_tls,
        settings.mail_user, settings.mail_password,
    )  # fmt: skip


def tidy_drafts(house: House) -> int:
    """Unsent drafts near their end get a letter, those whose time is over are deleted; returns how many were."""
    days, now = house.settings.draft_days, house.now()
    with house.writing(house.keeper()) as session:
        drafts.remind(session, days=days, now=now)
        return drafts.lapse(session, house.keys, days=days, now=now)


def carry_out_bulk(house: House, act_id: int) -> int:
    """The next items of a bulk act, each in a transaction of its own; returns how many. The rest is another task."""
    with house.session(house.keeper()) as session:
        lines = bulk_run.open_lines(session, act_id)
    for line_id in lines:
        if not _carry_out_line(house, act_id, line_id):
            break
    with house.writing(house.keeper()) as session:
        over = bulk_run.finish(session, act_id, now=house.now())
    if lines and not over:
        enqueue(house, "bulk", act_id)
    return len(lines)


def _carry_out_line(house: House, act_id: int, line_id: int) -> bool:
    try:
        with house.writing(house.keeper()) as session:
            return bulk_run.carry_out(session, act_id, line_id, keys=house.keys, now=house.now())
    except OperationalError:
        raise  # the database is away or busy: the sweep comes back
    except MemorialError as refused:
        reason = refused.key
    except Exception:
        log.exception("an item of a bulk act was left out")
        reason = "failed"
    with house.writing(house.keeper()) as session:
        bulk_run.leave(session, act_id, line_id, reason, now=house.now())
    return True


def carry_on_list(house: House, list_id: int) -> bool:
    """Some thousands of lines of a list of names, some hundreds a transaction; the rest is another task."""
    for _ in range(LINES_AT_ONCE):
        try:
            if not _list_step(house, list_id):
                return False
        except OperationalError:
            raise  # the database is away or busy: the sweep comes back
        except Exception as wrong:
            log.exception("a list of names was left where it is")
            reason = wrong.key if isinstance(wrong, MemorialError) else "failed"
            with house.writing(house.keeper()) as session:
                running.leave(session, list_id, reason, now=house.now())
            return False
    enqueue(house, "name_list", list_id)
    return True


def _list_step(house: House, list_id: int) -> bool:
    """Whether there is more to do: writing, then comparing; or taking back."""
    keys, now = house.keys, house.now()
    with house.writing(house.keeper()) as session:
        if undoing.undo_next(session, list_id, keys=keys, now=now):
            return True
        if running.write_next(session, list_id, keys=keys, now=now):
            return True
        if not running.is_matching(session, list_id):
            return False
    with house.session(Reader.desk(house.moment())) as session:
        sought = running.seek(session, list_id, keys=keys)
    with house.writing(house.keeper()) as session:
        return running.match_next(session, list_id, sought, now=now)


def sweep(house: House) -> int:
    """Do whatever is due; returns how many pieces of work there were."""
    scrub_again(house)
    lapsed = tidy_drafts(house)
    sent = send_letters(house)
    with house.session(house.keeper()) as session:
        at_work = bulk_run.left_to_do(session)
    in_bulk = sum(carry_out_bulk(house, act_id) for act_id in at_work)
    with house.session(house.keeper()) as session:
        lists = running.left_to_do(session)
    for list_id in lists:
        carry_on_list(house, list_id)
    with house.session(house.keeper()) as session:
        pieces = assembling.left_to_do(session)
    for media_id in pieces:
        assemble(house, media_id)
    with house.session(house.keeper()) as session:
        due = session.scalars(
            select(Media.id).where(Media.due == "copies", Media.failed == "").order_by(Media.id).limit(200)
        ).all()
    for media_id in due:
        make_copies(house, media_id)
    return len(pieces) + len(due) + lapsed + sent + in_bulk + len(lists)


LINES_AT_ONCE = 10  # steps of a list in one task, so that others have their turn
# Days after an erasure: a table that somebody held too long has another night.
REWRITTEN_FOR = 3

TASKS: dict[str, Callable[..., Any]] = {
    "assemble": assemble,
    "check_chains": check_chains,
    "copies": make_copies,
    "digests": send_digests,
    "count_reports": count_reports,
    "count_wall": count_wall,
    "bulk": carry_out_bulk,
    "find_duplicates": find_duplicates,
    "fixity_round": file_rounds.fixity_round,
    "heartbeat": heartbeat,
    "leave_heads": leave_heads,
    "letters": send_letters,
    "name_list": carry_on_list,
    "recognise": long_jobs.recognise,
    "renewals_due": renewals_due,
    "rewrite_after_erasure": rewrite_after_erasure,
    "sweep": sweep,
}

_queues: WeakKeyDictionary[House, Huey] = WeakKeyDictionary()


def queue_of(settings: Settings) -> Huey:
    """SQLite beside the database, or Redis when the archive has grown."""
    # Loaded here: with the driver for PostgreSQL that it brings it takes 6 MB, and readers need none of it.
    from huey import RedisHuey, SqliteHuey

    if settings.redis_url:
        return RedisHuey("memorial", connection_pool=_redis(settings.redis_url))
    settings.data.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("memorial", filename=str(settings.data / "queue.sqlite"))


def _redis(url: str) -> Any:
    """Connections that give up soon: a page waits for them. Longer than a worker waits for the next task (a second)."""
    from redis import ConnectionPool

    return ConnectionPool.from_url(url, socket_connect_timeout=1, socket_timeout=2)


def build(house: House) -> Huey:
    """The queue with its tasks: one that runs any of TASKS by name, the minute's, the hour's and the day's round."""
    if house in _queues:
        return _queues[house]
    from huey import crontab

    queue = _queues[house] = queue_of(house.settings)

    @queue.task(name="run")  # type: ignore[misc]
    def run(name: str, *values: Any) -> None:
        TASKS[name](house, *values)

    @queue.periodic_task(crontab(minute="*"), name="minute")  # type: ignore[misc]
    def minute() -> None:
        heartbeat(house)
        with turns.taken(house, "minute") as mine:
            if mine:
                sweep(house)
                count_wall(house)
        long_jobs.start_recognising(house)

    @queue.periodic_task(crontab(hour="3", minute="7"), name="day")  # type: ignore[misc]
    def day() -> None:
        with turns.taken(house, "day") as mine:
            if mine and not _done_tonight(house):
                the_day(house)

    @queue.periodic_task(crontab(minute="12"), name="hour")  # type: ignore[misc]
    def hour() -> None:
        with turns.taken(house, "hour") as mine:
            if mine:
                send_digests(house)

    queue.run = run
    return queue


def the_day(house: House) -> None:
    """What is done once a night."""
    leave_heads(house)
    check_chains(house)
    renewals_due(house)
    count_reports(house)
    find_duplicates(house)
    rewrite_after_erasure(house)
    forget_stray_copies(house)
    with house.writing(house.keeper()) as session:
        reckonings.keep(session, "day", {}, at=house.now())


def _done_tonight(house: House) -> bool:
    """Each machine asks for the night's round; whoever comes second finds it done."""
    with house.session(house.keeper()) as session:
        kept = reckonings.kept(session, "day")
        return kept is not None and timedelta(0) <= house.now() - kept.at < timedelta(hours=12)


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
    forget_stray_copies(house)
    sweep(house)
    threading.Thread(target=long_jobs.converter, args=(house,), name="converter", daemon=True).start()
    threading.Thread(target=file_rounds.keeper, args=(house,), name="keeper", daemon=True).start()
    queue = build(house)
    consumer = queue.create_consumer(workers=1, periodic=True, initial_delay=0.2, max_delay=2.0)
    consumer.run()
