"""What goes on by itself: the store copied and carried to every destination, and the way back tried every day."""

import datetime as dt
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from cuspide.continuity import live
from cuspide.continuity.models import Destination, Kind, Outcome, Run
from cuspide.continuity.services.copying import copy_store, copy_to, not_made
from cuspide.continuity.services.drills import try_the_way_back
from cuspide.core import clock, keystore, occupied
from cuspide.core.errors import Refusal
from cuspide.core.home import Home

logger = logging.getLogger("cuspide.backup")

EVERY = dt.timedelta(minutes=5)
WHOLE_EVERY = dt.timedelta(hours=24)
DRILL_EVERY = dt.timedelta(hours=24)
_LOOK_S = 5.0
_AT_ONCE = 4


def run_forever(stop: threading.Event) -> None:
    """Copy and try when it is due, until told to stop."""
    home = keystore.practice_home()
    cut_short()
    while not stop.wait(_LOOK_S):
        if home.engine != "sqlite":
            continue
        if due := due_destinations(clock.now()):
            copy(home, due)
        for one in drills_due(clock.now())[:1]:
            try_the_way_back(one)


def cut_short() -> int:
    """Note of what a kill ended that it did not end well. How many there were."""
    left = Run.objects.filter(outcome=Outcome.UNDER_WAY)
    return left.update(outcome=Outcome.FAILED, ended_at=clock.now(), said="")


def due_destinations(now: dt.datetime) -> list[Destination]:
    """Those in use to which no copy was begun within the last minutes. A clock that was set back makes all due.
    Removable disks have their turn (`services.disks`)."""
    begun = Run.objects.filter(kind=Kind.COPY, started_at__gt=now - EVERY, started_at__lte=now)
    return list(Destination.objects.filter(ended_at=None, disk_label="").exclude(pk__in=begun.values("destination")))


def drills_due(now: dt.datetime) -> list[Destination]:
    """Those that have copies and from which nothing was brought back within a day."""
    tried = Run.objects.filter(kind=Kind.DRILL, started_at__gt=now - DRILL_EVERY, started_at__lte=now)
    held = Run.objects.filter(kind=Kind.COPY, outcome=Outcome.DONE).values("destination")
    all_there = Destination.objects.filter(ended_at=None, disk_label="", pk__in=held)
    return list(all_there.exclude(pk__in=tried.values("destination")))


def copy(home: Home, destinations: list[Destination], *, whole: bool = False) -> list[Run]:
    """Copy the store once and carry it to each of the destinations, some at a time. Runs that failed say why."""
    place = home.folder / "backup"
    with occupied.one_at_a_time(place):
        try:
            copied = copy_store(home, whole=whole or _whole_due(home))
        except Refusal as error:
            return [not_made(one, error) for one in destinations]
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            return list(threads.map(lambda one: _carried(one, copied), destinations))


def _carried(destination: Destination, copied: live.Copied) -> Run:
    try:
        return copy_to(destination, copied)
    finally:
        connection.close()


def _whole_due(home: Home) -> bool:
    known = live.generations(home)
    return not known or clock.now() - live.begun_at(known[-1]) > WHOLE_EVERY
