"""What pages read of the practice."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from cuspide.core import clock
from cuspide.practice.models import Chair, OpeningHours, Practitioner, Site

_KEPT_FOR = dt.timedelta(minutes=1)


@dataclass
class _Kept:
    name: str = ""
    until: dt.datetime | None = None


_kept = _Kept()


def main_site() -> Site:
    """The first site; a practice always has one once it was made (Site.DoesNotExist before)."""
    return Site.objects.select_related("entity").earliest("pk")


def shown_name() -> str:
    """What the practice is called: its site, or the entity that has several; "" before it was made.

    Kept in the process until a site or an entity is saved here, and a minute at most: every page shows it.
    """
    now = clock.now()
    if _kept.until is None or not now < _kept.until <= now + _KEPT_FOR:
        _kept.name, _kept.until = _read_name(), now + _KEPT_FOR
    return _kept.name


def _read_name() -> str:
    names = list(Site.objects.values_list("name", "entity__name")[:2])
    return "" if not names else names[0][0] if len(names) == 1 else names[0][1]


def forget_kept_name(**_signal: object) -> None:
    """Ask the store again at the next page."""
    _kept.until = None


def sites() -> Sequence[Site]:
    """Every site with its entity."""
    return list(Site.objects.select_related("entity"))


def chairs(site: Site) -> Sequence[Chair]:
    """The chairs of a site that are in use, in the order of the agenda's columns."""
    return list(Chair.objects.filter(site=site, is_active=True))


def practitioners(*, active_only: bool = True) -> Sequence[Practitioner]:
    """The dentists, with their entity."""
    found = Practitioner.objects.select_related("entity")
    return list(found.filter(is_active=True) if active_only else found)


def opening_hours(site: Site) -> Sequence[OpeningHours]:
    """The stretches when a site is open, by weekday and time."""
    return list(OpeningHours.objects.filter(site=site))
