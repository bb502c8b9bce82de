"""Tables of billing."""

from cuspide.billing.models.documents import InvoiceDocument
from cuspide.billing.models.invoices import (
    Counter,
    Invoice,
    InvoiceCounter,
    InvoiceLine,
    InvoiceState,
    ThirdPartyMode,
)
from cuspide.billing.models.payments import (
    Means,
    Payment,
    PaymentAllocation,
    PaymentState,
    Receipt,
    ReceiptCounter,
)

__all__ = [
    "Counter",
    "Invoice",
    "InvoiceCounter",
    "InvoiceDocument",
    "InvoiceLine",
    "InvoiceState",
    "Means",
    "Payment",
    "PaymentAllocation",
    "PaymentState",
    "Receipt",
    "ReceiptCounter",
    "ThirdPartyMode",
]
