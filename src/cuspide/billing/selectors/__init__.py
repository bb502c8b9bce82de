"""Every read of billing."""

from cuspide.billing.selectors.accounts import (
    Account,
    balance_of,
    balances_of,
    account_of,
    held_acts,
    unbilled_acts,
    unbilled_totals,
)

__all__ = [
    "Account",
    "account_of",
    "balance_of",
    "balances_of",
    "held_acts",
    "unbilled_acts",
    "unbilled_totals",
]
