"""Every write of billing."""

from cuspide.billing.services.invoices import cancel_invoice, issue_invoice
from cuspide.billing.services.payments import Tender, take_payment, void_payment

__all__ = ["Tender", "cancel_invoice", "issue_invoice", "take_payment", "void_payment"]
