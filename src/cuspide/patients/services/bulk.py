"""Many patients at once, as an import brings them. Part of a write that has its right, transaction and trace.

Each was checked by the rules of the new-patient form (`rules.identity`, `rules.contacts`); what `create_patient` writes
of one is written here of many, in a number of statements that does not grow with each.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model, Q

from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import bulk
from cuspide.core.editing import update_versioned
from cuspide.core.models import new_uuid
from cuspide.patients.merging import columns
from cuspide.patients.models import (
    Address,
    AmcCoverage,
    AmoCoverage,
    ContactPoint,
    Following,
    Patient,
    PossibleDuplicate,
    search,
)
from cuspide.patients.models.coverage import Beneficiary
from cuspide.patients.rules.contacts import ADDRESS_FIELDS, PHONE_FIELDS, Contacts, Point
from cuspide.patients.rules.identity import TRAITS, Identity
from cuspide.patients.rules.names import fold
from cuspide.patients.services import coverage, index
from cuspide.patients.services.contacts import contact_point
from cuspide.patients.services.following import places_of_newcomers
from cuspide.patients.services.identity import take_numbers


@dataclass(frozen=True)
class Newcomer:
    """Somebody who was checked and is not yet in the store."""

    identity: Identity
    contacts: Contacts
    amo: Mapping[str, Any] | None = None
    amc: Mapping[str, Any] | None = None
    """Columns of the cover, as `rules.cover` gives them."""


def create_many(actor: Actor, newcomers: Sequence[Newcomer], *, site_id: int | None = None) -> list[Patient]:
    """Create patients inside the caller's transaction, whose trace names them; in the order given.

    They are followed at the site, or where whomever the actor creates is.
    """
    if not newcomers:
        return []
    now = clock.now()
    first = take_numbers(len(newcomers))
    patients = [
        Patient(number=number, created_at=now, **each.identity.columns())
        for number, each in enumerate(newcomers, start=first)
    ]
    bulk.insert(patients)
    pairs = list(zip(patients, newcomers, strict=True))
    places = {(site_id, None)} if site_id else places_of_newcomers(actor)
    bulk.insert_rows(
        Following,
        ["patient_id", "site_id", "practitioner_id", "since"],
        [[patient.pk, site, practitioner, now] for patient in patients for site, practitioner in places],
    )
    bulk.insert_rows(
        ContactPoint,
        ["uuid", "patient_id", "kind", "use", "position", "value", "normalised", "whose", "created_at"],
        [
            [new_uuid(), patient.pk, point.kind, point.use, 0, point.value, point.normalised, point.whose, now]
            for patient, each in pairs
            for point in each.contacts.points
        ],
    )
    bulk.insert_rows(
        Address,
        ["uuid", "patient_id", "use", "created_at", *ADDRESS_FIELDS],
        [
            [new_uuid(), patient.pk, "home", now, *(each.contacts.address[name] for name in ADDRESS_FIELDS)]
            for patient, each in pairs
            if each.contacts.address
        ],
    )
    today = clock.today()
    bulk.insert([coverage.first_amo(actor, patient, each.amo, today) for patient, each in pairs if each.amo])
    bulk.insert([coverage.first_amc(actor, patient, each.amc, today) for patient, each in pairs if each.amc])
    index.index_many(
        (patient, [point.normalised for point in each.contacts.points if point.kind == "phone"])
        for patient, each in pairs
    )
    return patients


# What an import may add to somebody whom the practice knows; her name, sex and birth date are not for it to change.
_COMPLETED = (
    "first_birth_given_name",
    "birth_given_names",
    "birth_place_code",
    "birth_place",
    "nir",
    "used_name",
    "used_given_name",
    "civility",
    "deceased_on",
)


@dataclass(frozen=True)
class Lacking:
    """What somebody told of a patient adds to what the practice knows, and in which fields the two differ."""

    columns: dict[str, Any]
    points: tuple[Point, ...]
    address: Mapping[str, str]
    differs: tuple[str, ...]
    amo: Mapping[str, Any] | None = None
    amc: Mapping[str, Any] | None = None

    def __bool__(self) -> bool:
        return bool(self.columns or self.points or self.address or self.amo or self.amc)


def lacking(told: Sequence[tuple[Patient, Newcomer]]) -> list[Lacking]:
    """What each newcomer would add to the patient she is. Two queries for all, and two where cover is told of."""
    keys = {patient.pk for patient, _newcomer in told}
    held: dict[int, dict[tuple[str, str], str]] = {}
    for point in ContactPoint.objects.filter(patient__in=keys, ended_at__isnull=True, position=0):
        held.setdefault(point.patient_id, {})[point.kind, point.use] = point.normalised
    homes = {
        address.patient_id: address
        for address in Address.objects.filter(patient__in=keys, use="home", ended_at__isnull=True)
    }
    amo = _covers(AmoCoverage, {patient.pk for patient, each in told if each.amo})
    amc = _covers(AmcCoverage, {patient.pk for patient, each in told if each.amc})
    return [
        _with_cover(
            _lacking(patient, each, held.get(patient.pk, {}), homes.get(patient.pk)),
            each,
            amo.get(patient.pk),
            amc.get(patient.pk),
        )
        for patient, each in told
    ]


def _covers(model: type[AmoCoverage] | type[AmcCoverage], patients: set[int]) -> dict[int, Any]:
    """The cover of each that applies today or later, the earliest of them."""
    if not patients:
        return {}
    standing = Q(applies_to__isnull=True) | Q(applies_to__gte=clock.today())
    rows = model._default_manager.filter(standing, patient__in=patients, voided_at__isnull=True)
    return {row.patient_id: row for row in rows.order_by("-applies_from")}


def _with_cover(found: Lacking, told: Newcomer, amo: AmoCoverage | None, amc: AmcCoverage | None) -> Lacking:
    """Cover is added where the practice knows none; other cover is said, and stays."""
    differs = list(found.differs)
    for said, held, names in ((told.amo, amo, _AMO_SAID), (told.amc, amc, _AMC_SAID)):
        if said is not None and held is not None:
            differs += [name for name in names if said[name] and not _same_said(said[name], getattr(held, name))]
    return replace(
        found,
        differs=tuple(differs),
        amo=told.amo if amo is None else None,
        amc=told.amc if amc is None else None,
    )


def _same_said(said: Any, held: Any) -> bool:
    return fold(said) == fold(held) if isinstance(said, str) and isinstance(held, str) else bool(said == held)


_AMO_SAID = ("regime", "caisse", "centre", "insured_nir", "rights_to")
_AMC_SAID = ("organisation", "organisation_number", "member_number")


def _lacking(patient: Patient, told: Newcomer, held: Mapping[tuple[str, str], str], home: Address | None) -> Lacking:
    said = told.identity.columns()
    columns = {name: said[name] for name in _COMPLETED if said[name] and not getattr(patient, name)}
    if patient.sex == "U" and said["sex"] != "U":
        columns["sex"] = said["sex"]
    if patient.ins_status != "provisoire":
        # An identity that was validated on sight of a document is not completed by hearsay.
        columns = {name: value for name, value in columns.items() if name not in TRAITS}
    differs = [
        name
        for name in ("birth_name", "birth_date", *_COMPLETED)
        if said[name] and getattr(patient, name) and said[name] != getattr(patient, name)
    ]
    points = [point for point in told.contacts.points if (point.kind, point.use) not in held]
    # The same number under another use is known already.
    points = [point for point in points if point.normalised not in held.values()]
    differs += [
        _FIELD_OF.get((point.kind, point.use), "email")
        for point in told.contacts.points
        if held.get((point.kind, point.use), point.normalised) != point.normalised
    ]
    address = told.contacts.address if home is None else {}
    if home is not None and told.contacts.address and told.contacts.address != _lines_of(home):
        differs.append("line1")
    return Lacking(columns, tuple(points), address, tuple(differs))


_FIELD_OF = {("phone", use): name for name, use in PHONE_FIELDS.items()}


def _lines_of(address: Address) -> dict[str, str]:
    return {name: getattr(address, name) for name in ADDRESS_FIELDS}


def complete(actor: Actor, patient: Patient, missing: Lacking) -> dict[str, Any]:
    """Add what the practice did not know of a patient, locked by the caller; what it knows stays as it is. Cover
    applies from today: what applied before is not known.

    Says what was added, so that `take_back` can undo it: `columns` by name, `points`, `address`, `amo` and `amc` by
    primary key, `version` as it is afterwards.
    """
    now = clock.now()
    updated = update_versioned(patient, missing.columns, patient.version)
    points = ContactPoint.objects.bulk_create(contact_point(patient, point, now) for point in missing.points)
    added: dict[str, Any] = {"columns": sorted(missing.columns), "points": [point.pk for point in points]}
    if missing.address:
        address = Address.objects.create(patient=patient, use="home", created_at=now, **missing.address)
        added["address"] = address.pk
    today = clock.today()
    if missing.amo:
        amo = AmoCoverage(patient=patient, applies_from=today, recorded_by=actor.label, **missing.amo)
        if amo.beneficiary == Beneficiary.INSURED:
            amo.insured_nir = amo.insured_nir or updated.nir
        amo.save(force_insert=True)
        added["amo"] = amo.pk
    if missing.amc:
        amc = coverage.first_amc(actor, patient, missing.amc, today)
        amc.save(force_insert=True)
        added["amc"] = amc.pk
    index.refresh(updated)
    return added | {"version": updated.version}


def take_back(patient: Patient, added: Sequence[Mapping[str, Any]]) -> bool:
    """Take back all that one caller's `complete` added to a patient, locked by the caller, unless the record was
    changed since: whether it was taken back."""
    if patient.merged_into_id is not None or patient.version != max(each["version"] for each in added):
        return False
    names = {name for each in added for name in each["columns"]}
    updated = update_versioned(patient, {name: _EMPTY.get(name, "") for name in names}, patient.version)
    points = [key for each in added for key in each["points"]]
    ContactPoint.objects.filter(patient=patient, pk__in=points).delete()
    Address.objects.filter(patient=patient, pk__in=[each["address"] for each in added if "address" in each]).delete()
    AmoCoverage.objects.filter(patient=patient, pk__in=[each["amo"] for each in added if "amo" in each]).delete()
    AmcCoverage.objects.filter(patient=patient, pk__in=[each["amc"] for each in added if "amc" in each]).delete()
    index.refresh(updated)
    return True


_EMPTY: dict[str, Any] = {"deceased_on": None, "sex": "U"}


# What stands by every patient from her first moment on, or was found by itself; whatever else points at her was
# somebody's work.
_FROM_THE_START = (ContactPoint, Address, Following, AmoCoverage, AmcCoverage, PossibleDuplicate)


def untouched(
    patients: Sequence[Patient], versions: Mapping[int, int], besides: Iterable[type[Model]] = ()
) -> list[Patient]:
    """Those of them with whom nobody has worked since they were created: no change, no appointment, act, alert, cover…

    `versions`: by primary key, of those whom the caller changed itself; the others are as they were created.
    `besides`: what the caller tied to them. One query for each kind of record that may point at a patient.
    """
    ours = {*_FROM_THE_START, *besides}
    touched = {
        patient.pk
        for patient in patients
        if patient.version != versions.get(patient.pk, 1) or patient.merged_into_id is not None
    }
    keys = [patient.pk for patient in patients]
    for column in columns():
        model = column.model
        if model in ours or model.__module__ == search.__name__:
            continue
        found = model._base_manager.filter(**{f"{column.attname}__in": keys})
        touched |= set(found.values_list(column.attname, flat=True))
    return [patient for patient in patients if patient.pk not in touched]


def remove(patients: Sequence[Patient]) -> None:
    """Remove patients who are `untouched`, with what stood by them from the start. Inside the caller's transaction."""
    Patient.objects.filter(pk__in=[patient.pk for patient in patients]).delete()
