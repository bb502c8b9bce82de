"""What a patient owes, what was paid, what is still to be invoiced."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cuspide.billing.models import (
    Invoice,
    InvoiceLine,
    InvoiceState,
    Payment,
    PaymentAllocation,
    Receipt,
)
from cuspide.billing.permissions import VIEW
from cuspide.care.models import Act, ActState
from cuspide.core.actor import Actor
from cuspide.core.db.prepared import ALL, among, prepared
from cuspide.core.fields import MoneyField
from cuspide.core.money import ZERO
from cuspide.core.reach import within
from cuspide.core.rights import Right
from cuspide.patients.models import Patient

UNPAID = Q(state=InvoiceState.ISSUED, paid__lt=F("due"))
_REST = Sum(F("due") - F("paid"), output_field=MoneyField())


def at_sites(actor: Actor, right: Right) -> Q:
    """The invoices or acts that the right reaches: all of them, unless hers are held by site or practitioner."""
    return within(actor, right)


def received_at_sites(actor: Actor, right: Right, parts: str) -> Q:
    """The same of receipts and payments, which have a site and no practitioner: theirs is whose invoices they pay.
    `parts` is the column of an allocation that names the row."""
    found = within(actor, right, practitioner="", patient="")
    for reach in actor.reaches(right):
        if reach.practitioner is not None:
            theirs = PaymentAllocation.objects.filter(invoice__practitioner_id=reach.practitioner)
            of_site = Q() if reach.site is None else Q(site_id=reach.site)
            found |= of_site & Q(pk__in=theirs.values(parts))
    return found


@dataclass(frozen=True)
class Balance:
    """What a patient still owes, on how many invoices."""

    due: Decimal = ZERO
    invoices: int = 0


def balance_of(actor: Actor, patient: Patient) -> Balance:
    """What the patient owes where the actor reads invoices. One query."""
    row = next(iter(_owed(patient.pk, where=at_sites(actor, VIEW))), None)
    return Balance(row["owed"], row["count"]) if row else Balance()


@prepared
def _owed(patient: Any, where: Q = ALL) -> "QuerySet[Invoice, Any]":
    owed = Invoice.objects.filter(UNPAID, where, patient=patient).order_by()
    return owed.values("patient_id").annotate(owed=_REST, count=Count("pk"))


def newest_invoices(actor: Actor, patient: Patient) -> list[Invoice]:
    """The patient's last three, where the actor reads invoices. One query."""
    return _newest(patient.pk, where=at_sites(actor, VIEW))


@prepared
def _newest(patient: Any, where: Q = ALL) -> QuerySet[Invoice]:
    return Invoice.objects.filter(where, patient=patient).order_by("-issued_on", "-pk")[:3]


def balances_of(actor: Actor, patient_ids: Sequence[int]) -> Mapping[int, Balance]:
    """Those of the patients who owe something. One query, whatever their number."""
    rows = _all_owed(tuple(patient_ids), where=at_sites(actor, VIEW))
    return {row["patient_id"]: Balance(row["owed"], row["count"]) for row in rows}


@prepared
def _all_owed(patients: Any, where: Q = ALL) -> "QuerySet[Invoice, Any]":
    owed = Invoice.objects.filter(UNPAID, where, among("patient_id", patients)).order_by()
    return owed.values("patient_id").annotate(owed=_REST, count=Count("pk"))


def without_invoice() -> QuerySet[Act]:
    """Acts that are done and stand on no invoice."""
    standing = InvoiceLine.objects.filter(act=OuterRef("pk"), standing=True)
    return Act.objects.filter(~Exists(standing), state=ActState.DONE)


def unbilled_acts(actor: Actor, right: Right, patient: Patient) -> list[Act]:
    """What is to be invoiced for a patient where the right reaches, oldest first, with practitioner, entity and site.
    One query."""
    acts = (
        without_invoice()
        .filter(at_sites(actor, right), patient=patient)
        .select_related("practitioner", "entity", "site")
    )
    return list(acts.order_by("done_on", "pk"))


def unbilled_total(actor: Actor, patient: Patient) -> Decimal:
    """Fees of the patient that are not invoiced yet, where the actor reads invoices. One query."""
    row = next(iter(_unbilled(patient.pk, where=at_sites(actor, VIEW))), None)
    return row["fees"] if row else ZERO


@prepared
def _unbilled(patient: Any, where: Q = ALL) -> "QuerySet[Act, Any]":
    acts = without_invoice().filter(where, patient=patient)
    return acts.order_by().values("patient_id").annotate(fees=Sum("fee"))


def unbilled_totals(actor: Actor, patient_ids: Sequence[int], since: dt.date = dt.date.min) -> Mapping[int, Decimal]:
    """Fees that are not invoiced yet, of the patients who have some. One query."""
    rows = _all_unbilled(tuple(patient_ids), since, where=at_sites(actor, VIEW))
    return {row["patient_id"]: row["fees"] for row in rows}


@prepared
def _all_unbilled(patients: Any, since: Any, where: Q = ALL) -> "QuerySet[Act, Any]":
    acts = without_invoice().filter(where, among("patient_id", patients), done_on__gte=since)
    return acts.order_by().values("patient_id").annotate(fees=Sum("fee"))


def held_acts(act_ids: Sequence[int]) -> dict[int, Any]:
    """For care's locks: the acts on a standing invoice, with the sentence that says so. One query."""
    lines = InvoiceLine.objects.filter(act_id__in=act_ids, standing=True).select_related("invoice")
    return {line.act_id: format_lazy(_HELD, number=line.invoice.number_text) for line in lines}


_HELD = _("This act is on invoice {number}: cancel the invoice first.")


@dataclass(frozen=True)
class Account:
    """A patient's account: `unbilled` acts, invoices and receipts, the newest first, and what is due."""

    unbilled: list[Act]
    invoices: list[Invoice]
    receipts: list[Receipt]
    balance: Balance
    more_invoices: int = 0
    more_receipts: int = 0

    @property
    def unbilled_total(self) -> Decimal:
        return sum((act.fee for act in self.unbilled), ZERO)


def account_of(actor: Actor, patient: Patient, right: Right, limit: int = 100) -> Account:
    """Seven queries, whatever the length of the history; the newest `limit` of invoices and receipts."""
    sites = at_sites(actor, right)
    invoices = (
        Invoice.objects.filter(sites, patient=patient).select_related("practitioner").order_by("-issued_on", "-pk")
    )
    receipts = (
        Receipt.objects.filter(received_at_sites(actor, right, "payment__receipt_id"), payer=patient)
        .prefetch_related(Prefetch("payments", Payment.objects.order_by("position")))
        .order_by("-received_on", "-pk")
    )
    shown_invoices, shown_receipts = list(invoices[: limit + 1]), list(receipts[: limit + 1])
    return Account(
        unbilled=unbilled_acts(actor, right, patient),
        invoices=shown_invoices[:limit],
        receipts=shown_receipts[:limit],
        balance=balance_of(actor, patient),
        more_invoices=invoices.count() - limit if len(shown_invoices) > limit else 0,
        more_receipts=receipts.count() - limit if len(shown_receipts) > limit else 0,
    )


def payments_on(invoice: Invoice) -> list[PaymentAllocation]:
    """What was paid of an invoice, voided payments too, oldest first. One query."""
    parts = PaymentAllocation.objects.filter(invoice=invoice).select_related("payment", "payment__receipt")
    return list(parts.order_by("payment__received_on", "payment_id"))


def payable_invoices(actor: Actor, right: Right, patients: Sequence[Patient], limit: int = 50) -> list[Invoice]:
    """What these patients still owe at sites where the actor holds the right, oldest first. One query."""
    rows = Invoice.objects.filter(UNPAID, at_sites(actor, right), patient__in=patients)
    return list(rows.select_related("patient", "entity", "site").order_by("issued_on", "pk")[:limit])


__all__ = [
    "UNPAID",
    "Account",
    "Balance",
    "account_of",
    "at_sites",
    "balance_of",
    "balances_of",
    "held_acts",
    "newest_invoices",
    "payable_invoices",
    "payments_on",
    "received_at_sites",
    "unbilled_acts",
    "unbilled_total",
    "unbilled_totals",
    "without_invoice",
]
