"""Record, confirm and end medical alerts. Nothing is changed or deleted: an alert ends, with who said so and why."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.submissions import once
from cuspide.patients import permissions, reach
from cuspide.patients.models import Alert, AlertStatement, Patient
from cuspide.patients.models.alerts import AlertSeverity, AlertSource
from cuspide.patients.rules.alerts import check_alert, same_alert
from cuspide.patients.services.ending import end

# Nobody has judged it yet: it is shown as if it were the worst.
_AS_TOLD = {"severity": AlertSeverity.DANGER.value, "source": AlertSource.PATIENT.value}


def add_alert(actor: Actor, patient: Patient, typed: Mapping[str, Any], *, key: Any = None) -> tuple[Alert, bool]:
    """Record an alert. Raises FieldErrors when the same one already stands.

    Of an actor who does not treat, the words and the kind are taken and nothing else: said by the patient, as grave as
    can be, to be confirmed.
    """
    reach.require(actor, permissions.NOTE_ALERTS, patient)
    treats = reach.may(actor, permissions.CHANGE_ALERTS, patient)
    if not treats:
        typed = {"kind": typed["kind"], "label": typed.get("label", ""), **_AS_TOLD}
    columns = check_alert(typed, patient.born_on)

    def create() -> Alert:
        locks.held(Patient.objects).get(pk=patient.pk)
        standing = Alert.objects.filter(patient=patient, kind=typed["kind"], ended_at__isnull=True)
        if any(same_alert(other, columns) for other in standing):
            raise FieldErrors({"label": _("This alert already stands in the record.")})
        alert = Alert.objects.create(patient=patient, recorded_by=actor.label, to_confirm=not treats, **columns)
        trail.record(
            actor,
            "patients.add_alert" if treats else "patients.note_alert",
            subject=alert,
            patient_uuid=patient.uuid,
            detail={"kind": alert.kind, "label": alert.label, "severity": alert.severity},
        )
        return alert

    said = (patient.pk, sorted(typed.items()))
    return once(key, "patients.add_alert", create, Alert, actor=actor, said=said, known_as=lambda made: made.label)


def confirm_alert(actor: Actor, alert: Alert) -> None:
    """Say that an alert told on the telephone holds. Raises DomainError when it no longer waits for that."""
    reach.require(actor, permissions.CHANGE_ALERTS, alert.patient)
    with transaction.atomic():
        waiting = Alert.objects.filter(pk=alert.pk, to_confirm=True, ended_at__isnull=True)
        if not waiting.update(to_confirm=False, confirmed_at=clock.now(), confirmed_by=actor.label):
            raise DomainError(_("This alert was already confirmed or ended."))
        trail.record(
            actor,
            "patients.confirm_alert",
            subject=alert,
            patient_uuid=alert.patient.uuid,
            detail={"label": alert.label},
        )


def end_alert(actor: Actor, alert: Alert, reason: str) -> None:
    """End an alert. Raises FieldErrors without a reason, DomainError when it was ended before."""
    right, action = permissions.CHANGE_ALERTS, "patients.end_alert"
    end(actor, alert, reason, right=right, action=action, detail={"label": alert.label})


def state_none_known(
    actor: Actor, patient: Patient, source: str = AlertSource.PATIENT, *, key: Any = None
) -> tuple[AlertStatement, bool]:
    """Record that the patient was asked and has nothing to say. Raises DomainError while an alert stands."""
    reach.require(actor, permissions.CHANGE_ALERTS, patient)

    def create() -> AlertStatement:
        locks.held(Patient.objects).get(pk=patient.pk)
        if Alert.objects.filter(patient=patient, ended_at__isnull=True).exists():
            raise DomainError(_("An alert stands in this record: end it first if it no longer holds."))
        statement = AlertStatement.objects.create(patient=patient, source=source, recorded_by=actor.label)
        trail.record(actor, "patients.state_none_known", subject=statement, patient_uuid=patient.uuid)
        return statement

    return once(key, "patients.state_none_known", create, AlertStatement, actor=actor, said=patient.pk)
