"""The accounts' part of `cuspide check`."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cuspide.accounts.models import Membership
from cuspide.core import clock
from cuspide.core.registry import Finding
from cuspide.core.rights import Role

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
    return [Finding("ok", _("Every owner signs in with a second factor."))]
