"""A new patient's form as a whole."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from cuspide.core.errors import FieldErrors
from cuspide.patients.rules.contacts import check_contacts
from cuspide.patients.rules.cover import check_amc, check_amo
from cuspide.patients.rules.identity import check_identity


def faults(typed: Mapping[str, Any], today: dt.date) -> dict[str, Any]:
    """What the form would be refused for, by field, so that it is said beside what the form itself misses."""
    checks: list[Callable[[], Any]] = [
        lambda: check_identity(typed, today),
        lambda: check_contacts(typed),
        lambda: check_amo(typed, ""),
        lambda: check_amc(typed),
    ]
    errors: dict[str, Any] = {}
    for check in checks:
        try:
            check()
        except FieldErrors as refused:
            errors.update(refused.errors)
    return errors
