"""The money check of `cuspide check`: numbers without gaps, totals that are sums, nothing paid beyond what is due.

The store's constraints hold what one row can say; this proves what only several rows say together.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cuspide.billing.models import (
    Invoice,
    InvoiceCounter,
    InvoiceLine,
    InvoiceState,
    Payment,
    PaymentAllocation,
    PaymentState,
    Receipt,
    ReceiptCounter,
)
from cuspide.core.fields import MoneyField
from cuspide.core.registry import Finding

MONEY = gettext_lazy("Invoices and payments")
_NAMED = 5


def money() -> Sequence[Finding]:
    """Every invariant over several rows; a finding names at most five invoices by their numbers."""
    found = [*_numbers(), *_totals(), *_paid(), *_payments(), *_lines()]
    if found:
        return found
    count = Invoice.objects.count()
    return [
        Finding(
            "ok",
            ngettext(
                "%(count)d invoice: its number and its amounts agree.",
                "%(count)d invoices: their numbers follow each other and their amounts agree.",
                count,
            )
            % {"count": count},
        )
    ]


def _numbers() -> Iterable[Finding]:
    kinds: list[tuple[Any, Any]] = [(Invoice, InvoiceCounter), (Receipt, ReceiptCounter)]
    for model, counter in kinds:
        given = {
            (row["entity_id"], row["year"]): row
            for row in model.objects.order_by()
            .values("entity_id", "year")
            .annotate(count=Count("pk"), first=Min("number"), last=Max("number"))
        }
        counted = {(row.entity_id, row.year): row.last for row in counter.objects.all()}
        for key in sorted(set(given) | {key for key, last in counted.items() if last}):
            row = given.get(key, {"count": 0, "first": 1, "last": 0})
            if row["first"] != 1 or row["count"] != row["last"] or row["last"] != counted.get(key, 0):
                yield Finding(
                    "danger",
                    _("The numbers of %(year)d are not without gaps: %(count)d given, the last is %(last)d.")
                    % {"year": key[1], "count": row["count"], "last": row["last"]},
                    _("Keep this store as it is and compare with a backup."),
                )


def _naming(rows: "QuerySet[Invoice]") -> str:
    return ", ".join(invoice.number_text for invoice in rows.order_by("pk")[:_NAMED])


def _summed(rows: "QuerySet[Any]", parent: str, column: str) -> Coalesce:
    """The sum over the rows of each parent, 0 of none: one subquery."""
    held = rows.filter(**{parent: OuterRef("pk")}).order_by().values(parent)
    sums = Subquery(held.annotate(sum=Sum(column)).values("sum"), output_field=MoneyField())
    return Coalesce(sums, Value(0), output_field=MoneyField())


def _totals() -> Iterable[Finding]:
    names = {"total": "fee", "base": "base", "amo": "amo", "amc": "amc", "patient_share": "patient_share"}
    lines = InvoiceLine.objects.all()
    sums = {f"sum_{name}": _summed(lines, "invoice", column) for name, column in names.items()}
    differing = Q()
    for name in names:
        differing |= ~Q(**{name: F(f"sum_{name}")})
    wrong = Invoice.objects.annotate(**sums).filter(differing)
    if wrong.exists():
        said = _("These invoices are not the sum of their lines: %(names)s")
        yield Finding("danger", said % {"names": _naming(wrong)})


def _paid() -> Iterable[Finding]:
    standing = PaymentAllocation.objects.filter(payment__state=PaymentState.RECEIVED)
    wrong = Invoice.objects.annotate(standing=_summed(standing, "invoice", "amount")).exclude(paid=F("standing"))
    if wrong.exists():
        said = _("What is paid of these invoices is not the sum of their payments: %(names)s")
        yield Finding("danger", said % {"names": _naming(wrong)})


def _payments() -> Iterable[Finding]:
    spent = _summed(PaymentAllocation.objects.all(), "payment", "amount")
    count = Payment.objects.annotate(spent=spent).filter(spent__gt=F("amount")).count()
    if count:
        yield Finding("danger", _("%(count)d payments pay more than their amount.") % {"count": count})
    parts = _summed(Payment.objects.all(), "receipt", "amount")
    count = Receipt.objects.annotate(parts=parts).exclude(total=F("parts")).count()
    if count:
        yield Finding("danger", _("%(count)d receipts are not the sum of their payments.") % {"count": count})


def _lines() -> Iterable[Finding]:
    fallen = Q(standing=True, invoice__state=InvoiceState.CANCELLED)
    lost = Q(standing=False, invoice__state=InvoiceState.ISSUED)
    others = ~Q(act__patient=F("invoice__patient")) | ~Q(act__entity=F("invoice__entity"))
    count = InvoiceLine.objects.filter(fallen | lost | others).count()
    if count:
        yield Finding("danger", _("%(count)d lines of invoices do not fit their invoice.") % {"count": count})
