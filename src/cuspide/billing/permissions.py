"""Who bills, who takes money, and who reads what.

The bookkeeper reads invoices and payments with the patient's name; the acts on them are medical and are for those who
meet the patient. The assistant, who stands in at the desk, reads; taking money stays with the desk and the dentists.
A payment typed wrong is voided by whoever takes payments, with a reason the owner reads in the trace; cancelling an
invoice is for a dentist. The technician sees nothing.
"""

from django.utils.translation import gettext_lazy as _

from cuspide.core.rights import Role, declare

_DENTISTS = [Role.OWNER, Role.DENTIST]
_DESK = [*_DENTISTS, Role.SECRETARY]

VIEW = declare("billing.view", _("Read invoices, payments and balances"), [*_DESK, Role.ASSISTANT, Role.BOOKKEEPER])
VIEW_ACTS = declare("billing.view_acts", _("Read the acts on invoices"), [*_DESK, Role.ASSISTANT])
ISSUE = declare("billing.issue", _("Issue invoices"), _DESK)
TAKE_PAYMENT = declare("billing.take_payment", _("Take payments"), _DESK)
VOID_PAYMENT = declare("billing.void_payment", _("Void payments, with a reason"), _DESK)
CANCEL_INVOICE = declare("billing.cancel_invoice", _("Cancel invoices, with a reason"), _DENTISTS)
