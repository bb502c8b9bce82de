"""End what is said of a patient, with the reason. One way for every table that is an `Ending`."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.rights import Right
from cuspide.patients import reach
from cuspide.patients.models.ending import Ending
from cuspide.patients.rules.names import clean_name

LONGEST_REASON = 200


def end(actor: Actor, row: Ending, reason: str, *, right: Right, action: str, detail: Mapping[str, Any]) -> None:
    """End a row of a patient and trace it as `action` with `detail` and the reason.

    Raises FieldErrors (`reason`) without a reason, DomainError when it was ended before.
    """
    patient = row.patient  # type: ignore[attr-defined]  # every such table has one
    reach.require(actor, right, patient)
    said = clean_name(reason)[:LONGEST_REASON]
    if not said:
        raise FieldErrors({"reason": _("Say why this no longer holds.")})
    with transaction.atomic():
        standing = type(row)._default_manager.filter(pk=row.pk, ended_at__isnull=True)
        if not standing.update(ended_at=clock.now(), ended_by=actor.label, ended_reason=said):
            raise DomainError(_("This was already ended."))
        trail.record(actor, action, subject=row, patient_uuid=patient.uuid, detail={**detail, "reason": said})
