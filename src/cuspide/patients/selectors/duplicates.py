"""Patients who may be the person being created or changed."""

from django.db.models import Q

from cuspide.core.actor import Actor
from cuspide.patients import reach
from cuspide.patients.models import Patient
from cuspide.patients.permissions import VIEW_IDENTITY
from cuspide.patients.rules.duplicates import Known, may_be_the_same

MOST_SHOWN = 5


def known(patient: Patient) -> Known:
    return Known(
        family_names=(patient.birth_name, patient.used_name),
        given_names=(patient.first_birth_given_name, patient.used_given_name),
        birth_date=patient.birth_date,
        nir=patient.nir,
    )


def possible_duplicates(actor: Actor, candidate: Patient) -> list[Patient]:
    """Patients within the actor's reach who may be the candidate (saved or not), at most five. One query.

    Somebody of another site is not asked about: the question would tell of her. Whoever sees both merges them.
    """
    near = Q(born_on=candidate.born_on)
    if candidate.nir:
        near |= Q(nir=candidate.nir)
    others = Patient.objects.filter(near, reach.within(actor, VIEW_IDENTITY), merged_into__isnull=True)
    if candidate.pk is not None:
        others = others.exclude(pk=candidate.pk)
    sought = known(candidate)
    found = [other for other in others.order_by("number") if may_be_the_same(sought, known(other))]
    return found[:MOST_SHOWN]
