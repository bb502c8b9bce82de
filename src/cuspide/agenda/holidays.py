"""French public holidays (metropolitan): article L. 3133-1 of the Code du travail."""

import datetime as dt
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _


def easter(year: int) -> dt.date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    leap_centuries, rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - correction + 15) % 30
    leap_years, since = divmod(of_century, 4)
    weekday = (32 + 2 * rest + 2 * leap_years - epact - since) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return dt.date(year, month, day + 1)


@lru_cache(maxsize=64)
def public_holidays(year: int) -> dict[dt.date, Any]:
    """The eleven public holidays of a year, by day, each with its name."""
    sunday = easter(year)
    return {
        dt.date(year, 1, 1): _("New Year’s Day"),
        sunday + dt.timedelta(days=1): _("Easter Monday"),
        dt.date(year, 5, 1): _("Labour Day"),
        dt.date(year, 5, 8): _("Victory in Europe Day"),
        sunday + dt.timedelta(days=39): _("Ascension Day"),
        sunday + dt.timedelta(days=50): _("Whit Monday"),
        dt.date(year, 7, 14): _("Bastille Day"),
        dt.date(year, 8, 15): _("Assumption Day"),
        dt.date(year, 11, 1): _("All Saints’ Day"),
        dt.date(year, 11, 11): _("Armistice Day"),
        dt.date(year, 12, 25): _("Christmas Day"),
    }


def holiday(day: dt.date) -> Any | None:
    """The name of the public holiday that falls on a day, or None."""
    return public_holidays(day.year).get(day)
