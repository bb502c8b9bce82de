"""Days, hours, ages and amounts as the reader's language writes them.

French: 07/03/1984, 1 234,56 € with a narrow no-break space (U+202F) between thousands and a no-break space before
the sign (Lexique des règles typographiques en usage à l'Imprimerie nationale). English: 7 Mar 1984, €1,234.56.
"""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils import dateformat
from django.utils.translation import get_language, ngettext

from cuspide.core import clock

NARROW = "\u202f"
NBSP = "\u00a0"
MINUS = "\u2212"
_CENT = Decimal("0.01")
_UNITS_OF_SIZE = (("B", "kB", "MB", "GB", "TB"), ("o", "Ko", "Mo", "Go", "To"))
LARGEST = Decimal(10) ** 20
"""Beyond it lies no amount and no count of a practice."""
MONTHS_SHOWN_BELOW_YEARS = 3
"""A child's age is told in months until this many years, as paediatric records do."""


def french() -> bool:
    """Whether the reader reads French; whoever chose nothing does."""
    return not (get_language() or "fr").startswith("en")


def _date(value: Any) -> dt.date | None:
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value) if len(value) > 10 else dt.date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, dt.datetime):
        return (clock.local(value) if value.tzinfo else value).date()
    return value if isinstance(value, dt.date) else None


def day(value: Any) -> str:
    """A day: 07/03/1984, in English 7 Mar 1984. An instant is told on the practice's wall calendar; nothing is ""."""
    date = _date(value)
    if date is None:
        return ""
    if french():
        return f"{date.day:02}/{date.month:02}/{date.year:04}"
    return f"{date.day}{NBSP}{dateformat.format(date, 'b').title()}{NBSP}{date.year}"


def day_long(value: Any) -> str:
    """A day in words: mardi 24 novembre 2026; the first of a month is « 1er » in French."""
    date = _date(value)
    if date is None:
        return ""
    return f"{day_of_year(date)} {date.year}"


def day_of_year(date: dt.date) -> str:
    """mardi 24 novembre"""
    return f"{_small(dateformat.format(date, 'l'))} {day_of_month(date)}"


def day_of_month(date: dt.date) -> str:
    """24 novembre; the first of a month is « 1er » in French."""
    return f"{_number(date)}{NBSP}{_small(dateformat.format(date, 'F'))}"


def days_between(first: dt.date, last: dt.date, *, this_year: int = 0) -> str:
    """From a day to a later one: 23 – 28 novembre 2026, 30 nov. – 5 déc. 2026, 28 déc. 2026 – 2 jan. 2027. Both of
    `this_year`, without it: 23 – 28 novembre."""
    year = "" if first.year == last.year == this_year else f" {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{_number(first)} – {day_of_month(last)}{year}"
    opening, closing = (f"{_number(one)}{NBSP}{_small(dateformat.format(one, 'N'))}" for one in (first, last))
    return f"{opening if first.year == last.year else f'{opening} {first.year}'} – {closing}{year}"


def _number(date: dt.date) -> str:
    return "1er" if date.day == 1 and french() else str(date.day)


def _small(name: str) -> str:
    """A day or a month, which take no capital in French."""
    return name.lower() if french() else name


def hour(value: Any) -> str:
    """A time of day with two figures each: 09:42. An instant is told on the practice's clock."""
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value) if len(value) > 8 else dt.time.fromisoformat(value)
        except ValueError:
            return ""
    if isinstance(value, dt.datetime):
        value = clock.local(value) if value.tzinfo else value
    if not isinstance(value, dt.datetime | dt.time):
        return ""
    return f"{value.hour:02}:{value.minute:02}"


def moment(value: Any) -> str:
    """Day and hour of an instant: 07/03/2026 09:42."""
    parts = [part for part in (day(value), hour(value)) if part]
    return NBSP.join(parts)


def _grouped(whole: int, in_french: bool) -> str:
    return f"{whole:,}".replace(",", NARROW) if in_french else f"{whole:,}"


def number(value: Any) -> str:
    """A number with its thousands set apart; decimals are kept as they are. Nothing is ""."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return ""
    if not amount.is_finite() or abs(amount) >= LARGEST:
        return ""
    sign, amount = (MINUS if amount < 0 else ""), abs(amount)
    whole, _, decimals = f"{amount:f}".partition(".")
    in_french = french()
    text = sign + _grouped(int(whole), in_french)
    return f"{text}{',' if in_french else '.'}{decimals}" if decimals else text


def file_size(count: int) -> str:
    """So many bytes, as disks are sold: 850 Ko, 1,5 Go; in English 850 kB, 1.5 GB."""
    size, unit = Decimal(count), 0
    while size >= 1000 and unit < len(_UNITS_OF_SIZE[0]) - 1:
        size, unit = size / 1000, unit + 1
    shown = size.quantize(Decimal(1) if size >= 100 or unit < 2 else Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{number(shown)}{NBSP}{_UNITS_OF_SIZE[french()][unit]}"


def euros(value: Any) -> str:
    """An amount in euros with its cents: 1 234,56 €, in English €1,234.56; below zero with a true minus sign."""
    if value is None or value == "" or isinstance(value, float | bool):
        return ""
    try:
        amount = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        return ""
    if not amount.is_finite() or abs(amount) >= LARGEST:
        return ""
    amount = amount.quantize(_CENT, rounding=ROUND_HALF_UP)
    sign = MINUS if amount < 0 else ""
    whole, _, cents = f"{abs(amount):f}".partition(".")
    if french():
        return f"{sign}{_grouped(int(whole), True)},{cents}{NBSP}€"
    return f"{sign}€{_grouped(int(whole), False)}.{cents}"


def age(born: Any, on: dt.date | None = None) -> str:
    """How old somebody is on a day (today): in years, under three years in months, under two months in days."""
    birth = _date(born)
    today = on or clock.today()
    if birth is None or birth > today:
        return ""
    months = (today.year - birth.year) * 12 + today.month - birth.month - (today.day < birth.day)
    if months >= MONTHS_SHOWN_BELOW_YEARS * 12:
        years = months // 12
        return ngettext("%(count)d year", "%(count)d years", years) % {"count": years}
    if months >= 2:
        return ngettext("%(count)d month", "%(count)d months", months) % {"count": months}
    days = (today - birth).days
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
