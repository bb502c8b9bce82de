"""Invoices and payments, by name and number: what a way back to an earlier point would lose."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cuspide.billing.models import Invoice, Payment
from cuspide.core import registry
from cuspide.core.pages import typography


def _invoices() -> QuerySet[Invoice]:
    return Invoice.objects.select_related("patient")


def _invoice(one: Invoice) -> registry.WrittenLine:
    what = f"{one.number_text} · {typography.euros(one.total)}"
    return registry.WrittenLine(one.patient.display_name, what, one.issued_at)


def _payments() -> QuerySet[Payment]:
    return Payment.objects.select_related("payer", "receipt")


def _payment(one: Payment) -> registry.WrittenLine:
    what = f"{one.receipt.number_text} · {one.get_means_display()} · {typography.euros(one.amount)}"
    return registry.WrittenLine(one.payer.display_name, what, one.receipt.taken_at)


registry.written.add(registry.Written("invoices", _("Invoices"), _invoices, _invoice, order=40))
registry.written.add(registry.Written("payments", _("Payments"), _payments, _payment, order=50))
