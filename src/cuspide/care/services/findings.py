"""Findings: recorded, corrected by a later one, voided with a reason. Nothing is changed and nothing deleted."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.care import permissions
from cuspide.care.models import Finding
from cuspide.care.odontogram.state import STATUSES, SURFACE_KINDS, Kind, Status
from cuspide.care.rules import Selected, is_printable, status_for, surfaces_for
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, EditConflict, FieldErrors
from cuspide.core.models import new_uuid
from cuspide.formats import teeth
from cuspide.formats.errors import FormatError
from cuspide.patients import reach
from cuspide.patients.models import Patient

_NOTE_LENGTH = 300


def _checked(
    actor: Actor,
    patient: Patient,
    tooth: str,
    surfaces: str,
    kind: str,
    status: str,
    observed_at: dt.date | None,
    note: str,
    group: uuid.UUID | None = None,
) -> Finding:
    """A finding that may be written, or FieldErrors that say what is wrong."""
    errors: dict[str, object] = {}
    today = clock.today()
    day = observed_at or today
    try:
        named = teeth.tooth(tooth)
        written = "".join(surface.value for surface in teeth.parse_surfaces(surfaces, named))
    except FormatError as error:
        field = "tooth" if error.code.startswith("tooth") else "surfaces"
        raise FieldErrors(
            {field: _("This tooth does not exist.") if field == "tooth" else _("These surfaces are not of this tooth.")}
        ) from error
    try:
        a_kind, a_status = Kind(kind), Status(status)
    except ValueError as error:
        raise FieldErrors({"kind": _("This finding is not known.")}) from error
    if a_status not in STATUSES[a_kind]:
        errors["status"] = _("This finding cannot be noted in that state.")
    if written and a_kind not in SURFACE_KINDS:
        errors["surfaces"] = _("This finding concerns the whole tooth.")
    if day > today:
        errors["observed_at"] = _("A finding is not dated after today.")
    elif day < patient.born_on:
        errors["observed_at"] = _("This day is before the patient’s birth.")
    if not is_printable(note):
        errors["note"] = _("The remark holds characters that cannot be kept.")
    if len(note) > _NOTE_LENGTH:
        errors["note"] = _("The remark is too long: 300 characters at most.")
    if errors:
        raise FieldErrors(errors)
    return Finding(
        patient=patient,
        tooth=named.code,
        surfaces=written,
        kind=a_kind.value,
        status=a_status.value,
        observed_at=day,
        note=note.strip(),
        group=group,
        recorded_by_user_id=actor.user_id,
        recorded_by=actor.label,
    )


def record_finding(
    actor: Actor,
    patient: Patient,
    tooth: str,
    kind: str,
    *,
    surfaces: str = "",
    status: str = Status.EXISTING,
    observed_at: dt.date | None = None,
    note: str = "",
    group: uuid.UUID | None = None,
) -> Finding:
    """Note what was seen on a tooth. FieldErrors for what cannot be."""
    reach.require(actor, permissions.CHART, patient)
    with transaction.atomic():
        finding = _checked(actor, patient, tooth, surfaces, kind, status, observed_at, note, group)
        finding.save()
        _trace(actor, "care.record_finding", finding)
    return finding


def record_findings(
    actor: Actor,
    patient: Patient,
    selection: Sequence[Selected],
    kind: str,
    *,
    wanted: Status | None = None,
    observed_at: dt.date | None = None,
    note: str = "",
) -> list[Finding]:
    """Note one thing on all the selected teeth at once: all or none.

    What does not concern faces is noted on the whole tooth even where faces are selected; the status is the one that
    suits the kind (see `rules.status_for`). Several teeth of one bridge or denture share a group.
    """
    reach.require(actor, permissions.CHART, patient)
    if not selection:
        raise DomainError(_("Select a tooth first."))
    try:
        a_kind = Kind(kind)
    except ValueError as error:
        raise FieldErrors({"kind": _("This finding is not known.")}) from error
    status = status_for(a_kind, wanted)
    tied = a_kind in (Kind.BRIDGE_ABUTMENT, Kind.BRIDGE_PONTIC, Kind.PROSTHESIS) and len(selection) > 1
    group = new_uuid() if tied else None
    inner = {each.tooth for each in selection[1:-1]} if a_kind is Kind.BRIDGE_ABUTMENT else set()
    with transaction.atomic():
        return [
            record_finding(
                actor,
                patient,
                each.tooth,
                Kind.BRIDGE_PONTIC if each.tooth in inner else a_kind,
                surfaces=surfaces_for(a_kind, each.surfaces, each.tooth),
                status=status,
                observed_at=observed_at,
                note=note,
                group=group,
            )
            for each in selection
        ]


def correct_finding(
    actor: Actor,
    finding: Finding,
    *,
    tooth: str | None = None,
    surfaces: str | None = None,
    kind: str | None = None,
    status: str | None = None,
    observed_at: dt.date | None = None,
    note: str | None = None,
) -> Finding:
    """Replace a finding by a right one; the earlier stays readable. What is not given is kept.

    EditConflict (with `current`) when somebody corrected or voided it first.
    """
    actor.require(permissions.CHART)
    reach.require(actor, permissions.CHART, finding.patient)
    with transaction.atomic():
        right = _checked(
            actor,
            finding.patient,
            finding.tooth if tooth is None else tooth,
            finding.surfaces if surfaces is None else surfaces,
            finding.kind if kind is None else kind,
            finding.status if status is None else status,
            observed_at or finding.observed_at,
            finding.note if note is None else note,
            finding.group,
        )
        right.save()
        written = Finding.objects.standing().filter(pk=finding.pk).update(superseded_by=right)
        if not written:
            raise _too_late(finding)
        finding.superseded_by = right
        _trace(actor, "care.correct_finding", right, before=_facts(finding))
    return right


def void_finding(actor: Actor, finding: Finding, reason: str) -> Finding:
    """Take back a finding that was noted by mistake. FieldErrors without a reason; EditConflict when it is no longer
    standing."""
    actor.require(permissions.CHART)
    reach.require(actor, permissions.CHART, finding.patient)
    reason = reason.strip()
    if not reason:
        raise FieldErrors({"reason": _("Say why this is taken back.")})
    if len(reason) > _NOTE_LENGTH or not is_printable(reason):
        raise FieldErrors({"reason": _("The reason is a sentence of 300 characters at most.")})
    changes = {
        "voided_at": clock.now(),
        "voided_by_user_id": actor.user_id,
        "voided_by": actor.label,
        "void_reason": reason,
    }
    with transaction.atomic():
        if not Finding.objects.standing().filter(pk=finding.pk).update(**changes):
            raise _too_late(finding)
        for name, value in changes.items():
            setattr(finding, name, value)
        _trace(actor, "care.void_finding", finding, reason=reason)
    return finding


def _too_late(finding: Finding) -> EditConflict:
    return EditConflict(
        _("Somebody else has corrected or taken back this finding meanwhile."),
        current=Finding.objects.get(pk=finding.pk),
    )


def _facts(finding: Finding) -> dict[str, str]:
    return {
        "tooth": finding.tooth,
        "surfaces": finding.surfaces,
        "kind": str(finding.kind),
        "status": str(finding.status),
        "observed_at": finding.observed_at.isoformat(),
    }


def _trace(actor: Actor, action: str, finding: Finding, **more: object) -> None:
    trail.record(actor, action, subject=finding, patient_uuid=finding.patient.uuid, detail={**_facts(finding), **more})
