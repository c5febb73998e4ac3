"""Trusted time: openings use the lesser, closings the greater, of the wall clock and this.

    clock = TrustedClock(wall=…, monotonic=…)
    clock.start(stored)          # the last heartbeat that was written down, or None
    clock.moment()               # Moment(low, high) for the gate
    clock.beat()                 # every minute: what to write down

While the program runs, a jump of the wall clock is measured against the monotonic clock;
after a stop up to 31 days forward are accepted. A larger jump, or any jump backwards, is
distrusted until a person confirms it (`confirm`). All times UTC. Rule: DESIGN, "The heart".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from memorial.domain.consent import Moment

LONGEST_STOP = timedelta(days=31)
# What NTP corrects at once, and what a heartbeat may lag behind.
TOLERANCE = timedelta(minutes=2)


def utc_now() -> datetime:
    """The wall clock. Rules are handed `now`; only entry points and the clock ask for it."""
    return datetime.now(UTC)


@dataclass
class TrustedClock:
    """One per process. `wall` gives aware UTC, `monotonic` seconds."""

    wall: Callable[[], datetime]
    monotonic: Callable[[], float]
    distrusted: bool = False
    _base: datetime = field(init=False)
    _mark: float = field(init=False)

    def __post_init__(self) -> None:
        self._anchor(self.wall())

    def start(self, stored: datetime | None, distrusted: bool = False) -> None:
        """Begin from the last heartbeat. A stop longer than 31 days, or a clock set back, is distrusted."""
        wall = self.wall()
        self.distrusted = False
        if stored is None or (not distrusted and stored - TOLERANCE <= wall <= stored + LONGEST_STOP):
            self._anchor(wall if stored is None else max(wall, stored))
            return
        self.distrusted = True
        self._anchor(stored)

    def trusted(self) -> datetime:
        """The archive's own time now."""
        return self._base + timedelta(seconds=self.monotonic() - self._mark)

    def moment(self) -> Moment:
        wall, trusted = self.wall(), self.trusted()
        return Moment(min(wall, trusted), max(wall, trusted))

    def beat(self) -> datetime:
        """Follow small corrections of the wall clock, distrust jumps; returns the time to write down."""
        wall, trusted = self.wall(), self.trusted()
        if abs(wall - trusted) <= TOLERANCE:
            if not self.distrusted:
                self._anchor(wall)
        else:
            self.distrusted = True
        return self.trusted()

    def confirm(self) -> None:
        """A person has looked at the wall clock and says that it is right."""
        self.distrusted = False
        self._anchor(self.wall())

    def _anchor(self, at: datetime) -> None:
        self._base, self._mark = at, self.monotonic()
