"""Many appointments of another program at once, as an import brings them and takes them back. Part of a write that has
its right, transaction and trace.

They are booked past the questions that a person is asked: the times are another program's, and were agreed with the
patient there. What stands in the way of one that is still to come is noted for whoever brings it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from cuspide.agenda import conflicts, news
from cuspide.agenda.models import Appointment, AppointmentType, Origin
from cuspide.agenda.rules import FIRST_YEAR, LAST_YEAR, LONGEST, STEP, State, overlaps
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import bulk, locks
from cuspide.patients.models import Following, Patient
from cuspide.practice.models import Chair, Practitioner

LONGEST_NOTE = 300


@dataclass(frozen=True)
class Brought:
    """An appointment as it comes: times are of the wall of the chair's site; `state` is booked, finished or missed."""

    patient: Patient | None
    chair: Chair
    practitioner: Practitioner
    type: AppointmentType
    begins: dt.datetime
    minutes: int
    state: State
    note: str
    program: str
    number: str
    chair_there: str = ""
    practitioner_there: str = ""
    type_there: str = ""
    arrived: dt.datetime | None = None
    seated: dt.datetime | None = None
    dismissed: dt.datetime | None = None

    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """Begin and end in UTC, on the agenda's grid."""
        begins = self.begins.replace(minute=self.begins.minute // STEP * STEP, second=0, microsecond=0)
        starts_at = _utc(begins, clock.zone(self.chair.site.time_zone))
        return starts_at, starts_at + dt.timedelta(minutes=-(-self.minutes // STEP) * STEP)

    def is_possible(self) -> bool:
        """Whether the agenda has such a day and such a length."""
        if not (FIRST_YEAR <= self.begins.year <= LAST_YEAR and 0 < self.minutes <= LONGEST):
            return False
        midnight = dt.datetime.combine(self.begins.date() + dt.timedelta(days=1), dt.time(0))
        return self.begins + dt.timedelta(minutes=self.minutes) <= midnight


def _utc(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The instant of a time on the wall; of an hour that the spring change skips, the one an hour later."""
    return wall.replace(tzinfo=zone).astimezone(dt.UTC)


def appointments_by_number(program: str, numbers: Collection[str]) -> Mapping[str, Appointment]:
    """Those that were brought in before, by their numbers there. One query."""
    found = Origin.objects.filter(program=program, number__in=numbers).select_related("appointment")
    return {origin.number: origin.appointment for origin in found}


def same_told(brought: Brought, held: Appointment) -> bool:
    """Whether the agenda still has it where the other program says it is."""
    return held.span == brought.span() and (held.standing == brought.state or held.version > 1)


def in_the_way(brought: Sequence[Brought]) -> set[str]:
    """Which of those to come, by number, would share a chair with another: of the agenda, or of these. One query."""
    now = clock.now()
    ahead = [one for one in brought if one.state == State.BOOKED and one.span()[1] > now]
    if not ahead:
        return set()
    spans = {one.number: one.span() for one in ahead}
    first, last = min(start for start, _end in spans.values()), max(end for _start, end in spans.values())
    held: dict[int, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
    standing = conflicts.standing(first, last).filter(chair__in={one.chair.pk for one in ahead})
    for chair, starts_at, ends_at in standing.values_list("chair_id", "starts_at", "ends_at"):
        held[chair].append((starts_at, ends_at))
    found = set()
    for one in ahead:
        if any(overlaps(spans[one.number], other) for other in held[one.chair.pk]):
            found.add(one.number)
        held[one.chair.pk].append(spans[one.number])
    return found


def lock_chairs(chairs: Iterable[Chair]) -> None:
    """Take the chairs, as whoever books does: nobody books one of them beside this."""
    list(locks.held(Chair.objects).filter(pk__in={chair.pk for chair in chairs}).order_by("pk"))


def bring(actor: Actor, brought: Sequence[Brought], doubled: Collection[str]) -> list[Appointment]:
    """Write them inside the caller's transaction, which holds the chairs; in the order given. `doubled` are the numbers
    of those that share a chair."""
    made = [_appointment(actor, one, one.number in doubled) for one in brought]
    bulk.insert(made)
    pairs = list(zip(brought, made, strict=True))
    bulk.insert([_origin(one, appointment) for one, appointment in pairs])
    now = clock.now()
    places = {(each.patient_id, each.site_id, each.practitioner_id) for each in made}
    bulk.insert_rows(
        Following,
        ["patient_id", "site_id", "practitioner_id", "since"],
        [[*place, now] for place in sorted(places)],
        unless_there=True,
    )
    _tell(made)
    return made


def _appointment(actor: Actor, one: Brought, is_double: bool) -> Appointment:
    starts_at, ends_at = one.span()
    zone = clock.zone(one.chair.site.time_zone)

    def instant(wall: dt.datetime | None) -> dt.datetime | None:
        return _utc(wall, zone) if wall is not None else None

    finished = one.state == State.FINISHED
    return Appointment(
        site=one.chair.site,
        chair=one.chair,
        practitioner=one.practitioner,
        patient=one.patient,
        type=one.type,
        starts_at=starts_at,
        ends_at=ends_at,
        state=one.state.value,
        is_double=is_double,
        note=one.note[:LONGEST_NOTE],
        # What was finished there without a time was so when it was to end.
        arrived_at=(instant(one.arrived) or starts_at) if finished else None,
        seated_at=(instant(one.seated) or instant(one.arrived) or starts_at) if finished else None,
        finished_at=(instant(one.dismissed) or ends_at) if finished else None,
        created_by_id=actor.user_id,
    )


def _origin(one: Brought, appointment: Appointment) -> Origin:
    return Origin(
        appointment=appointment,
        program=one.program,
        number=one.number,
        chair=one.chair_there,
        practitioner=one.practitioner_there,
        type=one.type_there,
    )


def _tell(appointments: Iterable[Appointment]) -> None:
    """Tell the live stream of the days that somebody may have on the screen, each once."""
    told: dict[tuple[int, dt.date], Appointment] = {}
    for one in appointments:
        day = clock.local(one.starts_at, one.site.time_zone).date()
        if day >= clock.today(one.site.time_zone):
            told.setdefault((one.site_id, day), one)
    for _place, one in sorted(told.items()):
        news.tell(one)


def take_back(uuids: Iterable[UUID]) -> set[UUID]:
    """Remove those on which nobody has worked since they were brought in; which ones stay."""
    held = list(locks.held(Appointment.objects).filter(uuid__in=list(uuids)).order_by("pk"))
    gone = [one for one in held if one.version == 1]
    with_site = Appointment.objects.filter(pk__in=[one.pk for one in gone]).select_related("site")
    leaving = list(with_site)
    Origin.objects.filter(appointment__in=[one.pk for one in gone]).delete()
    Appointment.objects.filter(pk__in=[one.pk for one in gone]).delete()
    _tell(leaving)
    return {one.uuid for one in held if one.version > 1}
