"""What continuity gives to templates: the names of a calendar."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils.dateformat import format as written


def month_name(day: dt.date) -> str:
    """novembre 2026"""
    return written(day, "F Y")


def weekday_name(day: dt.date) -> str:
    """lun."""
    return written(day, "D")


FILTERS: dict[str, Callable[..., Any]] = {"month_name": month_name, "weekday_name": weekday_name}
