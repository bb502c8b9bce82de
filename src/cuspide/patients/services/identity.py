"""Create a patient and change who the practice takes her to be."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.editing import update_versioned
from cuspide.core.errors import FieldErrors
from cuspide.core.submissions import once
from cuspide.patients import permissions, reach
from cuspide.patients.models import Household, Patient
from cuspide.patients.models.identity import IdentityDocument, InsStatus
from cuspide.patients.rules.contacts import check_contacts
from cuspide.patients.rules.cover import check_amc, check_amo
from cuspide.patients.rules.identity import TRAITS, CheckedIdentity, check_identity
from cuspide.patients.selectors.duplicates import possible_duplicates
from cuspide.patients.services import contacts as contact_service
from cuspide.patients.services import coverage as coverage_service
from cuspide.patients.services import index
from cuspide.patients.services.confirming import NeedsConfirmation, duplicates_key
from cuspide.patients.services.following import follow_newcomer

# SQL of both stores.
_TAKE_NUMBERS = """
INSERT INTO patients_recordnumber (id, last) VALUES (1, 1000 + %s)
ON CONFLICT (id) DO UPDATE SET last = patients_recordnumber.last + %s RETURNING last
"""


@dataclass(frozen=True)
class Saved:
    """The patient, whether the record was made or changed now, and the NIR key when it was computed."""

    patient: Patient
    now: bool
    nir_key_computed: str = ""


def create_patient(
    actor: Actor,
    typed: Mapping[str, Any],
    *,
    key: uuid.UUID | str | None = None,
    confirmed: frozenset[str] = frozenset(),
) -> Saved:
    """Create a patient from the fields of the new-patient form: identity, contacts, cover.

    Only the birth name, a sex and a birth date are needed. Sent twice with the same `key` it makes one record.
    Raises FieldErrors; NeedsConfirmation until every doubt and the possible duplicates stand in `confirmed`.
    """
    actor.require(permissions.CHANGE)
    if isinstance(typed.get("household_of"), Patient):
        reach.require(actor, permissions.CHANGE, typed["household_of"])
    today = clock.today()
    errors: dict[str, Any] = {}
    checked = _collect(errors, lambda: check_identity(typed, today))
    contacts = _collect(errors, lambda: check_contacts(typed))
    amo = _collect(errors, lambda: check_amo(typed, checked.identity.nir if checked else ""))
    amc = _collect(errors, lambda: check_amc(typed))
    if errors or checked is None or contacts is None:
        raise FieldErrors(errors)

    def create() -> Patient:
        # The counter is locked before duplicates are looked for: two forms for one person cannot pass side by side.
        number = take_numbers(1)
        columns = checked.identity.columns()
        _ask(checked, confirmed, possible_duplicates(actor, Patient(**columns)))
        patient = Patient(number=number, **columns, **_seen(actor, str(typed.get("seen_now", ""))))
        housemate = typed.get("household_of")
        if isinstance(housemate, Patient):
            patient.household = household_of(housemate)
            patient.guarantor = housemate if typed.get("pays") else None
        patient.save(force_insert=True)
        follow_newcomer(actor, patient)
        index.index_new(patient, [point.normalised for point in contacts.points if point.kind == "phone"])
        contact_service.write_contacts(patient, contacts, is_new=True)
        coverage_service.write_first_coverage(actor, patient, amo, amc, typed.get("exemptions") or [])
        trail.record(actor, "patients.create", subject=patient, patient_uuid=patient.uuid)
        return patient

    patient, now = once(
        key,
        "patients.create",
        create,
        Patient,
        actor=actor,
        said=_said(typed),
        known_as=lambda made: made.display_name,
    )
    return Saved(patient, now, checked.nir_key_computed)


def _said(typed: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What was typed, in plain values: a patient by her key."""
    return [(name, getattr(value, "pk", value)) for name, value in sorted(typed.items())]


def update_identity(
    actor: Actor,
    patient: Patient,
    typed: Mapping[str, Any],
    expected_version: int,
    *,
    confirmed: frozenset[str] = frozenset(),
) -> Saved:
    """Change an identity. Raises FieldErrors, NeedsConfirmation, EditConflict.

    The change of a trait undoes a validation, unless a document was seen for it now (`seen_now`); so does a doubt.
    """
    reach.require(actor, permissions.CHANGE, patient)
    checked = check_identity(typed, clock.today())
    with transaction.atomic():
        columns = checked.identity.columns()
        before = {name: getattr(patient, name) for name in columns}
        changed = sorted(name for name in columns if before[name] != columns[name])
        if set(changed) & TRAITS:
            probe = Patient(pk=patient.pk, **columns)
            _ask(checked, confirmed, possible_duplicates(actor, probe))
        else:
            _ask(checked, confirmed, [], only_fields=set(changed))
        undone = bool(set(changed) & TRAITS) or columns["doubtful"]
        status = _status_after(actor, patient, undone, str(typed.get("seen_now", "")))
        if not changed and not status:
            return Saved(patient, now=False)
        updated = update_versioned(patient, {**columns, **status}, expected_version)
        index.refresh(updated)
        trail.record(
            actor,
            "patients.change",
            subject=updated,
            patient_uuid=updated.uuid,
            detail={
                "changed": {name: [_plain(before[name]), _plain(columns[name])] for name in changed},
                **({"ins_status": status["ins_status"]} if status else {}),
            },
        )
    return Saved(updated, now=True, nir_key_computed=checked.nir_key_computed if "nir" in changed else "")


def household_of(patient: Patient) -> Household:
    """The household of a patient, made when there is none yet. Call it inside a transaction."""
    if patient.household is None:
        patient.household = Household.objects.create()
        Patient.objects.filter(pk=patient.pk).update(household=patient.household, version=F("version") + 1)
    return patient.household


def _collect(errors: dict[str, Any], check: Any) -> Any:
    try:
        return check()
    except FieldErrors as refused:
        errors.update(refused.errors)
        return None


def _ask(
    checked: CheckedIdentity,
    confirmed: frozenset[str],
    duplicates: Sequence[Patient],
    only_fields: set[str] | None = None,
) -> None:
    doubts = [d for d in checked.doubts if only_fields is None or d.field in only_fields]
    open_doubts = any(doubt.key not in confirmed for doubt in doubts)
    if open_doubts or (duplicates and duplicates_key(duplicates) not in confirmed):
        raise NeedsConfirmation(doubts, duplicates)


def take_numbers(count: int) -> int:
    """The first of so many new record numbers. The statement locks the counter until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_NUMBERS, [count, count])
        return int(cursor.fetchone()[0]) - count + 1


def _seen(actor: Actor, document: str) -> dict[str, Any]:
    if document not in IdentityDocument.values or not document:
        return {}
    return {
        "ins_status": InsStatus.VALIDEE.value,
        "identity_document": document,
        "identity_seen_at": clock.now(),
        "identity_seen_by": actor.label[:150],
    }


def _status_after(actor: Actor, patient: Patient, undone: bool, document: str) -> dict[str, Any]:
    seen = _seen(actor, document)
    if seen:
        if patient.ins_status in {InsStatus.RECUPEREE, InsStatus.QUALIFIEE} and not undone:
            seen["ins_status"] = InsStatus.QUALIFIEE.value
        return seen
    if undone and patient.ins_status != InsStatus.PROVISOIRE:
        return {
            "ins_status": InsStatus.PROVISOIRE.value,
            "identity_document": "",
            "identity_seen_at": None,
            "identity_seen_by": "",
        }
    return {}


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, bool, type(None))) else str(value)
