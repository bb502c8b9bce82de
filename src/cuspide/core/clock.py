"""The one clock. Everything that asks the time asks here, so that a test can move it."""

import datetime as dt
import sys
import time as machine_time
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.conf import settings

_frozen: dt.datetime | None = None

# How far apart the clocks of a practice's machines may be, or one be corrected, without anybody taking notice.
SLACK = dt.timedelta(minutes=1)


def now() -> dt.datetime:
    """This instant, in UTC."""
    return _frozen if _frozen is not None else dt.datetime.now(dt.UTC)


def machine() -> dt.datetime:
    """The machine's own time in UTC, which no test moves: beside a library that reads it by itself."""
    return dt.datetime.now(dt.UTC)


def since_boot() -> float | None:
    """Seconds since the machine started, sleep included, which nobody sets; None where no such count is kept."""
    return machine_time.clock_gettime(machine_time.CLOCK_BOOTTIME) if sys.platform == "linux" else None


def zone(name: str | None = None) -> ZoneInfo:
    """A time zone by name; without a name, that of the practice."""
    return ZoneInfo(name or settings.TIME_ZONE)


def local(instant: dt.datetime, zone_name: str | None = None) -> dt.datetime:
    """An instant on the wall clock of the practice or of the named zone."""
    return instant.astimezone(zone(zone_name))


def today(zone_name: str | None = None) -> dt.date:
    """The calendar day on the wall of the practice, or of the named zone."""
    return local(now(), zone_name).date()


def at(day: dt.date, time: dt.time, zone_name: str | None = None) -> dt.datetime:
    """The UTC instant of a wall-clock time on a day. Of two such instants (autumn) the first; a time that the
    spring change skips is read with the offset before the change, and so falls an hour later on the wall."""
    return dt.datetime.combine(day, time, tzinfo=zone(zone_name)).astimezone(dt.UTC)


@contextmanager
def freeze(instant: dt.datetime) -> Iterator[None]:
    """Hold the clock at an aware instant."""
    global _frozen
    if instant.tzinfo is None:
        raise ValueError("an instant has a zone")
    before, _frozen = _frozen, instant.astimezone(dt.UTC)
    try:
        yield
    finally:
        _frozen = before
