"""Change how a patient is reached. What no longer holds is ended, so that an old number still says whose it was."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.editing import update_versioned
from cuspide.patients import permissions, reach
from cuspide.patients.models import Address, ContactPoint, Patient
from cuspide.patients.rules.contacts import ADDRESS_FIELDS, Contacts, Point, check_contacts
from cuspide.patients.services import index


def update_contacts(actor: Actor, patient: Patient, typed: Mapping[str, Any], expected_version: int) -> bool:
    """Make the patient's contacts those of the form; whether anything changed. Raises FieldErrors, EditConflict."""
    reach.require(actor, permissions.CHANGE, patient)
    contacts = check_contacts(typed)
    with transaction.atomic():
        updated = update_versioned(patient, {}, expected_version)
        changed = write_contacts(updated, contacts)
        if not changed:
            transaction.set_rollback(True)
            patient.version = expected_version
            return False
        index.refresh(updated)
        trail.record(
            actor,
            "patients.change_contacts",
            subject=updated,
            patient_uuid=updated.uuid,
            detail={"changed": changed},
        )
    return True


def write_contacts(patient: Patient, contacts: Contacts, *, is_new: bool = False) -> list[str]:
    """Write contacts inside the caller's transaction; the names of what changed.

    The form holds the first place of each use; further places, from an import, are left alone.
    """
    now = clock.now()
    held = {}
    if not is_new:
        held = {
            (point.kind, point.use): point
            for point in ContactPoint.objects.filter(patient=patient, ended_at__isnull=True, position=0)
        }
    changed: list[str] = []
    fresh: list[ContactPoint] = []
    wanted = {(point.kind, point.use): point for point in contacts.points}
    for place in held.keys() | wanted.keys():
        old, new = held.get(place), wanted.get(place)
        if old and new and (old.value, old.whose) == (new.value, new.whose):
            continue
        changed.append(f"{place[0]}:{place[1]}")
        if old:
            old.ended_at = now
            old.save(update_fields=["ended_at"])
        if new:
            fresh.append(contact_point(patient, new, now))
    ContactPoint.objects.bulk_create(fresh)
    if _write_address(patient, contacts.address, is_new=is_new):
        changed.append("address")
    return sorted(changed)


def contact_point(patient: Patient, point: Point, now: dt.datetime) -> ContactPoint:
    """The row of a contact, not saved yet."""
    return ContactPoint(
        patient=patient,
        kind=point.kind,
        use=point.use,
        value=point.value,
        normalised=point.normalised,
        whose=point.whose,
        created_at=now,
    )


def _write_address(patient: Patient, wanted: Mapping[str, str], *, is_new: bool) -> bool:
    old = None if is_new else Address.objects.filter(patient=patient, use="home", ended_at__isnull=True).first()
    if old and wanted and all(getattr(old, name) == wanted[name] for name in ADDRESS_FIELDS):
        return False
    if old:
        old.ended_at = clock.now()
        old.save(update_fields=["ended_at"])
    if wanted:
        Address.objects.create(patient=patient, use="home", **wanted)
    return bool(old or wanted)
