"""Patients who may be the person being created or changed."""

from django.db.models import Q

from cuspide.patients.models import Patient
from cuspide.patients.rules.duplicates import Known, may_be_the_same

MOST_SHOWN = 5


def known(patient: Patient) -> Known:
    return Known(
        family_names=(patient.birth_name, patient.used_name),
        given_names=(patient.first_birth_given_name, patient.used_given_name),
        birth_date=patient.birth_date,
        nir=patient.nir,
    )


def possible_duplicates(candidate: Patient) -> list[Patient]:
    """Patients of the store who may be the candidate (saved or not), at most five. One query."""
    near = Q(born_on=candidate.born_on)
    if candidate.nir:
        near |= Q(nir=candidate.nir)
    others = Patient.objects.filter(near, merged_into__isnull=True)
    if candidate.pk is not None:
        others = others.exclude(pk=candidate.pk)
    sought = known(candidate)
    found = [other for other in others.order_by("number") if may_be_the_same(sought, known(other))]
    return found[:MOST_SHOWN]
