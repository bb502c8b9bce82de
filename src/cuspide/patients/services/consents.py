"""Note what a patient agreed to or opposed. A later statement takes the place of an earlier one; none is changed."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.submissions import once
from cuspide.patients import permissions, reach
from cuspide.patients.models import ConsentStatement, Patient
from cuspide.patients.models.consents import ConsentSubject
from cuspide.patients.rules.names import clean_name
from cuspide.patients.services.ending import end


def state_consent(
    actor: Actor, patient: Patient, subject: str, typed: Mapping[str, Any], *, key: Any = None
) -> tuple[ConsentStatement, bool]:
    """Note that somebody said yes or no. Raises FieldErrors."""
    reach.require(actor, permissions.CHANGE, patient)
    columns = {
        "agrees": typed["agrees"],
        "said_on": typed.get("said_on") or clock.today(),
        "said_by": clean_name(str(typed.get("said_by", "")))[:120],
        "manner": typed["manner"],
        "remark": clean_name(str(typed.get("remark", "")))[:300],
    }
    if subject == ConsentSubject.PARENTS:
        if not patient.is_minor:
            raise DomainError(_("This is asked of a minor alone."))
        if columns["said_by"]:
            raise FieldErrors({"said_by": _("Only the minor asks for it, and only the minor takes it back.")})
    if columns["said_on"] > clock.today():
        raise FieldErrors({"said_on": _("This day is still to come.")})
    if columns["said_on"] < patient.born_on:
        raise FieldErrors({"said_on": _("This day is before the patient’s birth.")})
    if patient.deceased_on is not None and columns["said_on"] > patient.deceased_on:
        raise FieldErrors({"said_on": _("This day is after the patient’s death.")})

    def create() -> ConsentStatement:
        made = ConsentStatement.objects.create(patient=patient, subject=subject, recorded_by=actor.label, **columns)
        trail.record(actor, "patients.state_consent", subject=made, patient_uuid=patient.uuid, detail=_told(made))
        return made

    said = (patient.pk, subject, sorted(columns.items()))
    return once(key, "patients.state_consent", create, ConsentStatement, actor=actor, said=said)


def void_consent(actor: Actor, statement: ConsentStatement, reason: str) -> None:
    """Say that a statement was noted by mistake: what was said before it holds again. Raises FieldErrors without a
    reason, DomainError when it was void before."""
    end(actor, statement, reason, right=permissions.CHANGE, action="patients.void_consent", detail=_told(statement))


def _told(statement: ConsentStatement) -> dict[str, Any]:
    return {"about": statement.subject, "agrees": statement.agrees}
