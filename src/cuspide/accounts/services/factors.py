"""The owner's rule of the second factor, by role."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cuspide.accounts.models import FactorRule, User
from cuspide.accounts.permissions import TEAM
from cuspide.accounts.rules import FACTOR_RULES
from cuspide.accounts.selectors import factor_rules
from cuspide.audit import trail
from cuspide.core.actor import Actor
from cuspide.core.errors import FieldErrors
from cuspide.core.rights import Role


@transaction.atomic
def set_factor_rules(actor: Actor, chosen: Mapping[Role, str]) -> None:
    """Say for each role whether a second factor is required, invited or not asked; it counts at the next page of
    everybody. FieldErrors for a rule that does not exist, or for less than required of the owner."""
    actor.require_everywhere(TEAM)
    before = factor_rules()
    for role, rule in chosen.items():
        if rule not in FACTOR_RULES:
            raise FieldErrors({role.value: _("Choose one of the three rules.")})
        if role is Role.OWNER and rule != "required":
            raise FieldErrors({role.value: _("An owner always has a second factor.")})
    changed = {role: rule for role, rule in chosen.items() if before[role] != rule}
    if not changed:
        return
    for role, rule in changed.items():
        FactorRule.objects.update_or_create(role=role.value, defaults={"rule": rule})
        trail.record(actor, "accounts.factor_rule", detail={"role": role.value, "rule": rule})
    # Rights are kept in memory under this number, and the rule with them.
    User.objects.update(rights_version=F("rights_version") + 1)
