"""Note what a patient agreed to or opposed. A later statement takes the place of an earlier one; none is changed."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.submissions import once
from cuspide.patients import permissions, reach
from cuspide.patients.models import ConsentStatement, Patient
from cuspide.patients.rules.names import clean_name


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
    if columns["said_on"] > clock.today():
        raise FieldErrors({"said_on": _("This day is still to come.")})
    if columns["said_on"] < patient.born_on:
        raise FieldErrors({"said_on": _("This day is before the patient’s birth.")})
    if patient.deceased_on is not None and columns["said_on"] > patient.deceased_on:
        raise FieldErrors({"said_on": _("This day is after the patient’s death.")})

    def create() -> ConsentStatement:
        made = ConsentStatement.objects.create(patient=patient, subject=subject, recorded_by=actor.label, **columns)
        _trace(actor, made, "patients.state_consent")
        return made

    said = (patient.pk, subject, sorted(columns.items()))
    return once(key, "patients.state_consent", create, ConsentStatement, actor=actor, said=said)


def void_consent(actor: Actor, statement: ConsentStatement, reason: str) -> None:
    """Say that a statement was noted by mistake: what was said before it holds again. Raises FieldErrors without a
    reason, DomainError when it was void before."""
    reach.require(actor, permissions.CHANGE, statement.patient)
    said = clean_name(reason)
    if not said:
        raise FieldErrors({"reason": _("Say why it was noted by mistake.")})
    with transaction.atomic():
        voided = ConsentStatement.objects.filter(pk=statement.pk, voided_at__isnull=True).update(
            voided_at=clock.now(), voided_by=actor.label, voided_reason=said[:200]
        )
        if not voided:
            raise DomainError(_("This statement was void already."))
        _trace(actor, statement, "patients.void_consent", reason=said)


def _trace(actor: Actor, statement: ConsentStatement, action: str, **more: str) -> None:
    detail = {"about": statement.subject, "agrees": statement.agrees, **more}
    trail.record(actor, action, subject=statement, patient_uuid=statement.patient.uuid, detail=detail)
