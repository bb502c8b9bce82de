"""Two records of one person made one: who decided it, why, and all that was changed, so that it can be undone."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from cuspide.core import clock
from cuspide.core.models import Exported
from cuspide.patients.models.identity import Patient


class Merge(Exported):
    """What stood in `lost` was brought to `kept`. The record of `lost` stays, hidden, and leads to `kept`."""

    kept = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    lost = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    merged_at = models.DateTimeField(default=clock.now)
    merged_by = models.CharField(max_length=150)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["lost"], condition=Q(undone_at__isnull=True), name="merged_once_at_a_time"),
            models.CheckConstraint(condition=~Q(kept=F("lost")), name="merge_of_two"),
            models.CheckConstraint(condition=~Q(reason=""), name="merge_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"merge {self.pk}"


class MergeStep(models.Model):
    """One row that a merge changed. `before` and `after` map its columns to text or null."""

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="steps")
    model = models.CharField(max_length=100)
    """As Django labels it: `agenda.appointment`."""
    row = models.BigIntegerField()
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"step {self.pk}"
