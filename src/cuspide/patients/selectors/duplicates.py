"""Patients who may be the person being created or changed."""

from typing import Any

from django.db.models import Q, QuerySet

from cuspide.core.actor import Actor
from cuspide.core.db.prepared import ALL, prepared
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
    where = reach.within(actor, VIEW_IDENTITY)
    # Nobody has the key 0.
    asked = (candidate.born_on, candidate.pk or 0)
    if candidate.nir:
        others = _born_or_numbered(*asked, candidate.nir, where=where)
    else:
        others = _born(*asked, where=where)
    sought = known(candidate)
    return [other for other in others if may_be_the_same(sought, known(other))][:MOST_SHOWN]


@prepared
def _born(day: Any, but: Any, where: Q = ALL) -> QuerySet[Patient]:
    return _others(Q(born_on=day), but, where)


@prepared
def _born_or_numbered(day: Any, but: Any, nir: Any, where: Q = ALL) -> QuerySet[Patient]:
    return _others(Q(born_on=day) | Q(nir=nir), but, where)


def _others(near: Q, but: Any, where: Q) -> QuerySet[Patient]:
    return Patient.objects.filter(near, where, merged_into__isnull=True).exclude(pk=but).order_by("number")
