"""Who stands around a patient, and who decides for her."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db.prepared import prepared
from cuspide.patients import reach
from cuspide.patients.models import Patient, RelatedPerson
from cuspide.patients.permissions import VIEW_IDENTITY
from cuspide.patients.rules.people import Deciding, deciding
from cuspide.patients.selectors.search import first_phones


@dataclass(frozen=True)
class Around:
    """Somebody around a patient as the viewer may see her. `record` is her own record, where the viewer may open it:
    its name and telephone are then today's."""

    row: RelatedPerson
    name: str
    phone: str
    record: Patient | None = None


def people_around(patient: Patient) -> list[RelatedPerson]:
    """Those who stand, in the order of `PersonKind`. One query."""
    return sorted(_standing(patient.pk), key=lambda one: (_ORDER[one.kind], one.pk))


_ORDER = {"parental": 0, "protection": 1, "trusted": 2, "emergency": 3}


@prepared
def _standing(patient: Any) -> QuerySet[RelatedPerson]:
    return RelatedPerson.objects.filter(patient=patient, ended_at__isnull=True)


def ended_people(patient: Patient) -> list[RelatedPerson]:
    """One query, the last ended first."""
    return list(RelatedPerson.objects.filter(patient=patient, ended_at__isnull=False).order_by("-ended_at", "-pk"))


def shown_people(actor: Actor, people: Iterable[RelatedPerson]) -> list[Around]:
    """As the viewer may see them. Two queries more where one of them is a patient of the practice, none else."""
    people = list(people)
    linked = {one.person_id for one in people if one.person_id is not None}
    records: dict[int, Patient] = {}
    phones: dict[int, str] = {}
    if linked:
        found = Patient.objects.filter(reach.within(actor, VIEW_IDENTITY), pk__in=linked)
        records = {one.pk: one for one in found}
        phones = first_phones(records)
    around = []
    for one in people:
        record = records.get(one.person_id) if one.person_id is not None else None
        name = record.display_name if record else one.name
        phone = one.phone_shown or (phones.get(record.pk, "") if record else "")
        around.append(Around(one, name, phone, record))
    return around


def who_decides(patient: Patient) -> Deciding:
    """Who decides for a patient today: what a room asks before it has a consent or a quote signed. One query."""
    return deciding(people_around(patient), patient.age, clock.today(), emancipated=patient.emancipated)
