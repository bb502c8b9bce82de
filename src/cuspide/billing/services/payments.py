"""Take money for invoices by several means at once, and void a payment that was typed wrong."""

import datetime as dt
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cuspide.audit import trail
from cuspide.billing import permissions
from cuspide.billing.models import (
    Invoice,
    InvoiceState,
    Means,
    Payment,
    PaymentAllocation,
    PaymentState,
    Receipt,
    ReceiptCounter,
)
from cuspide.billing.rules import HIGHEST_AMOUNT, HIGHEST_CASH, Spread, spread
from cuspide.billing.services import documents
from cuspide.billing.services.invoices import checked_reason
from cuspide.billing.services.numbering import next_number
from cuspide.billing.services.parties import addressee, issuer
from cuspide.core import clock, submissions
from cuspide.core.actor import Actor
from cuspide.core.db import locks
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.money import CENT, total
from cuspide.core.pages.typography import euros
from cuspide.core.reach import within
from cuspide.patients.models import Patient

TAKE_PAYMENT = "billing.take_payment"
MOST_MEANS = 12
MOST_INVOICES = 50
EARLIEST = dt.timedelta(days=366)
# A cheque is good for a year and eight days (CMF art. L.131-32 and L.131-59).
LONGEST_HELD = dt.timedelta(days=373)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Tender:
    """One means and its amount in euros, as handed over. The cheque's facts are for cheques."""

    means: str
    amount: Decimal
    cheque_bank: str = ""
    cheque_number: str = ""
    held_until: dt.date | None = None
    reference: str = ""


def take_payment(
    actor: Actor,
    payer: Patient,
    invoices: Sequence[uuid.UUID],
    tenders: Sequence[Tender],
    received_on: dt.date | None = None,
    submission: uuid.UUID | None = None,
) -> Receipt:
    """Take what is handed over for these invoices, in their order, once however often `submission` is sent.

    The invoices are the payer's, a housemate's or of somebody for whom the payer answers, and of one legal entity;
    together they must still be due as much as is paid. FieldErrors and DomainError say what cannot be, and nothing is
    then written. The receipt's PDF follows after the commit.
    """
    actor.require(permissions.TAKE_PAYMENT)
    receipt, new = submissions.once(
        submission,
        TAKE_PAYMENT,
        lambda: _take(actor, payer, invoices, [_checked(tender) for tender in tenders], received_on),
        Receipt,
        actor=actor,
        said=(payer.pk, [str(public) for public in invoices], list(tenders), received_on),
        known_as=lambda made: _("receipt %(number)s") % {"number": made.number_text},
    )
    if new:
        documents.keep_after_commit(receipt)
    return receipt


def _take(
    actor: Actor,
    payer: Patient,
    wanted: Sequence[uuid.UUID],
    tenders: Sequence[Tender],
    received_on: dt.date | None,
) -> Receipt:
    if not tenders:
        raise FieldErrors({"amount": _("Write at least one amount.")})
    if len(tenders) > MOST_MEANS:
        raise FieldErrors({"amount": _("There are too many means of payment.")})
    cash = total(tender.amount for tender in tenders if tender.means == Means.CASH)
    if cash > HIGHEST_CASH:
        raise FieldErrors(
            {"amount": _("No more than €1,000 may be paid in cash (art. D.112-3 of the monetary and financial code).")}
        )
    with transaction.atomic():
        invoices = _payable(actor, payer, wanted)
        first = invoices[0]
        today = clock.today(first.site.time_zone)
        day = _checked_day(received_on or today, today)
        for tender in tenders:
            if tender.held_until is not None and not day <= tender.held_until <= day + LONGEST_HELD:
                raise FieldErrors({"held_until": _("A cheque is held for a year at most, from the day it is taken.")})
        parts = _spread(tenders, invoices)
        before = {invoice.pk: invoice.rest for invoice in invoices}
        for index, invoice in enumerate(invoices):
            part = total(each.amount for each in parts if each.invoice == index)
            if part:
                invoice.paid += part
                invoice.save(update_fields=["paid"])
        receipt = Receipt(
            entity=first.entity,
            site=first.site,
            payer=payer,
            received_on=day,
            year=today.year,
            total=total(tender.amount for tender in tenders),
            taken_at=clock.now(),
            taken_by_user_id=actor.user_id,
            taken_by=actor.label,
            content={
                "issuer": issuer(first.entity, first.site, None),
                "payer": addressee(payer),
                "invoices": [
                    _said_of(invoice, before[invoice.pk]) for invoice in invoices if _was_paid(invoice, before)
                ],
            },
        )
        receipt.number = next_number(ReceiptCounter, first.entity, today.year)
        receipt.save()
        _keep(receipt, tenders, invoices, parts)
        trail.record(
            actor,
            "billing.take_payment",
            subject=receipt,
            patient_uuid=payer.uuid,
            site_id=receipt.site_id,
            detail={
                "number": receipt.number_text,
                "means": [f"{tender.means} {tender.amount}" for tender in tenders],
                "invoices": [invoice.number_text for invoice in invoices if _was_paid(invoice, before)],
            },
        )
    return receipt


def _keep(receipt: Receipt, tenders: Sequence[Tender], invoices: Sequence[Invoice], parts: Sequence[Spread]) -> None:
    payments = [
        Payment(
            receipt=receipt,
            position=position,
            entity=receipt.entity,
            site=receipt.site,
            payer=receipt.payer,
            means=tender.means,
            amount=tender.amount,
            received_on=receipt.received_on,
            cheque_bank=tender.cheque_bank,
            cheque_number=tender.cheque_number,
            held_until=tender.held_until,
            reference=tender.reference,
        )
        for position, tender in enumerate(tenders, start=1)
    ]
    for payment in payments:
        payment.save()
    PaymentAllocation.objects.bulk_create(
        PaymentAllocation(payment=payments[part.payment], invoice=invoices[part.invoice], amount=part.amount)
        for part in parts
    )


def _was_paid(invoice: Invoice, before: Mapping[int, Decimal]) -> bool:
    return invoice.rest != before[invoice.pk]


def _said_of(invoice: Invoice, rest_before: Decimal) -> dict[str, str]:
    return {
        "number": invoice.number_text,
        "issued_on": invoice.issued_on.isoformat(),
        "paid": str(rest_before - invoice.rest),
        "rest": str(invoice.rest),
    }


def _payable(actor: Actor, payer: Patient, wanted: Sequence[uuid.UUID]) -> list[Invoice]:
    """The invoices, locked in the order of their keys, given back in the order they were asked for."""
    if not wanted:
        raise FieldErrors({"invoices": _("Choose the invoice that is paid.")})
    if len(set(wanted)) != len(wanted) or len(wanted) > MOST_INVOICES:
        raise FieldErrors({"invoices": _("Choose each invoice once, and fifty at most.")})
    rows = locks.held(Invoice.objects).filter(uuid__in=wanted).order_by("pk")
    rows = rows.filter(within(actor, permissions.TAKE_PAYMENT))
    found = {invoice.uuid: invoice for invoice in rows.select_related("entity", "site", "patient")}
    if len(found) != len(wanted):
        raise FieldErrors({"invoices": _("One of these invoices does not exist.")})
    # The sentence is the same: whoever forges a number does not learn that somebody has such an invoice.
    if not all(_pays_for(payer, invoice.patient) for invoice in found.values()):
        raise FieldErrors({"invoices": _("One of these invoices does not exist.")})
    if any(invoice.state == InvoiceState.CANCELLED for invoice in found.values()):
        raise FieldErrors({"invoices": _("One of these invoices was cancelled.")})
    if len({invoice.entity_id for invoice in found.values()}) > 1:
        raise FieldErrors({"invoices": _("These invoices are of two legal entities: take a payment for each.")})
    return [found[public] for public in wanted]


def _pays_for(payer: Patient, patient: Patient) -> bool:
    """Whether an invoice of this patient is paid on the payer's account: her own, a housemate's, a dependant's."""
    housemates = payer.household_id is not None and patient.household_id == payer.household_id
    return payer.pk == patient.pk or housemates or patient.guarantor_id == payer.pk


def _spread(tenders: Sequence[Tender], invoices: Sequence[Invoice]) -> list[Spread]:
    due = total(invoice.rest for invoice in invoices)
    given = total(tender.amount for tender in tenders)
    if due == 0:
        raise DomainError(_("Nothing is due any more: these invoices are paid."))
    if given > due:
        raise FieldErrors(
            {
                "amount": DomainError(
                    _("%(given)s is more than the %(due)s that are still due."),
                    {"given": euros(given), "due": euros(due)},
                )
            }
        )
    return spread([tender.amount for tender in tenders], [invoice.rest for invoice in invoices])


def _checked(tender: Tender) -> Tender:
    """The tender with its texts cleaned, or FieldErrors."""
    amount = tender.amount
    if tender.means not in Means.values:
        raise FieldErrors({"means": _("This means of payment does not exist.")})
    if not isinstance(amount, Decimal) or not amount.is_finite() or amount != amount.quantize(CENT):
        raise FieldErrors({"amount": _("Write an amount in euros, such as 1234,56.")})
    if amount <= 0:
        raise FieldErrors({"amount": _("A payment is more than nothing.")})
    if amount > HIGHEST_AMOUNT:
        raise FieldErrors({"amount": _("This amount is too large.")})
    cheque = tender.means == Means.CHEQUE
    if not cheque and tender.held_until is not None:
        raise FieldErrors({"held_until": _("Only a cheque is held until a day.")})
    return Tender(
        means=tender.means,
        amount=amount,
        cheque_bank=_text(tender.cheque_bank, 60) if cheque else "",
        cheque_number=_text(tender.cheque_number, 20) if cheque else "",
        held_until=tender.held_until,
        reference=_text(tender.reference, 60),
    )


def _text(value: str, longest: int) -> str:
    cleaned = " ".join(_UNPRINTABLE.sub(" ", value).split())
    if len(cleaned) > longest:
        raise FieldErrors({"reference": _("This text is too long.")})
    return cleaned


def _checked_day(day: dt.date, today: dt.date) -> dt.date:
    if day > today:
        raise FieldErrors({"received_on": _("A payment is not received after today.")})
    if day < today - EARLIEST:
        raise FieldErrors({"received_on": _("This day is more than a year ago.")})
    return day


def void_payment(actor: Actor, payment: Payment, reason: str) -> Payment:
    """Take a payment back: it stays readable with the reason, and its invoices are due again.

    Voiding it twice changes nothing.
    """
    actor.require(permissions.VOID_PAYMENT, site=payment.site_id)
    reason = checked_reason(reason)
    with transaction.atomic():
        # Invoices first, in the order of their keys, as whoever takes a payment locks them.
        paid = payment.allocations.values_list("invoice_id", flat=True)
        invoices = {
            invoice.pk: invoice for invoice in locks.held(Invoice.objects).filter(pk__in=list(paid)).order_by("pk")
        }
        current = locks.held(Payment.objects).get(pk=payment.pk)
        if current.state == PaymentState.VOIDED:
            return current
        for allocation in current.allocations.all():
            invoice = invoices[allocation.invoice_id]
            invoice.paid -= allocation.amount
            invoice.save(update_fields=["paid"])
        current.state = PaymentState.VOIDED
        current.voided_at = clock.now()
        current.voided_by = actor.label
        current.void_reason = reason
        current.save(update_fields=["state", "voided_at", "voided_by", "void_reason"])
        trail.record(
            actor,
            "billing.void_payment",
            subject=current,
            patient_uuid=payment.payer.uuid,
            site_id=current.site_id,
            detail={
                "means": current.means,
                "amount": str(current.amount),
                "invoices": [invoice.number_text for invoice in invoices.values()],
                "reason": reason,
            },
        )
        documents.keep_after_commit(*invoices.values())
    return current
