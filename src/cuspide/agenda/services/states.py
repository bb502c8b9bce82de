"""The steps of a visit, and calling one off."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cuspide.agenda import conflicts, news
from cuspide.agenda.conflicts import Wish
from cuspide.agenda.models import Appointment, CancelledBy
from cuspide.agenda.permissions import BOOK
from cuspide.agenda.rules import AHEAD, FREEING, Action, State, is_late_cancellation, step
from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.editing import update_versioned
from cuspide.core.errors import DomainError, FieldErrors


def set_state(
    actor: Actor,
    appointment: Appointment,
    action: Action,
    *,
    expected_version: int,
    confirmed: Collection[str] = (),
) -> Appointment:
    """Confirm, let arrive, seat, finish, mark as missed, or undo the last step.

    Undoing a call-off or a miss takes the chair again: Warned when somebody else has it by now.
    """
    _require(actor, appointment)
    if appointment.is_blocked_time and action != Action.UNDO:
        raise DomainError(_("This time is blocked: nobody is expected."))
    now = clock.now()
    was = appointment.standing
    if action == Action.MISS and appointment.starts_at > now:
        raise DomainError(_("This appointment has not begun: it can be cancelled, not missed."))
    if action in (Action.ARRIVE, Action.SEAT, Action.FINISH) and _is_later_day(appointment):
        raise DomainError(_("This appointment is on a later day: move it to today first."))
    target, marks = step(was, action, appointment.marks, now)
    changes: dict[str, Any] = {"state": target.value, **asdict(marks)}
    with transaction.atomic():
        if was in FREEING and target not in FREEING:
            zone = clock.zone(appointment.site.time_zone)
            wish = Wish(
                appointment.site,
                appointment.chair,
                appointment.practitioner,
                appointment.patient,
                *appointment.span,
                but=appointment,
                zone=zone,
            )
            conflicts.lock(wish)
            taken = [warning for warning in conflicts.find(actor, wish) if warning.code not in ("closed", "past")]
            if any(warning.code not in confirmed for warning in taken):
                raise conflicts.Warned(taken)
            changes |= {
                "cancelled_at": None,
                "cancelled_by": "",
                "cancelled_late": False,
                "cancel_reason": "",
                "is_double": any(warning.code == "chair" for warning in taken),
            }
        changed = update_versioned(appointment, changes, expected_version)
        _trace(actor, f"agenda.{action.value}", changed, {"before": was.value, "after": target.value})
        news.tell(changed)
    return changed


def cancel(actor: Actor, appointment: Appointment, *, expected_version: int, by: str, reason: str = "") -> Appointment:
    """Call an appointment off. Who did, why, and whether it came late stay with it; the chair is free again."""
    _require(actor, appointment)
    if by not in CancelledBy.values:
        raise FieldErrors({"by": _("Say who cancels: the patient or the practice.")})
    if len(reason) > 200:
        raise FieldErrors({"reason": _("A reason has at most 200 characters.")})
    if appointment.standing not in AHEAD | {State.ARRIVED}:
        raise DomainError(
            _("This appointment is “%(state)s” and can no longer be cancelled.") % {"state": appointment.state_label}
        )
    now = clock.now()
    changes = {
        "state": State.CANCELLED.value,
        "cancelled_at": now,
        "cancelled_by": by,
        "cancelled_late": by == CancelledBy.PATIENT and is_late_cancellation(now, appointment.starts_at),
        "cancel_reason": reason.strip(),
    }
    before = appointment.state
    with transaction.atomic():
        changed = update_versioned(appointment, changes, expected_version)
        _trace(
            actor,
            "agenda.cancel",
            changed,
            {"before": before, "by": by, "late": changed.cancelled_late, "reason": changed.cancel_reason},
        )
        news.tell(changed)
    return changed


def _require(actor: Actor, appointment: Appointment) -> None:
    patient = appointment.patient.uuid if appointment.patient else None
    actor.require_on(BOOK, site=appointment.site_id, practitioner=appointment.practitioner_id, patient=patient)


def _is_later_day(appointment: Appointment) -> bool:
    zone = appointment.site.time_zone
    return clock.local(appointment.starts_at, zone).date() > clock.today(zone)


def _trace(actor: Actor, verb: str, appointment: Appointment, detail: dict[str, Any]) -> None:
    trail.record(
        actor,
        verb,
        subject=appointment,
        patient_uuid=appointment.patient.uuid if appointment.patient else None,
        detail=detail,
    )
