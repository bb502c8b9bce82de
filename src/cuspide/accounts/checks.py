"""The accounts' part of `cuspide check`."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cuspide.accounts.models import Membership
from cuspide.accounts.selectors import unused_since
from cuspide.core import clock
from cuspide.core.registry import Finding
from cuspide.core.rights import Role

UNUSED_FOR = dt.timedelta(days=90)
ACCOUNTS = gettext_lazy("Accounts")


def accounts() -> Sequence[Finding]:
    """Somebody owns the practice, and every owner signs in with two proofs."""
    day = clock.today()
    owners = [
        one
        for one in Membership.objects.filter(role=Role.OWNER, user__is_active=True).select_related("user")
        if one.holds_on(day)
    ]
    if not owners:
        return [Finding("danger", _("Nobody is owner of this practice: nobody can change the team."))]
    without = sum(1 for one in owners if not one.user.has_second_factor)
    if without:
        return [
            Finding(
                "watch",
                _("%(count)d owners have not set up a second factor yet.") % {"count": without},
                _("They are led to it at their next sign-in."),
            )
        ]
    return [Finding("ok", _("Every owner signs in with a second factor.")), *_unused()]


def _unused() -> Sequence[Finding]:
    count = len(unused_since(clock.now() - UNUSED_FOR))
    if not count:
        return []
    told = ngettext(
        "%(count)d open account was not used for 90 days.", "%(count)d open accounts were not used for 90 days.", count
    )
    return [
        Finding("watch", told % {"count": count}, _("Whoever has left: close the account on the person's page (Team)."))
    ]
