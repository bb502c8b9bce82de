"""What billing adds to the registry."""

from django.utils.translation import gettext_lazy as _

from cuspide.audit import naming
from cuspide.billing import permissions, selectors
from cuspide.care import locks

locks.act_locks.add(locks.ActLock("billing", selectors.held_acts, order=10))

naming.say(
    {
        "billing.issue": _("Issued an invoice"),
        "billing.cancel": _("Cancelled an invoice"),
        "billing.take_payment": _("Took a payment"),
        "billing.void_payment": _("Voided a payment"),
        "billing.account": _("Read a patient’s account"),
        "billing.invoice": _("Read an invoice"),
        "billing.receipt": _("Read a receipt"),
        "billing.invoice_pdf": _("Opened the document of an invoice"),
        "billing.receipt_pdf": _("Opened the document of a receipt"),
        "billing.list": _("Read a list of invoices or payments"),
    }
)

__all__ = ["permissions"]
