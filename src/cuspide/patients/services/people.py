"""Record, correct and end those who stand around a patient. Nobody is deleted: she is ended, with the reason."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.editing import update_versioned
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.submissions import once
from cuspide.patients import permissions, reach
from cuspide.patients.models import Patient, RelatedPerson
from cuspide.patients.models.people import PersonKind
from cuspide.patients.rules.names import fold
from cuspide.patients.rules.people import check_person
from cuspide.patients.services.ending import end

MOST = 20
"""So many stand around one patient at a time, and no more: what is beyond is a mistake or a prank."""


def add_person(
    actor: Actor, patient: Patient, kind: str, typed: Mapping[str, Any], *, key: Any = None
) -> tuple[RelatedPerson, bool]:
    """Record somebody around a patient. Raises FieldErrors; DomainError for a parent of somebody of age."""
    reach.require(actor, permissions.CHANGE, patient)
    columns = _check(actor, patient, kind, typed)

    def create() -> RelatedPerson:
        locks.held(Patient.objects).get(pk=patient.pk)
        standing = RelatedPerson.objects.filter(patient=patient, ended_at__isnull=True)
        _refuse_twice(standing, kind, columns)
        if standing.count() >= MOST:
            raise FieldErrors({"name": _("Too many people stand around this patient: end those who no longer do.")})
        made = RelatedPerson.objects.create(patient=patient, kind=kind, recorded_by=actor.label, **columns)
        trail.record(
            actor,
            "patients.add_person",
            subject=made,
            patient_uuid=patient.uuid,
            detail={"role": kind, "name": made.name, **_told(columns)},
        )
        return made

    said = (patient.pk, kind, sorted((name, getattr(value, "pk", value)) for name, value in columns.items()))
    return once(
        key, "patients.add_person", create, RelatedPerson, actor=actor, said=said, known_as=lambda one: one.name
    )


def change_person(
    actor: Actor, person: RelatedPerson, typed: Mapping[str, Any], expected_version: int
) -> tuple[RelatedPerson, bool]:
    """Correct what is said of somebody; whether anything changed. Raises FieldErrors, EditConflict, DomainError."""
    patient = person.patient
    reach.require(actor, permissions.CHANGE, patient)
    columns = _check(actor, patient, person.kind, typed, held=person)
    with transaction.atomic():
        locks.held(Patient.objects).get(pk=patient.pk)
        before = {name: getattr(person, name) for name in columns}
        changed = sorted(name for name in columns if before[name] != columns[name])
        if not changed:
            return person, False
        standing = RelatedPerson.objects.filter(patient=patient, ended_at__isnull=True)
        if not standing.filter(pk=person.pk).exists():
            raise DomainError(_("Meanwhile this was ended: nothing was changed."))
        _refuse_twice(standing.exclude(pk=person.pk), person.kind, columns)
        updated = update_versioned(person, columns, expected_version)
        trail.record(
            actor,
            "patients.change_person",
            subject=updated,
            patient_uuid=patient.uuid,
            detail={
                "role": person.kind,
                "changed": {name: [_plain(before[name]), _plain(columns[name])] for name in changed},
            },
        )
    return updated, True


def end_person(actor: Actor, person: RelatedPerson, reason: str) -> None:
    """End what somebody is to a patient. Raises FieldErrors without a reason, DomainError when it was ended before."""
    end(
        actor,
        person,
        reason,
        right=permissions.CHANGE,
        action="patients.end_person",
        detail={"role": person.kind, "name": person.name},
    )


def _check(
    actor: Actor, patient: Patient, kind: str, typed: Mapping[str, Any], held: RelatedPerson | None = None
) -> dict[str, Any]:
    """The columns of the form. A link to a record that the actor may not open is kept, and can not be made."""
    if kind == PersonKind.PARENTAL and not patient.is_minor:
        raise DomainError(_("This patient is of age: nobody has parental authority over her or him."))
    typed = dict(typed)
    number = str(typed.pop("number", "")).strip()
    if number:
        typed["person"] = _numbered(actor, patient, number)
    elif held is not None and held.person is not None and not reach.may(actor, permissions.VIEW_IDENTITY, held.person):
        columns = check_person(kind, typed | {"name": held.name}, patient.born_on, clock.today())
        return columns | {"person": held.person}
    return check_person(kind, typed, patient.born_on, clock.today())


def _numbered(actor: Actor, patient: Patient, number: str) -> Patient:
    found = None
    if number.isascii() and number.isdigit() and len(number) < 19:
        within = reach.within(actor, permissions.VIEW_IDENTITY)
        found = Patient.objects.filter(within, number=int(number), merged_into__isnull=True).first()
    if found is None:
        raise FieldErrors({"number": _("No patient has this record number.")})
    if found.pk == patient.pk:
        raise FieldErrors({"number": _("This is the record of the patient herself or himself.")})
    return found


def _refuse_twice(standing: Any, kind: str, columns: Mapping[str, Any]) -> None:
    for other in standing.filter(kind=kind):
        linked = columns["person"]
        if other.person_id == linked.pk if linked else fold(other.name) == fold(columns["name"]):
            raise FieldErrors({"name": _("This person already stands in the record.")})


def _told(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: columns[name] for name in ("measure", "decides") if columns[name]}


def _plain(value: Any) -> Any:
    if isinstance(value, Patient):
        return value.display_name
    return value if isinstance(value, (str, int, bool, type(None))) else str(value)
