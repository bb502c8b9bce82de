"""Records that may be of one person, as a search through the store found them, and what somebody decided of them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from cuspide.core.models import Exported
from cuspide.patients.models.identity import Patient


class PossibleDuplicate(Exported):
    """Two records, the one with the lower key first. What is not `open` was said to be of two people, and stays so
    until their traits change; who said it and when is kept beside what is open again."""

    low = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    high = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    """Keys of `rules.likeness.REASONS`."""
    against = models.JSONField(default=list)
    """Keys of `rules.likeness.AGAINST`."""
    round = models.PositiveIntegerField(default=0)
    """The last search that found the pair."""
    open = models.BooleanField(default=True)
    apart_at = models.DateTimeField(null=True, blank=True)
    apart_by = models.CharField(max_length=150, blank=True)
    apart_traits = models.CharField(max_length=64, blank=True)
    """Digest of the traits that both had when they were said to be two people."""

    class Meta:
        ordering: ClassVar[list[str]] = ["-score", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["open", "-score", "id"], name="duplicate_best_first")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["low", "high"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="duplicate_lower_first"),
            models.CheckConstraint(condition=Q(score__lte=100), name="duplicate_score"),
            models.CheckConstraint(
                condition=Q(open=True) | (Q(apart_at__isnull=False) & ~Q(apart_by="")),
                name="duplicate_apart_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"possible duplicate {self.pk}"


class DuplicateSearch(models.Model):
    """How far the search through the store is. One row. A round that has no end goes on from `stage` and `after`."""

    round = models.PositiveIntegerField(default=0)
    stage = models.PositiveSmallIntegerField(default=0)
    after = models.CharField(max_length=254, blank=True)
    """The last key of that stage that was looked at."""
    compared = models.PositiveBigIntegerField(default=0)
    """Pairs of records compared in this round."""
    left_out = models.PositiveIntegerField(default=0)
    """Sets of records with a key in common that were too large to be compared with one another."""
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(id=1), name="one_duplicate_search")
        ]

    def __str__(self) -> str:
        return f"round {self.round}"
