"""What the accounts do by themselves, every day."""

from cuspide.accounts import known, services
from cuspide.core.work.jobs import Handle, job


@job
def daily(handle: Handle) -> None:
    """Accounts whose last role ended are closed; what ran out is forgotten, so that no table grows."""
    services.close_accounts_without_role()
    services.forget_ended_sessions()
    known.forget_old()
