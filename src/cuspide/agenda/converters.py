"""A day in an address."""

import datetime as dt

from cuspide.agenda.rules import FIRST_YEAR, LAST_YEAR


class DayConverter:
    """`2026-11-24`. A day that no calendar or no agenda has is a 404."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> dt.date:
        day = dt.date.fromisoformat(value)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError(value)
        return day

    def to_url(self, value: dt.date) -> str:
        return value.isoformat()
