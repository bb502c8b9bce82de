"""What the owner asks of each role: a second factor, or not."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cuspide.core.rights import ROLE_LABELS, Role


class FactorRule(models.Model):
    """The rule of one role. A role without a row has `rules.DEFAULT_FACTOR_RULES`."""

    class Rule(models.TextChoices):
        REQUIRED = "required", _("Required")
        INVITED = "invited", _("Invited")
        NOT_ASKED = "not_asked", _("Not asked")

    role = models.CharField(
        max_length=20, primary_key=True, choices=[(role.value, label) for role, label in ROLE_LABELS.items()]
    )
    rule = models.CharField(max_length=10, choices=Rule.choices)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="accounts_factor_rule_owner", condition=~Q(role=Role.OWNER.value) | Q(rule="required")
            ),
            models.CheckConstraint(
                name="accounts_factor_rule_known", condition=Q(rule__in=["required", "invited", "not_asked"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.rule}"
