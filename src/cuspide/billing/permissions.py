"""Who bills, who takes money, and who reads what.

The bookkeeper reads invoices and payments with the patient's name; the acts on them are medical and are for those who
meet the patient. The assistant, who stands in at the desk, reads; taking money stays with the desk and the dentists.
A payment typed wrong is voided by whoever takes payments, with a reason the owner reads in the trace; cancelling an
invoice is for a dentist. The technician sees nothing.
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from cuspide.core.actor import Actor
from cuspide.core.errors import Forbidden
from cuspide.core.rights import Right, Role, declare

if TYPE_CHECKING:
    from cuspide.billing.models import Invoice

_DENTISTS = [Role.OWNER, Role.DENTIST]
_DESK = [*_DENTISTS, Role.SECRETARY]

VIEW = declare("billing.view", _("Read invoices, payments and balances"), [*_DESK, Role.ASSISTANT, Role.BOOKKEEPER])
VIEW_ACTS = declare("billing.view_acts", _("Read the acts on invoices"), [*_DESK, Role.ASSISTANT])
ISSUE = declare("billing.issue", _("Issue invoices"), _DESK)
TAKE_PAYMENT = declare("billing.take_payment", _("Take payments"), _DESK)
VOID_PAYMENT = declare("billing.void_payment", _("Void payments, with a reason"), _DESK)
CANCEL_INVOICE = declare("billing.cancel_invoice", _("Cancel invoices, with a reason"), _DENTISTS)


def reaches(actor: Actor, right: Right, invoice: "Invoice") -> bool:
    """Whether a right reaches an invoice: by its site and its practitioner."""
    return actor.can_on(right, site=invoice.site_id, practitioner=invoice.practitioner_id)


def require(actor: Actor, right: Right, invoice: "Invoice") -> None:
    """Raise Forbidden unless the right reaches the invoice."""
    if not reaches(actor, right, invoice):
        raise Forbidden(right.code)
