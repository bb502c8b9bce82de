"""Record cover. A change closes the former row the day before; a mistake found the same day voids it."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.editing import update_versioned
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.pages.typography import day
from cuspide.core.submissions import once
from cuspide.patients import permissions, reach
from cuspide.patients.models import AmcCoverage, AmoCoverage, AmoExemption, Patient
from cuspide.patients.models.coverage import ExemptionKind, LearntFrom
from cuspide.patients.rules.cover import READ_FROM, check_amc, check_amo, check_exemption
from cuspide.patients.rules.identity import Doubt
from cuspide.patients.selectors import coverage_now
from cuspide.patients.services.confirming import NeedsConfirmation

Dated = type[AmoCoverage] | type[AmcCoverage]


# A contract is known some months before it begins; a year that was mistyped is not.
LONGEST_AHEAD = dt.timedelta(days=366)


def update_coverage(
    actor: Actor,
    patient: Patient,
    typed: Mapping[str, Any],
    expected_version: int,
    *,
    confirmed: frozenset[str] = frozenset(),
) -> list[str]:
    """Make AMO and AMC those of the form from `typed["applies_from"]` on; which of the two changed.

    An emptied regime or organisation closes the cover. Raises FieldErrors; EditConflict; NeedsConfirmation where cover
    that begins later would be void, until `confirmed` holds the doubt's key.
    """
    reach.require(actor, permissions.CHANGE, patient)
    errors: dict[str, Any] = {}
    columns: dict[Dated, dict[str, Any] | None] = {}
    for model, check in ((AmoCoverage, lambda: check_amo(typed, patient.nir)), (AmcCoverage, lambda: check_amc(typed))):
        try:
            columns[model] = check()
        except FieldErrors as refused:
            errors.update(refused.errors)
    if errors:
        raise FieldErrors(errors)
    start = typed.get("applies_from") or clock.today()
    _check_start(patient, start)
    with transaction.atomic():
        updated = update_versioned(patient, {}, expected_version)
        try:
            _ask(updated, columns, start, confirmed)
        except NeedsConfirmation:
            patient.version = expected_version
            raise
        changed = [
            model._meta.model_name for model, wanted in columns.items() if _change(actor, updated, model, wanted, start)
        ]
        if not changed:
            transaction.set_rollback(True)
            patient.version = expected_version
            return []
        trail.record(
            actor,
            "patients.change_coverage",
            subject=updated,
            patient_uuid=updated.uuid,
            detail={"changed": changed, "from": start.isoformat()},
        )
    return [str(name) for name in changed]


def write_first_coverage(
    actor: Actor,
    patient: Patient,
    amo: dict[str, Any] | None,
    amc: dict[str, Any] | None,
    exemptions: Iterable[str],
) -> None:
    """The cover of a patient being created, inside the caller's transaction. It applies from today, or from the
    day on which the AMO rights opened when that is known."""
    today = clock.today()
    if amo:
        first_amo(actor, patient, amo, today).save(force_insert=True)
    if amc:
        first_amc(actor, patient, amc, today).save(force_insert=True)
    AmoExemption.objects.bulk_create(
        AmoExemption(
            patient=patient,
            kind=kind,
            applies_from=today,
            recorded_by=actor.label,
            learnt_from=amo["learnt_from"] if amo else LearntFrom.SAID,
        )
        for kind in dict.fromkeys(exemptions)
        if kind in ExemptionKind.values
    )


def first_amo(actor: Actor, patient: Patient, amo: Mapping[str, Any], today: dt.date) -> AmoCoverage:
    """The compulsory insurance of a patient being created, not saved yet."""
    start = max(min(amo["rights_from"] or today, today), min(patient.born_on, today))
    return AmoCoverage(patient=patient, applies_from=start, recorded_by=actor.label, **amo)


def first_amc(actor: Actor, patient: Patient, amc: Mapping[str, Any], today: dt.date) -> AmcCoverage:
    """The complementary insurance of a patient being created, not saved yet."""
    return AmcCoverage(patient=patient, applies_from=today, recorded_by=actor.label, **amc)


def add_exemption(
    actor: Actor, patient: Patient, typed: Mapping[str, Any], *, key: Any = None
) -> tuple[AmoExemption, bool]:
    """Record an exemption or a right with its dates. Raises FieldErrors when one of that kind already covers them."""
    reach.require(actor, permissions.CHANGE, patient)
    start: dt.date = typed["applies_from"]
    end: dt.date | None = typed.get("applies_to")
    if end is not None and end < start:
        raise FieldErrors({"applies_to": _("This right ends before it begins.")})
    _check_start(patient, start)
    columns = check_exemption(typed, clock.today())

    def create() -> AmoExemption:
        # The patient's row is the lock: two forms cannot both find no overlap.
        locks.held(Patient.objects).get(pk=patient.pk)
        overlapping = Q(applies_to__isnull=True) | Q(applies_to__gte=start)
        if end is not None:
            overlapping &= Q(applies_from__lte=end)
        held = AmoExemption.objects.filter(overlapping, patient=patient, kind=typed["kind"], voided_at__isnull=True)
        if held.exists():
            raise FieldErrors({"kind": _("The patient already has this right on these dates.")})
        exemption = AmoExemption.objects.create(
            patient=patient, applies_from=start, applies_to=end, recorded_by=actor.label, **columns
        )
        _trace_exemption(actor, patient, exemption, "patients.add_exemption")
        return exemption

    said = (patient.pk, sorted(typed.items()))
    return once(
        key,
        "patients.add_exemption",
        create,
        AmoExemption,
        actor=actor,
        said=said,
        known_as=lambda made: made.get_kind_display(),
    )


def end_exemption(actor: Actor, exemption: AmoExemption, last_day: dt.date) -> None:
    """Close an exemption on its last day. Raises DomainError when it was closed before, or never began."""
    reach.require(actor, permissions.CHANGE, exemption.patient)
    if last_day < exemption.applies_from:
        raise DomainError(_("This right began after that day."))
    still_open = Q(applies_to__isnull=True) | Q(applies_to__gt=last_day)
    with transaction.atomic():
        written = AmoExemption.objects.filter(still_open, pk=exemption.pk, voided_at__isnull=True).update(
            applies_to=last_day
        )
        if not written:
            raise DomainError(_("This right was already closed."))
        _trace_exemption(actor, exemption.patient, exemption, "patients.end_exemption")


def recheck_cover(actor: Actor, patient: Patient, rows: Collection[str], learnt_from: str) -> int:
    """Note that cover that applies today was read again today and is unchanged; `rows` are uuids. How many.

    Raises FieldErrors; DomainError for rights that are over: they have other dates now, or none.
    """
    reach.require(actor, permissions.CHANGE, patient)
    if learnt_from not in READ_FROM:
        raise FieldErrors({"learnt_from": _("Say where it was read: card, ADRi or certificate.")})
    today = clock.today()
    checked: list[str] = []
    with transaction.atomic():
        locks.held(Patient.objects).get(pk=patient.pk)
        cover = coverage_now(patient, today)
        for row in (cover.amo, *cover.exemptions, cover.amc):
            if row is None or str(row.uuid) not in rows:
                continue
            rights_to = getattr(row, "rights_to", None)
            if rights_to is not None and rights_to < today:
                raise DomainError(_("These rights are over: change the cover instead."))
            if (row.checked_at, row.learnt_from) == (today, learnt_from):
                continue
            type(row)._default_manager.filter(pk=row.pk).update(checked_at=today, learnt_from=learnt_from)
            checked.append(row.kind if isinstance(row, AmoExemption) else str(row._meta.model_name))
        if checked:
            detail = {"changed": checked, "learnt_from": learnt_from}
            trail.record(actor, "patients.recheck_cover", subject=patient, patient_uuid=patient.uuid, detail=detail)
    return len(checked)


def _trace_exemption(actor: Actor, patient: Patient, exemption: AmoExemption, action: str) -> None:
    trail.record(actor, action, subject=exemption, patient_uuid=patient.uuid, detail={"kind": exemption.kind})


def _check_start(patient: Patient, start: dt.date) -> None:
    if start < patient.born_on:
        raise FieldErrors({"applies_from": _("This day is before the patient’s birth.")})
    if start > clock.today() + LONGEST_AHEAD:
        raise FieldErrors({"applies_from": _("This day is more than a year ahead.")})


def _ask(
    patient: Patient, columns: Mapping[Dated, dict[str, Any] | None], start: dt.date, confirmed: frozenset[str]
) -> None:
    """Ask before cover that begins after `start` is void: prices of those days would change."""
    later = [
        row
        for model, wanted in columns.items()
        for row in model.objects.filter(patient=patient, voided_at__isnull=True, applies_from__gt=start)
        if not (wanted is not None and _holds(row, wanted))
    ]
    if not later:
        return
    first = min(row.applies_from for row in later)
    # The key names the rows: cover that somebody adds after the question was answered is asked about anew.
    key = "later:" + ",".join(sorted(str(row.uuid) for row in later))
    if key not in confirmed:
        said = DomainError(
            _("Other cover is recorded from %(day)s on: it will be void, and this one applies in its place."),
            {"day": day(first)},
        )
        raise NeedsConfirmation([Doubt(key, "applies_from", said)])


def _change(actor: Actor, patient: Patient, model: Dated, wanted: dict[str, Any] | None, start: dt.date) -> bool:
    rows = model.objects.filter(patient=patient, voided_at__isnull=True)
    spanning = rows.filter(Q(applies_to__isnull=True) | Q(applies_to__gte=start), applies_from__lte=start).first()
    later = rows.filter(applies_from__gt=start)
    goes_on = spanning is not None and wanted is not None and _holds(spanning, wanted)
    if (goes_on or (spanning is None and wanted is None)) and not later.exists():
        return False
    now = clock.now()
    later.update(voided_at=now)
    if spanning is not None:
        row = rows.filter(pk=spanning.pk)
        if goes_on:
            row.update(applies_to=None)
            return True
        if spanning.applies_from == start:
            row.update(voided_at=now)
        else:
            row.update(applies_to=start - dt.timedelta(days=1))
    if wanted is not None:
        model.objects.create(patient=patient, applies_from=start, recorded_by=actor.label, **wanted)
    return True


def _holds(row: AmoCoverage | AmcCoverage, wanted: Mapping[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in wanted.items())
