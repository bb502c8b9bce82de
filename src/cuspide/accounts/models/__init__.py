"""The tables of the accounts, by noun."""

from cuspide.accounts.models.people import (
    CachedValue,
    Membership,
    PasswordCode,
    User,
    UserManager,
    normalised_email,
)

__all__ = ["CachedValue", "Membership", "PasswordCode", "User", "UserManager", "normalised_email"]
