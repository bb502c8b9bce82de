"""What the trace says of patients who were shown in a list: who they were, never what was typed."""

from collections.abc import Sequence

from cuspide.audit import trail
from cuspide.core.actor import Actor
from cuspide.patients.models import Patient


def trace_shown(actor: Actor, patients: Sequence[Patient]) -> None:
    """One row for an answer that shows patients; none when it shows nobody."""
    if patients:
        trail.reading(actor, "patients.search", detail={"shown": [str(patient.uuid) for patient in patients]})


def trace_opened(actor: Actor, patient: Patient, page: str) -> None:
    """A page of a patient's record was shown; `page` names it (`record`, `coverage`, `alerts`…)."""
    trail.reading(actor, f"patients.{page}", subject=patient, patient_uuid=patient.uuid)
