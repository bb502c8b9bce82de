"""Which PINs are worth nothing, because they are the first that anybody tries. Pure."""

import datetime as dt
import itertools
from typing import Any

from django.utils.translation import gettext_lazy as _

SHORTEST, LONGEST = 4, 8
# Lines and corners of a keypad, of a telephone's and of a keyboard's.
_DRAWN = {
    "2580",
    "0852",
    "1470",
    "0741",
    "7410",
    "3690",
    "1379",
    "1397",
    "1793",
    "3179",
    "7913",
    "9713",
    "2468",
    "8642",
}
# Where day, month and year stand in a date of so many digits.
_FIRST, _SECOND, _THIRD, _NONE = slice(0, 2), slice(2, 4), slice(4, 6), slice(0, 0)
_ORDERS = {
    4: ((_FIRST, _SECOND, _NONE), (_SECOND, _FIRST, _NONE)),
    6: ((_FIRST, _SECOND, _THIRD), (_SECOND, _FIRST, _THIRD), (_THIRD, _SECOND, _FIRST)),
    8: (
        (_FIRST, _SECOND, slice(4, 8)),
        (_SECOND, _FIRST, slice(4, 8)),
        (slice(6, 8), slice(4, 6), slice(0, 4)),
    ),
}


def weakness(pin: str) -> Any:
    """Why a PIN is refused, as a sentence; "" for a good one."""
    if not (pin.isascii() and pin.isdigit()):
        return _("A PIN is made of digits alone.")
    if not SHORTEST <= len(pin) <= LONGEST:
        return _("A PIN has four to eight digits.")
    if _repeats(pin) or _counts(pin) or pin in _DRAWN or pin[::-1] in _DRAWN:
        return _("This PIN is among the first that anybody tries: choose one without a pattern.")
    if _is_date(pin):
        return _("This PIN reads like a date or a year: whoever knows a birthday would try it.")
    return ""


def _repeats(pin: str) -> bool:
    """0000, 1212, 123123, 1122."""
    halves = any(pin == pin[:size] * (len(pin) // size) for size in range(1, len(pin) // 2 + 1) if len(pin) % size == 0)
    return halves or (len(set(pin)) < 3 and len(pin) > 4) or (len(pin) == 4 and pin[0] == pin[1] and pin[2] == pin[3])


def _counts(pin: str) -> bool:
    """1234, 8765, 7890."""
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(pin)}
    return steps in ({1}, {9})


def _is_date(pin: str) -> bool:
    """0703, 070384, 07031984, in any order of day, month and year; and a year of this century or the last."""
    if len(pin) == 4 and 1900 <= int(pin) <= 2039:
        return True
    return any(_is_day(pin, *order) for order in _ORDERS.get(len(pin), ()))


def _is_day(pin: str, day: slice, month: slice, year: slice) -> bool:
    digits = pin[year]
    # 2000 where none is written: a leap year, so that 29 February is a day of it.
    full = int(digits) if len(digits) == 4 else 2000
    try:
        dt.date(full, int(pin[month]), int(pin[day]))
    except ValueError:
        return False
    return len(digits) != 4 or 1900 <= full <= 2039
