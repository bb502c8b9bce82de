"""Acts: planned, done, repriced, voided. The price is worked out on the day of the act with the cover of that day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.care import locks, permissions, pricing, signals
from cuspide.care.models import Act, ActState, FavouriteAct, Finding
from cuspide.care.odontogram.state import Kind
from cuspide.care.rules import MOST_TEETH, drawn_by, is_printable
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.editing import update_versioned
from cuspide.core.errors import DomainError, EditConflict, FieldErrors, Forbidden
from cuspide.core.rights import Right
from cuspide.formats import teeth
from cuspide.formats.errors import FormatError
from cuspide.patients import reach
from cuspide.patients.models import Patient
from cuspide.patients.services.following import follow
from cuspide.practice.models import Chair, Practitioner, Site

_REASON_LENGTH = 300
MOST_QUANTITY = 32
HIGHEST_FEE = Decimal("100000.00")


@dataclass(frozen=True)
class NewAct:
    """An act to be added. `code` stands in the nomenclature; without `fee` the practice's own or the tariff is asked.

    `done_on` None plans it. `draws` None lets the label decide what the chart shows. `finding` is what it treats.
    """

    code: str
    practitioner: Practitioner
    site: Site
    teeth: Sequence[str] = ()
    surfaces: str = ""
    region: str = ""
    chair: Chair | None = None
    done_on: dt.date | None = None
    fee: Decimal | None = None
    quantity: int = 1
    modifiers: str = ""
    related_to_exemption: bool = False
    draws: Kind | None = None
    finding: Finding | None = None


def add_act(actor: Actor, patient: Patient, new: NewAct) -> Act:
    """Plan an act or record it as done. FieldErrors for what cannot be; `act_completed` is sent when it is done.

    Planning wants the right to plan, an act that is done the right to complete.
    """
    needed = permissions.PLAN if new.done_on is None and new.fee is None else permissions.COMPLETE
    actor.require_on(needed, site=new.site.pk, practitioner=new.practitioner.pk, patient=patient.uuid)
    reach.require(actor, permissions.PLAN, patient)
    today = clock.today()
    day = new.done_on or today
    codes, surfaces = _checked_place(new.teeth, new.surfaces, new.region)
    _check_day(patient, new.done_on, today)
    _check_amounts(new.fee, new.quantity)
    _refuse_who_left(new.practitioner)
    if new.finding is not None and new.finding.patient_id != patient.pk:
        raise DomainError(_("This finding is of another patient."))
    with transaction.atomic():
        asked = pricing.Asked(new.fee, new.quantity, new.modifiers, new.related_to_exemption)
        priced = pricing.price(patient, new.practitioner.entity, new.code, day, asked)
        draws = new.draws if new.draws is not None else drawn_by(priced.label)
        act = Act(
            patient=patient,
            nomenclature=priced.system,
            code=priced.code,
            label=priced.label,
            short_name=priced.short_name,
            teeth=" ".join(codes),
            region=new.region,
            surfaces=surfaces,
            draws="" if draws is None or not codes else draws.value,
            finding=new.finding,
            practitioner=new.practitioner,
            site=new.site,
            entity=new.practitioner.entity,
            chair=new.chair,
            state=ActState.DONE if new.done_on else ActState.PLANNED,
            planned_on=min(day, today),
            done_on=new.done_on,
            quantity=new.quantity,
            modifiers=priced.modifiers,
            related_to_exemption=new.related_to_exemption,
            recorded_by_user_id=actor.user_id,
            recorded_by=actor.label,
            **priced.columns(),
        )
        act.save()
        follow(patient, act.site_id, act.practitioner_id)
        _trace(actor, "care.add_act", act)
        if act.state == ActState.DONE:
            signals.act_completed.send(sender=Act, act=act, actor=actor)
    return act


def complete_act(actor: Actor, act: Act, *, expected_version: int, done_on: dt.date | None = None) -> Act:
    """Record a planned act as done: it is priced again, with the tariff and the cover of that day; a fee that differs
    from the usual one is kept. EditConflict when somebody else wrote first."""
    _require(actor, permissions.COMPLETE, act)
    today = clock.today()
    day = done_on or today
    if act.state != ActState.PLANNED:
        raise _no_longer_planned(act)
    _check_day(act.patient, day, today)
    _refuse_who_left(act.practitioner)
    with transaction.atomic():
        asked = pricing.Asked(_fee_that_was_agreed(act), act.quantity, act.modifiers, act.related_to_exemption)
        priced = pricing.price(act.patient, act.entity, act.code, day, asked)
        done = update_versioned(act, {"state": ActState.DONE, "done_on": day, **priced.columns()}, expected_version)
        _trace(actor, "care.complete_act", done)
        signals.act_completed.send(sender=Act, act=done, actor=actor)
    return done


@dataclass(frozen=True)
class ActChanges:
    """What is to be changed on an act; None leaves it."""

    fee: Decimal | None = None
    done_on: dt.date | None = None
    practitioner: Practitioner | None = None
    teeth: Sequence[str] | None = None
    surfaces: str | None = None
    modifiers: str | None = None
    quantity: int | None = None
    related_to_exemption: bool | None = None


def change_act(actor: Actor, act: Act, changes: ActChanges, *, expected_version: int) -> Act:
    """Change what is not on a document yet; the price follows. Without a fee, one that somebody set stays, the usual
    one is worked out anew. A lock (an invoice) refuses with its own sentence; EditConflict when somebody else wrote
    first."""
    _require(actor, permissions.COMPLETE, act)
    today = clock.today()
    if act.state == ActState.VOID:
        raise DomainError(_("This act is void."))
    codes, faces = _checked_place(
        act.tooth_codes if changes.teeth is None else changes.teeth,
        act.surfaces if changes.surfaces is None else changes.surfaces,
        act.region,
    )
    done_on = changes.done_on or act.done_on if act.state == ActState.DONE else None
    _check_day(act.patient, done_on, today)
    asked = pricing.Asked(
        fee=_fee_that_was_agreed(act) if changes.fee is None else changes.fee,
        quantity=changes.quantity or act.quantity,
        modifiers=act.modifiers if changes.modifiers is None else changes.modifiers,
        related_to_exemption=act.related_to_exemption
        if changes.related_to_exemption is None
        else changes.related_to_exemption,
    )
    _check_amounts(asked.fee, asked.quantity)
    practitioner, entity = act.practitioner, act.entity
    if changes.practitioner is not None and changes.practitioner != practitioner:
        practitioner, entity = changes.practitioner, changes.practitioner.entity
        _refuse_who_left(practitioner)
    actor.require_on(permissions.COMPLETE, site=act.site_id, practitioner=practitioner.pk, patient=act.patient.uuid)
    before = _facts(act)
    with transaction.atomic():
        locks.refuse_if_held(act.pk)
        priced = pricing.price(act.patient, entity, act.code, done_on or today, asked)
        written: dict[str, Any] = {
            "teeth": " ".join(codes),
            "surfaces": faces,
            "done_on": done_on,
            "practitioner": practitioner,
            "entity": entity,
            "quantity": asked.quantity,
            "modifiers": priced.modifiers,
            "related_to_exemption": asked.related_to_exemption,
            **priced.columns(),
        }
        changed = update_versioned(act, written, expected_version)
        follow(act.patient, act.site_id, practitioner.pk)
        _trace(actor, "care.change_act", changed, before=before)
    return changed


def _refuse_who_left(practitioner: Practitioner) -> None:
    if not practitioner.is_active:
        said = _("%(name)s has left the practice: choose who does this act.")
        raise FieldErrors({"practitioner": DomainError(said, {"name": practitioner.full_name})})


def void_act(actor: Actor, act: Act, reason: str, *, expected_version: int) -> Act:
    """Take an act back: it stays readable with the reason. What a document holds is refused.

    A planned act may be withdrawn by whoever may plan; one that was done only by whoever may complete.
    """
    _require(actor, permissions.PLAN, act)
    if act.state == ActState.DONE:
        _require(actor, permissions.COMPLETE, act)
    reason = reason.strip()
    if not reason:
        raise FieldErrors({"reason": _("Say why this is taken back.")})
    if len(reason) > _REASON_LENGTH or not is_printable(reason):
        raise FieldErrors({"reason": _("The reason is a sentence of 300 characters at most.")})
    if act.state == ActState.VOID:
        raise EditConflict(_("This act is void already."), current=act)
    with transaction.atomic():
        locks.refuse_if_held(act.pk)
        changes = {
            "state": ActState.VOID,
            "voided_at": clock.now(),
            "voided_by": actor.label,
            "void_reason": reason,
        }
        voided = update_versioned(act, changes, expected_version)
        _trace(actor, "care.void_act", voided, reason=reason)
        signals.act_voided.send(sender=Act, act=voided, actor=actor)
    return voided


def toggle_favourite(actor: Actor, code: str) -> bool:
    """Keep a code at hand, or no longer. True when it is kept now."""
    actor.require(permissions.PLAN)
    if actor.user_id is None:
        raise DomainError(_("Favourites belong to a person."))
    system = pricing.system_of(code)
    with transaction.atomic():
        removed, _rows = FavouriteAct.objects.filter(user_id=actor.user_id, code=code).delete()
        if removed:
            return False
        position = FavouriteAct.objects.filter(user_id=actor.user_id).count()
        FavouriteAct.objects.create(user_id=actor.user_id, nomenclature=system, code=code, position=min(position, 999))
    return True


def _require(actor: Actor, right: Right, act: Act) -> None:
    if not permissions.reaches(actor, right, act):
        raise Forbidden(right.code)


def _checked_place(codes: Sequence[str], surfaces: str, region: str) -> tuple[list[str], str]:
    if len(codes) > MOST_TEETH:
        raise FieldErrors({"teeth": _("Too many teeth are named.")})
    try:
        named = [teeth.tooth(code) for code in codes]
    except FormatError as error:
        raise FieldErrors({"teeth": _("This tooth does not exist.")}) from error
    if len({tooth.code for tooth in named}) != len(named):
        raise FieldErrors({"teeth": _("A tooth is named twice.")})
    if region and region not in teeth.REGIONS:
        raise FieldErrors({"region": _("This part of the mouth does not exist.")})
    if not surfaces:
        return [tooth.code for tooth in named], ""
    if len(named) != 1:
        raise FieldErrors({"surfaces": _("Surfaces are those of one tooth.")})
    try:
        faces = teeth.parse_surfaces(surfaces, named[0])
    except FormatError as error:
        raise FieldErrors({"surfaces": _("These surfaces are not of this tooth.")}) from error
    return [named[0].code], "".join(face.value for face in faces)


def _check_day(patient: Patient, day: dt.date | None, today: dt.date) -> None:
    if day is not None and day > today:
        raise FieldErrors({"done_on": _("An act is not done after today.")})
    if day is not None and day < patient.born_on:
        raise FieldErrors({"done_on": _("This day is before the patient’s birth.")})


def _check_amounts(fee: Decimal | None, quantity: int) -> None:
    if fee is not None and not Decimal(0) <= fee <= HIGHEST_FEE:
        raise FieldErrors({"fee": _("The fee is an amount between 0 and 100,000 euros.")})
    if not 1 <= quantity <= MOST_QUANTITY:
        raise FieldErrors({"quantity": _("The quantity is between 1 and 32.")})


def _fee_that_was_agreed(act: Act) -> Decimal | None:
    """The fee of a planned act when somebody set it; None when it was the usual one of its day, so that the usual one
    of the day it is done takes its place."""
    return act.fee if act.coverage.get("fee_set") else None


def _no_longer_planned(act: Act) -> EditConflict:
    current = Act.objects.get(pk=act.pk)
    return EditConflict(_("This act is no longer planned."), current=current)


def _facts(act: Act) -> dict[str, str]:
    return {
        "code": act.code,
        "teeth": act.teeth,
        "surfaces": act.surfaces,
        "state": str(act.state),
        "done_on": act.done_on.isoformat() if act.done_on else "",
        "fee": str(act.fee),
        "amo": str(act.amo_share),
        "amc": str(act.amc_share),
        "patient": str(act.patient_share),
    }


def _trace(actor: Actor, action: str, act: Act, **more: object) -> None:
    trail.record(
        actor,
        action,
        subject=act,
        patient_uuid=act.patient.uuid,
        site_id=act.site_id,
        detail={**_facts(act), **more},
    )
