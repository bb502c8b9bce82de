"""Issue an invoice out of acts that were done, and cancel one."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.billing import permissions
from cuspide.billing.models import Invoice, InvoiceCounter, InvoiceLine, InvoiceState
from cuspide.billing.rules import Shares, dues, sum_of
from cuspide.billing.services import documents
from cuspide.billing.services.numbering import next_number
from cuspide.billing.services.parties import addressee, issuer
from cuspide.care.models import Act, ActState
from cuspide.core import clock, submissions
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.formats.pricing import ThirdParty
from cuspide.patients.models import Patient
from cuspide.patients.services.following import follow

MOST_LINES = 200
REASON_LENGTH = 300


def issue_invoice(
    actor: Actor,
    patient: Patient,
    acts: Sequence[uuid.UUID],
    third_party: ThirdParty = ThirdParty.NONE,
    submission: uuid.UUID | None = None,
) -> Invoice:
    """Make the invoice of these acts, once however often `submission` is sent; its PDF follows after the commit.

    The acts must be the patient's, done, of one practitioner and one legal entity, and on no other invoice; DomainError
    says which is not. Everything the document shows is copied, so that later changes do not touch it.
    """
    actor.require(permissions.ISSUE)
    invoice, new = submissions.once(
        submission,
        "billing.issue",
        lambda: _issue(actor, patient, acts, third_party),
        Invoice,
        actor=actor,
        said=(patient.pk, sorted(map(str, acts)), third_party.value),
        known_as=lambda made: _("invoice %(number)s") % {"number": made.number_text},
    )
    if new:
        documents.keep_after_commit(invoice)
    return invoice


def _issue(actor: Actor, patient: Patient, wanted: Sequence[uuid.UUID], third_party: ThirdParty) -> Invoice:
    with transaction.atomic():
        acts = _billable(patient, wanted)
        first = acts[0]
        actor.require_on(permissions.ISSUE, site=first.site_id, practitioner=first.practitioner_id)
        lines = [line_of(position, act) for position, act in enumerate(acts, start=1)]
        shares = sum_of(line.shares for line in lines)
        now = clock.now()
        day = clock.local(now, first.site.time_zone).date()
        invoice = Invoice(
            entity=first.entity,
            site=first.site,
            patient=patient,
            practitioner=first.practitioner,
            issued_at=now,
            issued_on=day,
            year=day.year,
            issued_by_user_id=actor.user_id,
            issued_by=actor.label,
            parties={
                "issuer": issuer(first.entity, first.site, first.practitioner),
                "patient": addressee(patient),
            },
            third_party=third_party.value,
            due=dues(shares, third_party).patient,
            **columns_of(shares),
        )
        # Care compares versions when it changes or voids an act: whoever had this act open is told, and cannot change
        # under the invoice what the invoice says.
        Act.objects.filter(pk__in=[act.pk for act in acts]).update(version=F("version") + 1)
        # The last lock of the transaction: from here on nothing waits for anything.
        invoice.number = next_number(InvoiceCounter, first.entity, day.year)
        invoice.save()
        follow(patient, invoice.site_id, invoice.practitioner_id)
        for line in lines:
            line.invoice = invoice
        InvoiceLine.objects.bulk_create(lines)
        trail.record(
            actor,
            "billing.issue",
            subject=invoice,
            patient_uuid=patient.uuid,
            site_id=invoice.site_id,
            detail={
                "number": invoice.number_text,
                "total": str(invoice.total),
                "due": str(invoice.due),
                "third_party": third_party.value,
                "acts": [str(act.uuid) for act in acts],
            },
        )
    return invoice


def _billable(patient: Patient, wanted: Sequence[uuid.UUID]) -> list[Act]:
    """The acts, locked and in the order they were done, or a DomainError."""
    if not wanted:
        raise FieldErrors({"acts": _("Choose at least one act.")})
    if len(set(wanted)) != len(wanted):
        raise FieldErrors({"acts": _("An act is named twice.")})
    if len(wanted) > MOST_LINES:
        raise FieldErrors({"acts": _("An invoice has 200 acts at most.")})
    found = locks.held(Act.objects).filter(uuid__in=wanted, patient=patient)
    # By key: two people who invoice the same acts lock them in the same order.
    acts = list(found.select_related("entity", "site", "practitioner").order_by("pk"))
    if len(acts) != len(wanted):
        raise FieldErrors({"acts": _("One of these acts is not of this patient.")})
    if any(act.state == ActState.VOID for act in acts):
        raise FieldErrors({"acts": _("One of these acts was taken back.")})
    if any(act.state != ActState.DONE for act in acts):
        raise FieldErrors({"acts": _("One of these acts is not done yet.")})
    if len({act.entity_id for act in acts}) > 1:
        raise FieldErrors({"acts": _("These acts are of two legal entities: make one invoice for each.")})
    if len({act.practitioner_id for act in acts}) > 1:
        raise FieldErrors({"acts": _("These acts are of two practitioners: make one invoice for each.")})
    if len({act.site_id for act in acts}) > 1:
        raise FieldErrors({"acts": _("These acts were done at two sites: make one invoice for each.")})
    taken = InvoiceLine.objects.filter(act__in=acts, standing=True).select_related("invoice").first()
    if taken is not None:
        raise DomainError(
            _("One of these acts is already on invoice %(number)s."), {"number": taken.invoice.number_text}
        )
    return sorted(acts, key=lambda act: (act.done_on or act.planned_on, act.pk))


def line_of(position: int, act: Act) -> InvoiceLine:
    """An act copied as a line of an invoice that is still to be named."""
    return InvoiceLine(
        position=position,
        act=act,
        nomenclature=act.nomenclature,
        code=act.code,
        label=act.label,
        short_name=act.short_name,
        teeth=" ".join(part for part in (act.teeth or act.region, act.surfaces) if part),
        done_on=act.day,
        quantity=act.quantity,
        modifiers=act.modifiers,
        fee=act.fee,
        base=act.base,
        amo=act.amo_share,
        amc=act.amc_share,
        patient_share=act.patient_share,
    )


def columns_of(shares: Shares) -> dict[str, Any]:
    """Totals as columns of an invoice."""
    return {
        "total": shares.fee,
        "base": shares.base,
        "amo": shares.amo,
        "amc": shares.amc,
        "patient_share": shares.patient,
    }


def cancel_invoice(actor: Actor, invoice: Invoice, reason: str) -> Invoice:
    """Cancel an invoice on which nothing is paid. It keeps its number and can be read; its acts may be invoiced again.

    Cancelling it twice changes nothing. DomainError while payments stand on it.
    """
    permissions.require(actor, permissions.CANCEL_INVOICE, invoice)
    reason = checked_reason(reason)
    with transaction.atomic():
        current = locks.held(Invoice.objects).get(pk=invoice.pk)
        if current.state == InvoiceState.CANCELLED:
            return current
        if current.paid:
            raise DomainError(_("Payments stand on this invoice: void them first."))
        current.state = InvoiceState.CANCELLED
        current.cancelled_at = clock.now()
        current.cancelled_by = actor.label
        current.cancel_reason = reason
        current.save(update_fields=["state", "cancelled_at", "cancelled_by", "cancel_reason"])
        InvoiceLine.objects.filter(invoice=current).update(standing=False)
        trail.record(
            actor,
            "billing.cancel",
            subject=current,
            patient_uuid=invoice.patient.uuid,
            site_id=current.site_id,
            detail={"number": current.number_text, "total": str(current.total), "reason": reason},
        )
        documents.keep_after_commit(current)
    return current


def checked_reason(reason: str) -> str:
    """The reason without outer spaces; FieldErrors when it is missing or too long."""
    reason = " ".join(reason.split())
    if not reason:
        raise FieldErrors({"reason": _("Say why.")})
    if len(reason) > REASON_LENGTH:
        raise FieldErrors({"reason": _("The reason is too long: 300 characters at most.")})
    return reason
