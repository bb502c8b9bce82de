"""When a site is open, in minutes of its day. Public holidays are closed."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from cuspide.agenda.holidays import holiday
from cuspide.core.db.prepared import prepared
from cuspide.practice.models import OpeningHours, Site

Hours = list[tuple[int, int]]


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute


def week(site: Site) -> dict[int, Hours]:
    """The opening hours of a site by weekday (Monday is 0). One query."""
    found: dict[int, Hours] = {weekday: [] for weekday in range(7)}
    for line in _lines(site.pk):
        found[line.weekday].append((_minutes(line.opens), _minutes(line.closes)))
    return found


@prepared
def _lines(site: Any) -> QuerySet[OpeningHours]:
    return OpeningHours.objects.filter(site=site).order_by("weekday", "opens")


def of_day(hours: dict[int, Hours], day: dt.date) -> Hours:
    """The opening hours of a day out of those of its week."""
    return [] if holiday(day) else hours[day.weekday()]
