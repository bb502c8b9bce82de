"""Recalls that are due."""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from cuspide.agenda.models import DueRecall
from cuspide.core.db.prepared import prepared

if TYPE_CHECKING:
    from cuspide.patients.models import Patient


@prepared
def _due(patient: Any) -> QuerySet[DueRecall]:
    return DueRecall.objects.filter(patient=patient, settled_at__isnull=True).order_by("due_on", "pk")[:20]


def due_recalls(patient: "Patient") -> Sequence[DueRecall]:
    """What is due of a patient, the oldest first, also what will be. One query."""
    return list(_due(patient.pk))


def recall_of(patient: "Patient", name: uuid.UUID) -> DueRecall | None:
    """A recall of this patient by its public name."""
    found = DueRecall.objects.filter(patient=patient, uuid=name).first()
    if found is not None:
        found.patient = patient
    return found
