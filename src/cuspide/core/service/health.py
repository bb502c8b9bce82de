"""Whether the service does its work: cheap questions of `/healthz`, the status page, `cuspide check`."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.utils import InterfaceError

from cuspide.core.db.errors import StoreError
from cuspide.core.keystore import PracticeKeyError
from cuspide.core.registry import Point
from cuspide.core.service import pulse, refusing, reserve

logger = logging.getLogger("cuspide.health")


@dataclass(frozen=True)
class Probe:
    """One question. `well()` says yes or no within milliseconds, writes nothing, and may raise: that is a no."""

    key: str
    well: Callable[[], bool]
    order: int = 50


probes: Point[Probe] = Point("probes")


def look() -> dict[str, bool]:
    """Every probe's answer."""
    return {probe.key: _ask(probe) for probe in probes}


def _ask(probe: Probe) -> bool:
    try:
        return probe.well()
    except (OSError, DatabaseError, InterfaceError, StoreError, PracticeKeyError) as error:
        logger.warning("probe %s: %s", probe.key, type(error).__name__)
        return False


def store() -> bool:
    """The store answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def disk() -> bool:
    """The practice's disk takes what is saved."""
    return not (reserve.takes_nothing() or reserve.is_given_up() or refusing.is_noted())


def background() -> bool:
    """The work beside the pages gave a sign of life."""
    return pulse.is_fresh(settings.CUSPIDE_HOME, "background")
