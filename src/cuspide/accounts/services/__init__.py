"""Every write of the accounts."""

from cuspide.accounts.services.team import (
    PASSWORD_LIMIT,
    Invitation,
    create_first_owner,
    deactivate,
    end_sessions,
    grant,
    invite,
    reactivate,
    redeem_code,
    remove_second_factor,
    renew_code,
    revoke,
)

__all__ = [
    "PASSWORD_LIMIT",
    "Invitation",
    "create_first_owner",
    "deactivate",
    "end_sessions",
    "grant",
    "invite",
    "reactivate",
    "redeem_code",
    "remove_second_factor",
    "renew_code",
    "revoke",
]
