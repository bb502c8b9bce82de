"""What the agenda tells the live stream: of which day of which site something changed, and nothing of whom."""

import datetime as dt
from collections.abc import Iterable

from cuspide.agenda.models import Appointment
from cuspide.agenda.permissions import VIEW
from cuspide.core import clock
from cuspide.core.live import news
from cuspide.practice.models import Site

DAYS = news.kinds.add(news.Kind("agenda", VIEW))


def tell(appointment: Appointment, *also: dt.datetime) -> None:
    """Tell of the day of an appointment, and of those it stood on before. Call it in the transaction of the write."""
    site = appointment.site
    instants = (appointment.starts_at, *also)
    # Always in the same order: two writers never wait for each other.
    for day in sorted({clock.local(instant, site.time_zone).date() for instant in instants}):
        news.announce(DAYS, site.uuid, day.isoformat(), site=site.pk)


def topics(site: Site, days: Iterable[dt.date]) -> str:
    """The topics of what a page shows, as its scripts read them."""
    return " ".join(f"{DAYS.key}:{site.uuid}:{day.isoformat()}" for day in days)
