"""The documents that an invoice became: one for each state in which somebody wanted it on paper."""

from django.db import models

from cuspide.billing.models.invoices import Invoice
from cuspide.core.models import Blob


class InvoiceDocument(models.Model):
    """An edition of an invoice: lines and parties are those of the invoice, payments those of `payments` (a digest of
    what was paid). Printed again in the same state, it is the same file, byte for byte."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="documents")
    payments = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    pdf = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["invoice", "created_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["invoice", "payments"], name="invoice_document_once_a_state")]

    def __str__(self) -> str:
        return f"document of invoice {self.invoice_id}"
