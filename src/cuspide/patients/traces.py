"""What the trace says of patients who were shown in a list: who they were, never what was typed."""

from collections.abc import Sequence

from cuspide.audit import gathering, trail
from cuspide.core.actor import Actor
from cuspide.patients.models import Patient


def trace_shown(actor: Actor, patients: Sequence[Patient]) -> None:
    """One row for an answer that shows patients; none when it shows nobody."""
    if patients:
        trail.reading(actor, "patients.search", detail={"shown": [str(patient.uuid) for patient in patients]})


def trace_found(actor: Actor, patients: Sequence[Patient]) -> None:
    """The answers to one search, letter by letter, become one row that names everybody who was shown."""
    gathering.show(actor, "patients.search", [patient.uuid for patient in patients])


# Pages that show the record; every other page is a form over it, which is not yet the change that its name says.
_SHOWS = {"record", "coverage", "alerts", "people", "consents", "readers"}


def trace_opened(actor: Actor, patient: Patient, page: str) -> None:
    """A page of a patient's record was shown; `page` names it (`record`, `coverage`, `alerts`, `people`, `readers`,
    a form)."""
    action = f"patients.{page}" if page in _SHOWS else "patients.form"
    detail = None if page in _SHOWS else {"form": page}
    trail.reading(actor, action, subject=patient, patient_uuid=patient.uuid, detail=detail)
