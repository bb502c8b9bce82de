"""The tables of the accounts, by noun."""

from cuspide.accounts.models.attempts import AttemptCounter
from cuspide.accounts.models.browsers import KnownBrowser, OpenSession
from cuspide.accounts.models.emergency import EmergencyAccess
from cuspide.accounts.models.factors import FactorRule
from cuspide.accounts.models.people import (
    CachedValue,
    Membership,
    PasswordCode,
    User,
    UserManager,
    normalised_email,
)
from cuspide.accounts.models.replacements import Replacement
from cuspide.accounts.models.stations import Pin, Seat, Workstation

__all__ = [
    "AttemptCounter",
    "CachedValue",
    "EmergencyAccess",
    "FactorRule",
    "KnownBrowser",
    "Membership",
    "OpenSession",
    "PasswordCode",
    "Pin",
    "Replacement",
    "Seat",
    "User",
    "UserManager",
    "Workstation",
    "normalised_email",
]
