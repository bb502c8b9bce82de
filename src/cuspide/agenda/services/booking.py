"""Booking, moving and amending an appointment."""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cuspide.agenda import conflicts, news
from cuspide.agenda.conflicts import Wish
from cuspide.agenda.models import Appointment, AppointmentType
from cuspide.agenda.permissions import BOOK
from cuspide.agenda.rules import PRESENT, State, check_span
from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.editing import update_versioned
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.submissions import once
from cuspide.patients import reach
from cuspide.patients.models import Patient
from cuspide.patients.services.following import follow
from cuspide.practice.models import Chair, Practitioner


def book(
    actor: Actor,
    *,
    chair: Chair,
    starts_at: dt.datetime,
    minutes: int,
    patient: Patient | None = None,
    practitioner: Practitioner | None = None,
    type: AppointmentType | None = None,
    note: str = "",
    confirmed: Collection[str] = (),
    submission: uuid.UUID | str | None = None,
) -> Appointment:
    """Book a patient, or block time when there is none. One form makes one appointment, however often it is sent.

    `starts_at` is an aware instant, `confirmed` the codes of warnings that were read.
    Raises Warned, FieldErrors or DomainError; nothing is written then.
    """
    site = chair.site
    _require(actor, site.pk, practitioner, patient)
    if patient is not None:
        reach.require(actor, BOOK, patient)
    zone = clock.zone(site.time_zone)
    _refuse(_gone(chair, practitioner) | _unsaid(practitioner, patient, type, note))
    ends_at = check_span(starts_at, minutes, zone)

    def create() -> Appointment:
        wish = Wish(site, chair, practitioner, patient, starts_at, ends_at, zone=zone)
        conflicts.lock(wish)
        forced = conflicts.check(actor, wish, confirmed)
        made = Appointment.objects.create(
            site=site,
            chair=chair,
            practitioner=practitioner,
            patient=patient,
            type=type,
            starts_at=starts_at,
            ends_at=ends_at,
            note=note.strip(),
            is_double="chair" in forced,
            created_by_id=actor.user_id,
        )
        _follow(made)
        _trace(actor, "agenda.book", made, {"confirmed": forced} if forced else {})
        news.tell(made)
        return made

    people = [one and one.pk for one in (chair, practitioner, patient, type)]
    said = (people, starts_at.isoformat(), minutes, note)
    made, _is_new = once(submission, "agenda.book", create, Appointment, actor=actor, said=said)
    return made


def move(
    actor: Actor,
    appointment: Appointment,
    *,
    expected_version: int,
    starts_at: dt.datetime,
    minutes: int | None = None,
    chair: Chair | None = None,
    practitioner: Practitioner | None = None,
    confirmed: Collection[str] = (),
) -> Appointment:
    """Put an appointment at another time, chair, practitioner or duration; what is not given stays.

    Raises EditConflict when somebody else changed it since `expected_version` was read.
    """
    chair = chair or appointment.chair
    practitioner = practitioner or appointment.practitioner
    _require(actor, appointment.site_id, appointment.practitioner, appointment.patient)
    _require(actor, appointment.site_id, practitioner, appointment.patient)
    if chair.site_id != appointment.site_id:
        raise FieldErrors({"chair": _("This chair belongs to another site.")})
    _check_movable(appointment, starts_at)
    minutes = appointment.minutes if minutes is None else minutes
    zone = clock.zone(appointment.site.time_zone)
    if chair.pk != appointment.chair_id or practitioner != appointment.practitioner:
        unsaid = _unsaid(practitioner, appointment.patient, appointment.type, appointment.note)
        _refuse(_gone(chair, practitioner) | unsaid)
    ends_at = check_span(starts_at, minutes, zone)
    before, began = _place(appointment), appointment.starts_at
    with transaction.atomic():
        wish = Wish(
            appointment.site, chair, practitioner, appointment.patient, starts_at, ends_at, but=appointment, zone=zone
        )
        conflicts.lock(wish)
        forced = conflicts.check(actor, wish, confirmed)
        changes = {
            "chair": chair,
            "practitioner": practitioner,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "is_double": "chair" in forced,
        }
        moved = update_versioned(appointment, changes, expected_version)
        _follow(moved)
        _trace(actor, "agenda.move", moved, {"before": before, "after": _place(moved), "confirmed": forced})
        news.tell(moved, began)
    return moved


def resize(
    actor: Actor, appointment: Appointment, *, expected_version: int, minutes: int, confirmed: Collection[str] = ()
) -> Appointment:
    """Give an appointment another duration, in minutes."""
    return move(
        actor,
        appointment,
        expected_version=expected_version,
        starts_at=appointment.starts_at,
        minutes=minutes,
        confirmed=confirmed,
    )


def amend(
    actor: Actor,
    appointment: Appointment,
    *,
    expected_version: int,
    type: AppointmentType | None,
    note: str,
) -> Appointment:
    """Change what an appointment is for, and its note."""
    _require(actor, appointment.site_id, appointment.practitioner, appointment.patient)
    _refuse(_unsaid(appointment.practitioner, appointment.patient, type, note))
    before = {"type": appointment.type.key if appointment.type else "", "note": appointment.note}
    with transaction.atomic():
        changed = update_versioned(appointment, {"type": type, "note": note.strip()}, expected_version)
        after = {"type": type.key if type else "", "note": changed.note}
        _trace(actor, "agenda.amend", changed, {"before": before, "after": after})
        news.tell(changed)
    return changed


def _require(actor: Actor, site: int, practitioner: Practitioner | None, patient: Patient | None) -> None:
    """The right to book, on an appointment of this site, of this practitioner, for this patient."""
    actor.require_on(
        BOOK,
        site=site,
        practitioner=practitioner.pk if practitioner else None,
        patient=patient.uuid if patient else None,
    )


def _follow(appointment: Appointment) -> None:
    if appointment.patient is not None:
        follow(appointment.patient, appointment.site_id, appointment.practitioner_id)


def _gone(chair: Chair, practitioner: Practitioner | None) -> dict[str, Any]:
    """What is offered for nothing new; an appointment that was made before keeps it."""
    errors: dict[str, Any] = {}
    if not chair.is_active:
        errors["chair"] = _("This chair is no longer used.")
    if practitioner and not practitioner.is_active:
        errors["practitioner"] = _("This practitioner no longer works here.")
    return errors


def _unsaid(
    practitioner: Practitioner | None, patient: Patient | None, type: AppointmentType | None, note: str
) -> dict[str, Any]:
    """What an appointment lacks."""
    errors: dict[str, Any] = {}
    if patient:
        if patient.merged_into_id or patient.deceased_on:
            errors["patient"] = _("No appointment can be booked for this record.")
        if practitioner is None:
            errors["practitioner"] = _("Choose who will see the patient.")
        if type is None:
            errors["type"] = _("Choose what the appointment is for.")
    elif not note.strip():
        errors["note"] = _("Choose a patient, or write what the time is blocked for.")
    if len(note) > 300:
        errors["note"] = _("A note has at most 300 characters.")
    return errors


def _refuse(errors: dict[str, Any]) -> None:
    if errors:
        raise FieldErrors(errors)


def _check_movable(appointment: Appointment, starts_at: dt.datetime) -> None:
    if appointment.standing == State.CANCELLED:
        raise DomainError(_("This appointment was cancelled: restore it before moving it."))
    if appointment.standing == State.MISSED:
        raise DomainError(_("This appointment was missed: book a new one."))
    if appointment.standing == State.FINISHED:
        raise DomainError(_("This appointment is finished and no longer moves."))
    zone = appointment.site.time_zone
    if (
        appointment.standing in PRESENT
        and clock.local(starts_at, zone).date() != clock.local(appointment.starts_at, zone).date()
    ):
        raise DomainError(_("The patient is here: this appointment can only move within its day."))


def _place(appointment: Appointment) -> dict[str, Any]:
    return {
        "chair": str(appointment.chair.uuid),
        "practitioner": str(appointment.practitioner.uuid) if appointment.practitioner else "",
        "starts_at": appointment.starts_at.isoformat(),
        "minutes": appointment.minutes,
    }


def _trace(actor: Actor, verb: str, appointment: Appointment, detail: dict[str, Any]) -> None:
    trail.record(
        actor,
        verb,
        subject=appointment,
        patient_uuid=appointment.patient.uuid if appointment.patient else None,
        detail={**_place(appointment), **detail},
    )
