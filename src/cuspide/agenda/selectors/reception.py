"""Who is expected, who waits and since when, who is in which chair."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from cuspide.agenda.models import Appointment
from cuspide.agenda.permissions import VIEW
from cuspide.agenda.rules import AHEAD, PRESENT, State, day_bounds, waiting_minutes
from cuspide.core import clock, registry
from cuspide.core.actor import Actor
from cuspide.core.db.prepared import ALL, prepared
from cuspide.core.reach import within
from cuspide.core.registry import BannerItem
from cuspide.practice.models import Site

LATE_AFTER = dt.timedelta(minutes=5)
WAIT_WATCH, WAIT_DANGER = 15, 30
"""Minutes in the waiting room from which a wait is shown as long, then as too long."""


@dataclass(frozen=True)
class Guest:
    """Somebody of today: her appointment, how long she waits, and what the desk should see."""

    appointment: Appointment
    waiting: int
    flags: Sequence[BannerItem]
    is_early: bool = False

    @property
    def tone(self) -> str:
        if self.waiting >= WAIT_DANGER:
            return "danger"
        return "watch" if self.waiting >= WAIT_WATCH else "info"


@dataclass(frozen=True)
class Reception:
    """The front desk at this instant."""

    waiting: Sequence[Guest]
    in_chair: Sequence[Guest]
    late: Sequence[Guest]
    expected: int

    @property
    def longest(self) -> int:
        return max((guest.waiting for guest in self.waiting), default=0)

    @property
    def is_quiet(self) -> bool:
        return not (self.waiting or self.in_chair or self.late)


def reception(actor: Actor, site: Site) -> Reception:
    """Today at a site. One query, and one for each registered flag."""
    now = clock.now()
    zone = clock.zone(site.time_zone)
    since, until = day_bounds(now.astimezone(zone).date(), zone)
    today = _of_today(site.pk, since, until, where=within(actor, VIEW))
    shown = [one for one in today if one.standing in PRESENT or one.starts_at + LATE_AFTER < now]
    flags = flags_of(actor, [one.patient_id for one in shown if one.patient_id])

    def guest(one: Appointment) -> Guest:
        arrived = one.arrived_at or now
        until_seated = one.seated_at or now
        waiting = waiting_minutes(arrived, one.starts_at, until_seated)
        return Guest(one, waiting, flags.get(one.patient_id or 0, []), is_early=one.starts_at > now)

    return Reception(
        waiting=sorted(
            (guest(one) for one in shown if one.standing == State.ARRIVED),
            key=lambda found: (-found.waiting, found.appointment.starts_at),
        ),
        in_chair=[guest(one) for one in shown if one.standing == State.IN_CHAIR],
        late=[guest(one) for one in shown if one.standing in AHEAD],
        expected=sum(one.standing in AHEAD for one in today),
    )


@prepared
def _of_today(site: Any, since: Any, until: Any, where: Q = ALL) -> QuerySet[Appointment]:
    return (
        Appointment.objects.filter(
            where,
            site=site,
            starts_at__gte=since,
            starts_at__lt=until,
            patient__isnull=False,
            state__in=[state.value for state in sorted(AHEAD | PRESENT)],
        )
        .select_related("chair", "practitioner", "patient", "type")
        .order_by("starts_at", "pk")
    )


def flags_of(actor: Actor, patient_ids: Sequence[int]) -> dict[int, list[BannerItem]]:
    """What other rooms say of these patients at the desk. As many queries as flags are registered."""
    found: dict[int, list[BannerItem]] = {}
    if patient_ids:
        for point in registry.reception_flags.for_actor(actor):
            for patient_id, items in point.flags(actor, patient_ids).items():
                found.setdefault(patient_id, []).extend(items)
    return found
