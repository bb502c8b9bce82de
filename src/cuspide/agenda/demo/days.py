"""Which days the demo practice works, and when."""

import datetime as dt

from cuspide.agenda.holidays import holiday
from cuspide.agenda.hours import Hours

DUTY: Hours = [(9 * 60, 12 * 60), (14 * 60, 17 * 60)]
"""Hours of a day of duty (garde)."""


def is_closed(day: dt.date) -> bool:
    """Closed for three weeks of August and between the years."""
    first_monday = dt.date(day.year, 8, 1)
    first_monday += dt.timedelta(days=-first_monday.weekday() % 7)
    summer = first_monday <= day < first_monday + dt.timedelta(days=21)
    return summer or (day.month == 12 and day.day >= 26)


def is_away(dentist: int, day: dt.date) -> bool:
    """Whether a dentist is away: the first a week in February, the second one in April and on Wednesday afternoons
    (see `hours_of`)."""
    week = day.isocalendar().week
    return (dentist == 0 and week == 8) or (dentist == 1 and week == 17)


def hours_of(dentist: int, day: dt.date, week: dict[int, Hours]) -> Hours:
    """The hours a dentist works on a day; none when the practice or she is away."""
    if holiday(day) or is_closed(day) or is_away(dentist, day):
        return []
    hours = week[day.weekday()]
    return hours[:1] if dentist == 1 and day.weekday() == 2 else hours
