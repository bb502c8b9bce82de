"""Days, hours of the day and months as people type them at a desk.

`frontend/src/shell/dates.ts` reads the same texts in the browser; the table of tests/support/dates.py holds for both.
"""

import datetime as dt
import re

from cuspide.formats.errors import FormatError

FIRST_YEAR, LAST_YEAR = 1850, 2200
"""Beyond them a year is a slip of the hand."""

LONGEST = 30
"""Characters: nobody writes a day in more."""

_PIVOT = 69
"""Two figures of a year: 00 to 68 are of 2000, 69 to 99 of 1900, as POSIX reads them (strptime, %y)."""

_GAP = r"(?:\s*[/.\-\u2010\u2011\u2013]\s*|\s+)"
_DAY_FIRST = re.compile(rf"([0-9]{{1,2}}){_GAP}([0-9]{{1,2}}){_GAP}([0-9]{{4}}|[0-9]{{2}})")
_YEAR_FIRST = re.compile(rf"([0-9]{{4}}){_GAP}([0-9]{{1,2}}){_GAP}([0-9]{{1,2}})")
_PACKED = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4}|[0-9]{2})")
_HOUR = re.compile(r"([0-9]{1,2})(?:\s*(?:h|:|\.)\s*([0-9]{2})(?::[0-9]{2})?|\s*h|([0-9]{2}))?", re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"([0-9]{{1,2}}){_GAP}([0-9]{{4}}|[0-9]{{2}})")
_YEAR_MONTH = re.compile(rf"([0-9]{{4}}){_GAP}([0-9]{{1,2}})")
_MONTH_PACKED = re.compile(r"([0-9]{2})([0-9]{4}|[0-9]{2})")


def read_day(text: str) -> dt.date:
    """The day of `22/11/2026`, `22/11/26`, `22 11 2026`, `22.11.26`, `221126`, `22112026` or `2026-11-22`.

    Raises FormatError: `day.form` for what is no day, `day.calendar` for one that no calendar has, `day.year`.

    >>> read_day("22 11 26")
    datetime.date(2026, 11, 22)
    """
    typed = _trimmed(text, "day")
    if found := _YEAR_FIRST.fullmatch(typed):
        year, month, day = found[1], found[2], found[3]
    elif found := _DAY_FIRST.fullmatch(typed) or _PACKED.fullmatch(typed):
        day, month, year = found[1], found[2], found[3]
    else:
        raise FormatError("day.form", "not written as a day")
    return _day(_year(year), int(month), int(day))


def read_month(text: str) -> dt.date:
    """The first day of the month of `11/2026`, `11/26`, `11 2026`, `112026` or `2026-11`.

    Raises FormatError: `month.form`, `day.calendar`, `day.year`.
    """
    typed = _trimmed(text, "month")
    if found := _YEAR_MONTH.fullmatch(typed):
        year, month = found[1], found[2]
    elif found := _MONTH_FIRST.fullmatch(typed) or _MONTH_PACKED.fullmatch(typed):
        month, year = found[1], found[2]
    else:
        raise FormatError("month.form", "not written as a month")
    return _day(_year(year), int(month), 1)


def read_hour(text: str) -> dt.time:
    """The time of `9h`, `9h30`, `930`, `09:30`, `14 h 05`, `14.05`, `9` or `09:30:00`; seconds are dropped.

    Raises FormatError: `hour.form` for what is no hour, `hour.clock` for one that no clock shows.
    """
    found = _HOUR.fullmatch(_trimmed(text, "hour"))
    if found is None:
        raise FormatError("hour.form", "not written as an hour")
    hour, minute = int(found[1]), int(found[2] or found[3] or 0)
    if hour > 23 or minute > 59:
        raise FormatError("hour.clock", "no clock shows this")
    return dt.time(hour, minute)


def _trimmed(text: str, kind: str) -> str:
    # A longer text is not even looked at: it may be a book.
    if len(text) > LONGEST:
        raise FormatError(f"{kind}.form", "too long")
    return text.strip()


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (1900 if year >= _PIVOT else 2000)


def _day(year: int, month: int, day: int) -> dt.date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise FormatError("day.year", "a year out of reach")
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise FormatError("day.calendar", "no calendar has this day") from error
