"""Keep the directory of correspondents, and say what each is to a patient."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.editing import update_versioned
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.submissions import once
from cuspide.patients import permissions, reach
from cuspide.patients.models import Correspondent, CorrespondentLink, Patient
from cuspide.patients.models.correspondents import LinkRole
from cuspide.patients.rules.correspondents import check_correspondent
from cuspide.patients.services.ending import end

MOST = 20
"""So many stand with one patient at a time."""


def add_correspondent(actor: Actor, typed: Mapping[str, Any], *, key: Any = None) -> tuple[Correspondent, bool]:
    """Enter somebody in the directory. Raises FieldErrors, also for an RPPS number that is known."""
    actor.require(permissions.CORRESPONDENTS)
    columns = check_correspondent(typed)

    def create() -> Correspondent:
        _refuse_known(columns)
        made = Correspondent.objects.create(recorded_by=actor.label, **columns)
        trail.record(actor, "patients.add_correspondent", subject=made, detail={"name": made.full_name})
        return made

    said = sorted(columns.items())
    return once(
        key,
        "patients.add_correspondent",
        create,
        Correspondent,
        actor=actor,
        said=said,
        known_as=lambda made: made.full_name,
    )


def change_correspondent(
    actor: Actor, correspondent: Correspondent, typed: Mapping[str, Any], expected_version: int
) -> tuple[Correspondent, bool]:
    """Correct an entry; whether anything changed. Raises FieldErrors, EditConflict."""
    actor.require(permissions.CORRESPONDENTS)
    columns = check_correspondent(typed)
    before = {name: getattr(correspondent, name) for name in columns}
    changed = sorted(name for name in columns if before[name] != columns[name])
    if not changed:
        return correspondent, False
    with transaction.atomic():
        _refuse_known(columns, but=correspondent)
        updated = update_versioned(correspondent, columns, expected_version)
        told = {name: [before[name], columns[name]] for name in changed if name != "sought"}
        trail.record(actor, "patients.change_correspondent", subject=updated, detail={"changed": told})
    return updated, True


def retire_correspondent(actor: Actor, correspondent: Correspondent, *, retired: bool) -> bool:
    """Offer somebody for nothing new, or again; whether that changed anything. The links stay as they are."""
    actor.require(permissions.CORRESPONDENTS)
    with transaction.atomic():
        rows = Correspondent.objects.filter(pk=correspondent.pk, retired_at__isnull=retired)
        if not rows.update(retired_at=clock.now() if retired else None):
            return False
        action = "patients.retire_correspondent" if retired else "patients.bring_back_correspondent"
        trail.record(actor, action, subject=correspondent, detail={"name": correspondent.full_name})
    return True


def link_correspondent(
    actor: Actor, patient: Patient, correspondent: Correspondent, role: str, *, key: Any = None
) -> tuple[CorrespondentLink, bool]:
    """Say what somebody of the directory is to a patient. Raises DomainError.

    A general practitioner takes the place of the one before, whose link ends.
    """
    reach.require(actor, permissions.CHANGE, patient)
    if role not in LinkRole.values:
        raise FieldErrors({"role": _("Say what this professional is to the patient.")})

    def create() -> CorrespondentLink:
        locks.held(Patient.objects).get(pk=patient.pk)
        if Correspondent.objects.filter(pk=correspondent.pk, retired_at__isnull=False).exists():
            raise DomainError(_("This correspondent is no longer offered by the directory."))
        standing = CorrespondentLink.objects.filter(patient=patient, ended_at__isnull=True)
        if standing.filter(correspondent=correspondent, role=role).exists():
            raise DomainError(_("This correspondent already stands in the record."))
        if standing.count() >= MOST:
            raise DomainError(_("Too many correspondents stand in this record: end those who no longer do."))
        if role == LinkRole.TREATING:
            for former in standing.filter(role=role):
                end_link(actor, former, str(_("Another general practitioner was recorded")))
        made = CorrespondentLink.objects.create(
            patient=patient, correspondent=correspondent, role=role, recorded_by=actor.label
        )
        trail.record(actor, "patients.link_correspondent", subject=made, patient_uuid=patient.uuid, detail=_told(made))
        return made

    said = (patient.pk, correspondent.pk, role)
    return once(key, "patients.link_correspondent", create, CorrespondentLink, actor=actor, said=said)


def end_link(actor: Actor, link: CorrespondentLink, reason: str) -> None:
    """End what somebody is to a patient. Raises FieldErrors without a reason, DomainError when it was ended before."""
    end(actor, link, reason, right=permissions.CHANGE, action="patients.end_link", detail=_told(link))


def _told(link: CorrespondentLink) -> dict[str, str]:
    return {"link": link.role, "name": link.correspondent.full_name}


def _refuse_known(columns: Mapping[str, Any], but: Correspondent | None = None) -> None:
    if not columns["rpps"]:
        return
    other = Correspondent.objects.filter(rpps=columns["rpps"]).first()
    if other is not None and other != but:
        said = DomainError(_("This RPPS number is that of %(name)s."), {"name": other.full_name})
        raise FieldErrors({"rpps": said})
