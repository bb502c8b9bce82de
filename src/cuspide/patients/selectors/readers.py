"""Who saw or changed a record, day by day, in words that a patient understands."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from cuspide.audit import gathering, naming, telling
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.patients.models import Patient


@dataclass(frozen=True)
class Reading:
    """What one person did with one kind of thing on one day. `name` is "" where the program acted by itself."""

    day: dt.date
    function: str
    name: str
    matter: Any
    seen: int
    changed: int


def readings(patient: Patient, first: dt.date, last: dt.date) -> list[Reading]:
    """All of a period, days included, newest first; of the records that were merged into this one, too. Two queries.

    Lists in which the name stood among others (an agenda, a search) are no reading of the record and not in it.
    """
    gathering.settle(everything=True)
    records = [patient.uuid, *Patient.objects.filter(merged_into=patient).values_list("uuid", flat=True)]
    rows = (
        Entry.objects.filter(
            patient_uuid__in=records,
            at__gte=clock.at(first, dt.time.min),
            at__lt=clock.at(last + dt.timedelta(days=1), dt.time.min),
        )
        .order_by("at", "pk")
        .values_list("at", "actor_user_id", "actor_label", "role", "action")
    )
    by_day = [list(_of_day(day, list(group))) for day, group in groupby(rows.iterator(chunk_size=2_000), key=_day_of)]
    return [reading for day in reversed(by_day) for reading in day]


_Row = tuple[dt.datetime, int | None, str, str, str]


def _day_of(row: _Row) -> dt.date:
    return clock.local(row[0]).date()


def _of_day(day: dt.date, rows: list[_Row]) -> Iterator[Reading]:
    counted: dict[tuple[str, str, str], list[int]] = {}
    for _at, user_id, label, role, action in rows:
        function = telling.roles(role) if user_id is not None else _("The practice's program")
        who = (function or _("Member of the team"), label if user_id is not None else "", action.partition(".")[0])
        counted.setdefault(who, [0, 0])[0 if naming.only_shows(action) else 1] += 1
    for (function, name, room), (seen, changed) in sorted(counted.items()):
        yield Reading(day, function, name, naming.matter(room), seen, changed)
