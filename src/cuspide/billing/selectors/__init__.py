"""Every read of billing."""

from cuspide.billing.selectors.accounts import (
    Account,
    Balance,
    account_of,
    at_sites,
    balance_of,
    balances_of,
    held_acts,
    payable_invoices,
    payments_on,
    received_at_sites,
    unbilled_acts,
    unbilled_totals,
)
from cuspide.billing.selectors.lists import (
    cheques_to_cash,
    find_by_number,
    invoices_of_month,
    payments_of_day,
    to_invoice,
    unpaid_invoices,
    unpaid_since,
)

__all__ = [
    "Account",
    "Balance",
    "account_of",
    "at_sites",
    "balance_of",
    "balances_of",
    "cheques_to_cash",
    "find_by_number",
    "held_acts",
    "invoices_of_month",
    "payable_invoices",
    "payments_of_day",
    "payments_on",
    "received_at_sites",
    "to_invoice",
    "unbilled_acts",
    "unbilled_totals",
    "unpaid_invoices",
    "unpaid_since",
]
