"""Two transactions on two connections, one statement at a time, in an order that the test says.

    ran = run(house, {"publish": do, "hide": other}, [("publish", 7), ("hide", None), ("publish", None)])
    ran = run(house, {"publish": do, "hide": other}, [("publish", "INSERT INTO texts"), ("hide", None)])
    ran.error("hide"), ran.steps("publish"), ran.blocked

Each runs in a thread of its own and stops before every statement that reaches the database, and before its
commit. `None`: to its end, or until it has to wait for what the other holds; then the other goes on. On
PostgreSQL the server is asked whether somebody waits for a lock. SQLite lets one writer in at a time: whoever
begins second waits at its first statement, so that there the orders are those of whole transactions.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event, text

from memorial.house import House

Do = Callable[[], object]
Segment = tuple[str, int | str | None]
LOOK_AGAIN = 0.004  # seconds between two questions whether somebody waits
MOST_TURNS = 2000


@dataclass(eq=False)
class Player:
    """One transaction: where it stands, and whether it may go on."""

    name: str
    do: Do
    turn: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    stands: threading.Event = field(default_factory=threading.Event)  # it waits for its turn, or has ended
    ended: bool = False
    error: Exception | None = None
    backend: int = 0
    next: str = ""
    seen: list[str] = field(default_factory=list)

    def pause(self, statement: str) -> None:
        self.next = statement
        self.stands.set()
        self.turn.acquire()
        self.seen.append(statement)

    def live(self) -> None:
        _here.player = self
        try:
            self.do()
        except Exception as error:
            self.error = error
        finally:
            _here.player = None
            self.ended = True
            self.stands.set()


@dataclass
class Ran:
    """What came of one order."""

    players: Mapping[str, Player]
    blocked: int  # how often somebody had to wait for the other

    def steps(self, name: str) -> int:
        return len(self.players[name].seen)

    def error(self, name: str) -> Exception | None:
        return self.players[name].error


_here = threading.local()


def run(house: House, deeds: Mapping[str, Do], order: Sequence[Segment]) -> Ran:
    """Both to their ends, in this order as far as locks let them."""
    players = {name: Player(name, do) for name, do in deeds.items()}
    threads = [threading.Thread(target=player.live, daemon=True) for player in players.values()]
    ran = Ran(players, 0)
    with _stopping(house):
        for thread in threads:
            thread.start()
        for player in players.values():
            player.stands.wait()
        for name, steps in order:
            ran.blocked += not _go(house, players, players[name], steps)
        # Two that wait for each other are parted by the server after a second: one of them ends with an error.
        for name in (name for _ in range(MOST_TURNS) for name in players):
            if not players[name].ended:
                _go(house, players, players[name], None)
        for thread in threads:
            thread.join(30)
    assert all(player.ended for player in players.values()), "both wait for each other, and nobody ends it"
    return ran


def _go(house: House, players: Mapping[str, Player], player: Player, steps: int | str | None) -> bool:
    """So many statements, or until one with these words is next, or all. False where it came to wait."""
    taken = 0
    while not player.ended and not (steps in player.next if isinstance(steps, str) else taken == steps):
        if not _step(house, players, player):
            return False
        taken += 1
    return True


def _step(house: House, players: Mapping[str, Player], player: Player) -> bool:
    """One statement. False where it waits for the other: it goes on by itself once that has ended."""
    others = [other for other in players.values() if other is not player]
    if player.stands.is_set():
        if _begins(player.next) and any(other.seen and not other.ended for other in others):
            return False
        player.stands.clear()
        player.turn.release()
    while not player.stands.wait(LOOK_AGAIN):
        if house.engine.dialect.name == "postgresql" and _waits(house, player):
            return False
    return True


def _begins(statement: str) -> bool:
    """SQLite's own lock: it is known who holds it, and waiting there for half a minute teaches nothing."""
    return statement == "BEGIN IMMEDIATE"


def _waits(house: House, player: Player) -> bool:
    asked = text("SELECT cardinality(pg_blocking_pids(:pid))")
    with house.engine.connect() as connection:
        return bool(connection.scalar(asked, {"pid": player.backend})) and not player.stands.is_set()


@contextmanager
def _stopping(house: House) -> Iterator[None]:
    def before(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        player: Player | None = getattr(_here, "player", None)
        if player is None:
            return
        if house.engine.dialect.name == "postgresql":
            player.backend = connection.connection.driver_connection.info.backend_pid
        player.pause(statement)

    def commit(_connection: Any) -> None:
        player: Player | None = getattr(_here, "player", None)
        if player is not None:
            player.pause("COMMIT")

    event.listen(house.engine, "before_cursor_execute", before)
    event.listen(house.engine, "commit", commit)
    try:
        yield
    finally:
        event.remove(house.engine, "before_cursor_execute", before)
        event.remove(house.engine, "commit", commit)
