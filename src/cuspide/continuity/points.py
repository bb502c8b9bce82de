"""The points to which a practice can go back: the copies that lie at a place, by day and hour."""

import calendar
import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cuspide.continuity.models import Destination, Kind, Outcome, Run
from cuspide.continuity.restic import Snapshot
from cuspide.core import clock
from cuspide.core.errors import DomainError

_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{1,2}:\d{2}))?")


@dataclass(frozen=True)
class Day:
    """A day of the calendar and how many points it has."""

    date: dt.date
    points: int
    of_month: bool


@dataclass(frozen=True)
class Month:
    """A month of a place's points, in weeks from Monday on."""

    first: dt.date
    weeks: list[list[Day]]

    @property
    def before(self) -> dt.date:
        return (self.first - dt.timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> dt.date:
        return (self.first + dt.timedelta(days=31)).replace(day=1)


def month_of(place: Destination, day: dt.date) -> Month:
    """The month of a day. One query."""
    first = day.replace(day=1)
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    begun = copies(place, weeks[0][0], weeks[-1][-1]).values_list("started_at", flat=True)
    count = Counter(clock.local(one).date() for one in begun)
    return Month(first, [[Day(one, count[one], one.month == first.month) for one in week] for week in weeks])


def of_day(place: Destination, day: dt.date) -> list[Run]:
    """The points of a day, the newest first. One query."""
    return list(copies(place, day, day).order_by("-started_at", "-pk"))


def last_day(place: Destination) -> dt.date:
    """The day of the newest point; today where there is none."""
    newest = done(place).order_by("-started_at").values_list("started_at", flat=True).first()
    return clock.local(newest).date() if newest else clock.today()


def done(place: Destination) -> QuerySet[Run]:
    return Run.objects.filter(destination=place, kind=Kind.COPY, outcome=Outcome.DONE).exclude(snapshot="")


def copies(place: Destination, first: dt.date, last: dt.date) -> QuerySet[Run]:
    start, end = clock.at(first, dt.time.min), clock.at(last + dt.timedelta(days=1), dt.time.min)
    return done(place).filter(started_at__gte=start, started_at__lt=end)


def chosen(snapshots: Sequence[Snapshot], wanted: str) -> Snapshot:
    """The snapshot that is meant: by how its name begins, or the newest one of a day or moment on the wall
    (`2026-11-30`, `2026-11-30 14:05`); without a wish the newest. DomainError where there is none."""
    asked = _MOMENT.fullmatch(wanted.strip())
    if asked is not None:
        those = [one for one in snapshots if wall(one) <= f"{asked[1]} {(asked[2] or '23:59').zfill(5)}:59"]
    else:
        those = [one for one in snapshots if one.id.startswith(wanted.strip())]
    if not those or (wanted and asked is None and len(those) > 1):
        raise DomainError(_("There is no such copy. “cuspide restore --list” shows which there are."))
    return those[-1]


def wall(snapshot: Snapshot) -> str:
    """When it was made, on the wall: `2026-11-30 14:05:09`."""
    return f"{clock.local(moment(snapshot)):%Y-%m-%d %H:%M:%S}"


def moment(snapshot: Snapshot) -> dt.datetime:
    """restic writes nine digits of a second, and Z."""
    return dt.datetime.fromisoformat(re.sub(r"(\.\d{6})\d*", r"\1", snapshot.at).replace("Z", "+00:00"))
