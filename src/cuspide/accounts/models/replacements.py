"""A replacement (remplacement): a dentist who works in another's place, for the days of a contract."""

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from cuspide.accounts.models.people import User
from cuspide.core import clock
from cuspide.core.models import Exported


class Replacement(Exported):
    """Somebody replaces a practitioner at a site from a day until a day, both included.

    It opens the replaced dentist's agenda there and the patients she follows, as a dentist, and ends by itself. The
    replacement is the executant under her own RPPS; acts are billed under the number of the replaced, as it was then.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="replacements")
    replaced = models.ForeignKey("practice.Practitioner", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("practice.Site", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    executant_rpps = models.CharField(max_length=11)
    billing_number = models.CharField(max_length=9, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    # Ended before its last day, and when.
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["-starts_on", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="accounts_replacement_days", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(name="accounts_replacement_rpps", condition=~Q(executant_rpps="")),
        ]

    def __str__(self) -> str:
        return f"replacement {self.pk}"

    def holds_on(self, day: dt.date) -> bool:
        return self.ended_at is None and self.starts_on <= day <= self.ends_on
