"""What stands in the way of an appointment: a chair that is taken, a practitioner busy elsewhere, closed hours.

None of it is forbidden for ever: `Warned` carries each reason with its code, and whoever books may confirm the codes
she has read. A reason that comes up in between is asked again.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cuspide.agenda.hours import of_day, week
from cuspide.agenda.models import Appointment
from cuspide.agenda.permissions import VIEW
from cuspide.agenda.rules import FREEING, LONGEST, is_open
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.errors import DomainError
from cuspide.patients import permissions as patient_rights
from cuspide.patients.models import Patient
from cuspide.practice.models import Chair, Practitioner, Site

FORGIVEN = dt.timedelta(minutes=90)
"""Somebody who walks in is booked a little after the fact; that is not a mistake."""


@dataclass(frozen=True)
class Warning:
    """One reason not to book: `code` is what a confirmation names."""

    code: str
    sentence: str


class Warned(DomainError):
    """The appointment may be made, but only by somebody who has read the `warnings` and confirms them."""

    def __init__(self, warnings: Iterable[Warning]) -> None:
        self.warnings = list(warnings)
        super().__init__(" ".join(warning.sentence for warning in self.warnings))


@dataclass(frozen=True)
class Wish:
    """Where and when an appointment would stand. `but` is the appointment that is being moved."""

    site: Site
    chair: Chair
    practitioner: Practitioner | None
    patient: Patient | None
    starts_at: dt.datetime
    ends_at: dt.datetime
    but: Appointment | None = None
    zone: ZoneInfo = field(default_factory=clock.zone)


def lock(wish: Wish) -> None:
    """Take the chair, then the practitioner, so that two who book at once do it one after the other.

    PostgreSQL locks the rows; on SQLite the transaction itself is the lock (it begins IMMEDIATE).
    """
    list(locks.held(Chair.objects).filter(pk=wish.chair.pk))
    if wish.practitioner:
        list(locks.held(Practitioner.objects).filter(pk=wish.practitioner.pk))


def standing(starts_at: dt.datetime, ends_at: dt.datetime) -> QuerySet[Appointment]:
    """Appointments that hold a chair somewhere in a span. The lower bound lets the index on `starts_at` be used."""
    return Appointment.objects.filter(
        starts_at__lt=ends_at,
        starts_at__gt=starts_at - dt.timedelta(minutes=LONGEST),
        ends_at__gt=starts_at,
    ).exclude(state__in=[state.value for state in FREEING])


def find(actor: Actor, wish: Wish) -> list[Warning]:
    """All that stands in the way, the chair first."""
    shared = Q(chair=wish.chair)
    if wish.practitioner:
        shared |= Q(practitioner=wish.practitioner)
    if wish.patient:
        shared |= Q(patient=wish.patient)
    others = standing(wish.starts_at, wish.ends_at).filter(shared)
    if wish.but:
        others = others.exclude(pk=wish.but.pk)
    found: list[Warning] = []
    for other in others.select_related("chair", "practitioner", "patient").order_by("starts_at", "pk"):
        found += _clashes(actor, wish, other)
    start, end = wish.starts_at.astimezone(wish.zone), wish.ends_at.astimezone(wish.zone)
    first = start.hour * 60 + start.minute
    last = first + int((wish.ends_at - wish.starts_at).total_seconds() // 60)
    hours = week(wish.site)
    if any(hours.values()) and not is_open(first, last, of_day(hours, start.date())):
        found.append(
            Warning(
                "closed",
                _("The practice is closed at this time (%(from)s to %(to)s).")
                % {"from": f"{start:%H:%M}", "to": f"{end:%H:%M}"},
            )
        )
    if wish.starts_at < clock.now() - FORGIVEN and (wish.but is None or wish.but.starts_at != wish.starts_at):
        found.append(Warning("past", _("This time is already past.")))
    return found


def _clashes(actor: Actor, wish: Wish, other: Appointment) -> list[Warning]:
    start, end = (f"{at.astimezone(wish.zone):%H:%M}" for at in other.span)
    words = {"chair": other.chair.name, "practitioner": str(other.practitioner or ""), "from": start, "to": end}
    found = []
    if other.chair_id == wish.chair.pk:
        words["who"] = _who(actor, other)
        found.append(
            Warning(
                "chair",
                (
                    _("%(chair)s is already taken from %(from)s to %(to)s: %(who)s.")
                    if words["who"]
                    else _("%(chair)s is already taken from %(from)s to %(to)s.")
                )
                % words,
            )
        )
    elif wish.practitioner and other.practitioner_id == wish.practitioner.pk:
        # Of another site's agenda that the person does not see, only that the practitioner is not free.
        said = (
            _("%(practitioner)s is busy from %(from)s to %(to)s (%(chair)s).")
            if actor.can(VIEW, other.site_id)
            else _("%(practitioner)s is busy from %(from)s to %(to)s.")
        )
        found.append(Warning("practitioner", said % words))
    if wish.patient and other.patient_id == wish.patient.pk and actor.can(VIEW, other.site_id):
        found.append(
            Warning(
                "patient", _("This patient already has an appointment from %(from)s to %(to)s (%(chair)s).") % words
            )
        )
    return found


def _who(actor: Actor, other: Appointment) -> str:
    if other.patient is None:
        return other.note or _("blocked time")
    seen = actor.can_on(
        patient_rights.VIEW_IDENTITY,
        site=other.site_id,
        practitioner=other.practitioner_id,
        patient=other.patient.uuid,
    )
    return other.patient.display_name if seen else ""


def check(actor: Actor, wish: Wish, confirmed: Collection[str]) -> list[str]:
    """Raise Warned with all that was found when any of it was not confirmed. Returns the codes that were found."""
    found = find(actor, wish)
    if any(warning.code not in confirmed for warning in found):
        raise Warned(found)
    return [warning.code for warning in found]
