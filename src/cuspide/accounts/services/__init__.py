"""Every write of the accounts."""

from cuspide.accounts.services.emergency import end_emergency, is_open, open_emergency, review_emergency
from cuspide.accounts.services.factors import set_factor_rules
from cuspide.accounts.services.invitations import mail_invitation, withdraw_invitation
from cuspide.accounts.services.leaving import close_accounts_without_role
from cuspide.accounts.services.passkeys import add_passkey, name_passkey, remove_passkey
from cuspide.accounts.services.practitioners import say_practitioner
from cuspide.accounts.services.replacements import add_replacement, end_replacement
from cuspide.accounts.services.sessions import (
    drop_session,
    end_other_sessions,
    end_session,
    end_sessions,
    follow_session,
    forget_ended_sessions,
    note_session,
    see_session,
)
from cuspide.accounts.services.team import (
    PASSWORD_LIMIT,
    Invitation,
    create_first_owner,
    deactivate,
    grant,
    invite,
    reactivate,
    redeem_code,
    refuse_password_of,
    remove_second_factor,
    renew_code,
    revoke,
)

__all__ = [
    "PASSWORD_LIMIT",
    "Invitation",
    "add_passkey",
    "add_replacement",
    "close_accounts_without_role",
    "create_first_owner",
    "deactivate",
    "drop_session",
    "end_emergency",
    "end_other_sessions",
    "end_replacement",
    "end_session",
    "end_sessions",
    "follow_session",
    "forget_ended_sessions",
    "grant",
    "invite",
    "is_open",
    "mail_invitation",
    "name_passkey",
    "note_session",
    "open_emergency",
    "reactivate",
    "redeem_code",
    "refuse_password_of",
    "remove_passkey",
    "remove_second_factor",
    "renew_code",
    "review_emergency",
    "revoke",
    "say_practitioner",
    "see_session",
    "set_factor_rules",
    "withdraw_invitation",
]
