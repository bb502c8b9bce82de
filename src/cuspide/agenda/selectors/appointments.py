"""Single appointments, and those of one patient."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet

from cuspide.agenda.models import Appointment, AppointmentType
from cuspide.agenda.permissions import BOOK, VIEW
from cuspide.agenda.rules import AHEAD, FREEING, State, day_bounds
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db.prepared import ALL, prepared
from cuspide.core.reach import within
from cuspide.practice.models import Chair, Practitioner, Site

if TYPE_CHECKING:
    from cuspide.patients.models import Patient

_LISTED = ("site", "chair", "practitioner", "patient", "type")


def appointments() -> QuerySet[Appointment]:
    """Appointments with all that a page says of one."""
    return Appointment.objects.select_related(*_LISTED)


def by_uuid(name: uuid.UUID) -> Appointment:
    """The appointment of a public name. Raises Appointment.DoesNotExist."""
    return appointments().select_related("created_by", "origin").get(uuid=name)


def types() -> list[AppointmentType]:
    """The types that are in use, in the order of the practice."""
    return list(AppointmentType.objects.filter(is_active=True))


@dataclass(frozen=True)
class Ends:
    """The next appointment of a patient and the last that was kept."""

    next: Appointment | None
    last: Appointment | None


# Half of the time of a record's page was spent on columns that nobody reads.
_ENDS = (
    *("uuid", "starts_at", "state", "patient_id", "site__time_zone"),
    *("type__label_fr", "type__label_en", "practitioner__title", "practitioner__family_name"),
)


def ends_of(actor: Actor, patient: "Patient") -> Ends:
    """Next and last appointment that the actor may see, with what a record's frame says of them. Two queries."""
    asked, reached = (patient.pk, clock.now()), within(actor, VIEW)
    return Ends(
        next=next(iter(_next_of(*asked, where=reached)), None),
        last=next(iter(_last_of(*asked, where=reached)), None),
    )


def _ends() -> QuerySet[Appointment]:
    return Appointment.objects.select_related("site", "practitioner", "type").only(*_ENDS)


@prepared
def _next_of(patient: Any, now: Any, where: Q = ALL) -> QuerySet[Appointment]:
    ahead = [state.value for state in AHEAD]
    coming = _ends().filter(where, patient=patient, starts_at__gte=now, state__in=ahead)
    return coming.order_by("starts_at")[:1]


@prepared
def _last_of(patient: Any, now: Any, where: Q = ALL) -> QuerySet[Appointment]:
    past = _ends().filter(where, patient=patient, starts_at__lt=now, state=State.FINISHED.value)
    return past.order_by("-starts_at")[:1]


@dataclass(frozen=True)
class History:
    """All appointments of a patient, and how many were missed or called off late."""

    coming: list[Appointment]
    past: list[Appointment]
    missed: int
    cancelled_late: int


def history_of(actor: Actor, patient: "Patient", limit: int = 200) -> History:
    """Of what the actor may see: coming appointments, soonest first, and the last `limit` past ones. One query."""
    now = clock.now()
    rows = list(appointments().filter(within(actor, VIEW), patient=patient).order_by("-starts_at", "-pk")[:limit])
    coming = [one for one in rows if one.ends_at > now]
    past = [one for one in rows if one.ends_at <= now]
    return History(
        coming=coming[::-1],
        past=past,
        missed=sum(one.standing == State.MISSED for one in rows),
        cancelled_late=sum(one.cancelled_late for one in rows),
    )


def coming_of(actor: Actor, practitioners: Sequence[Practitioner]) -> Mapping[int, int]:
    """How many appointments that the actor may see are still to come for each practitioner (primary key). One query."""
    rows = Appointment.objects.filter(within(actor, VIEW), practitioner__in=practitioners, starts_at__gt=clock.now())
    rows = rows.filter(patient__isnull=False).exclude(state__in=FREEING)
    return dict(rows.order_by().values_list("practitioner").annotate(Count("pk")))


def companion(
    site: Site,
    day: dt.date,
    time: dt.time,
    chair: uuid.UUID | None,
    practitioner: uuid.UUID | None,
    actor: Actor,
) -> tuple[Chair | None, Practitioner | None]:
    """The chair and practitioner that a booking is likely to want: a dentist's own, where no chair is named; for others
    who already works in that chair that day, nearest in time; else the first. Three queries."""
    chairs = list(Chair.objects.filter(site=site, is_active=True))
    whom = actor.practitioners_of(BOOK)
    people = [one for one in Practitioner.objects.filter(is_active=True) if whom is None or one.pk in whom]
    wanted_chair = next((one for one in chairs if one.uuid == chair), None)
    wanted_person = next((one for one in people if one.uuid == practitioner), None)
    own = next((one for one in people if one.pk == actor.practitioner_id), None)
    if wanted_chair is None and wanted_person is None:
        wanted_person = own
    if wanted_chair is None or wanted_person is None:
        zone = clock.zone(site.time_zone)
        since, until = day_bounds(day, zone)
        at = dt.datetime.combine(day, time, tzinfo=zone)
        rows = Appointment.objects.filter(site=site, starts_at__gte=since, starts_at__lt=until)
        if wanted_chair:
            rows = rows.filter(chair=wanted_chair)
        elif wanted_person:
            rows = rows.filter(practitioner=wanted_person)
        pairs = list(rows.filter(practitioner__isnull=False).values_list("starts_at", "chair_id", "practitioner_id"))
        nearest = min(pairs, key=lambda row: abs(row[0] - at), default=None)
        if nearest:
            wanted_chair = wanted_chair or next((one for one in chairs if one.pk == nearest[1]), None)
            wanted_person = wanted_person or next((one for one in people if one.pk == nearest[2]), None)
    wanted_person = wanted_person or own or (people[0] if people else None)
    return wanted_chair or (chairs[0] if chairs else None), wanted_person
