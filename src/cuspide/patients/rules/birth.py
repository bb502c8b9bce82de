"""Birth dates as the administration gives them.

Many people born abroad have no day or no month in the registers, and a card may carry a day that no calendar has
(a "lunar" date). The text is kept as it was given, `YYYY-MM-DD` with `00` for what is unknown; a day of the
calendar is derived from it for ages and for sorting, and is never shown.
"""

import calendar
import datetime as dt
import re
from dataclasses import dataclass

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_FRENCH = re.compile(r"(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{4})", re.ASCII)
_PACKED = re.compile(r"(\d{2})(\d{2})(\d{4})", re.ASCII)
_MONTH_YEAR = re.compile(r"(\d{1,2})[\s./-]+(\d{4})", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)

OLDEST_YEAR = 1880


class BirthDateError(ValueError):
    """The text is no birth date; `reason` is one of `form`, `year`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class BirthDate:
    """`text` as kept; `sort_day` a day of the calendar near it; `in_calendar` whether the text is such a day."""

    text: str
    sort_day: dt.date
    in_calendar: bool

    @property
    def is_partial(self) -> bool:
        return self.text.endswith("-00")


def parse_birth_date(text: str) -> BirthDate:
    """Read `07/03/1984`, `7.3.1984`, `07031984`, `1984-03-07`, `03/1984` (day unknown) or `1984`.

    Raises BirthDateError.
    """
    typed = text.strip()
    if found := _ISO.fullmatch(typed):
        year, month, day = (int(part) for part in found.groups())
    elif found := _FRENCH.fullmatch(typed) or _PACKED.fullmatch(typed):
        day, month, year = (int(part) for part in found.groups())
    elif found := _MONTH_YEAR.fullmatch(typed):
        day, month, year = 0, int(found[1]), int(found[2])
    elif _YEAR.fullmatch(typed):
        day, month, year = 0, 0, int(typed)
    else:
        raise BirthDateError("form")
    if not OLDEST_YEAR <= year <= 2200:
        raise BirthDateError("year")
    return _birth_date(year, month, day)


def _birth_date(year: int, month: int, day: int) -> BirthDate:
    in_calendar = 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
    sort_month = min(max(month, 1), 12)
    sort_day = min(max(day, 1), calendar.monthrange(year, sort_month)[1])
    return BirthDate(f"{year:04}-{month:02}-{day:02}", dt.date(year, sort_month, sort_day), in_calendar)


def is_lunar(birth: BirthDate) -> bool:
    """Whether the date is neither a day of the calendar nor merely incomplete: 31/02, month 15…"""
    year, month, day = (int(part) for part in birth.text.split("-"))
    del year
    return not birth.in_calendar and not (day == 0 and 0 <= month <= 12)


def shown_birth_date(text: str) -> str:
    """`07/03/1984`; `03/1984` without a day; `1984` with the year alone."""
    year, month, day = text.split("-")
    return "/".join(part for part in (day, month, year) if part != "00") if month != "00" else year


def age_in_years(born_on: dt.date, today: dt.date) -> int:
    """Whole years lived on `today`; never negative."""
    return max(0, today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day)))


def birth_tokens(text: str) -> frozenset[str]:
    """Search tokens of a birth date: `07031984`, `19840307` and the year."""
    year, month, day = text.split("-")
    return frozenset({f"{day}{month}{year}", f"{year}{month}{day}", year})
